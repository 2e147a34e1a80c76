/* A whole file in memory. */
#ifndef VQ_FILE_H
#define VQ_FILE_H

#include <stddef.h>

#include "err.h"

/* Read it, at most max bytes (more is VQ_EDATA); *text has a NUL after its len
 * bytes and is the caller's to free.  VQ_ENOENT when it cannot be opened. */
enum vq_code vq_file_read(
	const char *path, size_t max, char **text, size_t *len, struct vq_err *err);

#endif
