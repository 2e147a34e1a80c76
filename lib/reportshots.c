#include "reportshots.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "png.h"

enum {
	WHOLE_W = 320,
	WHOLE_H = 240,
	STEP_W = 560,
	STEP_H = 240,
	HD_HEIGHT = 720, /* from here on BT.709, when nothing says otherwise */
	SHEET_COLUMNS = 3,
	SHEET_GAP = 8,
	SHEET_LINE = 26, /* under a picture, for its time and number */
};

unsigned long vq_shots_colour(bool text)
{
	return text ? 0xff9f1c : 0x4cc9f0;
}

void vq_shots_clear(struct vq_shots *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->shot[i].png);
		vq_canvas_clear(&s->shot[i].small);
	}
	free(s->shot);
	free(s->order);
	vq_frame_clear(&s->last);
	*s = (struct vq_shots){0};
}

/* ---- taking them ---- */

static bool is_bt709(const struct vq_reportdata *d, const struct vq_stream *stream)
{
	const char *space = vq_json_str(json_object_get(d->features, "media"), "color_space", "");

	if (strstr(space, "709") != NULL)
		return true;
	if (strstr(space, "170") != NULL || strstr(space, "470") != NULL)
		return false;
	return stream->src_height >= HD_HEIGHT;
}

enum vq_code vq_shots_begin(struct vq_shots *s, const struct vq_stream *stream,
	const struct vq_reportdata *d, struct vq_err *err)
{
	for (size_t i = 0; i < s->count; i++) {
		const double *b = s->shot[i].box;

		/* An odd last row or column is left out of the frames, and not of the boxes. */
		if (s->shot[i].boxed && (b[0] < 0 || b[1] < 0 || b[2] > stream->src_width + 1 ||
						b[3] > stream->src_height + 1))
			return vq_fail(err, VQ_EDATA,
				"%dx%d, and an event's box ends at %.0f,%.0f: frames of another "
				"clip",
				stream->src_width, stream->src_height, b[2], b[3]);
	}
	s->stream = *stream;
	s->bt709 = is_bt709(d, stream);
	return vq_frame_init(&s->last, stream->width, stream->height, err);
}

/* A box of the original clip in pixels of the frames. */
static void scale_box(const struct vq_shots *s, const double from[4], double to[4])
{
	double x = (double)s->stream.width / s->stream.src_width;
	double y = (double)s->stream.height / s->stream.src_height;

	to[0] = from[0] * x;
	to[1] = from[1] * y;
	to[2] = from[2] * x;
	to[3] = from[3] * y;
}

/* The part of the frame that a picture shows: even numbers, inside. */
static void find_part(const struct vq_shots *s, const struct vq_shot *shot, int part[4])
{
	double a[4] = {0, 0, s->stream.width, s->stream.height};

	if (shot->kind == VQ_SHOT_STEP)
		scale_box(s, shot->around, a);
	part[0] = (int)fmin(fmax(0, a[0]), s->stream.width - 2) & ~1;
	part[1] = (int)fmin(fmax(0, a[1]), s->stream.height - 2) & ~1;
	part[2] = ((int)fmin(ceil(a[2]), s->stream.width) + 1) & ~1;
	part[3] = ((int)fmin(ceil(a[3]), s->stream.height) + 1) & ~1;
	part[2] = part[2] < part[0] + 2 ? part[0] + 2 : part[2];
	part[3] = part[3] < part[1] + 2 ? part[1] + 2 : part[3];
}

static void draw_box(const struct vq_shots *s, const struct vq_shot *shot, struct vq_canvas *c,
	const int part[4], int thick, unsigned long colour)
{
	double b[4], x = (double)c->w / (part[2] - part[0]), y = (double)c->h / (part[3] - part[1]);

	scale_box(s, shot->box, b);
	b[0] = (b[0] - part[0]) * x;
	b[1] = (b[1] - part[1]) * y;
	b[2] = (b[2] - part[0]) * x;
	b[3] = (b[3] - part[1]) * y;
	vq_canvas_outline(c, b, thick, colour);
}

static unsigned long colour_of(const struct vq_reportdata *d, const struct vq_shot *shot)
{
	const json_t *events = json_object_get(d->prediction, "events");

	return vq_shots_colour(vq_json_is_text(json_array_get(events, shot->event)));
}

static enum vq_code take(
	struct vq_shots *s, const struct vq_reportdata *d, struct vq_shot *shot, struct vq_err *err)
{
	bool whole = shot->kind != VQ_SHOT_STEP;
	struct vq_canvas c = {0};
	enum vq_code code;
	int part[4];

	shot->number = s->last.number;
	shot->time = (double)s->last.time_us / 1e6;
	find_part(s, shot, part);
	code = vq_canvas_crop(&c, &s->last, part, whole ? WHOLE_W : STEP_W,
		whole ? WHOLE_H : STEP_H, s->bt709, err);
	if (code != VQ_OK)
		return code;
	if (shot->boxed)
		draw_box(s, shot, &c, part, whole ? 2 : 1, colour_of(d, shot));
	shot->w = c.w;
	shot->h = c.h;
	code = vq_png_encode(c.rgb, c.w, c.h, &shot->png, &shot->len, err);
	if (whole && code == VQ_OK)
		shot->small = c;
	else
		vq_canvas_clear(&c);
	return code;
}

/* The last frame at its full size, with the boxes of the events shown in it: those of
 * order[from] up to s->next. */
static enum vq_code hand_out(
	struct vq_shots *s, const struct vq_reportdata *d, size_t from, struct vq_err *err)
{
	int all[4] = {0, 0, s->stream.width, s->stream.height};
	int thick = s->stream.height / 240 + 1;
	struct vq_canvas c = {0};
	enum vq_code code = VQ_OK;

	for (size_t i = from; i < s->next && code == VQ_OK; i++) {
		const struct vq_shot *shot = &s->shot[s->order[i].place];

		if (shot->kind != VQ_SHOT_STEP)
			continue;
		if (c.rgb == NULL)
			code = vq_canvas_crop(&c, &s->last, all, all[2], all[3], s->bt709, err);
		if (code == VQ_OK)
			draw_box(s, shot, &c, all, thick, colour_of(d, shot));
	}
	if (c.rgb != NULL && code == VQ_OK)
		code = s->evidence(s->ctx, s->last.number, &c, err);
	vq_canvas_clear(&c);
	return code;
}

/* Take what is wanted of the last frame: all before the number of the next one. */
static enum vq_code take_until(
	struct vq_shots *s, const struct vq_reportdata *d, long number, struct vq_err *err)
{
	size_t from = s->next;
	enum vq_code code = VQ_OK;

	while (s->next < s->count && s->order[s->next].want < number && code == VQ_OK)
		code = take(s, d, &s->shot[s->order[s->next++].place], err);
	if (code == VQ_OK && s->next > from && s->evidence != NULL)
		code = hand_out(s, d, from, err);
	return code;
}

enum vq_code vq_shots_frame(struct vq_shots *s, const struct vq_reportdata *d,
	const struct vq_frame *f, struct vq_err *err)
{
	enum vq_code code = VQ_OK;

	if (s->any && f->number <= s->last.number)
		return vq_fail(err, VQ_EDATA, "frame %ld comes after frame %ld", f->number,
			s->last.number);
	if (s->any) {
		code = take_until(s, d, f->number, err);
		if (f->number - s->last.number > s->gap)
			s->gap = f->number - s->last.number;
	}
	vq_frame_copy(&s->last, f);
	s->any = true;
	return code;
}

/* Are these the frames of the prediction?  A sampled stream may end earlier than the clip. */
static enum vq_code check_end(
	const struct vq_shots *s, const struct vq_reportdata *d, struct vq_err *err)
{
	long frames = vq_json_int(json_object_get(d->prediction, "coverage"), "frames", 0);

	if (s->gap <= 1 && s->last.number + 1 < frames)
		return vq_fail(err, VQ_EDATA,
			"ends with frame %ld, and %ld frames were judged: cut off, or frames of "
			"another clip",
			s->last.number, frames);
	for (size_t i = s->next; i < s->count; i++) {
		const struct vq_shot *shot = &s->shot[s->order[i].place];

		if (shot->boxed && shot->step == 0 && shot->want > s->last.number + s->gap)
			return vq_fail(err, VQ_EDATA,
				"ends with frame %ld, and an event is at frame %ld: cut off, or "
				"frames of another clip",
				s->last.number, shot->want);
	}
	return VQ_OK;
}

enum vq_code vq_shots_end(struct vq_shots *s, const struct vq_reportdata *d, struct vq_err *err)
{
	enum vq_code code;

	if (!s->any)
		return vq_fail(err, VQ_EDATA, "no frame");
	code = check_end(s, d, err);
	return code == VQ_OK ? take_until(s, d, VQ_REPORT_FRAMES + 1, err) : code;
}

/* ---- what is made of them ---- */

const struct vq_shot *vq_shots_best(const struct vq_shots *s)
{
	size_t overviews = 0;

	while (overviews < s->count && s->shot[overviews].kind == VQ_SHOT_OVERVIEW)
		overviews++;
	/* after them comes the context of the first event */
	return &s->shot[overviews < s->count ? overviews : overviews / 2];
}

static size_t whole_ones(const struct vq_shots *s, int *w, int *h)
{
	size_t n = 0;

	*w = *h = 0;
	for (size_t i = 0; i < s->count; i++) {
		if (s->shot[i].small.rgb == NULL)
			continue;
		n++;
		*w = s->shot[i].w > *w ? s->shot[i].w : *w;
		*h = s->shot[i].h > *h ? s->shot[i].h : *h;
	}
	return n;
}

enum vq_code vq_shots_sheet(const struct vq_shots *s, struct vq_canvas *sheet, struct vq_err *err)
{
	char line[64];
	int w, h, at = 0, n = (int)whole_ones(s, &w, &h), rows;

	rows = (n + SHEET_COLUMNS - 1) / SHEET_COLUMNS;
	w += SHEET_GAP;
	h += SHEET_GAP + SHEET_LINE;
	if (vq_canvas_init(sheet, (n < SHEET_COLUMNS ? n : SHEET_COLUMNS) * w + SHEET_GAP,
		    rows * h + SHEET_GAP, 0x181a1e, err) != VQ_OK)
		return VQ_ETEMP;
	for (size_t i = 0; i < s->count; i++) {
		const struct vq_shot *shot = &s->shot[i];
		int x = SHEET_GAP + at % SHEET_COLUMNS * w, y = SHEET_GAP + at / SHEET_COLUMNS * h;

		if (shot->small.rgb == NULL)
			continue;
		vq_canvas_put(sheet, &shot->small, x, y);
		snprintf(line, sizeof line, "%.2f S FRAME %ld", shot->time, shot->number);
		vq_canvas_figures(
			sheet, x + 2, y + shot->h + 8, 2, line, shot->boxed ? 0xffffff : 0x9aa0a6);
		at++;
	}
	return VQ_OK;
}
