/* YUV4MPEG2 streams, progressive 4:2:0 8 bit, with vidqc's X tags:
 * XSRC=WxH in the stream header, XN=<frame number> XT=<microseconds> in frame
 * lines.  Streams without them are read too.  Format: mjpegtools yuv4mpeg(5),
 * man vidqc-streams(5). */
#ifndef VQ_Y4M_H
#define VQ_Y4M_H

#include "frame.h"

struct vq_y4m_reader;

/* Read from an open descriptor (not owned, never made non-blocking). */
enum vq_code vq_y4m_reader_new(struct vq_y4m_reader **r, int fd, struct vq_err *err);
void vq_y4m_reader_free(struct vq_y4m_reader **r);

/* Read the stream header, blocking.  VQ_EDATA: empty input, not a Y4M stream,
 * a format that we do not read (named in the message). */
enum vq_code vq_y4m_read_header(struct vq_y4m_reader *r, struct vq_stream *s, struct vq_err *err);

/* Read the next frame, blocking.  f was made by vq_frame_init with the stream's
 * size.  VQ_END at a clean end; VQ_EDATA for a truncated frame, a bad frame line
 * or a size change, with "frame N: " in the message. */
enum vq_code vq_y4m_read(struct vq_y4m_reader *r, struct vq_frame *f, struct vq_err *err);

/* The same in steps of one read(2): call when poll(2) says the descriptor is
 * readable.  VQ_AGAIN while the frame is incomplete; f must be the same frame
 * until it is complete. */
enum vq_code vq_y4m_read_some(struct vq_y4m_reader *r, struct vq_frame *f, struct vq_err *err);

/* Write the header / a frame to a descriptor (all of it, looping over short
 * writes).  VQ_EIO when the write fails. */
enum vq_code vq_y4m_write_header(int fd, const struct vq_stream *s, struct vq_err *err);
enum vq_code vq_y4m_write(int fd, const struct vq_frame *f, struct vq_err *err);

#endif
