/* Letters lifted off what they are written on: a region of a picture as a ground, filled
 * in where letters were, plus ink, the difference that the letters make. */
#ifndef VQ_GLITCHLAYER_H
#define VQ_GLITCHLAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"

/* A run of letter-like pixels as wide as a letter or less; layer pixels. */
struct vq_cell {
	int x1, y1, x2, y2;
	int line;     /* which line of text, from the top */
	double slope; /* of the line: its height changes so much for each pixel to the right */
	double tall;  /* the line's letters, pixels */
};

struct vq_layer {
	/* The rectangle in the frame, even on all sides, and its size. */
	int x, y, w, h;
	/* Planes Y, Cb, Cr, the last two of half size; ink is 0 where no letter is. */
	float *ground[3], *ink[3];
	uint8_t *mask; /* 1: a letter, w x h */
	/* Working memory of the same size, for whoever edits the ink. */
	float *edit[3];
	double tall;	       /* height of the box that it was cut from, pixels */
	double parted;	       /* Otsu's separability inside the box, 0 to 1 */
	double stroke;	       /* mean width of the letters' strokes, pixels */
	float low[3], high[3]; /* the darkest and lightest values that were there */
	/* private */
	uint8_t *wide;
	float *value, *weight;
	int *stack;
	size_t room; /* pixels that the buffers hold */
};

/* Grow the buffers to hold width x height pixels. */
enum vq_code vq_layer_reserve(struct vq_layer *l, int width, int height, struct vq_err *err);
void vq_layer_clear(struct vq_layer *l);

/* Cut the box (frame pixels, inside the frame) with a margin out of the frame and part it.
 * Letters are the pixels beyond Otsu's threshold of luma (or a chroma plane that parts
 * better), the mean around each pixel taken away, on the side that is rarer in the box and
 * close around it, without those that go on beyond the margin; the ground under them is a
 * smooth surface through the pixels beside them.  False when there are none (err->code is
 * VQ_OK then) or memory is short. */
bool vq_layer_cut(
	struct vq_layer *l, const struct vq_frame *f, const double box[4], struct vq_err *err);

/* How far a letter's ink goes beyond its mask, pixels. */
int vq_layer_pad(const struct vq_layer *l);

/* Lines by empty rows, cells by the columns with least ink; at most max, from left to
 * right and top to bottom. */
int vq_layer_cells(const struct vq_layer *l, struct vq_cell *out, int max);

/* Write ground plus edit into the frame where the ink was changed, no darker or lighter
 * than what was there; elsewhere the frame stays as it is. */
void vq_layer_paste(const struct vq_layer *l, struct vq_frame *f);

#endif
