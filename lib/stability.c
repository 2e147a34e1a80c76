#include "stability.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LETTER 26 /* letter height in a crop, at most */
/* Around a box, in heights of a small letter. */
#define MARGIN 0.9	/* of the crop: the ring, */
#define GAP 0.4		/* but for so much of it, into which tall letters reach */
#define NEAR 0.4	/* what an alignment looks at */
#define SHIFT_STEPS 4	/* Gauss-Newton steps for translation, at most */
#define AFFINE_STEPS 8	/* and for all six parameters */
#define FIT_PIXELS 3500 /* pixels that the fit looks at, about */
#define SEARCH_POINTS 1024
#define FLAT 3.0f /* local deviation that is noise, levels */

struct vq_aligner {
	float now[VQ_CROP_PIXELS], then[VQ_CROP_PIXELS];
	float share[VQ_CROP_PIXELS]; /* of far, in each pixel's neighbourhood */
	float a[VQ_CROP_PIXELS], b[VQ_CROP_PIXELS], c[VQ_CROP_PIXELS];
	uint8_t seen[VQ_CROP_PIXELS], far[VQ_CROP_PIXELS];
};

/* ---- pyramid ------------------------------------------------------------------------- */

enum vq_code vq_pyramid_init(struct vq_pyramid *p, int width, int height, struct vq_err *err)
{
	memset(p, 0, sizeof *p);
	for (int l = 0; l < VQ_PYRAMID_LEVELS; l++) {
		p->width[l] = width;
		p->height[l] = height;
		p->pixel[l] = malloc((size_t)width * (size_t)height);
		if (p->pixel[l] == NULL) {
			vq_pyramid_clear(p);
			return vq_nomem(err);
		}
		p->levels = l + 1;
		if (width < 4 || height < 4)
			break;
		width /= 2;
		height /= 2;
	}
	return VQ_OK;
}

void vq_pyramid_clear(struct vq_pyramid *p)
{
	for (int l = 0; l < VQ_PYRAMID_LEVELS; l++)
		free(p->pixel[l]);
	memset(p, 0, sizeof *p);
}

void vq_pyramid_build(struct vq_pyramid *p, const struct vq_frame *f)
{
	memcpy(p->pixel[0], f->plane[0], (size_t)f->width * (size_t)f->height);
	for (int l = 1; l < p->levels; l++)
		for (int y = 0; y < p->height[l]; y++) {
			const uint8_t *a =
				p->pixel[l - 1] + (size_t)(2 * y) * (size_t)p->width[l - 1];
			const uint8_t *b = a + p->width[l - 1];
			uint8_t *o = p->pixel[l] + (size_t)y * (size_t)p->width[l];

			for (int x = 0; x < p->width[l]; x++)
				o[x] = (uint8_t)((a[2 * x] + a[2 * x + 1] + b[2 * x] +
							 b[2 * x + 1] + 2) /
						 4);
		}
}

/* ---- sampling ------------------------------------------------------------------------ */

static int level_for(const struct vq_pyramid *p, double scale)
{
	int l = 0;

	while (l + 1 < p->levels && scale >= 1.6 * (1 << l))
		l++;
	return l;
}

/* Bilinear value at a frame position; false outside the frame (the edge is repeated). */
static bool sample(const struct vq_pyramid *p, int l, float x, float y, float *v)
{
	float k = 1.0f / (float)(1 << l);
	float fx = (x + 0.5f) * k - 0.5f, fy = (y + 0.5f) * k - 0.5f;
	int w = p->width[l], h = p->height[l], ix, iy;
	bool inside = fx > -1 && fy > -1 && fx < (float)w && fy < (float)h;
	const uint8_t *a;
	float top, low;

	fx = fx < 0 ? 0 : fx > (float)(w - 1) ? (float)(w - 1) : fx;
	fy = fy < 0 ? 0 : fy > (float)(h - 1) ? (float)(h - 1) : fy;
	ix = (int)fx;
	iy = (int)fy;
	ix = ix > w - 2 ? (w > 1 ? w - 2 : 0) : ix;
	iy = iy > h - 2 ? (h > 1 ? h - 2 : 0) : iy;
	fx -= (float)ix;
	fy -= (float)iy;
	a = p->pixel[l] + (size_t)iy * (size_t)w + ix;
	int right = w > 1, down = h > 1 ? w : 0;

	top = (float)a[0] + fx * (float)(a[right] - a[0]);
	low = (float)a[down] + fx * (float)(a[down + right] - a[down]);
	*v = top + fy * (low - top);
	return inside;
}

/* count samples from (x,y) in steps of (dx,dy), in frame pixels: the same as sample() for
 * each, without its clamps when the whole row lies inside. */
static void sample_row(const struct vq_pyramid *p, int l, double x, double y, double dx, double dy,
	int count, float *out, uint8_t *seen)
{
	float k = 1.0f / (float)(1 << l);
	float fx = (float)(x + 0.5) * k - 0.5f, fy = (float)(y + 0.5) * k - 0.5f;
	float sx = (float)dx * k, sy = (float)dy * k;
	float ex = fx + sx * (float)(count - 1), ey = fy + sy * (float)(count - 1);
	int w = p->width[l], h = p->height[l];
	const uint8_t *v = p->pixel[l];

	if (fminf(fx, ex) < 1 || fminf(fy, ey) < 1 || fmaxf(fx, ex) > (float)(w - 3) ||
		fmaxf(fy, ey) > (float)(h - 3)) {
		for (int i = 0; i < count; i++)
			seen[i] = sample(p, l, (float)(x + i * dx), (float)(y + i * dy), &out[i]);
		return;
	}
	memset(seen, 1, (size_t)count);
	for (int i = 0; i < count; i++) {
		float px = fx + (float)i * sx, py = fy + (float)i * sy;
		int ix = (int)px, iy = (int)py;
		const uint8_t *a = v + iy * w + ix;
		float qx = px - (float)ix, qy = py - (float)iy;
		float top = (float)a[0] + qx * (float)(a[1] - a[0]);
		float low = (float)a[w] + qx * (float)(a[w + 1] - a[w]);

		out[i] = top + qy * (low - top);
	}
}

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

/* Every stride-th pixel, from column first and before column last, of crop row v under a
 * warp; returns how many. */
static int warp_row(const struct vq_pyramid *p, int level, const struct vq_warp *w, int first,
	int last, int v, int stride, float *out, uint8_t *seen)
{
	int count = (last - first + stride - 1) / stride;

	if (count > 0)
		sample_row(p, level, w->m[0] + w->m[1] * first + w->m[2] * v,
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
	double scale = fmax(1, fmax(letter / LETTER, sqrt(w * h / (VQ_CROP_PIXELS * 0.95))));
	int level;

	c->width = crop_length(w, scale, VQ_CROP_PIXELS / 4);
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
	level = level_for(p, scale);
	for (int v = 0; v < c->height; v++) {
		float row[VQ_CROP_PIXELS / 4];
		uint8_t seen[VQ_CROP_PIXELS / 4];

		sample_row(p, level, c->x, c->y + v * scale, scale, 0, c->width, row, seen);
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
		int n = warp_row(p, level, w, first, c->fit[2], v, stride, al->now, al->seen);

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

struct tally {
	int64_t a, b, aa, bb, ab, n;
};

static inline void count(struct tally *t, int a, int b)
{
	t->a += a;
	t->b += b;
	t->aa += a * a;
	t->bb += b * b;
	t->ab += a * b;
	t->n++;
}

/* Correlation of the points that lie inside the frame when shifted by (i,j); -2 when
 * less than half of them do. */
static double score_shift(
	const struct points *o, const struct vq_pyramid *p, int level, int i, int j)
{
	int w = p->width[level], h = p->height[level], shift = j * w + i;
	const uint8_t *pixel = p->pixel[level];
	struct tally t = {0};
	struct sums s;

	if (o->left + i >= 0 && o->right + i < w && o->top + j >= 0 && o->bottom + j < h)
		for (int k = 0; k < o->n; k++)
			count(&t, o->value[k], pixel[o->offset[k] + shift]);
	else
		for (int k = 0; k < o->n; k++) {
			int x = o->x[k] + i, y = o->y[k] + j;

			if (x >= 0 && x < w && y >= 0 && y < h)
				count(&t, o->value[k], pixel[o->offset[k] + shift]);
		}
	if (2 * t.n < o->n)
		return -2;
	s = (struct sums){
		(double)t.a, (double)t.b, (double)t.aa, (double)t.bb, (double)t.ab, (double)t.n};
	return pearson(&s);
}

/* Exhaustive search around the start, whole pixels of a coarse level. */
static void search(
	const struct vq_crop *c, const struct vq_pyramid *p, double radius, struct vq_warp *w)
{
	struct points o;
	struct vq_warp start = *w;
	double best = -2, grid;
	int step = 1, level, reach;

	while (fit_pixels(c) / (step * step) > SEARCH_POINTS / 2 &&
		(c->fit[3] - c->fit[1]) / (step + 1) >= 5)
		step++;
	level = level_for(p, step * c->scale);
	grid = 1 << level;
	reach = (int)ceil(radius / grid);
	pick_points(c, p, level, step, w, &o);
	for (int j = -reach; j <= reach; j++)
		for (int i = -reach; i <= reach; i++) {
			double r = score_shift(&o, p, level, i, j) - 0.004 * (abs(i) + abs(j));

			if (r > best) {
				best = r;
				w->m[0] = start.m[0] + i * grid;
				w->m[3] = start.m[3] + j * grid;
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
		int count = warp_row(p, level, w, first, c->fit[2], v, stride, al->now + total,
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

/* Add one pixel to the normal equations of n parameters. */
static inline void accumulate(float *h, float *b, const float *j, float k, float r, int n)
{
	for (int q = 0, i = 0; q < n; q++) {
		b[q] += k * j[q] * r;
		for (int s = 0; s <= q; s++)
			h[i++] += k * j[q] * j[s];
	}
}

static void normal_equations(struct vq_aligner *al, const struct vq_crop *c, const struct tone *t,
	int stride, int n, float *h, float *b)
{
	float cx = (float)c->width / 2, cy = (float)c->height / 2;
	int i = 0;

	for (int v = c->fit[1]; v < c->fit[3]; v++)
		for (int u = first_column(c, v, stride); u < c->fit[2]; u += stride, i++) {
			const uint8_t *at = c->pixel + v * c->width + u;
			float gx = (float)(at[1] - at[-1]) * 0.5f;
			float gy = (float)(at[c->width] - at[-c->width]) * 0.5f;
			float r = t->gain * al->now[i] + t->offset - at[0];
			float k = (float)al->seen[i] / (1 + r * r / (t->noise * t->noise));
			float x = (float)u - cx, y = (float)v - cy;
			float j[6] = {gx, gy, gx * x, gx * y, gy * x, gy * y};

			if (n == 2)
				accumulate(h, b, j, k, r, 2);
			else
				accumulate(h, b, j, k, r, 6);
		}
}

/* One step of the inverse compositional kind, weighted against outliers: letters
 * that changed must not pull the warp.  False when the warp stands still. */
static bool step_warp(struct vq_aligner *al, const struct vq_crop *c, const struct vq_pyramid *p,
	int level, struct vq_warp *w, int stride, int n)
{
	struct tone tone = level_out(al, c, p, level, w, stride);
	float sum_h[21] = {0}, sum_b[6] = {0};
	double h[36] = {0}, b[6] = {0}, cx = c->width / 2.0, cy = c->height / 2.0, m[6], du, dv;

	normal_equations(al, c, &tone, stride, n, sum_h, sum_b);
	for (int q = 0, i = 0; q < n; q++) {
		b[q] = sum_b[q];
		for (int s = 0; s <= q; s++)
			h[q * 6 + s] = sum_h[i++];
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
	int level = level_for(p, c->scale), stride = 1;
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

/* ---- comparison ---------------------------------------------------------------------- */

static void add_scaled(float *to, const float *row, int w, float k)
{
	for (int x = 0; x < w; x++)
		to[x] += k * row[x];
}

/* Mean of each row over 2r+1 columns, edges shortened. */
static void row_means(const float *in, float *out, int w, int r)
{
	float s = 0;
	int n = 0;

	for (int x = 0; x < r && x < w; x++, n++)
		s += in[x];
	for (int x = 0; x < w; x++) {
		if (x + r < w) {
			s += in[x + r];
			n++;
		}
		if (x > r) {
			s -= in[x - r - 1];
			n--;
		}
		out[x] = s / (float)n;
	}
}

/* out = mean of in over a (2r+1)-square, edges shortened; column holds w numbers. */
static void box_mean(const float *in, float *out, float *column, int w, int h, int r)
{
	memset(column, 0, (size_t)w * sizeof *column);
	for (int y = 0; y < r && y < h; y++)
		add_scaled(column, in + y * w, w, 1);
	for (int y = 0; y < h; y++) {
		int lo = y - r < 0 ? 0 : y - r, hi = y + r >= h ? h - 1 : y + r;
		float k = 1 / (float)(hi - lo + 1);

		if (y + r < h)
			add_scaled(column, in + (y + r) * w, w, 1);
		if (y > r)
			add_scaled(column, in + (y - r - 1) * w, w, -1);
		row_means(column, out + y * w, w, r);
		for (int x = 0; x < w; x++)
			out[y * w + x] *= k;
	}
}

/* Subtract the local mean, divide by the local deviation (at least FLAT). */
static void normalise(struct vq_aligner *al, float *v, int w, int h, int r)
{
	int n = w * h;

	box_mean(v, al->a, al->c, w, h, r);
	for (int i = 0; i < n; i++)
		v[i] -= al->a[i];
	for (int i = 0; i < n; i++)
		al->a[i] = v[i] * v[i];
	box_mean(al->a, al->b, al->c, w, h, r);
	for (int i = 0; i < n; i++)
		v[i] /= sqrtf(fmaxf(0, al->b[i])) + FLAT; /* running sums round */
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
	int side = LETTER, across = (in[2] - in[0] + side / 2) / side;
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

/* Like normalise(), for the pixels far from letters and by them alone; the others become 0. */
static void normalise_far(struct vq_aligner *al, float *v, int w, int h, int r)
{
	int n = w * h;

	for (int i = 0; i < n; i++)
		v[i] *= al->far[i];
	box_mean(v, al->a, al->c, w, h, r);
	for (int i = 0; i < n; i++)
		v[i] = al->far[i] ? v[i] - al->a[i] / al->share[i] : 0;
	for (int i = 0; i < n; i++)
		al->a[i] = v[i] * v[i];
	box_mean(al->a, al->b, al->c, w, h, r);
	for (int i = 0; i < n; i++)
		if (al->far[i])
			v[i] /= sqrtf(fmaxf(0, al->b[i] / al->share[i])) + FLAT;
}

void vq_crop_compare(struct vq_aligner *a, const struct vq_crop *c, const struct vq_pyramid *p,
	const struct vq_warp *w, struct vq_likeness *o)
{
	struct moments box = {0}, ring = {0};
	int level = level_for(p, c->scale), radius = LETTER / 3;
	double same = 0, any = 0;

	for (int v = 0; v < c->height; v++)
		warp_row(p, level, w, 0, c->width, v, 1, a->now + v * c->width,
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
	const struct vq_pyramid *p, const struct vq_warp *w)
{
	int level = level_for(p, c->scale), radius = LETTER / 3, n = c->width * c->height;
	struct moments m = {0};

	for (int v = 0; v < c->height; v++)
		warp_row(p, level, w, 0, c->width, v, 1, a->now + v * c->width,
			a->seen + v * c->width);
	for (int i = 0; i < n; i++) {
		a->far[i] = c->far[i] && a->seen[i];
		a->a[i] = a->far[i];
		a->then[i] = c->pixel[i];
	}
	box_mean(a->a, a->share, a->c, c->width, c->height, radius);
	normalise_far(a, a->now, c->width, c->height, radius);
	normalise_far(a, a->then, c->width, c->height, radius);
	for (int i = 0; i < n; i++)
		if (a->far[i])
			add_moment(&m, a->then[i], a->now[i]);
	return correlate(&m, FAR_FLAT);
}
