/* Drawn scenes. */
#include "drawscene.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "glitchfield.h"
#include "rng.h"

#define PI 3.14159265358979323846
#define WORLD 1.6 /* sides of the world over those of the picture */
#define SHAPES 14
#define OCTAVES 3
#define DISCS 7
#define DROPS 160
#define GRAIN 0.8 /* deviation, levels */

/* What moves. */
enum motion { STILL, PAN, ZOOM, DISC, WATER, RAIN, FIRE };

static const struct {
	const char *name, *help;
	enum motion motion;
} scenes[] = {
	{"still", "nothing moves", STILL},
	{"pan", "the camera glides sideways", PAN},
	{"zoom", "the camera goes closer", ZOOM},
	{"discs", "discs cross the picture", DISC},
	{"water", "the lower half ripples", WATER},
	{"rain", "rain falls in front", RAIN},
	{"fire", "a fire burns in the middle", FIRE},
};

struct disc {
	double x, y, dx, dy, radius; /* picture heights, heights a second */
	double color[3];
};

struct drop {
	double x, y, length, speed; /* picture heights, heights a second */
};

struct vq_drawscene {
	int scene, width, height;
	uint64_t seed;
	struct vq_frame world;
	double turn; /* direction of the pan */
	struct disc disc[DISCS];
	struct drop drop[DROPS];
	struct vq_field flame;
};

int vq_drawscene_count(void)
{
	return (int)(sizeof scenes / sizeof *scenes);
}

const char *vq_drawscene_name(int i)
{
	return scenes[i].name;
}

const char *vq_drawscene_help(int i)
{
	return scenes[i].help;
}

static void pick_color(uint64_t *r, double color[3])
{
	color[0] = 50 + 150 * vq_rng_unit(r);
	color[1] = 128 + 34 * vq_rng_signed(r);
	color[2] = 128 + 34 * vq_rng_signed(r);
}

/* Share of a pixel that an ellipse with a soft edge covers. */
static double inside(double x, double y, double rx, double ry, double soft)
{
	double d = (1 - sqrt(x * x / (rx * rx) + y * y / (ry * ry))) * (rx < ry ? rx : ry) / soft;

	return d <= 0 ? 0 : d >= 1 ? 1 : d;
}

static void blend(uint8_t *p, double color, double share)
{
	*p = vq_to_u8(*p + share * (color - *p));
}

/* An ellipse onto all planes; the centre and the radii in luma pixels. */
static void ellipse(struct vq_frame *f, double cx, double cy, double rx, double ry,
	const double color[3], double soft)
{
	for (int k = 0; k < 3; k++) {
		int s = k > 0 ? 2 : 1, w = f->width / s, h = f->height / s;
		int top = (int)fmax(0, floor((cy - ry) / s)),
		    bottom = (int)fmin(h, ceil((cy + ry) / s));
		int left = (int)fmax(0, floor((cx - rx) / s)),
		    right = (int)fmin(w, ceil((cx + rx) / s));

		for (int y = top; y < bottom; y++)
			for (int x = left; x < right; x++)
				blend(&f->plane[k][(size_t)y * (size_t)w + (size_t)x], color[k],
					inside((x + 0.5) * s - cx, (y + 0.5) * s - cy, rx, ry,
						soft));
	}
}

/* Fine texture on luma, coarser octaves stronger. */
static enum vq_code add_texture(struct vq_drawscene *d, struct vq_err *err)
{
	struct vq_frame *f = &d->world;
	size_t w = (size_t)f->width;
	float *row = malloc(w * sizeof *row);
	enum vq_code code = row != NULL ? VQ_OK : vq_nomem(err);

	for (int o = 0; o < OCTAVES && code == VQ_OK; o++) {
		struct vq_field field;
		double spacing = 3 << 2 * o, depth = 7 * (o + 1);

		if ((code = vq_field_init(&field, f->width, f->height, spacing, err)) != VQ_OK)
			break;
		vq_field_seed(&field, vq_rng_at(d->seed, 1, (uint64_t)o));
		for (int y = 0; y < f->height; y++) {
			uint8_t *p = f->plane[0] + (size_t)y * w;

			vq_field_row(&field, y + 0.5, 1, f->width, row);
			for (size_t x = 0; x < w; x++)
				p[x] = vq_to_u8(p[x] + depth * (double)row[x]);
		}
		vq_field_clear(&field);
	}
	free(row);
	return code;
}

static enum vq_code make_world(struct vq_drawscene *d, struct vq_err *err)
{
	struct vq_frame *f = &d->world;
	uint64_t r = vq_rng_at(d->seed, 0, 0);
	double color[3], h;
	enum vq_code code = vq_frame_init(
		f, (int)(d->width * WORLD / 2) * 2, (int)(d->height * WORLD / 2) * 2, err);

	if (code != VQ_OK)
		return code;
	h = f->height;
	pick_color(&r, color);
	for (int k = 0; k < 3; k++) {
		size_t n = (size_t)(f->width / (k > 0 ? 2 : 1)) *
			   (size_t)(f->height / (k > 0 ? 2 : 1));

		memset(f->plane[k], vq_to_u8(color[k]), n);
	}
	for (int i = 0; i < SHAPES; i++) {
		double x = f->width * vq_rng_unit(&r), y = h * vq_rng_unit(&r);
		double rx = h * (0.08 + 0.3 * vq_rng_unit(&r)),
		       ry = h * (0.08 + 0.3 * vq_rng_unit(&r));

		pick_color(&r, color);
		ellipse(f, x, y, rx, ry, color, 2 + 10 * vq_rng_unit(&r));
	}
	return add_texture(d, err);
}

static void pick_things(struct vq_drawscene *d)
{
	uint64_t r = vq_rng_at(d->seed, 2, 0);
	double aspect = (double)d->width / d->height;

	d->turn = 2 * PI * vq_rng_unit(&r);
	for (int i = 0; i < DISCS; i++) {
		struct disc *c = &d->disc[i];

		c->x = aspect * vq_rng_unit(&r);
		c->y = vq_rng_unit(&r);
		c->dx = 0.4 * vq_rng_signed(&r);
		c->dy = 0.3 * vq_rng_signed(&r);
		c->radius = 0.05 + 0.08 * vq_rng_unit(&r);
		pick_color(&r, c->color);
	}
	for (int i = 0; i < DROPS; i++) {
		struct drop *p = &d->drop[i];

		p->x = aspect * vq_rng_unit(&r);
		p->y = vq_rng_unit(&r);
		p->length = 0.03 + 0.05 * vq_rng_unit(&r);
		p->speed = 1.5 + vq_rng_unit(&r);
	}
}

enum vq_code vq_drawscene_new(struct vq_drawscene **out, const char *name, int width, int height,
	uint64_t seed, struct vq_err *err)
{
	struct vq_drawscene *d;
	enum vq_code code;
	int scene = 0;

	*out = NULL;
	while (scene < vq_drawscene_count() && strcmp(scenes[scene].name, name) != 0)
		scene++;
	if (scene == vq_drawscene_count())
		return vq_fail(err, VQ_EUSAGE, "no scene '%s'", name);
	if ((d = calloc(1, sizeof *d)) == NULL)
		return vq_nomem(err);
	d->scene = scene;
	d->width = width;
	d->height = height;
	d->seed = seed;
	pick_things(d);
	code = make_world(d, err);
	if (code == VQ_OK)
		code = vq_field_init(&d->flame, width, height, height / 18.0, err);
	if (code != VQ_OK)
		vq_drawscene_free(&d);
	*out = d;
	return code;
}

void vq_drawscene_free(struct vq_drawscene **d)
{
	if (*d == NULL)
		return;
	vq_frame_clear(&(*d)->world);
	vq_field_clear(&(*d)->flame);
	free(*d);
	*d = NULL;
}

/* Where in the world, in its luma pixels, the camera sees a place of the picture. */
struct camera {
	double x, y, zoom;
	bool ripples;
	double time;
};

static void look(const struct vq_drawscene *d, double time, struct camera *c)
{
	enum motion m = scenes[d->scene].motion;
	double room = (WORLD - 1) / 2, way = 0;

	if (m == PAN)
		way = room * sin(time * 0.5);
	c->x = d->world.width / 2.0 + d->width * way * cos(d->turn);
	c->y = d->world.height / 2.0 + d->height * way * sin(d->turn);
	c->zoom = m == ZOOM ? 1 + 0.9 * (1 - exp(-0.12 * time)) : 1;
	c->ripples = m == WATER;
	c->time = time;
}

static void see(const struct vq_drawscene *d, const struct camera *c, struct vq_frame *f)
{
	for (int k = 0; k < 3; k++) {
		int s = k > 0 ? 2 : 1, w = f->width / s, h = f->height / s;
		int ww = d->world.width / s, wh = d->world.height / s;

		for (int y = 0; y < h; y++) {
			double v = ((y + 0.5) * s - d->height / 2.0) / c->zoom, wave = 0;

			/* Waves grow towards the viewer. */
			if (c->ripples && v > 0)
				wave = 0.06 * v * sin(60 * v / d->height - 5 * c->time);
			for (int x = 0; x < w; x++) {
				double u = ((x + 0.5) * s - d->width / 2.0) / c->zoom;

				f->plane[k][(size_t)y * (size_t)w + (size_t)x] =
					vq_to_u8((double)vq_at_u8(d->world.plane[k], ww, wh,
						(c->x + u + wave) / s - 0.5,
						(c->y + v + wave / 2) / s - 0.5));
			}
		}
	}
}

/* 0..1, there and back. */
static double bounce(double v)
{
	v = fabs(fmod(v, 2));
	return v > 1 ? 2 - v : v;
}

static void draw_discs(const struct vq_drawscene *d, double time, struct vq_frame *f)
{
	double h = d->height, aspect = d->width / h;

	for (int i = 0; i < DISCS; i++) {
		const struct disc *c = &d->disc[i];
		double x = aspect * bounce((c->x + time * c->dx) / aspect),
		       y = bounce(c->y + time * c->dy);

		ellipse(f, x * h, y * h, c->radius * h, c->radius * h, c->color, 1.5);
	}
}

static void draw_rain(const struct vq_drawscene *d, double time, struct vq_frame *f)
{
	double h = d->height;

	for (int i = 0; i < DROPS; i++) {
		const struct drop *p = &d->drop[i];
		double y = fmod(p->y + time * p->speed, 1 + p->length) - p->length;
		int x = (int)(p->x * h), top = (int)(y * h), bottom = (int)((y + p->length) * h);

		for (int k = top > 0 ? top : 0; k < bottom && k < f->height; k++)
			blend(&f->plane[0][(size_t)k * (size_t)f->width + (size_t)x], 225, 0.35);
	}
}

/* Flames rise, and tear on their way: a body that narrows upwards, torn by a field that
 * evolves while it is carried up. */
static void draw_fire(struct vq_drawscene *d, double time, struct vq_frame *f)
{
	static const double hot[3] = {235, 60, 150}, cool[3] = {120, 80, 200};
	double h = d->height, age = time * 3;
	uint64_t now = (uint64_t)age;

	vq_field_mix(&d->flame, vq_rng_at(d->seed, 3, now), vq_rng_at(d->seed, 3, now + 1),
		age - (double)now);
	for (int k = 0; k < 3; k++) {
		int s = k > 0 ? 2 : 1, w = f->width / s;

		for (int y = (int)(h * 0.2) / s; y < (int)(h * 0.96) / s; y++)
			for (int x = 0; x < w; x++) {
				double px = (x + 0.5) * s, py = (y + 0.5) * s;
				double rise = (h * 0.9 - py) / (h * 0.45);
				double side = (px - d->width / 2.0) / (h * 0.25);
				double lift = h * bounce(py / h + time * 0.7);
				double tear = (double)vq_field_at(&d->flame, px, lift);
				double body = 0.9 - side * side -
					      fabs(rise) * (rise < 0 ? 7 : 0.8) + 0.6 * tear;

				if (body > 0) {
					double heat = body < 1 ? body : 1;

					blend(&f->plane[k][(size_t)y * (size_t)w + (size_t)x],
						cool[k] + heat * (hot[k] - cool[k]),
						body < 0.3 ? body / 0.3 : 1);
				}
			}
	}
}

static void add_grain(const struct vq_drawscene *d, double time, struct vq_frame *f)
{
	uint64_t r = vq_rng_at(d->seed, 4, (uint64_t)(time * 1e6 + 0.5));
	size_t n = (size_t)f->width * (size_t)f->height;

	for (size_t i = 0; i < n; i++)
		f->plane[0][i] = vq_to_u8(f->plane[0][i] + GRAIN * vq_rng_normal(&r));
}

void vq_drawscene_render(struct vq_drawscene *d, double time, struct vq_frame *f)
{
	struct camera c;

	look(d, time, &c);
	see(d, &c, f);
	switch (scenes[d->scene].motion) {
	case DISC:
		draw_discs(d, time, f);
		break;
	case RAIN:
		draw_rain(d, time, f);
		break;
	case FIRE:
		draw_fire(d, time, f);
		break;
	default:
		break;
	}
	add_grain(d, time, f);
}
