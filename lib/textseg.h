/* Which pixels belong to text?  A small convolutional network (an encoder and a
 * decoder of depthwise separable convolutions, as in MobileNet and U-Net) looks at
 * the whole frame, luma and chroma, and says for each square of 4x4 pixels whether
 * it lies in the core of a row of text, and how high that row is.  It is trained on
 * text drawn into frames without text (tests/bench/textseg). */
#ifndef VQ_TEXTSEG_H
#define VQ_TEXTSEG_H

#include <stdint.h>

#include "err.h"
#include "frame.h"

#define VQ_TEXTSEG_CELL 4      /* pixels on a side */
#define VQ_TEXTSEG_CORE 0.5    /* the core's height, row heights */
#define VQ_TEXTSEG_CHANNELS 24 /* of the input: a cell's luma, Cb, Cr, row by row */

struct vq_textseg;

/* Buffers for frames of that size.  Not safe for two threads at once: one each. */
enum vq_code vq_textseg_new(struct vq_textseg **s, int width, int height, struct vq_err *err);
void vq_textseg_free(struct vq_textseg **s);

/* Cells in a row and in a column of the maps: the frame's size, rounded up. */
int vq_textseg_width(const struct vq_textseg *s);
int vq_textseg_height(const struct vq_textseg *s);

/* Look at a frame.  Both maps belong to s and last until the next call: probability
 * that the cell lies in the core of a row, 0..255, and the height of the row in
 * pixels there (of no meaning where there is no text).  Both are the same on every
 * processor: sums are rounded after each product, wide registers or not. */
void vq_textseg_run(struct vq_textseg *s, const struct vq_frame *f, const uint8_t **core,
	const float **row_height);

#endif
