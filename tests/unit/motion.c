/* Block matching: the packed sums against a scalar reference, known shifts. */
#include "../tap.h"

#include "../../lib/motion.h"

static uint32_t seed;

static unsigned rnd(void)
{
	seed = seed * 1664525u + 1013904223u;
	return seed >> 16;
}

static uint32_t reference_sad(
	const uint8_t *a, size_t sa, const uint8_t *b, size_t sb, int n, int offset)
{
	uint32_t sum = 0;

	for (int y = 0; y < n; y++) {
		for (int x = 0; x < n; x++)
			sum += (uint32_t)abs(a[(size_t)y * sa + (size_t)x] -
					     b[(size_t)y * sb + (size_t)x] - offset);
	}
	return sum;
}

static void test_sads(void)
{
	static uint8_t a[64 * 64], b[64 * 64];
	int wrong16 = 0, wrong8 = 0;

	for (int trial = 0; trial < 400; trial++) {
		int mode = trial % 4;
		int offset = (int)(rnd() % 511) - 255;
		size_t pa = rnd() % 48, pb = rnd() % 48;

		for (size_t i = 0; i < sizeof a; i++) {
			a[i] = mode == 1 ? 255 : mode == 2 ? 0 : (uint8_t)rnd();
			b[i] = mode == 1 ? 0 : mode == 2 ? 255 : (uint8_t)rnd();
		}
		if (mode == 1)
			offset = -255;
		if (mode == 2)
			offset = 255;
		wrong16 += vq_motion_sad16(a + pa, 64, b + pb, 64, offset) !=
			   reference_sad(a + pa, 64, b + pb, 64, 16, offset);
		wrong8 += vq_motion_sad8(a + pa, 64, b + pb, 64, offset) !=
			  reference_sad(a + pa, 64, b + pb, 64, 8, offset);
	}
	is_int(wrong16, 0, "16x16 sums equal the scalar reference, extremes included");
	is_int(wrong8, 0, "8x8 sums equal the scalar reference");
}

/* Smooth random texture, the same at any position: value noise of several
 * octaves in 1/8 pixel coordinates. */
static double lattice(int x, int y, int octave)
{
	uint32_t h = (uint32_t)x * 374761393u + (uint32_t)y * 668265263u + (uint32_t)octave * 97u;

	h = (h ^ (h >> 13)) * 1274126177u;
	return (h >> 8) / 16777216.0;
}

static double texture(double x, double y)
{
	double sum = 0;

	for (int o = 0; o < 4; o++) {
		double cell = 6 << o, u = x / cell + 1000, v = y / cell + 1000;
		int i = (int)u, j = (int)v;
		double fu = u - i, fv = v - j;

		fu = fu * fu * (3 - 2 * fu);
		fv = fv * fv * (3 - 2 * fv);
		sum += (lattice(i, j, o) * (1 - fu) + lattice(i + 1, j, o) * fu) * (1 - fv) +
		       (lattice(i, j + 1, o) * (1 - fu) + lattice(i + 1, j + 1, o) * fu) * fv;
	}
	return sum / 4;
}

static void paint(uint8_t *p, int w, int h, double dx, double dy, double gain, double offset)
{
	for (int y = 0; y < h; y++) {
		for (int x = 0; x < w; x++) {
			double v = 30 + 190 * texture(x + dx, y + dy);

			v = v * gain + offset;
			p[y * w + x] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v + 0.5);
		}
	}
}

struct scene {
	int w, h;
	uint8_t *plane;
	struct vq_motion_picture a, b;
	struct vq_motion_field field;
};

static void scene_open(struct scene *s, int w, int h)
{
	struct vq_err err;

	s->w = w;
	s->h = h;
	s->plane = malloc((size_t)w * (size_t)h);
	if (s->plane == NULL || vq_motion_picture_init(&s->a, w, h, &err) != VQ_OK ||
		vq_motion_picture_init(&s->b, w, h, &err) != VQ_OK ||
		vq_motion_field_init(&s->field, w, h, &err) != VQ_OK)
		exit(1);
}

static void scene_close(struct scene *s)
{
	free(s->plane);
	vq_motion_picture_clear(&s->a);
	vq_motion_picture_clear(&s->b);
	vq_motion_field_clear(&s->field);
}

/* Share of blocks, those whose match is off the picture left out, that are
 * within tol pixels of (dx,dy). */
static double share_right(const struct scene *s, double dx, double dy, double tol)
{
	const struct vq_motion_field *f = &s->field;
	int right = 0, all = 0;

	for (int r = 0; r < f->rows; r++) {
		for (int c = 0; c < f->columns; c++) {
			const struct vq_motion_vector *v = &f->vector[r * f->columns + c];
			double x = f->x0 + 16 * c + dx, y = f->y0 + 16 * r + dy;

			if (x < 0 || y < 0 || x + 16 > s->w || y + 16 > s->h)
				continue;
			all++;
			right += fabs(v->x / 8.0 - dx) <= tol && fabs(v->y / 8.0 - dy) <= tol;
		}
	}
	return all == 0 ? 0 : (double)right / all;
}

static void test_pan(double dx, double dy, double gain, double offset, double tol, double want)
{
	struct scene s;
	double share, x, y;

	scene_open(&s, 320, 180);
	paint(s.plane, s.w, s.h, 0, 0, 1, 0);
	vq_motion_picture_set(&s.a, s.plane, (size_t)s.w);
	paint(s.plane, s.w, s.h, -dx, -dy, gain, offset);
	vq_motion_picture_set(&s.b, s.plane, (size_t)s.w);
	vq_motion_search(&s.a, &s.b, NULL, &s.field);
	share = share_right(&s, dx, dy, tol);
	ok(share >= want, "pan (%g,%g), light x%g%+g: %.3f of the blocks within %g px", dx, dy,
		gain, offset, share, tol);
	vq_motion_at(&s.field, 160, 90, &x, &y);
	ok(fabs(x - dx) <= tol && fabs(y - dy) <= tol, "smoothed in the middle: (%g,%g)", x, y);
	scene_close(&s);
}

/* A letter-sized thing that moves on its own must not bend the smooth field. */
static void test_smooth(void)
{
	struct scene s;
	double x, y;

	scene_open(&s, 320, 180);
	for (int pass = 0; pass < 2; pass++) {
		paint(s.plane, s.w, s.h, pass * 3, 0, 1, 0);
		for (int j = 80; j < 100; j++) {
			for (int i = 150; i < 170; i++)
				s.plane[j * s.w + i + pass * 5] = (uint8_t)((i * j) % 251);
		}
		vq_motion_picture_set(pass ? &s.b : &s.a, s.plane, (size_t)s.w);
	}
	vq_motion_search(&s.a, &s.b, NULL, &s.field);
	vq_motion_at(&s.field, 160, 90, &x, &y);
	ok(fabs(x + 3) < 0.3 && fabs(y) < 0.3, "smoothed motion under a small mover: (%g,%g)", x,
		y);
	scene_close(&s);
}

static void test_sizes(void)
{
	static const int size[][2] = {
		{1, 1}, {2, 2}, {15, 17}, {16, 16}, {33, 5}, {5, 33}, {500, 40}, {101, 180}};

	for (size_t i = 0; i < sizeof size / sizeof size[0]; i++) {
		struct scene s;
		double x, y;

		scene_open(&s, size[i][0], size[i][1]);
		paint(s.plane, s.w, s.h, 0, 0, 1, 0);
		vq_motion_picture_set(&s.a, s.plane, (size_t)s.w);
		vq_motion_picture_set(&s.b, s.plane, (size_t)s.w);
		vq_motion_search(&s.a, &s.b, &s.field, &s.field);
		vq_motion_at(&s.field, s.w / 2.0, s.h / 2.0, &x, &y);
		ok(x == 0 && y == 0 && s.field.vector[0].residual == 0,
			"%dx%d: a still picture is still", s.w, s.h);
		scene_close(&s);
	}
}

static void test_fetch(void)
{
	struct scene s;
	uint8_t out[256];
	int wrong = 0;

	scene_open(&s, 48, 40);
	for (int i = 0; i < s.w * s.h; i++)
		s.plane[i] = (uint8_t)rnd();
	vq_motion_picture_set(&s.a, s.plane, (size_t)s.w);
	for (int trial = 0; trial < 300; trial++) {
		int bx = (int)(rnd() % 3) * 16, by = (int)(rnd() % 2) * 16;
		int vx = (int)(rnd() % 97) - 48, vy = (int)(rnd() % 97) - 48;

		vq_motion_fetch16(&s.a, bx, by, vx, vy, out);
		for (int k = 0; k < 256; k++) {
			int x = bx + k % 16 + (vx >> 3), y = by + k / 16 + (vy >> 3), p[4];

			for (int n = 0; n < 4; n++) {
				int i = x + n % 2, j = y + n / 2;

				i = i < 0 ? 0 : i >= s.w ? s.w - 1 : i;
				j = j < 0 ? 0 : j >= s.h ? s.h - 1 : j;
				p[n] = s.plane[j * s.w + i];
			}
			wrong += out[k] !=
				 (((p[0] * (8 - (vx & 7)) + p[1] * (vx & 7)) * (8 - (vy & 7)) +
					  (p[2] * (8 - (vx & 7)) + p[3] * (vx & 7)) * (vy & 7) +
					  32) >>
					 6);
		}
	}
	is_int(wrong, 0, "bilinear blocks equal the scalar reference, over the edges too");
	scene_close(&s);
}

int main(void)
{
	test_sads();
	test_fetch();
	test_sizes();
	test_pan(0, 0, 1, 0, 0, 1);
	test_pan(3, 0, 1, 0, 0.13, 0.97);
	test_pan(-7, 4, 1, 0, 0.13, 0.97);
	test_pan(2.5, -1.25, 1, 0, 0.3, 0.95);
	test_pan(16, 6, 1, 0, 0.13, 0.95);
	test_pan(-40, 10, 1, 0, 0.13, 0.9);
	test_pan(60, -20, 1, 0, 0.13, 0.85);
	test_pan(4, 2, 1, 25, 0.3, 0.95);
	test_pan(4, 2, 0.8, 10, 0.5, 0.9);
	test_smooth();
	return done_testing();
}
