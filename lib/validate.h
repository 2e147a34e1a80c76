/* Honest numbers: folds that keep a source's clips together, metrics of
 * judgements whose truth is known, calibration of scores. */
#ifndef VQ_VALIDATE_H
#define VQ_VALIDATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "labels.h"
#include "model.h"

enum { VQ_MAX_FOLDS = 50, VQ_MAX_STRATA = 8 };

/* What the folds look at: group and stratum (0 to VQ_MAX_STRATA-1) of an item. */
struct vq_fold_item {
	const char *group;
	int stratum;
};

/* Give each item a fold from 0 to folds-1: all items of a group get the same one,
 * and the strata are spread as evenly as whole groups allow (greedy: groups with the
 * largest share of a stratum first, each into the fold where the variance of the
 * strata's shares grows least; after scikit-learn's StratifiedGroupKFold).  The
 * seed perturbs the groups' order; same items, same seed, same folds, whatever the
 * items' order.  VQ_EDATA: fewer groups than folds. */
enum vq_code vq_folds_assign(const struct vq_fold_item *items, size_t n, int folds, uint64_t seed,
	int *fold, struct vq_err *err);

/* One judged clip. */
struct vq_scored {
	enum vq_class truth;	 /* the category's name */
	bool defect[VQ_CLASSES]; /* which defects are there */
	struct vq_judgement judgement;
};

struct vq_scored vq_scored_of(const struct vq_label *label, const struct vq_judgement *judgement);

/* A two-way test.  NAN where it is not defined. */
struct vq_binary {
	size_t n, positives, true_positives, false_positives;
	double precision, recall, specificity, f1, auc, brier;
};

struct vq_metrics {
	struct vq_binary flag;			  /* any artifact, by P(NONE) < threshold */
	struct vq_binary defect[VQ_CLASSES];	  /* each defect's own probability, at 0.5 */
	double category_f1[VQ_CLASSES];		  /* one category against the rest */
	size_t confusion[VQ_CLASSES][VQ_CLASSES]; /* [truth][predicted] */
	double accuracy;
};

/* A clip that shows both defects is right by either name.  Fails only without memory. */
enum vq_code vq_metrics(const struct vq_scored *s, size_t n, double threshold, struct vq_metrics *m,
	struct vq_err *err);

/* score > cut counts as found; auc and brier by score as a probability. */
void vq_binary(const double *score, const bool *truth, size_t n, double cut, struct vq_binary *b);

/* Area under the ROC curve (ties count half); NAN without both kinds. */
double vq_auc(const double *score, const bool *truth, size_t n);

/* Precision that the recall and specificity would give where so large a share of
 * clips has a defect. */
double vq_precision_at(const struct vq_binary *b, double prevalence);

/* Platt's sigmoid 1/(1+exp(-(slope*score+intercept))) by maximum likelihood with
 * his smoothed targets; Newton's method after Lin, Lin and Weng, "A note on
 * Platt's probabilistic outputs for support vector machines", 2007. */
void vq_platt(const double *score, const bool *truth, size_t n, double *slope, double *intercept);

/* Mean negative log likelihood of the truth under that sigmoid. */
double vq_log_loss(
	const double *score, const bool *truth, size_t n, double slope, double intercept);

#endif
