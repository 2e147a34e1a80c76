#include "submit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "utc.h"
#include "uuid.h"

#define UPLOAD_SECONDS 900L

/* A batch takes on no more clips after so many seconds.  The one before may still take 15 (three
 * attempts of 5 s), and the function is ended after 28. */
#define BATCH_SECONDS 12

/* Name space of job ids that come of an Idempotency-Key: drawn once, at random. */
static const unsigned char id_space[16] = {0x3b, 0x1e, 0x5d, 0x0a, 0x8c, 0x47, 0x4e, 0x92, 0xa1,
	0x66, 0xd4, 0x0f, 0x72, 0xc9, 0x58, 0xe3};

static bool is_json(const struct vq_exchange *x)
{
	return strcmp(x->type, "application/json") == 0;
}

/* The id of the nth job of this request: of the caller and the key, if there is one. */
static bool job_id(struct vq_exchange *x, int nth, char id[VQ_UUID_TEXT])
{
	char *name;
	json_t *parts;
	enum vq_code code;

	if (x->key == NULL) {
		code = vq_uuid_random(id, x->err);
		return code == VQ_OK ? true : vq_exchange_failed(x, code);
	}
	parts = json_pack("[s,s,i]", x->event.caller != NULL ? x->event.caller : "", x->key, nth);
	name = parts == NULL ? NULL : json_dumps(parts, JSON_COMPACT);
	code = name == NULL ? vq_nomem(x->err)
			    : vq_uuid_named(id_space, name, strlen(name), id, x->err);
	free(name);
	json_decref(parts);
	return code == VQ_OK ? true : vq_exchange_failed(x, code);
}

/* A job that was made by the same request before; *job is NULL when there is none. */
static bool before(struct vq_exchange *x, const char *id, json_t **job)
{
	enum vq_code code;

	*job = NULL;
	if (x->key == NULL)
		return true;
	code = vq_jobs_get(x->r->jobs, id, job, x->err);
	if (code == VQ_ENOENT)
		return true;
	if (code == VQ_OK && !vq_exchange_text_is(*job, "request", x->request))
		code = VQ_EUSAGE;
	if (code == VQ_OK)
		return true;
	json_decref(*job);
	*job = NULL;
	return vq_exchange_failed(x, code);
}

/* Write a job, unless it is there; *stored is what is there then.  status NULL: it is no
 * job but only keeps the key of a batch. */
static bool create(struct vq_exchange *x, const char *id, const char *status, const char *bucket,
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
	return code == VQ_OK ? true : vq_exchange_failed(x, code);
}

/* 202 with the job as it is. */
static bool accepted(struct vq_exchange *x, const json_t *job)
{
	x->status = 202;
	x->jobs = vq_exchange_text_is(job, "status", "queued");
	x->body = json_pack("{s:O,s:O}", "job_id", json_object_get(job, "job_id"), "status",
		json_object_get(job, "status"));
	return x->body != NULL ? true : vq_exchange_failed(x, vq_nomem(x->err));
}

static void upload_key(const char *id, char key[sizeof VQ_JOBS_UPLOADS + VQ_UUID_TEXT])
{
	snprintf(key, sizeof VQ_JOBS_UPLOADS + VQ_UUID_TEXT, "%s%s", VQ_JOBS_UPLOADS, id);
}

/* ---- POST /predict ----------------------------------------------------------------------- */

/* The object first, then the queue: when either fails the job still awaits its upload,
 * and the same request (or the event of S3) takes it on from there. */
static bool store(struct vq_exchange *x, const char *id, json_t **job)
{
	const char *bucket = x->r->o.jobs.clips_bucket;
	char key[sizeof VQ_JOBS_UPLOADS + VQ_UUID_TEXT];
	enum vq_code code = VQ_OK;

	upload_key(id, key);
	if (vq_exchange_text_is(*job, "status", "awaiting_upload"))
		code = vq_aws_put(
			x->r->aws, bucket, key, x->type, x->event.body, x->event.len, x->err);
	json_decref(*job);
	*job = NULL;
	if (code == VQ_OK)
		code = vq_jobs_arrived(x->r->jobs, id, x->now, job, x->err);
	return code == VQ_OK ? true : vq_exchange_failed(x, code);
}

static bool predict_body(struct vq_exchange *x)
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
static bool invite(struct vq_exchange *x, const struct vq_jobrequest *q, const char *key)
{
	char expires[VQ_UTC_MAX], length[24];
	char *url;
	enum vq_code code = vq_aws_presign(x->r->aws, x->r->o.jobs.clips_bucket, key, q->type,
		q->length, UPLOAD_SECONDS, x->now, &url, x->err);

	if (code != VQ_OK)
		return vq_exchange_failed(x, code);
	vq_utc(x->now + UPLOAD_SECONDS, expires);
	snprintf(length, sizeof length, "%lld", (long long)q->length);
	json_object_set_new(x->body, "upload_url", json_string(url));
	json_object_set_new(x->body, "headers",
		json_pack("{s:s,s:s}", "Content-Type", q->type, "Content-Length", length));
	json_object_set_new(x->body, "expires_at", json_string(expires));
	free(url);
	return true;
}

static bool predict_upload(struct vq_exchange *x, const struct vq_jobrequest *q)
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
	if (good && vq_exchange_text_is(job, "status", "awaiting_upload"))
		good = invite(x, q, key);
	else if (good && (code = vq_jobs_send(x->r->jobs, job, x->now, x->err)) != VQ_OK)
		good = vq_exchange_failed(x, code);
	json_decref(job);
	return good;
}

/* A clip in S3, by its address: to a job that is queued. */
static bool take(
	struct vq_exchange *x, const char *uri, const char *overrides, int nth, json_t **job)
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
			good = vq_exchange_failed(x, code);
		else if (why != NULL)
			good = vq_problem(&x->problem, 422, why->code, "%s", why->message);
		else
			good = create(x, id, "queued", bucket, key, overrides, job);
	}
	if (good && (code = vq_jobs_send(x->r->jobs, *job, x->now, x->err)) != VQ_OK)
		good = vq_exchange_failed(x, code);
	free(bucket);
	return good;
}

static bool predict_json(struct vq_exchange *x)
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

bool vq_submit_predict(struct vq_exchange *x)
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

static time_t seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static bool too_late(struct vq_exchange *x)
{
	if (x->code == VQ_OK)
		vq_fail(x->err, VQ_ETEMP, "the batch takes longer than %d s", BATCH_SECONDS);
	return vq_exchange_failed(x, VQ_ETEMP);
}

static bool take_all(struct vq_exchange *x, const struct vq_jobrequest *q)
{
	const time_t end = seconds() + BATCH_SECONDS;
	json_t *list = json_array(), *uri;
	int refused = 0, unavailable = 0;
	size_t i;

	json_array_foreach(q->uris, i, uri)
	{
		json_t *job = NULL;

		if (seconds() < end
				? take(x, json_string_value(uri), q->overrides, (int)i + 1, &job)
				: too_late(x)) {
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
		return vq_exchange_failed(x, x->code != VQ_OK ? x->code : vq_nomem(x->err));
	}
	x->status = 202;
	x->body = json_pack("{s:i,s:i,s:o}", "accepted", x->jobs, "refused", refused, "jobs", list);
	return x->body != NULL ? true : vq_exchange_failed(x, vq_nomem(x->err));
}

bool vq_submit_batch(struct vq_exchange *x)
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
