/* Pictures to show: RGB made of parts of frames, with boxes and small figures. */
#ifndef VQ_CANVAS_H
#define VQ_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

#include "frame.h"

struct vq_canvas {
	int w, h;
	uint8_t *rgb; /* w * h * 3, owned */
};

/* A colour is 0xRRGGBB. */
enum vq_code vq_canvas_init(
	struct vq_canvas *c, int w, int h, unsigned long colour, struct vq_err *err);
/* Safe on a zeroed canvas and twice. */
void vq_canvas_clear(struct vq_canvas *c);

/* The part [x1,y1,x2,y2] of a frame, in its pixels, whole and even numbers inside
 * it, as a picture no larger than max_w x max_h and never enlarged; scaled by area.
 * Luma and chroma are of limited range, BT.709 or else BT.601. */
enum vq_code vq_canvas_crop(struct vq_canvas *c, const struct vq_frame *f, const int part[4],
	int max_w, int max_h, bool bt709, struct vq_err *err);

/* A frame of `thick` pixels around the box (pixels of the canvas), just outside of it
 * where there is room, with a dark line on both sides so that it shows on any picture. */
void vq_canvas_outline(struct vq_canvas *c, const double box[4], int thick, unsigned long colour);

/* Copy `from` to (x,y); what does not fit is cut off. */
void vq_canvas_put(struct vq_canvas *c, const struct vq_canvas *from, int x, int y);

/* Digits, points and the letters of "FRAME" and "S", 3x5 dots of `dot` pixels each; others are left
 * blank.  The width is 4 * dot a character. */
void vq_canvas_figures(
	struct vq_canvas *c, int x, int y, int dot, const char *s, unsigned long colour);

#endif
