/* The temporal half: frames in, features and events out.
 *
 * Repeated frames are dropped, luma is halved when the picture is more than 240
 * high, blocks are matched with the frames before and after, scenes are told
 * apart, each scene is judged alone and the worst one reported.  Memory does not
 * grow with the clip but for a few numbers a frame. */
#ifndef VQ_TEMPORAL_H
#define VQ_TEMPORAL_H

#include <jansson.h>
#include <stdio.h>

#include "config.h"
#include "feature.h"
#include "frame.h"

extern const struct vq_feature_set vq_temporal_features;

struct vq_temporal;

/* For frames of the stream's size; config must outlive the object.  series, or
 * NULL: where a "moment" record goes for each distinct frame, in order, some
 * frames late (frame, time, scene, transition, measures); not owned. */
enum vq_code vq_temporal_new(struct vq_temporal **t, const struct vq_stream *stream,
	const struct vq_config *config, FILE *series, struct vq_err *err);
void vq_temporal_free(struct vq_temporal **t);

/* Every frame of the clip in order, repeated ones too. */
enum vq_code vq_temporal_add(
	struct vq_temporal *t, const struct vq_frame *frame, struct vq_err *err);

/* The clip ended.  values has vq_temporal_features.count numbers, all finite and in
 * range, 0 where there is nothing to measure.  Appends to out's arrays "events",
 * "suppressed" and "scenes" (made when missing), sets "photosensitive" (null or
 * an object) and puts into out's object "coverage" (made when missing) "frames",
 * "distinct", "repeated", and "judged", "short", "transition": the distinct frames
 * of scenes that were judged, of scenes too short for it, of dissolves and fades. */
enum vq_code vq_temporal_finish(
	struct vq_temporal *t, double *values, json_t *out, struct vq_err *err);

#endif
