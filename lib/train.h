/* Training with honest numbers.  For each defect one learner; everything that is chosen
 * is chosen on the training clips of a fold by a second, inner grouped validation, so
 * that a fold's clips take no part in what judges them.  The validation is repeated with
 * the sources dealt into other folds, since with few sources much hangs on that. */
#ifndef VQ_TRAIN_H
#define VQ_TRAIN_H

#include <jansson.h>
#include <stdint.h>

#include "dataset.h"
#include "err.h"
#include "learner.h"
#include "manifest.h"
#include "validate.h"

struct vq_train_options {
	int folds;
	int repeats; /* validations, of seed, seed + 1, .. */
	uint64_t seed;
	double threshold;		    /* model.binary_threshold */
	const struct vq_manifest *manifest; /* for the features' groups, or NULL */
};

struct vq_training {
	int *fold;		     /* per row of the data set, of the first validation */
	struct vq_judgement *judged; /* per row, by a model that has not seen its source */
	struct vq_scored *scored;    /* the clips that count, once each validation */
	size_t scored_count;
	struct vq_metrics *of_fold, *of_repeat; /* repeats * folds, repeats */
	struct vq_choice choice[VQ_CLASSES];	/* of the final model */
	double *gain[VQ_CLASSES]; /* per feature: share of the final booster's gain or weights */
	double *drop[VQ_CLASSES]; /* per feature: AUC lost when its column is shuffled, mean over
				     folds and validations */
	json_t *boosters, *calibration, *scaling; /* of the bundle */
};

/* VQ_EDATA: no feature has_text_regions, or too few sources with or without a
 * defect. */
enum vq_code vq_train(struct vq_training **t, const struct vq_dataset *d,
	const struct vq_train_options *o, struct vq_err *err);
void vq_training_free(struct vq_training **t);

#endif
