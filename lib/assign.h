/* Optimal assignment. */
#ifndef VQ_ASSIGN_H
#define VQ_ASSIGN_H

#include <stddef.h>

#define VQ_ASSIGN_MAX 128

/* Choose for each of rows at most one of columns, no column twice, so that the
 * sum of gain[r * columns + c] (finite, >= 0) is largest; pairs of gain 0 are
 * not made.  chosen[r] is the column or -1.  rows and columns are at most
 * VQ_ASSIGN_MAX.  Hungarian method (Kuhn 1955), O(n^3). */
void vq_assign(const double *gain, size_t rows, size_t columns, int *chosen);

#endif
