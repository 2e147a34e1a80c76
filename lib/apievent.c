#include "apievent.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base64.h"

static const char *str(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

bool vq_apievent_is(const json_t *event)
{
	return str(event, "httpMethod") != NULL && str(event, "resource") != NULL;
}

static const char *caller(const json_t *context)
{
	const json_t *claims = json_object_get(json_object_get(context, "authorizer"), "claims");
	const char *sub = str(claims, "sub");

	return sub != NULL ? sub : str(json_object_get(context, "identity"), "apiKeyId");
}

static enum vq_code read_body(const json_t *event, struct vq_apievent *e, struct vq_err *err)
{
	const json_t *body = json_object_get(event, "body");
	const char *text = json_string_value(body);

	if (text == NULL) {
		e->body = calloc(1, 1);
		return e->body != NULL ? VQ_OK : vq_nomem(err);
	}
	e->len = json_string_length(body);
	if (json_is_true(json_object_get(event, "isBase64Encoded")))
		return vq_base64_decode(text, e->len, &e->body, &e->len, err);
	e->body = malloc(e->len + 1);
	if (e->body == NULL)
		return vq_nomem(err);
	memcpy(e->body, text, e->len + 1);
	return VQ_OK;
}

enum vq_code vq_apievent_read(const json_t *event, struct vq_apievent *e, struct vq_err *err)
{
	const json_t *context = json_object_get(event, "requestContext");

	memset(e, 0, sizeof *e);
	if (!vq_apievent_is(event))
		return vq_fail(err, VQ_EDATA, "no event of API Gateway");
	e->method = str(event, "httpMethod");
	e->resource = str(event, "resource");
	e->job_id = str(json_object_get(event, "pathParameters"), "job_id");
	e->caller = caller(context);
	e->request_id = str(context, "requestId");
	e->headers = json_object_get(event, "headers");
	return read_body(event, e, err);
}

void vq_apievent_free(struct vq_apievent *e)
{
	free(e->body);
	memset(e, 0, sizeof *e);
}

const char *vq_apievent_header(const struct vq_apievent *e, const char *name)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)e->headers, key, v)
	{
		if (strcasecmp(key, name) == 0)
			return json_string_value(v);
	}
	return NULL;
}
