#include "decode.h"

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avstring.h>
#include <libavutil/display.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"

#define IO_BUFFER 65536
#define SCALERS 16

/* Exact averages over the pixels covered; bilinear filtering was no faster and ten
 * times further from them.  Same bytes on every processor. */
#define SCALE_FLAGS (SWS_AREA | SWS_ACCURATE_RND | SWS_BITEXACT)

/* Containers that hold their own frames.  No playlists, no scripts, no image
 * sequences: those name other files. */
static const char containers[] =
	"mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,gif,avi,mpegts,mpeg,mpegvideo,flv,ogg,asf,ivf,obu,"
	"h264,hevc,m4v,yuv4mpegpipe,apng,mjpeg,png_pipe,jpeg_pipe,webp_pipe,nut,mxf,dv";

/* How a stored picture is turned to be shown. */
struct turn {
	bool swap;	     /* rows become columns */
	bool flip_x, flip_y; /* the shown picture's x, y runs against the stored one */
};

struct scaler {
	int width, height; /* of the picture made */
	struct SwsContext *sws;
	int src_width, src_height, src_format, src_range;
	struct vq_frame stored; /* before turning; planes NULL when nothing is turned */
};

struct vq_decoder {
	struct vq_source source;
	struct vq_decode_limits limits;
	struct vq_clip clip;
	AVFormatContext *format;
	AVCodecContext *codec;
	AVPacket *packet;
	AVFrame *frame;
	int stream;
	struct turn turn;
	bool strict; /* the first fault ends this decoder: see damage() */
	bool restarted;
	long packets;	     /* of the video stream */
	long replay;	     /* frames before this number were shown before a restart */
	long number;	     /* of the next frame */
	int width, height;   /* of the frame on show, as stored */
	int64_t time_us;     /* of the frame on show */
	int64_t interval_us; /* nominal */
	int64_t shift_us;    /* presentation time = stream time - shift */
	int64_t shortest_us, longest_us;
	struct scaler scalers[SCALERS];
	size_t scaler_count;
};

static void silent(void *who, int level, const char *fmt, va_list ap)
{
	(void)who;
	(void)level;
	(void)fmt;
	(void)ap;
}

/* ---- the file --------------------------------------------------------------------- */

static int io_read(void *opaque, uint8_t *buf, int size)
{
	ssize_t got = vq_source_read(opaque, buf, (size_t)size);

	return got > 0 ? (int)got : got == 0 ? AVERROR_EOF : AVERROR(EIO);
}

static int64_t io_seek(void *opaque, int64_t offset, int whence)
{
	if (whence & AVSEEK_SIZE)
		return vq_source_size(opaque);
	return vq_source_seek(opaque, offset, whence & ~AVSEEK_FORCE);
}

/* A clip may name other files; none is opened. */
static int io_refuse(
	AVFormatContext *s, AVIOContext **pb, const char *url, int flags, AVDictionary **options)
{
	(void)s;
	(void)pb;
	(void)url;
	(void)flags;
	(void)options;
	return AVERROR(EACCES);
}

/* libav has no memory: because there is none, or because a broken clip asks for absurd
 * amounts, which no retry mends? */
static enum vq_code no_memory(const char *what, struct vq_err *err)
{
	void *volatile some = malloc(64u << 20);
	bool short_of = some == NULL;

	free(some);
	return short_of ? vq_nomem(err)
			: vq_fail(err, VQ_EDATA, "%s: broken, asks for absurd amounts of memory",
				  what);
}

static enum vq_code av_failed(struct vq_decoder *d, int code, const char *what, struct vq_err *err)
{
	char text[AV_ERROR_MAX_STRING_SIZE];

	if (code == AVERROR(ENOMEM))
		return no_memory(what, err);
	if (d->source.error != 0) {
		errno = d->source.error;
		return vq_fail(err, VQ_EIO, "read: ");
	}
	if (code == AVERROR_INVALIDDATA || code == AVERROR_EOF || code == AVERROR_PATCHWELCOME)
		return vq_fail(err, VQ_EDATA, "%s: broken or truncated", what);
	av_make_error_string(text, sizeof text, code);
	return vq_fail(err, VQ_EDATA, "%s: %s", what, text);
}

static void format_close(struct vq_decoder *d)
{
	AVIOContext *pb = d->format == NULL ? NULL : d->format->pb;

	avformat_close_input(&d->format);
	if (pb != NULL)
		av_freep(&pb->buffer);
	avio_context_free(&pb);
}

/* Which container it is, by content alone. */
static enum vq_code format_probe(
	struct vq_decoder *d, AVIOContext *pb, const AVInputFormat **fmt, struct vq_err *err)
{
	int got;

	if (vq_source_size(&d->source) == 0)
		return vq_fail(err, VQ_EDATA, "empty file");
	got = av_probe_input_buffer2(pb, fmt, NULL, NULL, 0, 0);
	if (d->source.error != 0)
		return av_failed(d, got, "probe", err);
	if (got < 0 || *fmt == NULL || got < AVPROBE_SCORE_RETRY / 2)
		return vq_fail(err, VQ_EDATA, "not a video clip");
	if (!av_match_list((*fmt)->name, containers, ','))
		return vq_fail(err, VQ_EDATA, "container %s is not read", (*fmt)->name);
	return VQ_OK;
}

static enum vq_code format_open(struct vq_decoder *d, struct vq_err *err)
{
	const AVInputFormat *fmt = NULL;
	enum vq_code code;
	AVIOContext *pb;
	uint8_t *buf;
	int got;

	if (d->source.seekable)
		vq_source_seek(&d->source, 0, SEEK_SET);
	buf = av_malloc(IO_BUFFER);
	pb = buf == NULL ? NULL
			 : avio_alloc_context(buf, IO_BUFFER, 0, &d->source, io_read, NULL,
				   d->source.seekable ? io_seek : NULL);
	if (pb == NULL) {
		av_free(buf);
		return vq_nomem(err);
	}
	code = format_probe(d, pb, &fmt, err);
	d->format = code == VQ_OK ? avformat_alloc_context() : NULL;
	if (d->format == NULL) {
		av_freep(&pb->buffer);
		avio_context_free(&pb);
		return code == VQ_OK ? vq_nomem(err) : code;
	}
	d->format->pb = pb;
	d->format->flags |= AVFMT_FLAG_CUSTOM_IO;
	d->format->io_open = io_refuse;
	got = avformat_open_input(&d->format, NULL, fmt, NULL);
	if (got < 0) { /* frees the context, not the custom pb */
		av_freep(&pb->buffer);
		avio_context_free(&pb);
		return av_failed(d, got, "container", err);
	}
	got = avformat_find_stream_info(d->format, NULL);
	if (got < 0)
		return av_failed(d, got, "container", err);
	d->stream = av_find_best_stream(d->format, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
	if (d->stream < 0 ||
		d->format->streams[d->stream]->disposition & AV_DISPOSITION_ATTACHED_PIC)
		return vq_fail(err, VQ_EDATA, "no video in it");
	for (unsigned i = 0; i < d->format->nb_streams; i++)
		if ((int)i != d->stream)
			d->format->streams[i]->discard = AVDISCARD_ALL;
	return VQ_OK;
}

/* ---- what is known before decoding ------------------------------------------------ */

static void copy_name(char *to, size_t size, const char *name)
{
	av_strlcpy(to, name == NULL ? "unknown" : name, size);
}

static struct vq_rate to_rate(AVRational r)
{
	int num, den;

	if (r.num <= 0 || r.den <= 0)
		return (struct vq_rate){0, 1};
	av_reduce(&num, &den, r.num, r.den, 1000000);
	return den > 0 && num > 0 ? (struct vq_rate){num, den} : (struct vq_rate){0, 1};
}

/* A container's base rate is often that of its clock; the mean rate is trusted
 * unless both agree. */
static struct vq_rate nominal_rate(const AVStream *st)
{
	double base = av_q2d(st->r_frame_rate.den > 0 ? st->r_frame_rate : (AVRational){0, 1});
	double mean = av_q2d(st->avg_frame_rate.den > 0 ? st->avg_frame_rate : (AVRational){0, 1});

	if (base > 0 && (mean <= 0 || fabs(base - mean) <= 0.1 * mean) && base <= 1000)
		return to_rate(st->r_frame_rate);
	if (mean > 0 && mean <= 1000)
		return to_rate(st->avg_frame_rate);
	return (struct vq_rate){25, 1};
}

/* The display matrix maps stored (p,q) to shown (a p + c q, b p + d q), y downwards
 * (libavutil/display.h); angles between the right ones go to the nearest. */
static void set_turn(struct vq_decoder *d, const AVStream *st)
{
	const int32_t *m = (const int32_t *)(const void *)av_stream_get_side_data(
		st, AV_PKT_DATA_DISPLAYMATRIX, NULL);
	struct vq_clip *c = &d->clip;
	int64_t a, b, cc, dd;

	if (m == NULL)
		return;
	a = m[0];
	b = m[1];
	cc = m[3];
	dd = m[4];
	d->turn.swap = llabs(b) + llabs(cc) > llabs(a) + llabs(dd);
	d->turn.flip_x = (d->turn.swap ? cc : a) < 0;
	d->turn.flip_y = (d->turn.swap ? b : dd) < 0;
	if (d->turn.swap) {
		c->rotation = d->turn.flip_y ? 270 : 90;
		c->mirrored = d->turn.flip_x == d->turn.flip_y;
	} else {
		c->rotation = d->turn.flip_y ? 180 : 0;
		c->mirrored = d->turn.flip_x != d->turn.flip_y;
	}
}

static enum vq_code describe(struct vq_decoder *d, struct vq_err *err)
{
	const AVStream *st = d->format->streams[d->stream];
	const AVCodecParameters *p = st->codecpar;
	struct vq_clip *c = &d->clip;

	copy_name(c->container, sizeof c->container, d->format->iformat->name);
	copy_name(c->codec, sizeof c->codec, avcodec_get_name(p->codec_id));
	copy_name(c->pixel_format, sizeof c->pixel_format, av_get_pix_fmt_name(p->format));
	copy_name(c->color_range, sizeof c->color_range,
		p->color_range == AVCOL_RANGE_JPEG   ? "full"
		: p->color_range == AVCOL_RANGE_MPEG ? "limited"
						     : NULL);
	copy_name(c->color_space, sizeof c->color_space, av_color_space_name(p->color_space));
	copy_name(
		c->color_transfer, sizeof c->color_transfer, av_color_transfer_name(p->color_trc));
	if (p->width < 1 || p->height < 1)
		return vq_fail(err, VQ_EDATA, "video without a frame size: broken or truncated");
	if (p->width > VQ_MAX_SIDE || p->height > VQ_MAX_SIDE ||
		(long)p->width * p->height > d->limits.max_pixels)
		return vq_fail(err, VQ_EDATA,
			"frames of %dx%d, more than video.max_pixels %ld allows", p->width,
			p->height, d->limits.max_pixels);
	c->coded_width = p->width;
	c->coded_height = p->height;
	set_turn(d, st);
	c->width = d->turn.swap ? p->height : p->width;
	c->height = d->turn.swap ? p->width : p->height;
	c->sample_aspect = to_rate(
		st->sample_aspect_ratio.num > 0 ? st->sample_aspect_ratio : p->sample_aspect_ratio);
	c->rate = nominal_rate(st);
	c->average_rate = to_rate(st->avg_frame_rate);
	d->interval_us = llrint(1e6 * (double)c->rate.den / (double)c->rate.num);
	c->duration_sec = -1;
	if (st->duration != AV_NOPTS_VALUE && st->duration > 0)
		c->duration_sec = (double)st->duration * av_q2d(st->time_base);
	else if (d->format->duration != AV_NOPTS_VALUE && d->format->duration > 0)
		c->duration_sec = (double)d->format->duration / AV_TIME_BASE;
	return VQ_OK;
}

/* A time, in any unit, that can be calculated with; AV_NOPTS_VALUE is none. */
static bool sane(int64_t t)
{
	return llabs(t / 2) < INT64_C(1) << 59;
}

/* Read the packets once to learn the duration where the container does not say it (GIF,
 * raw streams), up to the limit. */
static enum vq_code measure(struct vq_decoder *d, struct vq_err *err)
{
	AVRational base = d->format->streams[d->stream]->time_base;
	int64_t first = INT64_MAX, end = INT64_MIN;
	double sec = -1;
	bool limit = false;

	while (!limit && av_read_frame(d->format, d->packet) >= 0) {
		const AVPacket *p = d->packet;
		int64_t t = p->pts != AV_NOPTS_VALUE ? p->pts : p->dts;

		if (p->stream_index == d->stream && sane(t) && sane(p->duration)) {
			first = t < first ? t : first;
			end = t + p->duration > end ? t + p->duration : end;
			sec = (double)(end - first) * av_q2d(base);
			limit = sec > d->limits.max_duration_sec + 1;
		}
		av_packet_unref(d->packet);
	}
	format_close(d);
	if (sec > 0 && !limit)
		d->clip.duration_sec = sec;
	return format_open(d, err);
}

/* Threads pay for the codecs of today.  The older ones are light, and some of their
 * decoders, with threads, let damage through unseen (VP8) or abort on it (MPEG-4). */
static bool worth_threads(enum AVCodecID id)
{
	const AVCodecDescriptor *about = avcodec_descriptor_get(id);

	switch (id) {
	case AV_CODEC_ID_H264:
	case AV_CODEC_ID_HEVC:
	case AV_CODEC_ID_VP9:
	case AV_CODEC_ID_AV1:
		return true;
	default:
		return about != NULL && about->props & AV_CODEC_PROP_INTRA_ONLY;
	}
}

bool vq_decode_codec(size_t i, struct vq_codec *codec)
{
	static const enum AVCodecID ids[] = {AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_AV1,
		AV_CODEC_ID_VP9, AV_CODEC_ID_VP8, AV_CODEC_ID_MPEG4, AV_CODEC_ID_PRORES,
		AV_CODEC_ID_MJPEG, AV_CODEC_ID_GIF, AV_CODEC_ID_WEBP, AV_CODEC_ID_PNG,
		AV_CODEC_ID_MPEG2VIDEO, AV_CODEC_ID_RAWVIDEO};
	const AVCodec *decoder;

	if (i >= sizeof ids / sizeof *ids)
		return false;
	decoder = avcodec_find_decoder(ids[i]);
	codec->codec = avcodec_get_name(ids[i]);
	codec->decoder = decoder != NULL ? decoder->name : NULL;
	/* FFmpeg's own decoder of AV1 needs hardware for it. */
	if (codec->decoder != NULL && strcmp(codec->decoder, "av1") == 0)
		codec->decoder = NULL;
	return true;
}

void vq_decode_version(char *text, size_t size)
{
	unsigned v = avcodec_version();

	snprintf(text, size, "%u.%u.%u", AV_VERSION_MAJOR(v), AV_VERSION_MINOR(v),
		AV_VERSION_MICRO(v));
}

/* What a damaged slice does not cover shows what the memory held before. */
static int clean_buffer(AVCodecContext *codec, AVFrame *f, int flags)
{
	int got = avcodec_default_get_buffer2(codec, f, flags);

	for (int i = 0; got >= 0 && i < AV_NUM_DATA_POINTERS && f->buf[i] != NULL; i++)
		memset(f->buf[i]->data, 0, f->buf[i]->size);
	return got;
}

static enum vq_code codec_open(struct vq_decoder *d, struct vq_err *err)
{
	const AVStream *st = d->format->streams[d->stream];
	const AVCodec *dec = avcodec_find_decoder(st->codecpar->codec_id);
	int got;

	if (dec == NULL)
		return vq_fail(err, VQ_EDATA, "no decoder for %s", d->clip.codec);
	d->codec = avcodec_alloc_context3(dec);
	if (d->codec == NULL)
		return vq_nomem(err);
	got = avcodec_parameters_to_context(d->codec, st->codecpar);
	if (got < 0)
		return av_failed(d, got, d->clip.codec, err);
	d->codec->pkt_timebase = st->time_base;
	d->codec->max_pixels = d->limits.max_pixels;
	d->codec->thread_count = 1;
	if (dec->id == AV_CODEC_ID_H264 || dec->id == AV_CODEC_ID_HEVC)
		d->codec->get_buffer2 = clean_buffer;
	d->strict = !d->restarted && d->source.seekable && worth_threads(dec->id);
	if (d->strict) {
		d->codec->thread_count = d->limits.threads;
		d->codec->err_recognition = AV_EF_EXPLODE;
		/* H.264 conceals without telling, but not with threads. */
		av_opt_set_int(d->codec->priv_data, "enable_er", 0, 0);
	}
	got = avcodec_open2(d->codec, dec, NULL);
	return got < 0 ? av_failed(d, got, d->clip.codec, err) : VQ_OK;
}

enum vq_code vq_decoder_open(
	struct vq_decoder **out, int fd, const struct vq_decode_limits *limits, struct vq_err *err)
{
	struct vq_decoder *d = calloc(1, sizeof *d);
	enum vq_code code;

	*out = d;
	if (d == NULL)
		return vq_nomem(err);
	av_log_set_callback(silent);
	d->source.fd = -1;
	d->limits = *limits;
	d->packet = av_packet_alloc();
	d->frame = av_frame_alloc();
	if (d->packet == NULL || d->frame == NULL) {
		code = vq_nomem(err);
		goto fail;
	}
	if ((code = vq_source_open(&d->source, fd, err)) != VQ_OK ||
		(code = format_open(d, err)) != VQ_OK || (code = describe(d, err)) != VQ_OK)
		goto fail;
	if (d->clip.duration_sec < 0 && d->source.seekable && (code = measure(d, err)) != VQ_OK)
		goto fail;
	if ((code = codec_open(d, err)) != VQ_OK)
		goto fail;
	return VQ_OK;
fail:
	vq_decoder_free(out);
	return code;
}

void vq_decoder_free(struct vq_decoder **out)
{
	struct vq_decoder *d = *out;

	if (d == NULL)
		return;
	for (size_t i = 0; i < d->scaler_count; i++) {
		sws_freeContext(d->scalers[i].sws);
		vq_frame_clear(&d->scalers[i].stored);
	}
	avcodec_free_context(&d->codec);
	format_close(d);
	av_packet_free(&d->packet);
	av_frame_free(&d->frame);
	vq_source_close(&d->source);
	free(d);
	*out = NULL;
}

const struct vq_clip *vq_decoder_clip(const struct vq_decoder *d)
{
	return &d->clip;
}

/* ---- frames ----------------------------------------------------------------------- */

/* Something is damaged.  What several threads make of it depends on who is faster, so a
 * strict decoder stops at the first fault, which is seen in decoding order, before any
 * frame that depends on it is shown.  Then one thread decodes all again, conceals what it
 * can and goes on after the frames already shown.  came_out: there is a frame, with
 * faults. */
static enum vq_code damage(struct vq_decoder *d, bool came_out, struct vq_err *err)
{
	enum vq_code code;

	if (!d->strict) {
		d->clip.damaged++;
		d->number += came_out;
		return VQ_OK;
	}
	avcodec_free_context(&d->codec);
	format_close(d);
	d->restarted = true;
	d->replay = d->number;
	d->number = 0;
	d->packets = 0;
	code = format_open(d, err);
	return code == VQ_OK ? codec_open(d, err) : code;
}

/* Give the decoder the next packet of the video, or tell it that there is none. */
static enum vq_code feed(struct vq_decoder *d, struct vq_err *err)
{
	int got;

	do {
		av_packet_unref(d->packet);
		got = av_read_frame(d->format, d->packet);
	} while (got >= 0 && d->packet->stream_index != d->stream);
	if (got < 0 && d->source.error != 0)
		return av_failed(d, got, "read", err);
	if (got < 0) {
		d->clip.broken_end = got != AVERROR_EOF;
		avcodec_send_packet(d->codec, NULL);
		return VQ_OK;
	}
	d->packets++;
	got = avcodec_send_packet(d->codec, d->packet);
	av_packet_unref(d->packet);
	if (got == AVERROR(ENOMEM))
		return no_memory(d->clip.codec, err);
	return got < 0 ? damage(d, false, err) : VQ_OK;
}

static bool faulty(const AVFrame *f)
{
	return f->decode_error_flags != 0 || f->flags & AV_FRAME_FLAG_CORRUPT;
}

/* Presentation time of the frame just decoded; the rules are in decode.h. */
static int64_t frame_time(struct vq_decoder *d)
{
	const AVRational us = {1, 1000000};
	int64_t pts = d->frame->best_effort_timestamp, t;
	bool first = d->clip.frames == 0, known;

	t = av_rescale_q(pts, d->format->streams[d->stream]->time_base, us);
	known = sane(pts) && sane(t);
	if (!known)
		t = 0;
	if (first) {
		d->shift_us = t;
		d->clip.time_start = (double)t / 1e6;
		return 0;
	}
	if (!known) {
		d->clip.times_repaired++;
		return d->time_us + d->interval_us;
	}
	if (t - d->shift_us > d->time_us)
		return t - d->shift_us;
	d->clip.times_repaired++;
	if (t - d->shift_us < d->time_us - 1000000) {
		d->shift_us = t - d->time_us - d->interval_us;
		return d->time_us + d->interval_us;
	}
	return d->time_us + (d->interval_us > 1 ? d->interval_us / 2 : 1);
}

static void note_interval(struct vq_decoder *d, int64_t t)
{
	struct vq_clip *c = &d->clip;
	int64_t gap = t - d->time_us;
	double mean;

	if (c->frames == 0)
		return;
	if (c->frames == 1)
		d->shortest_us = d->longest_us = gap;
	d->shortest_us = gap < d->shortest_us ? gap : d->shortest_us;
	d->longest_us = gap > d->longest_us ? gap : d->longest_us;
	mean = (double)t / (double)c->frames;
	c->variable_rate = (double)(d->longest_us - d->shortest_us) > 0.25 * mean &&
			   d->longest_us - d->shortest_us > 2000;
}

/* Take note of a sound frame; false when it lies behind the limit. */
static bool accept(struct vq_decoder *d)
{
	struct vq_clip *c = &d->clip;
	const AVFrame *f = d->frame;
	int64_t t = frame_time(d);

	if ((double)t / 1e6 >= d->limits.max_duration_sec) {
		c->cut_short = true;
		return false;
	}
	note_interval(d, t);
	if (c->frames == 0) {
		copy_name(c->pixel_format, sizeof c->pixel_format, av_get_pix_fmt_name(f->format));
		c->coded_width = f->width;
		c->coded_height = f->height;
		c->width = d->turn.swap ? f->height : f->width;
		c->height = d->turn.swap ? f->width : f->height;
	}
	c->size_changes += c->frames > 0 && (f->width != d->width || f->height != d->height);
	d->width = f->width;
	d->height = f->height;
	d->time_us = t;
	c->frames++;
	c->interlaced += f->interlaced_frame ? 1 : 0;
	c->end_sec = (double)(t + d->interval_us) / 1e6;
	return true;
}

/* The end of the stream, or of what may be looked at. */
static enum vq_code finish(struct vq_decoder *d, struct vq_err *err)
{
	struct vq_clip *c = &d->clip;
	int64_t announced = d->format->streams[d->stream]->nb_frames;

	if (c->frames == 0)
		return vq_fail(err, VQ_EDATA, "no frame of its %s video can be decoded", c->codec);
	if (!c->cut_short && announced > d->packets)
		c->missing = (long)(announced - d->packets);
	return VQ_END;
}

enum vq_code vq_decoder_next(
	struct vq_decoder *d, long *number, int64_t *time_us, struct vq_err *err)
{
	enum vq_code code = VQ_OK;
	int got;

	while (!d->clip.cut_short) {
		got = avcodec_receive_frame(d->codec, d->frame);
		if (got == AVERROR_EOF)
			break;
		if (got == AVERROR(ENOMEM))
			return no_memory(d->clip.codec, err);
		if (got == AVERROR(EAGAIN)) {
			code = feed(d, err);
		} else if (got < 0) {
			code = damage(d, false, err);
		} else if (faulty(d->frame)) {
			code = damage(d, true, err);
		} else if (d->number < d->replay) {
			d->number++;
		} else if (accept(d)) {
			*number = d->number++;
			*time_us = d->time_us;
			return VQ_OK;
		}
		if (code != VQ_OK)
			return code;
	}
	return finish(d, err);
}

/* ---- pictures --------------------------------------------------------------------- */

static bool full_range(const AVFrame *f)
{
	switch (f->format) {
	case AV_PIX_FMT_YUVJ420P:
	case AV_PIX_FMT_YUVJ422P:
	case AV_PIX_FMT_YUVJ444P:
	case AV_PIX_FMT_YUVJ440P:
	case AV_PIX_FMT_YUVJ411P:
		return true;
	default:
		return f->color_range == AVCOL_RANGE_JPEG;
	}
}

/* swscale for this source and that target; 4:2:0 needs even sides, so an odd last column or
 * row of the source is left out rather than squeezed into its neighbours. */
static enum vq_code scaler_set(
	struct scaler *s, const AVFrame *f, int width, int height, struct vq_err *err)
{
	int src_width = f->width > 1 ? f->width & ~1 : 1;
	int src_height = f->height > 1 ? f->height & ~1 : 1;
	int range = full_range(f);

	if (s->sws != NULL && s->src_width == src_width && s->src_height == src_height &&
		s->src_format == f->format && s->src_range == range)
		return VQ_OK;
	sws_freeContext(s->sws);
	s->sws = sws_alloc_context();
	if (s->sws == NULL)
		return vq_nomem(err);
	s->src_width = src_width;
	s->src_height = src_height;
	s->src_format = f->format;
	s->src_range = range;
	av_opt_set_int(s->sws, "srcw", src_width, 0);
	av_opt_set_int(s->sws, "srch", src_height, 0);
	av_opt_set_int(s->sws, "src_format", f->format, 0);
	av_opt_set_int(s->sws, "src_range", range, 0);
	av_opt_set_int(s->sws, "dstw", width, 0);
	av_opt_set_int(s->sws, "dsth", height, 0);
	av_opt_set_int(s->sws, "dst_format", AV_PIX_FMT_YUV420P, 0);
	av_opt_set_int(s->sws, "dst_range", 0, 0);
	av_opt_set_int(s->sws, "sws_flags", SCALE_FLAGS, 0);
	if (sws_init_context(s->sws, NULL, NULL) < 0) {
		sws_freeContext(s->sws);
		s->sws = NULL;
		return vq_fail(err, VQ_EDATA, "pixel format %s cannot be converted",
			av_get_pix_fmt_name(f->format));
	}
	return VQ_OK;
}

static void turn_plane(uint8_t *to, const uint8_t *from, int width, int height, struct turn turn)
{
	size_t w = (size_t)width, h = (size_t)height; /* of the shown picture */
	ptrdiff_t right = turn.swap ? (ptrdiff_t)h : 1, down = turn.swap ? 1 : (ptrdiff_t)w;

	if (turn.flip_x) {
		from += (ptrdiff_t)(w - 1) * right;
		right = -right;
	}
	if (turn.flip_y) {
		from += (ptrdiff_t)(h - 1) * down;
		down = -down;
	}
	for (size_t y = 0; y < h; y++, from += down) {
		const uint8_t *p = from;

		for (size_t x = 0; x < w; x++, p += right)
			*to++ = *p;
	}
}

/* The scaler that makes pictures of this size, a new one if there is none. */
static enum vq_code find_scaler(
	struct vq_decoder *d, const struct vq_frame *out, struct scaler **found, struct vq_err *err)
{
	bool turned = d->turn.swap || d->turn.flip_x || d->turn.flip_y;
	struct scaler *s = d->scalers;
	enum vq_code code;

	for (; s < d->scalers + d->scaler_count; s++)
		if (s->width == out->width && s->height == out->height) {
			*found = s;
			return VQ_OK;
		}
	if (d->scaler_count == SCALERS)
		return vq_fail(err, VQ_EUSAGE, "more than %d different sizes", SCALERS);
	if (turned) {
		code = d->turn.swap ? vq_frame_init(&s->stored, out->height, out->width, err)
				    : vq_frame_init(&s->stored, out->width, out->height, err);
		if (code != VQ_OK)
			return code;
	}
	s->width = out->width;
	s->height = out->height;
	d->scaler_count++;
	*found = s;
	return VQ_OK;
}

enum vq_code vq_decoder_picture(struct vq_decoder *d, struct vq_frame *out, struct vq_err *err)
{
	const AVFrame *f = d->frame;
	struct vq_frame *to = out;
	struct scaler *s = NULL;
	enum vq_code code;

	if ((code = find_scaler(d, out, &s, err)) != VQ_OK)
		return code;
	if (s->stored.plane[0] != NULL)
		to = &s->stored;
	if ((code = scaler_set(s, f, to->width, to->height, err)) != VQ_OK)
		return code;
	if (sws_scale(s->sws, (const uint8_t *const *)f->data, f->linesize, 0, s->src_height,
		    (uint8_t *const[4]){to->plane[0], to->plane[1], to->plane[2]},
		    (const int[4]){to->width, to->width / 2, to->width / 2}) <= 0)
		return vq_fail(err, VQ_EBUG, "scaling failed");
	if (to != out)
		for (int i = 0; i < 3; i++)
			turn_plane(out->plane[i], to->plane[i], out->width >> (i > 0),
				out->height >> (i > 0), d->turn);
	out->number = d->number - 1;
	out->time_us = d->time_us;
	return VQ_OK;
}
