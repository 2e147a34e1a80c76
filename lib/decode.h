/* Decode the video of one clip to 8-bit limited-range 4:2:0 pictures.  The only
 * module that sees libav.
 *
 * The clip is untrusted: it is read through one open descriptor, nothing that it
 * refers to is opened, only containers on a list are taken (no playlists), and frames
 * larger than a limit are refused.
 *
 * Times: presentation time in microseconds from the first frame shown, strictly
 * increasing.  A frame without a time follows the one before by the nominal
 * interval; one that does not come after it is put half an interval behind it; a
 * jump back by more than a second (joined streams) restarts the clock there.  All three
 * are counted in times_repaired. */
#ifndef VQ_DECODE_H
#define VQ_DECODE_H

#include <stdbool.h>

#include "frame.h"

struct vq_decode_limits {
	double max_duration_sec; /* frames shown from then on are not decoded */
	long max_pixels;	 /* of one frame */
	int threads;		 /* of the decoder; 0: one a core */
};

/* What is known about the clip; counts and flags grow while it is decoded. */
struct vq_clip {
	char container[32], codec[32], pixel_format[32];
	char color_range[16], color_space[32], color_transfer[32]; /* "unknown" if not said */
	int coded_width, coded_height;				   /* as stored */
	int rotation;		      /* degrees clockwise to show it: 0, 90, 180, 270 */
	bool mirrored;		      /* left and right swapped before the rotation */
	int width, height;	      /* as shown: after rotation; sides may be odd */
	struct vq_rate sample_aspect; /* 0/1: not said; never applied */
	struct vq_rate rate;	      /* nominal; 25/1 when unknown */
	struct vq_rate average_rate;  /* 0/1: unknown */
	double duration_sec;	      /* the container's, else counted; below 0: unknown */
	double time_start;	      /* stream time of the first frame, seconds */
	long frames;		      /* shown so far */
	long damaged;		      /* could not be decoded, or only with faults: not shown */
	long missing;		      /* announced by the container, not in the file */
	long interlaced;	      /* of the frames shown */
	long size_changes;
	long times_repaired;
	bool variable_rate; /* intervals differ by over a quarter of their mean and 2 ms */
	bool cut_short;	    /* stopped at max_duration_sec */
	bool broken_end;    /* the container could not be read to its end */
	double end_sec;	    /* end of the last frame shown */
};

/* A codec that clips come in, and what this machine's libavcodec decodes it with. */
struct vq_codec {
	const char *codec, *decoder; /* FFmpeg's names; no decoder: NULL */
};

/* Codec i of those that clips are made with, most usual first; false after the last. */
bool vq_decode_codec(size_t i, struct vq_codec *codec);

/* libavcodec's version, "59.37.100". */
void vq_decode_version(char *text, size_t size);

struct vq_decoder;

/* Open the clip behind a readable descriptor (not owned; see vq_source_open).
 * VQ_EDATA: no clip, a container that is not read, no video, no decoder, too many pixels. */
enum vq_code vq_decoder_open(
	struct vq_decoder **d, int fd, const struct vq_decode_limits *limits, struct vq_err *err);
void vq_decoder_free(struct vq_decoder **d);

/* Valid as long as the decoder. */
const struct vq_clip *vq_decoder_clip(const struct vq_decoder *d);

/* Decode the next frame: its number (damaged ones count too) and time.  VQ_END after
 * the last; VQ_EDATA: not one frame could be decoded; VQ_EIO: the file cannot be read. */
enum vq_code vq_decoder_next(
	struct vq_decoder *d, long *number, int64_t *time_us, struct vq_err *err);

/* The frame that vq_decoder_next found, upright, scaled to the size of `out`, with
 * number and time.  A frame of another size than the first is brought to the first
 * one's size. */
enum vq_code vq_decoder_picture(struct vq_decoder *d, struct vq_frame *out, struct vq_err *err);

#endif
