/* Flashes of light that may harm photosensitive viewers: a screening aid after
 * WCAG 2.2 "three flashes or below threshold", no certification.  A flash is a
 * pair of opposing changes of relative luminance of at least 0.1, the darker side
 * below 0.8, over at least a quarter of the picture; more than three within any
 * second are a risk. */
#ifndef VQ_FLASH_H
#define VQ_FLASH_H

#include <jansson.h>

#include "frame.h"

struct vq_flash;

enum vq_code vq_flash_new(struct vq_flash **f, int width, int height, struct vq_err *err);
void vq_flash_free(struct vq_flash **f);

/* Every frame in order, repeated ones too (limited range luma). */
enum vq_code vq_flash_add(struct vq_flash *f, const struct vq_frame *frame, struct vq_err *err);

/* Most flashes (pairs) within one second. */
double vq_flash_rate(const struct vq_flash *f);

/* {"flashes_per_second":..,"start":..,"end":..,"transitions":n,"notes":..} for
 * the span in which more than three flashes a second happen, JSON null when there
 * is none; a new reference, NULL when out of memory. */
json_t *vq_flash_json(const struct vq_flash *f);

#endif
