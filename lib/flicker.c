#include "flicker.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Least swings of turning points, levels. */
#define SWING_LUMA 3.0
#define SWING_FINE 1.0
#define SWING_CHROMA 1.0
#define SWING_CHROMA_CLEAR 1.5
#define SWING_FRAME 0.7
#define AREA_LEVEL 2.0 /* levels of alternation that count as area */
/* Keep ratios of small numbers small: levels added to edge strength and texture. */
#define EDGE_FLOOR 2.0

/* Turning points of a level that is followed: a turn counts when the swings on
 * both sides of it reach the hysteresis.  A plain test of signs misses changes
 * that hold for two frames; this does not. */
struct swing {
	double level, turn, extreme, before; /* last turning point, swing before it */
	double total;			     /* the smaller swing at each turn, added up */
	int direction, turns;
};

/* Sums of one block over the moments at which both matches lay in the picture. */
struct cell {
	double n, alternates, alt_luma, alt_chroma, accel, accel_chroma;
	double energy, top; /* of the luma change */
	double second, structure, mismatch, one_sided, edge, texture;
	double skip, move, speed, bend, square, square_n;
	struct swing luma, fine, blue, red, blue_clear, red_clear;
	double last_luma, last_blue, last_red; /* changes after the last moment */
	size_t last;			       /* its number */
};

struct series {
	double *v;
	size_t n, room;
};

/* Per-pair and per-moment numbers of the scene. */
enum {
	S_SSIM,
	S_PATCH,
	S_MAE,
	S_HIST,
	S_UNEXPLAINED,
	S_UNLIKE,
	S_LENGTH,     /* seconds a frame stands */
	S_LUMA,	      /* median block's |luma change|, a pair */
	S_LUMA_WHOLE, /* |mean change of the picture|, a pair */
	S_CHROMA,     /* median block's chroma change, a pair */
	S_AREA,	      /* share of alternating blocks, a moment */
	S_WHOLE,      /* luma by which the whole picture alternates, a moment */
	S_WHOLE_CHROMA,
	S_COUNT
};

struct vq_flicker {
	int columns, rows;
	double spike; /* SSIM loss */
	size_t blocks, moments;
	struct cell *cell;
	double *map, *sorted; /* one number a block */
	bool *known;
	struct series series[S_COUNT];
	struct swing whole;
	double last_luma, last_whole, last_chroma; /* of the pair after the last moment */
	double first_time, last_until;
	long frames;
};

enum vq_code vq_flicker_new(struct vq_flicker **out, int columns, int rows,
	const struct vq_config *config, struct vq_err *err)
{
	struct vq_flicker *f = calloc(1, sizeof *f);

	*out = f;
	if (f == NULL)
		return vq_nomem(err);
	f->columns = columns;
	f->rows = rows;
	f->blocks = (size_t)columns * (size_t)rows;
	f->spike = 1 - vq_config_real(config, VQ_CFG_TEMPORAL_SPIKE);
	f->cell = calloc(f->blocks, sizeof *f->cell);
	f->map = calloc(f->blocks, sizeof *f->map);
	f->sorted = calloc(f->blocks, sizeof *f->sorted);
	f->known = calloc(f->blocks, sizeof *f->known);
	if (f->cell == NULL || f->map == NULL || f->sorted == NULL || f->known == NULL) {
		vq_flicker_free(out);
		return vq_nomem(err);
	}
	return VQ_OK;
}

void vq_flicker_free(struct vq_flicker **f)
{
	if (*f == NULL)
		return;
	for (int i = 0; i < S_COUNT; i++)
		free((*f)->series[i].v);
	free((*f)->cell);
	free((*f)->map);
	free((*f)->sorted);
	free((*f)->known);
	free(*f);
	*f = NULL;
}

void vq_flicker_begin(struct vq_flicker *f)
{
	memset(f->cell, 0, f->blocks * sizeof *f->cell);
	for (int i = 0; i < S_COUNT; i++)
		f->series[i].n = 0;
	memset(&f->whole, 0, sizeof f->whole);
	f->moments = 0;
	f->frames = 0;
}

static enum vq_code append(struct series *s, double v, struct vq_err *err)
{
	if (s->n == s->room) {
		size_t room = s->room ? 2 * s->room : 256;
		double *p = realloc(s->v, room * sizeof *p);

		if (p == NULL)
			return vq_nomem(err);
		s->v = p;
		s->room = room;
	}
	s->v[s->n++] = v;
	return VQ_OK;
}

/* ---- order statistics --------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Quantile of sorted numbers, between neighbours; 0 of none. */
static double sorted_quantile(const double *v, size_t n, double q)
{
	double at = q * ((double)n - 1);
	size_t i;

	if (n == 0)
		return 0;
	i = (size_t)at;
	if (i + 1 >= n)
		return v[n - 1];
	return v[i] + (at - (double)i) * (v[i + 1] - v[i]);
}

static double mean_of(const struct series *s)
{
	double sum = 0;

	for (size_t i = 0; i < s->n; i++)
		sum += s->v[i];
	return s->n == 0 ? 0 : sum / (double)s->n;
}

static double most_of(const struct series *s)
{
	double most = 0;

	for (size_t i = 0; i < s->n; i++)
		most = fmax(most, s->v[i]);
	return most;
}

/* ---- adding ------------------------------------------------------------------------------- */

/* By how much a change goes and comes back. */
static double alternation(double back, double ahead)
{
	return back * ahead < 0 ? fmin(fabs(back), fabs(ahead)) : 0;
}

static void swing_reverse(struct swing *s)
{
	double size = fabs(s->extreme - s->turn);

	if (s->before > 0) {
		s->turns++;
		s->total += fmin(s->before, size);
	}
	s->before = size;
	s->turn = s->extreme;
	s->extreme = s->level;
	s->direction = -s->direction;
}

static void swing_follow(struct swing *s, double change, double hysteresis)
{
	s->level += change;
	if (s->direction == 0) {
		if (fabs(s->level - s->turn) >= hysteresis) {
			s->direction = s->level > s->turn ? 1 : -1;
			s->extreme = s->level;
		}
		return;
	}
	if ((s->level - s->extreme) * s->direction > 0)
		s->extreme = s->level;
	else if (fabs(s->level - s->extreme) >= hysteresis)
		swing_reverse(s);
}

/* The swing that is going on ends here. */
static struct swing swing_end(struct swing s)
{
	if (s.direction != 0)
		swing_reverse(&s);
	return s;
}

static void follow_block(struct cell *c, double luma, double blue, double red)
{
	swing_follow(&c->luma, luma, SWING_LUMA);
	swing_follow(&c->fine, luma, SWING_FINE);
	swing_follow(&c->blue, blue, SWING_CHROMA);
	swing_follow(&c->red, red, SWING_CHROMA);
	swing_follow(&c->blue_clear, blue, SWING_CHROMA_CLEAR);
	swing_follow(&c->red_clear, red, SWING_CHROMA_CLEAR);
}

static void add_block(struct cell *c, const struct vq_change_block *b, size_t now)
{
	double back = b->luma_back, ahead = b->luma_ahead;
	double more = fmax(b->residual_back, b->residual_ahead);
	double less = fmin(b->residual_back, b->residual_ahead);

	c->n++;
	c->alternates += back * ahead < 0;
	c->alt_luma += alternation(back, ahead);
	c->alt_chroma +=
		alternation(b->blue_back, b->blue_ahead) + alternation(b->red_back, b->red_ahead);
	c->accel += fabs(ahead - back) / 2;
	c->accel_chroma += (fabs((double)b->blue_ahead - b->blue_back) +
				   fabs((double)b->red_ahead - b->red_back)) /
			   2;
	c->energy += back * back + ahead * ahead;
	c->top += (ahead - back) * (ahead - back) / 2;
	c->second += b->second;
	c->structure += b->second_structure;
	c->mismatch += less;
	c->one_sided += more - less;
	c->edge += b->edge;
	c->texture += b->texture;
	c->skip += b->skip;
	c->move += (b->residual_back + b->residual_ahead + fabs(back) + fabs(ahead)) / 2;
	c->speed += b->speed;
	c->bend += b->bend;
	if (b->bend <= 0.5 + 0.1 * b->speed) {
		c->square += b->square;
		c->square_n++;
	}
	follow_block(c, back, b->blue_back, b->red_back);
	c->last_luma = ahead;
	c->last_blue = b->blue_ahead;
	c->last_red = b->red_ahead;
	c->last = now;
}

/* Median over the blocks that lie inside of what pick gives. */
static double median_change(struct vq_flicker *f, const struct vq_change_block *b,
	double (*pick)(const struct vq_change_block *))
{
	size_t n = 0;

	for (size_t i = 0; i < f->blocks; i++) {
		if (b[i].inside)
			f->sorted[n++] = pick(&b[i]);
	}
	qsort(f->sorted, n, sizeof *f->sorted, by_value);
	return sorted_quantile(f->sorted, n, 0.5);
}

static double luma_back(const struct vq_change_block *b)
{
	return fabs(b->luma_back);
}

static double luma_ahead(const struct vq_change_block *b)
{
	return fabs(b->luma_ahead);
}

static double chroma_back(const struct vq_change_block *b)
{
	return fabs(b->blue_back) + fabs(b->red_back);
}

static double chroma_ahead(const struct vq_change_block *b)
{
	return fabs(b->blue_ahead) + fabs(b->red_ahead);
}

/* The picture's mean changes. */
struct whole {
	double n, luma[2], blue[2], red[2], area;
};

static struct whole whole_change(const struct vq_flicker *f, const struct vq_change_block *b)
{
	struct whole w = {0};

	for (size_t i = 0; i < f->blocks; i++) {
		if (!b[i].inside)
			continue;
		w.n++;
		w.luma[0] += b[i].luma_back;
		w.luma[1] += b[i].luma_ahead;
		w.blue[0] += b[i].blue_back;
		w.blue[1] += b[i].blue_ahead;
		w.red[0] += b[i].red_back;
		w.red[1] += b[i].red_ahead;
		w.area += alternation(b[i].luma_back, b[i].luma_ahead) >= AREA_LEVEL;
	}
	for (int k = 0; k < 2 && w.n > 0; k++) {
		w.luma[k] /= w.n;
		w.blue[k] /= w.n;
		w.red[k] /= w.n;
	}
	if (w.n > 0)
		w.area /= w.n;
	return w;
}

static enum vq_code add_inner(struct vq_flicker *f, const struct vq_moment *m, struct vq_err *err)
{
	struct whole w = whole_change(f, m->blocks);

	for (size_t i = 0; i < f->blocks; i++) {
		if (m->blocks[i].inside)
			add_block(&f->cell[i], &m->blocks[i], f->moments);
	}
	f->moments++;
	f->last_luma = median_change(f, m->blocks, luma_ahead);
	f->last_chroma = median_change(f, m->blocks, chroma_ahead);
	f->last_whole = w.luma[1];
	swing_follow(&f->whole, w.luma[0], SWING_FRAME);
	if (append(&f->series[S_LUMA], median_change(f, m->blocks, luma_back), err) != VQ_OK ||
		append(&f->series[S_CHROMA], median_change(f, m->blocks, chroma_back), err) !=
			VQ_OK ||
		append(&f->series[S_LUMA_WHOLE], fabs(w.luma[0]), err) != VQ_OK ||
		append(&f->series[S_AREA], w.area, err) != VQ_OK ||
		append(&f->series[S_WHOLE], alternation(w.luma[0], w.luma[1]), err) != VQ_OK ||
		append(&f->series[S_WHOLE_CHROMA],
			alternation(w.blue[0], w.blue[1]) + alternation(w.red[0], w.red[1]),
			err) != VQ_OK)
		return VQ_ETEMP;
	return VQ_OK;
}

enum vq_code vq_flicker_add(
	struct vq_flicker *f, const struct vq_moment *m, bool pair, bool inner, struct vq_err *err)
{
	const double value[] = {1 - m->ssim, m->patch, m->mae, 1 - m->hist, m->unexplained,
		m->unlike, m->until - m->time};

	if (f->frames == 0)
		f->first_time = m->time;
	f->last_until = m->until;
	f->frames++;
	for (size_t i = 0; i < sizeof value / sizeof value[0] && pair; i++) {
		if (append(&f->series[i], value[i], err) != VQ_OK)
			return VQ_ETEMP;
	}
	return inner ? add_inner(f, m, err) : VQ_OK;
}

/* ---- numbers of blocks -------------------------------------------------------------------- */

/* Blocks seen often enough: in 30 of 100 moments, or at all when none was. */
static void find_known(struct vq_flicker *f)
{
	double least = fmax(2, 0.3 * (double)f->moments);
	size_t n = 0;

	for (size_t i = 0; i < f->blocks; i++) {
		f->known[i] = f->cell[i].n >= least;
		n += f->known[i];
	}
	for (size_t i = 0; i < f->blocks && n < 3; i++)
		f->known[i] = f->cell[i].n >= 1;
}

/* Fill the map from every known block and sort a copy; returns their number. */
static size_t fill_map(struct vq_flicker *f, double (*value)(const struct cell *))
{
	size_t n = 0;

	for (size_t i = 0; i < f->blocks; i++) {
		f->map[i] = f->known[i] ? value(&f->cell[i]) : 0;
		if (f->known[i])
			f->sorted[n++] = f->map[i];
	}
	qsort(f->sorted, n, sizeof *f->sorted, by_value);
	return n;
}

/* Largest mean of 3x3 blocks, five of them known at least (or the largest block
 * in pictures smaller than that). */
static double worst_region(const struct vq_flicker *f)
{
	double worst = 0, single = 0;
	bool any = false;

	for (int r = 0; r < f->rows; r++) {
		for (int c = 0; c < f->columns; c++) {
			double sum = 0;
			int n = 0;

			for (int k = 0; k < 9; k++) {
				int y = r + k / 3 - 1, x = c + k % 3 - 1;
				size_t i = (size_t)(y * f->columns + x);

				if (y < 0 || x < 0 || y >= f->rows || x >= f->columns ||
					!f->known[i])
					continue;
				sum += f->map[i];
				n++;
			}
			single = fmax(single, f->map[(size_t)(r * f->columns + c)]);
			if (n >= 5) {
				worst = fmax(worst, sum / n);
				any = true;
			}
		}
	}
	return any ? worst : single;
}

#define MEAN(name, field)                                                                          \
	static double name(const struct cell *c)                                                   \
	{                                                                                          \
		return c->field / c->n;                                                            \
	}
#define OVER(name, field, under)                                                                   \
	static double name(const struct cell *c)                                                   \
	{                                                                                          \
		return c->field / (c->under + EDGE_FLOOR * c->n);                                  \
	}
MEAN(alt_luma, alt_luma)
MEAN(alt_share, alternates)
MEAN(alt_chroma, alt_chroma)
MEAN(accel, accel)
MEAN(accel_chroma, accel_chroma)
MEAN(second, second)
MEAN(speed, speed)
MEAN(bend, bend)
OVER(accel_edge, accel, edge)
OVER(second_edge, second, edge)
OVER(structure_texture, structure, texture)
OVER(mismatch_edge, mismatch, edge)
OVER(one_sided, one_sided, edge)

static double top_band(const struct cell *c)
{
	/* a quarter level squared of coding noise a change */
	return c->top / (c->energy + 0.25 * c->n);
}

static double returned(const struct cell *c)
{
	return 1 - fmin(1, c->skip / (2 * (c->move + 0.3 * c->n)));
}

static double bend_speed(const struct cell *c)
{
	return c->bend / (c->speed + 0.3 * c->n);
}

static double turns(const struct cell *c)
{
	return c->luma.turns;
}

static double fine_turns(const struct cell *c)
{
	return c->fine.turns;
}

static double chroma_turns(const struct cell *c)
{
	return fmax(c->blue.turns, c->red.turns);
}

static double any_turns(const struct cell *c)
{
	return fmax(c->luma.turns, fmax(c->blue_clear.turns, c->red_clear.turns));
}

static double swing_luma(const struct cell *c)
{
	return c->fine.total;
}

static double swing_chroma(const struct cell *c)
{
	return c->blue.total + c->red.total;
}

/* Follow each block to the frame after the last moment and end its swings. */
static void end_swings(struct vq_flicker *f)
{
	for (size_t i = 0; i < f->blocks; i++) {
		struct cell *c = &f->cell[i];

		if (c->n > 0 && c->last + 1 == f->moments)
			follow_block(c, c->last_luma, c->last_blue, c->last_red);
		c->luma = swing_end(c->luma);
		c->fine = swing_end(c->fine);
		c->blue = swing_end(c->blue);
		c->red = swing_end(c->red);
		c->blue_clear = swing_end(c->blue_clear);
		c->red_clear = swing_end(c->red_clear);
	}
	swing_follow(&f->whole, f->last_whole, SWING_FRAME);
	f->whole = swing_end(f->whole);
}

static void swing_values(struct vq_flicker *f, double *v)
{
	double seconds = fmax(f->last_until - f->first_time, 1e-3);
	double pairs = (double)f->moments + 1;
	size_t n;

#define QUANTILE(id, q, per) v[VQ_FLICKER_##id] = sorted_quantile(f->sorted, n, q) / (per)
	n = fill_map(f, turns);
	QUANTILE(REVERSALS_P50, 0.5, pairs);
	QUANTILE(REVERSALS_P75, 0.75, pairs);
	QUANTILE(REVERSALS_P90, 0.9, pairs);
	QUANTILE(REVERSALS_HZ_P50, 0.5, seconds);
	QUANTILE(REVERSALS_HZ_P90, 0.9, seconds);
	v[VQ_FLICKER_REVERSALS_REGION] = worst_region(f) / pairs;
	n = fill_map(f, fine_turns);
	QUANTILE(FINE_P50, 0.5, pairs);
	QUANTILE(FINE_P90, 0.9, pairs);
	n = fill_map(f, chroma_turns);
	QUANTILE(CHROMA_TURNS_P50, 0.5, pairs);
	QUANTILE(CHROMA_TURNS_P75, 0.75, pairs);
	QUANTILE(CHROMA_TURNS_P90, 0.9, pairs);
	n = fill_map(f, any_turns);
	QUANTILE(ANY_P50, 0.5, pairs);
	QUANTILE(ANY_P75, 0.75, pairs);
	QUANTILE(ANY_P90, 0.9, pairs);
	n = fill_map(f, swing_luma);
	QUANTILE(SWING_P50, 0.5, pairs);
	QUANTILE(SWING_P75, 0.75, pairs);
	QUANTILE(SWING_P90, 0.9, pairs);
	QUANTILE(SWING_SECOND_P50, 0.5, seconds);
	v[VQ_FLICKER_SWING_REGION] = worst_region(f) / pairs;
	n = fill_map(f, swing_chroma);
	QUANTILE(SWING_CHROMA_P50, 0.5, pairs);
	QUANTILE(SWING_CHROMA_P90, 0.9, pairs);
#undef QUANTILE
	v[VQ_FLICKER_FRAME_TURNS] = f->whole.turns / pairs;
	v[VQ_FLICKER_FRAME_TURNS_HZ] = f->whole.turns / seconds;
	v[VQ_FLICKER_FRAME_SWING] = f->whole.total / pairs;
	v[VQ_FLICKER_FRAME_PATH] =
		mean_of(&f->series[S_LUMA_WHOLE]) * (double)f->series[S_LUMA_WHOLE].n / seconds;
}

static void block_values(struct vq_flicker *f, double *v)
{
	size_t n;

#define QUANTILE(id, q) v[VQ_FLICKER_##id] = sorted_quantile(f->sorted, n, q)
	n = fill_map(f, alt_luma);
	QUANTILE(ALT_LUMA_P50, 0.5);
	QUANTILE(ALT_LUMA_P75, 0.75);
	QUANTILE(ALT_LUMA_P90, 0.9);
	v[VQ_FLICKER_ALT_LUMA_REGION] = worst_region(f);
	n = fill_map(f, alt_share);
	QUANTILE(ALT_SHARE_P50, 0.5);
	QUANTILE(ALT_SHARE_P90, 0.9);
	n = fill_map(f, alt_chroma);
	QUANTILE(ALT_CHROMA_P50, 0.5);
	QUANTILE(ALT_CHROMA_P75, 0.75);
	QUANTILE(ALT_CHROMA_P90, 0.9);
	v[VQ_FLICKER_ALT_CHROMA_REGION] = worst_region(f);
	n = fill_map(f, accel);
	QUANTILE(ACCEL_LUMA_P50, 0.5);
	QUANTILE(ACCEL_LUMA_P75, 0.75);
	QUANTILE(ACCEL_LUMA_P90, 0.9);
	n = fill_map(f, accel_edge);
	QUANTILE(ACCEL_EDGE_P50, 0.5);
	n = fill_map(f, accel_chroma);
	QUANTILE(ACCEL_CHROMA_P50, 0.5);
	QUANTILE(ACCEL_CHROMA_P90, 0.9);
	n = fill_map(f, top_band);
	QUANTILE(TOP_BAND_P50, 0.5);
	QUANTILE(TOP_BAND_P90, 0.9);
	n = fill_map(f, second);
	QUANTILE(SECOND_P50, 0.5);
	QUANTILE(SECOND_P90, 0.9);
	n = fill_map(f, second_edge);
	QUANTILE(SECOND_EDGE_P50, 0.5);
	QUANTILE(SECOND_EDGE_P75, 0.75);
	QUANTILE(SECOND_EDGE_P90, 0.9);
	n = fill_map(f, structure_texture);
	QUANTILE(STRUCTURE_TEXTURE_P50, 0.5);
	QUANTILE(STRUCTURE_TEXTURE_P90, 0.9);
	n = fill_map(f, mismatch_edge);
	QUANTILE(MISMATCH_P50, 0.5);
	QUANTILE(MISMATCH_P90, 0.9);
	v[VQ_FLICKER_MISMATCH_REGION] = worst_region(f);
	n = fill_map(f, one_sided);
	QUANTILE(ONE_SIDED_P75, 0.75);
	n = fill_map(f, returned);
	QUANTILE(RETURN_P50, 0.5);
	QUANTILE(RETURN_P90, 0.9);
	n = fill_map(f, speed);
	QUANTILE(SPEED_P50, 0.5);
	n = fill_map(f, bend);
	QUANTILE(BEND_P50, 0.5);
	n = fill_map(f, bend_speed);
	QUANTILE(BEND_SPEED_P50, 0.5);
#undef QUANTILE
}

/* ---- numbers of pairs --------------------------------------------------------------------- */

/* How far each pair stands above both neighbours: the largest and the second. */
static void steps(const struct series *s, double *first, double *second)
{
	*first = *second = 0;
	for (size_t i = 0; i < s->n; i++) {
		double left = i > 0 ? s->v[i - 1] : 0, right = i + 1 < s->n ? s->v[i + 1] : 0;
		double step = s->v[i] - fmax(left, right);

		if (step > *first) {
			*second = *first;
			*first = step;
		} else if (step > *second) {
			*second = step;
		}
	}
}

/* Largest ratio of a pair to the median of its up to four neighbours. */
static double step_ratio(const struct series *s)
{
	double worst = 0;

	for (size_t i = 0; i < s->n && s->n >= 3; i++) {
		double near[4];
		size_t n = 0;

		for (size_t j = i > 2 ? i - 2 : 0; j <= i + 2 && j < s->n; j++) {
			if (j != i)
				near[n++] = s->v[j];
		}
		qsort(near, n, sizeof *near, by_value);
		worst = fmax(worst, s->v[i] / (sorted_quantile(near, n, 0.5) + 0.3));
	}
	return worst;
}

static double series_quantile(
	const struct series *s, double q, struct vq_err *err, enum vq_code *code)
{
	double *copy, value;

	if (s->n == 0)
		return 0;
	copy = malloc(s->n * sizeof *copy);
	if (copy == NULL) {
		*code = vq_nomem(err);
		return 0;
	}
	memcpy(copy, s->v, s->n * sizeof *copy);
	qsort(copy, s->n, sizeof *copy, by_value);
	value = sorted_quantile(copy, s->n, q);
	free(copy);
	return value;
}

static double mean_step(const struct series *s)
{
	double sum = 0;

	for (size_t i = 1; i < s->n; i++)
		sum += fabs(s->v[i] - s->v[i - 1]);
	return s->n < 2 ? 0 : sum / ((double)s->n - 1);
}

static void spike_values(const struct vq_flicker *f, double *v)
{
	const struct series *loss = &f->series[S_SSIM];
	double run = 0, longest = 0, after = 0;
	size_t worst = 0, spikes = 0, n = 0;

	for (size_t i = 0; i < loss->n; i++) {
		bool spike = loss->v[i] > f->spike;

		spikes += spike;
		run = spike ? run + f->series[S_LENGTH].v[i] : 0;
		longest = fmax(longest, run);
		if (loss->v[i] > loss->v[worst])
			worst = i;
	}
	if (loss->n == 0)
		return;
	for (size_t i = worst + 1; i < loss->n && i <= worst + 3; i++, n++)
		after += loss->v[i];
	v[VQ_FLICKER_SPIKE_SHARE] = (double)spikes / (double)loss->n;
	v[VQ_FLICKER_SPIKE_DURATION] = longest;
	v[VQ_FLICKER_SPIKE_AFTER] = n > 0 ? after / (double)n : 0;
	/* the frame after the pair against the one before it */
	v[VQ_FLICKER_SPIKE_CONTENT] = worst + 1 < loss->n ? f->series[S_UNLIKE].v[worst + 1] : 0;
}

static enum vq_code pair_values(struct vq_flicker *f, double *v, struct vq_err *err)
{
	const struct series *s = f->series;
	double first, second;
	enum vq_code code = VQ_OK;

	v[VQ_FLICKER_SSIM_MEAN] = mean_of(&s[S_SSIM]);
	v[VQ_FLICKER_SSIM_MAX] = most_of(&s[S_SSIM]);
	v[VQ_FLICKER_PATCH_MAX] = most_of(&s[S_PATCH]);
	v[VQ_FLICKER_MAE_MEAN] = mean_of(&s[S_MAE]);
	v[VQ_FLICKER_MAE_MAX] = most_of(&s[S_MAE]);
	v[VQ_FLICKER_MAE_ACCEL] = mean_step(&s[S_MAE]);
	v[VQ_FLICKER_HIST_MEAN] = mean_of(&s[S_HIST]);
	v[VQ_FLICKER_HIST_MAX] = most_of(&s[S_HIST]);
	v[VQ_FLICKER_UNEXPLAINED_MEAN] = mean_of(&s[S_UNEXPLAINED]);
	spike_values(f, v);
	steps(&s[S_LUMA], &first, &second);
	v[VQ_FLICKER_STEP_LUMA] = first;
	steps(&s[S_LUMA_WHOLE], &first, &second);
	v[VQ_FLICKER_STEP_LUMA_2ND] = second;
	v[VQ_FLICKER_FRAME_ROUGH] = mean_step(&s[S_LUMA_WHOLE]) / (mean_of(&s[S_LUMA_WHOLE]) + 0.2);
	steps(&s[S_CHROMA], &first, &second);
	v[VQ_FLICKER_STEP_CHROMA] = first;
	v[VQ_FLICKER_STEP_RATIO] = step_ratio(&s[S_LUMA]);
	v[VQ_FLICKER_CHANGE_LUMA_Q90] = series_quantile(&s[S_LUMA], 0.9, err, &code);
	v[VQ_FLICKER_CHANGE_CHROMA_ROUGH] = mean_step(&s[S_CHROMA]) / (mean_of(&s[S_CHROMA]) + 0.2);
	return code;
}

static void moment_values(const struct vq_flicker *f, double *v)
{
	const struct series *whole = &f->series[S_WHOLE];
	double alternates = 0, square = 0, n = 0;

	for (size_t i = 0; i < whole->n; i++)
		alternates += whole->v[i] > 0;
	v[VQ_FLICKER_FRAME_ALT] = whole->n == 0 ? 0 : alternates / (double)whole->n;
	v[VQ_FLICKER_FRAME_ALT_LEVEL] = mean_of(whole);
	v[VQ_FLICKER_FRAME_ALT_PEAK] = most_of(whole);
	v[VQ_FLICKER_FRAME_ALT_CHROMA] = mean_of(&f->series[S_WHOLE_CHROMA]);
	v[VQ_FLICKER_ALT_AREA_MEAN] = mean_of(&f->series[S_AREA]);
	v[VQ_FLICKER_ALT_AREA_MAX] = most_of(&f->series[S_AREA]);
	for (size_t i = 0; i < f->blocks; i++) {
		square += f->cell[i].square;
		n += f->cell[i].square_n;
	}
	v[VQ_FLICKER_WARP_ERROR] = n > 0 ? square / n / (255.0 * 255.0) : 0;
}

enum vq_code vq_flicker_values(
	struct vq_flicker *f, double values[VQ_FLICKER_COUNT], struct vq_err *err)
{
	static const double low[] = {
#define X(id, name, unit, min, max, meaning) min,
		VQ_FLICKER_TABLE(X)
#undef X
	};
	static const double high[] = {
#define X(id, name, unit, min, max, meaning) max,
		VQ_FLICKER_TABLE(X)
#undef X
	};

	memset(values, 0, VQ_FLICKER_COUNT * sizeof *values);
	if (f->moments > 0) {
		/* the last pair is seen only from its first frame */
		if (append(&f->series[S_LUMA], f->last_luma, err) != VQ_OK ||
			append(&f->series[S_LUMA_WHOLE], fabs(f->last_whole), err) != VQ_OK ||
			append(&f->series[S_CHROMA], f->last_chroma, err) != VQ_OK)
			return VQ_ETEMP;
		find_known(f);
		end_swings(f);
		block_values(f, values);
		swing_values(f, values);
		moment_values(f, values);
	}
	if (pair_values(f, values, err) != VQ_OK)
		return VQ_ETEMP;
	if (f->last_until > f->first_time)
		values[VQ_FLICKER_DISTINCT_FPS] =
			(double)f->frames / (f->last_until - f->first_time);
	for (int i = 0; i < VQ_FLICKER_COUNT; i++)
		values[i] = isfinite(values[i]) ? fmin(high[i], fmax(low[i], values[i])) : 0;
	return VQ_OK;
}

double vq_flicker_badness(const double values[VQ_FLICKER_COUNT])
{
	return values[VQ_FLICKER_REVERSALS_P75] + 0.5 * values[VQ_FLICKER_CHROMA_TURNS_P75] +
	       0.1 * values[VQ_FLICKER_SECOND_EDGE_P75];
}
