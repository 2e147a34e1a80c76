/* Frames in, text records out: locate, track, read.  Work is done for a few
 * frames at a time, shared out over threads; records do not depend on how many. */
#ifndef VQ_TEXTSCAN_H
#define VQ_TEXTSCAN_H

#include <jansson.h>

#include "config.h"
#include "frame.h"

/* Receives records in order; takes the reference. */
typedef enum vq_code vq_textscan_emit(void *context, json_t *record, struct vq_err *err);

struct vq_textscan;

/* Starts Tesseract once, so that a missing language fails here (see vq_ocr_new).
 * threads: 1 or more. */
enum vq_code vq_textscan_new(struct vq_textscan **s, const struct vq_stream *stream,
	const struct vq_config *config, int threads, vq_textscan_emit *emit, void *context,
	struct vq_err *err);
void vq_textscan_free(struct vq_textscan **s);

/* Emit the header record. */
enum vq_code vq_textscan_begin(
	struct vq_textscan *s, const char *program, const char *version, struct vq_err *err);

/* The frame to fill next; it is ours. */
struct vq_frame *vq_textscan_frame(struct vq_textscan *s);

/* That frame is filled; may emit records of several. */
enum vq_code vq_textscan_add(struct vq_textscan *s, struct vq_err *err);

/* Emit what is left and the end record. */
enum vq_code vq_textscan_finish(struct vq_textscan *s, struct vq_err *err);

#endif
