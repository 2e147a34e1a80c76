/* Training with honest numbers.  For each defect one binary booster; everything that
 * is chosen (size, number of rounds, calibration) is chosen on the training clips of
 * a fold by a second, inner grouped validation, so that a fold's clips take no part
 * in what judges them. */
#ifndef VQ_TRAIN_H
#define VQ_TRAIN_H

#include <jansson.h>
#include <stdint.h>

#include "dataset.h"
#include "err.h"
#include "manifest.h"
#include "validate.h"

struct vq_train_options {
	int folds;
	uint64_t seed;
	double threshold;		    /* model.binary_threshold */
	const struct vq_manifest *manifest; /* for the features' groups, or NULL */
};

/* What was chosen for one defect's booster. */
struct vq_choice {
	size_t size, features; /* row of the table of sizes; features used */
	int depth, rounds;
	double slope, intercept; /* of Platt's sigmoid */
	double log_loss;	 /* of the inner validation */
	size_t clips, positives; /* trained on */
};

struct vq_training {
	int *fold;		     /* per row of the data set */
	struct vq_judgement *judged; /* per row, by a model that has not seen its source */
	struct vq_scored *scored;    /* the clips that count */
	size_t scored_count;
	struct vq_metrics pooled, of_fold[VQ_MAX_FOLDS]; /* without disputed clips */
	struct vq_choice choice[VQ_CLASSES];		 /* of the final model */
	double *gain[VQ_CLASSES]; /* per feature: total gain in the final booster, share */
	double *drop[VQ_CLASSES]; /* per feature: AUC lost when its column is shuffled, mean over
				     folds */
	json_t *boosters, *calibration; /* of the bundle */
};

/* VQ_EDATA: no feature has_text_regions, or too few sources with or without a
 * defect. */
enum vq_code vq_train(struct vq_training **t, const struct vq_dataset *d,
	const struct vq_train_options *o, struct vq_err *err);
void vq_training_free(struct vq_training **t);

#endif
