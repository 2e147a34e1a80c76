#include "exchange.h"

#include <stdlib.h>
#include <string.h>

bool vq_exchange_failed(struct vq_exchange *x, enum vq_code code)
{
	/* A key that was used before is no failure of ours. */
	if (code == VQ_EUSAGE)
		return vq_problem(&x->problem, 422, "idempotency_key_reused",
			"this Idempotency-Key came with another request before");
	x->code = code;
	if (code == VQ_ETEMP)
		return vq_problem(&x->problem, 503, "unavailable",
			"try again, with the same Idempotency-Key if there was one");
	return vq_problem(
		&x->problem, 500, "internal", "the service is not set up as it should be");
}

bool vq_exchange_text_is(const json_t *job, const char *member, const char *text)
{
	const char *s = json_string_value(json_object_get(job, member));

	return s != NULL && strcmp(s, text) == 0;
}

/* ---- the answer -------------------------------------------------------------------------- */

/* A browser shows the answer to a page of another site when that is allowed (CORS, of the
 * Fetch standard).  There are no cookies here: a page can ask what its own key may ask. */
static void share(const struct vq_exchange *x, json_t *h)
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

static json_t *headers(const struct vq_exchange *x, bool good, const char *allow)
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

char *vq_exchange_print(json_t *o)
{
	char *text = o == NULL ? NULL : json_dumps(o, JSON_COMPACT);

	json_decref(o);
	return text;
}

/* Takes the references to head and body. */
static char *proxy_answer(int status, json_t *head, json_t *body)
{
	char *text = vq_exchange_print(body);
	char *answer = vq_exchange_print(
		text == NULL ? NULL
			     : json_pack("{s:i,s:O,s:b,s:s}", "statusCode", status, "headers", head,
				       "isBase64Encoded", 0, "body", text));

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

void vq_exchange_finish(
	struct vq_exchange *x, bool good, const char *allow, struct vq_answer *answer)
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
