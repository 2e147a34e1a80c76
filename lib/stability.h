/* Did this piece of picture change?  A crop and the frame it is laid over (align.h) are
 * compared inside the box and in a ring around it. */
#ifndef VQ_STABILITY_H
#define VQ_STABILITY_H

#include "align.h"

/* How like the crop the warped frame is.  Correlations are of locally
 * normalised luma, so that light and contrast do not count; -1..1. */
struct vq_likeness {
	double box;    /* inside the box */
	double ring;   /* close around it, soft edges and tall letters' ends included */
	double worst;  /* of the least similar tenth of the cells, about a letter wide each */
	double edge;   /* correlation of gradient magnitudes inside the box */
	double stroke; /* share of strokes (pixels off the local mean) that agree */
	double gain;   /* contrast now over contrast then */
	double light;  /* mean luma now minus then, levels */
	double sharp_then, sharp; /* mean absolute Laplacian inside the box, levels */
	double contrast;	  /* standard deviation inside the box then, levels */
	double visible;		  /* share of the box that lies inside the frame */
};

void vq_crop_compare(struct vq_aligner *a, const struct vq_crop *c, const struct vq_pyramid *p,
	const struct vq_warp *w, struct vq_likeness *out);

/* The correlation of what lies around the box and far from all letters: letters that change
 * have no part in it, nor has what blurs or shifts them a little.  1 where that is empty, or
 * flat in both.  light: its mean luma now minus then, levels. */
double vq_crop_surroundings(struct vq_aligner *a, const struct vq_crop *c,
	const struct vq_pyramid *p, const struct vq_warp *w, double *light);

#endif
