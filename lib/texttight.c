#include "texttight.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "lanes.h"

#define ACROSS 56  /* samples across a row and what surrounds it */
#define ALONG 640  /* samples along it, at most */
#define REACH 0.7  /* how far beyond its middle line a row is looked at, row heights */
#define AROUND 0.9 /* and beyond its ends */
#define CORE 0.25  /* half of the core's height, row heights */
#define PLAIN 0.5  /* surroundings with more of the core's edges tell nothing */
#define FLANK 0.3  /* a row ends where so much of the way from outside to core is left */
#define SPACE 0.45 /* letters' gaps along the row, row heights */
#define LEAST 0.55 /* of the row's size, what is left of it at least */

/* Edges on a grid that is turned with the row. */
struct grid {
	double step_u, step_v;
	int n, m; /* along, across */
	float edge[ACROSS][ALONG];
};

__attribute__((always_inline)) static inline double pixel(
	const uint8_t *plane, int w, int h, double x, double y)
{
	int ix, iy;

	x = x < 0 ? 0 : x > w - 1.001 ? w - 1.001 : x;
	y = y < 0 ? 0 : y > h - 1.001 ? h - 1.001 : y;
	ix = (int)x;
	iy = (int)y;
	const uint8_t *p = plane + (size_t)iy * (size_t)w + (size_t)ix;
	double fx = x - ix, fy = y - iy;

	return (1 - fy) * ((1 - fx) * p[0] + fx * p[1]) + fy * ((1 - fx) * p[w] + fx * p[w + 1]);
}

VQ_WIDE static void sample(
	struct grid *g, const uint8_t *plane, int w, int h, const struct vq_textrow *row)
{
	double length = row->length + 2 * AROUND * row->height;
	double c = 1 / sqrt(1 + row->slope * row->slope), s = row->slope * c;
	static const int least = 8;
	float before[ALONG];

	g->m = ACROSS;
	g->step_v = 2 * REACH * row->height / g->m;
	g->n = (int)fmin(fmax(length / fmax(g->step_v, 1), least), ALONG);
	g->step_u = length / g->n;
	for (int j = 0; j < g->m; j++) {
		double v = (j + 0.5 - g->m / 2.0) * g->step_v;
		float last = 0;

		for (int i = 0; i < g->n; i++) {
			double u = (i + 0.5 - g->n / 2.0) * g->step_u;
			float p = (float)pixel(plane, w, h, row->x + c * u - s * v - 0.5,
				row->y + s * u + c * v - 0.5);

			g->edge[j][i] =
				(i > 0 ? fabsf(p - last) : 0) + (j > 0 ? fabsf(p - before[i]) : 0);
			last = p;
			before[i] = p;
		}
	}
}

/* From the middle outwards: the last sample before the profile stays below the level
 * for gap samples; stop is one beyond the last. */
static int outwards(const double *profile, int from, int stop, int way, double level, int gap)
{
	int end = from, below = 0;

	for (int i = from; i != stop && below <= gap; i += way) {
		below = profile[i] < level ? below + 1 : 0;
		if (below == 0)
			end = i;
	}
	return end;
}

static double mean(const double *v, int from, int to)
{
	double sum = 0;

	for (int i = from; i < to; i++)
		sum += v[i];
	return to > from ? sum / (to - from) : 0;
}

/* New position of one end, in samples from the grid's beginning. */
static double find_end(const double *profile, int n, int from, double old, int way, double inside,
	int gap, bool *plain)
{
	int margin = n / 12 + 1, stop = way < 0 ? -1 : n;
	double outside = way < 0 ? mean(profile, 0, margin) : mean(profile, n - margin, n);
	double level = outside + FLANK * (inside - outside);

	*plain = outside < PLAIN * inside;
	if (!*plain)
		return old;
	return outwards(profile, from, stop, way, level, gap) + (way > 0);
}

static void tighten_height(const struct grid *g, struct vq_textrow *row)
{
	double profile[ACROSS], inside, low, high, old = row->height, shift, c;
	int middle = g->m / 2, core = (int)(CORE * row->height / g->step_v) + 1;
	int from = (int)((AROUND * row->height) / g->step_u), to = g->n - from;
	bool a, b;

	for (int j = 0; j < g->m; j++) {
		profile[j] = 0;
		for (int i = from; i < to; i++)
			profile[j] += (double)g->edge[j][i];
	}
	inside = mean(profile, middle - core, middle + core);
	low = find_end(
		profile, g->m, middle, middle - old / 2 / g->step_v, -1, inside, ACROSS / 16, &a);
	high = find_end(
		profile, g->m, middle, middle + old / 2 / g->step_v, 1, inside, ACROSS / 16, &b);
	if ((!a && !b) || (high - low) * g->step_v < LEAST * old)
		return;
	row->height = (high - low) * g->step_v;
	shift = ((low + high) / 2 - middle) * g->step_v;
	c = 1 / sqrt(1 + row->slope * row->slope);
	row->x -= row->slope * c * shift;
	row->y += c * shift;
}

static void tighten_length(const struct grid *g, struct vq_textrow *row, double tall)
{
	double profile[ALONG], inside, low, high, old = row->length, shift, c;
	int from = (int)(AROUND * tall / g->step_u), gap = (int)(SPACE * tall / g->step_u) + 1;
	int core = (int)(CORE * tall / g->step_v) + 1, middle = g->m / 2, inner = from + gap;
	bool a, b;

	for (int i = 0; i < g->n; i++) {
		profile[i] = 0;
		for (int j = middle - core; j < middle + core; j++)
			profile[i] += (double)g->edge[j][i];
	}
	if (g->n - 2 * inner < 2)
		inner = g->n / 2 - 1;
	inside = mean(profile, from, g->n - from);
	low = find_end(profile, g->n, inner, from, -1, inside, gap, &a);
	high = find_end(profile, g->n, g->n - 1 - inner, g->n - from, 1, inside, gap, &b);
	if ((!a && !b) || (high - low) * g->step_u < LEAST * old)
		return;
	row->length = (high - low) * g->step_u;
	shift = ((low + high) / 2 - g->n / 2.0) * g->step_u;
	c = 1 / sqrt(1 + row->slope * row->slope);
	row->x += c * shift;
	row->y += row->slope * c * shift;
}

void vq_texttight(const uint8_t *plane, int width, int height, struct vq_textrow *row)
{
	struct grid g;
	double tall = row->height;

	if (width < 2 || height < 2 || row->height < 3 || row->length < 3)
		return;
	sample(&g, plane, width, height, row);
	tighten_height(&g, row);
	tighten_length(&g, row, tall);
}
