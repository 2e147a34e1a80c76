#include "jobrequest.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "container.h"
#include "jobs.h"

#define MAX_KEY 1024

void vq_jobrequest_type(const char *header, char type[VQ_JOBREQUEST_TYPE])
{
	size_t n = 0;

	for (; n < VQ_JOBREQUEST_TYPE - 1 && strchr("; \t", header[n]) == NULL; n++)
		type[n] = (char)tolower((unsigned char)header[n]);
	type[n] = '\0';
}

static bool known_type(const char *type, struct vq_problem *p)
{
	if (vq_container_type(type))
		return true;
	if (type[0] == '\0')
		return vq_problem(p, 415, "unsupported_type",
			"the content type is missing: expected one of a video, like video/mp4");
	return vq_problem(p, 415, "unsupported_type", "%.64s is no video type that is taken", type);
}

bool vq_jobrequest_video(const char *type, const void *body, size_t len, struct vq_problem *p)
{
	const char *container = vq_container_of(body, len);

	if (!known_type(type, p))
		return false;
	if (len == 0)
		return vq_problem(p, 400, "empty_body", "the body is empty");
	if (len > VQ_JOBREQUEST_MAX_VIDEO)
		return vq_problem(p, 413, "body_too_large",
			"a clip in the body has at most %d bytes; ask for an upload instead",
			VQ_JOBREQUEST_MAX_VIDEO);
	if (container == NULL)
		return vq_problem(
			p, 422, "not_a_video", "the body does not begin like a video file");
	if (!vq_container_fits(type, container))
		return vq_problem(
			p, 422, "type_mismatch", "the body is of kind %s, not %s", container, type);
	return true;
}

/* ---- JSON ------------------------------------------------------------------------------ */

static bool parse(const void *body, size_t len, json_t **json, struct vq_problem *p)
{
	json_error_t je;

	if (len > VQ_JOBREQUEST_MAX_JSON)
		return vq_problem(p, 413, "body_too_large", "JSON has at most %u bytes",
			VQ_JOBREQUEST_MAX_JSON);
	if (len == 0)
		return vq_problem(p, 400, "empty_body", "the body is empty");
	*json = json_loadb(body, len, JSON_REJECT_DUPLICATES, &je);
	if (*json == NULL)
		return vq_problem(p, 400, "malformed_json", "line %d, column %d: %s", je.line,
			je.column, je.text);
	if (!json_is_object(*json))
		return vq_problem(p, 400, "malformed_json", "the body is no JSON object");
	return true;
}

/* fields: NULL at the end. */
static bool only(const json_t *json, const char *const *fields, struct vq_problem *p)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)json, key, v)
	{
		size_t i = 0;

		while (fields[i] != NULL && strcmp(fields[i], key) != 0)
			i++;
		if (fields[i] == NULL)
			return vq_problem(
				p, 400, "unknown_field", "field \"%.64s\" is unknown", key);
	}
	return true;
}

static bool overrides(struct vq_jobrequest *r, struct vq_problem *p)
{
	const json_t *given = json_object_get(r->json, "config_overrides");
	struct vq_config *config = NULL;
	struct vq_err err;
	enum vq_code code = vq_config_new(&config, &err);

	if (code == VQ_OK && given != NULL)
		code = vq_config_merge(config, given, &err);
	vq_config_free(&config);
	if (code == VQ_EUSAGE)
		return vq_problem(p, 400, "invalid_config", "config_overrides: %s", err.msg);
	r->overrides = code != VQ_OK   ? NULL
		       : given == NULL ? strdup("{}")
				       : json_dumps(given, JSON_COMPACT | JSON_REAL_PRECISION(15));
	if (r->overrides == NULL)
		return vq_problem(p, 503, "unavailable", "try again");
	return true;
}

static bool upload(struct vq_jobrequest *r, struct vq_problem *p)
{
	static const char *const fields[] = {
		"upload", "content_type", "content_length", "config_overrides", NULL};
	const json_t *length = json_object_get(r->json, "content_length");

	if (!only(r->json, fields, p))
		return false;
	if (!json_is_true(json_object_get(r->json, "upload")))
		return vq_problem(p, 400, "invalid_field", "upload: expected true");
	r->type = json_string_value(json_object_get(r->json, "content_type"));
	if (r->type == NULL)
		return vq_problem(p, 400, "invalid_field", "content_type: expected a string");
	if (!known_type(r->type, p))
		return false;
	r->length = json_integer_value(length);
	if (!json_is_integer(length) || r->length < 1)
		return vq_problem(
			p, 400, "invalid_field", "content_length: expected a number of bytes");
	if (r->length > VQ_JOBS_MAX_CLIP)
		return vq_problem(p, 413, "clip_too_large", "a clip has at most %lld bytes",
			VQ_JOBS_MAX_CLIP);
	return true;
}

bool vq_jobrequest_predict(
	const void *body, size_t len, struct vq_jobrequest *r, struct vq_problem *p)
{
	static const char *const fields[] = {"s3_uri", "config_overrides", NULL};

	memset(r, 0, sizeof *r);
	if (!parse(body, len, &r->json, p))
		return false;
	if (json_object_get(r->json, "upload") != NULL)
		return upload(r, p) && overrides(r, p);
	if (!only(r->json, fields, p))
		return false;
	r->uri = json_string_value(json_object_get(r->json, "s3_uri"));
	if (r->uri == NULL)
		return vq_problem(p, 400, "invalid_field",
			"expected \"upload\": true or \"s3_uri\": a string");
	return overrides(r, p);
}

bool vq_jobrequest_batch(
	const void *body, size_t len, struct vq_jobrequest *r, struct vq_problem *p)
{
	static const char *const fields[] = {"s3_uris", "config_overrides", NULL};
	const json_t *uri;
	size_t i;

	memset(r, 0, sizeof *r);
	if (!parse(body, len, &r->json, p) || !only(r->json, fields, p))
		return false;
	r->uris = json_object_get(r->json, "s3_uris");
	if (!json_is_array(r->uris) || json_array_size(r->uris) == 0 ||
		json_array_size(r->uris) > VQ_JOBREQUEST_MAX_BATCH)
		return vq_problem(p, 400, "invalid_field", "s3_uris: expected 1 to %d strings",
			VQ_JOBREQUEST_MAX_BATCH);
	json_array_foreach(r->uris, i, uri)
	{
		if (!json_is_string(uri))
			return vq_problem(
				p, 400, "invalid_field", "s3_uris[%zu]: expected a string", i);
	}
	return overrides(r, p);
}

void vq_jobrequest_free(struct vq_jobrequest *r)
{
	json_decref(r->json);
	free(r->overrides);
	memset(r, 0, sizeof *r);
}

/* ---- names ----------------------------------------------------------------------------- */

bool vq_jobrequest_listed(const char *list, const char *name, size_t n)
{
	while (*(list += strspn(list, " ")) != '\0') {
		size_t k = strcspn(list, " ");

		if (k == n && memcmp(list, name, n) == 0)
			return true;
		list += k;
	}
	return false;
}

/* No part may mean another place once it is a path: no empty one, no "." or "..". */
static bool plain_key(const char *key)
{
	size_t len = strlen(key);

	if (len == 0 || len > MAX_KEY)
		return false;
	for (const char *s = key; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f || *s == '\\')
			return false;
	for (;;) {
		size_t n = strcspn(key, "/");

		if (n == 0 || (n == 1 && key[0] == '.') ||
			(n == 2 && key[0] == '.' && key[1] == '.'))
			return false;
		if (key[n] == '\0')
			return true;
		key += n + 1;
	}
}

bool vq_jobrequest_uri(const char *uri, const char *clips_bucket, const char *others, char **bucket,
	const char **key, struct vq_problem *p)
{
	const char *name = uri + 5, *slash;
	bool ours;

	*bucket = NULL;
	if (strncmp(uri, "s3://", 5) != 0 || (slash = strchr(name, '/')) == NULL || slash == name)
		return vq_problem(p, 400, "invalid_uri", "expected s3://bucket/key");
	ours = vq_jobrequest_listed(clips_bucket, name, (size_t)(slash - name));
	if (!ours && !vq_jobrequest_listed(others, name, (size_t)(slash - name)))
		return vq_problem(
			p, 403, "bucket_not_allowed", "clips of this bucket are not taken");
	*key = slash + 1;
	if (!plain_key(*key))
		return vq_problem(p, 400, "invalid_uri",
			"the key has 1 to %d bytes, none of them a control character or a "
			"backslash, and no empty part, no . and no ..",
			MAX_KEY);
	if (ours && strncmp(*key, VQ_JOBS_UPLOADS, strlen(VQ_JOBS_UPLOADS)) != 0)
		return vq_problem(p, 403, "key_not_allowed", "keys of this bucket begin with %s",
			VQ_JOBS_UPLOADS);
	*bucket = strndup(name, (size_t)(slash - name));
	return *bucket != NULL ? true : vq_problem(p, 503, "unavailable", "try again");
}

bool vq_jobrequest_key(const char *key, struct vq_problem *p)
{
	size_t len = strlen(key);

	for (const char *s = key; *s != '\0'; s++)
		if (*s < 0x20 || *s > 0x7e)
			len = 0;
	if (len >= 1 && len <= 255)
		return true;
	return vq_problem(p, 400, "invalid_idempotency_key",
		"Idempotency-Key: expected 1 to 255 printable ASCII characters");
}
