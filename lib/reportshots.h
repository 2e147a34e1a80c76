/* The pictures of a report: which frames of the clip, which part of them, and the
 * pictures themselves, made while the frames go by.  No frame is kept but the last: what
 * stays is the pictures, encoded. */
#ifndef VQ_REPORTSHOTS_H
#define VQ_REPORTSHOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "canvas.h"
#include "frame.h"
#include "reportdata.h"

enum vq_shot_kind {
	VQ_SHOT_OVERVIEW, /* a whole frame, one of some evenly spread ones */
	VQ_SHOT_CONTEXT,  /* the whole frame at an event's peak, its box drawn */
	VQ_SHOT_STEP,	  /* the part around an event's box, a step before or after */
};

struct vq_shot {
	enum vq_shot_kind kind;
	size_t event;	  /* place in the prediction's events; not of an overview */
	long want;	  /* number of the frame */
	int step;	  /* 0 at the peak, -1 the step before it */
	bool boxed;	  /* box is drawn */
	double box[4];	  /* pixels of the original clip */
	double around[4]; /* the part that is shown, likewise */

	/* Filled by the frames; png is NULL until then. */
	long number;
	double time; /* seconds */
	int w, h;
	uint8_t *png;
	size_t len;
	struct vq_canvas small; /* of whole frames, for the sheet */
};

struct vq_shot_order {
	long want;
	size_t place;
};

struct vq_shots {
	struct vq_shot *shot; /* overviews, then event by event: context, steps */
	size_t count;
	size_t events; /* how many are pictured */
	/* Called with every frame in which an event is shown, at its full size, with the
	 * boxes drawn; may be NULL. */
	enum vq_code (*evidence)(
		void *ctx, long number, const struct vq_canvas *c, struct vq_err *err);
	void *ctx;

	/* its own */
	struct vq_stream stream;
	struct vq_frame last;
	bool bt709, any;
	struct vq_shot_order *order; /* by number of the frame */
	size_t next;
	long gap;
};

/* Plan the pictures of at most max_events events.  Text events step through the frames
 * that were read, the others through the distinct frames, when the records are there;
 * otherwise through frames as far apart as those are on average.  The first step of a text
 * event is a frame that was read as the event says it was before, if need be an earlier one.
 * No step crosses a cut. */
enum vq_code vq_shots_plan(
	struct vq_shots *s, const struct vq_reportdata *d, size_t max_events, struct vq_err *err);
void vq_shots_clear(struct vq_shots *s);

/* The frames' stream begins.  VQ_EDATA when a box lies outside of its clip: it is
 * another one. */
enum vq_code vq_shots_begin(struct vq_shots *s, const struct vq_stream *stream,
	const struct vq_reportdata *d, struct vq_err *err);
/* The next frame; numbers rise.  A frame that the stream leaves out is shown by the one
 * before it. */
enum vq_code vq_shots_frame(struct vq_shots *s, const struct vq_reportdata *d,
	const struct vq_frame *f, struct vq_err *err);
/* VQ_EDATA: no frame, or not the frames that the prediction is of. */
enum vq_code vq_shots_end(struct vq_shots *s, const struct vq_reportdata *d, struct vq_err *err);

/* One picture of all whole frames, each with its time and number. */
enum vq_code vq_shots_sheet(const struct vq_shots *s, struct vq_canvas *sheet, struct vq_err *err);

/* The one whole frame that says most: the strongest event's, else from the clip's
 * middle.  After vq_shots_end there is one. */
const struct vq_shot *vq_shots_best(const struct vq_shots *s);

/* The colour of a category's boxes. */
unsigned long vq_shots_colour(bool text);

#endif
