#include "glitchfield.h"

#include <stdlib.h>
#include <string.h>

#include "rng.h"

/* Where a column lies in the grid, and how much it takes of the four values there. */
struct vq_field_place {
	int cell;
	float w[4];
};

static void spline(float t, float w[4])
{
	float s = 1 - t;

	w[0] = s * s * s / 6;
	w[1] = (4 - 6 * t * t + 3 * t * t * t) / 6;
	w[2] = (4 - 6 * s * s + 3 * s * s * s) / 6;
	w[3] = t * t * t / 6;
}

static int cell_of(double v, int cells, float *t)
{
	int i = (int)v;

	i = i < 0 ? 0 : i > cells - 4 ? cells - 4 : i;
	v -= i;
	*t = (float)(v < 0 ? 0 : v > 1 ? 1 : v);
	return i;
}

enum vq_code vq_field_init(
	struct vq_field *f, int width, int height, double spacing, struct vq_err *err)
{
	float t;

	*f = (struct vq_field){.spacing = spacing < 1 ? 1 : spacing, .width = width};
	f->cols = (int)(width / f->spacing) + 5;
	f->rows = (int)(height / f->spacing) + 5;
	f->grid = calloc((size_t)f->cols * (size_t)f->rows, sizeof *f->grid);
	f->line = calloc((size_t)f->cols, sizeof *f->line);
	for (int k = 0; k < 2; k++)
		f->place[k] = calloc((size_t)width, sizeof *f->place[k]);
	if (f->grid == NULL || f->line == NULL || f->place[0] == NULL || f->place[1] == NULL) {
		vq_field_clear(f);
		return vq_nomem(err);
	}
	for (int k = 0; k < 2; k++)
		for (int i = 0; i < width; i++) {
			struct vq_field_place *p = &f->place[k][i];

			p->cell = cell_of((0.5 + i) * (k + 1) / f->spacing, f->cols, &t);
			spline(t, p->w);
		}
	return VQ_OK;
}

void vq_field_clear(struct vq_field *f)
{
	free(f->grid);
	free(f->line);
	free(f->place[0]);
	free(f->place[1]);
	memset(f, 0, sizeof *f);
}

void vq_field_seed(struct vq_field *f, uint64_t seed)
{
	vq_field_mix(f, seed, seed, 0);
}

void vq_field_mix(struct vq_field *f, uint64_t first, uint64_t second, double mix)
{
	size_t n = (size_t)f->cols * (size_t)f->rows;

	/* A spline's smoothing halves the deviation. */
	for (size_t i = 0; i < n; i++) {
		double a = vq_rng_signed(&first), b = mix > 0 ? vq_rng_signed(&second) : 0;

		f->grid[i] = (float)(2 * ((1 - mix) * a + mix * b));
	}
}

void vq_field_row(struct vq_field *f, double y, int step, int n, float *out)
{
	float w[4], t;
	const float *g = f->grid + (size_t)cell_of(y / f->spacing, f->rows, &t) * (size_t)f->cols;

	spline(t, w);
	for (int i = 0; i < f->cols; i++)
		f->line[i] = w[0] * g[i] + w[1] * g[i + f->cols] + w[2] * g[i + 2 * f->cols] +
			     w[3] * g[i + 3 * f->cols];
	for (int i = 0; i < n; i++) {
		const struct vq_field_place *p = &f->place[step - 1][i];
		const float *l = f->line + p->cell;

		out[i] = p->w[0] * l[0] + p->w[1] * l[1] + p->w[2] * l[2] + p->w[3] * l[3];
	}
}

float vq_field_at(const struct vq_field *f, double x, double y)
{
	float wx[4], wy[4], t, sum = 0;
	int col = cell_of(x / f->spacing, f->cols, &t), row;

	spline(t, wx);
	row = cell_of(y / f->spacing, f->rows, &t);
	spline(t, wy);
	for (int j = 0; j < 4; j++) {
		const float *g = f->grid + (size_t)(row + j) * (size_t)f->cols + col;

		sum += wy[j] * (wx[0] * g[0] + wx[1] * g[1] + wx[2] * g[2] + wx[3] * g[3]);
	}
	return sum;
}

static void catmull(float t, float w[4])
{
	float t2 = t * t, t3 = t2 * t;

	w[0] = -0.5f * t + t2 - 0.5f * t3;
	w[1] = 1 - 2.5f * t2 + 1.5f * t3;
	w[2] = 0.5f * t + 2 * t2 - 1.5f * t3;
	w[3] = -0.5f * t2 + 0.5f * t3;
}

static int clamp(int v, int top)
{
	return v < 0 ? 0 : v > top ? top : v;
}

/* floor() is a call into libm on plain x86-64. */
static int floor_int(double v)
{
	int i = (int)v;

	return i - (v < i);
}

static float row_u8(const uint8_t *row, int w, int ix, const float wx[4])
{
	if (ix >= 1 && ix + 2 < w)
		return wx[0] * row[ix - 1] + wx[1] * row[ix] + wx[2] * row[ix + 1] +
		       wx[3] * row[ix + 2];
	return wx[0] * row[clamp(ix - 1, w - 1)] + wx[1] * row[clamp(ix, w - 1)] +
	       wx[2] * row[clamp(ix + 1, w - 1)] + wx[3] * row[clamp(ix + 2, w - 1)];
}

float vq_at_u8(const uint8_t *p, int w, int h, double x, double y)
{
	int ix, iy;
	float wx[4], wy[4], sum = 0;

	x = x < -2 ? -2 : x > w + 1 ? w + 1 : x;
	y = y < -2 ? -2 : y > h + 1 ? h + 1 : y;
	ix = floor_int(x);
	iy = floor_int(y);
	catmull((float)(x - ix), wx);
	catmull((float)(y - iy), wy);
	for (int j = 0; j < 4; j++)
		sum += wy[j] * row_u8(p + (size_t)clamp(iy - 1 + j, h - 1) * (size_t)w, w, ix, wx);
	return sum;
}

float vq_at_float(const float *p, int w, int h, double x, double y)
{
	int ix, iy;
	float wx[4], wy[4], sum = 0;

	if (!(x > -2 && y > -2 && x < w + 1 && y < h + 1))
		return 0;
	ix = floor_int(x);
	iy = floor_int(y);
	catmull((float)(x - ix), wx);
	catmull((float)(y - iy), wy);
	for (int j = 0; j < 4; j++) {
		const float *row;

		if (iy - 1 + j < 0 || iy - 1 + j >= h)
			continue;
		row = p + (size_t)(iy - 1 + j) * (size_t)w;
		for (int i = 0; i < 4; i++)
			if (ix - 1 + i >= 0 && ix - 1 + i < w)
				sum += wy[j] * wx[i] * row[ix - 1 + i];
	}
	return sum;
}

uint8_t vq_to_u8(double v)
{
	return (uint8_t)(v <= 0 ? 0 : v >= 255 ? 255 : v + 0.5);
}
