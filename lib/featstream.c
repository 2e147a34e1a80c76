#include "featstream.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

#include "record.h"

struct vq_featstream {
	struct vq_record_reader *reader;
	bool open;    /* between a header and its end */
	long streams; /* ended so far */
	long records; /* of the open stream */
};

enum vq_code vq_featstream_new(struct vq_featstream **s, int fd, struct vq_err *err)
{
	enum vq_code code;

	*s = calloc(1, sizeof **s);
	if (*s == NULL)
		return vq_nomem(err);
	code = vq_record_reader_new(&(*s)->reader, fd, err);
	if (code != VQ_OK)
		vq_featstream_free(s);
	return code;
}

void vq_featstream_free(struct vq_featstream **s)
{
	if (*s == NULL)
		return;
	vq_record_reader_free(&(*s)->reader);
	free(*s);
	*s = NULL;
}

long vq_featstream_line(const struct vq_featstream *s)
{
	return vq_record_line(s->reader);
}

static enum vq_code at_end(const struct vq_featstream *s, struct vq_err *err)
{
	if (s->open)
		return vq_fail(err, VQ_EDATA,
			"ends without an end record, after %ld feature records: the producer died",
			s->records);
	if (s->streams == 0)
		return vq_fail(err, VQ_EDATA, "empty input, expected feature records");
	return VQ_END;
}

static enum vq_code close_stream(struct vq_featstream *s, const json_t *rec, struct vq_err *err)
{
	enum vq_code code;
	long n;

	if ((code = vq_record_int(rec, "records", 0, LONG_MAX, &n, err)) != VQ_OK)
		return code;
	if (n != s->records)
		return vq_fail(err, VQ_EDATA, "end record counts %ld feature records, %ld came", n,
			s->records);
	s->open = false;
	s->streams++;
	return VQ_OK;
}

/* *mine: the record is a "features" record to hand out. */
static enum vq_code take(struct vq_featstream *s, const json_t *rec, bool *mine, struct vq_err *err)
{
	const char *clip;

	*mine = false;
	if (json_object_get(rec, "error") != NULL || vq_record_is(rec, "error")) {
		clip = json_string_value(json_object_get(rec, "clip_id"));
		return vq_fail(err, VQ_EDATA, "an error record%s%.100s, no features to judge",
			clip ? " of " : "", clip ? clip : "");
	}
	if (vq_record_is(rec, "header")) {
		if (s->open)
			return vq_fail(err, VQ_EDATA, "header record before the end of a stream");
		s->open = true;
		s->records = 0;
		return VQ_OK;
	}
	if (!s->open)
		return vq_fail(err, VQ_EDATA, "\"%.40s\" record, expected a header record",
			json_string_value(json_object_get(rec, "type")));
	if (vq_record_is(rec, "end"))
		return close_stream(s, rec, err);
	if (vq_record_is(rec, "features")) {
		*mine = true;
		s->records++;
		return vq_record_str(rec, "clip_id", &clip, err);
	}
	return VQ_OK;
}

enum vq_code vq_featstream_next(struct vq_featstream *s, json_t **rec, struct vq_err *err)
{
	enum vq_code code;
	bool mine;

	for (;;) {
		if ((code = vq_record_read(s->reader, rec, err)) != VQ_OK)
			return code == VQ_END ? at_end(s, err) : code;
		if ((code = take(s, *rec, &mine, err)) != VQ_OK)
			vq_fail_at(err, "line %ld", vq_record_line(s->reader));
		if (code == VQ_OK && mine)
			return VQ_OK;
		json_decref(*rec);
		*rec = NULL;
		if (code != VQ_OK)
			return code;
	}
}
