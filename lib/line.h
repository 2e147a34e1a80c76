/* Lines of a bounded length. */
#ifndef VQ_LINE_H
#define VQ_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "err.h"

struct vq_line {
	char *text; /* a NUL follows its len bytes, no newline */
	size_t len, size;
	bool too_long; /* what is there is the beginning; the rest was skipped */
};

/* The next line; the last one may lack its newline.  VQ_END: there is none;
 * VQ_EIO: read failed. */
enum vq_code vq_line_read(FILE *in, size_t max, struct vq_line *line, struct vq_err *err);
void vq_line_free(struct vq_line *line);

#endif
