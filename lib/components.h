/* Connected components of a map of classes, found in one pass over its runs. */
#ifndef VQ_COMPONENTS_H
#define VQ_COMPONENTS_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"

/* One 8-connected component of equal, non-zero class. */
struct vq_component {
	int x1, y1, x2, y2;	       /* pixels, x2 and y2 exclusive */
	int area;		       /* pixels */
	int64_t value;		       /* sum of the values of its pixels */
	int64_t sx, sy, sxx, sxy, syy; /* sums over its pixels' x, y and their products */
	int parent;		       /* union-find; of no meaning to callers */
	uint8_t cls;
};

struct vq_components;

/* Room for maps of up to max_width columns and max_count components; further
 * components of a map are dropped. */
enum vq_code vq_components_new(
	struct vq_components **c, int max_width, int max_count, struct vq_err *err);
void vq_components_free(struct vq_components **c);

/* Label a tightly packed map (0: background) with the value of each pixel
 * beside it.  Returns the number of components; the list belongs to c and
 * lasts until the next call.  Order: first pixel in reading order. */
size_t vq_components_label(struct vq_components *c, const uint8_t *map, const uint8_t *value,
	int width, int height, const struct vq_component **list);

#endif
