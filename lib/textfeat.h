/* Text features of one clip from text records (man vidqc-streams), whoever made
 * them: box, track, text and confidence of each region are enough. */
#ifndef VQ_TEXTFEAT_H
#define VQ_TEXTFEAT_H

#include <jansson.h>

#include "config.h"
#include "feature.h"

extern const struct vq_feature_set vq_text_features;

struct vq_textfeat;

enum vq_code vq_textfeat_new(
	struct vq_textfeat **t, const struct vq_config *config, struct vq_err *err);
void vq_textfeat_free(struct vq_textfeat **t);

/* Header, text and end records in their order; records of other types are
 * ignored.  VQ_EDATA: a required field is missing or wrong, a text record comes
 * before the header or after the end, frame numbers do not rise. */
enum vq_code vq_textfeat_add(struct vq_textfeat *t, const json_t *record, struct vq_err *err);

/* Fill values (vq_text_features.count of them) and append to out's arrays
 * "events", "suppressed" and "tracks" (made when missing); out's "coverage", if
 * it has one, gets "text_frames".  VQ_EDATA when no end record came. */
enum vq_code vq_textfeat_finish(
	struct vq_textfeat *t, double *values, json_t *out, struct vq_err *err);

#endif
