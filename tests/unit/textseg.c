/* lib/textseg against its network computed plainly in double precision. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/textseg.h"
#include "../../lib/textseg_weights.h"
#include "../tap.h"

/* A picture of channels, row by row, a channel after the other. */
struct map {
	int w, h, n;
	double *v;
};

static struct map map_new(int w, int h, int n)
{
	return (struct map){w, h, n, calloc((size_t)(w * h * n), sizeof(double))};
}

static double *at(const struct map *m, int c, int x, int y)
{
	return &m->v[(c * m->h + y) * m->w + x];
}

static double pixel(const uint8_t *plane, int w, int h, int x, int y)
{
	return plane[(y < h ? y : h - 1) * w + (x < w ? x : w - 1)];
}

static struct map input(const struct vq_frame *f)
{
	int w = (f->width + 31) / 32 * 8, h = (f->height + 31) / 32 * 8;
	struct map m = map_new(w, h, VQ_TEXTSEG_CHANNELS);

	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++) {
			for (int k = 0; k < 16; k++)
				*at(&m, k, x, y) = pixel(f->plane[0], f->width, f->height,
					4 * x + k % 4, 4 * y + k / 4);
			for (int k = 0; k < 8; k++)
				*at(&m, 16 + k, x, y) = pixel(f->plane[1 + k / 4], f->width / 2,
					f->height / 2, 2 * x + k % 2, 2 * y + k % 4 / 2);
		}
	return m;
}

static struct map point(struct map m, const float *w, const float *b, int n, bool positive)
{
	struct map o = map_new(m.w, m.h, n);

	for (int k = 0; k < n; k++)
		for (int y = 0; y < m.h; y++)
			for (int x = 0; x < m.w; x++) {
				double sum = b[k];

				for (int c = 0; c < m.n; c++)
					sum += *at(&m, c, x, y) *
					       (double)w[(k / 4 * m.n + c) * 4 + k % 4];
				*at(&o, k, x, y) = positive && sum < 0 ? 0 : sum;
			}
	free(m.v);
	return o;
}

static struct map separable(
	const struct map *m, int step, const float *d, const float *p, const float *b, int n)
{
	struct map o = map_new(m->w / step, m->h / step, m->n);

	for (int c = 0; c < m->n; c++)
		for (int y = 0; y < o.h; y++)
			for (int x = 0; x < o.w; x++)
				for (int k = 0; k < 9; k++) {
					int u = x * step + k % 3 - 1, v = y * step + k / 3 - 1;

					if (u >= 0 && v >= 0 && u < m->w && v < m->h)
						*at(&o, c, x, y) +=
							*at(m, c, u, v) * (double)d[9 * c + k];
				}
	return point(o, p, b, n, true);
}

static struct map plus(struct map a, struct map b)
{
	int up = a.w / b.w;

	for (int c = 0; c < a.n; c++)
		for (int y = 0; y < a.h; y++)
			for (int x = 0; x < a.w; x++)
				*at(&a, c, x, y) += *at(&b, c, x / up, y / up);
	free(b.v);
	return a;
}

static struct map copy(struct map m)
{
	struct map o = map_new(m.w, m.h, m.n);

	memcpy(o.v, m.v, (size_t)(m.w * m.h * m.n) * sizeof(double));
	return o;
}

#define S(m, step, d, p, n)                                                                        \
	separable(&m, step, depth##d##_weight, point##p##_weight, point##p##_bias, n)
#define R(m, d, p) m = plus(m, S(m, 1, d, p, m.n))
#define UP(m, from, p)                                                                             \
	m = plus(m, point(copy(from), point##p##_weight, point##p##_bias, m.n, false))

static struct map network(const struct vq_frame *f)
{
	struct map a = point(input(f), point0_weight, point0_bias, QUARTER, true), b, c, d, o;

	R(a, 0, 1);
	b = S(a, 2, 1, 2, EIGHTH);
	R(b, 2, 3);
	R(b, 3, 4);
	c = S(b, 2, 4, 5, SIXTEENTH);
	R(c, 5, 6);
	R(c, 6, 7);
	d = S(c, 2, 7, 8, THIRTYSECOND);
	R(d, 8, 9);
	R(d, 9, 10);
	R(d, 10, 11);
	UP(c, d, 12);
	R(c, 11, 13);
	UP(b, c, 14);
	R(b, 12, 15);
	UP(a, b, 16);
	o = S(a, 1, 13, 17, QUARTER);
	free(a.v);
	free(b.v);
	free(c.v);
	free(d.v);
	return o;
}

static void fill(struct vq_frame *f, unsigned seed)
{
	int n = f->width * f->height;

	for (int p = 0; p < 3; p++)
		for (int i = 0; i < (p ? n / 4 : n); i++) {
			seed = seed * 1664525u + 1013904223u;
			f->plane[p][i] = (uint8_t)(100 + i % 64 + (int)(seed >> 27));
		}
}

static void test_size(int width, int height)
{
	struct vq_textseg *s = NULL;
	struct vq_frame f = {0};
	struct vq_err err;
	const uint8_t *core;
	const float *tall;
	double off = 0, off_height = 0;
	int high = 0;
	struct map o;

	ok(vq_textseg_new(&s, width, height, &err) == VQ_OK &&
			vq_frame_init(&f, width, height, &err) == VQ_OK,
		"%dx%d", width, height);
	ok(vq_textseg_width(s) == (width + 3) / 4 && vq_textseg_height(s) == (height + 3) / 4,
		"its maps have a cell for each 4x4 pixels");
	for (unsigned turn = 0; turn < 2; turn++) { /* the second run starts from used maps */
		fill(&f, turn + 1);
		vq_textseg_run(s, &f, &core, &tall);
		o = network(&f);
		for (int y = 0; y < vq_textseg_height(s); y++)
			for (int x = 0; x < vq_textseg_width(s); x++) {
				double p = head_bias[0], h = head_bias[1];
				int i = y * vq_textseg_width(s) + x;

				for (int c = 0; c < QUARTER; c++) {
					p += *at(&o, c, x, y) * (double)head_weight[c];
					h += *at(&o, c, x, y) * (double)head_weight[QUARTER + c];
				}
				off = fmax(off, fabs(255 / (1 + exp(-p)) - core[i]));
				if (core[i] < 32)
					continue;
				high++;
				off_height = fmax(off_height,
					fabs(fmin(16 * exp2(h), 512) / (double)tall[i] - 1));
			}
		free(o.v);
	}
	ok(off < 1, "probabilities within %.2f of 255", off);
	ok(off_height < 1e-3, "heights of %d cells within %.1e", high, off_height);
	vq_frame_clear(&f);
	vq_textseg_free(&s);
	ok(s == NULL, "freed and cleared");
}

int main(void)
{
	test_size(160, 96);
	test_size(90, 66);
	test_size(16, 16);
	vq_textseg_free(&(struct vq_textseg *){NULL});
	return done_testing();
}
