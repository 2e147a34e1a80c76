#include "signal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum vq_code vq_series_add(struct vq_series *s, double v, struct vq_err *err)
{
	if (s->n == s->room) {
		size_t room = s->room ? 2 * s->room : 256;
		double *p = realloc(s->v, room * sizeof *p);

		if (p == NULL)
			return vq_nomem(err);
		s->v = p;
		s->room = room;
	}
	s->v[s->n++] = v;
	return VQ_OK;
}

void vq_series_free(struct vq_series *s)
{
	free(s->v);
	memset(s, 0, sizeof *s);
}

double vq_series_mean(const struct vq_series *s)
{
	double sum = 0;

	for (size_t i = 0; i < s->n; i++)
		sum += s->v[i];
	return s->n == 0 ? 0 : sum / (double)s->n;
}

double vq_series_most(const struct vq_series *s)
{
	double most = 0;

	for (size_t i = 0; i < s->n; i++)
		most = fmax(most, s->v[i]);
	return most;
}

double vq_series_mean_step(const struct vq_series *s)
{
	double sum = 0;

	for (size_t i = 1; i < s->n; i++)
		sum += fabs(s->v[i] - s->v[i - 1]);
	return s->n < 2 ? 0 : sum / ((double)s->n - 1);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

void vq_sort(double *v, size_t n)
{
	qsort(v, n, sizeof *v, by_value);
}

/* The k-th smallest, k >= 1, with no larger one left before it (Hoare's find). */
static double pick(double *v, size_t n, size_t k)
{
	size_t low = 0, high = n - 1;

	while (low < high) {
		double pivot = v[k];
		size_t i = low, j = high;

		while (i <= j) {
			double t = v[i];

			if (t < pivot) {
				i++;
			} else if (pivot < v[j]) {
				j--;
			} else {
				v[i++] = v[j];
				v[j--] = t;
			}
		}
		if (j < k)
			low = i;
		if (k < i)
			high = j;
	}
	return v[k];
}

double vq_median(double *v, size_t n)
{
	double upper, lower;

	if (n < 2)
		return n == 0 ? 0 : v[0];
	upper = pick(v, n, n / 2);
	if (n % 2 != 0)
		return upper;
	lower = v[0];
	for (size_t i = 1; i < n / 2; i++)
		lower = fmax(lower, v[i]);
	return (lower + upper) / 2;
}

double vq_quantile(const double *sorted, size_t n, double q)
{
	double at = q * ((double)n - 1);
	size_t i;

	if (n == 0)
		return 0;
	i = (size_t)at;
	if (i + 1 >= n)
		return sorted[n - 1];
	return sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]);
}

enum vq_code vq_series_quantile(
	const struct vq_series *s, double q, double *out, struct vq_err *err)
{
	double *copy;

	*out = 0;
	if (s->n == 0)
		return VQ_OK;
	copy = malloc(s->n * sizeof *copy);
	if (copy == NULL)
		return vq_nomem(err);
	memcpy(copy, s->v, s->n * sizeof *copy);
	vq_sort(copy, s->n);
	*out = vq_quantile(copy, s->n, q);
	free(copy);
	return VQ_OK;
}

/* The swing to the extreme is over. */
static void reverse(struct vq_swing *s)
{
	double size = fabs(s->extreme - s->turn);

	if (s->before > 0) {
		s->turns++;
		s->total += fmin(s->before, size);
	}
	s->before = size;
	s->turn = s->extreme;
	s->extreme = s->level;
	s->direction = -s->direction;
}

void vq_swing_follow(struct vq_swing *s, double change, double hysteresis)
{
	s->level += change;
	if (s->direction == 0) {
		if (fabs(s->level - s->turn) >= hysteresis) {
			s->direction = s->level > s->turn ? 1 : -1;
			s->extreme = s->level;
		}
		return;
	}
	if ((s->level - s->extreme) * s->direction > 0)
		s->extreme = s->level;
	else if (fabs(s->level - s->extreme) >= hysteresis)
		reverse(s);
}

void vq_swing_end(struct vq_swing *s)
{
	if (s->direction != 0)
		reverse(s);
}

double vq_abrupt_size(double before, double here, double after)
{
	double size = fabs(here), sign = here < 0 ? -1 : 1;

	return size >= 2 * sign * before && size >= 2 * sign * after ? size : 0;
}

double vq_abrupt_follow(struct vq_abrupt *a, double change)
{
	double size = vq_abrupt_size(a->before, a->here, change);

	a->before = a->here;
	a->here = change;
	return size;
}

double vq_alternation(double back, double ahead)
{
	return back * ahead < 0 ? fmin(fabs(back), fabs(ahead)) : 0;
}
