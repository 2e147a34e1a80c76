/* Kinds that draw a surface anew: what generators do that work frame by frame.  Edges move
 * a little, detail is stronger here and weaker there, other detail comes where some was. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "blur.h"
#include "glitchfield.h"
#include "glitchkind.h"
#include "rng.h"

/* How much of what strength 1 means.  Lengths are parts of the picture's height, or for a
 * patch of its smaller side. */
static const struct recipe {
	double warp, warp_spacing; /* displacement, and how far apart it differs */
	double gain;		   /* of detail */
	double fresh;		   /* new detail, over the detail that is there */
	double luma, chroma;	   /* levels, as slowly varying as the displacement */
} recipes[] = {
	[VQ_TEXTURE_BOIL] = {0.008, 0.05, 0.6, 1.0, 0, 0},
	[VQ_TEXTURE_STRUCTURE] = {0.07, 0.2, 0.5, 0.6, 14, 8},
};
#define GAIN_SPACING 0.03
#define FRESH_SPACING 0.006
#define FRESH_MAX 8	/* levels; beside a hard edge more would be specks */
#define BASE_BLUR 0.008 /* what is finer is detail */

enum { DX, DY, GAIN, FRESH, LUMA, CB, CR, FIELDS };

struct texture {
	struct vq_field field[FIELDS];
	float *row[FIELDS];
	uint8_t *crop, *base, *local; /* luma: the area, blurred, and its mean |detail| */
	float *scratch;
	long cycle;
	double unit; /* pixels that lengths are parts of */
};

static void pick_patch(struct vq_glitch_job *job)
{
	uint64_t state = vq_rng_at(job->o.seed, 0x7061746368, 0);
	int width = job->stream.width, height = job->stream.height;
	double w = width * (0.25 + 0.15 * vq_rng_unit(&state));
	double h = height * (0.25 + 0.15 * vq_rng_unit(&state));
	double x = (width - w) * vq_rng_unit(&state), y = (height - h) * vq_rng_unit(&state);

	vq_area_around((double[4]){x, y, x + w, y + h}, &job->stream, &job->area);
}

static enum vq_code allocate(struct vq_glitch_job *job, struct texture *t, struct vq_err *err)
{
	const struct recipe *r = &recipes[job->kind->variant];
	int w = job->area.x2 - job->area.x1, h = job->area.y2 - job->area.y1;
	size_t n = (size_t)w * (size_t)h;
	double far = r->warp_spacing * t->unit, height = job->stream.height;
	const double spacing[FIELDS] = {far, far, fmax(3, GAIN_SPACING * height),
		fmax(1.6, FRESH_SPACING * height), far, far, far};
	enum vq_code code = VQ_OK;

	for (int i = 0; i < FIELDS && code == VQ_OK; i++) {
		code = vq_field_init(&t->field[i], w, h, spacing[i], err);
		t->row[i] = calloc((size_t)w, sizeof *t->row[i]);
		if (t->row[i] == NULL && code == VQ_OK)
			code = vq_nomem(err);
	}
	t->crop = malloc(n);
	t->base = malloc(n);
	t->local = malloc(n);
	t->scratch = malloc(vq_blur_scratch(w, h) * sizeof *t->scratch);
	if (code == VQ_OK &&
		(t->crop == NULL || t->base == NULL || t->local == NULL || t->scratch == NULL))
		code = vq_nomem(err);
	return code;
}

enum vq_code vq_texture_open(struct vq_glitch_job *job, struct vq_err *err)
{
	struct texture *t = job->own = calloc(1, sizeof *t);
	bool patch = job->kind->variant == VQ_TEXTURE_STRUCTURE;
	enum vq_code code = VQ_OK;

	if (t == NULL)
		return vq_nomem(err);
	t->cycle = -1;
	if (patch && !job->o.has_box) {
		pick_patch(job);
		code = vq_area_feather(&job->area, 0.25, err);
	}
	t->unit = patch ? fmin(job->area.x2 - job->area.x1, job->area.y2 - job->area.y1)
			: job->stream.height;
	return code == VQ_OK ? allocate(job, t, err) : code;
}

void vq_texture_close(struct vq_glitch_job *job)
{
	struct texture *t = job->own;

	if (t == NULL)
		return;
	for (int i = 0; i < FIELDS; i++) {
		vq_field_clear(&t->field[i]);
		free(t->row[i]);
	}
	free(t->crop);
	free(t->base);
	free(t->local);
	free(t->scratch);
	free(t);
	job->own = NULL;
}

static void seed_fields(struct vq_glitch_job *job, struct texture *t, const struct vq_step *s)
{
	uint64_t cycle = (uint64_t)s->cycle;
	double mix = job->o.smooth ? s->phase : 0;

	if (s->cycle == t->cycle && !job->o.smooth)
		return;
	t->cycle = s->cycle;
	for (unsigned i = 0; i < FIELDS; i++)
		vq_field_mix(&t->field[i], vq_rng_at(job->o.seed, cycle, i),
			vq_rng_at(job->o.seed, cycle + 1, i), mix);
}

/* Blurred luma of the area, and how much detail there is around each pixel. */
static void find_detail(struct vq_glitch_job *job, struct texture *t, const struct vq_frame *f)
{
	const struct vq_area *a = &job->area;
	int w = a->x2 - a->x1, h = a->y2 - a->y1;
	double blur = fmax(1, BASE_BLUR * job->stream.height);
	size_t n = (size_t)w * (size_t)h;

	for (int y = 0; y < h; y++)
		memcpy(t->crop + (size_t)y * (size_t)w,
			f->plane[0] + (size_t)(a->y1 + y) * (size_t)f->width + a->x1, (size_t)w);
	vq_blur_u8(t->crop, t->base, w, h, blur, t->scratch);
	for (size_t i = 0; i < n; i++)
		t->local[i] = (uint8_t)abs(t->crop[i] - t->base[i]);
	vq_blur_u8(t->local, t->local, w, h, 1.5 * blur, t->scratch);
}

static void draw_luma(struct vq_glitch_job *job, struct texture *t, struct vq_glitch_now *now)
{
	const struct recipe *r = &recipes[job->kind->variant];
	const struct vq_area *a = &job->area;
	int w = a->x2 - a->x1, h = a->y2 - a->y1, width = now->frame->width;
	double k = job->o.strength, warp = k * r->warp * t->unit;

	find_detail(job, t, now->before);
	for (int y = 0; y < h; y++) {
		uint8_t *out = now->frame->plane[0] + (size_t)(a->y1 + y) * (size_t)width + a->x1;
		const uint8_t *base = t->base + (size_t)y * (size_t)w;
		const uint8_t *local = t->local + (size_t)y * (size_t)w;

		for (int i = DX; i <= (r->luma > 0 ? LUMA : FRESH); i++)
			vq_field_row(&t->field[i], y, 1, w, t->row[i]);
		for (int x = 0; x < w; x++) {
			double part = vq_area_weight(a, a->x1 + x, a->y1 + y), v;

			v = vq_at_u8(now->before->plane[0], width, now->frame->height,
				a->x1 + x + part * warp * t->row[DX][x],
				a->y1 + y + part * warp * t->row[DY][x]);
			v += part * k * r->gain * t->row[GAIN][x] * (v - base[x]);
			v += part * k * r->fresh * t->row[FRESH][x] *
			     fmin(1.5 * local[x], FRESH_MAX);
			v += part * k * r->luma * t->row[LUMA][x];
			out[x] = vq_to_u8(v);
		}
	}
}

static void draw_chroma(
	struct vq_glitch_job *job, struct texture *t, struct vq_glitch_now *now, int plane)
{
	const struct recipe *r = &recipes[job->kind->variant];
	const struct vq_area *a = &job->area;
	int w = (a->x2 - a->x1) / 2, h = (a->y2 - a->y1) / 2, width = now->frame->width / 2;
	double k = job->o.strength, warp = k * r->warp * t->unit / 2;
	int tint = plane == 1 ? CB : CR;

	for (int y = 0; y < h; y++) {
		uint8_t *out = now->frame->plane[plane] + (size_t)(a->y1 / 2 + y) * (size_t)width +
			       a->x1 / 2;

		vq_field_row(&t->field[DX], 2 * y + 0.5, 2, w, t->row[DX]);
		vq_field_row(&t->field[DY], 2 * y + 0.5, 2, w, t->row[DY]);
		vq_field_row(&t->field[tint], 2 * y + 0.5, 2, w, t->row[tint]);
		for (int x = 0; x < w; x++) {
			double part = vq_area_weight(a, a->x1 + 2 * x, a->y1 + 2 * y), v;

			v = vq_at_u8(now->before->plane[plane], width, now->frame->height / 2,
				a->x1 / 2 + x + part * warp * t->row[DX][x],
				a->y1 / 2 + y + part * warp * t->row[DY][x]);
			out[x] = vq_to_u8(v + part * k * r->chroma * t->row[tint][x]);
		}
	}
}

enum vq_code vq_texture_apply(
	struct vq_glitch_job *job, struct vq_glitch_now *now, struct vq_err *err)
{
	struct texture *t = job->own;

	(void)err;
	if (!now->step.active || job->o.strength <= 0)
		return VQ_OK;
	seed_fields(job, t, &now->step);
	draw_luma(job, t, now);
	draw_chroma(job, t, now, 1);
	draw_chroma(job, t, now, 2);
	now->amplitude = job->o.strength;
	return VQ_OK;
}
