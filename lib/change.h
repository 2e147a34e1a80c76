/* What changes along the motion at one moment: each block of a frame against its
 * matches in the frames before and after. */
#ifndef VQ_CHANGE_H
#define VQ_CHANGE_H

#include <stdbool.h>

#include "motion.h"

/* A frame at working size: luma for matching, and chroma with its own size
 * (the same as luma's, or half of it). */
struct vq_change_frame {
	struct vq_motion_picture luma;
	struct vq_motion_level chroma[2];
	int chroma_shift; /* 0: chroma has luma's size, 1: half */
};

/* One block; "change" is this frame minus the match before (back) or the match
 * after minus this frame (ahead), in 8-bit levels. */
struct vq_change_block {
	float luma_back, luma_ahead;	     /* change of the mean */
	float blue_back, blue_ahead;	     /* of mean Cb */
	float red_back, red_ahead;	     /* of mean Cr */
	float residual_back, residual_ahead; /* mean |difference|, means removed */
	float second; /* mean |before - 2 * this + after| / 2: MEMSASD's idea, doi 10.1117/12.863349
		       */
	float second_structure; /* the same with the blocks' means removed */
	float skip;		/* mean |after - before|, both matches of this block */
	float square;		/* mean (after - this)^2, levels squared */
	float edge;		/* mean |horizontal| + |vertical| step between neighbours */
	float texture;		/* mean |pixel - block mean| */
	float boil;		/* share of what 4x4 pixels change by that is in this frame alone */
	float own_square, own_cube;	 /* mean square and cube of what pixels are lighter than in
					    the mean of both matches, means removed */
	float dark_square, light_square; /* mean square of how the darker (the lighter) of this
					    frame and the match before differs from that of
					    this frame and the match after, means removed */
	float speed; /* pixels of the working size a frame, the faster of both ways */
	float bend;  /* |v_back + v_ahead|, pixels: 0 for steady motion */
	bool inside; /* both matches and those of the smoothed fields lie in the picture */
};

/* The picture's change as a whole, over the blocks inside: the median of the
 * signed changes of luma, Cb, Cr, the median distance from it, and the median of
 * what the match leaves unexplained over the edges.  A change of light, exposure
 * or colour moves all blocks alike; things that move do not. */
struct vq_change_tone {
	double change[3], spread[3], mismatch;
	double inside; /* share of the blocks */
};

/* A step of the whole picture's luma by so many levels is a light that belongs to the
 * scene, unless temporal.strobe=flag. */
#define VQ_STROBE_LEVEL 60.0

enum vq_code vq_change_frame_init(
	struct vq_change_frame *f, int width, int height, int chroma_shift, struct vq_err *err);
void vq_change_frame_clear(struct vq_change_frame *f);

/* Fill from planes (copied). */
void vq_change_frame_set(
	struct vq_change_frame *f, const uint8_t *const plane[3], const size_t stride[3]);

/* Measure every block of `here`; back is the field here -> before, ahead the
 * field here -> after; out has columns * rows of the fields. */
void vq_change_measure(const struct vq_change_frame *before, const struct vq_change_frame *here,
	const struct vq_change_frame *after, const struct vq_motion_field *back,
	const struct vq_motion_field *ahead, struct vq_change_block *out);

/* The tone of n blocks' changes, back or ahead; all zero when fewer than three
 * are inside.  scratch has room for n numbers. */
void vq_change_tone(const struct vq_change_block *block, size_t n, bool ahead, double *scratch,
	struct vq_change_tone *tone);

/* The skewness of what is in single frames alone, from mean own_square and own_cube:
 * above 0 where specks are lighter than what is behind them (rain, snow, sparks, glitter),
 * below where they are darker (dust on films), about 0 where a surface boils. */
double vq_change_sparkle(double square, double cube);

/* What falls past is in front of something that stays: of two frames the darker pixels are
 * the same as in the next two, the lighter ones are not.  From mean dark_square and
 * light_square: 1 - 2p of light drops that cover a share p of the picture, however dense;
 * about 0 where a surface boils or moves. */
double vq_change_veil(double dark, double light);

/* Of what boils, the share that counts with such a skewness and veil. */
double vq_change_boils(double sparkle, double veil);

/* 1 where nothing falls past or glitters, 0 where much does. */
double vq_change_unspecked(double sparkle, double veil);

/* Keeps ratios to edge strength and texture small where there is none: levels that
 * are added to them. */
#define VQ_CHANGE_EDGE_FLOOR 2.0

#endif
