/* Strict numbers: the whole string, in range, or an error. */
#ifndef VQ_NUM_H
#define VQ_NUM_H

#include <stdbool.h>

/* Decimal integer in [min,max]; false when s is anything else. */
bool vq_num_long(const char *s, long min, long max, long *out);

/* Finite decimal number in [min,max], C locale; false when s is anything else. */
bool vq_num_real(const char *s, double min, double max, double *out);

/* Round half away from zero to `digits` decimals, so that records print short
 * and the same on every machine. -0 becomes 0, non-finite becomes 0. */
double vq_num_round(double v, int digits);

#endif
