/* A feature record and a model's judgement of it become a prediction record:
 * man vidqc-streams(5), "prediction". */
#ifndef VQ_VERDICT_H
#define VQ_VERDICT_H

#include <jansson.h>
#include <stdbool.h>

#include "err.h"
#include "manifest.h"
#include "model.h"

struct vq_verdict_options {
	double threshold;		    /* flagged when P(NONE) is below it */
	const struct vq_manifest *manifest; /* for the features' meanings, or NULL */
	const char *version;		    /* vidqc's */
};

/* Judge rec ("features") with m; *out is a new "prediction" record, *flagged its
 * "artifact".  VQ_EDATA: rec lacks a field, has a broken event, or does not suit
 * the model; the message begins with the clip's id. */
enum vq_code vq_verdict(const json_t *rec, struct vq_model *m, const struct vq_verdict_options *o,
	json_t **out, bool *flagged, struct vq_err *err);

#endif
