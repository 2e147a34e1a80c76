#include "textscan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "editdist.h"
#include "ocr.h"
#include "record.h"
#include "rowpicture.h"
#include "scenesim.h"
#include "texttrack.h"

#define BATCH_MAX 8
#define BATCH_BYTES (48u << 20)

/* One frame of a batch. */
struct slot {
	struct vq_frame frame;
	struct vq_pyramid pyramid;
	struct vq_text_region *found;
	size_t found_count;
	struct vq_seen *seen;
	size_t seen_count;
	struct vq_scenesim sim;
};

#define NOISE_TRACKS 8 /* whose reader's noise is measured, of a clip */

/* How else a crop is looked at to see how sure its reading is. */
static const struct vq_rowview views[] = {
	{1, 0, 1, 1}, {0, 1, 1, 1}, {0, 0, 0.9, 1}, {0, 0, 1.1, 1}, {0, 0, 1, 0.7}, {0, 0, 1, 1.4}};

#define VIEWS (sizeof views / sizeof *views)

/* One crop to read. */
struct job {
	size_t slot, region;
	char *text;
	double confidence;
	bool measure; /* the reader's noise as well */
	double noise, noise_deviation;
	enum vq_code code;
	struct vq_err err;
};

/* The last reading of a track. */
struct reading {
	char *text;
	double confidence;
	const char *latest; /* of this batch too, while it is planned */
	bool light;
	bool planned, measured; /* the reader's noise */
	double noise, noise_deviation;
};

struct worker {
	struct vq_textfind *find;
	struct vq_ocr *ocr;
	struct vq_rowpicture picture;
};

struct vq_textscan {
	struct vq_stream stream;
	int threads, max_regions;
	double cut_threshold;
	char *language;
	vq_textscan_emit *emit;
	void *context;
	struct vq_pool *pool;
	struct worker *worker;
	struct vq_texttrack *track;
	struct slot *slot;
	size_t slots, filled;
	struct job *job;
	size_t jobs;
	struct reading *reading; /* by track - 1 */
	size_t readings;
	struct vq_scenesim last;
	bool any;
	long frames, regions, read, reused;
	int measured; /* tracks whose reader's noise was or will be measured */
};

/* ---- set up -------------------------------------------------------------------------- */

static enum vq_code new_slots(struct vq_textscan *s, struct vq_err *err)
{
	size_t bytes = vq_frame_bytes(s->stream.width, s->stream.height) * 2;
	enum vq_code code = VQ_OK;

	s->slots = BATCH_BYTES / (bytes + 1);
	s->slots = s->slots < 2 ? 2 : s->slots > BATCH_MAX ? BATCH_MAX : s->slots;
	s->slot = calloc(s->slots, sizeof *s->slot);
	s->job = calloc(s->slots * (size_t)s->max_regions, sizeof *s->job);
	if (s->slot == NULL || s->job == NULL)
		return vq_nomem(err);
	for (size_t i = 0; i < s->slots && code == VQ_OK; i++) {
		struct slot *o = &s->slot[i];

		o->found = calloc((size_t)s->max_regions, sizeof *o->found);
		o->seen = calloc((size_t)s->max_regions, sizeof *o->seen);
		if (o->found == NULL || o->seen == NULL)
			return vq_nomem(err);
		code = vq_frame_init(&o->frame, s->stream.width, s->stream.height, err);
		if (code == VQ_OK)
			code = vq_pyramid_init(&o->pyramid, s->stream.width, s->stream.height, err);
	}
	return code;
}

static enum vq_code new_workers(struct vq_textscan *s, struct vq_err *err)
{
	enum vq_code code = vq_pool_new(&s->pool, s->threads, err);

	s->worker = calloc((size_t)s->threads, sizeof *s->worker);
	if (s->worker == NULL)
		return vq_nomem(err);
	for (int i = 0; i < s->threads && code == VQ_OK; i++)
		code = vq_textfind_new(&s->worker[i].find, s->stream.width, s->stream.height, err);
	if (code == VQ_OK)
		code = vq_ocr_new(&s->worker[0].ocr, s->language, err);
	return code;
}

enum vq_code vq_textscan_new(struct vq_textscan **out, const struct vq_stream *stream,
	const struct vq_config *config, int threads, vq_textscan_emit *emit, void *context,
	struct vq_err *err)
{
	struct vq_textscan *s = *out = calloc(1, sizeof **out);
	struct vq_texttrack_options o;
	enum vq_code code;

	if (s == NULL)
		return vq_nomem(err);
	s->stream = *stream;
	s->threads = threads;
	s->emit = emit;
	s->context = context;
	s->max_regions = vq_config_int(config, VQ_CFG_TEXT_MAX_REGIONS);
	s->cut_threshold = vq_config_real(config, VQ_CFG_CUT_SSIM);
	s->language = strdup(vq_config_str(config, VQ_CFG_TEXT_LANGUAGE));
	o.max_regions = s->max_regions;
	o.min_overlap = fmax(0.01, vq_config_real(config, VQ_CFG_TEXT_IOU));
	o.skip = vq_config_real(config, VQ_CFG_TEXT_SKIP);
	code = s->language == NULL ? vq_nomem(err) : VQ_OK;
	if (code == VQ_OK)
		code = new_workers(s, err);
	if (code == VQ_OK)
		code = new_slots(s, err);
	if (code == VQ_OK)
		code = vq_texttrack_new(&s->track, &o, s->pool, threads, err);
	if (code != VQ_OK)
		vq_textscan_free(out);
	return code;
}

void vq_textscan_free(struct vq_textscan **out)
{
	struct vq_textscan *s = *out;

	if (s == NULL)
		return;
	for (size_t i = 0; s->slot != NULL && i < s->slots; i++) {
		free(s->slot[i].found);
		free(s->slot[i].seen);
		vq_frame_clear(&s->slot[i].frame);
		vq_pyramid_clear(&s->slot[i].pyramid);
	}
	for (int i = 0; s->worker != NULL && i < s->threads; i++) {
		vq_textfind_free(&s->worker[i].find);
		vq_ocr_free(&s->worker[i].ocr);
	}
	for (size_t i = 0; i < s->jobs; i++)
		free(s->job[i].text);
	for (size_t i = 0; i < s->readings; i++)
		free(s->reading[i].text);
	vq_texttrack_free(&s->track);
	vq_pool_free(&s->pool);
	free(s->slot);
	free(s->worker);
	free(s->job);
	free(s->reading);
	free(s->language);
	free(s);
	*out = NULL;
}

/* ---- records ------------------------------------------------------------------------- */

/* NULL when anything is; takes the reference to value. */
static void put(json_t *o, const char *key, json_t *value)
{
	json_object_set_new(o, key, value);
}

static json_t *number_or_null(bool known, double v)
{
	return known && isfinite(v) ? vq_record_number(v, 4) : json_null();
}

enum vq_code vq_textscan_begin(
	struct vq_textscan *s, const char *program, const char *version, struct vq_err *err)
{
	json_t *o = json_pack("{ss ss ss si si si si s[ii] ss}", "type", "header", "program",
		program, "version", version, "width", s->stream.width, "height", s->stream.height,
		"source_width", s->stream.src_width, "source_height", s->stream.src_height, "rate",
		(int)s->stream.rate.num, (int)s->stream.rate.den, "language", s->language);

	return s->emit(s->context, o, err);
}

static void put_likeness(json_t *o, const struct vq_seen *r, double sx, double sy)
{
	const struct vq_likeness *l = &r->like;
	bool known = !r->first;

	put(o, "similarity", number_or_null(known, l->box));
	put(o, "ring_similarity", number_or_null(known, l->ring));
	put(o, "around_similarity", number_or_null(known, r->around));
	put(o, "worst_similarity", number_or_null(known, l->worst));
	put(o, "edge_similarity", number_or_null(known, l->edge));
	put(o, "stroke_similarity", number_or_null(known, l->stroke));
	put(o, "similarity_2", number_or_null(known, r->two[0]));
	put(o, "ring_similarity_2", number_or_null(known, r->two[1]));
	put(o, "similarity_4", number_or_null(known, r->four[0]));
	put(o, "ring_similarity_4", number_or_null(known, r->four[1]));
	put(o, "match", number_or_null(known, r->match));
	put(o, "gain", number_or_null(known, l->gain));
	put(o, "light", number_or_null(known, l->light));
	put(o, "sharpness", number_or_null(known, l->sharp));
	put(o, "contrast", number_or_null(known, l->contrast));
	put(o, "visible", number_or_null(known, l->visible));
	put(o, "motion",
		known ? json_pack("[oo]", vq_record_number(r->motion[0] * sx, 2),
				vq_record_number(r->motion[1] * sy, 2))
		      : json_null());
}

static json_t *region_record(
	struct vq_textscan *s, const struct vq_seen *r, const struct reading *text)
{
	static const char *const plane[] = {"luma", "cb", "cr"};
	double sx = (double)s->stream.src_width / s->stream.width;
	double sy = (double)s->stream.src_height / s->stream.height;
	json_t *o = json_pack("{si s[oooo] ss so ss}", "track", r->track, "box",
		vq_record_number(r->box[0] * sx, 1), vq_record_number(r->box[1] * sy, 1),
		vq_record_number(r->box[2] * sx, 1), vq_record_number(r->box[3] * sy, 1), "text",
		text->text == NULL ? "" : text->text, "confidence",
		vq_record_number(text->confidence, 0), "read",
		r->read		     ? "new"
		: text->text != NULL ? "reused"
				     : "none");

	if (o == NULL)
		return NULL;
	put(o, "noise", number_or_null(text->measured, text->noise));
	put(o, "noise_deviation", number_or_null(text->measured, text->noise_deviation));
	put(o, "score", vq_record_number(r->score, 3));
	put(o, "found", json_boolean(r->found));
	put(o, "letters", json_integer(r->letters));
	put(o, "letter_height", vq_record_number(r->letter * sy, 1));
	put(o, "plane", json_string(plane[r->plane]));
	put(o, "light_on_dark", json_boolean(r->light));
	put_likeness(o, r, sx, sy);
	return o;
}

static enum vq_code emit_slot(struct vq_textscan *s, struct slot *o, struct vq_err *err)
{
	json_t *regions = json_array();
	json_t *rec;

	for (size_t i = 0; i < o->seen_count; i++) {
		const struct reading *text = &s->reading[o->seen[i].track - 1];

		json_array_append_new(regions, region_record(s, &o->seen[i], text));
		s->read += o->seen[i].read;
		s->reused += !o->seen[i].read && text->text != NULL;
	}
	s->regions += (long)o->seen_count;
	s->frames++;
	rec = json_pack("{ss sI so so so so}", "type", "text", "frame", (json_int_t)o->frame.number,
		"time", vq_record_number((double)o->frame.time_us / 1e6, 6), "similarity",
		number_or_null(o->sim.known, o->sim.similarity), "cut", json_boolean(o->sim.cut),
		"regions", regions);
	return s->emit(s->context, rec, err);
}

/* ---- a batch ------------------------------------------------------------------------- */

static void locate(void *context, int worker, size_t index)
{
	struct vq_textscan *s = context;
	struct slot *o = &s->slot[index];

	vq_pyramid_build(&o->pyramid, &o->frame);
	vq_scenesim_shrink(&o->sim, &o->frame);
	o->found_count = vq_textfind_run(
		s->worker[worker].find, &o->frame, o->found, (size_t)s->max_regions);
}

static struct vq_seen *row_of(const struct vq_textscan *s, const struct job *j)
{
	return &s->slot[j->slot].seen[j->region];
}

static void read_view(struct vq_textscan *s, struct worker *w, struct job *j,
	const struct vq_rowview *view, char **text, double *confidence)
{
	vq_rowpicture_cut(&w->picture, &s->slot[j->slot].frame, row_of(s, j), view);
	j->code = vq_ocr_read(w->ocr, w->picture.pixel, w->picture.width, w->picture.height, text,
		confidence, &j->err);
}

/* Where it is not sure which of light and dark the letters are, the better reading says. */
static void read_plain(struct vq_textscan *s, struct worker *w, struct job *j)
{
	struct vq_seen *row = row_of(s, j);
	char *other = NULL;
	double confidence = 0;

	read_view(s, w, j, &vq_rowview_plain, &j->text, &j->confidence);
	if (!row->unsure || j->code != VQ_OK)
		return;
	row->light = !row->light;
	read_view(s, w, j, &vq_rowview_plain, &other, &confidence);
	if (j->code == VQ_OK && confidence > j->confidence) {
		free(j->text);
		j->text = other;
		j->confidence = confidence;
		return;
	}
	free(other);
	row->light = !row->light;
}

/* Mean and deviation of the normalised edit distance between readings of one crop under
 * small differences: what changes without any change of the text. */
static void measure_noise(struct vq_textscan *s, struct worker *w, struct job *j)
{
	char *text[VIEWS + 1] = {j->text};
	double sum = 0, square = 0, unused;
	int pairs = 0;

	for (size_t i = 0; i < VIEWS && j->code == VQ_OK; i++)
		read_view(s, w, j, &views[i], &text[i + 1], &unused);
	for (size_t i = 0; i <= VIEWS && j->code == VQ_OK; i++)
		for (size_t k = 0; k < i; k++) {
			double d = vq_edit_normalised(text[i], text[k]);

			sum += d;
			square += d * d;
			pairs++;
		}
	for (size_t i = 1; i <= VIEWS; i++)
		free(text[i]);
	if (pairs == 0)
		return;
	j->noise = sum / pairs;
	j->noise_deviation = sqrt(fmax(0, square / pairs - j->noise * j->noise));
}

/* Tesseract is started when a thread first needs it. */
static bool have_reader(struct vq_textscan *s, struct worker *w, struct job *j)
{
	if (w->ocr == NULL)
		j->code = vq_ocr_new(&w->ocr, s->language, &j->err);
	return j->code == VQ_OK;
}

static void read_crop(void *context, int worker, size_t index)
{
	struct vq_textscan *s = context;
	struct job *j = &s->job[index];

	if (have_reader(s, &s->worker[worker], j))
		read_plain(s, &s->worker[worker], j);
}

static void read_again(void *context, int worker, size_t index)
{
	struct vq_textscan *s = context;
	struct job *j = &s->job[index];

	if (j->measure && have_reader(s, &s->worker[worker], j))
		measure_noise(s, &s->worker[worker], j);
}

static enum vq_code grow_readings(struct vq_textscan *s, struct vq_err *err)
{
	size_t want = (size_t)vq_texttrack_count(s->track);
	struct reading *more;

	if (want <= s->readings)
		return VQ_OK;
	more = realloc(s->reading, want * sizeof *more);
	if (more == NULL)
		return vq_nomem(err);
	memset(more + s->readings, 0, (want - s->readings) * sizeof *more);
	s->reading = more;
	s->readings = want;
	return VQ_OK;
}

static void follow_slot(struct vq_textscan *s, size_t i)
{
	struct slot *o = &s->slot[i];

	vq_scenesim_compare(&o->sim, i == 0 ? (s->any ? &s->last : NULL) : &s->slot[i - 1].sim,
		s->cut_threshold);
	o->seen_count = vq_texttrack_add(s->track, &o->pyramid, (double)o->frame.time_us / 1e6,
		o->found, o->found_count, o->sim.cut, o->seen);
	for (size_t k = 0; k < o->seen_count; k++)
		if (o->seen[k].read)
			s->job[s->jobs++] = (struct job){.slot = i, .region = k};
}

static struct reading *reading_of(struct vq_textscan *s, const struct job *j)
{
	return &s->reading[row_of(s, j)->track - 1];
}

/* A row that does not tell which of light and dark its letters are is read as its track was
 * before this batch, when letters were read then, and not both ways. */
static void plan_light(struct vq_textscan *s)
{
	for (size_t i = 0; i < s->jobs; i++) {
		struct vq_seen *row = row_of(s, &s->job[i]);
		const struct reading *r = reading_of(s, &s->job[i]);

		if (row->unsure && r->text != NULL && *r->text != '\0') {
			row->light = r->light;
			row->unsure = false;
		}
	}
}

/* The reader's noise is of interest when a track is read otherwise than before, once. */
static void plan_noise(struct vq_textscan *s)
{
	for (size_t i = 0; i < s->jobs; i++) {
		struct job *j = &s->job[i];
		struct reading *r = reading_of(s, j);

		if (j->code != VQ_OK)
			return;
		if (!r->planned && s->measured < NOISE_TRACKS && r->latest != NULL &&
			vq_edit_normalised(r->latest, j->text) > 0) {
			j->measure = r->planned = true;
			s->measured++;
		}
		r->latest = j->text;
	}
}

static enum vq_code take_reading(struct vq_textscan *s, struct job *j, struct vq_err *err)
{
	struct reading *to = reading_of(s, j);

	if (j->code != VQ_OK) {
		*err = j->err;
		return j->code;
	}
	free(to->text);
	to->text = j->text;
	to->confidence = j->confidence;
	to->light = row_of(s, j)->light;
	j->text = NULL;
	if (j->measure) {
		to->measured = true;
		to->noise = j->noise;
		to->noise_deviation = j->noise_deviation;
	}
	return VQ_OK;
}

static enum vq_code run_batch(struct vq_textscan *s, struct vq_err *err)
{
	enum vq_code code;
	size_t j = 0;

	vq_pool_run(s->pool, s->filled, locate, s);
	for (size_t i = 0; i < s->filled; i++)
		follow_slot(s, i);
	code = grow_readings(s, err);
	if (code == VQ_OK) {
		plan_light(s);
		vq_pool_run(s->pool, s->jobs, read_crop, s);
		plan_noise(s);
		vq_pool_run(s->pool, s->jobs, read_again, s);
	}
	for (size_t i = 0; i < s->filled && code == VQ_OK; i++) {
		for (; j < s->jobs && s->job[j].slot == i && code == VQ_OK; j++)
			code = take_reading(s, &s->job[j], err);
		if (code == VQ_OK)
			code = emit_slot(s, &s->slot[i], err);
	}
	for (j = 0; j < s->jobs; j++)
		free(s->job[j].text);
	s->jobs = 0;
	if (s->filled > 0) {
		s->last = s->slot[s->filled - 1].sim;
		s->any = true;
	}
	s->filled = 0;
	return code;
}

struct vq_frame *vq_textscan_frame(struct vq_textscan *s)
{
	return &s->slot[s->filled].frame;
}

enum vq_code vq_textscan_add(struct vq_textscan *s, struct vq_err *err)
{
	s->filled++;
	return s->filled == s->slots ? run_batch(s, err) : VQ_OK;
}

enum vq_code vq_textscan_finish(struct vq_textscan *s, struct vq_err *err)
{
	enum vq_code code = s->filled > 0 ? run_batch(s, err) : VQ_OK;

	if (code != VQ_OK)
		return code;
	return s->emit(s->context,
		json_pack("{ss sI sI si sI sI}", "type", "end", "frames", (json_int_t)s->frames,
			"regions", (json_int_t)s->regions, "tracks", vq_texttrack_count(s->track),
			"read", (json_int_t)s->read, "reused", (json_int_t)s->reused),
		err);
}
