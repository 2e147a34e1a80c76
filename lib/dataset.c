#include "dataset.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"

enum vq_code vq_dataset_new(
	struct vq_dataset **d, const struct vq_labels *labels, struct vq_err *err)
{
	*d = calloc(1, sizeof **d);
	if (*d == NULL)
		return vq_nomem(err);
	(*d)->labels = labels;
	(*d)->label = calloc(labels->count, sizeof *(*d)->label);
	(*d)->present = calloc(labels->count, 1);
	if ((*d)->label == NULL || (*d)->present == NULL) {
		vq_dataset_free(d);
		return vq_nomem(err);
	}
	return VQ_OK;
}

void vq_dataset_free(struct vq_dataset **d)
{
	if (*d == NULL)
		return;
	for (size_t j = 0; (*d)->names != NULL && j < (*d)->cols; j++)
		free((*d)->names[j]);
	free((*d)->names);
	free((*d)->x);
	free((*d)->label);
	free((*d)->present);
	free(*d);
	*d = NULL;
}

/* The first record says which features there are. */
static enum vq_code take_names(struct vq_dataset *d, const json_t *features, struct vq_err *err)
{
	size_t n = json_object_size(features);
	const char *name;
	json_t *v;

	if (n == 0)
		return vq_fail(err, VQ_EDATA, "no features");
	if (n > ((size_t)1 << 30) / sizeof *d->x / d->labels->count)
		return vq_fail(err, VQ_EDATA, "%zu features of %zu clips are too many", n,
			d->labels->count);
	d->names = calloc(n, sizeof *d->names);
	d->x = calloc(d->labels->count * n, sizeof *d->x);
	if (d->names == NULL || d->x == NULL)
		return vq_nomem(err);
	json_object_foreach((json_t *)features, name, v)
	{
		if ((d->names[d->cols] = strdup(name)) == NULL)
			return vq_nomem(err);
		d->cols++;
	}
	return VQ_OK;
}

static enum vq_code same_extractor(struct vq_dataset *d, const json_t *rec, struct vq_err *err)
{
	const char *version, *manifest;
	const json_t *e;
	enum vq_code code;

	if ((code = vq_record_object(rec, "extractor", &e, err)) != VQ_OK ||
		(code = vq_record_str(e, "version", &version, err)) != VQ_OK ||
		(code = vq_record_str(e, "manifest", &manifest, err)) != VQ_OK)
		return code;
	if (d->names == NULL) {
		snprintf(d->extractor, sizeof d->extractor, "%s", version);
		snprintf(d->manifest, sizeof d->manifest, "%s", manifest);
	} else if (strcmp(d->extractor, version) != 0 || strcmp(d->manifest, manifest) != 0) {
		return vq_fail(err, VQ_EDATA,
			"features of extractor %.30s, manifest %.12s; the records before are of "
			"%s, %.12s",
			version, manifest, d->extractor, d->manifest);
	}
	return VQ_OK;
}

static enum vq_code add(
	struct vq_dataset *d, const json_t *rec, const char *clip, struct vq_err *err)
{
	const struct vq_label *l;
	const json_t *features;
	enum vq_code code;
	size_t row;
	double v;

	if ((code = same_extractor(d, rec, err)) != VQ_OK ||
		(code = vq_record_object(rec, "features", &features, err)) != VQ_OK)
		return code;
	if (d->names == NULL && (code = take_names(d, features, err)) != VQ_OK)
		return code;
	if ((l = vq_labels_find(d->labels, clip)) == NULL) {
		d->unlabelled++;
		return VQ_OK;
	}
	row = (size_t)(l - d->labels->list);
	if (d->present[row])
		return vq_fail(err, VQ_EDATA, "came before");
	for (size_t j = 0; j < d->cols; j++) {
		if ((code = vq_record_real(features, d->names[j], &v, err)) != VQ_OK)
			return code;
		if (!isfinite((float)v))
			return vq_fail(err, VQ_EDATA, "feature \"%s\" is too large", d->names[j]);
		d->x[row * d->cols + j] = (float)v;
	}
	d->present[row] = 1;
	return VQ_OK;
}

enum vq_code vq_dataset_add(struct vq_dataset *d, const json_t *rec, struct vq_err *err)
{
	const char *clip;
	enum vq_code code = vq_record_str(rec, "clip_id", &clip, err);

	if (code == VQ_OK && (code = add(d, rec, clip, err)) != VQ_OK)
		vq_fail_at(err, "clip %.100s", clip);
	return code;
}

static enum vq_code hash(struct vq_dataset *d, struct vq_err *err)
{
	enum vq_code code = VQ_OK;
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (f == NULL)
		return vq_nomem(err);
	fprintf(f, "%s\n%s\n", d->extractor, d->manifest);
	for (size_t j = 0; j < d->cols; j++)
		fprintf(f, "%s\n", d->names[j]);
	for (size_t i = 0; i < d->rows; i++) {
		fputs(d->label[i]->clip_id, f);
		for (size_t j = 0; j < d->cols; j++)
			fprintf(f, "\t%.9g", (double)d->x[i * d->cols + j]);
		fputc('\n', f);
	}
	if (fclose(f) != 0)
		code = vq_nomem(err);
	if (code == VQ_OK)
		code = vq_sha256(text, len, d->sha256, err);
	free(text);
	return code;
}

enum vq_code vq_dataset_finish(struct vq_dataset *d, bool allow_missing, struct vq_err *err)
{
	const char *first = NULL;

	for (size_t i = 0; i < d->labels->count; i++) {
		if (!d->present[i]) {
			d->missing++;
			first = first != NULL ? first : d->labels->list[i].clip_id;
			continue;
		}
		if (i != d->rows)
			memcpy(d->x + d->rows * d->cols, d->x + i * d->cols,
				d->cols * sizeof *d->x);
		d->label[d->rows++] = &d->labels->list[i];
	}
	if (d->missing > 0 && !allow_missing)
		return vq_fail(err, VQ_EDATA,
			"%zu labelled clips have no features, %.100s first; see --allow-missing",
			d->missing, first);
	if (d->rows == 0)
		return vq_fail(err, VQ_EDATA, "no labelled clip has features");
	return hash(d, err);
}

size_t vq_dataset_column(const struct vq_dataset *d, const char *name)
{
	size_t j = 0;

	while (j < d->cols && strcmp(d->names[j], name) != 0)
		j++;
	return j;
}
