/* Base64 (RFC 4648, section 4), for what is put into a page. */
#ifndef VQ_BASE64_H
#define VQ_BASE64_H

#include <stddef.h>
#include <stdio.h>

/* Write len bytes to a stream, padded, in one line.  A failed write shows in ferror(out). */
void vq_base64(FILE *out, const void *data, size_t len);

#endif
