#include "pump.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>

#include "record.h"
#include "y4m.h"

struct pump {
	struct vq_y4m_reader *frames;
	struct vq_record_reader *records;
	struct vq_frame frame;
	bool have_header, frames_open, records_open;
	const struct vq_pump_sink *sink;
};

/* Called when the first byte is there; a header line comes in one piece. */
static enum vq_code read_header(struct pump *p, struct vq_err *err)
{
	struct vq_stream stream;
	enum vq_code code = vq_y4m_read_header(p->frames, &stream, err);

	if (code == VQ_OK)
		code = vq_frame_init(&p->frame, stream.width, stream.height, err);
	if (code == VQ_OK)
		code = p->sink->stream(p->sink->ctx, &stream, err);
	p->have_header = true;
	return code;
}

static enum vq_code step_frames(struct pump *p, struct vq_err *err)
{
	enum vq_code code;

	if (!p->have_header)
		return read_header(p, err);
	code = vq_y4m_read_some(p->frames, &p->frame, err);
	if (code == VQ_OK)
		return p->sink->frame(p->sink->ctx, &p->frame, err);
	if (code == VQ_END)
		p->frames_open = false;
	return code == VQ_AGAIN || code == VQ_END ? VQ_OK : code;
}

static enum vq_code step_records(struct pump *p, struct vq_err *err)
{
	enum vq_code code = vq_record_fill(p->records, err);
	json_t *rec;

	if (code != VQ_OK)
		return code;
	while ((code = vq_record_next(p->records, &rec, err)) == VQ_OK) {
		code = p->sink->record(p->sink->ctx, rec, err);
		json_decref(rec);
		if (code != VQ_OK)
			return code;
	}
	if (code == VQ_END)
		p->records_open = false;
	return code == VQ_AGAIN || code == VQ_END ? VQ_OK : code;
}

static enum vq_code run(struct pump *p, int frame_fd, const char *frame_name, int record_fd,
	const char *record_name, struct vq_err *err)
{
	enum vq_code code;

	while (p->frames_open || p->records_open) {
		struct pollfd fds[2] = {
			{.fd = p->frames_open ? frame_fd : -1, .events = POLLIN},
			{.fd = p->records_open ? record_fd : -1, .events = POLLIN},
		};

		if (poll(fds, 2, -1) < 0) {
			if (errno == EINTR)
				continue;
			return vq_fail(err, VQ_EIO, "poll: ");
		}
		if (fds[1].revents != 0 && (code = step_records(p, err)) != VQ_OK) {
			vq_fail_at(err, "%s", record_name);
			return code;
		}
		if (fds[0].revents != 0 && (code = step_frames(p, err)) != VQ_OK) {
			vq_fail_at(err, "%s", frame_name);
			return code;
		}
	}
	return VQ_OK;
}

enum vq_code vq_pump(int frame_fd, const char *frame_name, int record_fd, const char *record_name,
	const struct vq_pump_sink *sink, struct vq_err *err)
{
	struct pump p = {.frames_open = true, .records_open = record_fd >= 0, .sink = sink};
	enum vq_code code;

	if ((code = vq_y4m_reader_new(&p.frames, frame_fd, err)) != VQ_OK)
		return code;
	if (record_fd >= 0 && (code = vq_record_reader_new(&p.records, record_fd, err)) != VQ_OK)
		goto done;
	code = run(&p, frame_fd, frame_name, record_fd, record_name, err);
done:
	vq_frame_clear(&p.frame);
	vq_record_reader_free(&p.records);
	vq_y4m_reader_free(&p.frames);
	return code;
}
