/* The luma of a frame and its halvings, and values between the pixels. */
#ifndef VQ_PYRAMID_H
#define VQ_PYRAMID_H

#include <stdint.h>

#include "frame.h"

#define VQ_PYRAMID_LEVELS 5

struct vq_pyramid {
	int levels;
	int width[VQ_PYRAMID_LEVELS], height[VQ_PYRAMID_LEVELS];
	uint8_t *pixel[VQ_PYRAMID_LEVELS];
};

enum vq_code vq_pyramid_init(struct vq_pyramid *p, int width, int height, struct vq_err *err);
void vq_pyramid_clear(struct vq_pyramid *p);
void vq_pyramid_build(struct vq_pyramid *p, const struct vq_frame *f);

/* The level to look at in steps of so many frame pixels. */
int vq_pyramid_level(const struct vq_pyramid *p, double scale);

/* Bilinear values of one level at count places from (x,y) in steps of (dx,dy), frame pixels.
 * seen: 1 where the place lies inside the frame, otherwise 0 and the value of the edge. */
void vq_pyramid_row(const struct vq_pyramid *p, int level, double x, double y, double dx, double dy,
	int count, float *out, uint8_t *seen);

#endif
