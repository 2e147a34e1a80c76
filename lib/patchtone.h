/* Steps and pops of tone in parts of the picture.  A light that blinks, a patch that is re-coloured
 * or painted anew moves all blocks of a part alike and by more than they differ; things
 * that move, water and leaves do not.  Parts are a quarter of the picture wide and high
 * and overlap by half. */
#ifndef VQ_PATCHTONE_H
#define VQ_PATCHTONE_H

#include "change.h"

/* A step of tone: the median change of the blocks' luma, Cb or Cr is abrupt (signal.h),
 * at least 2 levels and twice the blocks' spread. */
#define VQ_TONE_LEVEL 2.0
#define VQ_TONE_CLEAR 2.0

struct vq_patchtone;

/* For fields of columns x rows blocks. */
enum vq_code vq_patchtone_new(struct vq_patchtone **p, int columns, int rows, struct vq_err *err);
void vq_patchtone_free(struct vq_patchtone **p);

/* Forget what was added: a scene begins. */
void vq_patchtone_begin(struct vq_patchtone *p);

/* The blocks of the scene's next moment, and the tone of all of them: decides on the pair
 * of frames before the one that ends at it.  lost: of that pair nothing can be said. */
void vq_patchtone_add(struct vq_patchtone *p, const struct vq_change_block *blocks,
	const struct vq_change_tone *whole_back, const struct vq_change_tone *whole_ahead,
	bool lost);

/* Which blocks of the field changed abruptly at the pair of frames decided last. */
void vq_patchtone_abrupt(struct vq_patchtone *p, const bool *flag);

struct vq_patchtone_sums {
	double steps;	      /* pairs at which its tone steps, worst part */
	double abrupt_square; /* squared shares of its blocks that change abruptly, added up
				 over the pairs, worst part */
	double pop;	      /* share of the picture, times depth, that pops, worst moment */
};

/* The scene ends: decides on its last two pairs. */
struct vq_patchtone_sums vq_patchtone_end(struct vq_patchtone *p, const bool lost[2]);

#endif
