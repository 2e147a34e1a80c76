#include "textfeat.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"
#include "textcause.h"
#include "textlegit.h"
#include "textseries.h"
#include "textstep.h"

/* Shapes have the worst track and the mean over tracks, both weighted by evidence;
 * readings, which are noisier, the mean. */
#define MEASURE(name, unit, max, meaning)                                                          \
	{                                                                                          \
		"text_" name, "text", unit, 0, max,                                                \
			meaning "; mean over tracks, weighted by evidence"                         \
	}
#define WORST(name, unit, max, meaning)                                                            \
	{                                                                                          \
		"text_" name "_worst", "text", unit, 0, max,                                       \
			meaning "; worst track, weighted by evidence"                              \
	}

/* Clip-wide ones first, then the means in the order of enum vq_text_measure, then the
 * worst of those before VQ_TM_SHAPES. */
enum clip_feature {
	F_HAS_TEXT,
	F_TRACKS,
	F_AREA,
	F_EVIDENCE,
	F_CONFIDENCE,
	F_TRUST,
	F_LIFE,
	F_SCENE_AT_PEAK,
	F_UNSTABLE_SHARE,
	F_PROOF,
	F_CLIP_COUNT
};

static const struct vq_feature features[] = {
	{"has_text_regions", "text", "flag", 0, 1, "there is text; 0 makes every text feature 0"},
	{"text_tracks", "text", "count", 0, 1000, "text tracks with evidence"},
	{"text_area", "text", "share", 0, 1, "largest mean area of a text track, of the frame"},
	{"text_evidence", "text", "score", 0, 1, "how sure the surest track is text"},
	{"text_confidence", "text", "share", 0, 1,
		"best confidence of the reader, weighted by evidence"},
	{"text_trust", "text", "share", 0, 1, "mean trust in the alignment of the surest track"},
	{"text_life", "text", "share", 0, 1,
		"share of the sampled frames in which the surest track was seen"},
	{"text_scene_at_peak", "text", "score", 0, 1,
		"similarity of the whole frame where the worst track changes most"},
	{"text_unstable_share", "text", "share", 0, 1,
		"share of all evidence in tracks that change more than their surroundings"},
	{"text_proof", "text", "share", 0, 1,
		"steps in which letters change by far more than what is around them, and "
		"nothing else explains it, by text score; worst track, weighted by evidence twice"},
	MEASURE("change", "score", 1, "1 - correlation of the aligned crop with the one before"),
	MEASURE("excess", "score", 1, "how much more the crop changes than the ring around it"),
	MEASURE("peak", "score", 1, "90th percentile of the crop's change"),
	MEASURE("floor", "score", 1, "10th percentile of the crop's change"),
	MEASURE("ring", "score", 1, "change of the ring around the crop"),
	MEASURE("cell", "score", 2, "change of the letters that change most"),
	MEASURE("stroke", "share", 1, "strokes that differ from the sample before"),
	MEASURE("edge", "score", 2, "1 - correlation of edges with the sample before"),
	MEASURE("edge_floor", "score", 2, "25th percentile of the change of edges"),
	MEASURE("change_2", "score", 2, "change over two samples beyond the ring's"),
	MEASURE("change_4", "score", 2, "change over four samples beyond the ring's"),
	MEASURE("ratio", "ratio", 20, "the crop's change over its ring's"),
	MEASURE("return", "score", 2, "how much more the crop is like the one before last"),
	MEASURE("scene_ratio", "ratio", 20, "the crop's change over the whole frame's"),
	MEASURE("blur", "ratio", 4, "swing of the crop's sharpness"),
	MEASURE("edit", "share", 1, "normalised edit distance of consecutive readings"),
	MEASURE("consensus", "share", 1, "normalised edit distance to the consensus"),
	MEASURE("noise_z", "deviations", 20,
		"distance of the readings from their consensus beyond the reader's own noise"),
	MEASURE("substituted", "share", 1, "letters substituted from reading to reading"),
	MEASURE("deleted", "share", 1, "letters deleted from reading to reading"),
	MEASURE("inserted", "share", 1, "letters inserted from reading to reading"),
	MEASURE("length", "share", 1, "change of the number of letters"),
	MEASURE("readings", "share", 1, "distinct readings among the readings"),
	MEASURE("aba", "share", 1, "changed readings that return to an earlier one"),
	MEASURE("confidence_change", "share", 1, "change of the reader's confidence"),
	MEASURE("confidence_variance", "share", 1,
		"variance of the confidence in windows of five readings"),
	MEASURE("confidence_trend", "share", 1, "how one-way the confidence moves"),
	MEASURE("jitter", "letters", 4, "change of the box apart from its motion"),
	WORST("change", "score", 1, "1 - correlation of the aligned crop with the one before"),
	WORST("excess", "score", 1, "how much more the crop changes than the ring around it"),
	WORST("peak", "score", 1, "90th percentile of the crop's change"),
	WORST("floor", "score", 1, "10th percentile of the crop's change"),
	WORST("ring", "score", 1, "change of the ring around the crop"),
	WORST("cell", "score", 2, "change of the letters that change most"),
	WORST("stroke", "share", 1, "strokes that differ from the sample before"),
	WORST("edge", "score", 2, "1 - correlation of edges with the sample before"),
	WORST("edge_floor", "score", 2, "25th percentile of the change of edges"),
	WORST("change_2", "score", 2, "change over two samples beyond the ring's"),
	WORST("change_4", "score", 2, "change over four samples beyond the ring's"),
	WORST("ratio", "ratio", 20, "the crop's change over its ring's"),
	WORST("return", "score", 2, "how much more the crop is like the one before last"),
	WORST("scene_ratio", "ratio", 20, "the crop's change over the whole frame's"),
};

#define FEATURES (sizeof features / sizeof *features)
_Static_assert(FEATURES == F_CLIP_COUNT + VQ_TM_COUNT + VQ_TM_SHAPES, "one row for each feature");

const struct vq_feature_set vq_text_features = {features, FEATURES};

#define MAY_CHANGE 0.1	  /* what is left of the evidence of counters, typing, captions */
#define WORTH_TELLING 0.2 /* tracks with less of the surest one's evidence stay untold */
#define EVIDENCE_MIN 0.1  /* less is no text */

struct vq_textfeat {
	double width, height; /* of the original clip */
	double edit_threshold;
	bool started, ended;
	long samples, last_frame;
	struct vq_text_series *series;
	struct vq_text_summary *summary;
	bool *is_text; /* by track */
	double *told;  /* by track: evidence, whatever its changes are */
	size_t count, room;
};

enum vq_code vq_textfeat_new(
	struct vq_textfeat **t, const struct vq_config *config, struct vq_err *err)
{
	*t = calloc(1, sizeof **t);
	if (*t == NULL)
		return vq_nomem(err);
	(*t)->last_frame = -1;
	(*t)->edit_threshold = vq_config_real(config, VQ_CFG_TEXT_EDIT);
	return VQ_OK;
}

void vq_textfeat_free(struct vq_textfeat **t)
{
	if (*t == NULL)
		return;
	for (size_t i = 0; i < (*t)->count; i++)
		vq_text_series_clear(&(*t)->series[i]);
	free((*t)->series);
	free((*t)->summary);
	free((*t)->is_text);
	free((*t)->told);
	free(*t);
	*t = NULL;
}

/* ---- records ------------------------------------------------------------------------- */

static enum vq_code find_series(
	struct vq_textfeat *t, long track, struct vq_text_series **out, struct vq_err *err)
{
	for (size_t i = t->count; i-- > 0;)
		if (t->series[i].track == track) {
			*out = &t->series[i];
			return VQ_OK;
		}
	if (t->count == t->room) {
		size_t room = t->room * 2 + 32;
		struct vq_text_series *more = realloc(t->series, room * sizeof *more);

		if (more == NULL)
			return vq_nomem(err);
		t->series = more;
		t->room = room;
	}
	*out = &t->series[t->count++];
	memset(*out, 0, sizeof **out);
	(*out)->track = track;
	return VQ_OK;
}

/* A field that may be missing or null: NAN then. */
static double optional(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_number(v) && isfinite(json_number_value(v)) ? json_number_value(v) : NAN;
}

static void read_measurements(const json_t *r, struct vq_text_sample *s)
{
	const json_t *motion = json_object_get(r, "motion");

	s->similarity = optional(r, "similarity");
	s->ring = optional(r, "ring_similarity");
	s->around = optional(r, "around_similarity");
	s->worst = optional(r, "worst_similarity");
	s->edge = optional(r, "edge_similarity");
	s->stroke = optional(r, "stroke_similarity");
	s->two = optional(r, "similarity_2");
	s->two_ring = optional(r, "ring_similarity_2");
	s->four = optional(r, "similarity_4");
	s->four_ring = optional(r, "ring_similarity_4");
	s->match = optional(r, "match");
	s->visible = optional(r, "visible");
	s->sharpness = optional(r, "sharpness");
	s->contrast = optional(r, "contrast");
	s->noise = optional(r, "noise");
	s->noise_deviation = optional(r, "noise_deviation");
	s->score = optional(r, "score");
	s->letter_height = optional(r, "letter_height");
	for (size_t i = 0; i < 2; i++) {
		const json_t *v = json_array_get(motion, i);

		s->motion[i] = json_is_number(v) ? json_number_value(v) : NAN;
	}
}

static enum vq_code add_region(
	struct vq_textfeat *t, const json_t *r, struct vq_text_sample *s, struct vq_err *err)
{
	const char *text = NULL, *read;
	struct vq_text_series *series = NULL;
	long track = 0;
	enum vq_code code = vq_record_int(r, "track", 0, 2147483647, &track, err);

	if (code == VQ_OK)
		code = vq_record_box(r, "box", s->box, err);
	if (code == VQ_OK)
		code = vq_record_str(r, "text", &text, err);
	if (code == VQ_OK)
		code = vq_record_real(r, "confidence", &s->confidence, err);
	if (code == VQ_OK && (s->confidence < 0 || s->confidence > 100))
		code = vq_fail(err, VQ_EDATA, "field \"confidence\": %g, expected 0 to 100",
			s->confidence);
	if (code == VQ_OK)
		code = find_series(t, track, &series, err);
	if (code != VQ_OK)
		return code;
	if (series->count > 0 && series->sample[series->count - 1].index == s->index)
		return vq_fail(err, VQ_EDATA, "track %ld twice in one frame", track);
	read = json_string_value(json_object_get(r, "read"));
	s->read = read == NULL || strcmp(read, "new") == 0;
	s->found = !json_is_false(json_object_get(r, "found"));
	read_measurements(r, s);
	return vq_text_series_add(series, s, text, err);
}

static enum vq_code add_text(struct vq_textfeat *t, const json_t *rec, struct vq_err *err)
{
	struct vq_text_sample s = {.index = t->samples};
	const json_t *regions = NULL;
	enum vq_code code;

	if (!t->started || t->ended)
		return vq_fail(err, VQ_EDATA, "text record %s",
			t->ended ? "after the end record" : "before the header record");
	code = vq_record_int(rec, "frame", 0, 2147483647, &s.frame, err);
	if (code == VQ_OK)
		code = vq_record_real(rec, "time", &s.time, err);
	if (code == VQ_OK)
		code = vq_record_array(rec, "regions", &regions, err);
	if (code != VQ_OK)
		return code;
	if (s.frame <= t->last_frame)
		return vq_fail(err, VQ_EDATA, "text record: frame %ld after frame %ld", s.frame,
			t->last_frame);
	s.scene = optional(rec, "similarity");
	for (size_t i = 0; i < json_array_size(regions) && code == VQ_OK; i++) {
		code = add_region(t, json_array_get(regions, i), &s, err);
		if (code != VQ_OK)
			vq_fail_at(err, "frame %ld: region %zu", s.frame, i);
	}
	t->last_frame = s.frame;
	t->samples++;
	return code;
}

static enum vq_code add_header(struct vq_textfeat *t, const json_t *rec, struct vq_err *err)
{
	long width = 0, height = 0;
	bool source = json_object_get(rec, "source_width") != NULL;
	enum vq_code code;

	if (t->started)
		return vq_fail(err, VQ_EDATA, "second header record in the text records");
	code = vq_record_int(rec, source ? "source_width" : "width", 1, 1 << 20, &width, err);
	if (code == VQ_OK)
		code = vq_record_int(
			rec, source ? "source_height" : "height", 1, 1 << 20, &height, err);
	t->width = (double)width;
	t->height = (double)height;
	t->started = true;
	return code;
}

enum vq_code vq_textfeat_add(struct vq_textfeat *t, const json_t *record, struct vq_err *err)
{
	if (vq_record_is(record, "header"))
		return add_header(t, record, err);
	if (vq_record_is(record, "text"))
		return add_text(t, record, err);
	if (vq_record_is(record, "end"))
		t->ended = true;
	return VQ_OK;
}

/* ---- values -------------------------------------------------------------------------- */

static bool counts(const struct vq_textfeat *t, size_t i)
{
	return t->series[i].count >= 2 && t->is_text[i];
}

static void fill_measures(const struct vq_textfeat *t, double *values)
{
	double *mean = values + F_CLIP_COUNT, *worst = mean + VQ_TM_COUNT, weight = 0;

	for (size_t i = 0; i < t->count; i++) {
		const struct vq_text_summary *s = &t->summary[i];

		if (!counts(t, i))
			continue;
		weight += t->told[i]; /* what may change counts as steady for the most part */
		for (size_t m = 0; m < VQ_TM_COUNT; m++) {
			double v = fmin(fmax(s->measure[m], 0), features[F_CLIP_COUNT + m].max);

			mean[m] += s->evidence * v;
			if (m < VQ_TM_SHAPES)
				worst[m] = fmax(worst[m], s->evidence * v);
		}
	}
	for (size_t m = 0; m < VQ_TM_COUNT && weight > 0; m++)
		mean[m] /= weight;
}

/* Only of tracks that are told as an event. */
static double proof_of(const struct vq_textfeat *t, size_t i)
{
	const struct vq_text_summary *s = &t->summary[i];
	struct vq_text_verdict v;

	vq_text_judge(&t->series[i], s, t->edit_threshold, &v);
	if (v.kind != VQ_TEXT_MUTATION)
		return 0;
	return s->evidence * s->evidence * vq_text_proof(&t->series[i]);
}

static void fill_clip(const struct vq_textfeat *t, double *values)
{
	double weight = 0, unstable = 0, worst = -1, tracks = 0;

	for (size_t i = 0; i < t->count; i++) {
		const struct vq_text_summary *s = &t->summary[i];
		double bad = s->evidence * s->measure[VQ_TM_EXCESS];

		if (!counts(t, i))
			continue;
		tracks++;
		values[F_PROOF] = fmax(values[F_PROOF], proof_of(t, i));
		weight += s->evidence;
		unstable += s->measure[VQ_TM_EXCESS] > 0.05 ? s->evidence : 0;
		values[F_AREA] = fmax(values[F_AREA], s->area / (t->width * t->height));
		values[F_CONFIDENCE] =
			fmax(values[F_CONFIDENCE], s->evidence * s->confidence / 100);
		if (s->evidence > values[F_EVIDENCE]) {
			values[F_EVIDENCE] = s->evidence;
			values[F_TRUST] = s->trust;
			values[F_LIFE] = (double)t->series[i].count / (double)t->samples;
		}
		if (bad > worst) {
			double scene = t->series[i].sample[s->peak].scene;

			worst = bad;
			values[F_SCENE_AT_PEAK] = isnan(scene) ? 1 : scene;
		}
	}
	values[F_HAS_TEXT] = tracks > 0;
	values[F_TRACKS] = tracks;
	values[F_UNSTABLE_SHARE] = weight > 0 ? unstable / weight : 0;
}

static void clamp_all(double *values)
{
	for (size_t i = 0; i < FEATURES; i++) {
		if (!isfinite(values[i]))
			values[i] = 0;
		values[i] = fmin(fmax(values[i], features[i].min), features[i].max);
	}
}

/* ---- records out --------------------------------------------------------------------- */

static json_t *array_in(json_t *out, const char *key)
{
	if (!json_is_array(json_object_get(out, key)))
		json_object_set_new(out, key, json_array());
	return json_object_get(out, key);
}

static json_t *box_json(const double *b)
{
	return json_pack("[oooo]", vq_record_number(b[0], 1), vq_record_number(b[1], 1),
		vq_record_number(b[2], 1), vq_record_number(b[3], 1));
}

static json_t *track_json(const struct vq_text_series *t, const struct vq_text_summary *s)
{
	const struct vq_text_sample *a = t->sample, *b = t->sample + t->count - 1;

	return json_pack("{sI so so si so ss so so}", "track", (json_int_t)t->track, "start",
		vq_record_number(a->time, 6), "end", vq_record_number(b->time, 6), "samples",
		(int)t->count, "box", box_json(t->sample[t->count / 2].box), "consensus",
		t->text[s->consensus], "stability",
		vq_record_number(1 - s->measure[VQ_TM_CHANGE], 4), "evidence",
		vq_record_number(s->evidence, 4));
}

/* The sample in the event, nearest to its peak, whose reading is not the one before. */
static size_t changed_reading(const struct vq_text_series *t, const struct vq_text_verdict *v)
{
	size_t best = v->peak, distance = SIZE_MAX;

	for (size_t i = v->first + 1; i <= v->last; i++) {
		size_t d = i > v->peak ? i - v->peak : v->peak - i;

		if (t->sample[i].text != t->sample[i - 1].text && d < distance) {
			distance = d;
			best = i;
		}
	}
	return best;
}

static json_t *event_json(const struct vq_text_series *t, const struct vq_text_summary *s,
	const struct vq_text_verdict *v)
{
	const struct vq_text_sample *a = &t->sample[v->first], *b = &t->sample[v->last];
	const struct vq_text_sample *p = &t->sample[v->peak];
	size_t reading = changed_reading(t, v);
	double severity = fmin(1, fmax(0, s->evidence * (0.3 + 2 * v->value)));

	return json_pack("{ss ss sI so so sI sI sI so so ss ss ss so so ss so so ss}", "category",
		"TEXT_INCONSISTENCY", "kind", "mutation", "track", (json_int_t)t->track, "start",
		vq_record_number(a->time, 6), "end", vq_record_number(b->time, 6), "frame_start",
		(json_int_t)a->frame, "frame_end", (json_int_t)b->frame, "peak_frame",
		(json_int_t)p->frame, "peak_time", vq_record_number(p->time, 6), "bbox",
		box_json(p->box), "before", t->text[t->sample[reading - 1].text], "after",
		t->text[t->sample[reading].text], "consensus", t->text[s->consensus], "z",
		vq_record_number(s->measure[VQ_TM_NOISE_Z], 2), "severity",
		vq_record_number(severity, 4), "measure", v->measure, "value",
		vq_record_number(v->value, 4), "threshold", vq_record_number(v->threshold, 4),
		"notes", v->notes);
}

static json_t *suppressed_json(const struct vq_text_series *t, const struct vq_text_verdict *v)
{
	return json_pack("{ss so so so ss ss}", "category", "TEXT_INCONSISTENCY", "start",
		vq_record_number(t->sample[v->first].time, 6), "end",
		vq_record_number(t->sample[v->last].time, 6), "bbox",
		box_json(t->sample[v->peak].box), "reason", v->reason, "notes", v->notes);
}

static enum vq_code append(json_t *array, json_t *item, struct vq_err *err)
{
	return json_array_append_new(array, item) == 0 ? VQ_OK : vq_nomem(err);
}

static enum vq_code put_records(const struct vq_textfeat *t, json_t *out, struct vq_err *err)
{
	json_t *events = array_in(out, "events"), *let_go = array_in(out, "suppressed");
	json_t *tracks = array_in(out, "tracks"), *coverage = json_object_get(out, "coverage");
	enum vq_code code = VQ_OK;
	double surest = 0;

	for (size_t i = 0; i < t->count; i++)
		surest = fmax(surest, counts(t, i) ? t->told[i] : 0);
	for (size_t i = 0; i < t->count && code == VQ_OK; i++) {
		struct vq_text_verdict v;

		if (!counts(t, i) || t->told[i] < WORTH_TELLING * surest)
			continue;
		code = append(tracks, track_json(&t->series[i], &t->summary[i]), err);
		vq_text_judge(&t->series[i], &t->summary[i], t->edit_threshold, &v);
		if (code == VQ_OK && v.kind == VQ_TEXT_MUTATION)
			code = append(events, event_json(&t->series[i], &t->summary[i], &v), err);
		if (code == VQ_OK && v.kind == VQ_TEXT_LET_GO)
			code = append(let_go, suppressed_json(&t->series[i], &v), err);
	}
	if (json_is_object(coverage))
		json_object_set_new(coverage, "text_frames", json_integer(t->samples));
	return code;
}

enum vq_code vq_textfeat_finish(
	struct vq_textfeat *t, double *values, json_t *out, struct vq_err *err)
{
	enum vq_code code = VQ_OK;

	if (!t->started || !t->ended)
		return vq_fail(err, VQ_EDATA, "the text records have no %s record",
			t->started ? "end" : "header");
	memset(values, 0, FEATURES * sizeof *values);
	free(t->summary);
	free(t->is_text);
	free(t->told);
	t->summary = calloc(t->count + 1, sizeof *t->summary);
	t->is_text = calloc(t->count + 1, sizeof *t->is_text);
	t->told = calloc(t->count + 1, sizeof *t->told);
	if (t->summary == NULL || t->is_text == NULL || t->told == NULL)
		return vq_nomem(err);
	for (size_t i = 0; i < t->count && code == VQ_OK; i++) {
		const char *notes;

		code = vq_text_series_summarise(
			&t->series[i], t->samples, t->width * t->height, &t->summary[i], err);
		t->told[i] = t->summary[i].evidence;
		t->is_text[i] = t->told[i] >= EVIDENCE_MIN;
		if (vq_text_legitimate(&t->series[i], &notes) != NULL)
			t->summary[i].evidence *= MAY_CHANGE;
	}
	if (code != VQ_OK)
		return code;
	fill_clip(t, values);
	fill_measures(t, values);
	clamp_all(values);
	return put_records(t, out, err);
}
