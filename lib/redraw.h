/* Parts of the picture that are drawn anew from one frame to the next: what was there is
 * not found again along the motion that its surroundings have, while before and after that
 * things go on as they do.  What something uncovers is no wider than it moves in a frame,
 * and what moves too fast to be followed does so for more than one pair of frames. */
#ifndef VQ_REDRAW_H
#define VQ_REDRAW_H

#include "change.h"

/* What of a block does not follow its surroundings, over its edges, at the moment before;
 * zeroed is the start. */
struct vq_course {
	bool seen;
	float back, ahead;
};

/* How much a block was drawn anew at the pair of frames that ends at this moment: 0 to 1;
 * the next moment. */
float vq_course_follow(struct vq_course *was, const struct vq_change_block *b);

struct vq_redraw;

/* For fields of columns x rows blocks. */
enum vq_code vq_redraw_new(struct vq_redraw **r, int columns, int rows, struct vq_err *err);
void vq_redraw_free(struct vq_redraw **r);

/* Forget what was added: a scene begins. */
void vq_redraw_begin(struct vq_redraw *r);

/* The blocks of the scene's next moment.  Which of them were drawn anew, with those around
 * them, at the pair of frames that ends at it: columns * rows of them, until the next call. */
const bool *vq_redraw_add(struct vq_redraw *r, const struct vq_change_block *blocks);

#endif
