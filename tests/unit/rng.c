/* Seeded numbers. */
#include "../tap.h"

#include <math.h>

#include "../../lib/rng.h"

static void numbers(void)
{
	uint64_t a = 0, b = 42, c = 42;
	double sum = 0, square = 0, most = 0;
	int count[6] = {0};

	/* The reference values of splitmix64 from seed 0. */
	ok(vq_rng_next(&a) == UINT64_C(0xe220a8397b1dcdaf), "splitmix64, first");
	ok(vq_rng_next(&a) == UINT64_C(0x6e789e6aa1b965f4), "second");
	ok(vq_rng_at(1, 2, 3) == vq_rng_at(1, 2, 3), "the same thing has the same seed");
	ok(vq_rng_at(1, 2, 3) != vq_rng_at(1, 3, 2) && vq_rng_at(1, 2, 3) != vq_rng_at(2, 2, 3),
		"other things others");
	for (int i = 0; i < 20000; i++) {
		double v = vq_rng_normal(&b);

		sum += v;
		square += v * v;
		most = fmax(most, fabs(v));
		count[vq_rng_below(&c, 6)]++;
	}
	is_real(sum / 20000, 0, 0.03, "mean 0");
	is_real(square / 20000, 1, 0.04, "deviation 1");
	ok(most < 3.5, "and no further");
	for (int i = 0; i < 6; i++)
		ok(count[i] > 3000 && count[i] < 3700, "%d of 20000 throws of a die are %d",
			count[i], i);
}

int main(void)
{
	numbers();
	return done_testing();
}
