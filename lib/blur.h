/* Blurring of planes. */
#ifndef VQ_BLUR_H
#define VQ_BLUR_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"

/* About a Gaussian of that deviation in pixels, 0 or more: three box means in each
 * direction, of any width, so that a blur can grow without steps.  The border goes on
 * outside.  dst may be src; scratch has vq_blur_scratch() floats. */
void vq_blur_u8(
	const uint8_t *src, uint8_t *dst, int width, int height, double deviation, float *scratch);

size_t vq_blur_scratch(int width, int height);

#endif
