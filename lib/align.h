/* A crop taken from one frame is laid over a later frame by an affine warp, too stiff to
 * explain a letter away. */
#ifndef VQ_ALIGN_H
#define VQ_ALIGN_H

#include "lanes.h"
#include "pyramid.h"

#define VQ_CROP_PIXELS 24576
#define VQ_CROP_WIDTH (VQ_CROP_PIXELS / 4) /* at most */
#define VQ_CROP_LETTER 26		   /* letter height in a crop, at most */

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

#define VQ_CROP_ROOM (VQ_CROP_PIXELS + VQ_LANES) /* the last lanes may reach beyond the crop */

/* Buffers, one a thread: the crop, the frame under the warp, and what comparisons need. */
struct vq_aligner {
	float now[VQ_CROP_ROOM], then[VQ_CROP_ROOM];
	float share[VQ_CROP_ROOM]; /* of far, in each pixel's neighbourhood */
	float a[VQ_CROP_ROOM], b[VQ_CROP_ROOM];
	float column[VQ_CROP_WIDTH + VQ_LANES], rows[VQ_LANES][VQ_CROP_WIDTH + VQ_LANES];
	vq_lanes sums[VQ_CROP_WIDTH + VQ_LANES], means[VQ_CROP_WIDTH + VQ_LANES];
	uint8_t seen[VQ_CROP_ROOM], far[VQ_CROP_ROOM];
};

enum vq_code vq_aligner_new(struct vq_aligner **a, struct vq_err *err);
void vq_aligner_free(struct vq_aligner **a);

/* Align c with the frame, from the displacement (dx,dy) in frame pixels and a
 * magnification, searching +-radius frame pixels around it first, then by weighted
 * Gauss-Newton steps (Baker, Matthews, IJCV 56, 2004) for translation, then all
 * six parameters.  Returns the correlation over what is aligned, -1..1; below
 * about 0.3 the warp means nothing. */
double vq_crop_align(struct vq_aligner *a, const struct vq_crop *c, const struct vq_pyramid *p,
	double dx, double dy, double radius, double zoom, struct vq_warp *w);

/* Sample every stride-th pixel, from column first and before column last, of crop row v
 * under a warp, as vq_pyramid_row() does; returns how many. */
int vq_warp_row(const struct vq_pyramid *p, int level, const struct vq_warp *w, int first, int last,
	int v, int stride, float *out, uint8_t *seen);

#endif
