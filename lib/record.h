/* Records: line-delimited JSON, one object a line, "type" first.  A stream
 * opens with a "header" record and closes with an "end" record.
 * Values are jansson's; a json_t that a function returns belongs to the caller. */
#ifndef VQ_RECORD_H
#define VQ_RECORD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "err.h"

/* A longer line is an error, not memory. */
#define VQ_RECORD_MAX (16u << 20)

struct vq_record_reader;

/* Read from an open descriptor (not owned). */
enum vq_code vq_record_reader_new(struct vq_record_reader **r, int fd, struct vq_err *err);
void vq_record_reader_free(struct vq_record_reader **r);

/* Hand out objects without a "type" as well: the error lines of a batch have none. */
void vq_record_untyped(struct vq_record_reader *r);

/* Next record, blocking.  VQ_END at a clean end of the input; VQ_EDATA with
 * "line N: " for what is no JSON object, has no "type" or misses its newline. */
enum vq_code vq_record_read(struct vq_record_reader *r, json_t **rec, struct vq_err *err);

/* The same in steps, for a reader that polls: vq_record_fill does one read(2),
 * so call it when poll(2) says that the descriptor is readable; vq_record_next
 * takes the next whole line that is there, VQ_AGAIN when there is none. */
enum vq_code vq_record_fill(struct vq_record_reader *r, struct vq_err *err);
enum vq_code vq_record_next(struct vq_record_reader *r, json_t **rec, struct vq_err *err);

/* Lines read so far, for messages. */
long vq_record_line(const struct vq_record_reader *r);

/* Write one record as a line: compact, insertion order, 9 significant digits.
 * Takes the reference to rec, also on failure; NULL is out of memory. */
enum vq_code vq_record_write(FILE *out, json_t *rec, struct vq_err *err);

/* Fields of a record read from outside.  A missing field or one of another
 * kind is VQ_EDATA: `"type" record: field "frame": missing, expected integer`.
 * Strings and objects stay owned by rec. */
enum vq_code vq_record_int(
	const json_t *rec, const char *key, long min, long max, long *out, struct vq_err *err);
enum vq_code vq_record_real(const json_t *rec, const char *key, double *out, struct vq_err *err);
enum vq_code vq_record_str(
	const json_t *rec, const char *key, const char **out, struct vq_err *err);
enum vq_code vq_record_array(
	const json_t *rec, const char *key, const json_t **out, struct vq_err *err);
enum vq_code vq_record_object(
	const json_t *rec, const char *key, const json_t **out, struct vq_err *err);
/* [x1,y1,x2,y2] with x1 < x2 and y1 < y2. */
enum vq_code vq_record_box(const json_t *rec, const char *key, double box[4], struct vq_err *err);

/* Whether rec's "type" is that. */
bool vq_record_is(const json_t *rec, const char *type);

/* A JSON real rounded to that many decimals (vq_num_round). */
json_t *vq_record_number(double v, int digits);

#endif
