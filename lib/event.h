/* Where and when a picture flickers: blocks that change along motion without
 * good reason, joined into regions and followed over time. */
#ifndef VQ_EVENT_H
#define VQ_EVENT_H

#include <jansson.h>

#include "flicker.h"
#include "frame.h"

struct vq_events;

/* For fields of columns x rows blocks whose first begins at (x0,y0) of planes of
 * width x height; boxes come out in pixels of the stream's original. */
enum vq_code vq_events_new(struct vq_events **e, const struct vq_motion_field *field,
	const struct vq_stream *stream, struct vq_err *err);
void vq_events_free(struct vq_events **e);

/* The next moment of a scene whose neighbours are in it too. */
void vq_events_add(struct vq_events *e, const struct vq_moment *m);

/* The scene ends: open regions are closed. */
void vq_events_break(struct vq_events *e);

/* Let go: one span with its reason and measure (both kept by reference). */
void vq_events_suppress(struct vq_events *e, double start, double end, const char *reason,
	const char *measure, double value);

/* Up to 20 events, worst first, and up to 20 suppressed spans in time order; new
 * references.  strobe tells what to do with deep, periodic changes of the whole
 * picture: "flag" keeps them as events, "note" moves them to suppressed,
 * "ignore" drops them. */
enum vq_code vq_events_json(struct vq_events *e, const char *strobe, json_t **events,
	json_t **suppressed, struct vq_err *err);

#endif
