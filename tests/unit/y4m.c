/* lib/y4m: what is written is read back; what is cut or odd is told. */
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/num.h"
#include "../../lib/y4m.h"
#include "../tap.h"

static FILE *file; /* an unnamed file, the "stream" of each test */

static int stream_of(const void *bytes, size_t n)
{
	int fd = fileno(file);

	if (ftruncate(fd, 0) != 0 || pwrite(fd, bytes, n, 0) != (ssize_t)n)
		abort();
	lseek(fd, 0, SEEK_SET);
	return fd;
}

/* Read a whole stream; the code that ended it, frames in *frames. */
static enum vq_code read_all(
	int fd, int *frames, struct vq_stream *s, struct vq_frame *last, struct vq_err *err)
{
	struct vq_y4m_reader *r;
	enum vq_code code;

	*frames = 0;
	err->msg[0] = '\0';
	if (vq_y4m_reader_new(&r, fd, err) != VQ_OK)
		abort();
	code = vq_y4m_read_header(r, s, err);
	if (code == VQ_OK && (last->width != s->width || last->height != s->height)) {
		vq_frame_clear(last);
		code = vq_frame_init(last, s->width, s->height, err);
	}
	while (code == VQ_OK)
		if ((code = vq_y4m_read(r, last, err)) == VQ_OK)
			++*frames;
	vq_y4m_reader_free(&r);
	ok(r == NULL, "the reader is cleared");
	return code;
}

static enum vq_code read_text(const char *text, int *frames, struct vq_stream *s,
	struct vq_frame *last, struct vq_err *err)
{
	return read_all(stream_of(text, strlen(text)), frames, s, last, err);
}

static void round_trip(struct vq_frame *last)
{
	struct vq_stream s = {.width = 6,
		.height = 4,
		.src_width = 1921,
		.src_height = 1081,
		.rate = {30000, 1001}};
	struct vq_stream got = {0};
	struct vq_frame f;
	struct vq_err err;
	char bytes[1024];
	size_t n, whole = 0, wrong = 0;
	int frames, fd;

	vq_frame_init(&f, 6, 4, &err);
	fd = stream_of("", 0);
	is_int(vq_y4m_write_header(fd, &s, &err), VQ_OK, "header written");
	for (int i = 0; i < 3; i++) {
		memset(f.plane[0], 'F' + i, vq_frame_bytes(6, 4));
		f.number = 7 * i;
		f.time_us = INT64_C(5000000000) * i;
		vq_y4m_write(fd, &f, &err);
	}
	n = (size_t)pread(fd, bytes, sizeof bytes, 0);
	lseek(fd, 0, SEEK_SET);
	is_int(read_all(fd, &frames, &got, last, &err), VQ_END, "read to its end");
	is_int(frames, 3, "all frames");
	ok(got.width == 6 && got.height == 4 && got.src_width == 1921 && got.src_height == 1081,
		"sizes");
	ok(got.rate.num == 30000 && got.rate.den == 1001, "rate");
	is_int(last->number, 14, "frame number");
	is_int(last->time_us, INT64_C(10000000000), "time");
	is_int(last->plane[2][5], 'H', "pixels");
	ok(memchr(bytes, '\n', 96) != NULL, "the header is no longer than others accept");

	for (size_t cut = 0; cut < n; cut++) {
		enum vq_code code = read_all(stream_of(bytes, cut), &frames, &got, last, &err);

		whole += code == VQ_END;
		wrong += code != VQ_END && (code != VQ_EDATA || err.msg[0] == '\0');
	}
	is_int((long long)whole, 3, "cut at any byte: a clean end only between frames");
	is_int((long long)wrong, 0, "and bad data with a message elsewhere");
	vq_frame_clear(&f);
}

/* Streams of others, and streams that are refused. */
static void headers(struct vq_frame *last)
{
	static const struct {
		const char *text;
		enum vq_code code;
		int frames;
		const char *says;
	} cases[] = {
		{"YUV4MPEG2 W2 H2 F25:1 Ip A0:0 C420mpeg2 XYSCSS=420MPEG2\nFRAME\n123456", VQ_END,
			1, ""},
		{"YUV4MPEG2 W2 H2\nFRAME Ixyz\n123456FRAME\nabcdef", VQ_END, 2, ""},
		{"YUV4MPEG2 H2 W2 F0:0\n", VQ_END, 0, ""},
		{"", VQ_EDATA, 0, "empty input"},
		{"RIFF", VQ_EDATA, 0, "not a Y4M stream"},
		{"YUV4MPEG3 W2 H2\n", VQ_EDATA, 0, "not a Y4M stream"},
		{"YUV4MPEG2 W2\n", VQ_EDATA, 0, "no width or height"},
		{"YUV4MPEG2 W0 H2\n", VQ_EDATA, 0, "tag W0"},
		{"YUV4MPEG2 W2 H-2\n", VQ_EDATA, 0, "tag H-2"},
		{"YUV4MPEG2 W99999 H2\n", VQ_EDATA, 0, "tag W99999"},
		{"YUV4MPEG2 W3 H2\n", VQ_EDATA, 0, "odd frame size 3x2"},
		{"YUV4MPEG2 W2 H2 It\n", VQ_EDATA, 0, "interlaced"},
		{"YUV4MPEG2 W2 H2 C444\n", VQ_EDATA, 0, "pixel format C444"},
		{"YUV4MPEG2 W2 H2 C420p10\n", VQ_EDATA, 0, "pixel format C420p10"},
		{"YUV4MPEG2 W2 H2 F25\n", VQ_EDATA, 0, "tag F25"},
		{"YUV4MPEG2 W2 H2 XSRC=5\n", VQ_EDATA, 0, "tag XSRC=5"},
		{"YUV4MPEG2 W2 H2\nframe\n123456", VQ_EDATA, 0, "frame 0: no FRAME line"},
		{"YUV4MPEG2 W2 H2\nFRAME\n123456FRAMX\n", VQ_EDATA, 1, "frame 1: no FRAME line"},
		{"YUV4MPEG2 W2 H2\nFRAME XN=x\n123456", VQ_EDATA, 0, "bad tag XN=x"},
		{"YUV4MPEG2 W2 H2\nFRAME XT=-1\n123456", VQ_EDATA, 0, "bad tag XT=-1"},
		{"YUV4MPEG2 W2 H2\nFRAME\n12345", VQ_EDATA, 0, "frame 0: truncated, 5 of 6 bytes"},
		{"YUV4MPEG2 W2 H2\nFRAME\n123456YUV4MPEG2 W4 H4\nFRAME\n", VQ_EDATA, 1,
			"frame 1: a new stream header"},
	};
	struct vq_stream s;
	struct vq_err err;
	int frames;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		enum vq_code code = read_text(cases[i].text, &frames, &s, last, &err);

		ok(code == cases[i].code && frames == cases[i].frames,
			"stream %zu: code and frames", i);
		has_str(err.msg, cases[i].says, "stream %zu: message", i);
	}
	read_text("YUV4MPEG2 W2 H2 F10:1\nFRAME\n123456FRAME\n123456", &frames, &s, last, &err);
	is_int(last->number, 1, "without tags: number by count");
	is_int(last->time_us, 100000, "and time by rate");
	is_int(s.src_width, 2, "and the source has the stream's size");
}

/* A pipe hands over a few bytes at a time. */
static void in_steps(void)
{
	static const char text[] = "YUV4MPEG2 W2 H2\nFRAME XN=3 XT=9\n123456FRAME\nabcdef";
	struct vq_y4m_reader *r;
	struct vq_stream s;
	struct vq_frame f;
	struct vq_err err;
	enum vq_code code = VQ_AGAIN;
	int p[2], frames = 0;
	size_t at = 16;

	if (pipe(p) != 0 || write(p[1], text, at) != (ssize_t)at)
		abort();
	vq_y4m_reader_new(&r, p[0], &err);
	vq_y4m_read_header(r, &s, &err);
	vq_frame_init(&f, s.width, s.height, &err);
	while (at < sizeof text - 1 && (code == VQ_AGAIN || code == VQ_OK)) {
		if (write(p[1], text + at++, 1) != 1)
			abort();
		code = vq_y4m_read_some(r, &f, &err);
		frames += code == VQ_OK;
		if (frames == 1 && code == VQ_OK)
			ok(f.number == 3 && f.time_us == 9 && memcmp(f.plane[0], "123456", 6) == 0,
				"first frame, byte by byte");
	}
	is_int(frames, 2, "both frames");
	close(p[1]);
	is_int(vq_y4m_read_some(r, &f, &err), VQ_END, "then the end");
	vq_frame_clear(&f);
	vq_y4m_reader_free(&r);
	close(p[0]);
}

static void failures(void)
{
	struct vq_stream s = {.width = 2, .height = 2, .rate = {25, 1}};
	struct vq_frame f;
	struct vq_err err;
	int fd = open("/dev/full", O_WRONLY), frames;

	vq_frame_init(&f, 2, 2, &err);
	memset(f.plane[0], 0, 6);
	is_int(vq_y4m_write_header(fd, &s, &err), VQ_EIO, "/dev/full: header");
	is_int(vq_y4m_write(fd, &f, &err), VQ_EIO, "/dev/full: frame");
	has_str(err.msg, "write: ", "with the system's words");
	close(fd);
	is_int(read_all(-1, &frames, &s, &f, &err), VQ_EIO, "a descriptor that cannot be read");
	vq_frame_clear(&f);
}

static void sizes(void)
{
	static const int cases[][6] = {{1920, 1080, 360, 0, 640, 360},
		{1280, 720, 720, 0, 1280, 720}, {320, 240, 720, 0, 320, 240},
		{33, 17, 0, 0, 32, 16}, {1, 1, 0, 0, 2, 2}, {1, 4000, 100, 0, 2, 100},
		{4096, 2160, 101, 0, 190, 100}, {405, 720, 360, 0, 202, 360},
		{256, 256, 720, 320, 512, 512}, {568, 320, 720, 320, 1136, 640},
		{640, 360, 720, 320, 640, 360}, {256, 144, 720, 320, 1024, 576},
		{64, 48, 720, 320, 256, 192}, {320, 240, 400, 320, 320, 240},
		{320, 240, 120, 320, 160, 120}, {33, 17, 0, 20, 66, 34},
		{16000, 30, 0, 320, 16000, 30}};
	struct vq_frame f;
	struct vq_err err;
	int w, h;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		vq_frame_fit(cases[i][0], cases[i][1], (struct vq_fit){cases[i][2], cases[i][3]},
			&w, &h);
		ok(w == cases[i][4] && h == cases[i][5], "%dx%d at most %d, low %d: %dx%d",
			cases[i][0], cases[i][1], cases[i][2], cases[i][3], w, h);
	}
	is_int(vq_frame_init(&f, 3, 2, &err), VQ_EDATA, "odd width");
	is_int(vq_frame_init(&f, 2, 0, &err), VQ_EDATA, "no height");
	is_int(vq_frame_init(&f, 16386, 2, &err), VQ_EDATA, "too wide");
	vq_frame_clear(&f);
	vq_frame_clear(&f);
	is_int((long long)vq_frame_bytes(1920, 1080), 3110400, "bytes");
}

int main(void)
{
	struct vq_frame last = {0};

	file = tmpfile();
	if (file == NULL)
		abort();
	round_trip(&last);
	headers(&last);
	in_steps();
	failures();
	sizes();
	vq_frame_clear(&last);
	fclose(file);
	return done_testing();
}
