/* Sign what comes on standard input, one JSON object a line, for tests/aws/sigv4.t:
 *   {"time":1440938160,"key_id","secret","token","region","service",
 *    "method","path","normalize":true,"query":[["name","value"]],"headers":[[...]],
 *    "payload", "expires":3600}
 * and print {"canonical","to_sign","signature","authorization","query"}; with "expires"
 * it is a URL that is signed. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../lib/sigv4.h"

static const char *str(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static struct vq_pair *pairs(const json_t *list, size_t *count)
{
	struct vq_pair *pair = calloc(json_array_size(list) + 1, sizeof *pair);

	*count = json_array_size(list);
	for (size_t i = 0; i < *count; i++) {
		const json_t *one = json_array_get(list, i);

		pair[i].name = json_string_value(json_array_get(one, 0));
		pair[i].value = json_string_value(json_array_get(one, 1));
	}
	return pair;
}

static enum vq_code sign(const json_t *o, struct vq_sigv4 *s, struct vq_err *err)
{
	const struct vq_sigv4_scope scope = {
		.key_id = str(o, "key_id"),
		.secret = str(o, "secret"),
		.token = str(o, "token"),
		.region = str(o, "region"),
		.service = str(o, "service"),
		.time = json_integer_value(json_object_get(o, "time")),
	};
	struct vq_sigv4_request r = {
		.method = str(o, "method"),
		.path = str(o, "path"),
		.normalize = json_is_true(json_object_get(o, "normalize")),
		.payload = str(o, "payload"),
	};
	const json_t *expires = json_object_get(o, "expires");
	struct vq_pair *query = pairs(json_object_get(o, "query"), &r.query_count);
	struct vq_pair *headers = pairs(json_object_get(o, "headers"), &r.header_count);
	enum vq_code code;

	r.query = query;
	r.headers = headers;
	if (expires != NULL)
		code = vq_sigv4_presign(&scope, &r, (long)json_integer_value(expires), s, err);
	else
		code = vq_sigv4_sign(&scope, &r, s, err);
	free(query);
	free(headers);
	return code;
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&line, &size, stdin)) > 0) {
		json_t *o = json_loadb(line, (size_t)len, 0, NULL), *answer;
		struct vq_sigv4 s;
		struct vq_err err;

		if (o == NULL || sign(o, &s, &err) != VQ_OK)
			return EXIT_FAILURE;
		answer = json_pack("{s:s,s:s,s:s,s:s?,s:s?}", "canonical", s.canonical, "to_sign",
			s.to_sign, "signature", s.signature, "authorization", s.authorization,
			"query", s.query);
		json_dumpf(answer, stdout, JSON_COMPACT);
		putchar('\n');
		json_decref(answer);
		vq_sigv4_free(&s);
		json_decref(o);
	}
	free(line);
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
