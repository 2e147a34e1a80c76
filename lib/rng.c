#include "rng.h"

uint64_t vq_rng_next(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t vq_rng_at(uint64_t seed, uint64_t a, uint64_t b)
{
	uint64_t s = vq_rng_next(&seed) ^ a;

	s = vq_rng_next(&s) ^ b;
	return vq_rng_next(&s);
}

double vq_rng_unit(uint64_t *state)
{
	return (double)(vq_rng_next(state) >> 11) * 0x1p-53;
}

double vq_rng_signed(uint64_t *state)
{
	return 2 * vq_rng_unit(state) - 1;
}

int vq_rng_below(uint64_t *state, int n)
{
	return (int)(((vq_rng_next(state) >> 32) * (uint64_t)n) >> 32);
}

double vq_rng_normal(uint64_t *state)
{
	uint64_t z = vq_rng_next(state);
	double sum = (double)(z & 0xffff) + (double)(z >> 16 & 0xffff) +
		     (double)(z >> 32 & 0xffff) + (double)(z >> 48);

	/* Variance of one: 65536^2 / 12; four of them; mean 4 * 32767.5. */
	return (sum - 131070) / 37837.22742;
}
