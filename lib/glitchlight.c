/* Kinds that change how light or dark, and of which colour, pixels are where they are. */
#include <math.h>

#include "glitchfield.h"
#include "glitchkind.h"
#include "rng.h"

#define PI 3.14159265358979323846
#define BLACK 16 /* limited range */
#define GREY 128

/* p = pivot + (p - pivot) * gain + offset, as far as the area's weight goes. */
static void change_plane(const struct vq_area *a, struct vq_frame *f, int plane, double pivot,
	double gain, double offset)
{
	int shift = plane > 0, stride = f->width >> shift;

	for (int y = a->y1 >> shift; y < a->y2 >> shift; y++) {
		uint8_t *row = f->plane[plane] + (size_t)y * (size_t)stride;

		for (int x = a->x1 >> shift; x < a->x2 >> shift; x++) {
			double v = pivot + (row[x] - pivot) * gain + offset;

			row[x] = vq_to_u8(
				row[x] + (v - row[x]) * vq_area_weight(a, x << shift, y << shift));
		}
	}
}

static void scale(struct vq_glitch_job *job, struct vq_frame *f, double luma, double chroma)
{
	change_plane(&job->area, f, 0, BLACK, luma, 0);
	change_plane(&job->area, f, 1, GREY, chroma, 0);
	change_plane(&job->area, f, 2, GREY, chroma, 0);
}

static void add_noise(struct vq_glitch_job *job, struct vq_frame *f)
{
	const struct vq_area *a = &job->area;

	for (int plane = 0; plane < 3; plane++) {
		int shift = plane > 0, stride = f->width >> shift;
		double deviation = plane > 0 ? job->o.strength / 2 : job->o.strength;
		uint64_t state = vq_rng_at(job->o.seed, (uint64_t)f->number, (uint64_t)plane);

		for (int y = a->y1 >> shift; y < a->y2 >> shift; y++) {
			uint8_t *row = f->plane[plane] + (size_t)y * (size_t)stride;

			for (int x = a->x1 >> shift; x < a->x2 >> shift; x++)
				row[x] = vq_to_u8(
					row[x] + deviation * vq_rng_normal(&state) *
							 vq_area_weight(a, x << shift, y << shift));
		}
	}
}

static void add_color(struct vq_glitch_job *job, struct vq_frame *f, double amount)
{
	uint64_t state = vq_rng_at(job->o.seed, 0x636f6c6f72, 0);
	double angle = 2 * PI * vq_rng_unit(&state);

	change_plane(&job->area, f, 1, GREY, 1, amount * cos(angle));
	change_plane(&job->area, f, 2, GREY, 1, amount * sin(angle));
}

enum vq_code vq_light_apply(
	struct vq_glitch_job *job, struct vq_glitch_now *now, struct vq_err *err)
{
	const struct vq_step *s = &now->step;
	double strength = job->o.strength, level;

	(void)err;
	if (job->kind->variant == VQ_LIGHT_EXPOSURE) { /* it stays */
		now->amplitude = pow(strength, vq_ease(s->progress));
		scale(job, now->frame, now->amplitude, now->amplitude);
		return VQ_OK;
	}
	if (!s->active)
		return VQ_OK;
	switch (job->kind->variant) {
	case VQ_LIGHT_LUMA:
		now->amplitude = strength * s->wave;
		change_plane(&job->area, now->frame, 0, BLACK, 1, now->amplitude);
		break;
	case VQ_LIGHT_COLOR:
		now->amplitude = strength * s->wave;
		add_color(job, now->frame, now->amplitude);
		break;
	case VQ_LIGHT_POP:
		now->amplitude = (job->o.hz > 0 ? s->fresh : s->on) ? strength : 0;
		change_plane(&job->area, now->frame, 0, BLACK, 1, now->amplitude);
		break;
	case VQ_LIGHT_STROBE:
		now->amplitude = s->on ? strength : 0;
		change_plane(&job->area, now->frame, 0, BLACK, 1, now->amplitude);
		break;
	case VQ_LIGHT_FADE:
		level = strength * vq_ease(1 - fabs(2 * s->progress - 1));
		now->amplitude = level;
		scale(job, now->frame, 1 - level, 1 - level);
		break;
	case VQ_LIGHT_NOISE:
		now->amplitude = strength;
		add_noise(job, now->frame);
		break;
	}
	return VQ_OK;
}
