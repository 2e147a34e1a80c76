/* Measures and resizing of single 8-bit planes, shared by both halves. */
#ifndef VQ_IMAGE_H
#define VQ_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"

/* Half size by 2x2 means, rounded half up: dst is (w+1)/2 x (h+1)/2, an odd last
 * column or row counts twice. */
void vq_image_halve(
	const uint8_t *src, int w, int h, size_t stride, uint8_t *dst, size_t dst_stride);

struct vq_resize;

/* Resizing by area (each output pixel is the mean of the input area that it
 * covers, 8-bit weights, at most 1 level off the exact mean); any sizes from 1x1.
 * Enlarging repeats pixels with blended seams.  Tables are made once. */
enum vq_code vq_resize_new(
	struct vq_resize **r, int w, int h, int dst_w, int dst_h, struct vq_err *err);
void vq_resize_run(
	struct vq_resize *r, const uint8_t *src, size_t stride, uint8_t *dst, size_t dst_stride);
void vq_resize_free(struct vq_resize **r);

/* Mean of a plane, 0-255. */
double vq_image_mean(const uint8_t *p, int w, int h, size_t stride);

/* Mean |a - b|, levels. */
double vq_image_mae(
	const uint8_t *a, const uint8_t *b, int w, int h, size_t stride_a, size_t stride_b);

/* Mean structural similarity (Wang et al. 2004, doi 10.1109/TIP.2003.819861,
 * C1 = (0.01*255)^2, C2 = (0.03*255)^2) over 8x8 windows, step 4, flat weights.
 * A plane under 8x8 is one window. */
double vq_image_ssim(
	const uint8_t *a, const uint8_t *b, int w, int h, size_t stride_a, size_t stride_b);

/* Counts in 64 bins of 4 levels. */
#define VQ_HIST_BINS 64
void vq_image_hist(const uint8_t *p, int w, int h, size_t stride, uint32_t hist[VQ_HIST_BINS]);

/* Pearson correlation of two histograms, -1..1; 1 when one of them is flat. */
double vq_hist_correlation(const uint32_t a[VQ_HIST_BINS], const uint32_t b[VQ_HIST_BINS]);

#endif
