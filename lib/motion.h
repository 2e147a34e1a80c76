/* Block motion between two luma planes of one size.
 *
 * Matching is by zero-mean sums of absolute differences, so that a change of
 * brightness does not look like motion (Verri, Poggio, hdl 1721.1/6477), from
 * coarse to fine over four halvings.  The coarsest finds one displacement of the
 * whole picture exhaustively (fast pans); blocks then search around it, around
 * zero, around their neighbours and around the prior.
 *
 * Convention: a field from A to B says that what is at p in A is at p + v in B. */
#ifndef VQ_MOTION_H
#define VQ_MOTION_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"

#define VQ_MOTION_BLOCK 16 /* pixels, both ways */
#define VQ_MOTION_UNIT 8   /* vectors are in 1/8 pixel */
#define VQ_MOTION_PAD 16   /* pixels of repeated border around each level */
#define VQ_MOTION_LEVELS 4

/* One size of a picture: data points at pixel (0,0) of a plane with
 * VQ_MOTION_PAD more pixels on every side.  sums[y * sum_stride + x] is the sum
 * of all padded pixels above and left of padded position (x,y), modulo 2^32. */
struct vq_motion_level {
	int width, height;
	size_t stride, sum_stride;
	uint8_t *store, *data;
	uint32_t *sums;
};

/* A picture prepared for matching. */
struct vq_motion_picture {
	struct vq_motion_level level[VQ_MOTION_LEVELS];
};

/* A block's match. */
struct vq_motion_vector {
	int16_t x, y;	   /* displacement, 1/8 pixel */
	uint16_t residual; /* mean zero-mean |difference| of the best whole-pixel match, 1/16 level
			    */
	uint16_t texture;  /* mean |pixel - block mean| in A, 1/16 level */
};

/* Blocks of 16x16, centred in the plane: column c covers x0 + 16c ... +15. */
struct vq_motion_field {
	int width, height;		 /* of the planes */
	int columns, rows, x0, y0;	 /* at least 1x1, also for tiny planes */
	int global_x, global_y;		 /* displacement of the whole picture, pixels */
	struct vq_motion_vector *vector; /* columns * rows, row by row */
	struct vq_motion_vector *smooth; /* the same, robustly smoothed over 5x5 blocks */
};

/* Allocate for planes of that size.  Free is safe on a zeroed struct and twice. */
enum vq_code vq_motion_picture_init(
	struct vq_motion_picture *p, int width, int height, struct vq_err *err);
void vq_motion_picture_clear(struct vq_motion_picture *p);
enum vq_code vq_motion_field_init(
	struct vq_motion_field *f, int width, int height, struct vq_err *err);
void vq_motion_field_clear(struct vq_motion_field *f);

/* One level alone, as for chroma planes: allocate, free, fill from a plane. */
enum vq_code vq_motion_level_init(
	struct vq_motion_level *l, int width, int height, struct vq_err *err);
void vq_motion_level_clear(struct vq_motion_level *l);
void vq_motion_level_set(struct vq_motion_level *l, const uint8_t *plane, size_t stride);

/* Sum of the pixels of a box; it may hang over the plane by VQ_MOTION_PAD. */
uint32_t vq_motion_box_sum(const struct vq_motion_level *l, int x, int y, int width, int height);

/* Fill a picture from a plane (copied). */
void vq_motion_picture_set(struct vq_motion_picture *p, const uint8_t *luma, size_t stride);

/* Match a's blocks in b; fills field.  prior (may be NULL) is a field whose
 * vectors are likely, as the one of the pair before. */
void vq_motion_search(const struct vq_motion_picture *a, const struct vq_motion_picture *b,
	const struct vq_motion_field *prior, struct vq_motion_field *field);

/* The SMOOTHED displacement at a point of A, in pixels: weighted medians over
 * 5x5 blocks (well textured, well matched blocks weigh more), blended between
 * block centres.  Follows the surface a thing is on, not the thing itself. */
void vq_motion_at(const struct vq_motion_field *field, double x, double y, double *dx, double *dy);

/* sum |a - b - offset| over 16x16 and 8x8 pixels. */
uint32_t vq_motion_sad16(
	const uint8_t *a, size_t stride_a, const uint8_t *b, size_t stride_b, int offset);
uint32_t vq_motion_sad8(
	const uint8_t *a, size_t stride_a, const uint8_t *b, size_t stride_b, int offset);

/* Copy the 16x16 pixels of p displaced by (x,y) 1/8 pixel from pixel (bx,by),
 * bilinear, rounded half up, borders repeated. */
void vq_motion_fetch16(
	const struct vq_motion_picture *p, int bx, int by, int x, int y, uint8_t out[256]);

#endif
