/* One picture: 8-bit planar YUV 4:2:0, and what is known about it. */
#ifndef VQ_FRAME_H
#define VQ_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"

#define VQ_MAX_SIDE 16384

/* Planes are tightly packed: the stride of luma is width, of chroma width / 2.
 * Width and height are even. */
struct vq_frame {
	int width, height; /* pixels */
	uint8_t *plane[3]; /* Y, Cb, Cr; plane[0] owns one allocation for all three */
	long number;	   /* frame number in the source, from 0 */
	int64_t time_us;   /* presentation time, microseconds */
};

/* Bytes of all three planes. */
size_t vq_frame_bytes(int width, int height);

/* Allocate the planes (contents undefined).  VQ_EDATA for odd or absurd sizes. */
enum vq_code vq_frame_init(struct vq_frame *f, int width, int height, struct vq_err *err);

/* What a rendition may be, heights in pixels; 0: anything. */
struct vq_fit {
	int max_height;
	int low; /* pictures that are no higher are doubled, and once more if still so */
};

/* The size of a rendition of a width x height picture: the same shape, even sides (rounded
 * down, at least 2).  What is doubled is not made higher than max_height. */
void vq_frame_fit(int width, int height, struct vq_fit fit, int *fit_width, int *fit_height);

/* Copy pixels, number and time; both have the same size. */
void vq_frame_copy(struct vq_frame *to, const struct vq_frame *from);

/* Free the planes; safe on a zeroed frame and twice. */
void vq_frame_clear(struct vq_frame *f);

/* A rational frame rate, frames per second. */
struct vq_rate {
	long num, den;
};

/* What a frame stream says of itself. */
struct vq_stream {
	int width, height;	   /* of the frames in the stream */
	int src_width, src_height; /* of the original clip (display size) */
	struct vq_rate rate;	   /* nominal; 25/1 when unknown */
};

#endif
