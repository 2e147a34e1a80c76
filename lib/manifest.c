#include "manifest.h"

#include <stdlib.h>
#include <string.h>

#include "sha256.h"

struct vq_manifest {
	const struct vq_feature **list;	  /* in order */
	const struct vq_feature **sorted; /* by name */
	size_t count;
	char version[VQ_SHA256_HEX];
};

static int by_name(const void *a, const void *b)
{
	return strcmp((*(const struct vq_feature *const *)a)->name,
		(*(const struct vq_feature *const *)b)->name);
}

static enum vq_code check(const struct vq_manifest *m, struct vq_err *err)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct vq_feature *f = m->sorted[i];

		if (f->name[strspn(f->name, "abcdefghijklmnopqrstuvwxyz0123456789_")] != '\0' ||
			f->name[0] < 'a' || f->name[0] > 'z')
			return vq_fail(err, VQ_EBUG, "feature \"%s\": no snake_case", f->name);
		if (!(f->min < f->max))
			return vq_fail(err, VQ_EBUG, "feature %s: empty range", f->name);
		if (i > 0 && strcmp(m->sorted[i - 1]->name, f->name) == 0)
			return vq_fail(err, VQ_EBUG, "feature %s: name used twice", f->name);
	}
	return VQ_OK;
}

static enum vq_code hash(struct vq_manifest *m, struct vq_err *err)
{
	enum vq_code code;
	size_t len = 0, at = 0;
	char *text;

	for (size_t i = 0; i < m->count; i++)
		len += strlen(m->list[i]->name) + 1;
	text = malloc(len + 1);
	if (text == NULL)
		return vq_nomem(err);
	for (size_t i = 0; i < m->count; i++) {
		size_t n = strlen(m->list[i]->name);

		memcpy(text + at, m->list[i]->name, n);
		text[at + n] = '\n';
		at += n + 1;
	}
	code = vq_sha256(text, len, m->version, err);
	free(text);
	return code;
}

enum vq_code vq_manifest_new(struct vq_manifest **m, const struct vq_feature_set *const *sets,
	size_t n, struct vq_err *err)
{
	enum vq_code code;
	size_t count = 0;

	*m = calloc(1, sizeof **m);
	if (*m == NULL)
		return vq_nomem(err);
	for (size_t s = 0; s < n; s++)
		count += sets[s]->count;
	(*m)->list = calloc(count + 1, sizeof *(*m)->list);
	(*m)->sorted = calloc(count + 1, sizeof *(*m)->sorted);
	if ((*m)->list == NULL || (*m)->sorted == NULL) {
		vq_manifest_free(m);
		return vq_nomem(err);
	}
	for (size_t s = 0; s < n; s++)
		for (size_t i = 0; i < sets[s]->count; i++)
			(*m)->list[(*m)->count++] = &sets[s]->list[i];
	memcpy((*m)->sorted, (*m)->list, count * sizeof *(*m)->list);
	qsort((*m)->sorted, count, sizeof *(*m)->sorted, by_name);
	if ((code = check(*m, err)) == VQ_OK)
		code = hash(*m, err);
	if (code != VQ_OK)
		vq_manifest_free(m);
	return code;
}

void vq_manifest_free(struct vq_manifest **m)
{
	if (*m == NULL)
		return;
	free((*m)->list);
	free((*m)->sorted);
	free(*m);
	*m = NULL;
}

size_t vq_manifest_count(const struct vq_manifest *m)
{
	return m->count;
}

const struct vq_feature *vq_manifest_at(const struct vq_manifest *m, size_t i)
{
	return m->list[i];
}

const struct vq_feature *vq_manifest_find(const struct vq_manifest *m, const char *name)
{
	struct vq_feature key = {.name = name};
	const struct vq_feature *pkey = &key, **hit;

	hit = bsearch(&pkey, m->sorted, m->count, sizeof *m->sorted, by_name);
	return hit != NULL ? *hit : NULL;
}

const char *vq_manifest_version(const struct vq_manifest *m)
{
	return m->version;
}

json_t *vq_manifest_json(const struct vq_manifest *m)
{
	json_t *features = json_array();

	for (size_t i = 0; i < m->count; i++) {
		const struct vq_feature *f = m->list[i];

		json_array_append_new(
			features, json_pack("{s:s,s:s,s:s,s:f,s:f,s:s}", "name", f->name, "group",
					  f->group, "unit", f->unit, "min", f->min, "max", f->max,
					  "meaning", f->meaning));
	}
	if (json_array_size(features) != m->count) {
		json_decref(features);
		return NULL;
	}
	return json_pack("{s:s,s:s,s:I,s:o}", "type", "manifest", "version", m->version, "count",
		(json_int_t)m->count, "features", features);
}
