#include "y4m.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "num.h"

/* mjpegtools allows 96 bytes of stream header and 80 of frame line; FFmpeg
 * writes longer ones for its own X tags, so the reader takes more. */
#define LINE_MAX_BYTES 512
#define MAGIC "YUV4MPEG2"

struct vq_y4m_reader {
	int fd;
	struct vq_stream stream;
	long frames;	 /* complete frames so far */
	bool in_pixels;	 /* the frame line is read, pixels follow */
	size_t have;	 /* pixel bytes of this frame so far */
	size_t line_len; /* bytes in buf */
	char buf[LINE_MAX_BYTES];
};

enum vq_code vq_y4m_reader_new(struct vq_y4m_reader **r, int fd, struct vq_err *err)
{
	*r = calloc(1, sizeof **r);
	if (*r == NULL)
		return vq_nomem(err);
	(*r)->fd = fd;
	return VQ_OK;
}

void vq_y4m_reader_free(struct vq_y4m_reader **r)
{
	free(*r);
	*r = NULL;
}

static ssize_t read_once(int fd, void *to, size_t n)
{
	ssize_t got;

	do
		got = read(fd, to, n);
	while (got < 0 && errno == EINTR);
	return got;
}

static bool parse_pair(const char *s, char sep, long min, long max, long *a, long *b)
{
	char left[24];
	const char *mid = strchr(s, sep);
	size_t n = mid == NULL ? sizeof left : (size_t)(mid - s);

	if (n >= sizeof left)
		return false;
	memcpy(left, s, n);
	left[n] = '\0';
	return vq_num_long(left, min, max, a) && vq_num_long(mid + 1, min, max, b);
}

static enum vq_code header_tag(struct vq_stream *s, const char *tag, struct vq_err *err)
{
	static const char *const formats[] = {
		"C420", "C420jpeg", "C420mpeg2", "C420paldv", "C420p8"};
	long a, b;

	switch (tag[0]) {
	case 'W':
	case 'H':
		if (!vq_num_long(tag + 1, 1, VQ_MAX_SIDE, &a))
			return vq_fail(err, VQ_EDATA, "bad Y4M header: tag %s, expected 1 to %d",
				tag, VQ_MAX_SIDE);
		*(tag[0] == 'W' ? &s->width : &s->height) = (int)a;
		return VQ_OK;
	case 'F':
		if (!parse_pair(tag + 1, ':', 0, 1000000000, &a, &b))
			return vq_fail(err, VQ_EDATA, "bad Y4M header: tag %s", tag);
		if (a > 0 && b > 0)
			s->rate = (struct vq_rate){a, b};
		return VQ_OK;
	case 'I':
		if (tag[1] != 'p' && tag[1] != '?')
			return vq_fail(err, VQ_EDATA,
				"interlaced Y4M (%s), expected progressive: deinterlace first",
				tag);
		return VQ_OK;
	case 'C':
		for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
			if (strcmp(tag, formats[i]) == 0)
				return VQ_OK;
		return vq_fail(err, VQ_EDATA, "Y4M pixel format %s, expected 8-bit C420", tag);
	case 'X':
		if (strncmp(tag, "XSRC=", 5) != 0)
			return VQ_OK;
		if (!parse_pair(tag + 5, 'x', 1, 65536, &a, &b))
			return vq_fail(err, VQ_EDATA, "bad Y4M header: tag %s", tag);
		s->src_width = (int)a;
		s->src_height = (int)b;
		return VQ_OK;
	default: /* A (sample aspect), and what others may add */
		return VQ_OK;
	}
}

/* One byte a read: a header is read once, and nothing beyond it may be taken. */
enum vq_code vq_y4m_read_header(struct vq_y4m_reader *r, struct vq_stream *s, struct vq_err *err)
{
	char *save, *tag;
	enum vq_code code;
	ssize_t got;

	*s = (struct vq_stream){.rate = {25, 1}};
	for (r->line_len = 0;; r->line_len++) {
		if (r->line_len == sizeof r->buf - 1)
			return vq_fail(err, VQ_EDATA, "not a Y4M stream: header line too long");
		got = read_once(r->fd, r->buf + r->line_len, 1);
		if (got < 0)
			return vq_fail(err, VQ_EIO, "read: ");
		if (got == 0 && r->line_len == 0)
			return vq_fail(err, VQ_EDATA, "empty input, expected a Y4M stream");
		if (got == 0)
			return vq_fail(err, VQ_EDATA, "Y4M header: truncated after %zu bytes",
				r->line_len);
		if (r->buf[r->line_len] == '\n')
			break;
		if (r->line_len < sizeof MAGIC - 1 && r->buf[r->line_len] != MAGIC[r->line_len])
			return vq_fail(err, VQ_EDATA, "not a Y4M stream");
	}
	r->buf[r->line_len] = '\0';
	tag = strtok_r(r->buf, " ", &save);
	if (tag == NULL || strcmp(tag, MAGIC) != 0)
		return vq_fail(err, VQ_EDATA, "not a Y4M stream");
	while ((tag = strtok_r(NULL, " ", &save)) != NULL)
		if ((code = header_tag(s, tag, err)) != VQ_OK)
			return code;
	if (s->width == 0 || s->height == 0)
		return vq_fail(err, VQ_EDATA, "bad Y4M header: no width or height");
	if (s->width % 2 != 0 || s->height % 2 != 0)
		return vq_fail(err, VQ_EDATA,
			"odd frame size %dx%d, expected even sides: scale or pad first", s->width,
			s->height);
	if (s->src_width == 0) {
		s->src_width = s->width;
		s->src_height = s->height;
	}
	r->stream = *s;
	r->line_len = 0;
	return VQ_OK;
}

static enum vq_code parse_frame_line(
	struct vq_y4m_reader *r, struct vq_frame *f, struct vq_err *err)
{
	char *save, *tag;
	long v;

	r->buf[r->line_len] = '\0';
	if (strncmp(r->buf, MAGIC " ", sizeof MAGIC) == 0)
		return vq_fail(err, VQ_EDATA,
			"frame %ld: a new stream header in mid-stream, sizes may not change",
			r->frames);
	tag = strtok_r(r->buf, " ", &save);
	if (tag == NULL || strcmp(tag, "FRAME") != 0)
		return vq_fail(
			err, VQ_EDATA, "frame %ld: no FRAME line where one is due", r->frames);
	f->number = r->frames;
	f->time_us = (int64_t)((double)r->frames * 1e6 * (double)r->stream.rate.den /
				       (double)r->stream.rate.num +
			       0.5);
	while ((tag = strtok_r(NULL, " ", &save)) != NULL) {
		if (strncmp(tag, "XN=", 3) == 0) {
			if (!vq_num_long(tag + 3, 0, INT32_MAX, &f->number))
				return vq_fail(
					err, VQ_EDATA, "frame %ld: bad tag %s", r->frames, tag);
		} else if (strncmp(tag, "XT=", 3) == 0) {
			if (!vq_num_long(tag + 3, 0, INT64_MAX / 2, &v))
				return vq_fail(
					err, VQ_EDATA, "frame %ld: bad tag %s", r->frames, tag);
			f->time_us = v;
		}
	}
	r->in_pixels = true;
	r->have = 0;
	r->line_len = 0;
	return VQ_OK;
}

/* The line is read a few bytes at a time, never past its end: "FRAME\n" first,
 * then byte by byte while tags follow. */
static enum vq_code read_line_some(struct vq_y4m_reader *r, struct vq_frame *f, struct vq_err *err)
{
	size_t want = r->line_len < 6 ? 6 - r->line_len : 1;
	ssize_t got = read_once(r->fd, r->buf + r->line_len, want);

	if (got < 0)
		return vq_fail(err, VQ_EIO, "read: ");
	if (got == 0 && r->line_len == 0)
		return VQ_END;
	if (got == 0)
		return vq_fail(err, VQ_EDATA, "frame %ld: frame line truncated", r->frames);
	r->line_len += (size_t)got;
	if (strncmp(r->buf, "FRAME", r->line_len < 5 ? r->line_len : 5) != 0 &&
		strncmp(r->buf, MAGIC, r->line_len < 5 ? r->line_len : 5) != 0)
		return vq_fail(
			err, VQ_EDATA, "frame %ld: no FRAME line where one is due", r->frames);
	if (r->line_len >= 6 && r->buf[r->line_len - 1] == '\n') {
		r->line_len--;
		return parse_frame_line(r, f, err) == VQ_OK ? VQ_AGAIN : err->code;
	}
	if (r->line_len == sizeof r->buf - 1)
		return vq_fail(err, VQ_EDATA, "frame %ld: frame line too long", r->frames);
	return VQ_AGAIN;
}

enum vq_code vq_y4m_read_some(struct vq_y4m_reader *r, struct vq_frame *f, struct vq_err *err)
{
	size_t size = vq_frame_bytes(r->stream.width, r->stream.height);
	ssize_t got;

	if (!r->in_pixels)
		return read_line_some(r, f, err);
	got = read_once(r->fd, f->plane[0] + r->have, size - r->have);
	if (got < 0)
		return vq_fail(err, VQ_EIO, "read: ");
	if (got == 0)
		return vq_fail(err, VQ_EDATA, "frame %ld: truncated, %zu of %zu bytes", r->frames,
			r->have, size);
	r->have += (size_t)got;
	if (r->have < size)
		return VQ_AGAIN;
	r->in_pixels = false;
	r->frames++;
	return VQ_OK;
}

enum vq_code vq_y4m_read(struct vq_y4m_reader *r, struct vq_frame *f, struct vq_err *err)
{
	enum vq_code code;

	do
		code = vq_y4m_read_some(r, f, err);
	while (code == VQ_AGAIN);
	return code;
}

static enum vq_code write_all(int fd, struct iovec *v, int n, struct vq_err *err)
{
	while (n > 0) {
		ssize_t put = writev(fd, v, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return vq_fail(err, VQ_EIO, "write: ");
		while (n > 0 && (size_t)put >= v->iov_len) {
			put -= (ssize_t)v->iov_len;
			v++;
			n--;
		}
		if (n > 0) {
			v->iov_base = (char *)v->iov_base + put;
			v->iov_len -= (size_t)put;
		}
	}
	return VQ_OK;
}

enum vq_code vq_y4m_write_header(int fd, const struct vq_stream *s, struct vq_err *err)
{
	char line[96];
	struct iovec v = {.iov_base = line};
	int n = snprintf(line, sizeof line, MAGIC " W%d H%d F%ld:%ld Ip A1:1 C420jpeg XSRC=%dx%d\n",
		s->width, s->height, s->rate.num, s->rate.den, s->src_width, s->src_height);

	if (n < 0 || (size_t)n >= sizeof line)
		return vq_fail(err, VQ_EBUG, "Y4M header too long");
	v.iov_len = (size_t)n;
	return write_all(fd, &v, 1, err);
}

enum vq_code vq_y4m_write(int fd, const struct vq_frame *f, struct vq_err *err)
{
	char line[80];
	int n = snprintf(line, sizeof line, "FRAME XN=%ld XT=%" PRId64 "\n", f->number, f->time_us);
	struct iovec v[2] = {{line, (size_t)n}, {f->plane[0], vq_frame_bytes(f->width, f->height)}};

	return write_all(fd, v, 2, err);
}
