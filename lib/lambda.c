#include "lambda.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "http.h"

#define TIMEOUT_MS 5000L
#define MAX_EVENT (8u << 20) /* Lambda's limit is 6 MB */
#define MAX_ID 128

struct vq_lambda {
	struct vq_http *http; /* of its own: an event outlives what is asked of AWS */
	char *base;
	char id[MAX_ID];
};

enum vq_code vq_lambda_new(struct vq_lambda **l, const char *address, struct vq_err *err)
{
	enum vq_code code;

	*l = NULL;
	if (address == NULL || address[0] == '\0' || strpbrk(address, "/?#@ ") != NULL)
		return vq_fail(err, VQ_EUSAGE, "AWS_LAMBDA_RUNTIME_API: expected host:port");
	*l = calloc(1, sizeof **l);
	if (*l == NULL)
		return vq_nomem(err);
	code = vq_http_new(&(*l)->http, err);
	if (code == VQ_OK && asprintf(&(*l)->base, "http://%s/2018-06-01/runtime", address) < 0) {
		(*l)->base = NULL;
		code = vq_nomem(err);
	}
	if (code != VQ_OK)
		vq_lambda_free(l);
	return code;
}

void vq_lambda_free(struct vq_lambda **l)
{
	if (*l == NULL)
		return;
	vq_http_free(&(*l)->http);
	free((*l)->base);
	free(*l);
	*l = NULL;
}

static enum vq_code send_to(struct vq_lambda *l, const char *method, const char *path,
	const char *type, const char *body, size_t len, struct vq_http_reply *reply,
	struct vq_err *err)
{
	struct vq_pair headers[] = {
		{"Content-Type", "application/json"}, {"Lambda-Runtime-Function-Error-Type", type}};
	char *url = NULL;
	enum vq_code code;
	struct vq_http_request r = {
		.method = method,
		.headers = headers,
		.header_count = type != NULL ? 2 : 1,
		.body = body,
		.len = len,
		.max_reply = MAX_EVENT,
		.timeout_ms = body != NULL ? TIMEOUT_MS : 0,
	};

	if (asprintf(&url, "%s/%s", l->base, path) < 0)
		return vq_nomem(err);
	r.url = url;
	code = vq_http_send(l->http, &r, reply, err);
	free(url);
	return code;
}

enum vq_code vq_lambda_next(
	struct vq_lambda *l, const char **event, size_t *len, struct vq_err *err)
{
	struct vq_http_reply reply;
	enum vq_code code = send_to(l, "GET", "invocation/next", NULL, NULL, 0, &reply, err);
	const char *id;

	if (code != VQ_OK)
		return code;
	id = vq_http_header(l->http, "lambda-runtime-aws-request-id");
	if (reply.status != 200 || id == NULL || id[0] == '\0' || strlen(id) >= MAX_ID ||
		strpbrk(id, "/?# ") != NULL)
		return vq_fail(err, VQ_ETEMP, "next event: status %ld%s", reply.status,
			reply.status == 200 ? ", without a request id" : "");
	strcpy(l->id, id);
	*event = reply.body;
	*len = reply.len;
	return VQ_OK;
}

static enum vq_code answer(struct vq_lambda *l, const char *what, const char *type,
	const char *text, size_t len, struct vq_err *err)
{
	char path[MAX_ID + 32];
	struct vq_http_reply reply;
	enum vq_code code;

	snprintf(path, sizeof path, "invocation/%s/%s", l->id, what);
	code = send_to(l, "POST", path, type, text, len, &reply, err);
	if (code == VQ_OK && reply.status != 202)
		code = vq_fail(err, reply.status >= 500 ? VQ_ETEMP : VQ_EDATA,
			"%s of event %s: status %ld: %.200s", what, l->id, reply.status,
			reply.body);
	return code;
}

enum vq_code vq_lambda_reply(
	struct vq_lambda *l, const char *text, size_t len, bool failed, struct vq_err *err)
{
	static const char refused[] = "{\"errorType\":\"Refused\",\"errorMessage\":"
				      "\"Lambda refused the answer\"}";
	enum vq_code code;

	if (failed)
		return answer(l, "error", "Unavailable", text, len, err);
	code = answer(l, "response", NULL, text, len, err);
	if (code == VQ_EDATA)
		code = answer(l, "error", "Refused", refused, sizeof refused - 1, err);
	return code;
}

enum vq_code vq_lambda_refuse(struct vq_lambda *l, const char *message, struct vq_err *err)
{
	json_t *o = json_pack("{s:s,s:s}", "errorType", "Configuration", "errorMessage", message);
	char *text = o == NULL ? NULL : json_dumps(o, JSON_COMPACT);
	struct vq_http_reply reply;
	enum vq_code code = text == NULL ? vq_nomem(err)
					 : send_to(l, "POST", "init/error", "Configuration", text,
						   strlen(text), &reply, err);

	free(text);
	json_decref(o);
	return code;
}
