/* What a feature is.  Each extractor module exports the list of the features
 * that it provides and fills an array of doubles in the same order. */
#ifndef VQ_FEATURE_H
#define VQ_FEATURE_H

#include <stddef.h>

struct vq_feature {
	const char *name;    /* lower-case snake_case, unique over all modules */
	const char *group;   /* "text", "temporal", "clip" */
	const char *unit;    /* "luma levels", "Hz", "share", "count", ... */
	double min, max;     /* every value lies in here; clamped by the extractor */
	const char *meaning; /* one sentence */
};

struct vq_feature_set {
	const struct vq_feature *list;
	size_t count;
};

#endif
