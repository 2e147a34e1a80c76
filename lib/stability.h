/* Did this piece of picture change?  A crop taken from one frame is laid over a
 * later frame by an affine warp (too stiff to explain a letter away), and both
 * are compared inside the box and in a ring around it. */
#ifndef VQ_STABILITY_H
#define VQ_STABILITY_H

#include <stdbool.h>

#include "frame.h"

#define VQ_PYRAMID_LEVELS 5

/* Luma of one frame and its halvings. */
struct vq_pyramid {
	int levels;
	int width[VQ_PYRAMID_LEVELS], height[VQ_PYRAMID_LEVELS];
	uint8_t *pixel[VQ_PYRAMID_LEVELS];
};

enum vq_code vq_pyramid_init(struct vq_pyramid *p, int width, int height, struct vq_err *err);
void vq_pyramid_clear(struct vq_pyramid *p);
void vq_pyramid_build(struct vq_pyramid *p, const struct vq_frame *f);

#define VQ_CROP_PIXELS 24576

/* A box and what surrounds it, resampled (never enlarged) so that it holds at most
 * VQ_CROP_PIXELS. */
struct vq_crop {
	int width, height; /* crop pixels; 0: empty */
	int inner[4];	   /* the box within the crop */
	int fit[4];	   /* what is aligned */
	double scale;	   /* frame pixels a crop pixel */
	double x, y;	   /* frame position of the crop's corner */
	uint8_t pixel[VQ_CROP_PIXELS];
	uint8_t far[VQ_CROP_PIXELS]; /* 1: far enough from any letters */
};

/* Take the crop of a box (frame pixels).  letter: the height of small letters, frame
 * pixels; others: boxes of other letters.  What lies outside the frame is left out. */
void vq_crop_take(struct vq_crop *c, const struct vq_pyramid *p, const double box[4], double letter,
	const double (*others)[4], size_t count);

/* Where the crop lies in another frame: x = m[0] + m[1]*u + m[2]*v,
 * y = m[3] + m[4]*u + m[5]*v for crop pixel (u,v). */
struct vq_warp {
	double m[6];
};

/* The box (frame pixels) of the crop's inner part under a warp. */
void vq_warp_box(const struct vq_crop *c, const struct vq_warp *w, double box[4]);

struct vq_aligner; /* buffers; one a thread */

enum vq_code vq_aligner_new(struct vq_aligner **a, struct vq_err *err);
void vq_aligner_free(struct vq_aligner **a);

/* Align c with the frame, from the displacement (dx,dy) in frame pixels and a
 * magnification, searching +-radius frame pixels around it first, then by weighted
 * Gauss-Newton steps (Baker, Matthews, IJCV 56, 2004) for translation, then all
 * six parameters.  Returns the correlation over what is aligned, -1..1; below
 * about 0.3 the warp means nothing. */
double vq_crop_align(struct vq_aligner *a, const struct vq_crop *c, const struct vq_pyramid *p,
	double dx, double dy, double radius, double zoom, struct vq_warp *w);

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
 * flat in both. */
double vq_crop_surroundings(struct vq_aligner *a, const struct vq_crop *c,
	const struct vq_pyramid *p, const struct vq_warp *w);

#endif
