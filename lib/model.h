/* The model of a verdict: feature values in, probabilities of the three
 * categories and of each defect on its own out.  Two forms of file:
 *
 *   - a plain XGBoost JSON model, multi:softprob with 3 classes in the order of
 *     enum vq_class, as trained with XGBoost's Python or R package;
 *   - the bundle that vidqc-train writes, one object:
 *     {"type":"vidqc-model","version":..,"extractor":{"version","manifest"},
 *      "boosters":{"TEXT_INCONSISTENCY":{XGBoost JSON, binary:logistic},
 *                  "TEMPORAL_FLICKER":{..}},
 *      "calibration":{"TEXT_INCONSISTENCY":{"slope","intercept"},..},
 *      "scaling":{"TEXT_INCONSISTENCY":{..}},"text_beside_flicker":..,
 *      "text_proof":{"half"},..}
 *     The values go through the defect's scaling (lib/scaling.h) where there is one.
 *     A booster's margin m becomes the defect's probability
 *     1/(1+exp(-(slope*m+intercept))) (Platt, "Probabilistic Outputs for Support
 *     Vector Machines", 1999).  text_beside_flicker is 1 when it is not said,
 *     and nothing is proved without text_proof (struct vq_proof).
 *
 * Features are matched by name. */
#ifndef VQ_MODEL_H
#define VQ_MODEL_H

#include <jansson.h>
#include <stddef.h>

#include "err.h"

enum vq_class { VQ_NONE, VQ_TEXT, VQ_FLICKER, VQ_CLASSES };

/* "NONE", "TEXT_INCONSISTENCY", "TEMPORAL_FLICKER". */
const char *vq_class_name(enum vq_class c);

/* VQ_CLASSES when the name is none of them (or NULL). */
enum vq_class vq_class_find(const char *name);

/* Probabilities, rounded to 6 decimals; p sums to 1. */
struct vq_judgement {
	double p[VQ_CLASSES];
	double defect[VQ_CLASSES]; /* each defect's own; [VQ_NONE] is P(NONE) */
};

/* A measurement that proves a text defect by itself, however steady the picture is. */
struct vq_proof {
	double half; /* so much of it proves with probability 1/2; 0: nothing ever does */
};

/* The feature, and the probability with which so much of it proves the defect: a sigmoid that
 * begins at 0 with 0. */
#define VQ_PROOF_FEATURE "text_proof"
double vq_proof_of(const struct vq_proof *p, double value);

/* Two stages.  Flicker explains that letters change, so it is asked for first; text is the
 * probability of the text defect in a clip without flicker:
 * P(FLICKER) = f, P(TEXT) = (1-f) t, P(NONE) = (1-f)(1-t).
 * In a clip with flicker the text defect is as likely as t * beside, which makes
 * defect[VQ_TEXT] = (1-f) t + f t beside.  What is proved (q) comes before both:
 * P(TEXT) and defect[VQ_TEXT] become q + (1-q) of what they were, P(FLICKER) and P(NONE)
 * keep 1-q of theirs. */
struct vq_stages {
	double text, flicker, beside, proof;
};

void vq_judgement_combine(const struct vq_stages *s, struct vq_judgement *j);

/* The category of a judgement: NONE unless P(NONE) < threshold, then the likelier
 * defect; a tie goes to TEXT_INCONSISTENCY. */
enum vq_class vq_judgement_category(const struct vq_judgement *j, double threshold);

/* One feature's part in a judgement. */
struct vq_reason {
	const char *feature; /* owned by the model */
	double value;
	double contribution; /* log odds of cls against NONE; positive speaks for cls */
	enum vq_class cls;
};

struct vq_model;

/* Read a model file / take a model's text.  VQ_ENOENT, VQ_EDATA. */
enum vq_code vq_model_load(struct vq_model **m, const char *path, struct vq_err *err);
enum vq_code vq_model_parse(struct vq_model **m, const char *text, size_t len, struct vq_err *err);
void vq_model_free(struct vq_model **m);

const char *vq_model_version(const struct vq_model *m);
const char *vq_model_sha256(const struct vq_model *m); /* of the file's bytes */

/* Judge the clip of a "features" record.  With has_text_regions 0, P(TEXT) is 0.
 * VQ_EDATA: the record lacks a feature that the model asks for (it is named), or
 * the record's extractor version differs from that of the model's training data
 * in its first two numbers. */
enum vq_code vq_model_judge(
	struct vq_model *m, const json_t *rec, struct vq_judgement *j, struct vq_err *err);

/* The features that moved the odds of the given defects most, strongest first,
 * for the record judged last; at most max, none without effect. */
enum vq_code vq_model_reasons(struct vq_model *m, const int wanted[VQ_CLASSES],
	struct vq_reason *out, size_t max, size_t *n, struct vq_err *err);

#endif
