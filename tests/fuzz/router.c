/* libFuzzer target: whatever the event, and whatever AWS answers, the router has an answer,
 * and one that makes sense.
 *
 * The input is lines.  The first is the event; or 'B' and the number of a route, and the rest
 * of the line is the body of a request, so that bodies need not be found inside of JSON
 * inside of JSON.  Each further line is what AWS answers to one request: a character that
 * stands for the status, and the body.  When they run out AWS answers as if all was well.
 *
 * This file stands in for lib/http.c, the only part that talks to the outside. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../lib/http.h"
#include "../../lib/router.h"

/* ---- AWS ------------------------------------------------------------------------------- */

struct vq_http {
	char *script; /* what is left of the lines; owned by the caller */
	char *body;
	char range[64];
};

/* Nobody waits between attempts. */
int nanosleep(const struct timespec *wanted, struct timespec *left)
{
	(void)wanted;
	(void)left;
	return 0;
}

static const char *well(const struct vq_http_request *r, long *status)
{
	*status = 200;
	if (strcmp(r->method, "GET") == 0) {
		*status = 206;
		return "....ftypisom";
	}
	return "{}";
}

/* 'a' stands for the first of these, and so on. */
static const long statuses[] = {200, 206, 400, 403, 404, 416, 429, 500, 0};

enum vq_code vq_http_send(struct vq_http *h, const struct vq_http_request *request,
	struct vq_http_reply *reply, struct vq_err *err)
{
	char *line = strsep(&h->script, "\n");
	const char *body;

	free(h->body);
	h->body = NULL;
	snprintf(h->range, sizeof h->range, "bytes 0-11/12");
	if (line == NULL || line[0] == '\0') {
		body = well(request, &reply->status);
	} else {
		reply->status = statuses[(unsigned char)(line[0] - 'a') % 9];
		body = line + 1;
		if (reply->status == 206)
			snprintf(h->range, sizeof h->range, "bytes 0-1/%.40s", body);
	}
	if (reply->status == 0)
		return vq_fail(err, VQ_ETEMP, "no connection");
	h->body = strdup(body);
	if (h->body == NULL)
		abort();
	reply->body = h->body;
	reply->len = strlen(h->body);
	return VQ_OK;
}

const char *vq_http_header(struct vq_http *h, const char *name)
{
	return strcmp(name, "content-range") == 0 ? h->range : NULL;
}

/* ---- one input ------------------------------------------------------------------------- */

static json_t *event_of(const char *line)
{
	static const char *const route[][3] = {{"POST", "/predict", "application/json"},
		{"POST", "/predict", "video/mp4"}, {"POST", "/batch", "application/json"},
		{"GET", "/predict/{job_id}", "application/json"}};
	const char *const *r;

	if (line[0] != 'B' || line[1] == '\0')
		return json_loads(line, 0, NULL);
	r = route[line[1] & 3];
	return json_pack("{s:s,s:s,s:{s:s,s:s},s:s?,s:{s:s?}}", "httpMethod", r[0], "resource",
		r[1], "headers", "Content-Type", r[2], "Idempotency-Key",
		line[1] & 4 ? "key" : "another key", "body", line + 2, "pathParameters", "job_id",
		line + 2);
}

static void check(bool good, const char *what, const struct vq_answer *a)
{
	if (good)
		return;
	fprintf(stderr, "%s: %s\n", what, a->text);
	abort();
}

/* An object, though a number may be too large for jansson, and text may hold NUL: both are
 * JSON. */
static json_t *object(const char *text, bool *large)
{
	json_error_t e;
	json_t *o = text == NULL ? NULL : json_loads(text, JSON_ALLOW_NUL, &e);

	*large = text != NULL && o == NULL && json_error_code(&e) == json_error_numeric_overflow;
	return o;
}

static void check_answer(const struct vq_answer *a, enum vq_code code)
{
	bool large;
	json_t *answer = object(a->text, &large), *parsed;

	check(json_is_object(answer), "an answer that is an object", a);
	check(strchr(a->text, '\n') == NULL, "one line", a);
	check(a->route != NULL && a->jobs >= 0, "route, jobs", a);
	check(!a->again || json_object_get(answer, "errorType") != NULL, "a failure", a);
	check(!a->again || code != VQ_OK, "a failure without a reason", a);
	if (a->status == 0) {
		json_decref(answer);
		return;
	}
	check(a->status >= 200 && a->status <= 503, "status", a);
	check(json_integer_value(json_object_get(answer, "statusCode")) == a->status, "statusCode",
		a);
	check(a->status < 500 || code != VQ_OK, "5xx without a reason", a);
	parsed = object(json_string_value(json_object_get(answer, "body")), &large);
	check(json_is_object(parsed) || large, "a body that is an object", a);
	check((a->status >= 400) == (json_object_get(parsed, "code") != NULL), "a problem", a);
	json_decref(parsed);
	json_decref(answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct vq_router_options options = {
		.aws = {.region = "eu-west-1", .key_id = "i", .secret = "s", .token = "t"},
		.jobs = {.queue_url = "https://q/1/q", .table = "t", .clips_bucket = "clips"},
		.allowed_buckets = "other more",
	};
	char *text = malloc(size + 1), *rest = text, *line;
	struct vq_http http = {0};
	struct vq_router *router;
	struct vq_answer a;
	struct vq_err err;
	enum vq_code code;
	json_t *event, *metrics;

	if (text == NULL || vq_router_new(&router, &options, &http, &err) != VQ_OK)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	line = strsep(&rest, "\n");
	http.script = rest;
	event = event_of(line);
	code = vq_router_answer(router, event, 1789000000, &a, &err);
	check_answer(&a, code);
	metrics = vq_router_metrics(&a, 0.1, 1789000000000);
	check(json_is_object(metrics), "metrics", &a);
	json_decref(metrics);
	free(a.text);
	json_decref(event);
	vq_router_free(&router);
	free(http.body);
	free(text);
	return 0;
}
