#include "problem.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
	int status;
	const char *title;
} titles[] = {
	{400, "Bad Request"},
	{403, "Forbidden"},
	{404, "Not Found"},
	{405, "Method Not Allowed"},
	{413, "Content Too Large"},
	{415, "Unsupported Media Type"},
	{422, "Unprocessable Content"},
	{500, "Internal Server Error"},
	{503, "Service Unavailable"},
};

bool vq_problem(struct vq_problem *p, int status, const char *code, const char *fmt, ...)
{
	va_list ap;

	p->status = status;
	p->code = code;
	va_start(ap, fmt);
	vsnprintf(p->detail, sizeof p->detail, fmt, ap);
	va_end(ap);
	return false;
}

/* A detail that quotes what was sent may have been cut in the middle of a character. */
static json_t *detail_json(const char *detail)
{
	json_t *text = json_string(detail);

	return text != NULL ? text : json_string("see code");
}

json_t *vq_problem_json(const struct vq_problem *p, const char *request_id)
{
	const char *title = "";
	json_t *o;

	for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
		if (titles[i].status == p->status)
			title = titles[i].title;
	o = json_pack("{s:s,s:s,s:i,s:s,s:o}", "type", "about:blank", "title", title, "status",
		p->status, "code", p->code, "detail", detail_json(p->detail));
	if (request_id != NULL)
		json_object_set_new(o, "request_id", json_string(request_id));
	return o;
}
