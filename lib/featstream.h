/* Reads feature records: one or more streams, each of a header record, "features"
 * records and an end record that counts them. */
#ifndef VQ_FEATSTREAM_H
#define VQ_FEATSTREAM_H

#include <jansson.h>

#include "err.h"

struct vq_featstream;

/* From an open descriptor (not owned). */
enum vq_code vq_featstream_new(struct vq_featstream **s, int fd, struct vq_err *err);
void vq_featstream_free(struct vq_featstream **s);

/* The next "features" record with a clip_id; the caller owns it.  VQ_END after
 * the last stream's end.  VQ_EDATA, with the line: an empty input, a record that
 * is no header, features or end, or out of place, an error record (it is no
 * measurement), an end that counts otherwise, an input that stops before the
 * end.  Records of unknown types inside a stream are skipped. */
enum vq_code vq_featstream_next(struct vq_featstream *s, json_t **rec, struct vq_err *err);

/* Line of the record read last, for messages. */
long vq_featstream_line(const struct vq_featstream *s);

#endif
