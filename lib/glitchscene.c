/* Harmless things that a camera, an editor or the scene does. */
#include <math.h>
#include <stdlib.h>

#include "blur.h"
#include "glitchfield.h"
#include "glitchkind.h"
#include "rng.h"

#define PI 3.14159265358979323846
#define GREY 128
#define SHAKES 4 /* sines in each direction */

/* What part of a picture is looked at. */
struct view {
	double x, y, zoom; /* centre, 0..1 of the picture */
	bool mirror;
};

struct scene {
	/* cut, dissolve: the other shot */
	struct view other;
	double gain, turn; /* of luma, of hue */
	struct vq_frame shot;
	/* shake */
	double hz[2][SHAKES], phase[2][SHAKES];
	/* occlude */
	double color[3];
	/* defocus */
	uint8_t *blurred;
	float *scratch;
};

static void pick(struct vq_glitch_job *job, struct scene *s)
{
	uint64_t r = vq_rng_at(job->o.seed, 0x7363656e65, 0);

	s->other.zoom = 1.5 + 0.8 * vq_rng_unit(&r);
	s->other.x = 0.5 + vq_rng_signed(&r) * 0.5 * (1 - 1 / s->other.zoom);
	s->other.y = 0.5 + vq_rng_signed(&r) * 0.5 * (1 - 1 / s->other.zoom);
	s->other.mirror = true;
	s->gain = vq_rng_below(&r, 2) == 0 ? 0.55 + 0.2 * vq_rng_unit(&r)
					   : 1.2 + 0.3 * vq_rng_unit(&r);
	s->turn = PI * (0.4 + 1.2 * vq_rng_unit(&r));
	for (int axis = 0; axis < 2; axis++)
		for (int i = 0; i < SHAKES; i++) {
			s->hz[axis][i] = 0.4 + 1.1 * i + 0.6 * vq_rng_unit(&r);
			s->phase[axis][i] = 2 * PI * vq_rng_unit(&r);
		}
	s->color[0] = 25 + 50 * vq_rng_unit(&r);
	s->color[1] = GREY + 10 * vq_rng_signed(&r);
	s->color[2] = GREY + 10 * vq_rng_signed(&r);
}

enum vq_code vq_scene_open(struct vq_glitch_job *job, struct vq_err *err)
{
	struct scene *s = job->own = calloc(1, sizeof *s);
	int w = job->stream.width, h = job->stream.height;

	if (s == NULL)
		return vq_nomem(err);
	pick(job, s);
	if (job->kind->variant == VQ_SCENE_DEFOCUS) {
		s->blurred = malloc((size_t)w * (size_t)h);
		s->scratch = malloc(vq_blur_scratch(w, h) * sizeof *s->scratch);
		if (s->blurred == NULL || s->scratch == NULL)
			return vq_nomem(err);
	}
	return vq_frame_init(&s->shot, w, h, err);
}

void vq_scene_close(struct vq_glitch_job *job)
{
	struct scene *s = job->own;

	if (s == NULL)
		return;
	vq_frame_clear(&s->shot);
	free(s->blurred);
	free(s->scratch);
	free(s);
	job->own = NULL;
}

/* The view of `from`, as large as the frame. */
static void look(const struct vq_frame *from, const struct view *v, struct vq_frame *to)
{
	for (int p = 0; p < 3; p++) {
		int w = from->width >> (p > 0), h = from->height >> (p > 0);

		for (int y = 0; y < h; y++)
			for (int x = 0; x < w; x++) {
				double u = (x + 0.5 - w / 2.0) / v->zoom * (v->mirror ? -1 : 1) +
					   v->x * w;
				double t = (y + 0.5 - h / 2.0) / v->zoom + v->y * h;

				to->plane[p][(size_t)y * (size_t)w + (size_t)x] =
					vq_to_u8(vq_at_u8(from->plane[p], w, h, u - 0.5, t - 0.5));
			}
	}
}

/* f = (1 - share) * f + share * the other shot. */
static void show_other(const struct scene *s, struct vq_frame *f, double share)
{
	size_t n = (size_t)f->width * (size_t)f->height;
	double c = cos(s->turn), d = sin(s->turn);

	for (size_t i = 0; i < n; i++) {
		double luma = 16 + (s->shot.plane[0][i] - 16) * s->gain;

		f->plane[0][i] = vq_to_u8((1 - share) * f->plane[0][i] + share * luma);
	}
	for (size_t i = 0; i < n / 4; i++) {
		double cb = s->shot.plane[1][i] - GREY, cr = s->shot.plane[2][i] - GREY;

		f->plane[1][i] =
			vq_to_u8((1 - share) * f->plane[1][i] + share * (GREY + c * cb - d * cr));
		f->plane[2][i] =
			vq_to_u8((1 - share) * f->plane[2][i] + share * (GREY + d * cb + c * cr));
	}
}

static void move(struct vq_glitch_job *job, struct vq_glitch_now *now)
{
	const struct vq_step *step = &now->step;
	struct scene *s = job->own;
	struct view v = {0.5, 0.5, 1, false};
	double k = job->o.strength, seconds = step->seconds, envelope, sum[2] = {0};

	switch (job->kind->variant) {
	case VQ_SCENE_PAN:
		v.zoom = 1 / (1 - fabs(k));
		now->amplitude = k * (vq_ease(step->progress) - 0.5);
		v.x += now->amplitude;
		break;
	case VQ_SCENE_ZOOM:
		v.zoom = now->amplitude = pow(k, vq_ease(step->progress));
		break;
	default:
		/* Cropped all the time, at rest outside of the span. */
		v.zoom = 1 / (1 - 2 * k);
		envelope = step->active ? vq_ease(seconds / 0.2) : 0;
		if (step->active && isfinite(job->o.duration))
			envelope *= vq_ease((job->o.duration - seconds) / 0.2);
		for (int axis = 0; axis < 2; axis++)
			for (int i = 0; i < SHAKES; i++)
				sum[axis] +=
					sin(2 * PI * s->hz[axis][i] * seconds + s->phase[axis][i]) /
					(1 + i);
		now->amplitude = envelope * k * hypot(sum[0], sum[1]) / 2.1;
		v.x += envelope * k * sum[0] / 2.1 * job->stream.height / job->stream.width;
		v.y += envelope * k * sum[1] / 2.1;
	}
	if (v.zoom > 1)
		look(now->before, &v, now->frame);
}

static void defocus(struct vq_glitch_job *job, struct vq_glitch_now *now)
{
	struct scene *s = job->own;
	const struct vq_area *a = &job->area;
	double deviation = job->o.strength * job->stream.height *
			   vq_ease(1 - fabs(2 * now->step.progress - 1));

	now->amplitude = deviation / job->stream.height;
	for (int p = 0; p < 3 && deviation > 0; p++) {
		int shift = p > 0, w = job->stream.width >> shift, h = job->stream.height >> shift;
		uint8_t *to = now->frame->plane[p];

		vq_blur_u8(now->before->plane[p], s->blurred, w, h, deviation / (1 << shift),
			s->scratch);
		for (int y = a->y1 >> shift; y < a->y2 >> shift; y++)
			for (int x = a->x1 >> shift; x < a->x2 >> shift; x++) {
				size_t i = (size_t)y * (size_t)w + (size_t)x;

				to[i] = vq_to_u8(
					to[i] + (s->blurred[i] - to[i]) *
							vq_area_weight(a, x << shift, y << shift));
			}
	}
}

/* An upright ellipse that goes from one side to the other. */
static void occlude(struct vq_glitch_job *job, struct vq_glitch_now *now)
{
	struct scene *s = job->own;
	struct vq_frame *f = now->frame;
	double rx = job->o.strength * f->width / 2, ry = 0.65 * f->height;
	double cx = -1.1 * rx + now->step.progress * (f->width + 2.2 * rx), cy = 0.6 * f->height;
	double *b = now->box[0];

	b[0] = fmax(0, cx - rx);
	b[1] = fmax(0, cy - ry);
	b[2] = fmin(f->width, cx + rx);
	b[3] = fmin(f->height, cy + ry);
	if (b[2] <= b[0])
		return;
	now->boxes = 1;
	now->amplitude = cx / f->width;
	for (int p = 0; p < 3; p++) {
		int shift = p > 0, w = f->width >> shift, h = f->height >> shift;

		for (int y = 0; y < h; y++)
			for (int x = (int)b[0] >> shift; x < w && x << shift < b[2]; x++) {
				double u = ((x << shift) - cx) / rx, v = ((y << shift) - cy) / ry;
				double r = u * u + v * v, cover = vq_ease((1 - r) / 0.12);
				double shade =
					p == 0 ? s->color[0] * (1.25 - 0.5 * r) : s->color[p];
				uint8_t *to = &f->plane[p][(size_t)y * (size_t)w + (size_t)x];

				if (cover > 0)
					*to = vq_to_u8(*to + (shade - *to) * cover);
			}
	}
}

enum vq_code vq_scene_apply(
	struct vq_glitch_job *job, struct vq_glitch_now *now, struct vq_err *err)
{
	struct scene *s = job->own;
	double share = job->o.strength;

	(void)err;
	switch (job->kind->variant) {
	case VQ_SCENE_CUT:
	case VQ_SCENE_DISSOLVE:
		share *= job->kind->variant == VQ_SCENE_CUT ? now->step.active
							    : vq_ease(now->step.progress);
		now->amplitude = share;
		if (share > 0) {
			look(now->before, &s->other, &s->shot);
			show_other(s, now->frame, share);
		}
		break;
	case VQ_SCENE_DEFOCUS:
		if (now->step.active)
			defocus(job, now);
		break;
	case VQ_SCENE_OCCLUDE:
		if (now->step.active)
			occlude(job, now);
		break;
	default:
		move(job, now);
	}
	return VQ_OK;
}
