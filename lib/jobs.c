#include "jobs.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "container.h"
#include "utc.h"

#define DYNAMODB "DynamoDB_20120810."
#define CONDITION_FAILED "ConditionalCheckFailedException"

struct vq_jobs {
	struct vq_jobs_options o;
	struct vq_aws *aws;
};

static const struct vq_jobs_reason missing = {"object_unreadable",
					   "there is no such object, or it may not be read"},
				   empty = {"object_empty", "the object is empty"},
				   large = {"object_too_large",
					   "the object has more than 536870912 bytes"},
				   no_video = {"not_a_video",
					   "the object does not begin like a video file"};

enum vq_code vq_jobs_new(struct vq_jobs **j, const struct vq_jobs_options *options,
	struct vq_aws *aws, struct vq_err *err)
{
	const struct {
		const char *name, *value;
	} required[] = {{"VIDQC_QUEUE_URL", options->queue_url},
		{"VIDQC_RESULTS_TABLE", options->table},
		{"VIDQC_CLIPS_BUCKET", options->clips_bucket}};

	*j = NULL;
	for (size_t i = 0; i < sizeof required / sizeof required[0]; i++)
		if (required[i].value == NULL || required[i].value[0] == '\0')
			return vq_fail(err, VQ_EUSAGE, "%s: missing", required[i].name);
	*j = calloc(1, sizeof **j);
	if (*j == NULL)
		return vq_nomem(err);
	(*j)->o = *options;
	(*j)->aws = aws;
	return VQ_OK;
}

void vq_jobs_free(struct vq_jobs **j)
{
	free(*j);
	*j = NULL;
}

/* ---- items ----------------------------------------------------------------------------- */

/* Jobs are one level of strings and integers, and error one more. */
static json_t *to_item(const json_t *job)
{
	json_t *item = json_object(), *v;
	const char *key;
	char digits[32];

	json_object_foreach((json_t *)job, key, v)
	{
		json_t *attribute;

		if (json_is_object(v)) {
			attribute = json_pack("{s:o}", "M", to_item(v));
		} else if (json_is_integer(v)) {
			snprintf(digits, sizeof digits, "%" JSON_INTEGER_FORMAT,
				json_integer_value(v));
			attribute = json_pack("{s:s}", "N", digits);
		} else {
			attribute = json_pack("{s:O}", "S", v);
		}
		if (json_object_set_new(item, key, attribute) != 0) {
			json_decref(item);
			return NULL;
		}
	}
	return item;
}

/* Attributes of other types are not ours and are left out. */
static json_t *from_item(const json_t *item)
{
	json_t *job = json_object(), *v;
	const char *key;

	json_object_foreach((json_t *)item, key, v)
	{
		json_t *s = json_object_get(v, "S"), *m = json_object_get(v, "M");
		const char *n = json_string_value(json_object_get(v, "N"));

		if (json_is_string(s))
			json_object_set(job, key, s);
		else if (json_is_object(m))
			json_object_set_new(job, key, from_item(m));
		else if (n != NULL)
			json_object_set_new(job, key, json_integer(strtoll(n, NULL, 10)));
	}
	return job;
}

static json_t *item_key(const char *id)
{
	return json_pack("{s:{s:s}}", "job_id", "S", id);
}

static enum vq_code call(struct vq_jobs *j, const char *target, json_t *request, json_t **reply,
	bool *refused, struct vq_err *err)
{
	char fault[VQ_AWS_FAULT];
	enum vq_code code = vq_aws_call(j->aws, target, request, reply, fault, err);

	*refused = code == VQ_EDATA && strcmp(fault, CONDITION_FAILED) == 0;
	return code;
}

/* The answer of GetItem without what stands in the prediction, so that parsing it takes no
 * longer than for any other job. */
static json_t *parse_item(const struct vq_http_reply *got, struct vq_jsontext *prediction)
{
	static const char *const path[] = {"Item", "prediction", "S", NULL};
	const char *after;
	json_t *reply;
	char *rest;
	size_t before;

	*prediction = (struct vq_jsontext){0};
	if (!vq_jsontext_find(got->body, got->len, path, prediction))
		return json_loadb(got->body, got->len, 0, NULL);
	before = (size_t)(prediction->text - got->body);
	after = prediction->text + prediction->len;
	if (asprintf(&rest, "%.*s%s", (int)before, got->body, after) < 0)
		return NULL;
	reply = json_loads(rest, 0, NULL);
	free(rest);
	json_object_del(json_object_get(reply, "Item"), "prediction");
	return reply;
}

enum vq_code vq_jobs_result(struct vq_jobs *j, const char *id, json_t **job,
	struct vq_jsontext *prediction, struct vq_err *err)
{
	char fault[VQ_AWS_FAULT];
	struct vq_http_reply got;
	json_t *reply, *item;
	enum vq_code code = vq_aws_ask(j->aws, DYNAMODB "GetItem",
		json_pack("{s:s,s:o,s:b}", "TableName", j->o.table, "Key", item_key(id),
			"ConsistentRead", 1),
		&got, fault, err);

	*job = NULL;
	if (code != VQ_OK)
		return code;
	reply = parse_item(&got, prediction);
	if (!json_is_object(reply)) {
		json_decref(reply);
		return vq_fail(err, VQ_ETEMP, "GetItem: the reply is no JSON object");
	}
	item = json_object_get(reply, "Item");
	if (json_is_object(item))
		*job = from_item(item);
	json_decref(reply);
	return *job != NULL ? VQ_OK : vq_fail(err, VQ_ENOENT, "job %s: unknown", id);
}

enum vq_code vq_jobs_get(struct vq_jobs *j, const char *id, json_t **job, struct vq_err *err)
{
	struct vq_jsontext prediction;

	return vq_jobs_result(j, id, job, &prediction, err);
}

static const char *text(const json_t *job, const char *key)
{
	const char *s = json_string_value(json_object_get(job, key));

	return s != NULL ? s : "";
}

enum vq_code vq_jobs_create(struct vq_jobs *j, json_t *job, json_t **stored, struct vq_err *err)
{
	json_t *reply;
	bool refused;
	enum vq_code code;

	*stored = NULL;
	if (job == NULL)
		return vq_nomem(err);
	code = call(j, DYNAMODB "PutItem",
		json_pack("{s:s,s:o,s:s}", "TableName", j->o.table, "Item", to_item(job),
			"ConditionExpression", "attribute_not_exists(job_id)"),
		&reply, &refused, err);
	json_decref(reply);
	if (code == VQ_OK) {
		*stored = job;
		return VQ_OK;
	}
	if (refused)
		code = vq_jobs_get(j, text(job, "job_id"), stored, err);
	/* It has just expired: as good as a failure that passes. */
	if (code == VQ_ENOENT)
		code = vq_fail(err, VQ_ETEMP, "job %s: gone", text(job, "job_id"));
	if (code == VQ_OK && strcmp(text(job, "request"), text(*stored, "request")) != 0) {
		json_decref(*stored);
		*stored = NULL;
		code = vq_fail(err, VQ_EUSAGE, "the key belongs to another request");
	}
	json_decref(job);
	return code;
}

/* Change a job that is in state `from`; takes the reference to values, `names` are
 * "#name", "name" of what the expression names besides #status.  *refused: the job is in
 * another state. */
static enum vq_code update(struct vq_jobs *j, const char *id, const char *from,
	const char *expression, json_t *names, json_t *values, bool *refused, struct vq_err *err)
{
	json_t *reply;
	enum vq_code code;

	json_object_set_new(names, "#status", json_string("status"));
	json_object_set_new(values, ":from", json_pack("{s:s}", "S", from));
	code = call(j, DYNAMODB "UpdateItem",
		json_pack("{s:s,s:o,s:s,s:s,s:o,s:o}", "TableName", j->o.table, "Key", item_key(id),
			"UpdateExpression", expression, "ConditionExpression", "#status = :from",
			"ExpressionAttributeNames", names, "ExpressionAttributeValues", values),
		&reply, refused, err);
	json_decref(reply);
	return code;
}

/* ---- the queue -------------------------------------------------------------------------- */

static char *message(const struct vq_jobs *j, const json_t *job)
{
	json_t *overrides = json_loads(text(job, "config_overrides"), 0, NULL);
	json_t *m = json_pack("{s:s,s:s,s:o}", "job_id", text(job, "job_id"), "s3_key",
		text(job, "s3_key"), "config_overrides",
		overrides != NULL ? overrides : json_object());
	char *body;

	if (strcmp(text(job, "s3_bucket"), j->o.clips_bucket) != 0)
		json_object_set_new(m, "s3_bucket", json_string(text(job, "s3_bucket")));
	body = m == NULL ? NULL : json_dumps(m, JSON_COMPACT | JSON_REAL_PRECISION(15));
	json_decref(m);
	return body;
}

enum vq_code vq_jobs_send(struct vq_jobs *j, const json_t *job, int64_t now, struct vq_err *err)
{
	char fault[VQ_AWS_FAULT], when[VQ_UTC_MAX];
	struct vq_err ignored;
	json_t *reply;
	char *body;
	bool refused;
	enum vq_code code;

	if (strcmp(text(job, "status"), "queued") != 0 || text(job, "sent_at")[0] != '\0')
		return VQ_OK;
	body = message(j, job);
	if (body == NULL)
		return vq_nomem(err);
	code = vq_aws_call(j->aws, "AmazonSQS.SendMessage",
		json_pack("{s:s,s:s}", "QueueUrl", j->o.queue_url, "MessageBody", body), &reply,
		fault, err);
	free(body);
	json_decref(reply);
	if (code != VQ_OK)
		return code;
	/* Sent it is: a mark that cannot be set costs a second message at worst, and a
	 * job that a worker has taken needs none. */
	vq_utc(now, when);
	update(j, text(job, "job_id"), "queued", "SET sent_at = :when", json_object(),
		json_pack("{s:{s:s}}", ":when", "S", when), &refused, &ignored);
	return VQ_OK;
}

/* ---- objects ----------------------------------------------------------------------------- */

enum vq_code vq_jobs_inspect(struct vq_jobs *j, const char *bucket, const char *key,
	const struct vq_jobs_reason **why, struct vq_err *err)
{
	size_t len = VQ_CONTAINER_HEAD;
	const void *head;
	int64_t size;
	enum vq_code code = vq_aws_head(j->aws, bucket, key, &head, &len, &size, err);

	*why = NULL;
	if (code == VQ_ENOENT)
		*why = &missing;
	else if (code != VQ_OK)
		return code;
	else if (size == 0)
		*why = &empty;
	else if (size > VQ_JOBS_MAX_CLIP)
		*why = &large;
	else if (vq_container_of(head, len) == NULL)
		*why = &no_video;
	return VQ_OK;
}

/* Out of awaiting_upload, one way or the other. */
static enum vq_code leave_upload(
	struct vq_jobs *j, const json_t *job, int64_t now, bool *refused, struct vq_err *err)
{
	const struct vq_jobs_reason *why;
	const char *id = text(job, "job_id");
	char when[VQ_UTC_MAX];
	enum vq_code code =
		vq_jobs_inspect(j, text(job, "s3_bucket"), text(job, "s3_key"), &why, err);

	*refused = false;
	if (code != VQ_OK)
		return code;
	/* It was here a moment ago: not yet visible, or the router may not read it. */
	if (why == &missing)
		return vq_fail(err, VQ_ETEMP, "job %s: %s", id, why->message);
	if (why == NULL)
		return update(j, id, "awaiting_upload", "SET #status = :to", json_object(),
			json_pack("{s:{s:s}}", ":to", "S", "queued"), refused, err);
	vq_utc(now, when);
	return update(j, id, "awaiting_upload",
		"SET #status = :to, completed_at = :when, #error = :error",
		json_pack("{s:s}", "#error", "error"),
		json_pack("{s:{s:s},s:{s:s},s:{s:{s:{s:s},s:{s:s}}}}", ":to", "S", "failed",
			":when", "S", when, ":error", "M", "code", "S", why->code, "message", "S",
			why->message),
		refused, err);
}

enum vq_code vq_jobs_arrived(
	struct vq_jobs *j, const char *id, int64_t now, json_t **job, struct vq_err *err)
{
	bool refused = false;
	enum vq_code code = vq_jobs_get(j, id, job, err);

	if (code == VQ_OK && strcmp(text(*job, "status"), "awaiting_upload") == 0) {
		code = leave_upload(j, *job, now, &refused, err);
		json_decref(*job);
		*job = NULL;
		/* Refused: somebody was faster.  Look again either way. */
		if (code == VQ_OK || refused)
			code = vq_jobs_get(j, id, job, err);
	}
	if (code == VQ_OK)
		code = vq_jobs_send(j, *job, now, err);
	return code;
}
