/* Labelled clips with their features: what a model is trained and scored on. */
#ifndef VQ_DATASET_H
#define VQ_DATASET_H

#include <jansson.h>
#include <stddef.h>

#include "err.h"
#include "labels.h"
#include "sha256.h"

struct vq_dataset {
	const struct vq_labels *labels; /* not owned */
	size_t rows, cols;
	char **names;				     /* of the features, as in the first record */
	float *x;				     /* rows * cols */
	const struct vq_label **label;		     /* rows, sorted by clip_id */
	char extractor[32], manifest[VQ_SHA256_HEX]; /* of the records */
	char sha256[VQ_SHA256_HEX]; /* of names, clips and values, whatever their order */
	size_t missing;		    /* labelled clips without features */
	size_t unlabelled;	    /* feature records without a label */
	char *present;		    /* per label, while reading */
};

enum vq_code vq_dataset_new(
	struct vq_dataset **d, const struct vq_labels *labels, struct vq_err *err);
void vq_dataset_free(struct vq_dataset **d);

/* Take a "features" record.  VQ_EDATA: a clip that came before, another extractor
 * version or manifest than the first record's, a feature that is missing or no
 * finite number. */
enum vq_code vq_dataset_add(struct vq_dataset *d, const json_t *rec, struct vq_err *err);

/* After the last record.  VQ_EDATA: a labelled clip has no features, unless
 * allow_missing; no clip is left. */
enum vq_code vq_dataset_finish(struct vq_dataset *d, bool allow_missing, struct vq_err *err);

/* Column of a feature, or d->cols. */
size_t vq_dataset_column(const struct vq_dataset *d, const char *name);

#endif
