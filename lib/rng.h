/* Seeded numbers, the same on every machine.  Source: splitmix64, Steele, Lea,
 * Flood 2014, doi 10.1145/2660193.2660195. */
#ifndef VQ_RNG_H
#define VQ_RNG_H

#include <stdint.h>

/* The next number of a sequence; any state is a seed. */
uint64_t vq_rng_next(uint64_t *state);

/* A seed of its own for the thing (a, b), so that it does not matter what else was
 * drawn before. */
uint64_t vq_rng_at(uint64_t seed, uint64_t a, uint64_t b);

/* In [0,1), in [-1,1), and 0..n-1 (n at least 1). */
double vq_rng_unit(uint64_t *state);
double vq_rng_signed(uint64_t *state);
int vq_rng_below(uint64_t *state, int n);

/* About normal, mean 0, deviation 1, never beyond 3.5: the sum of four 16-bit
 * uniform numbers, without libm. */
double vq_rng_normal(uint64_t *state);

#endif
