/* Scores a model on clips that it has not seen: predictions against labels. */
#ifndef VQ_EVALUATE_H
#define VQ_EVALUATE_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

#include "err.h"
#include "labels.h"

struct vq_evaluation;

enum vq_code vq_evaluation_new(
	struct vq_evaluation **e, const struct vq_labels *labels, struct vq_err *err);
void vq_evaluation_free(struct vq_evaluation **e);

/* Take a "prediction" record.  VQ_EDATA: a missing field, a clip that came before,
 * another model than the first record's.  A clip without a label is counted. */
enum vq_code vq_evaluation_add(struct vq_evaluation *e, const json_t *rec, struct vq_err *err);

/* VQ_EDATA when the model's manifest says that it was trained on these very labels
 * (by their hash), or belongs to another model than the predictions. */
enum vq_code vq_evaluation_check(
	struct vq_evaluation *e, const json_t *manifest, struct vq_err *err);

/* How many labelled clips have a name that the manifest lists as trained on. */
size_t vq_evaluation_trained(const struct vq_evaluation *e);

/* {"type":"evaluation","model","data","validation":scorecard,"gate"}.  VQ_EDATA:
 * nothing to score; a labelled clip has no prediction, unless allow_missing.
 * Disputed clips are left out. */
enum vq_code vq_evaluation_finish(struct vq_evaluation *e, double threshold, bool allow_missing,
	json_t **result, struct vq_err *err);

/* That as text. */
void vq_evaluation_print(FILE *out, const json_t *result);

#endif
