/* Turning points, abrupt changes, series. */
#include "../tap.h"

#include <stdint.h>

#include "../../lib/signal.h"

static struct vq_swing swing(const double *change, int n, double hysteresis)
{
	struct vq_swing s = {0};

	for (int i = 0; i < n; i++)
		vq_swing_follow(&s, change[i], hysteresis);
	vq_swing_end(&s);
	return s;
}

static void test_swing(void)
{
	static const double alternate[] = {5, -5, 5, -5, 5, -5};
	static const double held[] = {5, 0, -5, 0, 5, 0, -5, 0};
	static const double ramp[] = {5, 5, 5, 5, 5};
	static const double noisy[] = {5, -1, 5, -1, 5, -1};
	static const double hill[] = {4, 4, 4, -4, -4};

	is_int(swing(alternate, 6, 3).turns, 5, "alternation turns at each frame");
	is_real(swing(alternate, 6, 3).total, 25, 1e-9, "by its depth");
	is_int(swing(held, 8, 3).turns, 3, "a hold between does not hide a turn");
	is_int(swing(ramp, 5, 3).turns, 0, "a ramp does not turn");
	is_int(swing(noisy, 6, 3).turns, 0, "less than the hysteresis does not turn");
	is_int(swing(hill, 5, 3).turns, 1, "a hill turns once");
	is_real(swing(hill, 5, 3).total, 8, 1e-9, "by its smaller side");
	is_int(swing(alternate, 6, 6).turns, 0, "hysteresis above the depth");
}

static void test_abrupt(void)
{
	struct vq_abrupt a = {0};
	static const double change[] = {0, 8, 0, 3, 4, 3, 0, -6, 6, 0};
	static const double want[] = {0, 0, 8, 0, 0, 0, 0, 0, 6, 6};

	is_real(vq_abrupt_size(0, 8, 0), 8, 0, "a step that holds");
	is_real(vq_abrupt_size(-8, 8, -8), 8, 0, "alternation");
	is_real(vq_abrupt_size(5, 8, 0), 0, 0, "goes on from before");
	is_real(vq_abrupt_size(0, -8, -5), 0, 0, "goes on afterwards");
	is_real(vq_abrupt_size(-4, -8, -4), 8, 0, "half the size is still abrupt");
	for (int i = 0; i < 10; i++)
		is_real(vq_abrupt_follow(&a, change[i]), want[i], 0, "followed, change %d", i);
	is_real(vq_alternation(3, -5), 3, 0, "alternation is the smaller side");
	is_real(vq_alternation(3, 5), 0, 0, "none of one sign");
}

/* Against sorting: all lengths, few and many equal numbers. */
static void test_median(void)
{
	double v[40], sorted[40];
	uint32_t x = 1;
	int wrong = 0;

	for (int round = 0; round < 20000; round++) {
		size_t n = (size_t)round % 41;

		for (size_t i = 0; i < n; i++) {
			x = x * 1664525u + 1013904223u;
			v[i] = sorted[i] = (double)((x >> 16) % (uint32_t)(1 + round % 30));
		}
		vq_sort(sorted, n);
		wrong += vq_median(v, n) != vq_quantile(sorted, n, 0.5);
		vq_sort(v, n);
		wrong += memcmp(v, sorted, n * sizeof *v) != 0;
	}
	is_int(wrong, 0, "the median is that of the sorted numbers, and none is lost");
}

static void test_series(void)
{
	struct vq_series s = {0};
	struct vq_err err;
	double v;

	is_real(vq_series_mean(&s), 0, 0, "mean of none");
	ok(vq_series_quantile(&s, 0.5, &v, &err) == VQ_OK && v == 0, "quantile of none");
	for (int i = 0; i < 1000; i++) {
		if (vq_series_add(&s, (i * 7) % 1000, &err) != VQ_OK)
			exit(1);
	}
	is_real(vq_series_mean(&s), 499.5, 1e-9, "mean");
	is_real(vq_series_most(&s), 999, 0, "most");
	ok(vq_series_quantile(&s, 0.5, &v, &err) == VQ_OK && v == 499.5, "median, between two");
	ok(vq_series_quantile(&s, 1, &v, &err) == VQ_OK && v == 999, "the last");
	is_real(s.v[1], 7, 0, "the series itself keeps its order");
	vq_series_free(&s);
	ok(s.v == NULL && s.n == 0, "free clears");
}

int main(void)
{
	test_swing();
	test_abrupt();
	test_median();
	test_series();
	return done_testing();
}
