#include "stability.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FLAT 3.0f /* local deviation that is noise, levels */

#define LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH(a, b) __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define LOW_PAIRS(a, b) __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define HIGH_PAIRS(a, b) __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#define LOW_HALVES(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define HIGH_HALVES(a, b) __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15)

/* Rows of VQ_LANES become columns. */
__attribute__((always_inline)) static inline void transpose(vq_lanes v[VQ_LANES])
{
	vq_lanes t[VQ_LANES], u[VQ_LANES];

#pragma GCC unroll 4
	for (int i = 0; i < VQ_LANES; i += 2) {
		t[i] = LOW(v[i], v[i + 1]);
		t[i + 1] = HIGH(v[i], v[i + 1]);
	}
#pragma GCC unroll 2
	for (int i = 0; i < VQ_LANES; i += 4) {
		u[i] = LOW_PAIRS(t[i], t[i + 2]);
		u[i + 1] = HIGH_PAIRS(t[i], t[i + 2]);
		u[i + 2] = LOW_PAIRS(t[i + 1], t[i + 3]);
		u[i + 3] = HIGH_PAIRS(t[i + 1], t[i + 3]);
	}
#pragma GCC unroll 4
	for (int i = 0; i < VQ_LANES / 2; i++) {
		v[i] = LOW_HALVES(u[i], u[i + 4]);
		v[i + 4] = HIGH_HALVES(u[i], u[i + 4]);
	}
}

/* The sums of columns over 2r+1 rows, of row y after that of row y-1. */
__attribute__((always_inline)) static inline void next_columns(
	const float *in, float *column, float *out, int w, int h, int r, int y)
{
	const float *come = y + r < h ? in + (y + r) * w : NULL;
	const float *go = y > r ? in + (y - r - 1) * w : NULL;

	for (int x = 0; x < w; x += VQ_LANES) {
		vq_lanes s = *(vq_lanes *)(column + x);

		if (come != NULL)
			s += *(const vq_lanes *)(come + x);
		if (go != NULL)
			s -= *(const vq_lanes *)(go + x);
		*(vq_lanes *)(column + x) = s;
		*(vq_lanes *)(out + x) = s;
	}
}

/* Mean of each row over 2r+1 columns, edges shortened, VQ_LANES rows at once. */
__attribute__((always_inline)) static inline void row_means(
	const vq_lanes *v, vq_lanes *out, int w, int r)
{
	vq_lanes s = {0};
	int n = 0;

	for (int x = 0; x < r && x < w; x++, n++)
		s += v[x];
	for (int x = 0; x < w; x++) {
		if (x + r < w) {
			s += v[x + r];
			n++;
		}
		if (x > r) {
			s -= v[x - r - 1];
			n--;
		}
		out[x] = s / (float)n;
	}
}

/* Write rows of means, each times its part. */
__attribute__((always_inline)) static inline void put_rows(
	const vq_lanes *means, const float part[VQ_LANES], int rows, float *out, int w)
{
	int x = 0;

	for (; x + VQ_LANES <= w; x += VQ_LANES) {
		vq_lanes v[VQ_LANES];

#pragma GCC unroll 8
		for (int k = 0; k < VQ_LANES; k++)
			v[k] = means[x + k];
		transpose(v);
		for (int k = 0; k < rows; k++)
			*(vq_lanes *)(out + k * w + x) = v[k] * part[k];
	}
	for (; x < w; x++)
		for (int k = 0; k < rows; k++)
			out[k * w + x] = means[x][k] * part[k];
}

/* out = mean of in over a (2r+1)-square, edges shortened. */
VQ_WIDE static void box_mean(
	struct vq_aligner *al, const float *in, float *out, int w, int h, int r)
{
	memset(al->column, 0, ((size_t)w + VQ_LANES) * sizeof *al->column);
	for (int y = 0; y < r && y < h; y++)
		for (int x = 0; x < w; x++)
			al->column[x] += in[y * w + x];
	for (int y = 0; y < h; y += VQ_LANES) {
		int rows = h - y < VQ_LANES ? h - y : VQ_LANES;
		float part[VQ_LANES];

		for (int k = 0; k < rows; k++) {
			int lo = y + k - r < 0 ? 0 : y + k - r;
			int hi = y + k + r >= h ? h - 1 : y + k + r;

			next_columns(in, al->column, al->rows[k], w, h, r, y + k);
			part[k] = 1 / (float)(hi - lo + 1);
		}
		for (int x = 0; x < w; x += VQ_LANES) {
			vq_lanes v[VQ_LANES];

#pragma GCC unroll 8
			for (int k = 0; k < VQ_LANES; k++)
				v[k] = *(const vq_lanes *)(al->rows[k] + x);
			transpose(v);
#pragma GCC unroll 8
			for (int k = 0; k < VQ_LANES; k++)
				al->sums[x + k] = v[k];
		}
		row_means(al->sums, al->means, w, r);
		put_rows(al->means, part, rows, out + y * w, w);
	}
}

/* v /= deviation, at least FLAT. */
__attribute__((always_inline)) static inline void divide(vq_lanes *v, const vq_lanes *square)
{
	vq_lanes deviation;

#pragma GCC unroll 8
	for (int k = 0; k < VQ_LANES; k++) /* running sums round */
		deviation[k] = sqrtf((*square)[k] > 0 ? (*square)[k] : 0);
	*v /= deviation + FLAT;
}

/* Subtract the local mean, divide by the local deviation (at least FLAT). */
VQ_WIDE static void normalise(struct vq_aligner *al, float *v, int w, int h, int r)
{
	int n = w * h;

	box_mean(al, v, al->a, w, h, r);
	for (int i = 0; i < n; i += VQ_LANES) {
		vq_lanes d = *(vq_lanes *)(v + i) - *(vq_lanes *)(al->a + i);

		*(vq_lanes *)(v + i) = d;
		*(vq_lanes *)(al->a + i) = d * d;
	}
	box_mean(al, al->a, al->b, w, h, r);
	for (int i = 0; i < n; i += VQ_LANES) {
		divide((vq_lanes *)(v + i), (const vq_lanes *)(al->b + i));
	}
}

struct moments {
	double aa, bb, ab;
	int n;
};

/* What is flatter than the floor (mean square) is alike in both; one flat: not. */
static double correlate(const struct moments *m, double floor)
{
	floor *= m->n;
	return m->n == 0 ? 1 : (m->ab + floor) / sqrt((m->aa + floor) * (m->bb + floor));
}

#define LETTERS_FLAT 0.02
#define FAR_FLAT 0.1 /* a coder's noise on an even ground is no change of the surroundings */

static bool within(const int box[4], int u, int v)
{
	return u >= box[0] && u < box[2] && v >= box[1] && v < box[3];
}

static void add_moment(struct moments *m, float a, float b)
{
	m->aa += a * a;
	m->bb += b * b;
	m->ab += a * b;
	m->n++;
}

static int by_double(const void *a, const void *b)
{
	double p = *(const double *)a, q = *(const double *)b;

	return (p > q) - (p < q);
}

/* Cells about a letter wide along the longer side; mean of the worst tenth. */
static double worst_cells(const struct vq_aligner *al, const struct vq_crop *c)
{
	const int *in = c->inner;
	int side = VQ_CROP_LETTER, across = (in[2] - in[0] + side / 2) / side;
	int down = (in[3] - in[1] + side / 2) / side, count = 0, tenth;
	double r[256], sum = 0;

	across = across < 1 ? 1 : across > 64 ? 64 : across;
	down = down < 1 ? 1 : down > 256 / across ? 256 / across : down;
	for (int j = 0; j < down; j++)
		for (int i = 0; i < across; i++) {
			struct moments m = {0};
			int u2 = in[0] + (i + 1) * (in[2] - in[0]) / across;
			int v2 = in[1] + (j + 1) * (in[3] - in[1]) / down;

			for (int v = in[1] + j * (in[3] - in[1]) / down; v < v2; v++)
				for (int u = in[0] + i * (in[2] - in[0]) / across; u < u2; u++)
					if (al->seen[v * c->width + u])
						add_moment(&m, al->then[v * c->width + u],
							al->now[v * c->width + u]);
			if (m.n > 8)
				r[count++] = correlate(&m, LETTERS_FLAT);
		}
	if (count == 0)
		return 1;
	qsort(r, (size_t)count, sizeof *r, by_double);
	tenth = (count + 9) / 10;
	for (int i = 0; i < tenth; i++)
		sum += r[i];
	return sum / tenth;
}

static float gradient(const float *v, int i, int w)
{
	return fabsf(v[i + 1] - v[i - 1]) + fabsf(v[i + w] - v[i - w]);
}

/* Raw measures, before normalisation. */
static void compare_raw(const struct vq_aligner *al, const struct vq_crop *c, struct vq_likeness *o)
{
	double sa = 0, sb = 0, saa = 0, sbb = 0, la = 0, lb = 0, n = 0, all = 0;
	double ga = 0, gb = 0, gaa = 0, gbb = 0, gab = 0;
	int w = c->width;

	for (int v = c->inner[1]; v < c->inner[3]; v++)
		for (int u = c->inner[0]; u < c->inner[2]; u++) {
			int i = v * w + u;
			float a = al->then[i], b = al->now[i], p, q;

			all++;
			if (!al->seen[i] || u < 1 || v < 1 || u >= w - 1 || v >= c->height - 1)
				continue;
			n++;
			sa += a;
			sb += b;
			saa += a * a;
			sbb += b * b;
			la += fabsf(4 * a - al->then[i - 1] - al->then[i + 1] - al->then[i - w] -
				    al->then[i + w]);
			lb += fabsf(4 * b - al->now[i - 1] - al->now[i + 1] - al->now[i - w] -
				    al->now[i + w]);
			p = gradient(al->then, i, w);
			q = gradient(al->now, i, w);
			ga += p;
			gb += q;
			gaa += p * p;
			gbb += q * q;
			gab += p * q;
		}
	o->visible = all > 0 ? n / all : 0;
	n = n < 1 ? 1 : n;
	saa = sqrt(fmax(0, saa / n - sa * sa / (n * n)));
	sbb = sqrt(fmax(0, sbb / n - sb * sb / (n * n)));
	o->contrast = saa;
	o->gain = (sbb + 1) / (saa + 1);
	o->light = (sb - sa) / n;
	o->sharp_then = la / (4 * n);
	o->sharp = lb / (4 * n);
	gaa -= ga * ga / n;
	gbb -= gb * gb / n;
	gab -= ga * gb / n;
	o->edge = (gab + n) / sqrt((gaa + n) * (gbb + n));
}

/* v becomes 0 where pixels are not far from letters. */
__attribute__((always_inline)) static inline void keep_far(vq_lanes *v, const uint8_t *far)
{
	vq_int_lanes is = __builtin_convertvector(*(const vq_byte_lanes *)far, vq_int_lanes);

	*v = (vq_lanes)((vq_int_lanes)*v & (is != 0));
}

/* Like normalise(), for the pixels far from letters and by them alone; the others become 0. */
VQ_WIDE static void normalise_far(struct vq_aligner *al, float *v, int w, int h, int r)
{
	int n = w * h;

	for (int i = 0; i < n; i += VQ_LANES)
		*(vq_lanes *)(v + i) *=
			__builtin_convertvector(*(const vq_byte_lanes *)(al->far + i), vq_lanes);
	box_mean(al, v, al->a, w, h, r);
	for (int i = 0; i < n; i += VQ_LANES) {
		vq_lanes d = *(vq_lanes *)(v + i) -
			     *(vq_lanes *)(al->a + i) / *(vq_lanes *)(al->share + i);

		keep_far(&d, al->far + i);
		*(vq_lanes *)(v + i) = d;
		*(vq_lanes *)(al->a + i) = d * d;
	}
	box_mean(al, al->a, al->b, w, h, r);
	for (int i = 0; i < n; i += VQ_LANES) {
		vq_lanes square = *(vq_lanes *)(al->b + i) / *(vq_lanes *)(al->share + i);

		divide((vq_lanes *)(v + i), &square);
		keep_far((vq_lanes *)(v + i), al->far + i);
	}
}

void vq_crop_compare(struct vq_aligner *a, const struct vq_crop *c, const struct vq_pyramid *p,
	const struct vq_warp *w, struct vq_likeness *o)
{
	struct moments box = {0}, ring = {0};
	int level = vq_pyramid_level(p, c->scale), radius = VQ_CROP_LETTER / 3;
	double same = 0, any = 0;

	for (int v = 0; v < c->height; v++)
		vq_warp_row(p, level, w, 0, c->width, v, 1, a->now + v * c->width,
			a->seen + v * c->width);
	for (int i = 0; i < c->width * c->height; i++)
		a->then[i] = c->pixel[i];
	compare_raw(a, c, o);
	normalise(a, a->now, c->width, c->height, radius);
	normalise(a, a->then, c->width, c->height, radius);
	for (int v = 0, i = 0; v < c->height; v++)
		for (int u = 0; u < c->width; u++, i++) {
			float x = a->then[i], y = a->now[i];

			if (!a->seen[i])
				continue;
			if (!within(c->inner, u, v)) {
				if (within(c->fit, u, v))
					add_moment(&ring, x, y);
				continue;
			}
			add_moment(&box, x, y);
			if (fabsf(x) > 0.7f || fabsf(y) > 0.7f) {
				any++;
				same += x * y > 0 && fabsf(x) > 0.35f && fabsf(y) > 0.35f;
			}
		}
	o->box = correlate(&box, LETTERS_FLAT);
	o->ring = correlate(&ring, LETTERS_FLAT);
	o->stroke = any > 0 ? same / any : 1;
	o->worst = worst_cells(a, c);
}

double vq_crop_surroundings(struct vq_aligner *a, const struct vq_crop *c,
	const struct vq_pyramid *p, const struct vq_warp *w, double *light)
{
	int level = vq_pyramid_level(p, c->scale), radius = VQ_CROP_LETTER / 3,
	    n = c->width * c->height;
	struct moments m = {0};
	double difference = 0;

	for (int v = 0; v < c->height; v++)
		vq_warp_row(p, level, w, 0, c->width, v, 1, a->now + v * c->width,
			a->seen + v * c->width);
	for (int i = 0; i < n; i++) {
		a->far[i] = c->far[i] && a->seen[i];
		a->a[i] = a->far[i];
		a->then[i] = c->pixel[i];
		difference += a->far[i] ? a->now[i] - a->then[i] : 0;
	}
	box_mean(a, a->a, a->share, c->width, c->height, radius);
	normalise_far(a, a->now, c->width, c->height, radius);
	normalise_far(a, a->then, c->width, c->height, radius);
	for (int i = 0; i < n; i++)
		if (a->far[i])
			add_moment(&m, a->then[i], a->now[i]);
	*light = m.n > 0 ? difference / m.n : 0;
	return correlate(&m, FAR_FLAT);
}
