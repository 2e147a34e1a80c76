/* Eight numbers at once, in whatever registers the processor has: compiler vector types.  Sums
 * are rounded after each product, so that results are the same on every processor. */
#ifndef VQ_LANES_H
#define VQ_LANES_H

#include <stdint.h>

/* For functions that are worth a second version for wide registers, chosen at start. */
#if defined(__x86_64__) && defined(__gnu_linux__)
#define VQ_WIDE __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define VQ_WIDE
#endif

#define VQ_LANES 8

typedef float vq_lanes __attribute__((vector_size(32), aligned(4), may_alias));
typedef int32_t vq_int_lanes __attribute__((vector_size(32), aligned(4), may_alias));
typedef uint8_t vq_byte_lanes __attribute__((vector_size(8), aligned(1), may_alias));

#endif
