#include "record.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "num.h"

struct vq_record_reader {
	int fd;
	bool eof, untyped;
	long line;
	char *buf;
	size_t start, len, scanned, size; /* bytes [start,len) of buf are unread */
};

enum vq_code vq_record_reader_new(struct vq_record_reader **r, int fd, struct vq_err *err)
{
	*r = calloc(1, sizeof **r);
	if (*r == NULL)
		return vq_nomem(err);
	(*r)->fd = fd;
	return VQ_OK;
}

void vq_record_reader_free(struct vq_record_reader **r)
{
	if (*r == NULL)
		return;
	free((*r)->buf);
	free(*r);
	*r = NULL;
}

void vq_record_untyped(struct vq_record_reader *r)
{
	r->untyped = true;
}

long vq_record_line(const struct vq_record_reader *r)
{
	return r->line;
}

enum vq_code vq_record_fill(struct vq_record_reader *r, struct vq_err *err)
{
	ssize_t got;

	if (r->start > 0) {
		memmove(r->buf, r->buf + r->start, r->len - r->start);
		r->len -= r->start;
		r->scanned -= r->start;
		r->start = 0;
	}
	if (r->size - r->len < 4096) {
		size_t size = r->size == 0 ? 65536 : r->size * 2;
		char *p;

		if (size > VQ_RECORD_MAX)
			return vq_fail(err, VQ_EDATA, "line %ld: longer than %u bytes", r->line + 1,
				VQ_RECORD_MAX);
		p = realloc(r->buf, size);
		if (p == NULL)
			return vq_nomem(err);
		r->buf = p;
		r->size = size;
	}
	do
		got = read(r->fd, r->buf + r->len, r->size - r->len);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return vq_fail(err, VQ_EIO, "read: ");
	r->eof = got == 0;
	r->len += (size_t)got;
	return VQ_OK;
}

static enum vq_code parse(struct vq_record_reader *r, size_t n, json_t **rec, struct vq_err *err)
{
	json_error_t je;
	const char *s = r->buf + r->start;

	r->line++;
	r->start += n + 1;
	r->scanned = r->start;
	*rec = json_loadb(s, n, JSON_REJECT_DUPLICATES, &je);
	if (*rec == NULL)
		return vq_fail(err, VQ_EDATA, "line %ld: %s", r->line, je.text);
	if (!json_is_string(json_object_get(*rec, "type")) &&
		!(r->untyped && json_is_object(*rec))) {
		json_decref(*rec);
		*rec = NULL;
		return vq_fail(err, VQ_EDATA, "line %ld: no object with a \"type\"", r->line);
	}
	return VQ_OK;
}

static bool next_line(struct vq_record_reader *r, size_t *n)
{
	char *nl;

	if (r->buf == NULL)
		return false;
	nl = memchr(r->buf + r->scanned, '\n', r->len - r->scanned);
	if (nl == NULL) {
		r->scanned = r->len;
		return false;
	}
	*n = (size_t)(nl - (r->buf + r->start));
	return true;
}

enum vq_code vq_record_next(struct vq_record_reader *r, json_t **rec, struct vq_err *err)
{
	size_t n;

	*rec = NULL;
	if (next_line(r, &n))
		return parse(r, n, rec, err);
	if (!r->eof)
		return VQ_AGAIN;
	if (r->len > r->start)
		return vq_fail(err, VQ_EDATA, "line %ld: truncated", r->line + 1);
	return VQ_END;
}

enum vq_code vq_record_read(struct vq_record_reader *r, json_t **rec, struct vq_err *err)
{
	enum vq_code code;

	while ((code = vq_record_next(r, rec, err)) == VQ_AGAIN)
		if ((code = vq_record_fill(r, err)) != VQ_OK)
			return code;
	return code;
}

enum vq_code vq_record_write(FILE *out, json_t *rec, struct vq_err *err)
{
	char *s;
	int bad;

	if (rec == NULL)
		return vq_nomem(err);
	s = json_dumps(rec, JSON_COMPACT | JSON_REAL_PRECISION(9));
	json_decref(rec);
	if (s == NULL)
		return vq_nomem(err);
	bad = fputs(s, out) == EOF || fputc('\n', out) == EOF;
	free(s);
	return bad ? vq_fail(err, VQ_EIO, "write: ") : VQ_OK;
}

bool vq_record_is(const json_t *rec, const char *type)
{
	const char *s = json_string_value(json_object_get(rec, "type"));

	return s != NULL && strcmp(s, type) == 0;
}

static enum vq_code bad_field(
	const json_t *rec, const char *key, const char *expected, struct vq_err *err)
{
	const char *type = json_string_value(json_object_get(rec, "type"));

	return vq_fail(err, VQ_EDATA, "%s%sfield \"%s\": %s, expected %s", type ? type : "",
		type ? " record: " : "", key, json_object_get(rec, key) ? "wrong" : "missing",
		expected);
}

enum vq_code vq_record_int(
	const json_t *rec, const char *key, long min, long max, long *out, struct vq_err *err)
{
	const json_t *v = json_object_get(rec, key);

	if (!json_is_integer(v) || json_integer_value(v) < min || json_integer_value(v) > max)
		return bad_field(rec, key, "an integer in range", err);
	*out = (long)json_integer_value(v);
	return VQ_OK;
}

enum vq_code vq_record_real(const json_t *rec, const char *key, double *out, struct vq_err *err)
{
	const json_t *v = json_object_get(rec, key);

	if (!json_is_number(v) || !isfinite(json_number_value(v)))
		return bad_field(rec, key, "a number", err);
	*out = json_number_value(v);
	return VQ_OK;
}

enum vq_code vq_record_str(const json_t *rec, const char *key, const char **out, struct vq_err *err)
{
	*out = json_string_value(json_object_get(rec, key));
	return *out != NULL ? VQ_OK : bad_field(rec, key, "a string", err);
}

enum vq_code vq_record_array(
	const json_t *rec, const char *key, const json_t **out, struct vq_err *err)
{
	*out = json_object_get(rec, key);
	return json_is_array(*out) ? VQ_OK : bad_field(rec, key, "an array", err);
}

enum vq_code vq_record_object(
	const json_t *rec, const char *key, const json_t **out, struct vq_err *err)
{
	*out = json_object_get(rec, key);
	return json_is_object(*out) ? VQ_OK : bad_field(rec, key, "an object", err);
}

enum vq_code vq_record_box(const json_t *rec, const char *key, double box[4], struct vq_err *err)
{
	const json_t *v = json_object_get(rec, key);

	if (json_array_size(v) != 4)
		return bad_field(rec, key, "a box [x1,y1,x2,y2]", err);
	for (size_t i = 0; i < 4; i++) {
		const json_t *e = json_array_get(v, i);

		if (!json_is_number(e))
			return bad_field(rec, key, "a box [x1,y1,x2,y2]", err);
		box[i] = json_number_value(e);
	}
	if (!(box[0] < box[2] && box[1] < box[3]))
		return bad_field(rec, key, "a box [x1,y1,x2,y2]", err);
	return VQ_OK;
}

json_t *vq_record_number(double v, int digits)
{
	return json_real(vq_num_round(v, digits));
}
