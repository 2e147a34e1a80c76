/* One producer writes both inputs of the pump in orders that stop a reader which
 * waits for one of them. */
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/pump.h"
#include "../../lib/record.h"
#include "../../lib/y4m.h"
#include "../tap.h"

enum { WIDTH = 320, HEIGHT = 180 };

struct seen {
	long frames, records;
	int64_t last_time;
	long stop_at; /* fail at this record, 0: never */
};

static enum vq_code on_stream(void *ctx, const struct vq_stream *s, struct vq_err *err)
{
	(void)ctx;
	(void)err;
	return s->width == WIDTH && s->src_width == 2 * WIDTH ? VQ_OK : VQ_EBUG;
}

static enum vq_code on_frame(void *ctx, const struct vq_frame *f, struct vq_err *err)
{
	struct seen *seen = ctx;

	(void)err;
	seen->frames++;
	seen->last_time = f->time_us;
	return VQ_OK;
}

static enum vq_code on_record(void *ctx, const json_t *rec, struct vq_err *err)
{
	struct seen *seen = ctx;

	if (++seen->records == seen->stop_at)
		return vq_fail(err, VQ_EDATA, "refused");
	return vq_record_is(rec, "text") ? VQ_OK : VQ_EBUG;
}

static void must_write(int fd, const void *p, size_t n)
{
	const char *at = p;

	while (n > 0) {
		ssize_t put = write(fd, at, n);

		if (put <= 0)
			_exit(1);
		at += put;
		n -= (size_t)put;
	}
}

static void write_records(int fd, int n)
{
	static const char line[] =
		"{\"type\":\"text\",\"pad\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}\n";

	while (n-- > 0)
		must_write(fd, line, sizeof line - 1);
}

/* Half a frame, far more records than a pipe holds, the other half. */
static void produce(int frames, int records, int cut_last)
{
	struct vq_stream s = {WIDTH, HEIGHT, 2 * WIDTH, 2 * HEIGHT, {25, 1}};
	size_t n = vq_frame_bytes(WIDTH, HEIGHT);
	char *pixels = calloc(1, n);

	write_records(records, 5000);
	vq_y4m_write_header(frames, &s, NULL);
	for (int i = 0; i < 3; i++) {
		dprintf(frames, "FRAME XN=%d XT=%d\n", i, i * 1000);
		must_write(frames, pixels, n / 2);
		write_records(records, 5000);
		if (i == 2 && cut_last)
			_exit(0);
		must_write(frames, pixels + n / 2, n - n / 2);
	}
	close(frames);
	write_records(records, 5000);
	_exit(0);
}

static enum vq_code pump_once(struct seen *seen, int cut_last, struct vq_err *err)
{
	struct vq_pump_sink sink = {seen, on_stream, on_frame, on_record};
	int f[2], r[2];
	enum vq_code code;
	pid_t pid;

	if (pipe(f) != 0 || pipe(r) != 0)
		exit(1);
	pid = fork();
	if (pid == 0) {
		close(f[0]);
		close(r[0]);
		produce(f[1], r[1], cut_last);
	}
	close(f[1]);
	close(r[1]);
	code = vq_pump(f[0], "frames", r[0], "records", &sink, err);
	close(f[0]);
	close(r[0]);
	waitpid(pid, NULL, 0);
	return code;
}

int main(void)
{
	struct seen seen = {0};
	struct vq_err err = {0};

	alarm(60); /* a deadlock must fail, not hang */
	is_int(pump_once(&seen, 0, &err), VQ_OK, "both inputs are read to their ends");
	is_int(seen.frames, 3, "all frames came");
	is_int(seen.last_time, 2000, "with their times");
	is_int(seen.records, 25000, "all records came");

	seen = (struct seen){0};
	is_int(pump_once(&seen, 1, &err), VQ_EDATA, "a frame cut in the middle is an error");
	has_str(err.msg, "frames: frame 2: truncated, 43200 of 86400 bytes", "that says where");

	seen = (struct seen){.stop_at = 7};
	is_int(pump_once(&seen, 0, &err), VQ_EDATA, "an error of the sink ends the pump");
	is_str(err.msg, "records: refused", "with the sink's words");
	return done_testing();
}
