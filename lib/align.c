#include "align.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MARGIN 0.9	/* of the crop: the ring, */
#define GAP 0.4		/* but for so much of it, into which tall letters reach */
#define NEAR 0.4	/* what an alignment looks at */
#define SHIFT_STEPS 4	/* Gauss-Newton steps for translation, at most */
#define AFFINE_STEPS 8	/* and for all six parameters */
#define FIT_PIXELS 3500 /* pixels that the fit looks at, about */
#define SEARCH_POINTS 1024

/* ---- crops --------------------------------------------------------------------------- */

/* The fit looks at every stride-th pixel of a row, from another column in each row, so
 * that no edge falls between them. */
static int first_column(const struct vq_crop *c, int v, int stride)
{
	return c->fit[0] + v % stride;
}

static int fit_pixels(const struct vq_crop *c)
{
	return (c->fit[2] - c->fit[0]) * (c->fit[3] - c->fit[1]);
}

int vq_warp_row(const struct vq_pyramid *p, int level, const struct vq_warp *w, int first, int last,
	int v, int stride, float *out, uint8_t *seen)
{
	int count = (last - first + stride - 1) / stride;

	if (count > 0)
		vq_pyramid_row(p, level, w->m[0] + w->m[1] * first + w->m[2] * v,
			w->m[3] + w->m[4] * first + w->m[5] * v, w->m[1] * stride, w->m[4] * stride,
			count, out, seen);
	return count;
}

/* Length in crop pixels, at least 4. */
static int crop_length(double pixels, double scale, int most)
{
	int n = (int)(pixels / scale);

	return n < 4 ? 4 : n > most ? most : n;
}

/* What lies between two margins (frame pixels), at least one crop pixel. */
static void span_of(double before, double after, double scale, int length, int *from, int *to)
{
	*from = (int)fmin(fmax(0, before) / scale, length - 1);
	*to = length - (int)fmin(fmax(0, after) / scale, length);
	*to = *to > *from ? *to : *from + 1;
}

/* A box, and as much around it as its letters reach into, is not far from letters. */
static void leave_out(struct vq_crop *c, const double box[4], double gap)
{
	int left = (int)fmax(0, floor((box[0] - gap - c->x) / c->scale));
	int top = (int)fmax(0, floor((box[1] - gap - c->y) / c->scale));
	int right = (int)fmin(c->width, ceil((box[2] + gap - c->x) / c->scale));
	int bottom = (int)fmin(c->height, ceil((box[3] + gap - c->y) / c->scale));

	for (int v = top; v < bottom && left < right; v++)
		memset(c->far + v * c->width + left, 0, (size_t)(right - left));
}

void vq_crop_take(struct vq_crop *c, const struct vq_pyramid *p, const double box[4], double letter,
	const double (*others)[4], size_t count)
{
	double least = fmin(letter, box[3] - box[1]), margin = fmax(4, MARGIN * least);
	double near = fmax(3, NEAR * least);
	double left = fmax(0, box[0] - margin), top = fmax(0, box[1] - margin);
	double w = fmin(p->width[0], box[2] + margin) - left;
	double h = fmin(p->height[0], box[3] + margin) - top;
	double scale =
		fmax(1, fmax(letter / VQ_CROP_LETTER, sqrt(w * h / (VQ_CROP_PIXELS * 0.95))));
	int level;

	c->width = crop_length(w, scale, VQ_CROP_WIDTH);
	c->height = crop_length(h, scale, VQ_CROP_PIXELS / c->width);
	c->scale = scale;
	c->x = left;
	c->y = top;
	span_of(box[0] - left, left + w - box[2], scale, c->width, &c->inner[0], &c->inner[2]);
	span_of(box[1] - top, top + h - box[3], scale, c->height, &c->inner[1], &c->inner[3]);
	for (int i = 0; i < 2; i++) {
		c->fit[i] = (int)fmax(1, c->inner[i] - round(near / scale));
		c->fit[i + 2] = (int)fmin(
			(i == 0 ? c->width : c->height) - 1, c->inner[i + 2] + round(near / scale));
	}
	level = vq_pyramid_level(p, scale);
	for (int v = 0; v < c->height; v++) {
		float row[VQ_CROP_WIDTH];
		uint8_t seen[VQ_CROP_WIDTH];

		vq_pyramid_row(p, level, c->x, c->y + v * scale, scale, 0, c->width, row, seen);
		for (int u = 0; u < c->width; u++)
			c->pixel[v * c->width + u] = (uint8_t)(row[u] + 0.5f);
	}
	memset(c->far, 1, (size_t)(c->width * c->height));
	leave_out(c, box, GAP * least);
	for (size_t i = 0; i < count; i++)
		leave_out(c, others[i], GAP * least);
}

void vq_warp_box(const struct vq_crop *c, const struct vq_warp *w, double box[4])
{
	box[0] = box[1] = 1e9;
	box[2] = box[3] = -1e9;
	for (int i = 0; i < 4; i++) {
		double u = c->inner[i & 1 ? 2 : 0], v = c->inner[i & 2 ? 3 : 1];
		double x = w->m[0] + w->m[1] * u + w->m[2] * v;
		double y = w->m[3] + w->m[4] * u + w->m[5] * v;

		box[0] = fmin(box[0], x);
		box[1] = fmin(box[1], y);
		box[2] = fmax(box[2], x);
		box[3] = fmax(box[3], y);
	}
}

/* ---- alignment ----------------------------------------------------------------------- */

enum vq_code vq_aligner_new(struct vq_aligner **a, struct vq_err *err)
{
	*a = calloc(1, sizeof **a);
	return *a == NULL ? vq_nomem(err) : VQ_OK;
}

void vq_aligner_free(struct vq_aligner **a)
{
	free(*a);
	*a = NULL;
}

struct sums {
	double a, b, aa, bb, ab, n;
};

static double pearson(const struct sums *s)
{
	double aa = s->aa - s->a * s->a / s->n, bb = s->bb - s->b * s->b / s->n;
	double ab = s->ab - s->a * s->b / s->n;

	if (s->n < 12)
		return -1;
	if (aa > s->n && bb > s->n)
		return ab / sqrt(aa * bb);
	return aa <= s->n && bb <= s->n ? 0.5 : 0;
}

/* Correlation of every stride-th crop pixel with the frame under a warp. */
static double correlation(struct vq_aligner *al, const struct vq_crop *c,
	const struct vq_pyramid *p, int level, const struct vq_warp *w, int stride)
{
	struct sums s = {0};

	for (int v = c->fit[1]; v < c->fit[3]; v++) {
		int first = first_column(c, v, stride);
		int n = vq_warp_row(p, level, w, first, c->fit[2], v, stride, al->now, al->seen);

		for (int i = 0; i < n; i++) {
			double then = c->pixel[v * c->width + first + i * stride], now = al->now[i];

			if (!al->seen[i])
				continue;
			s.a += then;
			s.b += now;
			s.aa += then * then;
			s.bb += now * now;
			s.ab += then * now;
			s.n++;
		}
	}
	return pearson(&s);
}

/* The crop's points that the search compares, as places in one pyramid level. */
struct points {
	int n, left, top, right, bottom; /* extent */
	int x[SEARCH_POINTS], y[SEARCH_POINTS], offset[SEARCH_POINTS];
	int value[SEARCH_POINTS];
};

static void pick_points(const struct vq_crop *c, const struct vq_pyramid *p, int level, int step,
	const struct vq_warp *w, struct points *o)
{
	double k = 1.0 / (1 << level);

	*o = (struct points){
		.left = 1 << 20, .top = 1 << 20, .right = -(1 << 20), .bottom = -(1 << 20)};
	for (int v = c->fit[1] + step / 2; v < c->fit[3]; v += step)
		for (int u = c->fit[0] + step / 2; u < c->fit[2] && o->n < SEARCH_POINTS;
			u += step) {
			int x = (int)floor((w->m[0] + w->m[1] * u + 0.5) * k);
			int y = (int)floor((w->m[3] + w->m[5] * v + 0.5) * k);

			o->x[o->n] = x;
			o->y[o->n] = y;
			o->offset[o->n] = y * p->width[level] + x;
			o->value[o->n++] = c->pixel[v * c->width + u];
			o->left = x < o->left ? x : o->left;
			o->right = x > o->right ? x : o->right;
			o->top = y < o->top ? y : o->top;
			o->bottom = y > o->bottom ? y : o->bottom;
		}
}

/* Sums over the points for VQ_LANES shifts that lie side by side. */
struct tally {
	vq_int_lanes b, bb, ab;
	int a, aa, n;
};

static bool all_inside(const struct points *o, int w, int h, int i, int j)
{
	return o->left + i >= 0 && o->right + i < w && o->top + j >= 0 && o->bottom + j < h;
}

/* Of the shifts (i..i+VQ_LANES-1, j), all inside the frame. */
VQ_WIDE static void tally_row(
	const struct points *o, const uint8_t *pixel, int shift, struct tally *out)
{
	struct tally t = {.n = o->n};

	for (int k = 0; k < o->n; k++) {
		vq_byte_lanes at;
		vq_int_lanes b;
		int a = o->value[k];

		memcpy(&at, pixel + (o->offset[k] + shift), sizeof at);
		b = __builtin_convertvector(at, vq_int_lanes);
		t.a += a;
		t.aa += a * a;
		t.b += b;
		t.bb += b * b;
		t.ab += a * b;
	}
	*out = t;
}

/* Of one shift, the points that lie inside the frame. */
static void tally_edge(const struct points *o, const struct vq_pyramid *p, int level, int i, int j,
	struct tally *t)
{
	int w = p->width[level], h = p->height[level], shift = j * w + i;

	*t = (struct tally){0};
	for (int k = 0; k < o->n; k++) {
		int x = o->x[k] + i, y = o->y[k] + j, a = o->value[k], b;

		if (x < 0 || x >= w || y < 0 || y >= h)
			continue;
		b = p->pixel[level][o->offset[k] + shift];
		t->a += a;
		t->aa += a * a;
		t->b[0] += b;
		t->bb[0] += b * b;
		t->ab[0] += a * b;
		t->n++;
	}
}

/* Correlation; -2 when less than half of the points are there. */
static double score_shift(const struct points *o, const struct tally *t, int i)
{
	struct sums s = {(double)t->a, (double)t->b[i], (double)t->aa, (double)t->bb[i],
		(double)t->ab[i], (double)t->n};

	return 2 * t->n < o->n ? -2 : pearson(&s);
}

/* Scores of shifts from (i,j) on, at most so many; returns of how many. */
static int score_shifts(const struct points *o, const struct vq_pyramid *p, int level, int i, int j,
	int most, double score[VQ_LANES])
{
	int w = p->width[level], h = p->height[level], n = 1;
	struct tally t;

	if (most >= VQ_LANES && all_inside(o, w, h, i, j) &&
		all_inside(o, w, h, i + VQ_LANES - 1, j)) {
		n = VQ_LANES;
		tally_row(o, p->pixel[level], j * w + i, &t);
	} else {
		tally_edge(o, p, level, i, j, &t);
	}
	for (int k = 0; k < n; k++)
		score[k] = score_shift(o, &t, k);
	return n;
}

/* Exhaustive search around the start, whole pixels of a coarse level. */
static void search(
	const struct vq_crop *c, const struct vq_pyramid *p, double radius, struct vq_warp *w)
{
	struct points o;
	struct vq_warp start = *w;
	double best = -2, grid, score[VQ_LANES];
	int step = 1, level, reach;

	while (fit_pixels(c) / (step * step) > SEARCH_POINTS / 2 &&
		(c->fit[3] - c->fit[1]) / (step + 1) >= 5)
		step++;
	level = vq_pyramid_level(p, step * c->scale);
	grid = 1 << level;
	reach = (int)ceil(radius / grid);
	pick_points(c, p, level, step, w, &o);
	for (int j = -reach; j <= reach; j++)
		for (int i = -reach, n; i <= reach; i += n) {
			n = score_shifts(&o, p, level, i, j, reach - i + 1, score);
			for (int k = 0; k < n; k++) {
				double r = score[k] - 0.004 * (abs(i + k) + abs(j));

				if (r > best) {
					best = r;
					w->m[0] = start.m[0] + (i + k) * grid;
					w->m[3] = start.m[3] + j * grid;
				}
			}
		}
}

/* Solve the n x n system in place (Cholesky); false when it is singular. */
static bool solve(double *h, double *b, int n)
{
	for (int i = 0; i < n; i++) {
		for (int j = 0; j <= i; j++) {
			double s = h[i * 6 + j];

			for (int k = 0; k < j; k++)
				s -= h[i * 6 + k] * h[j * 6 + k];
			if (i == j) {
				if (s <= 1e-9)
					return false;
				h[i * 6 + i] = sqrt(s);
			} else {
				h[i * 6 + j] = s / h[j * 6 + j];
			}
		}
		for (int k = 0; k < i; k++)
			b[i] -= h[i * 6 + k] * b[k];
		b[i] /= h[i * 6 + i];
	}
	for (int i = n - 1; i >= 0; i--) {
		for (int k = i + 1; k < n; k++)
			b[i] -= h[k * 6 + i] * b[k];
		b[i] /= h[i * 6 + i];
	}
	return true;
}

/* Gain and offset that bring the frame's pixels to the crop's, and the usual error. */
struct tone {
	float gain, offset, noise;
};

/* Sample the crop's pixels in the frame, row after row, into al->now. */
static struct tone level_out(struct vq_aligner *al, const struct vq_crop *c,
	const struct vq_pyramid *p, int level, const struct vq_warp *w, int stride)
{
	float sa = 0, sb = 0, saa = 0, sbb = 0, n = 0, err = 0;
	struct tone t;
	int total = 0;

	for (int v = c->fit[1]; v < c->fit[3]; v++) {
		int first = first_column(c, v, stride);
		const uint8_t *then = c->pixel + v * c->width + first;
		int count = vq_warp_row(p, level, w, first, c->fit[2], v, stride, al->now + total,
			al->seen + total);

		for (int i = 0; i < count; i++) {
			float k = al->seen[total + i], a = k * then[i * stride];
			float b = k * al->now[total + i];

			al->then[total + i] = then[i * stride];
			sa += a;
			sb += b;
			saa += a * a;
			sbb += b * b;
			n += k;
		}
		total += count;
	}
	n = n < 1 ? 1 : n;
	saa = saa / n - sa * sa / (n * n);
	sbb = sbb / n - sb * sb / (n * n);
	t.gain = sbb > 1 && saa > 1 ? fminf(2, fmaxf(0.5f, sqrtf(saa / sbb))) : 1;
	t.offset = sa / n - t.gain * sb / n;
	for (int i = 0; i < total; i++)
		err += (float)al->seen[i] * fabsf(t.gain * al->now[i] + t.offset - al->then[i]);
	t.noise = 3 + 2 * err / n;
	return t;
}

/* Gauss-Newton's normal equations, of two parameters or of all six. */
struct normal {
	vq_lanes h[6], b;
};

/* Add a pixel: its derivatives, weight and residual. */
__attribute__((always_inline)) static inline void accumulate(
	struct normal *e, const vq_lanes *j, float k, float r, const int n)
{
	vq_lanes kj = k * *j;

	e->b += kj * r;
#pragma GCC unroll 6
	for (int q = 0; q < n; q++)
		e->h[q] += kj[q] * *j;
}

__attribute__((always_inline)) static inline void add_pixels(const struct vq_aligner *al,
	const struct vq_crop *c, const struct tone *t, int stride, const int n, struct normal *out)
{
	float cx = (float)c->width / 2, cy = (float)c->height / 2;
	struct normal e = {0};
	int i = 0;

	for (int v = c->fit[1]; v < c->fit[3]; v++)
		for (int u = first_column(c, v, stride); u < c->fit[2]; u += stride, i++) {
			const uint8_t *at = c->pixel + v * c->width + u;
			float gx = (float)(at[1] - at[-1]) * 0.5f;
			float gy = (float)(at[c->width] - at[-c->width]) * 0.5f;
			float r = t->gain * al->now[i] + t->offset - at[0];
			float k = (float)al->seen[i] / (1 + r * r / (t->noise * t->noise));
			float x = (float)u - cx, y = (float)v - cy;
			vq_lanes j = {gx, gy, gx * x, gx * y, gy * x, gy * y};

			accumulate(&e, &j, k, r, n);
		}
	*out = e;
}

VQ_WIDE static void normal_equations(const struct vq_aligner *al, const struct vq_crop *c,
	const struct tone *t, int stride, int n, struct normal *e)
{
	if (n == 2)
		add_pixels(al, c, t, stride, 2, e);
	else
		add_pixels(al, c, t, stride, 6, e);
}

/* One step of the inverse compositional kind, weighted against outliers: letters
 * that changed must not pull the warp.  False when the warp stands still. */
static bool step_warp(struct vq_aligner *al, const struct vq_crop *c, const struct vq_pyramid *p,
	int level, struct vq_warp *w, int stride, int n)
{
	struct tone tone = level_out(al, c, p, level, w, stride);
	struct normal sums;
	double h[36] = {0}, b[6] = {0}, cx = c->width / 2.0, cy = c->height / 2.0, m[6], du, dv;

	normal_equations(al, c, &tone, stride, n, &sums);
	for (int q = 0; q < n; q++) {
		b[q] = sums.b[q];
		for (int s = 0; s <= q; s++)
			h[q * 6 + s] = sums.h[q][s];
		h[q * 6 + q] += 1e-3 * h[q * 6 + q] + 1e-3;
	}
	if (!solve(h, b, n))
		return false;
	/* W(u) <- W(inverse of u + d(u)): to first order W(u - d(u)). */
	du = b[0] - b[2] * cx - b[3] * cy;
	dv = b[1] - b[4] * cx - b[5] * cy;
	memcpy(m, w->m, sizeof m);
	w->m[0] = m[0] - m[1] * du - m[2] * dv;
	w->m[1] = m[1] - m[1] * b[2] - m[2] * b[4];
	w->m[2] = m[2] - m[1] * b[3] - m[2] * b[5];
	w->m[3] = m[3] - m[4] * du - m[5] * dv;
	w->m[4] = m[4] - m[4] * b[2] - m[5] * b[4];
	w->m[5] = m[5] - m[4] * b[3] - m[5] * b[5];
	return fabs(b[0]) + fabs(b[1]) + (fabs(b[2]) + fabs(b[4])) * cx +
		       (fabs(b[3]) + fabs(b[5])) * cy >
	       0.05;
}

/* A warp that shears or scales by more than a third between two samples has
 * slipped onto something else. */
static bool sane(const struct vq_warp *w, double scale)
{
	return fabs(w->m[1] / scale - 1) < 0.35 && fabs(w->m[5] / scale - 1) < 0.35 &&
	       fabs(w->m[2] / scale) < 0.35 && fabs(w->m[4] / scale) < 0.35;
}

double vq_crop_align(struct vq_aligner *a, const struct vq_crop *c, const struct vq_pyramid *p,
	double dx, double dy, double radius, double zoom, struct vq_warp *w)
{
	int level = vq_pyramid_level(p, c->scale), stride = 1;
	double size = c->scale * zoom, rest = c->scale - size; /* about the middle */
	struct vq_warp t;
	double best, r;

	*w = (struct vq_warp){{c->x + dx + rest * c->width / 2, size, 0,
		c->y + dy + rest * c->height / 2, 0, size}};
	while (fit_pixels(c) / stride > FIT_PIXELS)
		stride++;
	best = correlation(a, c, p, level, w, stride);
	if (radius > 0) {
		t = *w;
		search(c, p, radius, &t);
		r = correlation(a, c, p, level, &t, stride);
		if (r > best) { /* coarse levels may look better where it is not */
			best = r;
			*w = t;
		}
	}
	for (int kind = 2; kind <= 6; kind += 4) {
		t = *w;
		for (int i = 0; i < (kind == 2 ? SHIFT_STEPS : AFFINE_STEPS) &&
				step_warp(a, c, p, level, &t, stride, kind);
			i++)
			;
		r = correlation(a, c, p, level, &t, stride);
		if (sane(&t, c->scale) && r > best) {
			best = r;
			*w = t;
		}
	}
	return best;
}
