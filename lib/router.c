#include "router.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apievent.h"
#include "container.h"
#include "jobrequest.h"
#include "problem.h"
#include "sha256.h"
#include "utc.h"
#include "uuid.h"

#define UPLOAD_SECONDS 900L

/* Name space of job ids that come of an Idempotency-Key: drawn once, at random. */
static const unsigned char id_space[16] = {0x3b, 0x1e, 0x5d, 0x0a, 0x8c, 0x47, 0x4e, 0x92, 0xa1,
	0x66, 0xd4, 0x0f, 0x72, 0xc9, 0x58, 0xe3};

struct vq_router {
	struct vq_router_options o;
	struct vq_aws *aws;
	struct vq_jobs *jobs;
};

/* One request on its way to an answer. */
struct exchange {
	struct vq_router *r;
	struct vq_apievent event;
	const char *key; /* Idempotency-Key, or NULL */
	char type[VQ_JOBREQUEST_TYPE];
	char request[VQ_SHA256_HEX]; /* of method, route, type and body */
	int64_t now;
	struct vq_problem problem;
	json_t *body;		       /* of the answer when all is well */
	struct vq_jsontext prediction; /* its last member; text NULL: none */
	int status, jobs;
	enum vq_code code; /* what failed on our side */
	struct vq_err *err;
};

enum vq_code vq_router_new(struct vq_router **r, const struct vq_router_options *options,
	struct vq_http *http, struct vq_err *err)
{
	enum vq_code code;

	*r = calloc(1, sizeof **r);
	if (*r == NULL)
		return vq_nomem(err);
	(*r)->o = *options;
	if ((*r)->o.allowed_buckets == NULL)
		(*r)->o.allowed_buckets = "";
	if ((*r)->o.allowed_origins == NULL)
		(*r)->o.allowed_origins = "";
	code = vq_aws_new(&(*r)->aws, &options->aws, http, err);
	if (code == VQ_OK)
		code = vq_jobs_new(&(*r)->jobs, &options->jobs, (*r)->aws, err);
	if (code != VQ_OK)
		vq_router_free(r);
	return code;
}

void vq_router_free(struct vq_router **r)
{
	if (*r == NULL)
		return;
	vq_jobs_free(&(*r)->jobs);
	vq_aws_free(&(*r)->aws);
	free(*r);
	*r = NULL;
}

/* ---- what handlers share ----------------------------------------------------------------- */

/* A call of AWS went wrong: VQ_ETEMP may go well next time.  Returns false, like
 * vq_problem. */
static bool failed(struct exchange *x, enum vq_code code)
{
	x->code = code;
	if (code == VQ_EUSAGE)
		return vq_problem(&x->problem, 422, "idempotency_key_reused",
			"this Idempotency-Key came with another request before");
	if (code == VQ_ETEMP)
		return vq_problem(&x->problem, 503, "unavailable",
			"try again, with the same Idempotency-Key if there was one");
	return vq_problem(
		&x->problem, 500, "internal", "the service is not set up as it should be");
}

static bool text_is(const json_t *o, const char *key, const char *text)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL && strcmp(s, text) == 0;
}

static bool is_json(const struct exchange *x)
{
	return strcmp(x->type, "application/json") == 0;
}

/* The id of the nth job of this request: of the caller and the key, if there is one. */
static bool job_id(struct exchange *x, int nth, char id[VQ_UUID_TEXT])
{
	char *name;
	json_t *parts;
	enum vq_code code;

	if (x->key == NULL) {
		code = vq_uuid_random(id, x->err);
		return code == VQ_OK ? true : failed(x, code);
	}
	parts = json_pack("[s,s,i]", x->event.caller != NULL ? x->event.caller : "", x->key, nth);
	name = parts == NULL ? NULL : json_dumps(parts, JSON_COMPACT);
	code = name == NULL ? vq_nomem(x->err)
			    : vq_uuid_named(id_space, name, strlen(name), id, x->err);
	free(name);
	json_decref(parts);
	return code == VQ_OK ? true : failed(x, code);
}

/* A job that was made by the same request before; *job is NULL when there is none. */
static bool before(struct exchange *x, const char *id, json_t **job)
{
	enum vq_code code;

	*job = NULL;
	if (x->key == NULL)
		return true;
	code = vq_jobs_get(x->r->jobs, id, job, x->err);
	if (code == VQ_ENOENT)
		return true;
	if (code == VQ_OK && !text_is(*job, "request", x->request))
		code = VQ_EUSAGE;
	if (code == VQ_OK)
		return true;
	json_decref(*job);
	*job = NULL;
	return failed(x, code);
}

/* Write a job, unless it is there; *stored is what is there then.  status NULL: it is no
 * job but only keeps the key of a batch. */
static bool create(struct exchange *x, const char *id, const char *status, const char *bucket,
	const char *key, const char *overrides, json_t **stored)
{
	char created[VQ_UTC_MAX];
	json_t *job;
	enum vq_code code;

	vq_utc(x->now, created);
	job = json_pack("{s:s,s:s,s:s,s:I}", "job_id", id, "request", x->request, "created_at",
		created, "expires_at", (json_int_t)(x->now + VQ_JOBS_LIFE));
	if (status != NULL) {
		json_object_set_new(job, "status", json_string(status));
		json_object_set_new(job, "s3_bucket", json_string(bucket));
		json_object_set_new(job, "s3_key", json_string(key));
		json_object_set_new(job, "config_overrides", json_string(overrides));
	}
	code = vq_jobs_create(x->r->jobs, job, stored, x->err);
	return code == VQ_OK ? true : failed(x, code);
}

/* 202 with the job as it is. */
static bool accepted(struct exchange *x, const json_t *job)
{
	x->status = 202;
	x->jobs = text_is(job, "status", "queued");
	x->body = json_pack("{s:O,s:O}", "job_id", json_object_get(job, "job_id"), "status",
		json_object_get(job, "status"));
	return x->body != NULL ? true : failed(x, VQ_EBUG);
}

static void upload_key(const char *id, char key[sizeof VQ_JOBS_UPLOADS + VQ_UUID_TEXT])
{
	snprintf(key, sizeof VQ_JOBS_UPLOADS + VQ_UUID_TEXT, "%s%s", VQ_JOBS_UPLOADS, id);
}

/* ---- POST /predict ----------------------------------------------------------------------- */

/* The object first, then the queue: when either fails the job still awaits its upload,
 * and the same request (or the event of S3) takes it on from there. */
static bool store(struct exchange *x, const char *id, json_t **job)
{
	const char *bucket = x->r->o.jobs.clips_bucket;
	char key[sizeof VQ_JOBS_UPLOADS + VQ_UUID_TEXT];
	enum vq_code code = VQ_OK;

	upload_key(id, key);
	if (text_is(*job, "status", "awaiting_upload"))
		code = vq_aws_put(
			x->r->aws, bucket, key, x->type, x->event.body, x->event.len, x->err);
	json_decref(*job);
	*job = NULL;
	if (code == VQ_OK)
		code = vq_jobs_arrived(x->r->jobs, id, x->now, job, x->err);
	return code == VQ_OK ? true : failed(x, code);
}

static bool predict_body(struct exchange *x)
{
	char id[VQ_UUID_TEXT], key[sizeof VQ_JOBS_UPLOADS + VQ_UUID_TEXT];
	json_t *job = NULL;
	bool good = vq_jobrequest_video(x->type, x->event.body, x->event.len, &x->problem) &&
		    job_id(x, 0, id);

	if (!good)
		return false;
	upload_key(id, key);
	good = create(x, id, "awaiting_upload", x->r->o.jobs.clips_bucket, key, "{}", &job) &&
	       store(x, id, &job) && accepted(x, job);
	json_decref(job);
	return good;
}

/* Where to send the clip, and the headers that have to come with it. */
static bool invite(struct exchange *x, const struct vq_jobrequest *q, const char *key)
{
	char expires[VQ_UTC_MAX], length[24];
	char *url;
	enum vq_code code = vq_aws_presign(x->r->aws, x->r->o.jobs.clips_bucket, key, q->type,
		q->length, UPLOAD_SECONDS, x->now, &url, x->err);

	if (code != VQ_OK)
		return failed(x, code);
	vq_utc(x->now + UPLOAD_SECONDS, expires);
	snprintf(length, sizeof length, "%lld", (long long)q->length);
	json_object_set_new(x->body, "upload_url", json_string(url));
	json_object_set_new(x->body, "headers",
		json_pack("{s:s,s:s}", "Content-Type", q->type, "Content-Length", length));
	json_object_set_new(x->body, "expires_at", json_string(expires));
	free(url);
	return true;
}

static bool predict_upload(struct exchange *x, const struct vq_jobrequest *q)
{
	char id[VQ_UUID_TEXT], key[sizeof VQ_JOBS_UPLOADS + VQ_UUID_TEXT];
	json_t *job = NULL;
	enum vq_code code;
	bool good = job_id(x, 0, id);

	if (!good)
		return false;
	upload_key(id, key);
	good = create(x, id, "awaiting_upload", x->r->o.jobs.clips_bucket, key, q->overrides,
		       &job) &&
	       accepted(x, job);
	if (good && text_is(job, "status", "awaiting_upload"))
		good = invite(x, q, key);
	else if (good && (code = vq_jobs_send(x->r->jobs, job, x->now, x->err)) != VQ_OK)
		good = failed(x, code);
	json_decref(job);
	return good;
}

/* A clip in S3, by its address: to a job that is queued. */
static bool take(struct exchange *x, const char *uri, const char *overrides, int nth, json_t **job)
{
	const struct vq_jobs_reason *why = NULL;
	char id[VQ_UUID_TEXT], *bucket = NULL;
	const char *key = NULL;
	enum vq_code code = VQ_OK;
	bool good = vq_jobrequest_uri(uri, x->r->o.jobs.clips_bucket, x->r->o.allowed_buckets,
			    &bucket, &key, &x->problem) &&
		    job_id(x, nth, id) && before(x, id, job);

	if (good && *job == NULL) {
		code = vq_jobs_inspect(x->r->jobs, bucket, key, &why, x->err);
		if (code != VQ_OK)
			good = failed(x, code);
		else if (why != NULL)
			good = vq_problem(&x->problem, 422, why->code, "%s", why->message);
		else
			good = create(x, id, "queued", bucket, key, overrides, job);
	}
	if (good && (code = vq_jobs_send(x->r->jobs, *job, x->now, x->err)) != VQ_OK)
		good = failed(x, code);
	free(bucket);
	return good;
}

static bool predict_json(struct exchange *x)
{
	struct vq_jobrequest q;
	json_t *job = NULL;
	bool good = vq_jobrequest_predict(x->event.body, x->event.len, &q, &x->problem);

	if (good && q.uri == NULL)
		good = predict_upload(x, &q);
	else if (good)
		good = take(x, q.uri, q.overrides, 0, &job) && accepted(x, job);
	json_decref(job);
	vq_jobrequest_free(&q);
	return good;
}

static bool post_predict(struct exchange *x)
{
	return is_json(x) ? predict_json(x) : predict_body(x);
}

/* ---- POST /batch ------------------------------------------------------------------------- */

/* A refusal of one clip is part of the answer. */
static json_t *refusal(const struct vq_problem *p, json_t *uri)
{
	json_t *problem = vq_problem_json(p, NULL);
	json_t *o = json_pack("{s:O,s:{s:O,s:O,s:O}}", "s3_uri", uri, "error", "status",
		json_object_get(problem, "status"), "code", json_object_get(problem, "code"),
		"detail", json_object_get(problem, "detail"));

	json_decref(problem);
	return o;
}

static bool take_all(struct exchange *x, const struct vq_jobrequest *q)
{
	json_t *list = json_array(), *uri;
	int refused = 0, unavailable = 0;
	size_t i;

	json_array_foreach(q->uris, i, uri)
	{
		json_t *job = NULL;

		if (take(x, json_string_value(uri), q->overrides, (int)i + 1, &job)) {
			json_array_append_new(
				list, json_pack("{s:O,s:O,s:O}", "s3_uri", uri, "job_id",
					      json_object_get(job, "job_id"), "status",
					      json_object_get(job, "status")));
			x->jobs++;
		} else {
			json_array_append_new(list, refusal(&x->problem, uri));
			refused++;
			unavailable += x->problem.status >= 500;
		}
		json_decref(job);
	}
	/* Nothing was taken, and not for a fault of the clips. */
	if (unavailable > 0 && x->jobs == 0) {
		json_decref(list);
		return failed(x, x->code != VQ_OK ? x->code : VQ_ETEMP);
	}
	x->status = 202;
	x->body = json_pack("{s:i,s:i,s:o}", "accepted", x->jobs, "refused", refused, "jobs", list);
	return x->body != NULL ? true : failed(x, VQ_EBUG);
}

static bool post_batch(struct exchange *x)
{
	struct vq_jobrequest q;
	char id[VQ_UUID_TEXT];
	json_t *stored = NULL;
	bool good;

	if (!is_json(x))
		return vq_problem(
			&x->problem, 415, "unsupported_type", "expected application/json");
	good = vq_jobrequest_batch(x->event.body, x->event.len, &q, &x->problem);
	/* Which clips become jobs may differ from one time to the next, so the key is
	 * kept by an item of its own. */
	if (good && x->key != NULL)
		good = job_id(x, 0, id) && create(x, id, NULL, NULL, NULL, NULL, &stored);
	if (good)
		good = take_all(x, &q);
	json_decref(stored);
	vq_jobrequest_free(&q);
	return good;
}

/* ---- GET /predict/{job_id} ---------------------------------------------------------------- */

static bool get_predict(struct exchange *x)
{
	static const char *const fields[] = {
		"job_id", "status", "created_at", "started_at", "completed_at", "error"};
	const char *id = x->event.job_id;
	json_t *job = NULL;
	enum vq_code code;

	if (id == NULL || !vq_uuid_valid(id))
		return vq_problem(&x->problem, 400, "malformed_job_id",
			"expected a UUID in lower case, as POST /predict gave it");
	code = vq_jobs_result(x->r->jobs, id, &job, &x->prediction, x->err);
	if (code != VQ_OK && code != VQ_ENOENT)
		return failed(x, code);
	if (code == VQ_ENOENT || json_object_get(job, "status") == NULL) {
		json_decref(job);
		return vq_problem(&x->problem, 404, "unknown_job", "there is no job %s", id);
	}
	x->status = 200;
	x->body = json_object();
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (json_object_get(job, fields[i]) != NULL)
			json_object_set(x->body, fields[i], json_object_get(job, fields[i]));
	json_decref(job);
	if (x->prediction.text == NULL || vq_jsontext_nested(x->prediction))
		return true;
	code = vq_fail(x->err, VQ_EDATA, "job %s: its prediction is no JSON", id);
	return failed(x, code);
}

/* ---- events ------------------------------------------------------------------------------- */

static const struct route {
	const char *name, *method, *resource;
	bool (*handle)(struct exchange *x);
} routes[] = {
	{"POST /predict", "POST", "/predict", post_predict},
	{"GET /predict/{job_id}", "GET", "/predict/{job_id}", get_predict},
	{"POST /batch", "POST", "/batch", post_batch},
};

/* The same bytes sent to the same place are the same request. */
static bool identify(struct exchange *x)
{
	const char *key = vq_apievent_header(&x->event, "idempotency-key");
	const char *type = vq_apievent_header(&x->event, "content-type");
	size_t len;
	char *text = NULL;
	FILE *out;
	enum vq_code code;

	vq_jobrequest_type(type != NULL ? type : "", x->type);
	if (key != NULL && !vq_jobrequest_key(key, &x->problem))
		return false;
	x->key = key;
	out = open_memstream(&text, &len);
	if (out == NULL)
		return failed(x, vq_nomem(x->err));
	fprintf(out, "%s %s\n%s\n", x->event.method, x->event.resource, x->type);
	fwrite(x->event.body, 1, x->event.len, out);
	code = fclose(out) == 0 ? vq_sha256(text, len, x->request, x->err) : vq_nomem(x->err);
	free(text);
	return code == VQ_OK ? true : failed(x, code);
}

/* A browser shows the answer to a page of another site when that is allowed (CORS, of the
 * Fetch standard).  There are no cookies here: a page can ask what its own key may ask. */
static void share(const struct exchange *x, json_t *h)
{
	const char *origin = vq_apievent_header(&x->event, "origin");
	const char *list = x->r == NULL ? "" : x->r->o.allowed_origins;
	bool any = vq_jobrequest_listed(list, "*", 1);

	if (origin == NULL || !(any || vq_jobrequest_listed(list, origin, strlen(origin))))
		return;
	json_object_set_new(h, "Access-Control-Allow-Origin", json_string(any ? "*" : origin));
	json_object_set_new(h, "Access-Control-Expose-Headers", json_string("Retry-After"));
	if (!any)
		json_object_set_new(h, "Vary", json_string("Origin"));
}

static json_t *headers(const struct exchange *x, bool good, const char *allow)
{
	json_t *h = json_pack("{s:s,s:s}", "Content-Type",
		good ? "application/json" : "application/problem+json", "Cache-Control",
		"no-store");

	if (!good && x->problem.status == 503)
		json_object_set_new(h, "Retry-After", json_string("1"));
	if (allow != NULL)
		json_object_set_new(h, "Allow", json_string(allow));
	share(x, h);
	return h;
}

/* Takes the reference to o. */
static char *print(json_t *o)
{
	char *text = o == NULL ? NULL : json_dumps(o, JSON_COMPACT);

	json_decref(o);
	return text;
}

/* Takes the references to head and body. */
static char *proxy_answer(int status, json_t *head, json_t *body)
{
	char *text = print(body);
	char *answer =
		print(text == NULL ? NULL
				   : json_pack("{s:i,s:O,s:b,s:s}", "statusCode", status, "headers",
					     head, "isBase64Encoded", 0, "body", text));

	free(text);
	json_decref(head);
	return answer;
}

/* The body is the last thing in the answer, an object inside of a string: put the prediction
 * before its last brace. */
static char *with_prediction(char *answer, struct vq_jsontext prediction)
{
	static const char name[] = ",\\\"prediction\\\":", end[] = "}\"}";
	const size_t n = answer == NULL ? 0 : strlen(answer) - strlen(end);
	char *longer =
		answer == NULL ? NULL : malloc(n + sizeof name - 1 + prediction.len + sizeof end);
	char *s = longer;

	if (longer != NULL) {
		s = mempcpy(s, answer, n);
		s = mempcpy(s, name, sizeof name - 1);
		s = mempcpy(s, prediction.text, prediction.len);
		memcpy(s, end, sizeof end);
	}
	free(answer);
	return longer;
}

static void finish(struct exchange *x, bool good, const char *allow, struct vq_answer *answer)
{
	answer->status = good ? x->status : x->problem.status;
	answer->jobs = x->jobs;
	if (!good) {
		json_decref(x->body);
		x->body = vq_problem_json(&x->problem, x->event.request_id);
	}
	answer->text = proxy_answer(answer->status, headers(x, good, allow), x->body);
	if (good && x->prediction.text != NULL)
		answer->text = with_prediction(answer->text, x->prediction);
}

static enum vq_code api(struct vq_router *r, const json_t *event, int64_t now,
	struct vq_answer *answer, struct vq_err *err)
{
	struct exchange x = {.r = r, .now = now, .err = err};
	const struct route *route = NULL;
	const char *allow = NULL;
	bool good;

	x.code = vq_apievent_read(event, &x.event, err);
	if (x.code != VQ_OK) {
		good = x.code == VQ_EDATA
			       ? vq_problem(&x.problem, 400, "malformed_body", "%s", err->msg)
			       : failed(&x, x.code);
		finish(&x, good, NULL, answer);
		return x.code == VQ_EDATA ? VQ_OK : x.code;
	}
	for (size_t i = 0; i < sizeof routes / sizeof routes[0] && route == NULL; i++) {
		if (strcmp(routes[i].resource, x.event.resource) != 0)
			continue;
		allow = routes[i].method;
		if (strcmp(allow, x.event.method) == 0)
			route = &routes[i];
	}
	if (route != NULL) {
		answer->route = route->name;
		allow = NULL;
		good = identify(&x) && route->handle(&x);
	} else if (allow != NULL) {
		good = vq_problem(&x.problem, 405, "method_not_allowed", "expected %s", allow);
	} else {
		good = vq_problem(&x.problem, 404, "unknown_route", "there is nothing here");
	}
	finish(&x, good, allow, answer);
	vq_apievent_free(&x.event);
	/* A key that was used before is no failure of ours. */
	return x.code == VQ_EUSAGE ? VQ_OK : x.code;
}

/* The id of the job whose upload a record of S3's event tells of; NULL: none of ours. */
static const char *arrival(const struct vq_router *r, const json_t *record)
{
	const json_t *s3 = json_object_get(record, "s3");
	const char *name = json_string_value(json_object_get(record, "eventName"));
	const char *key = json_string_value(json_object_get(json_object_get(s3, "object"), "key"));
	const size_t prefix = strlen(VQ_JOBS_UPLOADS);

	if (name == NULL || key == NULL || strncmp(name, "ObjectCreated:", 14) != 0)
		return NULL;
	if (!text_is(json_object_get(s3, "bucket"), "name", r->o.jobs.clips_bucket))
		return NULL;
	/* A UUID is the same in the URL encoding that S3 uses here. */
	if (strncmp(key, VQ_JOBS_UPLOADS, prefix) != 0 || !vq_uuid_valid(key + prefix))
		return NULL;
	return key + prefix;
}

/* All records, even when one fails; that one makes S3 deliver all of them again. */
static enum vq_code s3_event(struct vq_router *r, const json_t *records, int64_t now,
	struct vq_answer *answer, struct vq_err *err)
{
	json_t *jobs = json_array();
	const json_t *record;
	enum vq_code worst = VQ_OK;
	struct vq_err one;
	int ignored = 0;
	size_t i;

	answer->route = "s3";
	json_array_foreach(records, i, record)
	{
		const char *id = arrival(r, record);
		json_t *job = NULL;
		enum vq_code code =
			id == NULL ? VQ_ENOENT : vq_jobs_arrived(r->jobs, id, now, &job, &one);

		if (code == VQ_OK) {
			answer->jobs += text_is(job, "status", "queued");
			json_array_append_new(jobs,
				json_pack("{s:O,s:O}", "job_id", json_object_get(job, "job_id"),
					"status", json_object_get(job, "status")));
		} else if (code == VQ_ENOENT) {
			ignored++;
		} else {
			worst = code;
			*err = one;
		}
		json_decref(job);
	}
	answer->again = worst != VQ_OK;
	if (worst == VQ_OK)
		answer->text = print(json_pack("{s:o,s:i}", "jobs", jobs, "ignored", ignored));
	else
		answer->text = print(json_pack("{s:s,s:s}", "errorType", "Unavailable",
			"errorMessage", "an upload could not be queued; deliver the event again"));
	if (worst != VQ_OK)
		json_decref(jobs);
	return worst;
}

void vq_router_refuse(int status, const char *code, const char *detail, struct vq_answer *answer)
{
	struct exchange x = {0};

	memset(answer, 0, sizeof *answer);
	answer->route = "unknown";
	finish(&x, vq_problem(&x.problem, status, code, "%s", detail), NULL, answer);
}

enum vq_code vq_router_answer(struct vq_router *r, const json_t *event, int64_t now,
	struct vq_answer *answer, struct vq_err *err)
{
	const json_t *records = json_object_get(event, "Records");

	memset(answer, 0, sizeof *answer);
	answer->route = "unknown";
	if (vq_apievent_is(event))
		return api(r, event, now, answer, err);
	if (json_is_array(records))
		return s3_event(r, records, now, answer, err);
	vq_router_refuse(400, "unknown_event",
		event == NULL ? "the event is no JSON"
			      : "no event of API Gateway (of a REST API) or of S3",
		answer);
	return VQ_OK;
}

json_t *vq_router_metrics(const struct vq_answer *answer, double seconds, int64_t now_ms)
{
	int bad = answer->again || answer->status >= 500;

	return json_pack("{s:{s:I,s:[{s:s,s:[[s]],s:[{s:s,s:s},{s:s,s:s},{s:s,s:s},{s:s,s:s}]}]},"
			 "s:s,s:i,s:i,s:i,s:f,s:s,s:i}",
		"_aws", "Timestamp", (json_int_t)now_ms, "CloudWatchMetrics", "Namespace", "vidqc",
		"Dimensions", "Service", "Metrics", "Name", "Jobs", "Unit", "Count", "Name",
		"Succeeded", "Unit", "Count", "Name", "Failed", "Unit", "Count", "Name",
		"LatencySeconds", "Unit", "Seconds", "Service", "router", "Jobs", answer->jobs,
		"Succeeded", !bad, "Failed", bad, "LatencySeconds", seconds, "route", answer->route,
		"status", answer->status);
}
