/* Base64 (RFC 4648, section 4). */
#ifndef VQ_BASE64_H
#define VQ_BASE64_H

#include <stddef.h>
#include <stdio.h>

#include "err.h"

/* Write len bytes to a stream, padded, in one line.  A failed write shows in ferror(out). */
void vq_base64_encode(FILE *out, const void *data, size_t len);

/* Decode len characters into a new buffer (the caller's to free, never NULL, with a
 * NUL after its *size bytes).  Strict: padding is needed, white space and bits that
 * are lost are VQ_EDATA. */
enum vq_code vq_base64_decode(
	const char *text, size_t len, void **data, size_t *size, struct vq_err *err);

#endif
