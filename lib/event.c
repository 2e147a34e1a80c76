#include "event.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"

/* What is active: the levels of the feature abrupt_p75 (lib/flicker.c), and what
 * 95 of 100 blocks of nine in ten clips without flicker stay below. */
#define LUMA_LEVEL 4.0	     /* abrupt change, levels */
#define CHROMA_LEVEL 2.0     /* abrupt change of Cb or Cr, levels */
#define STRUCTURE_LEVEL 0.5  /* second difference without means, over edges */
#define MISMATCH_LEVEL 0.4   /* unexplained from both sides, over edges */
#define EDGE_FLOOR 2.0	     /* levels */
#define GAP 3		     /* moments that a region may pause */
#define OPEN_MAX 32	     /* regions followed at a time */
#define KEPT 20		     /* events, suppressed spans */
#define DEEP 30.0	     /* levels of a flash */
#define ONE_SIDED_SHARE 0.15 /* of the picture, to be worth a line */
#define BOIL_LEVEL 0.25	     /* mean share of change that is in one frame alone */
#define BOIL_MOMENTS 6	     /* fewer tell nothing of a mean */
#define BOIL_BLOCKS 9	     /* a region's least size */

enum { LUMA, COLOR, STRUCTURE, KINDS };

/* A block at one moment; strength 1 is the threshold. */
struct evidence {
	float strength[KINDS], all, level; /* level: abrupt luma change */
	int8_t sign;			   /* of the luma change */
	int label;
	float before[3]; /* changes of luma, Cb, Cr at the moment before */
};

/* A region over time. */
struct track {
	long *seen;	/* moment + 1 at which each block was last active */
	uint16_t *hits; /* moments at which it was */
	double start, end, peak_time;
	long number_start, number_end, number_peak;
	long moment_last;
	int moments;
	double weight[KINDS], peak, peak_level, area, together, speed;
};

struct found {
	const char *kind, *measure;
	double start, end, peak_time, severity, frequency, depth, value, threshold;
	long number_start, number_end, number_peak;
	int box[4];
	bool strobe;
};

struct span {
	double start, end, value;
	const char *reason, *measure;
};

/* What of a block's change was in single frames alone, summed over the scene. */
struct boil {
	double sum, square, cube, dark, light; /* of boil, own_square, own_cube, dark_square,
						  light_square */
	int n;
};

/* Frames that trade places, and where the moments are that this is told of later. */
struct order {
	struct vq_order pairs;
	struct {
		double time, until;
		long number;
	} at[VQ_ORDER_DELAY + 2]; /* the latest first */
	struct found found;	  /* the worst */
	bool any;
};

/* The moments of a scene so far. */
struct extent {
	double start, end;
	long number_start, number_end;
	int moments;
};

struct vq_events {
	int columns, rows, x0, y0, width, height, src_width, src_height;
	size_t blocks;
	long moment;
	struct evidence *evidence;
	size_t *stack;
	struct track track[OPEN_MAX];
	size_t tracks;
	struct found found[KEPT];
	size_t founds;
	struct span span[KEPT], open; /* open: occlusion that goes on, reason set */
	size_t spans;
	struct boil *boil; /* a block */
	struct extent scene;
	struct order order;
};

enum vq_code vq_events_new(struct vq_events **out, const struct vq_motion_field *field,
	const struct vq_stream *stream, struct vq_err *err)
{
	struct vq_events *e = calloc(1, sizeof *e);

	*out = e;
	if (e == NULL)
		return vq_nomem(err);
	e->columns = field->columns;
	e->rows = field->rows;
	e->x0 = field->x0;
	e->y0 = field->y0;
	e->width = field->width;
	e->height = field->height;
	e->src_width = stream->src_width;
	e->src_height = stream->src_height;
	e->blocks = (size_t)field->columns * (size_t)field->rows;
	e->evidence = calloc(e->blocks, sizeof *e->evidence);
	e->stack = calloc(e->blocks, sizeof *e->stack);
	e->boil = calloc(e->blocks, sizeof *e->boil);
	for (size_t i = 0; i < OPEN_MAX; i++) {
		e->track[i].seen = calloc(e->blocks, sizeof *e->track[i].seen);
		e->track[i].hits = calloc(e->blocks, sizeof *e->track[i].hits);
		if (e->track[i].seen == NULL || e->track[i].hits == NULL)
			goto fail;
	}
	if (e->evidence != NULL && e->stack != NULL && e->boil != NULL)
		return VQ_OK;
fail:
	vq_events_free(out);
	return vq_nomem(err);
}

void vq_events_free(struct vq_events **e)
{
	if (*e == NULL)
		return;
	for (size_t i = 0; i < OPEN_MAX; i++) {
		free((*e)->track[i].seen);
		free((*e)->track[i].hits);
	}
	free((*e)->evidence);
	free((*e)->stack);
	free((*e)->boil);
	free(*e);
	*e = NULL;
}

/* ---- evidence of a moment ----------------------------------------------------------------- */

static void judge_block(const struct vq_change_block *b, struct evidence *v)
{
	float edge = b->edge + (float)EDGE_FLOOR;
	float mismatch = fminf(b->residual_back, b->residual_ahead) / edge;
	const float *was = v->before;
	double blue, red;

	v->label = 0;
	v->all = 0;
	if (!b->inside) {
		memset(v->before, 0, sizeof v->before);
		return;
	}
	v->level = (float)vq_abrupt_size(was[0], b->luma_back, b->luma_ahead);
	blue = vq_abrupt_size(was[1], b->blue_back, b->blue_ahead);
	red = vq_abrupt_size(was[2], b->red_back, b->red_ahead);
	v->sign = b->luma_back > 0 ? 1 : -1;
	v->strength[LUMA] = v->level / (float)LUMA_LEVEL;
	v->strength[COLOR] = (float)(fmax(blue, red) / CHROMA_LEVEL);
	v->strength[STRUCTURE] = fminf(b->second_structure / edge / (float)STRUCTURE_LEVEL,
		mismatch / (float)MISMATCH_LEVEL);
	for (int k = 0; k < KINDS; k++)
		v->all = fmaxf(v->all, v->strength[k]);
	v->before[0] = b->luma_back;
	v->before[1] = b->blue_back;
	v->before[2] = b->red_back;
}

/* Blocks of the 8-connected region of block i, labelled; returns their number,
 * with the list in e->stack. */
static size_t flood(struct vq_events *e, size_t i, int label)
{
	size_t n = 0, next = 0;

	e->stack[n++] = i;
	e->evidence[i].label = label;
	while (next < n) {
		size_t at = e->stack[next++];
		int r = (int)(at / (size_t)e->columns), c = (int)(at % (size_t)e->columns);

		for (int k = 0; k < 9; k++) {
			int y = r + k / 3 - 1, x = c + k % 3 - 1;
			size_t j = (size_t)(y * e->columns + x);

			if (y < 0 || x < 0 || y >= e->rows || x >= e->columns ||
				e->evidence[j].label != 0 || e->evidence[j].all < 1)
				continue;
			e->evidence[j].label = label;
			e->stack[n++] = j;
		}
	}
	return n;
}

/* ---- regions over time -------------------------------------------------------------------- */

/* How many blocks of the region (in e->stack) the track covered of late. */
static size_t overlap(const struct vq_events *e, const struct track *t, size_t n)
{
	size_t shared = 0;

	for (size_t i = 0; i < n; i++)
		shared += t->seen[e->stack[i]] != 0 && e->moment + 1 - t->seen[e->stack[i]] <= GAP;
	return shared;
}

static struct track *pick_track(struct vq_events *e, size_t n, const struct vq_moment *m)
{
	struct track *best = NULL;
	size_t most = 0;

	for (size_t i = 0; i < e->tracks; i++) {
		size_t shared = overlap(e, &e->track[i], n);

		if (shared > most) {
			most = shared;
			best = &e->track[i];
		}
	}
	if (best == NULL && e->tracks < OPEN_MAX) {
		struct track *t = &e->track[e->tracks++];
		long *seen = t->seen;
		uint16_t *hits = t->hits;

		memset(seen, 0, e->blocks * sizeof *seen);
		memset(hits, 0, e->blocks * sizeof *hits);
		memset(t, 0, sizeof *t);
		t->seen = seen;
		t->hits = hits;
		t->start = m->time;
		t->number_start = m->number;
		t->moment_last = -1;
		best = t;
	}
	return best;
}

static void extend(struct vq_events *e, struct track *t, size_t n, const struct vq_moment *m)
{
	double strength = 0, level = 0, sign = 0, speed = 0, area = (double)n / (double)e->blocks;

	for (size_t i = 0; i < n; i++) {
		const struct evidence *v = &e->evidence[e->stack[i]];

		t->seen[e->stack[i]] = e->moment + 1;
		if (t->hits[e->stack[i]] < UINT16_MAX)
			t->hits[e->stack[i]]++;
		for (int k = 0; k < KINDS; k++)
			t->weight[k] += v->strength[k];
		strength += v->all;
		level += v->level;
		sign += v->sign;
		speed += m->blocks[e->stack[i]].speed;
	}
	strength /= (double)n;
	level /= (double)n;
	t->moments += t->moment_last != e->moment;
	t->moment_last = e->moment;
	t->end = m->until;
	t->number_end = m->number;
	t->together += fabs(sign) / (double)n;
	t->speed += speed / (double)n;
	t->area = fmax(t->area, area);
	if (strength * sqrt(area) > t->peak) {
		t->peak = strength * sqrt(area);
		t->peak_level = level;
		t->peak_time = m->time;
		t->number_peak = m->number;
	}
}

/* The box of columns c0 to c1 and rows r0 to r1 in pixels of the original; border blocks
 * reach to the edge. */
static void blocks_box(const struct vq_events *e, int c0, int r0, int c1, int r1, int box[4])
{
	double sx = (double)e->src_width / e->width, sy = (double)e->src_height / e->height;

	box[0] = c0 == 0 ? 0 : (int)(sx * (e->x0 + VQ_MOTION_BLOCK * c0));
	box[1] = r0 == 0 ? 0 : (int)(sy * (e->y0 + VQ_MOTION_BLOCK * r0));
	box[2] = c1 + 1 == e->columns ? e->src_width
				      : (int)(sx * (e->x0 + VQ_MOTION_BLOCK * (c1 + 1)));
	box[3] = r1 + 1 == e->rows ? e->src_height
				   : (int)(sy * (e->y0 + VQ_MOTION_BLOCK * (r1 + 1)));
}

/* The box of the blocks that are hit at least a fifth as often as the most hit. */
static void box_of(const struct vq_events *e, const struct track *t, int box[4])
{
	int most = 0, c0 = e->columns, c1 = -1, r0 = e->rows, r1 = -1;

	for (size_t i = 0; i < e->blocks; i++)
		most = t->hits[i] > most ? t->hits[i] : most;
	for (size_t i = 0; i < e->blocks; i++) {
		int r = (int)(i / (size_t)e->columns), c = (int)(i % (size_t)e->columns);

		if (5 * t->hits[i] < most || t->hits[i] == 0)
			continue;
		c0 = c < c0 ? c : c0;
		c1 = c > c1 ? c : c1;
		r0 = r < r0 ? r : r0;
		r1 = r > r1 ? r : r1;
	}
	blocks_box(e, c0, r0, c1, r1, box);
}

static void name_kind(const struct track *t, struct found *f)
{
	int k = LUMA;

	if (t->weight[COLOR] > t->weight[k])
		k = COLOR;
	if (t->weight[STRUCTURE] > t->weight[k])
		k = STRUCTURE;
	if (k == COLOR) {
		f->kind = "color";
		f->measure = "abrupt_chroma";
		f->threshold = CHROMA_LEVEL;
	} else if (k == STRUCTURE) {
		f->kind = t->moments >= 4 ? "texture" : "structure";
		f->measure = "structure_over_edges";
		f->threshold = STRUCTURE_LEVEL;
	} else {
		f->kind = "luma";
		f->measure = "abrupt_luma";
		f->threshold = LUMA_LEVEL;
		if (t->area >= 0.5 && t->peak_level >= DEEP && t->moments <= 2)
			f->kind = "flash";
		if (t->area >= 0.5 && t->peak_level >= VQ_STROBE_LEVEL && t->moments >= 6 &&
			t->together >= 0.9 * t->moments) {
			f->kind = "strobe";
			f->strobe = true;
		}
	}
}

static void keep_found(struct vq_events *e, const struct found *f)
{
	size_t at = e->founds;

	while (at > 0 && e->found[at - 1].severity < f->severity)
		at--;
	if (at == KEPT)
		return;
	if (e->founds < KEPT)
		e->founds++;
	memmove(&e->found[at + 1], &e->found[at], (e->founds - 1 - at) * sizeof *e->found);
	e->found[at] = *f;
}

static void close_track(struct vq_events *e, size_t i)
{
	struct track t = e->track[i];
	double mean_strength = t.peak / sqrt(t.area), lasting = fmin(1, t.moments / 6.0);
	double sum = t.weight[LUMA] + t.weight[COLOR] + t.weight[STRUCTURE];
	struct found f = {0};

	/* a single small pop of noise is no event */
	if (t.peak >= 0.15 && (t.moments >= 2 || mean_strength >= 1.5) && sum > 0) {
		name_kind(&t, &f);
		f.start = t.start;
		f.end = t.end;
		f.peak_time = t.peak_time;
		f.number_start = t.number_start;
		f.number_end = t.number_end;
		f.number_peak = t.number_peak;
		f.value = mean_strength * f.threshold;
		f.depth = t.peak_level;
		f.frequency = t.moments >= 3 ? t.moments / (2 * fmax(t.end - t.start, 1e-3)) : 0;
		/* fast motion hides flicker: Choi, Bovik 2015 */
		f.severity = (1 - exp(-mean_strength / 2)) *
			     (0.4 + 0.6 * sqrt(fmin(1, 2 * t.area))) * (0.5 + 0.5 * lasting) /
			     (1 + t.speed / t.moments / 48);
		box_of(e, &t, f.box);
		keep_found(e, &f);
	}
	/* the freed arrays go to the end of the list */
	e->track[i] = e->track[--e->tracks];
	e->track[e->tracks] = t;
}

/* ---- boiling: a property of a scene ---------------------------------------------------------- */

static void follow_boil(struct vq_events *e, const struct vq_moment *m)
{
	struct extent *t = &e->scene;

	for (size_t i = 0; i < e->blocks; i++) {
		if (m->blocks[i].inside) {
			e->boil[i].sum += m->blocks[i].boil;
			e->boil[i].square += m->blocks[i].own_square;
			e->boil[i].cube += m->blocks[i].own_cube;
			e->boil[i].dark += m->blocks[i].dark_square;
			e->boil[i].light += m->blocks[i].light_square;
			e->boil[i].n++;
		}
	}
	if (t->moments++ == 0) {
		t->start = m->time;
		t->number_start = m->number;
	}
	t->end = m->until;
	t->number_end = m->number;
}

/* The region in e->stack boiled all the scene long. */
static void keep_boil(struct vq_events *e, size_t n)
{
	struct extent t = e->scene;
	double mean = 0, square = 0, cube = 0, dark = 0, light = 0,
	       area = (double)n / (double)e->blocks;
	struct found f = {.kind = "texture", .measure = "boil", .threshold = BOIL_LEVEL};
	int top = e->rows, left = e->columns, bottom = -1, right = -1;

	for (size_t i = 0; i < n; i++) {
		const struct boil *b = &e->boil[e->stack[i]];
		int r = (int)(e->stack[i] / (size_t)e->columns);
		int c = (int)(e->stack[i] % (size_t)e->columns);

		mean += b->sum / b->n / (double)n;
		square += b->square / b->n / (double)n;
		cube += b->cube / b->n / (double)n;
		dark += b->dark / b->n / (double)n;
		light += b->light / b->n / (double)n;
		top = r < top ? r : top;
		bottom = r > bottom ? r : bottom;
		left = c < left ? c : left;
		right = c > right ? c : right;
	}
	mean *= vq_change_boils(vq_change_sparkle(square, cube), vq_change_veil(dark, light));
	if (mean < BOIL_LEVEL)
		return;
	f.start = f.peak_time = t.start;
	f.end = t.end;
	f.number_start = f.number_peak = t.number_start;
	f.number_end = t.number_end;
	f.value = mean;
	f.frequency = t.moments / (2 * fmax(t.end - t.start, 1e-3));
	f.severity = fmin(1, mean) * (0.4 + 0.6 * sqrt(fmin(1, 2 * area)));
	blocks_box(e, left, top, right, bottom, f.box);
	keep_found(e, &f);
}

/* Says that rain, snow or sparks excuse some of what the scene's blocks did. */
static void note_specks(struct vq_events *e)
{
	struct boil all = {0};
	double sparkle, veil;

	for (size_t i = 0; i < e->blocks; i++) {
		all.square += e->boil[i].square;
		all.cube += e->boil[i].cube;
		all.dark += e->boil[i].dark;
		all.light += e->boil[i].light;
		all.n += e->boil[i].n;
	}
	if (all.n == 0)
		return;
	sparkle = vq_change_sparkle(all.square / all.n, all.cube / all.n);
	veil = vq_change_veil(all.dark / all.n, all.light / all.n);
	if (vq_change_unspecked(0, veil) < 1)
		vq_events_suppress(e, e->scene.start, e->scene.end, "rain", "veil", veil);
	else if (vq_change_unspecked(sparkle, 0) < 1)
		vq_events_suppress(e, e->scene.start, e->scene.end, "specks", "sparkle", sparkle);
}

/* Regions of blocks that boiled, and did more than go up and down; the scene ends. */
static void close_boil(struct vq_events *e)
{
	int label = 0;

	for (size_t i = 0; i < e->blocks; i++) {
		const struct boil *b = &e->boil[i];

		e->evidence[i].label = 0;
		e->evidence[i].all =
			2 * b->n >= e->scene.moments && b->n > 0 && b->sum >= BOIL_LEVEL * b->n;
	}
	for (size_t i = 0; i < e->blocks && e->scene.moments >= BOIL_MOMENTS; i++) {
		size_t n;

		if (e->evidence[i].all < 1 || e->evidence[i].label != 0)
			continue;
		n = flood(e, i, ++label);
		if (n >= BOIL_BLOCKS)
			keep_boil(e, n);
	}
	memset(e->boil, 0, e->blocks * sizeof *e->boil);
	memset(&e->scene, 0, sizeof e->scene);
}

/* ---- frames that trade places ---------------------------------------------------------------- */

/* The scene's next moment, or NULL after its last one.  One event tells of the worst frames:
 * what swaps once swaps often. */
static void follow_order(struct vq_events *e, const struct vq_moment *m)
{
	struct order *o = &e->order;
	double v = vq_order_follow(&o->pairs, m == NULL ? NULL : &m->pair);

	memmove(o->at + 1, o->at, sizeof o->at - sizeof *o->at);
	if (m != NULL) {
		o->at[0].time = m->time;
		o->at[0].until = m->until;
		o->at[0].number = m->number;
	}
	if (v < VQ_ORDER_LEVEL || (o->any && v <= o->found.value))
		return;
	o->any = true;
	o->found = (struct found){.kind = "structure",
		.measure = "out_of_order",
		.start = o->at[VQ_ORDER_DELAY + 1].time,
		.end = o->at[VQ_ORDER_DELAY].until,
		.peak_time = o->at[VQ_ORDER_DELAY + 1].time,
		.number_start = o->at[VQ_ORDER_DELAY + 1].number,
		.number_end = o->at[VQ_ORDER_DELAY].number,
		.number_peak = o->at[VQ_ORDER_DELAY + 1].number,
		.severity = v,
		.value = v,
		.threshold = VQ_ORDER_LEVEL,
		.box = {0, 0, e->src_width, e->src_height}};
}

static void close_order(struct vq_events *e)
{
	for (int i = 0; i < VQ_ORDER_AROUND; i++)
		follow_order(e, NULL);
	if (e->order.any)
		keep_found(e, &e->order.found);
	memset(&e->order, 0, sizeof e->order);
}

/* ---- one-sided mismatch: things that hide others ------------------------------------------- */

static void follow_one_sided(struct vq_events *e, const struct vq_moment *m)
{
	double share = 0;

	for (size_t i = 0; i < e->blocks; i++) {
		const struct vq_change_block *b = &m->blocks[i];
		double edge = b->edge + EDGE_FLOOR;

		share += fmaxf(b->residual_back, b->residual_ahead) > edge * 0.5 &&
			 fminf(b->residual_back, b->residual_ahead) < edge * 0.3;
	}
	share /= (double)e->blocks;
	if (share >= ONE_SIDED_SHARE) {
		if (e->open.reason == NULL)
			e->open = (struct span){
				m->time, m->until, 0, "occlusion", "one_sided_mismatch_share"};
		e->open.end = m->until;
		e->open.value = fmax(e->open.value, share);
	} else if (e->open.reason != NULL && m->time > e->open.end + 0.2) {
		vq_events_suppress(e, e->open.start, e->open.end, e->open.reason, e->open.measure,
			e->open.value);
		e->open.reason = NULL;
	}
}

/* ---- the interface ------------------------------------------------------------------------- */

void vq_events_add(struct vq_events *e, const struct vq_moment *m)
{
	int label = 0;

	for (size_t i = 0; i < e->blocks; i++)
		judge_block(&m->blocks[i], &e->evidence[i]);
	for (size_t i = 0; i < e->blocks; i++) {
		struct track *t;
		size_t n;

		if (e->evidence[i].all < 1 || e->evidence[i].label != 0)
			continue;
		n = flood(e, i, ++label);
		if (n == 1 && e->evidence[i].all < 2)
			continue;
		t = pick_track(e, n, m);
		if (t != NULL)
			extend(e, t, n, m);
	}
	for (size_t i = e->tracks; i-- > 0;) {
		if (e->moment - e->track[i].moment_last >= GAP)
			close_track(e, i);
	}
	follow_boil(e, m);
	follow_order(e, m);
	follow_one_sided(e, m);
	e->moment++;
}

void vq_events_break(struct vq_events *e)
{
	if (e->scene.moments >= BOIL_MOMENTS)
		note_specks(e);
	close_boil(e);
	close_order(e);
	memset(e->evidence, 0, e->blocks * sizeof *e->evidence);
	while (e->tracks > 0)
		close_track(e, e->tracks - 1);
	if (e->open.reason != NULL)
		vq_events_suppress(e, e->open.start, e->open.end, e->open.reason, e->open.measure,
			e->open.value);
	e->open.reason = NULL;
}

void vq_events_suppress(struct vq_events *e, double start, double end, const char *reason,
	const char *measure, double value)
{
	size_t at = e->spans;

	while (at > 0 && e->span[at - 1].start > start)
		at--;
	if (e->spans == KEPT)
		return;
	memmove(&e->span[at + 1], &e->span[at], (e->spans - at) * sizeof *e->span);
	e->span[at] = (struct span){start, end, value, reason, measure};
	e->spans++;
}

static json_t *event_json(const struct found *f)
{
	return json_pack("{s:s,s:s,s:o,s:o,s:I,s:I,s:I,s:o,s:[iiii],s:o,s:o,s:o,s:s,s:o,s:o,s:s}",
		"category", "TEMPORAL_FLICKER", "kind", f->kind, "start",
		vq_record_number(f->start, 6), "end", vq_record_number(f->end, 6), "frame_start",
		(json_int_t)f->number_start, "frame_end", (json_int_t)f->number_end, "peak_frame",
		(json_int_t)f->number_peak, "peak_time", vq_record_number(f->peak_time, 6), "bbox",
		f->box[0], f->box[1], f->box[2], f->box[3], "severity",
		vq_record_number(f->severity, 4), "frequency_hz", vq_record_number(f->frequency, 3),
		"depth", vq_record_number(f->depth, 3), "measure", f->measure, "value",
		vq_record_number(f->value, 4), "threshold", vq_record_number(f->threshold, 4),
		"notes", "apart from block motion, cuts and fades");
}

static json_t *span_json(const struct span *s, const struct vq_events *e)
{
	return json_pack("{s:s,s:o,s:o,s:[iiii],s:s,s:s,s:o}", "category", "TEMPORAL_FLICKER",
		"start", vq_record_number(s->start, 6), "end", vq_record_number(s->end, 6), "bbox",
		0, 0, e->src_width, e->src_height, "reason", s->reason, "measure", s->measure,
		"value", vq_record_number(s->value, 4));
}

static json_t *strobe_json(const struct found *f)
{
	return json_pack("{s:s,s:o,s:o,s:[iiii],s:s,s:s,s:o}", "category", "TEMPORAL_FLICKER",
		"start", vq_record_number(f->start, 6), "end", vq_record_number(f->end, 6), "bbox",
		f->box[0], f->box[1], f->box[2], f->box[3], "reason", "strobe", "measure",
		f->measure, "value", vq_record_number(f->value, 4));
}

enum vq_code vq_events_json(struct vq_events *e, const char *strobe, json_t **events,
	json_t **suppressed, struct vq_err *err)
{
	bool keep = strcmp(strobe, "flag") == 0, note = strcmp(strobe, "note") == 0;
	int failed = 0;

	*events = json_array();
	*suppressed = json_array();
	for (size_t i = 0; i < e->spans; i++)
		failed |= json_array_append_new(*suppressed, span_json(&e->span[i], e));
	for (size_t i = 0; i < e->founds; i++) {
		const struct found *f = &e->found[i];

		if (!f->strobe || keep)
			failed |= json_array_append_new(*events, event_json(f));
		else if (note)
			failed |= json_array_append_new(*suppressed, strobe_json(f));
	}
	if (failed == 0 && *events != NULL && *suppressed != NULL)
		return VQ_OK;
	json_decref(*events);
	json_decref(*suppressed);
	*events = *suppressed = NULL;
	return vq_nomem(err);
}
