/* Kinds that show pictures at other times than their own. */
#include <stdlib.h>
#include <string.h>

#include "glitchfield.h"
#include "glitchkind.h"

struct order {
	struct vq_frame held; /* the picture that stands for its period */
	struct vq_frame lent; /* swap: the picture that this frame gets */
	bool due;	      /* lent belongs to this frame */
};

enum vq_code vq_order_open(struct vq_glitch_job *job, struct vq_err *err)
{
	struct order *o = job->own = calloc(1, sizeof *o);
	enum vq_code code;

	if (o == NULL)
		return vq_nomem(err);
	code = vq_frame_init(&o->held, job->stream.width, job->stream.height, err);
	if (code == VQ_OK)
		code = vq_frame_init(&o->lent, job->stream.width, job->stream.height, err);
	return code;
}

void vq_order_close(struct vq_glitch_job *job)
{
	struct order *o = job->own;

	if (o == NULL)
		return;
	vq_frame_clear(&o->held);
	vq_frame_clear(&o->lent);
	free(o);
	job->own = NULL;
}

/* f = (1 - share) * f + share * other inside the area. */
static void blend(struct vq_glitch_job *job, struct vq_frame *f, const struct vq_frame *other)
{
	const struct vq_area *a = &job->area;
	double share = job->o.strength;

	for (int plane = 0; plane < 3; plane++) {
		int shift = plane > 0, stride = f->width >> shift;

		for (int y = a->y1 >> shift; y < a->y2 >> shift; y++) {
			uint8_t *to = f->plane[plane] + (size_t)y * (size_t)stride;
			const uint8_t *from = other->plane[plane] + (size_t)y * (size_t)stride;

			for (int x = a->x1 >> shift; x < a->x2 >> shift; x++)
				to[x] = vq_to_u8(
					to[x] + (from[x] - to[x]) * share *
							vq_area_weight(a, x << shift, y << shift));
		}
	}
}

static void swap(struct vq_glitch_job *job, struct vq_glitch_now *now)
{
	struct order *o = job->own;
	bool begins = job->o.period > 0 || job->o.hz > 0 ? now->step.fresh : now->step.index == 0;

	if (o->due) {
		blend(job, now->frame, &o->lent);
		now->amplitude = job->o.strength;
		o->due = false;
	} else if (now->step.active && begins && now->next != NULL) {
		vq_frame_copy(&o->lent, now->before);
		blend(job, now->frame, now->next);
		now->amplitude = job->o.strength;
		o->due = true;
	}
}

enum vq_code vq_order_apply(
	struct vq_glitch_job *job, struct vq_glitch_now *now, struct vq_err *err)
{
	struct order *o = job->own;

	(void)err;
	if (job->kind->variant == VQ_ORDER_SWAP) {
		swap(job, now);
	} else if (now->step.active && now->step.fresh) {
		vq_frame_copy(&o->held, now->frame);
	} else if (now->step.active) {
		blend(job, now->frame, &o->held);
		now->amplitude = job->o.strength;
	}
	return VQ_OK;
}
