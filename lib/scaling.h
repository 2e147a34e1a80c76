/* The inputs of a linear booster: how far a feature is from its mean over the training
 * clips, in standard deviations, and no further than a limit, so that no single value can
 * decide alone.  XGBoost has no such thing; the model bundle carries it beside the booster:
 * {"limit":2,"center":[..],"spread":[..]}, in the order of the booster's features. */
#ifndef VQ_SCALING_H
#define VQ_SCALING_H

#include <jansson.h>
#include <stddef.h>

#include "err.h"

struct vq_scaling;

/* From a table of rows * cols, row-major. */
enum vq_code vq_scaling_fit(
	struct vq_scaling **s, const float *x, size_t rows, size_t cols, struct vq_err *err);

/* VQ_EDATA: not of that form, or not for so many columns. */
enum vq_code vq_scaling_parse(
	struct vq_scaling **s, const json_t *json, size_t cols, struct vq_err *err);
void vq_scaling_free(struct vq_scaling **s);

/* A new reference. */
json_t *vq_scaling_json(const struct vq_scaling *s);

/* Change one row in place.  A column that never varied becomes 0. */
void vq_scaling_apply(const struct vq_scaling *s, float *row);

#endif
