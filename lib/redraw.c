#include "redraw.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is left along the surroundings' motion is to exceed that of the pairs before and
 * after so many times. */
#define ABOVE 2
/* Mean of 3x3 blocks: single ones are of things that begin to move.  In a patch that
 * vidqc-glitch draws anew the blocks have 0.3 to 1, elsewhere below 0.15. */
#define DRAWN_ANEW 0.2
#define OWN 0.1 /* of the block itself */

struct vq_redraw {
	int columns, rows;
	size_t blocks;
	struct vq_course *course;
	float *strength;
	bool *flag;
};

float vq_course_follow(struct vq_course *was, const struct vq_change_block *b)
{
	float edge = b->edge + (float)VQ_CHANGE_EDGE_FLOOR;
	struct vq_course now = {b->inside, b->course_back / edge, b->course_ahead / edge};
	float strength = 0;

	if (was->seen && now.seen)
		strength = fminf(was->ahead, now.back) - ABOVE * fmaxf(was->back, now.ahead);
	*was = now;
	return fminf(1, fmaxf(0, strength));
}

enum vq_code vq_redraw_new(struct vq_redraw **out, int columns, int rows, struct vq_err *err)
{
	struct vq_redraw *r = *out = calloc(1, sizeof *r);

	if (r == NULL)
		return vq_nomem(err);
	r->columns = columns;
	r->rows = rows;
	r->blocks = (size_t)columns * (size_t)rows;
	r->course = calloc(r->blocks, sizeof *r->course);
	r->strength = calloc(r->blocks, sizeof *r->strength);
	r->flag = calloc(r->blocks, sizeof *r->flag);
	if (r->course == NULL || r->strength == NULL || r->flag == NULL) {
		vq_redraw_free(out);
		return vq_nomem(err);
	}
	return VQ_OK;
}

void vq_redraw_free(struct vq_redraw **r)
{
	if (*r == NULL)
		return;
	free((*r)->course);
	free((*r)->strength);
	free((*r)->flag);
	free(*r);
	*r = NULL;
}

void vq_redraw_begin(struct vq_redraw *r)
{
	memset(r->course, 0, r->blocks * sizeof *r->course);
}

/* Mean over 3x3 blocks, less of them at the picture's edge. */
static double around(const struct vq_redraw *r, int row, int column)
{
	double sum = 0;
	int n = 0;

	for (int k = 0; k < 9; k++) {
		int y = row + k / 3 - 1, x = column + k % 3 - 1;

		if (y < 0 || x < 0 || y >= r->rows || x >= r->columns)
			continue;
		sum += r->strength[(size_t)y * (size_t)r->columns + (size_t)x];
		n++;
	}
	return sum / n;
}

const bool *vq_redraw_add(struct vq_redraw *r, const struct vq_change_block *blocks)
{
	for (size_t i = 0; i < r->blocks; i++)
		r->strength[i] = vq_course_follow(&r->course[i], &blocks[i]);
	for (size_t i = 0; i < r->blocks; i++)
		r->flag[i] = r->strength[i] >= (float)OWN &&
			     around(r, (int)(i / (size_t)r->columns),
				     (int)(i % (size_t)r->columns)) >= DRAWN_ANEW;
	return r->flag;
}
