#include "textlook.h"

#include <math.h>
#include <string.h>

#include "textlook_net.h"

#define ROWS 20 /* of the strip; 2 above and below the row */
#define INNER 16
#define WIDTH_MAX 256
#define BANDS 4
#define ANGLES 8

struct strip {
	int width;
	float v[ROWS][WIDTH_MAX]; /* mean 0, deviation 1, letters positive */
};

static float at(const uint8_t *p, int w, int h, float x, float y)
{
	int ix, iy, x2, y2;
	float fx, fy, top, low;

	x = x < 0 ? 0 : x > (float)(w - 1) ? (float)(w - 1) : x;
	y = y < 0 ? 0 : y > (float)(h - 1) ? (float)(h - 1) : y;
	ix = (int)x;
	iy = (int)y;
	x2 = ix + 1 < w ? ix + 1 : ix;
	y2 = iy + 1 < h ? iy + 1 : iy;
	fx = x - (float)ix;
	fy = y - (float)iy;
	top = (float)p[iy * w + ix] + fx * (float)(p[iy * w + x2] - p[iy * w + ix]);
	low = (float)p[y2 * w + ix] + fx * (float)(p[y2 * w + x2] - p[y2 * w + ix]);
	return top + fy * (low - top);
}

/* Cut the row, upright, sixteen pixels high; long rows are read from their middle. */
static void cut(const uint8_t *p, int w, int h, const struct vq_textlook_row *r, struct strip *s)
{
	float bw = (float)(r->box[2] - r->box[0]), bh = (float)(r->box[3] - r->box[1]);
	float slope = (float)(fabs(r->slope) < 0.5 ? r->slope : 0);
	float tall = fmaxf((float)r->letter, bh - fabsf(slope) * bw), step = tall / INNER;
	float cx = (float)(r->box[0] + r->box[2]) / 2, cy = (float)(r->box[1] + r->box[3]) / 2;
	float sum = 0, square = 0, mean, scale;
	int n;

	s->width = (int)(bw / step + 0.5f);
	s->width = s->width < 8 ? 8 : s->width > WIDTH_MAX ? WIDTH_MAX : s->width;
	for (int v = 0; v < ROWS; v++)
		for (int u = 0; u < s->width; u++) {
			float a = ((float)u + 0.5f - (float)s->width / 2) * step;
			float b = ((float)v + 0.5f - ROWS / 2.0f) * step + slope * a;
			float value = at(p, w, h, cx + a - 0.5f, cy + b - 0.5f);

			s->v[v][u] = value;
			sum += value;
			square += value * value;
		}
	n = ROWS * s->width;
	mean = sum / (float)n;
	scale = (r->light ? 1 : -1) / sqrtf(fmaxf(1, square / (float)n - mean * mean));
	for (int v = 0; v < ROWS; v++)
		for (int u = 0; u < s->width; u++)
			s->v[v][u] = (s->v[v][u] - mean) * scale;
}

/* Directions of gradients, eight over the full turn, in four bands from top to
 * bottom: share of all. */
static float *put_directions(const struct strip *s, float *out)
{
	float all = 1e-3f;

	memset(out, 0, BANDS * ANGLES * sizeof *out);
	for (int v = 2; v < 2 + INNER; v++)
		for (int u = 1; u < s->width - 1; u++) {
			float gx = s->v[v][u + 1] - s->v[v][u - 1];
			float gy = s->v[v + 1][u] - s->v[v - 1][u];
			float m = sqrtf(gx * gx + gy * gy), ax = fabsf(gx), ay = fabsf(gy);
			/* Eighths of the turn around the axes and diagonals. */
			int q = ay < 0.4142f * ax   ? (gx > 0 ? 0 : 4)
				: ax < 0.4142f * ay ? (gy > 0 ? 2 : 6)
				: gx > 0	    ? (gy > 0 ? 1 : 7)
						    : (gy > 0 ? 3 : 5);

			out[(v - 2) / (INNER / BANDS) * ANGLES + q] += m;
			all += m;
		}
	for (int i = 0; i < BANDS * ANGLES; i++)
		out[i] /= all;
	return out + BANDS * ANGLES;
}

/* Brightness and edges from top to bottom: ten bands of two rows, then five of four. */
static float *put_profile(const struct strip *s, float *out)
{
	float n = (float)s->width, across[5] = {0}, down[5] = {0}, all = 1e-3f;

	memset(out, 0, 10 * sizeof *out);
	for (int v = 0; v < ROWS; v++)
		for (int u = 0; u < s->width; u++)
			out[v / 2] += s->v[v][u] / (2 * n);
	out += 10;
	for (int v = 0; v + 1 < ROWS; v++)
		for (int u = 0; u + 1 < s->width; u++) {
			across[v / 4] += fabsf(s->v[v][u + 1] - s->v[v][u]);
			down[v / 4] += fabsf(s->v[v + 1][u] - s->v[v][u]);
		}
	for (int i = 0; i < 5; i++)
		all += across[i] + down[i];
	for (int i = 0; i < 5; i++) {
		*out++ = across[i] / all;
		*out++ = down[i] / all;
	}
	return out;
}

/* How often rows cross from letter to gap, a letter's width, by band. */
static float *put_crossings(const struct strip *s, float *out)
{
	for (int b = 0; b < BANDS; b++) {
		int n = 0;

		for (int v = 2 + b * 4; v < 6 + b * 4; v++)
			for (int u = 0; u + 1 < s->width; u++)
				n += (s->v[v][u] > 0.1f) != (s->v[v][u + 1] > 0.1f);
		*out++ = (float)n / 4 * INNER / (float)s->width;
	}
	return out;
}

/* Column sums repeat at the distance of strokes and letters. */
static float *put_rhythm(const struct strip *s, float *out)
{
	static const int lag[6] = {2, 4, 6, 8, 12, 16};
	float column[WIDTH_MAX] = {0}, power = 1e-3f;

	for (int u = 0; u < s->width; u++) {
		for (int v = 2; v < 2 + INNER; v++)
			column[u] += s->v[v][u] / INNER;
		power += column[u] * column[u];
	}
	*out++ = power / (float)s->width;
	for (int i = 0; i < 6; i++) {
		float sum = 0;

		for (int u = 0; u + lag[i] < s->width; u++)
			sum += column[u] * column[u + lag[i]];
		*out++ = sum / power;
	}
	return out;
}

/* Whether edges are spread evenly along the row, and stop above and below it. */
static float *put_spread(const struct strip *s, float *out)
{
	float sum = 0, square = 0, least = 1e9f, most = 0, n = 0, inner = 1e-3f, outer = 0;

	for (int u = 0; u + 8 <= s->width; u += 8, n++) {
		float e = 0;

		for (int v = 2; v < 2 + INNER; v++)
			for (int k = u; k < u + 7; k++)
				e += fabsf(s->v[v][k + 1] - s->v[v][k]);
		sum += e;
		square += e * e;
		least = fminf(least, e);
		most = fmaxf(most, e);
	}
	sum = sum / n + 1e-3f;
	*out++ = sqrtf(fmaxf(0, square / n - sum * sum)) / sum;
	*out++ = least / sum;
	*out++ = most / sum;
	for (int v = 0; v < ROWS; v++)
		for (int u = 0; u + 1 < s->width; u++) {
			float e = fabsf(s->v[v][u + 1] - s->v[v][u]);

			if (v < 2 || v >= 2 + INNER)
				outer += e / 4;
			else
				inner += e / INNER;
		}
	*out++ = fminf(outer / inner, 4);
	*out++ = inner / (float)s->width;
	return out;
}

static float *put_moments(const struct strip *s, float *out)
{
	float three = 0, four = 0, n = (float)(ROWS * s->width);

	for (int v = 0; v < ROWS; v++)
		for (int u = 0; u < s->width; u++) {
			float x = s->v[v][u], x2 = x * x;

			three += x * x2;
			four += x2 * x2;
		}
	*out++ = three / n;
	*out++ = fminf(four / n, 20);
	return out;
}

static float *put_components(const struct vq_textlook_row *r, float *out)
{
	double aspect = (r->box[2] - r->box[0]) / r->letter;

	*out++ = (float)log(r->letters);
	*out++ = (float)(r->letters / aspect);
	*out++ = (float)log(aspect);
	*out++ = (float)r->stroke;
	*out++ = (float)log(r->contrast + 1);
	*out++ = (float)r->even_stroke;
	*out++ = (float)r->even_height;
	*out++ = (float)r->fill;
	*out++ = (float)fabs(r->slope);
	*out++ = (float)r->wander;
	*out++ = r->chroma;
	return out;
}

void vq_textlook_describe(const uint8_t *plane, int width, int height,
	const struct vq_textlook_row *row, float out[VQ_TEXTLOOK_COUNT])
{
	struct strip s;
	float *o = out;

	cut(plane, width, height, row, &s);
	o = put_directions(&s, o);
	o = put_profile(&s, o);
	o = put_crossings(&s, o);
	o = put_rhythm(&s, o);
	o = put_spread(&s, o);
	o = put_moments(&s, o);
	put_components(row, o);
}

double vq_textlook_score(const float description[VQ_TEXTLOOK_COUNT])
{
	float x[VQ_TEXTLOOK_COUNT], out = net_b2[0];

	for (int k = 0; k < VQ_TEXTLOOK_COUNT; k++)
		x[k] = fmaxf(-4, fminf(4, (description[k] - net_mean[k]) * net_scale[k]));
	for (int h = 0; h < HIDDEN; h++) {
		float s = net_b1[h];

		for (int k = 0; k < VQ_TEXTLOOK_COUNT; k++)
			s += net_w1[h * VQ_TEXTLOOK_COUNT + k] * x[k];
		out += net_w2[h] * (s > 0 ? s : 0.01f * s);
	}
	return 1 / (1 + exp(-(double)out));
}
