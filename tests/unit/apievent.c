#include "../../lib/apievent.h"
#include "../tap.h"

static json_t *event(const char *more)
{
	json_t *e = json_pack("{s:s,s:s}", "httpMethod", "POST", "resource", "/predict");
	json_t *m = json_loads(more, 0, NULL);

	json_object_update(e, m);
	json_decref(m);
	return e;
}

static void whole(void)
{
	json_t *json = event("{\"headers\":{\"Content-TYPE\":\"video/mp4\",\"X\":null},"
			     "\"pathParameters\":{\"job_id\":\"j\"},\"body\":\"AAEC\","
			     "\"isBase64Encoded\":true,\"requestContext\":{\"requestId\":\"r\","
			     "\"identity\":{\"apiKeyId\":\"k\"}}}");
	struct vq_apievent e;
	struct vq_err err;

	is_int(vq_apievent_read(json, &e, &err), VQ_OK, "a whole event");
	is_str(e.method, "POST", "method");
	is_str(e.resource, "/predict", "resource");
	is_str(e.job_id, "j", "the job's id");
	is_str(e.caller, "k", "the caller is the API key");
	is_str(e.request_id, "r", "request id");
	is_str(vq_apievent_header(&e, "content-type"), "video/mp4", "a header in any case");
	is_str(vq_apievent_header(&e, "x"), NULL, "a header without a value");
	is_str(vq_apievent_header(&e, "y"), NULL, "no such header");
	ok(e.len == 3 && memcmp(e.body, "\0\1\2", 4) == 0, "the body is decoded");
	vq_apievent_free(&e);
	json_decref(json);
}

static void parts(void)
{
	static const struct {
		const char *json;
		enum vq_code code;
		const char *body, *caller;
	} rows[] = {{"{}", VQ_OK, "", NULL}, {"{\"body\":null}", VQ_OK, "", NULL},
		{"{\"body\":\"x\"}", VQ_OK, "x", NULL},
		{"{\"body\":\"x\",\"isBase64Encoded\":true}", VQ_EDATA, NULL, NULL},
		{"{\"body\":{},\"headers\":[],\"requestContext\":[]}", VQ_OK, "", NULL},
		{"{\"httpMethod\":1}", VQ_EDATA, NULL, NULL},
		{"{\"resource\":null}", VQ_EDATA, NULL, NULL},
		{"{\"requestContext\":{\"identity\":{\"apiKeyId\":\"k\"},\"authorizer\":"
		 "{\"claims\":{\"sub\":\"u\"}}}}",
			VQ_OK, "", "u"}};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		json_t *json = event(rows[i].json);
		struct vq_apievent e;
		struct vq_err err;

		is_int(vq_apievent_read(json, &e, &err), rows[i].code, "%s", rows[i].json);
		is_str(e.body, rows[i].body, "its body");
		is_str(e.caller, rows[i].caller, "its caller");
		vq_apievent_free(&e);
		json_decref(json);
	}
}

int main(void)
{
	struct vq_apievent e;
	struct vq_err err;

	whole();
	parts();
	ok(!vq_apievent_is(NULL), "nothing is no event");
	is_int(vq_apievent_read(NULL, &e, &err), VQ_EDATA, "and cannot be read");
	vq_apievent_free(&e);
	return done_testing();
}
