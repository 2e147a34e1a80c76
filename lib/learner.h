/* One defect's classifier, from labelled clips: which columns, how the clips weigh, what
 * kind and size of booster, its calibration.  Whatever is chosen is chosen by a grouped
 * validation inside the given clips. */
#ifndef VQ_LEARNER_H
#define VQ_LEARNER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "booster.h"
#include "dataset.h"
#include "err.h"
#include "manifest.h"
#include "scaling.h"

/* A defect, and the rows and columns to learn it from. */
struct vq_problem {
	const struct vq_dataset *d;
	enum vq_class defect;
	int folds;
	uint64_t seed;
	size_t *row, n;
	size_t *col, cols;
};

/* What was chosen. */
struct vq_choice {
	size_t size, features;	 /* row of the table of sizes; features used */
	const char *kind;	 /* "linear" or "trees" */
	int depth, rounds;	 /* of trees; 0 when linear */
	double penalty;		 /* lambda */
	double slope, intercept; /* of Platt's sigmoid */
	double log_loss;	 /* of the inner validation */
	double beside;		 /* text: see vq_judgement_combine */
	struct vq_proof proof;	 /* text */
	size_t clips, positives; /* trained on */
};

/* A trained booster and the columns of the data set that it wants. */
struct vq_learner {
	struct vq_booster *booster;
	struct vq_scaling *scaling; /* of a linear one */
	size_t *col, cols;
	bool *falls; /* less of that column is more of the defect; trees heed that */
};

/* Whether the defect can be in the clip of that row at all: no text, no text defect. */
bool vq_learner_possible(const struct vq_dataset *d, size_t row, enum vq_class defect);

/* Whether the clip of that row says something about the defect.  Where the picture
 * flickers, letters change as well, and nobody can say whether they would have without:
 * such clips are judged by their flicker, and teach the text booster nothing. */
bool vq_learner_teaches(const struct vq_dataset *d, size_t row, enum vq_class defect);

/* What there is to learn a defect from when fold `without` (-1: none) of the rows' folds is
 * left out; manifest (or NULL) says which features are of which group. */
enum vq_code vq_problem_new(struct vq_problem *p, const struct vq_dataset *d, enum vq_class defect,
	const struct vq_manifest *manifest, const int *fold, int without, struct vq_err *err);
void vq_problem_free(struct vq_problem *p);

/* VQ_EDATA: clips with and without the defect are not there from two sources each.  The
 * learner is to be freed after a failure, too. */
enum vq_code vq_learner_fit(const struct vq_problem *p, struct vq_learner *l,
	struct vq_choice *choice, struct vq_err *err);
void vq_learner_free(struct vq_learner *l);

/* The learner's columns of one row of the data set, as they are / as the booster takes them. */
void vq_learner_values(
	const struct vq_dataset *d, const struct vq_learner *l, size_t row, float *x);
void vq_learner_scale(const struct vq_learner *l, float *x);

/* What the row of the data set proves, 0..1. */
double vq_choice_proof(const struct vq_choice *c, const struct vq_dataset *d, size_t row);

/* The probability that a margin stands for. */
double vq_choice_probability(const struct vq_choice *c, double margin);

#endif
