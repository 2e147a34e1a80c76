/* The index page of a batch: a row for each clip. */
#ifndef VQ_REPORTINDEX_H
#define VQ_REPORTINDEX_H

#include <stdio.h>

#include <jansson.h>

#include "err.h"

/* Check one line: a prediction, or an error line, {"clip_id","error":{...}}.  VQ_EDATA for
 * anything else. */
enum vq_code vq_reportindex_check(const json_t *line, struct vq_err *err);

/* Write the page about checked lines, an array.  A line may have, beside its own fields,
 * `page` and `thumbnail`: paths of files, relative to where the index lies.  An error is
 * shown as one, never as a clip in which nothing was found. */
enum vq_code vq_reportindex(FILE *out, const json_t *lines, struct vq_err *err);

#endif
