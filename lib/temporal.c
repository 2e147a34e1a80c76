#include "temporal.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "distinct.h"
#include "event.h"
#include "flash.h"
#include "flicker.h"
#include "image.h"
#include "motion.h"
#include "record.h"
#include "scene.h"

#define MOMENTS (VQ_SCENE_DELAY + 4)
#define HALVE_ABOVE 240 /* pixels of height */
#define COARSE 2	/* level of the pictures for the order of frames: halved twice */
#define SCENES_MAX 1000 /* listed */

/* Numbers of the whole clip, after those of its worst scene: what the file is like,
 * and figures to compare with papers.  No model judges by them (group "clip"). */
#define CLIP_TABLE(X)                                                                              \
	X(DISTINCT_FPS, "distinct_fps", "Hz", 0, 240, "distinct frames a second")                  \
	X(VBENCH, "vbench_temporal_flickering", "share", 0, 1,                                     \
		"1 - mean |luma difference of neighbouring frames| / 255, as VBench's "            \
		"temporal_flickering")                                                             \
	X(CUTS, "scene_cuts", "count", 0, 100000, "hard cuts")                                     \
	X(GRADUAL, "gradual_transitions", "count", 0, 100000, "dissolves and fades")               \
	X(FLASHES, "flashes_per_second", "Hz", 0, 240,                                             \
		"most general flashes (pairs of opposing luminance changes) within a second")      \
	X(REPEATED, "repeated_share", "share", 0, 1, "frames that repeat the one before")          \
	X(UNJUDGED, "unjudged_share", "share", 0, 1,                                               \
		"distinct frames in scenes too short to judge, dissolves and fades")

enum {
#define X(id, name, unit, min, max, meaning) CLIP_##id,
	CLIP_TABLE(X)
#undef X
		CLIP_COUNT
};

/* What is measured of a scene: its blocks, then its pairs of frames. */
#define SCENE_COUNT ((int)VQ_FLICKER_COUNT + (int)VQ_PAIRS_COUNT)

static const struct vq_feature list[SCENE_COUNT + CLIP_COUNT] = {
#define X(id, name, unit, min, max, meaning) {name, "temporal", unit, min, max, meaning},
	VQ_FLICKER_TABLE(X) VQ_PAIRS_TABLE(X)
#undef X
#define X(id, name, unit, min, max, meaning) {name, "clip", unit, min, max, meaning},
		CLIP_TABLE(X)
#undef X
};

const struct vq_feature_set vq_temporal_features = {list, sizeof list / sizeof list[0]};

/* A scene, or a stretch between scenes, as it is reported. */
struct stretch {
	bool open;
	long frames, number_start, number_end;
	double start, end;
	enum vq_scene_kind by; /* how it began */
};

struct vq_temporal {
	const struct vq_config *config;
	struct vq_stream stream;
	int width, height, grid_columns, grid_rows;
	bool halve;
	long min_segment;

	struct vq_frame previous, distinct;
	uint8_t *luma;	 /* at working size */
	size_t blocks;	 /* of a field */
	double *scratch; /* a number a block */
	struct vq_resize *thumb;
	struct vq_change_frame picture[3];
	uint32_t hist[3][VQ_HIST_BINS]; /* of their luma */
	struct vq_motion_field back[2], ahead[2];
	struct vq_moment moment[MOMENTS];
	struct vq_scene *scene;
	struct vq_flicker *flicker;
	struct vq_pairs pairs;
	struct vq_events *events;
	struct vq_flash *flash;

	int64_t first_us;	   /* time of the first frame */
	long frames, count, given; /* all, distinct, marks taken */
	double difference;	   /* sum of mean |difference| / 255 */
	enum vq_scene_kind kind;   /* of moment given - 1 */
	struct stretch now, gradual;
	bool after_gradual;
	double best[SCENE_COUNT], badness, best_short[SCENE_COUNT], badness_short;
	bool any_judged, any_short;
	long judged, unjudged, transition, cuts, graduals;
	json_t *scenes;
	FILE *series;
};

static enum vq_code open_pictures(struct vq_temporal *t, struct vq_err *err)
{
	int w = t->width, h = t->height;

	for (int i = 0; i < 3; i++) {
		if (vq_change_frame_init(&t->picture[i], w, h, !t->halve, err) != VQ_OK)
			return VQ_ETEMP;
	}
	for (int i = 0; i < 2; i++) {
		if (vq_motion_field_init(&t->back[i], w, h, err) != VQ_OK ||
			vq_motion_field_init(&t->ahead[i], w, h, err) != VQ_OK)
			return VQ_ETEMP;
	}
	t->blocks = (size_t)t->back[0].columns * (size_t)t->back[0].rows;
	for (int i = 0; i < MOMENTS; i++) {
		t->moment[i].blocks = calloc(t->blocks, sizeof *t->moment[i].blocks);
		if (t->moment[i].blocks == NULL)
			return vq_nomem(err);
	}
	t->luma = malloc((size_t)w * (size_t)h);
	t->scratch = calloc(t->blocks, sizeof *t->scratch);
	t->scenes = json_array();
	if (t->luma == NULL || t->scratch == NULL || t->scenes == NULL)
		return vq_nomem(err);
	return vq_resize_new(&t->thumb, w, h, VQ_SCENE_THUMB_W, VQ_SCENE_THUMB_H, err);
}

enum vq_code vq_temporal_new(struct vq_temporal **out, const struct vq_stream *stream,
	const struct vq_config *config, FILE *series, struct vq_err *err)
{
	struct vq_temporal *t = calloc(1, sizeof *t);
	enum vq_code code;

	*out = t;
	if (t == NULL)
		return vq_nomem(err);
	t->config = config;
	t->series = series;
	t->stream = *stream;
	t->halve = stream->height > HALVE_ABOVE;
	t->width = t->halve ? stream->width / 2 : stream->width;
	t->height = t->halve ? stream->height / 2 : stream->height;
	t->pairs.spike = 1 - vq_config_real(config, VQ_CFG_TEMPORAL_SPIKE);
	t->min_segment = vq_config_int(config, VQ_CFG_CUT_MIN_SEGMENT);
	vq_config_grid(config, VQ_CFG_TEMPORAL_GRID, &t->grid_columns, &t->grid_rows);
	code = vq_frame_init(&t->previous, stream->width, stream->height, err);
	if (code == VQ_OK)
		code = vq_frame_init(&t->distinct, stream->width, stream->height, err);
	if (code == VQ_OK)
		code = open_pictures(t, err);
	if (code == VQ_OK)
		code = vq_scene_new(&t->scene, config, err);
	if (code == VQ_OK)
		code = vq_flicker_new(&t->flicker, t->back[0].columns, t->back[0].rows,
			strcmp(vq_config_str(config, VQ_CFG_TEMPORAL_STROBE), "flag") == 0, err);
	if (code == VQ_OK)
		code = vq_events_new(&t->events, &t->back[0], stream, err);
	if (code == VQ_OK)
		code = vq_flash_new(&t->flash, stream->width, stream->height, err);
	if (code != VQ_OK)
		vq_temporal_free(out);
	return code;
}

void vq_temporal_free(struct vq_temporal **out)
{
	struct vq_temporal *t = *out;

	if (t == NULL)
		return;
	vq_frame_clear(&t->previous);
	vq_frame_clear(&t->distinct);
	free(t->luma);
	free(t->scratch);
	vq_resize_free(&t->thumb);
	for (int i = 0; i < 3; i++)
		vq_change_frame_clear(&t->picture[i]);
	for (int i = 0; i < 2; i++) {
		vq_motion_field_clear(&t->back[i]);
		vq_motion_field_clear(&t->ahead[i]);
	}
	for (int i = 0; i < MOMENTS; i++)
		free(t->moment[i].blocks);
	vq_scene_free(&t->scene);
	vq_flicker_free(&t->flicker);
	vq_pairs_free(&t->pairs);
	vq_events_free(&t->events);
	vq_flash_free(&t->flash);
	json_decref(t->scenes);
	free(t);
	*out = NULL;
}

/* ---- measuring a new distinct frame -------------------------------------------------------- */

static struct vq_moment *moment_at(struct vq_temporal *t, long i)
{
	return &t->moment[i % MOMENTS];
}

static void set_picture(struct vq_temporal *t, struct vq_change_frame *to, const struct vq_frame *f)
{
	size_t chroma = (size_t)f->width / 2;
	const uint8_t *plane[3] = {f->plane[0], f->plane[1], f->plane[2]};
	size_t stride[3] = {(size_t)f->width, chroma, chroma};

	if (t->halve) {
		vq_image_halve(f->plane[0], f->width, f->height, (size_t)f->width, t->luma,
			(size_t)t->width);
		plane[0] = t->luma;
		stride[0] = (size_t)t->width;
	}
	vq_change_frame_set(to, plane, stride);
}

/* Largest mean difference of a patch of the configured grid. */
static double worst_patch(const struct vq_temporal *t, const struct vq_motion_level *a,
	const struct vq_motion_level *b)
{
	double worst = 0;

	for (int r = 0; r < t->grid_rows; r++) {
		for (int c = 0; c < t->grid_columns; c++) {
			int x0 = c * a->width / t->grid_columns;
			int x1 = (c + 1) * a->width / t->grid_columns;
			int y0 = r * a->height / t->grid_rows;
			int y1 = (r + 1) * a->height / t->grid_rows;
			size_t at = (size_t)y0 * a->stride + (size_t)x0;

			if (x1 > x0 && y1 > y0)
				worst = fmax(
					worst, vq_image_mae(a->data + at, b->data + at, x1 - x0,
						       y1 - y0, a->stride, b->stride));
		}
	}
	return worst;
}

/* Residual over texture of a field, with one level of texture for granted. */
static double unexplained(const struct vq_motion_field *f)
{
	size_t n = (size_t)f->columns * (size_t)f->rows;
	double residual = 0, texture = 16.0 * (double)n;

	for (size_t i = 0; i < n; i++) {
		residual += f->vector[i].residual;
		texture += f->vector[i].texture;
	}
	return residual / texture;
}

static double unlike(const uint8_t *a, const uint8_t *b)
{
	double ma = 0, mb = 0, aa = 1, bb = 1, ab = 1;

	for (int i = 0; i < VQ_SCENE_THUMB; i++) {
		ma += a[i];
		mb += b[i];
	}
	ma /= VQ_SCENE_THUMB;
	mb /= VQ_SCENE_THUMB;
	for (int i = 0; i < VQ_SCENE_THUMB; i++) {
		aa += (a[i] - ma) * (a[i] - ma);
		bb += (b[i] - mb) * (b[i] - mb);
		ab += (a[i] - ma) * (b[i] - mb);
	}
	return 1 - ab / sqrt(aa * bb);
}

/* Variance of the difference at a quarter of the size, where grain adds little to it, apart
 * from what the light's level and strength change. */
static double coarse_difference(const struct vq_change_frame *a, const struct vq_change_frame *b)
{
	const struct vq_motion_level *p = &a->luma.level[COARSE], *q = &b->luma.level[COARSE];
	double n = (double)p->width * p->height, mean_a, mean_b, var_a, var_b;
	int64_t sum[2] = {0}, square[2] = {0}, product = 0;

	for (int y = 0; y < p->height; y++) {
		const uint8_t *u = p->data + (size_t)y * p->stride;
		const uint8_t *v = q->data + (size_t)y * q->stride;
		int32_t row[5] = {0};

		for (int x = 0; x < p->width; x++) {
			row[0] += u[x];
			row[1] += v[x];
			row[2] += u[x] * u[x];
			row[3] += v[x] * v[x];
			row[4] += u[x] * v[x];
		}
		for (int k = 0; k < 2; k++) {
			sum[k] += row[k];
			square[k] += row[2 + k];
		}
		product += row[4];
	}
	mean_a = (double)sum[0] / n;
	mean_b = (double)sum[1] / n;
	var_a = (double)square[0] / n - mean_a * mean_a;
	var_b = (double)square[1] / n - mean_b * mean_b;
	return 2 * (sqrt(fmax(0, var_a * var_b)) - ((double)product / n - mean_a * mean_b));
}

/* The pair of distinct frames n - 1 and n. */
static void measure_pair(struct vq_temporal *t, long n)
{
	const struct vq_change_frame *a = &t->picture[(n - 1) % 3], *b = &t->picture[n % 3];
	const struct vq_motion_level *p = &a->luma.level[0], *q = &b->luma.level[0];
	struct vq_moment *m = moment_at(t, n);

	vq_motion_search(&b->luma, &a->luma, n > 1 ? &t->back[(n - 1) % 2] : NULL, &t->back[n % 2]);
	vq_motion_search(
		&a->luma, &b->luma, n > 1 ? &t->ahead[n % 2] : NULL, &t->ahead[(n - 1) % 2]);
	m->pair.ssim = vq_image_ssim(p->data, q->data, p->width, p->height, p->stride, q->stride);
	m->pair.mae = vq_image_mae(p->data, q->data, p->width, p->height, p->stride, q->stride);
	m->pair.patch = worst_patch(t, p, q);
	m->pair.coarse = coarse_difference(a, b);
	m->pair.hist = vq_hist_correlation(t->hist[(n - 1) % 3], t->hist[n % 3]);
	m->pair.unexplained =
		fmax(unexplained(&t->back[n % 2]), unexplained(&t->ahead[(n - 1) % 2]));
}

static void new_moment(struct vq_temporal *t, const struct vq_frame *frame)
{
	long n = t->count;
	struct vq_moment *m = moment_at(t, n);
	struct vq_change_block *blocks = m->blocks;
	struct vq_change_frame *picture = &t->picture[n % 3];
	const struct vq_motion_level *l = &picture->luma.level[0];

	set_picture(t, picture, frame);
	memset(m, 0, sizeof *m);
	m->blocks = blocks;
	m->number = frame->number;
	m->time = (double)frame->time_us / 1e6;
	m->until = m->time + (double)t->stream.rate.den / (double)t->stream.rate.num;
	m->pair.ssim = m->pair.hist = m->pair.hist_two = 1;
	vq_resize_run(t->thumb, l->data, l->stride, m->thumb, VQ_SCENE_THUMB_W);
	vq_image_hist(l->data, l->width, l->height, l->stride, t->hist[n % 3]);
	if (n > 0) {
		moment_at(t, n - 1)->until = m->time;
		measure_pair(t, n);
	}
	if (n > 1) {
		struct vq_moment *middle = moment_at(t, n - 1);

		vq_change_measure(&t->picture[(n - 2) % 3], &t->picture[(n - 1) % 3], picture,
			&t->back[(n - 1) % 2], &t->ahead[(n - 1) % 2], middle->blocks);
		vq_change_tone(middle->blocks, t->blocks, false, t->scratch, &middle->back);
		vq_change_tone(middle->blocks, t->blocks, true, t->scratch, &middle->ahead);
		middle->measured = true;
		m->pair.unlike = unlike(moment_at(t, n - 2)->thumb, m->thumb);
		m->pair.coarse_two = coarse_difference(&t->picture[(n - 2) % 3], picture);
		m->pair.hist_two = vq_hist_correlation(t->hist[(n - 2) % 3], t->hist[n % 3]);
	}
	vq_scene_add(t->scene, m->thumb, m->pair.ssim, m->pair.unexplained);
	t->count++;
}

/* ---- scenes -------------------------------------------------------------------------------- */

static bool between(enum vq_scene_kind kind)
{
	return kind == VQ_SCENE_DISSOLVE || kind == VQ_SCENE_FADE;
}

static enum vq_code list_scene(struct vq_temporal *t, bool judged, struct vq_err *err)
{
	const char *by = t->now.by == VQ_SCENE_SAME ? "start" : vq_scene_kind_name(t->now.by);
	json_t *scene;

	if (json_array_size(t->scenes) >= SCENES_MAX)
		return VQ_OK;
	scene = json_pack("{s:o,s:o,s:I,s:I,s:I,s:b,s:s}", "start",
		vq_record_number(t->now.start, 6), "end", vq_record_number(t->now.end, 6),
		"frame_start", (json_int_t)t->now.number_start, "frame_end",
		(json_int_t)t->now.number_end, "frames", (json_int_t)t->now.frames, "judged",
		judged, "transition", by);
	return json_array_append_new(t->scenes, scene) == 0 ? VQ_OK : vq_nomem(err);
}

static enum vq_code end_scene(struct vq_temporal *t, struct vq_err *err)
{
	double values[SCENE_COUNT], badness;
	bool judged = t->now.frames >= t->min_segment;

	if (!t->now.open)
		return VQ_OK;
	t->now.open = false;
	vq_events_break(t->events);
	if (vq_flicker_values(t->flicker, values, err) != VQ_OK)
		return VQ_ETEMP;
	vq_pairs_values(&t->pairs, values + VQ_FLICKER_COUNT);
	for (int i = VQ_FLICKER_COUNT; i < SCENE_COUNT; i++)
		values[i] = fmin(list[i].max, fmax(list[i].min, values[i]));
	badness = vq_flicker_badness(values);
	if (judged) {
		t->judged += t->now.frames;
		if (!t->any_judged || badness > t->badness) {
			memcpy(t->best, values, sizeof values);
			t->badness = badness;
		}
		t->any_judged = true;
	} else {
		t->unjudged += t->now.frames;
		if (!t->any_short || badness > t->badness_short) {
			memcpy(t->best_short, values, sizeof values);
			t->badness_short = badness;
		}
		t->any_short = true;
	}
	return list_scene(t, judged, err);
}

static void begin_scene(struct vq_temporal *t, const struct vq_moment *m, enum vq_scene_kind by)
{
	t->now = (struct stretch){true, 0, m->number, m->number, m->time, m->until, by};
	vq_flicker_begin(t->flicker);
	vq_pairs_reset(&t->pairs);
}

/* Follow stretches of gradual change, to report them. */
static void follow_gradual(
	struct vq_temporal *t, const struct vq_moment *m, enum vq_scene_kind kind)
{
	struct stretch *g = &t->gradual;
	bool gradual = between(kind) || kind == VQ_SCENE_RAMP;

	if (g->open && (!gradual || g->by != kind)) {
		const char *reason = g->by == VQ_SCENE_DISSOLVE ? "dissolve" : "fade";

		vq_events_suppress(t->events, g->start, g->end, reason, "gradual_change_frames",
			(double)g->frames);
		t->graduals += between(g->by);
		g->open = false;
	}
	if (gradual) {
		if (!g->open)
			*g = (struct stretch){
				true, 0, m->number, m->number, m->time, m->until, kind};
		g->frames++;
		g->end = m->until;
	}
}

/* Second difference of the blocks' mean light and colour along motion, halved: the 90th
 * percentile of the blocks. */
static double unsteadiness(struct vq_temporal *t, const struct vq_moment *m)
{
	size_t n = 0;

	for (size_t i = 0; i < t->blocks; i++) {
		const struct vq_change_block *b = &m->blocks[i];

		if (b->inside)
			t->scratch[n++] = (fabs(b->luma_ahead - b->luma_back) +
						  fabs(b->blue_ahead - b->blue_back) +
						  fabs(b->red_ahead - b->red_back)) /
					  2;
	}
	vq_sort(t->scratch, n);
	return n == 0 ? 0 : vq_quantile(t->scratch, n, 0.9);
}

/* inner: the frames before and after are of the same scene. */
static enum vq_code write_series(struct vq_temporal *t, const struct vq_moment *m,
	enum vq_scene_kind kind, bool pair, bool inner, struct vq_err *err)
{
	json_t *record;

	if (t->series == NULL)
		return VQ_OK;
	record = json_pack("{s:s,s:I,s:o,s:i,s:s,s:b,s:o,s:o,s:o,s:o,s:o}", "type", "moment",
		"frame", (json_int_t)m->number, "time", vq_record_number(m->time, 6), "scene",
		(int)json_array_size(t->scenes), "transition", vq_scene_kind_name(kind), "pair",
		pair, "ssim", vq_record_number(m->pair.ssim, 5), "difference",
		vq_record_number(m->pair.mae, 4), "patch_difference",
		vq_record_number(m->pair.patch, 4), "histogram_correlation",
		vq_record_number(m->pair.hist, 5), "unexplained_structure",
		vq_record_number(m->pair.unexplained, 5));
	if (record != NULL)
		json_object_set_new(record, "unsteadiness",
			inner ? vq_record_number(unsteadiness(t, m), 3) : json_null());
	return vq_record_write(t->series, record, err);
}

/* Moment i with its mark and that of the next one (last: there is none). */
static enum vq_code commit(struct vq_temporal *t, long i, enum vq_scene_kind kind,
	enum vq_scene_kind next, bool last, struct vq_err *err)
{
	struct vq_moment *m = moment_at(t, i);
	bool pair, inner;

	follow_gradual(t, m, kind);
	if (kind == VQ_SCENE_CUT) {
		t->cuts++;
		vq_events_suppress(t->events, i > 0 ? moment_at(t, i - 1)->time : m->time, m->time,
			"cut", "unexplained_structure", m->pair.unexplained);
	}
	if ((between(kind) || kind == VQ_SCENE_CUT) && end_scene(t, err) != VQ_OK)
		return VQ_ETEMP;
	if (between(kind)) {
		t->transition++;
		t->after_gradual = true;
		t->now.by = kind;
		return write_series(t, m, kind, false, false, err);
	}
	pair = t->now.open;
	if (!pair)
		begin_scene(t, m,
			t->after_gradual	? t->now.by
			: kind == VQ_SCENE_RAMP ? VQ_SCENE_SAME
						: kind);
	t->after_gradual = false;
	t->now.frames++;
	t->now.number_end = m->number;
	t->now.end = m->until;
	inner = pair && m->measured && !last && !between(next) && next != VQ_SCENE_CUT;
	m->pair.length = m->until - m->time;
	if (vq_flicker_add(t->flicker, m, inner, err) != VQ_OK ||
		(pair && vq_pairs_add(&t->pairs, &m->pair, err) != VQ_OK))
		return VQ_ETEMP;
	if (inner)
		vq_events_add(t->events, m);
	return write_series(t, m, kind, pair, inner, err);
}

/* Commit what the scene detector has decided. */
static enum vq_code drain(struct vq_temporal *t, struct vq_err *err)
{
	enum vq_scene_kind kind;

	while (vq_scene_next(t->scene, &kind)) {
		if (t->given > 0 && commit(t, t->given - 1, t->kind, kind, false, err) != VQ_OK)
			return err == NULL ? VQ_ETEMP : err->code;
		t->kind = kind;
		t->given++;
	}
	return VQ_OK;
}

enum vq_code vq_temporal_add(
	struct vq_temporal *t, const struct vq_frame *frame, struct vq_err *err)
{
	enum vq_code code = vq_flash_add(t->flash, frame, err);

	if (code != VQ_OK)
		return code;
	if (t->frames == 0)
		t->first_us = frame->time_us;
	else
		t->difference +=
			vq_image_mae(t->previous.plane[0], frame->plane[0], frame->width,
				frame->height, (size_t)frame->width, (size_t)frame->width) /
			255;
	vq_frame_copy(&t->previous, frame);
	t->frames++;
	if (t->count > 0 && vq_frame_repeats(&t->distinct, frame)) {
		moment_at(t, t->count - 1)->until =
			(double)frame->time_us / 1e6 +
			(double)t->stream.rate.den / (double)t->stream.rate.num;
		return VQ_OK;
	}
	vq_frame_copy(&t->distinct, frame);
	new_moment(t, frame);
	return drain(t, err);
}

/* ---- the end ------------------------------------------------------------------------------- */

static void clip_values(const struct vq_temporal *t, double *v)
{
	double distinct = fmax(1, (double)t->count);
	double frame_time = (double)t->stream.rate.den / (double)t->stream.rate.num;
	double seconds = (double)(t->previous.time_us - t->first_us) / 1e6 + frame_time;

	v[CLIP_DISTINCT_FPS] = (double)t->count / fmax(seconds, 1e-3);
	v[CLIP_VBENCH] = t->frames > 1 ? 1 - t->difference / ((double)t->frames - 1) : 1;
	v[CLIP_CUTS] = (double)t->cuts;
	v[CLIP_GRADUAL] = (double)t->graduals;
	v[CLIP_FLASHES] = vq_flash_rate(t->flash);
	v[CLIP_REPEATED] = t->frames > 0 ? (double)(t->frames - t->count) / (double)t->frames : 0;
	v[CLIP_UNJUDGED] = (double)(t->unjudged + t->transition) / distinct;
	for (int i = 0; i < CLIP_COUNT; i++) {
		const struct vq_feature *f = &list[SCENE_COUNT + i];

		v[i] = fmin(f->max, fmax(f->min, v[i]));
	}
}

/* Append list (a reference that is taken) to out's array. */
static int append_list(json_t *out, const char *key, json_t *list_taken)
{
	json_t *array = json_object_get(out, key);
	int failed = 0;

	if (array == NULL)
		return json_object_set_new(out, key, list_taken);
	failed = json_array_extend(array, list_taken);
	json_decref(list_taken);
	return failed;
}

static int write_coverage(const struct vq_temporal *t, json_t *out)
{
	const struct {
		const char *key;
		long value;
	} count[] = {
		{"frames", t->frames},
		{"distinct", t->count},
		{"repeated", t->frames - t->count},
		{"judged", t->judged},
		{"short", t->unjudged},
		{"transition", t->transition},
	};
	json_t *coverage = json_object_get(out, "coverage");
	int failed = 0;

	if (coverage == NULL) {
		coverage = json_object();
		failed = json_object_set_new(out, "coverage", coverage);
	}
	for (size_t i = 0; i < sizeof count / sizeof count[0] && failed == 0; i++)
		failed = json_object_set_new(coverage, count[i].key, json_integer(count[i].value));
	return failed;
}

static enum vq_code write_out(struct vq_temporal *t, json_t *out, struct vq_err *err)
{
	json_t *events, *suppressed;
	int failed;

	if (vq_events_json(t->events, vq_config_str(t->config, VQ_CFG_TEMPORAL_STROBE), &events,
		    &suppressed, err) != VQ_OK)
		return VQ_ETEMP;
	failed = append_list(out, "events", events);
	failed |= append_list(out, "suppressed", suppressed);
	failed |= append_list(out, "scenes", json_incref(t->scenes));
	failed |= json_object_set_new(out, "photosensitive", vq_flash_json(t->flash));
	failed |= write_coverage(t, out);
	return failed == 0 ? VQ_OK : vq_nomem(err);
}

enum vq_code vq_temporal_finish(
	struct vq_temporal *t, double *values, json_t *out, struct vq_err *err)
{
	enum vq_code code;

	vq_scene_finish(t->scene);
	code = drain(t, err);
	if (code == VQ_OK && t->given > 0)
		code = commit(t, t->given - 1, t->kind, VQ_SCENE_SAME, true, err);
	if (code == VQ_OK)
		code = end_scene(t, err);
	if (code != VQ_OK)
		return code;
	follow_gradual(t, moment_at(t, 0), VQ_SCENE_SAME);
	memset(values, 0, sizeof list / sizeof list[0] * sizeof *values);
	if (t->any_judged)
		memcpy(values, t->best, sizeof t->best);
	else if (t->any_short)
		memcpy(values, t->best_short, sizeof t->best_short);
	clip_values(t, values + SCENE_COUNT);
	return write_out(t, out, err);
}
