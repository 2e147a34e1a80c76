/* Which frames a report shows, and what of them. */
#include "../../lib/reportshots.h"

#include "../tap.h"

/* A prediction of frames pictures with one event; the caller owns it. */
static json_t *prediction(int frames, int distinct, int peak, const char *category, int track)
{
	return json_pack("{s:s,s:[{s:s,s:i,s:i,s:[iiii]}],s:{s:i,s:i,s:i},s:[{s:i},{s:i}]}",
		"clip_id", "a", "events", "category", category, "peak_frame", peak, "track", track,
		"bbox", 40, 20, 80, 40, "coverage", "frames", frames, "distinct", distinct,
		"text_frames", 5, "scenes", "frame_start", 0, "frame_start", 30);
}

static const struct vq_shot *step(const struct vq_shots *s, int k)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->shot[i].kind == VQ_SHOT_STEP && s->shot[i].step == k)
			return &s->shot[i];
	return NULL;
}

static long want(const struct vq_shots *s, int k)
{
	return step(s, k) == NULL ? -1 : step(s, k)->want;
}

static void test_plan(void)
{
	struct vq_reportdata d = {.prediction = prediction(60, 20, 12, "TEMPORAL_FLICKER", -1)};
	struct vq_shots s = {0};
	struct vq_err err;

	is_int(vq_shots_plan(&s, &d, 6, &err), VQ_OK, "a plan");
	is_int((long long)s.events, 1, "one event");
	ok(want(&s, -2) == 6 && want(&s, -1) == 9 && want(&s, 0) == 12 && want(&s, 2) == 18,
		"three frames for each different picture");
	is_int(s.shot[0].want, 5, "the clip's first sixth, its middle");
	is_int(s.shot[5].want, 55, "and its last");
	vq_shots_clear(&s);
	is_int(vq_shots_plan(&s, &d, 0, &err), VQ_OK, "no event");
	is_int((long long)s.count, 6, "only the clip");
	vq_shots_clear(&s);
	vq_reportdata_clear(&d);

	d.prediction = prediction(60, 20, 31, "TEMPORAL_FLICKER", -1);
	vq_shots_plan(&s, &d, 6, &err);
	ok(want(&s, -1) == -1 && want(&s, 0) == 31 && want(&s, 1) == 34, "no step goes over a cut");
	vq_shots_clear(&s);
	vq_reportdata_clear(&d);
}

/* With records: the frames that were looked at, and the box where the text was. */
static void test_records(void)
{
	struct vq_reportdata d = {.prediction = prediction(60, 60, 12, "TEXT_INCONSISTENCY", 3)};
	struct vq_shots s = {0};
	struct vq_err err;

	d.text = json_array();
	for (int i = 0; i < 30; i += 6)
		json_array_append_new(
			d.text, json_pack("{s:i,s:[{s:i,s:s,s:[iiii]}]}", "frame", i, "regions",
					"track", 3, "text", "x", "box", 40 + i, 20, 80 + i, 40));
	vq_shots_plan(&s, &d, 6, &err);
	ok(want(&s, -2) == 0 && want(&s, -1) == 6 && want(&s, 1) == 18 && want(&s, 2) == 24,
		"steps through the frames that were read");
	is_real(step(&s, -2)->box[0], 40, 0, "the box where the text was at first");
	is_real(step(&s, 2)->box[0], 64, 0, "and at last");
	ok(step(&s, -2)->around[0] <= 40 && step(&s, -2)->around[2] >= 104,
		"the part holds all of them");
	is_real(step(&s, 2)->around[0], step(&s, -2)->around[0], 0, "and is the same in each");
	vq_shots_clear(&s);
	vq_reportdata_clear(&d);
}

/* The letters before an event show, if only in an earlier frame than the steps'. */
static void test_before(void)
{
	struct vq_reportdata d = {.prediction = prediction(60, 60, 24, "TEXT_INCONSISTENCY", 3)};
	json_t *event = json_array_get(json_object_get(d.prediction, "events"), 0);
	struct vq_shots s = {0};
	struct vq_err err;

	d.text = json_array();
	for (int i = 0; i < 60; i += 6)
		json_array_append_new(d.text,
			json_pack("{s:i,s:[{s:i,s:s,s:[iiii]}]}", "frame", i, "regions", "track", 3,
				"text", i == 0 ? "OPEN" : "OPFN", "box", 40, 20, 80, 40));
	json_object_set_new(event, "before", json_string("OPEN"));
	vq_shots_plan(&s, &d, 6, &err);
	ok(want(&s, -2) == 0 && want(&s, -1) == 18, "a frame that was read as before");
	vq_shots_clear(&s);
	json_object_set_new(event, "before", json_string("OPFN"));
	vq_shots_plan(&s, &d, 6, &err);
	ok(want(&s, -2) == 12 && want(&s, -1) == 18, "the steps show it already");
	vq_shots_clear(&s);
	json_object_set_new(event, "before", json_string("OPEN"));
	json_object_set_new(event, "peak_frame", json_integer(48));
	vq_shots_plan(&s, &d, 6, &err);
	ok(want(&s, -2) == 36 && want(&s, -1) == 42, "not from before a cut");
	vq_shots_clear(&s);
	vq_reportdata_clear(&d);
}

/* Frames from first on, each by; their luma is their number. */
static enum vq_code feed(struct vq_shots *s, const struct vq_reportdata *d, long first, long end,
	long by, struct vq_err *err)
{
	struct vq_stream stream = {160, 80, 160, 80, {25, 1}};
	struct vq_frame f;
	enum vq_code code = vq_shots_begin(s, &stream, d, err);

	vq_frame_init(&f, 160, 80, NULL);
	for (f.number = first; f.number < end && code == VQ_OK; f.number += by) {
		memset(f.plane[0], (int)f.number, 160 * 80);
		memset(f.plane[1], 128, 160 * 80 / 2);
		f.time_us = f.number * 40000;
		code = vq_shots_frame(s, d, &f, err);
	}
	vq_frame_clear(&f);
	return code == VQ_OK ? vq_shots_end(s, d, err) : code;
}

static long handed[16];
static int handed_out;

static enum vq_code note_number(
	void *ctx, long number, const struct vq_canvas *c, struct vq_err *err)
{
	(void)err;
	ok(ctx == handed && c->w == 160 && c->h == 80, "frame %ld at its full size", number);
	handed[handed_out++] = number;
	return VQ_OK;
}

static void test_frames(void)
{
	struct vq_reportdata d = {.prediction = prediction(60, 60, 12, "TEMPORAL_FLICKER", -1)};
	struct vq_shots s = {.evidence = note_number, .ctx = handed};
	struct vq_canvas sheet;
	struct vq_err err;

	vq_shots_plan(&s, &d, 6, &err);
	is_int(feed(&s, &d, 0, 60, 1, &err), VQ_OK, "all frames");
	is_int(handed_out, 5, "five frames show the event");
	ok(handed[0] == 10 && handed[4] == 14, "in order");
	for (size_t i = 0; i < s.count; i++)
		ok(s.shot[i].png != NULL && s.shot[i].number == s.shot[i].want,
			"frame %ld is taken", s.shot[i].want);
	is_real(step(&s, 0)->time, 0.48, 1e-9, "with its time");
	ok(vq_shots_best(&s)->kind == VQ_SHOT_CONTEXT, "the event says most");
	is_int(vq_shots_sheet(&s, &sheet, &err), VQ_OK, "a sheet");
	ok(sheet.w > 3 * 160 && sheet.h > 3 * 80 && sheet.h < 5 * 80, "of seven in three rows");
	vq_canvas_clear(&sheet);
	vq_shots_clear(&s);

	vq_shots_plan(&s, &d, 6, &err);
	is_int(feed(&s, &d, 0, 60, 8, &err), VQ_OK, "sampled frames");
	is_int(step(&s, 0)->number, 8, "the frame before stands for one that was left out");
	vq_shots_clear(&s);
	vq_reportdata_clear(&d);
}

static void test_wrong_frames(void)
{
	struct vq_reportdata d = {.prediction = prediction(60, 60, 50, "TEMPORAL_FLICKER", -1)};
	struct vq_stream small = {32, 16, 32, 16, {25, 1}};
	struct vq_shots s = {0};
	struct vq_err err;

	vq_shots_plan(&s, &d, 6, &err);
	is_int(feed(&s, &d, 0, 40, 1, &err), VQ_EDATA, "too few frames");
	has_str(err.msg, "ends with frame 39, and 60 frames were judged", "both numbers");
	vq_shots_clear(&s);
	vq_shots_plan(&s, &d, 6, &err);
	is_int(feed(&s, &d, 0, 33, 8, &err), VQ_EDATA, "samples of another clip");
	has_str(err.msg, "an event is at frame 50", "which event");
	vq_shots_clear(&s);
	vq_shots_plan(&s, &d, 6, &err);
	is_int(feed(&s, &d, 0, 0, 1, &err), VQ_EDATA, "no frame");
	vq_shots_clear(&s);
	vq_shots_plan(&s, &d, 6, &err);
	is_int(vq_shots_begin(&s, &small, &d, &err), VQ_EDATA, "a box outside");
	has_str(err.msg, "32x16, and an event's box ends at 80,40", "both sizes");
	vq_shots_clear(&s);
	vq_reportdata_clear(&d);
}

int main(void)
{
	test_plan();
	test_records();
	test_before();
	test_frames();
	test_wrong_frames();
	return done_testing();
}
