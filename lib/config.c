#include "config.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "num.h"

static const struct vq_config_row rows[VQ_CFG_COUNT] = {
#define X(id, key, type, def, min, max, help) {key, #type, def, help, min, max},
	VQ_CONFIG_TABLE(X)
#undef X
};

struct vq_config {
	json_t *value[VQ_CFG_COUNT];
};

const struct vq_config_row *vq_config_row(enum vq_config_id id)
{
	return &rows[id];
}

static bool is_type(enum vq_config_id id, const char *type)
{
	return strcmp(rows[id].type, type) == 0;
}

static bool is_choice(const char *choices, const char *s)
{
	size_t n = strlen(s), all = strcspn(choices, ":");

	for (const char *p = choices; n > 0 && p < choices + all;) {
		size_t k = strcspn(p, "|:");

		if (k == n && strncmp(p, s, n) == 0)
			return true;
		p += k + 1;
	}
	return false;
}

static bool in_range(enum vq_config_id id, const json_t *v)
{
	double x = json_number_value(v);

	return json_is_number(v) && isfinite(x) && x >= rows[id].min && x <= rows[id].max;
}

static bool valid(enum vq_config_id id, const json_t *v)
{
	if (is_type(id, "REAL"))
		return in_range(id, v);
	if (is_type(id, "INT"))
		return in_range(id, v) && json_number_value(v) == floor(json_number_value(v));
	if (is_type(id, "CHOICE"))
		return json_is_string(v) && is_choice(rows[id].help, json_string_value(v));
	if (is_type(id, "STR"))
		return json_is_string(v) && (double)json_string_length(v) >= rows[id].min &&
		       (double)json_string_length(v) <= rows[id].max;
	return json_array_size(v) == 2 && json_is_integer(json_array_get(v, 0)) &&
	       json_is_integer(json_array_get(v, 1)) && in_range(id, json_array_get(v, 0)) &&
	       in_range(id, json_array_get(v, 1));
}

static enum vq_code wrong_value(enum vq_config_id id, struct vq_err *err)
{
	const struct vq_config_row *r = &rows[id];

	if (is_type(id, "CHOICE"))
		return vq_fail(err, VQ_EUSAGE, "key %s: expected one of %.*s", r->key,
			(int)strcspn(r->help, ":"), r->help);
	if (is_type(id, "STR"))
		return vq_fail(err, VQ_EUSAGE, "key %s: expected a string of %g to %g characters",
			r->key, r->min, r->max);
	if (is_type(id, "GRID"))
		return vq_fail(err, VQ_EUSAGE, "key %s: expected [columns,rows], each %g to %g",
			r->key, r->min, r->max);
	return vq_fail(err, VQ_EUSAGE, "key %s: expected %s from %.10g to %.10g", r->key,
		is_type(id, "INT") ? "an integer" : "a number", r->min, r->max);
}

static enum vq_code find(const char *key, enum vq_config_id *id, struct vq_err *err)
{
	for (int i = 0; i < VQ_CFG_COUNT; i++)
		if (strcmp(rows[i].key, key) == 0) {
			*id = (enum vq_config_id)i;
			return VQ_OK;
		}
	return vq_fail(err, VQ_EUSAGE, "unknown key %s", key);
}

static enum vq_code put(struct vq_config *c, const char *key, json_t *v, struct vq_err *err)
{
	enum vq_config_id id = VQ_CFG_COUNT;
	enum vq_code code = find(key, &id, err);

	if (code != VQ_OK)
		return code;
	if (!valid(id, v))
		return wrong_value(id, err);
	json_decref(c->value[id]);
	c->value[id] = json_incref(v);
	return VQ_OK;
}

static enum vq_code merge_at(
	struct vq_config *c, const char *prefix, const json_t *object, struct vq_err *err)
{
	const char *key;
	json_t *v;
	enum vq_code code;
	char full[128];

	json_object_foreach((json_t *)object, key, v)
	{
		if (strlen(prefix) + strlen(key) + 2 > sizeof full)
			return vq_fail(err, VQ_EUSAGE, "unknown key %s%.64s", prefix, key);
		strcpy(full, prefix);
		strcat(full, key);
		if (json_is_object(v)) {
			strcat(full, ".");
			code = merge_at(c, full, v, err);
		} else {
			code = put(c, full, v, err);
		}
		if (code != VQ_OK)
			return code;
	}
	return VQ_OK;
}

enum vq_code vq_config_merge(struct vq_config *c, const json_t *object, struct vq_err *err)
{
	if (!json_is_object(object))
		return vq_fail(err, VQ_EUSAGE, "configuration: expected a JSON object");
	return merge_at(c, "", object, err);
}

enum vq_code vq_config_load(struct vq_config *c, const char *path, struct vq_err *err)
{
	json_error_t je;
	enum vq_code code;
	FILE *f = fopen(path, "r");
	json_t *o;

	if (f == NULL)
		return vq_fail(err, VQ_ENOENT, "%s: ", path);
	o = json_loadf(f, JSON_REJECT_DUPLICATES, &je);
	fclose(f);
	if (o == NULL)
		return vq_fail(err, VQ_EUSAGE, "%s: line %d: %s", path, je.line, je.text);
	code = vq_config_merge(c, o, err);
	json_decref(o);
	if (code != VQ_OK)
		vq_fail_at(err, "%s", path);
	return code;
}

enum vq_code vq_config_set(struct vq_config *c, const char *assignment, struct vq_err *err)
{
	const char *eq = strchr(assignment, '=');
	enum vq_config_id id = VQ_CFG_COUNT;
	enum vq_code code;
	char key[128];
	json_t *v;

	if (eq == NULL || (size_t)(eq - assignment) >= sizeof key)
		return vq_fail(err, VQ_EUSAGE, "%.80s: expected key=value", assignment);
	memcpy(key, assignment, (size_t)(eq - assignment));
	key[eq - assignment] = '\0';
	if ((code = find(key, &id, err)) != VQ_OK)
		return code;
	if (is_type(id, "STR") || is_type(id, "CHOICE"))
		v = json_string(eq + 1);
	else
		v = json_loads(eq + 1, JSON_DECODE_ANY, NULL);
	code = v == NULL ? wrong_value(id, err) : put(c, key, v, err);
	json_decref(v);
	return code;
}

enum vq_code vq_config_new(struct vq_config **c, struct vq_err *err)
{
	*c = calloc(1, sizeof **c);
	if (*c == NULL)
		return vq_nomem(err);
	for (int i = 0; i < VQ_CFG_COUNT; i++) {
		char line[256] = "";

		strncat(line, rows[i].key, 100);
		strcat(line, "=");
		strncat(line, rows[i].def, 100);
		if (vq_config_set(*c, line, err) != VQ_OK) {
			vq_config_free(c);
			return vq_fail(err, VQ_EBUG, "default of %s", rows[i].key);
		}
	}
	return VQ_OK;
}

void vq_config_free(struct vq_config **c)
{
	if (*c == NULL)
		return;
	for (int i = 0; i < VQ_CFG_COUNT; i++)
		json_decref((*c)->value[i]);
	free(*c);
	*c = NULL;
}

double vq_config_real(const struct vq_config *c, enum vq_config_id id)
{
	return json_number_value(c->value[id]);
}

int vq_config_int(const struct vq_config *c, enum vq_config_id id)
{
	return (int)json_number_value(c->value[id]);
}

const char *vq_config_str(const struct vq_config *c, enum vq_config_id id)
{
	return json_string_value(c->value[id]);
}

void vq_config_grid(const struct vq_config *c, enum vq_config_id id, int *columns, int *rows_out)
{
	*columns = (int)json_integer_value(json_array_get(c->value[id], 0));
	*rows_out = (int)json_integer_value(json_array_get(c->value[id], 1));
}

json_t *vq_config_json(const struct vq_config *c)
{
	json_t *root = json_object();

	for (int i = 0; i < VQ_CFG_COUNT; i++) {
		char key[128] = "";
		char *save, *part, *next;
		json_t *at = root;

		strncat(key, rows[i].key, sizeof key - 1);
		part = strtok_r(key, ".", &save);
		while ((next = strtok_r(NULL, ".", &save)) != NULL) {
			if (json_object_get(at, part) == NULL)
				json_object_set_new(at, part, json_object());
			at = json_object_get(at, part);
			part = next;
		}
		json_object_set(at, part, c->value[i]);
	}
	return root;
}
