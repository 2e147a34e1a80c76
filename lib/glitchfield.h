/* Smooth random fields, and pictures read at places between pixels. */
#ifndef VQ_GLITCHFIELD_H
#define VQ_GLITCHFIELD_H

#include <stdint.h>

#include "err.h"

/* A seeded smooth function of the plane: uniform values on a grid, joined by cubic
 * B-splines.  Root mean square about 0.6, never beyond 2. */
struct vq_field {
	int cols, rows, width;
	double spacing; /* pixels */
	float *grid, *line;
	struct vq_field_place *place[2]; /* of columns, for step 1 and 2 */
};

/* For width x height pixels. */
enum vq_code vq_field_init(
	struct vq_field *f, int width, int height, double spacing, struct vq_err *err);
void vq_field_clear(struct vq_field *f);

/* New values everywhere. */
void vq_field_seed(struct vq_field *f, uint64_t seed);
/* Values (1 - mix) * first + mix * second. */
void vq_field_mix(struct vq_field *f, uint64_t first, uint64_t second, double mix);

/* n values at (0.5 * step + i * step, y) for a step of 1 or 2, the latter being the
 * centres of chroma; as many as the field is wide. */
void vq_field_row(struct vq_field *f, double y, int step, int n, float *out);

/* One value, (0, 0) being the field's corner. */
float vq_field_at(const struct vq_field *f, double x, double y);

/* The value at (x, y), pixel centres at integers, by Catmull-Rom's cubic; outside the
 * plane its border goes on (u8) or it is 0 (float). */
float vq_at_u8(const uint8_t *p, int w, int h, double x, double y);
float vq_at_float(const float *p, int w, int h, double x, double y);

/* Rounded, 0-255. */
uint8_t vq_to_u8(double v);

#endif
