/* PNG files (libpng). */
#ifndef VQ_PNG_H
#define VQ_PNG_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"

/* Encode w x h pixels, 8-bit RGB without padding, into memory; *png is the caller's
 * to free.  The same pixels give the same bytes: no time, no text.  VQ_ETEMP when
 * there is no memory. */
enum vq_code vq_png_encode(
	const uint8_t *rgb, int w, int h, uint8_t **png, size_t *len, struct vq_err *err);

#endif
