/* One self-contained HTML page about one clip. */
#ifndef VQ_REPORTPAGE_H
#define VQ_REPORTPAGE_H

#include <stdbool.h>
#include <stdio.h>

#include "reportdata.h"
#include "reportshots.h"

/* Write the page; the pictures of `shots` have been taken, NULL: no frames were given, and
 * the page says so.  Everything that comes from records is escaped, nothing is loaded
 * from anywhere.  A failed write shows in ferror(out); VQ_ETEMP when hashing failed. */
enum vq_code vq_reportpage(
	FILE *out, const struct vq_reportdata *d, const struct vq_shots *shots, struct vq_err *err);

/* The verdict of a prediction in a few words. */
const char *vq_verdict_words(const json_t *prediction);

/* "text", "flicker" or "none": the class of its colour. */
const char *vq_verdict_class(const json_t *prediction);

#endif
