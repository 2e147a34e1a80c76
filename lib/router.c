#include "router.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange.h"
#include "submit.h"
#include "uuid.h"

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

/* ---- GET /predict/{job_id} ---------------------------------------------------------------- */

static bool get_predict(struct vq_exchange *x)
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
		return vq_exchange_failed(x, code);
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
	return vq_exchange_failed(x, code);
}

/* ---- events ------------------------------------------------------------------------------- */

static const struct route {
	const char *name, *method, *resource;
	bool (*handle)(struct vq_exchange *x);
} routes[] = {
	{"POST /predict", "POST", "/predict", vq_submit_predict},
	{"GET /predict/{job_id}", "GET", "/predict/{job_id}", get_predict},
	{"POST /batch", "POST", "/batch", vq_submit_batch},
};

/* The same bytes sent to the same place are the same request. */
static bool identify(struct vq_exchange *x)
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
		return vq_exchange_failed(x, vq_nomem(x->err));
	fprintf(out, "%s %s\n%s\n", x->event.method, x->event.resource, x->type);
	fwrite(x->event.body, 1, x->event.len, out);
	code = fclose(out) == 0 ? vq_sha256(text, len, x->request, x->err) : vq_nomem(x->err);
	free(text);
	return code == VQ_OK ? true : vq_exchange_failed(x, code);
}

static enum vq_code api(struct vq_router *r, const json_t *event, int64_t now,
	struct vq_answer *answer, struct vq_err *err)
{
	struct vq_exchange x = {.r = r, .now = now, .err = err};
	const struct route *route = NULL;
	const char *allow = NULL;
	bool good;

	x.code = vq_apievent_read(event, &x.event, err);
	if (x.code != VQ_OK) {
		good = x.code == VQ_EDATA
			       ? vq_problem(&x.problem, 400, "malformed_body", "%s", err->msg)
			       : vq_exchange_failed(&x, x.code);
		vq_exchange_finish(&x, good, NULL, answer);
		vq_apievent_free(&x.event);
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
	vq_exchange_finish(&x, good, allow, answer);
	vq_apievent_free(&x.event);
	return x.code;
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
	if (!vq_exchange_text_is(json_object_get(s3, "bucket"), "name", r->o.jobs.clips_bucket))
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
			answer->jobs += vq_exchange_text_is(job, "status", "queued");
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
		answer->text =
			vq_exchange_print(json_pack("{s:o,s:i}", "jobs", jobs, "ignored", ignored));
	else
		answer->text = vq_exchange_print(json_pack("{s:s,s:s}", "errorType", "Unavailable",
			"errorMessage", "an upload could not be queued; deliver the event again"));
	if (worst != VQ_OK)
		json_decref(jobs);
	return worst;
}

void vq_router_refuse(int status, const char *code, const char *detail, struct vq_answer *answer)
{
	struct vq_exchange x = {0};

	memset(answer, 0, sizeof *answer);
	answer->route = "unknown";
	vq_exchange_finish(&x, vq_problem(&x.problem, status, code, "%s", detail), NULL, answer);
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
