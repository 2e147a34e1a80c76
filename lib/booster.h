/* The only module that sees libxgboost: one booster, loaded or trained, on one
 * thread, with a fixed seed. */
#ifndef VQ_BOOSTER_H
#define VQ_BOOSTER_H

#include <jansson.h>
#include <stddef.h>

#include "err.h"

struct vq_booster;

/* A table of training examples, row-major; nothing is owned. */
struct vq_matrix {
	size_t rows, cols;
	const float *x;		  /* rows * cols */
	const float *label;	  /* rows: 0 or 1, or the class */
	const float *weight;	  /* rows, or NULL */
	const char *const *names; /* cols */
};

/* One parameter of XGBoost. */
struct vq_booster_param {
	const char *key, *value;
};

/* Take a model in XGBoost's JSON form, checked by vq_xgb_prepare on a copy.
 * VQ_EDATA: it is broken or not of a kind that we use. */
enum vq_code vq_booster_load(struct vq_booster **b, const json_t *model, struct vq_err *err);

/* Train so many rounds.  params end with a NULL key.  VQ_EDATA with XGBoost's
 * message when it refuses the data or a parameter. */
enum vq_code vq_booster_train(struct vq_booster **b, const struct vq_matrix *m,
	const struct vq_booster_param *params, int rounds, struct vq_err *err);

void vq_booster_free(struct vq_booster **b);

/* The model in XGBoost's JSON form; a new reference. */
enum vq_code vq_booster_json(struct vq_booster *b, json_t **model, struct vq_err *err);

size_t vq_booster_features(const struct vq_booster *b);
const char *vq_booster_feature(const struct vq_booster *b, size_t i);
size_t vq_booster_outputs(const struct vq_booster *b);	    /* 1 when binary, else classes */
const char *vq_booster_version(const struct vq_booster *b); /* XGBoost's that wrote it */

/* Margins (log odds when binary) of n rows of vq_booster_features values, into
 * n * outputs numbers, from the first `rounds` rounds (0: all of them). */
enum vq_code vq_booster_margins(struct vq_booster *b, const float *rows, size_t n, int rounds,
	double *out, struct vq_err *err);

/* What each feature adds to each output's margin for one row, TreeSHAP's values:
 * outputs * features numbers; with the output's mean they sum to its margin. */
enum vq_code vq_booster_contributions(
	struct vq_booster *b, const float *row, double *out, struct vq_err *err);

/* How much each feature counts, into features numbers: the sum of the gain of all splits on
 * it, or how large its weight is in a linear booster of one output. */
enum vq_code vq_booster_gain(struct vq_booster *b, double *out, struct vq_err *err);

#endif
