/* How like two sampled frames are as a whole, and whether the scene changed. */
#ifndef VQ_SCENESIM_H
#define VQ_SCENESIM_H

#include <stdbool.h>

#include "frame.h"

#define VQ_SCENESIM_SIDE 32
#define VQ_SCENESIM_BINS 32

/* A frame made small; the rest is filled by the comparison. */
struct vq_scenesim {
	float luma[VQ_SCENESIM_SIDE * VQ_SCENESIM_SIDE];
	float histogram[3 * VQ_SCENESIM_BINS]; /* shares, of Y, Cb, Cr */
	bool known, cut;
	double similarity; /* 0..1 */
};

void vq_scenesim_shrink(struct vq_scenesim *s, const struct vq_frame *f);

/* Compare with the frame before (NULL: the first).  similarity is SSIM (Wang
 * 2004) over 8x8 windows of the small pictures; a cut needs it below the
 * threshold and the histograms of brightness and colour changed as well, for
 * motion changes the one and light the other. */
void vq_scenesim_compare(
	struct vq_scenesim *s, const struct vq_scenesim *before, double cut_threshold);

#endif
