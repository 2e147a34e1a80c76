/* Read a frame stream and a record stream at the same time.  Both come from one
 * decode, so waiting for one while the other's pipe is full would stop everything:
 * both are polled, and each step takes only what is there. */
#ifndef VQ_PUMP_H
#define VQ_PUMP_H

#include <jansson.h>

#include "frame.h"

struct vq_pump_sink {
	void *ctx;
	/* The header of the frame stream, once, before the first frame. */
	enum vq_code (*stream)(void *ctx, const struct vq_stream *s, struct vq_err *err);
	/* Every frame, in order. */
	enum vq_code (*frame)(void *ctx, const struct vq_frame *f, struct vq_err *err);
	/* Every record, in order; borrowed. */
	enum vq_code (*record)(void *ctx, const json_t *rec, struct vq_err *err);
};

/* Run until both inputs have ended; record_fd < 0: there are no records.
 * An error of the sink ends it.  Messages start with frame_name or record_name. */
enum vq_code vq_pump(int frame_fd, const char *frame_name, int record_fd, const char *record_name,
	const struct vq_pump_sink *sink, struct vq_err *err);

#endif
