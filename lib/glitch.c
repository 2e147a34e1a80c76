#include "glitch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "glitchkind.h"
#include "distinct.h"
#include "glitchfield.h"
#include "image.h"
#include "record.h"

#define FLICKER "TEMPORAL_FLICKER"
#define TEXT "TEXT_INCONSISTENCY"
#define NONE "NONE"

#define BOX VQ_TAKES_BOX
#define CYCLE VQ_TAKES_CYCLE
#define WAVE VQ_TAKES_WAVE
#define REGIONS (VQ_TAKES_REGIONS | VQ_TAKES_BOX | VQ_TAKES_CYCLE)
#define SMOOTH VQ_TAKES_SMOOTH
#define WORDS (VQ_TAKES_TEXT | VQ_TAKES_BOX)

#define SQUARE VQ_WAVE_SQUARE
#define LIGHT NULL, vq_light_apply, NULL
#define TEXTURE vq_texture_open, vq_texture_apply, vq_texture_close
#define ORDER vq_order_open, vq_order_apply, vq_order_close
#define SCENE vq_scene_open, vq_scene_apply, vq_scene_close
#define LETTERS vq_text_open, vq_text_apply, vq_text_close
#define DRAW vq_draw_open, vq_draw_apply, vq_draw_close

#define ENDLESS INFINITY
#define FEATHER 0.2 /* of a box's smaller side */

/* name, class, unit, min, max, strength, start, duration, period, on, wave, takes, functions */
static const struct vq_glitch_kind kinds[] = {
	/* defects of light, texture and order */
	{"luma", FLICKER, "levels", -128, 128, 12, 0, ENDLESS, 2, 1, SQUARE, BOX | CYCLE | WAVE,
		LIGHT, VQ_LIGHT_LUMA, "brightness goes up and down by so many levels"},
	{"color", FLICKER, "levels", -128, 128, 10, 0, ENDLESS, 2, 1, SQUARE, BOX | CYCLE | WAVE,
		LIGHT, VQ_LIGHT_COLOR, "chroma goes to and fro in a seeded direction"},
	{"pop", FLICKER, "levels", -128, 128, 30, 0.5, ENDLESS, 0, 1, SQUARE, BOX | CYCLE, LIGHT,
		VQ_LIGHT_POP, "one frame is brighter or darker; with a period one in each"},
	{"swap", FLICKER, "share", 0, 1, 1, 0.5, ENDLESS, 0, 1, SQUARE, BOX | CYCLE, ORDER,
		VQ_ORDER_SWAP, "two neighbouring frames trade pictures; with a period in each"},
	{"texture", FLICKER, "share", 0, 1, 0.5, 0, ENDLESS, 1, 1, SQUARE, BOX | CYCLE | SMOOTH,
		TEXTURE, VQ_TEXTURE_BOIL, "texture is drawn anew in each frame: it boils"},
	{"structure", FLICKER, "share", 0, 1, 0.5, 0.5, ENDLESS, 0, 0, SQUARE, BOX | CYCLE | SMOOTH,
		TEXTURE, VQ_TEXTURE_STRUCTURE,
		"a patch is re-drawn in one step; with a period again and again"},
	/* defects of text that is there */
	{"text-swap", TEXT, "share", 0, 1, 0.5, 0, ENDLESS, 6, 6, SQUARE, REGIONS, LETTERS,
		VQ_TEXT_SWAP, "so many of the letters trade places"},
	{"text-morph", TEXT, "share", 0, 1, 0.5, 0, ENDLESS, 6, 6, SQUARE, REGIONS | SMOOTH,
		LETTERS, VQ_TEXT_MORPH, "letters are bent, by up to a third of their height"},
	{"text-erase", TEXT, "share", 0, 1, 0.4, 0, ENDLESS, 6, 6, SQUARE, REGIONS, LETTERS,
		VQ_TEXT_ERASE, "so many of the letters lose strokes or vanish"},
	{"text-weight", TEXT, "share", 0, 1, 0.6, 0, ENDLESS, 6, 6, SQUARE, REGIONS | SMOOTH,
		LETTERS, VQ_TEXT_WEIGHT,
		"strokes grow thicker and thinner, by up to a tenth of the height"},
	{"text-jitter", TEXT, "share", 0, 1, 0.5, 0, ENDLESS, 6, 6, SQUARE, REGIONS | SMOOTH,
		LETTERS, VQ_TEXT_JITTER,
		"each letter moves by itself, by up to a third of its height"},
	{"text-mix", TEXT, "share", 0, 1, 0.5, 0, ENDLESS, 6, 6, SQUARE, REGIONS | SMOOTH, LETTERS,
		VQ_TEXT_SWAP | VQ_TEXT_MORPH | VQ_TEXT_WEIGHT,
		"letters trade places, bend and change their weight: other gibberish"},
	{"caption-mutate", TEXT, "share", 0, 1, 0.4, 0, ENDLESS, 6, 6, SQUARE, WORDS | CYCLE, DRAW,
		VQ_DRAW_MUTATE, "drawn text, so many of whose letters are others each time"},
	/* harmless text */
	{"caption", NONE, "opacity", 0, 1, 1, 0, ENDLESS, 0, 0, SQUARE, WORDS, DRAW,
		VQ_DRAW_CAPTION, "drawn text that stays as it is"},
	{"caption-change", NONE, "opacity", 0, 1, 1, 0, ENDLESS, 24, 24, SQUARE, WORDS | CYCLE,
		DRAW, VQ_DRAW_CHANGE, "drawn text, replaced as a whole"},
	{"counter", NONE, "opacity", 0, 1, 1, 0, ENDLESS, 6, 6, SQUARE, WORDS | CYCLE, DRAW,
		VQ_DRAW_COUNTER, "drawn digits that count up"},
	{"typing", NONE, "opacity", 0, 1, 1, 0, ENDLESS, 3, 3, SQUARE, WORDS | CYCLE, DRAW,
		VQ_DRAW_TYPING, "drawn text that comes letter by letter"},
	{"ticker", NONE, "heights/s", -20, 20, 2, 0, ENDLESS, 0, 0, SQUARE, WORDS, DRAW,
		VQ_DRAW_TICKER, "a drawn line that runs from right to left"},
	{"roll", NONE, "heights/s", -20, 20, 1, 0, ENDLESS, 0, 0, SQUARE, WORDS, DRAW, VQ_DRAW_ROLL,
		"drawn lines that roll upwards like credits"},
	/* harmless scenes */
	{"cut", NONE, "share", 0, 1, 1, 0.5, ENDLESS, 0, 0, SQUARE, 0, SCENE, VQ_SCENE_CUT,
		"a hard cut to another shot, made of the same frames"},
	{"dissolve", NONE, "share", 0, 1, 1, 0.5, 1, 0, 0, SQUARE, 0, SCENE, VQ_SCENE_DISSOLVE,
		"a dissolve to another shot, made of the same frames"},
	{"fade", NONE, "share", 0, 1, 1, 0.5, 1, 0, 0, SQUARE, 0, LIGHT, VQ_LIGHT_FADE,
		"a fade to black and back"},
	{"pan", NONE, "width", -0.4, 0.4, 0.2, 0.25, 1, 0, 0, SQUARE, 0, SCENE, VQ_SCENE_PAN,
		"the view of a cropped picture glides sideways"},
	{"zoom", NONE, "factor", 1, 4, 1.5, 0.25, 1.5, 0, 0, SQUARE, 0, SCENE, VQ_SCENE_ZOOM,
		"the view goes closer and stays there"},
	{"shake", NONE, "height", 0, 0.1, 0.015, 0, ENDLESS, 0, 0, SQUARE, 0, SCENE, VQ_SCENE_SHAKE,
		"a hand-held camera"},
	{"defocus", NONE, "height", 0, 0.1, 0.015, 0.25, 1, 0, 0, SQUARE, BOX, SCENE,
		VQ_SCENE_DEFOCUS, "the lens goes out of focus and back"},
	{"occlude", NONE, "width", 0.02, 0.8, 0.25, 0.25, 1, 0, 0, SQUARE, 0, SCENE,
		VQ_SCENE_OCCLUDE, "a smooth dark thing passes in front"},
	{"exposure", NONE, "factor", 0.2, 4, 1.3, 0.25, 1, 0, 0, SQUARE, BOX, LIGHT,
		VQ_LIGHT_EXPOSURE, "exposure goes slowly to another level and stays"},
	{"strobe", NONE, "levels", -200, 200, 90, 0, ENDLESS, 4, 2, SQUARE, BOX | CYCLE, LIGHT,
		VQ_LIGHT_STROBE, "a strobe light; a matter of policy, temporal.strobe"},
	{"noise", NONE, "levels", 0, 40, 5, 0, ENDLESS, 0, 0, SQUARE, BOX, LIGHT, VQ_LIGHT_NOISE,
		"grain, new in each frame, of that deviation"},
	{"hold", NONE, "share", 0, 1, 1, 0, ENDLESS, 2, 1, SQUARE, CYCLE, ORDER, VQ_ORDER_HOLD,
		"each picture is shown for a period: fewer pictures a second"},
};

#define KINDS ((int)(sizeof kinds / sizeof *kinds))

struct vq_glitch {
	struct vq_glitch_job job;
	struct vq_beat beat;
	struct vq_frame before;	  /* this frame as it came */
	struct vq_frame distinct; /* the last picture that was new */
	bool has_distinct;
	long seen, active, changed;
	int64_t last_us;
	/* of the frames that changed */
	int64_t first_time, final_time, peak_time;
	long first_frame, final_frame, peak_frame;
	double peak, box[4];
	struct vq_glitch_now now;
};

void vq_glitch_defaults(struct vq_glitch_options *o)
{
	*o = (struct vq_glitch_options){.seed = 1,
		.strength = NAN,
		.start = NAN,
		.duration = NAN,
		.period = -1,
		.on = -1,
		.wave = -1};
}

int vq_glitch_kinds(void)
{
	return KINDS;
}

json_t *vq_glitch_kind_record(int i)
{
	static const struct {
		unsigned flag;
		const char *name;
	} takes[] = {{BOX, "box"}, {VQ_TAKES_REGIONS, "boxes"}, {CYCLE, "period"}, {CYCLE, "on"},
		{CYCLE, "hz"}, {WAVE, "wave"}, {SMOOTH, "smooth"}, {VQ_TAKES_TEXT, "text"}};
	const struct vq_glitch_kind *k = &kinds[i];
	json_t *options = json_array();
	json_t *duration = isfinite(k->duration) ? vq_record_number(k->duration, 6) : json_null();

	for (size_t j = 0; options != NULL && j < sizeof takes / sizeof *takes; j++)
		if (k->takes & takes[j].flag)
			json_array_append_new(options, json_string(takes[j].name));
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:i, s:i, s:o, s:s}",
		"type", "kind", "kind", k->name, "class", k->class, "unit", k->unit, "min",
		vq_record_number(k->min, 6), "max", vq_record_number(k->max, 6), "default",
		vq_record_number(k->strength, 6), "start", vq_record_number(k->start, 6),
		"duration", duration, "period", k->period, "on", k->on, "options", options, "help",
		k->help);
}

static const struct vq_glitch_kind *kind_named(const char *name)
{
	for (int i = 0; name != NULL && i < KINDS; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

static enum vq_code foreign(const struct vq_glitch_kind *k, const char *option, struct vq_err *err)
{
	return vq_fail(err, VQ_EUSAGE, "--%s means nothing to kind %s", option, k->name);
}

/* Options that the kind does not have. */
static enum vq_code check_taken(
	const struct vq_glitch_kind *k, const struct vq_glitch_options *o, struct vq_err *err)
{
	if (o->has_box && !(k->takes & BOX))
		return foreign(k, "box", err);
	if (o->regions != NULL && !(k->takes & VQ_TAKES_REGIONS))
		return foreign(k, "boxes", err);
	if (o->period >= 0 && !(k->takes & CYCLE))
		return foreign(k, "period", err);
	if (o->on >= 0 && !(k->takes & CYCLE))
		return foreign(k, "on", err);
	if (o->hz > 0 && !(k->takes & CYCLE))
		return foreign(k, "hz", err);
	if (o->wave >= 0 && !(k->takes & WAVE))
		return foreign(k, "wave", err);
	if (o->smooth && !(k->takes & SMOOTH))
		return foreign(k, "smooth", err);
	if (o->text != NULL && !(k->takes & VQ_TAKES_TEXT))
		return foreign(k, "text", err);
	return VQ_OK;
}

enum vq_code vq_glitch_check(const struct vq_glitch_options *o, struct vq_err *err)
{
	const struct vq_glitch_kind *k = kind_named(o->kind);
	enum vq_code code;

	if (o->kind == NULL)
		return vq_fail(err, VQ_EUSAGE, "--kind is missing");
	if (k == NULL)
		return vq_fail(err, VQ_EUSAGE, "unknown kind %s", o->kind);
	if ((code = check_taken(k, o, err)) != VQ_OK)
		return code;
	if (!isnan(o->strength) && !(o->strength >= k->min && o->strength <= k->max))
		return vq_fail(err, VQ_EUSAGE, "--strength %g: kind %s takes %g to %g (%s)",
			o->strength, k->name, k->min, k->max, k->unit);
	if ((k->takes & VQ_TAKES_REGIONS) && !o->has_box && o->regions == NULL)
		return vq_fail(err, VQ_EUSAGE, "kind %s needs --boxes or --box", k->name);
	if (o->has_box && o->regions != NULL)
		return vq_fail(err, VQ_EUSAGE, "--box and --boxes exclude each other");
	if (o->hz > 0 && (o->period >= 0 || o->on >= 0))
		return vq_fail(err, VQ_EUSAGE, "--hz and --period or --on exclude each other");
	if (!isnan(o->duration) && o->frames > 0)
		return vq_fail(err, VQ_EUSAGE, "--duration and --frames exclude each other");
	if (o->on > 0 && o->on > (o->period > 0 ? o->period : k->period > 0 ? k->period : o->on))
		return vq_fail(err, VQ_EUSAGE, "--on %d: longer than the period", o->on);
	return VQ_OK;
}

/* Every value that was not given. */
static void resolve(struct vq_glitch_job *job)
{
	const struct vq_glitch_kind *k = job->kind;
	struct vq_glitch_options *o = &job->o;

	if (isnan(o->strength))
		o->strength = k->strength;
	if (isnan(o->start))
		o->start = k->start;
	if (isnan(o->duration))
		o->duration = o->frames > 0 ? INFINITY : k->duration;
	if (o->on < 0 && o->period > 0)
		/* Half of the period, but a kind that marks single frames goes on doing so. */
		o->on = k->period == 0 && k->on == 1 ? 1 : (o->period + 1) / 2;
	else if (o->on < 0)
		o->on = k->on;
	if (o->period < 0)
		o->period = k->period;
	if (o->wave < 0)
		o->wave = (int)k->wave;
}

void vq_area_around(const double box[4], const struct vq_stream *s, struct vq_area *a)
{
	*a = (struct vq_area){.x1 = (int)floor(fmax(0, box[0])) & ~1,
		.y1 = (int)floor(fmax(0, box[1])) & ~1,
		.x2 = ((int)ceil(fmin(s->width, box[2])) + 1) & ~1,
		.y2 = ((int)ceil(fmin(s->height, box[3])) + 1) & ~1};
}

double vq_ease(double t)
{
	t = fmin(1, fmax(0, t));
	return t * t * (3 - 2 * t);
}

enum vq_code vq_area_feather(struct vq_area *a, double part, struct vq_err *err)
{
	int w = a->x2 - a->x1, h = a->y2 - a->y1;
	double border = fmax(1, part * fmin(w, h));

	a->weight = malloc((size_t)w * (size_t)h);
	if (a->weight == NULL)
		return vq_nomem(err);
	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++)
			a->weight[(size_t)y * (size_t)w + (size_t)x] =
				vq_to_u8(255 * vq_ease(fmin(x + 1, w - x) / border) *
					 vq_ease(fmin(y + 1, h - y) / border));
	return VQ_OK;
}

static enum vq_code place(struct vq_glitch_job *job, struct vq_err *err)
{
	const struct vq_stream *s = &job->stream;
	const double *b = job->o.box;
	double sx = (double)s->width / s->src_width, sy = (double)s->height / s->src_height;

	if (job->o.hz > 0 && job->o.hz > (double)s->rate.num / (double)s->rate.den / 2 + 1e-9)
		return vq_fail(err, VQ_EUSAGE, "--hz %g: the stream's rate of %g allows %g at most",
			job->o.hz, (double)s->rate.num / (double)s->rate.den,
			(double)s->rate.num / (double)s->rate.den / 2);
	job->area = (struct vq_area){0, 0, s->width, s->height, NULL};
	if (!job->o.has_box)
		return VQ_OK;
	if (b[2] > s->src_width || b[3] > s->src_height)
		return vq_fail(err, VQ_EUSAGE, "--box %g,%g,%g,%g: outside of the picture, %dx%d",
			b[0], b[1], b[2] - b[0], b[3] - b[1], s->src_width, s->src_height);
	vq_area_around((double[4]){b[0] * sx, b[1] * sy, b[2] * sx, b[3] * sy}, s, &job->area);
	/* Text has an edge of its own. */
	if (job->kind->takes & (VQ_TAKES_REGIONS | VQ_TAKES_TEXT))
		return VQ_OK;
	return vq_area_feather(&job->area, FEATHER, err);
}

enum vq_code vq_glitch_new(struct vq_glitch **out, const struct vq_stream *s,
	const struct vq_glitch_options *o, struct vq_err *err)
{
	enum vq_code code = vq_glitch_check(o, err);
	struct vq_glitch *g;

	*out = NULL;
	if (code != VQ_OK)
		return code;
	g = calloc(1, sizeof *g);
	if (g == NULL)
		return vq_nomem(err);
	g->job = (struct vq_glitch_job){.kind = kind_named(o->kind), .o = *o, .stream = *s};
	resolve(&g->job);
	code = place(&g->job, err);
	if (code == VQ_OK)
		code = vq_frame_init(&g->before, s->width, s->height, err);
	if (code == VQ_OK && o->distinct)
		code = vq_frame_init(&g->distinct, s->width, s->height, err);
	if (code == VQ_OK && g->job.kind->open != NULL)
		code = g->job.kind->open(&g->job, err);
	if (code == VQ_OK) {
		const struct vq_timing t = {g->job.o.start, g->job.o.duration, g->job.o.frames,
			g->job.o.period, g->job.o.on, g->job.o.hz, (enum vq_wave)g->job.o.wave};

		vq_beat_init(&g->beat, &t, g->job.o.seed);
		*out = g;
		return VQ_OK;
	}
	vq_glitch_free(&g);
	return code;
}

void vq_glitch_free(struct vq_glitch **g)
{
	if (*g == NULL)
		return;
	if ((*g)->job.kind->close != NULL)
		(*g)->job.kind->close(&(*g)->job);
	free((*g)->job.area.weight);
	vq_frame_clear(&(*g)->before);
	vq_frame_clear(&(*g)->distinct);
	free(*g);
	*g = NULL;
}

/* Stream pixels to source pixels. */
static json_t *box_json(const struct vq_glitch *g, const double box[4])
{
	const struct vq_stream *s = &g->job.stream;
	double sx = (double)s->src_width / s->width, sy = (double)s->src_height / s->height;

	return json_pack("[o, o, o, o]", vq_record_number(box[0] * sx, 2),
		vq_record_number(box[1] * sy, 2), vq_record_number(box[2] * sx, 2),
		vq_record_number(box[3] * sy, 2));
}

static json_t *finite_or_null(double v)
{
	return isfinite(v) ? vq_record_number(v, 6) : json_null();
}

json_t *vq_glitch_record(const struct vq_glitch *g)
{
	static const char *const waves[] = {"square", "sine", "random"};
	const struct vq_glitch_kind *k = g->job.kind;
	const struct vq_glitch_options *o = &g->job.o;
	json_t *r = json_pack("{s:s, s:s, s:s, s:o, s:s, s:I, s:o, s:o, s:b}", "type", "glitch",
		"kind", k->name, "class", k->class, "strength", vq_record_number(o->strength, 6),
		"unit", k->unit, "seed", (json_int_t)o->seed, "start",
		vq_record_number(o->start, 6), "duration", finite_or_null(o->duration), "distinct",
		o->distinct);

	if (r == NULL)
		return NULL;
	if (o->frames > 0)
		json_object_set_new(r, "frames", json_integer(o->frames));
	if ((k->takes & CYCLE) && o->hz > 0)
		json_object_set_new(r, "hz", vq_record_number(o->hz, 6));
	else if (k->takes & CYCLE) {
		json_object_set_new(r, "period", json_integer(o->period));
		json_object_set_new(r, "on", json_integer(o->on));
	}
	if (k->takes & WAVE)
		json_object_set_new(r, "wave", json_string(waves[o->wave]));
	if (k->takes & SMOOTH)
		json_object_set_new(r, "smooth", json_boolean(o->smooth));
	if (k->variant == VQ_LIGHT_STROBE && k->apply == vq_light_apply)
		json_object_set_new(r, "policy", json_string("temporal.strobe"));
	return r;
}

/* Mean absolute change of luma in a box, levels. */
static double change_in(const struct vq_frame *a, const struct vq_frame *b, const double box[4])
{
	int x1 = (int)fmax(0, box[0]), y1 = (int)fmax(0, box[1]);
	int x2 = (int)fmin(a->width, ceil(box[2])), y2 = (int)fmin(a->height, ceil(box[3]));
	size_t at = (size_t)y1 * (size_t)a->width + (size_t)x1;

	if (x2 <= x1 || y2 <= y1)
		return 0;
	return vq_image_mae(a->plane[0] + at, b->plane[0] + at, x2 - x1, y2 - y1, (size_t)a->width,
		(size_t)a->width);
}

static void sum_up(struct vq_glitch *g, const struct vq_frame *f, double change)
{
	struct vq_glitch_now *now = &g->now;

	if (g->changed++ == 0) {
		g->first_time = f->time_us;
		g->first_frame = f->number;
		memcpy(g->box, now->box[0], sizeof g->box);
		g->peak = -1;
	}
	g->final_time = f->time_us;
	g->final_frame = f->number;
	for (int i = 0; i < now->boxes; i++) {
		g->box[0] = fmin(g->box[0], now->box[i][0]);
		g->box[1] = fmin(g->box[1], now->box[i][1]);
		g->box[2] = fmax(g->box[2], now->box[i][2]);
		g->box[3] = fmax(g->box[3], now->box[i][3]);
	}
	if (change > g->peak) {
		g->peak = change;
		g->peak_time = f->time_us;
		g->peak_frame = f->number;
	}
}

static json_t *truth_of(struct vq_glitch *g, const struct vq_frame *f)
{
	struct vq_glitch_now *now = &g->now;
	json_t *boxes = json_array(), *tracks = json_array(), *r;
	double change = 0;

	for (int i = 0; i < now->boxes && boxes != NULL && tracks != NULL; i++) {
		change = fmax(change, change_in(f, &g->before, now->box[i]));
		json_array_append_new(boxes, box_json(g, now->box[i]));
		json_array_append_new(tracks, json_integer(now->track[i]));
	}
	sum_up(g, f, change);
	r = json_pack("{s:s, s:I, s:o, s:s, s:s, s:I, s:o, s:o, s:o}", "type", "truth", "frame",
		(json_int_t)f->number, "time", vq_record_number((double)f->time_us / 1e6, 6),
		"kind", g->job.kind->name, "class", g->job.kind->class, "state",
		(json_int_t)now->step.cycle, "amplitude", vq_record_number(now->amplitude, 4),
		"change", vq_record_number(change, 3), "boxes", boxes);
	if (r != NULL && now->track[0] >= 0)
		json_object_set(r, "tracks", tracks);
	json_decref(tracks);
	if (r != NULL && now->text[0] != NULL)
		json_object_set_new(r, "text", json_string(now->text[0]));
	if (r != NULL && now->text[1] != NULL)
		json_object_set_new(r, "text_true", json_string(now->text[1]));
	return r;
}

static bool repeats(struct vq_glitch *g)
{
	if (!g->job.o.distinct)
		return false;
	if (g->has_distinct && vq_frame_repeats(&g->distinct, &g->before))
		return true;
	vq_frame_copy(&g->distinct, &g->before);
	g->has_distinct = true;
	return false;
}

enum vq_code vq_glitch_apply(struct vq_glitch *g, struct vq_frame *f, const struct vq_frame *next,
	json_t **truth, struct vq_err *err)
{
	struct vq_glitch_now *now = &g->now;
	enum vq_code code;

	*truth = NULL;
	vq_frame_copy(&g->before, f);
	now->frame = f;
	now->next = next;
	now->before = &g->before;
	now->amplitude = 0;
	now->boxes = 0;
	now->track[0] = -1;
	now->text[0] = now->text[1] = NULL;
	vq_beat_next(&g->beat, f->time_us, repeats(g), &now->step);
	g->seen++;
	g->active += now->step.active;
	g->last_us = f->time_us;
	code = g->job.kind->apply(&g->job, now, err);
	if (code != VQ_OK ||
		memcmp(f->plane[0], g->before.plane[0], vq_frame_bytes(f->width, f->height)) == 0)
		return code;
	if (now->boxes == 0) {
		const struct vq_area *a = &g->job.area;

		memcpy(now->box[0], (double[4]){a->x1, a->y1, a->x2, a->y2}, sizeof now->box[0]);
		now->boxes = 1;
	}
	*truth = truth_of(g, f);
	return *truth == NULL ? vq_nomem(err) : VQ_OK;
}

enum vq_code vq_glitch_finish(struct vq_glitch *g, json_t **summary, struct vq_err *err)
{
	const struct vq_glitch_kind *k = g->job.kind;
	double neutral = strcmp(k->unit, "factor") == 0 ? 1 : 0;
	json_t *r;

	*summary = NULL;
	if (g->active == 0)
		return vq_fail(err, VQ_EDATA,
			"nothing was changed: the last of %ld frames is at %g s, before --start %g",
			g->seen, (double)g->last_us / 1e6, g->job.o.start);
	if (g->changed == 0 && fabs(g->job.o.strength - neutral) > 0)
		return vq_fail(err, VQ_EDATA, "nothing was changed: %s",
			k->takes & VQ_TAKES_REGIONS ? "no text in the regions while the glitch acts"
						    : "the pictures leave nothing to change");
	r = json_pack("{s:s, s:s, s:s, s:o, s:I, s:I}", "type", "summary", "kind", k->name, "class",
		g->changed > 0 ? k->class : NONE, "strength",
		vq_record_number(g->job.o.strength, 6), "seed", (json_int_t)g->job.o.seed, "frames",
		(json_int_t)g->changed);
	if (r != NULL && g->changed > 0 &&
		json_object_update_new(r,
			json_pack("{s:o, s:o, s:I, s:I, s:o, s:I, s:o, s:o}", "start",
				vq_record_number((double)g->first_time / 1e6, 6), "end",
				vq_record_number((double)g->final_time / 1e6, 6), "frame_start",
				(json_int_t)g->first_frame, "frame_end", (json_int_t)g->final_frame,
				"peak_time", vq_record_number((double)g->peak_time / 1e6, 6),
				"peak_frame", (json_int_t)g->peak_frame, "change",
				vq_record_number(g->peak, 3), "bbox", box_json(g, g->box))) != 0) {
		json_decref(r);
		r = NULL;
	}
	*summary = r;
	return r == NULL ? vq_nomem(err) : VQ_OK;
}
