#include "flicker.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "patchtone.h"

/* Least swings of turning points, levels. */
#define SWING_LUMA 3.0
#define SWING_FINE 1.0
#define SWING_CHROMA 1.0
#define SWING_CHROMA_CLEAR 1.5
#define SWING_FRAME 0.7
/* Abrupt changes: of all single numbers tried, the share of pairs with these in the
 * block at the 75th percentile tells the labelled clips apart best (AUC 0.976;
 * 0.970 to 0.973 with 2 to 5 levels). */
#define ABRUPT_LUMA 4.0
#define ABRUPT_CHROMA 2.0
/* A pair at which brightness jumps this far (as a flash or strobe does, lib/event.c)
 * and the structure is lost as well shows another moment or exposure (time lapse,
 * storm of shots): motion cannot be followed and nothing said.  With this
 * abrupt_p75 tells the labelled clips apart with AUC 0.979 instead of 0.974. */
#define LOST_LEVEL 30.0
#define JOINT 3		 /* neighbours of eight that change abruptly too */
#define ABRUPT_SHARE 0.2 /* of the picture */
#define AREA_LEVEL 2.0	 /* levels of alternation that count as area */
#define STRUCTURE 0.5	 /* second difference without means, over edges */
#define MISMATCH 0.4	 /* what neither neighbour explains, over edges */
/* What boiling counts beside abrupt changes: with this, unsteady_part tells the labelled
 * clips apart with AUC 0.977 (0.976 without, 0.975 with 1). */
#define BOIL_WEIGHT 0.8
/* What abrupt changes count where specks fall past (rain, snow, sparks): they change blocks
 * and mislead the matching. */
#define SPECKED 0.6
/* Frames that trade places, from nothing to in full: swapped ones of moving pictures have
 * 0.34 to 0.69; others up to 0.35, where the camera trembles before something that stands
 * still. */
#define ORDER_FULL 0.45
#define EDGE_FLOOR VQ_CHANGE_EDGE_FLOOR

enum { LUMA, BLUE, RED, CHANNELS };

/* Sums of one block over the moments at which both matches lay in the picture. */
struct cell {
	double n, alt_luma, alt_chroma, accel, energy, top;
	double second, structure, mismatch, one_sided, edge, texture, odd;
	double skip, move, speed, bend, square, square_n;
	struct vq_swing luma, fine, chroma[2], clear[2]; /* chroma: fine and clear */
	struct vq_abrupt abrupt[CHANNELS];
	double unsteady, abrupt_any, abrupt_fine, abrupt_luma, abrupt_chroma, abrupt_joint,
		abrupt_level;
	double ahead[CHANNELS]; /* changes to the frame after the last moment */
	bool fresh;		/* ahead is of the last moment */
	bool flag;		/* changed abruptly at the pair that was decided last */
};

/* What the picture as a whole did at the pair that is decided. */
struct verdict {
	bool step; /* of tone */
	bool lost; /* nothing is said */
};

struct vq_flicker {
	int columns, rows;
	bool strobe_counts;
	size_t blocks, moments;
	struct cell *cell;
	double *map, *sorted;	  /* one number a block */
	bool *known, *flag;	  /* a block; flag: changed abruptly at the pair decided last */
	struct vq_series luma;	  /* median block's |luma change|, a pair */
	struct vq_series whole;	  /* |luma change of the picture|, a pair */
	struct vq_series area;	  /* share of alternating blocks, a moment */
	struct vq_series level;	  /* luma by which the picture alternates, a moment */
	struct vq_series abrupt;  /* share of abrupt blocks, a pair */
	struct vq_series boil;	  /* of the block at the 75th percentile, a moment */
	struct vq_series sparkle; /* a moment */
	struct vq_series veil;	  /* a moment */
	struct vq_swing swing;	  /* of the picture */
	struct vq_abrupt tone[CHANNELS];
	struct vq_patchtone *parts;
	struct vq_order order;
	struct vq_change_tone tone_here, tone_ahead; /* not decided yet; after the last moment */
	double out_of_order, tone_steps, area_square, last_luma, last_whole, first_time, last_until;
	struct vq_patchtone_sums part;
	long deep_steps, dark_frames; /* of the whole picture's light; lib/flicker.h */
	long frames;
};

enum vq_code vq_flicker_new(
	struct vq_flicker **out, int columns, int rows, bool strobe_counts, struct vq_err *err)
{
	struct vq_flicker *f = calloc(1, sizeof *f);

	*out = f;
	if (f == NULL)
		return vq_nomem(err);
	f->columns = columns;
	f->rows = rows;
	f->strobe_counts = strobe_counts;
	f->blocks = (size_t)columns * (size_t)rows;
	if (vq_patchtone_new(&f->parts, columns, rows, err) != VQ_OK) {
		vq_flicker_free(out);
		return VQ_ETEMP;
	}
	f->cell = calloc(f->blocks, sizeof *f->cell);
	f->map = calloc(f->blocks, sizeof *f->map);
	f->sorted = calloc(f->blocks, sizeof *f->sorted);
	f->known = calloc(f->blocks, sizeof *f->known);
	f->flag = calloc(f->blocks, sizeof *f->flag);
	if (f->cell == NULL || f->map == NULL || f->sorted == NULL || f->known == NULL ||
		f->flag == NULL) {
		vq_flicker_free(out);
		return vq_nomem(err);
	}
	return VQ_OK;
}

void vq_flicker_free(struct vq_flicker **f)
{
	if (*f == NULL)
		return;
	vq_patchtone_free(&(*f)->parts);
	vq_series_free(&(*f)->luma);
	vq_series_free(&(*f)->whole);
	vq_series_free(&(*f)->area);
	vq_series_free(&(*f)->level);
	vq_series_free(&(*f)->abrupt);
	vq_series_free(&(*f)->boil);
	vq_series_free(&(*f)->sparkle);
	vq_series_free(&(*f)->veil);
	free((*f)->cell);
	free((*f)->map);
	free((*f)->sorted);
	free((*f)->known);
	free((*f)->flag);
	free(*f);
	*f = NULL;
}

void vq_flicker_begin(struct vq_flicker *f)
{
	memset(f->cell, 0, f->blocks * sizeof *f->cell);
	vq_patchtone_begin(f->parts);
	memset(&f->order, 0, sizeof f->order);
	memset(&f->swing, 0, sizeof f->swing);
	memset(f->tone, 0, sizeof f->tone);
	memset(&f->tone_here, 0, sizeof f->tone_here);
	f->luma.n = f->whole.n = f->area.n = f->level.n = f->abrupt.n = 0;
	f->boil.n = f->sparkle.n = f->veil.n = 0;
	f->out_of_order = f->tone_steps = f->area_square = 0;
	f->deep_steps = f->dark_frames = 0;
	f->moments = 0;
	f->frames = 0;
}

/* ---- adding: one block ---------------------------------------------------------------------- */

static void follow_swings(struct cell *c, const double change[CHANNELS])
{
	vq_swing_follow(&c->luma, change[LUMA], SWING_LUMA);
	vq_swing_follow(&c->fine, change[LUMA], SWING_FINE);
	for (int k = 0; k < 2; k++) {
		vq_swing_follow(&c->chroma[k], change[BLUE + k], SWING_CHROMA);
		vq_swing_follow(&c->clear[k], change[BLUE + k], SWING_CHROMA_CLEAR);
	}
}

/* Decides on the change before this one. */
static void follow_abrupt(struct cell *c, const double change[CHANNELS], struct verdict whole)
{
	double luma = vq_abrupt_follow(&c->abrupt[LUMA], change[LUMA]);
	double blue = vq_abrupt_follow(&c->abrupt[BLUE], change[BLUE]);
	double chroma = fmax(blue, vq_abrupt_follow(&c->abrupt[RED], change[RED]));

	if (whole.lost)
		luma = chroma = 0;
	c->abrupt_luma += luma >= ABRUPT_LUMA;
	c->abrupt_chroma += chroma >= ABRUPT_CHROMA;
	c->abrupt_fine += luma >= ABRUPT_LUMA / 2 || chroma >= ABRUPT_CHROMA / 2;
	if (luma >= 1)
		c->abrupt_level += luma;
	c->flag = luma >= ABRUPT_LUMA || chroma >= ABRUPT_CHROMA;
	c->abrupt_any += c->flag;
	c->unsteady += c->flag || whole.step;
}

static void add_block(struct cell *c, const struct vq_change_block *b)
{
	double back = b->luma_back, ahead = b->luma_ahead, edge = b->edge + EDGE_FLOOR;
	double more = fmax(b->residual_back, b->residual_ahead);
	double less = fmin(b->residual_back, b->residual_ahead);

	c->n++;
	c->alt_luma += vq_alternation(back, ahead);
	c->alt_chroma += vq_alternation(b->blue_back, b->blue_ahead) +
			 vq_alternation(b->red_back, b->red_ahead);
	c->accel += fabs(ahead - back) / 2;
	c->energy += back * back + ahead * ahead;
	c->top += (ahead - back) * (ahead - back) / 2;
	c->second += b->second;
	c->structure += b->second_structure;
	c->mismatch += less;
	c->one_sided += more - less;
	c->odd += b->second_structure >= STRUCTURE * edge && less >= MISMATCH * edge;
	c->edge += b->edge;
	c->texture += b->texture;
	c->skip += b->skip;
	c->move += (b->residual_back + b->residual_ahead + fabs(back) + fabs(ahead)) / 2;
	c->speed += b->speed;
	c->bend += b->bend;
	/* both ways agree: not occluded */
	if (b->bend <= 0.5 + 0.1 * b->speed) {
		c->square += b->square;
		c->square_n++;
	}
}

/* A block of a moment; one that moves out of the picture stands still meanwhile. */
static void follow_block(struct cell *c, const struct vq_change_block *b, struct verdict whole)
{
	double change[CHANNELS] = {0};

	c->fresh = b->inside;
	if (b->inside) {
		change[LUMA] = b->luma_back;
		change[BLUE] = b->blue_back;
		change[RED] = b->red_back;
		c->ahead[LUMA] = b->luma_ahead;
		c->ahead[BLUE] = b->blue_ahead;
		c->ahead[RED] = b->red_ahead;
		add_block(c, b);
	}
	follow_swings(c, change);
	follow_abrupt(c, change, whole);
}

/* ---- adding: the picture -------------------------------------------------------------------- */

/* Mean luma changes over the blocks inside, medians of their sizes, share of them
 * that alternates. */
struct whole {
	double n, back, ahead, median_back, median_ahead, area;
};

static struct whole whole_change(struct vq_flicker *f, const struct vq_change_block *b)
{
	struct whole w = {0};
	size_t n = 0;

	for (size_t i = 0; i < f->blocks; i++) {
		if (!b[i].inside)
			continue;
		f->sorted[n] = fabs(b[i].luma_back);
		f->map[n++] = fabs(b[i].luma_ahead);
		w.back += b[i].luma_back;
		w.ahead += b[i].luma_ahead;
		w.area += vq_alternation(b[i].luma_back, b[i].luma_ahead) >= AREA_LEVEL;
	}
	if (n == 0)
		return w;
	vq_sort(f->sorted, n);
	vq_sort(f->map, n);
	w.median_back = vq_quantile(f->sorted, n, 0.5);
	w.median_ahead = vq_quantile(f->map, n, 0.5);
	w.back /= (double)n;
	w.ahead /= (double)n;
	w.area /= (double)n;
	return w;
}

/* Does the change before this one lead into or out of one dark frame among light ones?
 * No light that belongs to a scene does that. */
static bool in_dark_frame(const struct vq_abrupt *tone, double after)
{
	if (tone->here <= -VQ_STROBE_LEVEL)
		return after >= VQ_STROBE_LEVEL && fabs(tone->before) < VQ_STROBE_LEVEL;
	return tone->here >= VQ_STROBE_LEVEL && tone->before <= -VQ_STROBE_LEVEL &&
	       fabs(after) < VQ_STROBE_LEVEL;
}

/* Jumps the light so far, and is the structure lost as well? */
static bool is_lost(const struct vq_change_tone *t)
{
	return fabs(t->change[LUMA]) >= LOST_LEVEL && t->mismatch >= MISMATCH;
}

/* Decides on the change of the whole picture before this one. */
static struct verdict follow_tone(struct vq_flicker *f, const struct vq_change_tone *t)
{
	const struct vq_change_tone *was = &f->tone_here;
	bool dark = in_dark_frame(&f->tone[LUMA], t->change[LUMA]);
	struct verdict v = {0};

	f->deep_steps += fabs(was->change[LUMA]) >= VQ_STROBE_LEVEL;
	f->dark_frames += dark && was->change[LUMA] > 0;

	for (int k = 0; k < CHANNELS; k++) {
		double size = vq_abrupt_follow(&f->tone[k], t->change[k]);

		v.step |= size >= VQ_TONE_LEVEL && size >= VQ_TONE_CLEAR * was->spread[k];
	}
	v.lost = is_lost(was);
	v.lost |= fabs(was->change[LUMA]) >= VQ_STROBE_LEVEL && !f->strobe_counts && !dark;
	v.step &= !v.lost;
	f->tone_here = *t;
	f->tone_steps += v.step;
	return v;
}

/* Count abrupt blocks that have company, and return the share of abrupt ones. */
static double count_joint(struct vq_flicker *f)
{
	double flagged = 0;

	for (int r = 0; r < f->rows; r++) {
		for (int c = 0; c < f->columns; c++) {
			struct cell *cell = &f->cell[(size_t)(r * f->columns + c)];
			int company = -1;

			f->flag[(size_t)(r * f->columns + c)] = cell->flag;
			if (!cell->flag)
				continue;
			flagged++;
			for (int k = 0; k < 9; k++) {
				int y = r + k / 3 - 1, x = c + k % 3 - 1;

				if (y >= 0 && x >= 0 && y < f->rows && x < f->columns)
					company += f->cell[(size_t)(y * f->columns + x)].flag;
			}
			cell->abrupt_joint += company >= JOINT;
		}
	}
	vq_patchtone_abrupt(f->parts, f->flag);
	flagged /= (double)f->blocks;
	f->area_square += flagged * flagged;
	return flagged;
}

/* Of the blocks inside: the 75th percentile. */
static double boil_of(struct vq_flicker *f, const struct vq_change_block *b)
{
	size_t n = 0;

	for (size_t i = 0; i < f->blocks; i++) {
		if (b[i].inside)
			f->sorted[n++] = b[i].boil;
	}
	vq_sort(f->sorted, n);
	return vq_quantile(f->sorted, n, 0.75);
}

static double sparkle_of(const struct vq_flicker *f, const struct vq_change_block *b)
{
	double square = 0, cube = 0, n = 0;

	for (size_t i = 0; i < f->blocks; i++) {
		if (!b[i].inside)
			continue;
		square += b[i].own_square;
		cube += b[i].own_cube;
		n++;
	}
	return n > 0 ? vq_change_sparkle(square / n, cube / n) : 0;
}

static double veil_of(const struct vq_flicker *f, const struct vq_change_block *b)
{
	double dark = 0, light = 0, n = 0;

	for (size_t i = 0; i < f->blocks; i++) {
		if (!b[i].inside)
			continue;
		dark += b[i].dark_square;
		light += b[i].light_square;
		n++;
	}
	return n > 0 ? vq_change_veil(dark / n, light / n) : 0;
}

static enum vq_code add_moment(struct vq_flicker *f, const struct vq_moment *m, struct vq_err *err)
{
	struct whole w = whole_change(f, m->blocks);
	struct verdict whole = follow_tone(f, &m->back);
	double joint;

	for (size_t i = 0; i < f->blocks; i++)
		follow_block(&f->cell[i], &m->blocks[i], whole);
	vq_patchtone_add(f->parts, m->blocks, &m->back, &m->ahead, whole.lost);
	f->tone_ahead = m->ahead;
	joint = count_joint(f);
	vq_swing_follow(&f->swing, w.back, SWING_FRAME);
	f->last_luma = w.median_ahead;
	f->last_whole = w.ahead;
	f->moments++;
	/* the first decision is on no pair */
	if (f->moments > 1 && vq_series_add(&f->abrupt, joint, err) != VQ_OK)
		return VQ_ETEMP;
	if (!is_lost(&m->back) && !is_lost(&m->ahead) &&
		(vq_series_add(&f->boil, boil_of(f, m->blocks), err) != VQ_OK ||
			vq_series_add(&f->sparkle, sparkle_of(f, m->blocks), err) != VQ_OK ||
			vq_series_add(&f->veil, veil_of(f, m->blocks), err) != VQ_OK))
		return VQ_ETEMP;
	if (vq_series_add(&f->luma, w.median_back, err) != VQ_OK ||
		vq_series_add(&f->whole, fabs(w.back), err) != VQ_OK ||
		vq_series_add(&f->area, w.area, err) != VQ_OK ||
		vq_series_add(&f->level, vq_alternation(w.back, w.ahead), err) != VQ_OK)
		return VQ_ETEMP;
	return VQ_OK;
}

enum vq_code vq_flicker_add(
	struct vq_flicker *f, const struct vq_moment *m, bool inner, struct vq_err *err)
{
	if (f->frames == 0)
		f->first_time = m->time;
	/* the scene's first frame has no pair in it */
	if (f->frames > 0)
		f->out_of_order = fmax(f->out_of_order, vq_order_follow(&f->order, &m->pair));
	f->last_until = m->until;
	f->frames++;
	return inner ? add_moment(f, m, err) : VQ_OK;
}

/* The pair after the last moment is seen only from its first frame. */
static enum vq_code add_last_pair(struct vq_flicker *f, struct vq_err *err)
{
	static const double still[CHANNELS];
	static const struct vq_change_tone none;
	double joint[2];
	bool lost[2];

	for (int pass = 0; pass < 2; pass++) {
		struct verdict whole = follow_tone(f, pass == 0 ? &f->tone_ahead : &none);

		for (size_t i = 0; i < f->blocks; i++) {
			struct cell *c = &f->cell[i];
			const double *change = pass == 0 && c->fresh ? c->ahead : still;

			follow_abrupt(c, change, whole);
			if (pass == 0)
				follow_swings(c, change);
		}
		joint[pass] = count_joint(f);
		lost[pass] = whole.lost;
	}
	f->part = vq_patchtone_end(f->parts, lost);
	for (int i = 0; i < VQ_ORDER_AROUND; i++)
		f->out_of_order = fmax(f->out_of_order, vq_order_follow(&f->order, NULL));
	for (size_t i = 0; i < f->blocks; i++) {
		struct cell *c = &f->cell[i];

		vq_swing_end(&c->luma);
		vq_swing_end(&c->fine);
		for (int k = 0; k < 2; k++) {
			vq_swing_end(&c->chroma[k]);
			vq_swing_end(&c->clear[k]);
		}
	}
	vq_swing_follow(&f->swing, f->last_whole, SWING_FRAME);
	vq_swing_end(&f->swing);
	if (vq_series_add(&f->abrupt, joint[0], err) != VQ_OK ||
		vq_series_add(&f->abrupt, joint[1], err) != VQ_OK ||
		vq_series_add(&f->luma, f->last_luma, err) != VQ_OK ||
		vq_series_add(&f->whole, fabs(f->last_whole), err) != VQ_OK)
		return VQ_ETEMP;
	return VQ_OK;
}

/* ---- numbers of blocks ---------------------------------------------------------------------- */

/* Blocks seen often enough: in 30 of 100 moments, or at all when hardly any was. */
static void find_known(struct vq_flicker *f)
{
	double least = fmax(1, 0.3 * (double)f->moments);
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
	vq_sort(f->sorted, n);
	return n;
}

/* Mean over the known ones of 3x3 blocks; their number in *n. */
static double region_mean(const struct vq_flicker *f, int r, int c, int *n)
{
	double sum = 0;

	*n = 0;
	for (int k = 0; k < 9; k++) {
		int y = r + k / 3 - 1, x = c + k % 3 - 1;
		size_t i = (size_t)(y * f->columns + x);

		if (y < 0 || x < 0 || y >= f->rows || x >= f->columns || !f->known[i])
			continue;
		sum += f->map[i];
		++*n;
	}
	return *n == 0 ? 0 : sum / *n;
}

/* Largest mean of 3x3 blocks, five of them known at least; in pictures smaller
 * than that the largest block. */
static double worst_region(const struct vq_flicker *f)
{
	double worst = 0, single = 0;
	bool any = false;

	for (int r = 0; r < f->rows; r++) {
		for (int c = 0; c < f->columns; c++) {
			int n;
			double mean = region_mean(f, r, c, &n);

			single = fmax(single, f->map[(size_t)(r * f->columns + c)]);
			if (n >= 5) {
				worst = fmax(worst, mean);
				any = true;
			}
		}
	}
	return any ? worst : single;
}

#define VALUE(name, expression)                                                                    \
	static double name(const struct cell *c)                                                   \
	{                                                                                          \
		return expression;                                                                 \
	}
VALUE(unsteady, c->unsteady)
VALUE(abrupt_any, c->abrupt_any)
VALUE(abrupt_fine, c->abrupt_fine)
VALUE(abrupt_luma, c->abrupt_luma)
VALUE(abrupt_chroma, c->abrupt_chroma)
VALUE(abrupt_joint, c->abrupt_joint)
VALUE(abrupt_level, c->abrupt_level)
VALUE(odd, c->odd / c->n)
VALUE(alt_luma, c->alt_luma / c->n)
VALUE(alt_chroma, c->alt_chroma / c->n)
VALUE(accel, c->accel / c->n)
/* a quarter level squared of coding noise a change */
VALUE(top_band, c->top / (c->energy + 0.25 * c->n))
VALUE(second_edge, c->second / (c->edge + EDGE_FLOOR * c->n))
VALUE(structure_texture, c->structure / (c->texture + EDGE_FLOOR * c->n))
VALUE(mismatch_edge, c->mismatch / (c->edge + EDGE_FLOOR * c->n))
VALUE(one_sided, c->one_sided / (c->edge + EDGE_FLOOR * c->n))
VALUE(returned, 1 - fmin(1, c->skip / (2 * (c->move + 0.3 * c->n))))
VALUE(speed, c->speed / c->n)
VALUE(bend_speed, c->bend / (c->speed + 0.3 * c->n))
VALUE(turns, c->luma.turns)
VALUE(fine_turns, c->fine.turns)
VALUE(chroma_turns, fmax(c->chroma[0].turns, c->chroma[1].turns))
VALUE(any_turns, fmax(c->luma.turns, fmax(c->clear[0].turns, c->clear[1].turns)))
VALUE(swing_luma, c->fine.total)
VALUE(swing_chroma, c->chroma[0].total + c->chroma[1].total)

enum per { AS_IS, PER_PAIR, PER_SECOND };

#define REGION -1.0 /* in place of a quantile: worst 3x3 blocks */

static const struct {
	enum vq_flicker_id id;
	double (*value)(const struct cell *);
	double quantile;
	enum per per;
} block_row[] = {
	{VQ_FLICKER_UNSTEADY, unsteady, 0.75, PER_PAIR},
	{VQ_FLICKER_ABRUPT_P50, abrupt_any, 0.5, PER_PAIR},
	{VQ_FLICKER_ABRUPT_P75, abrupt_any, 0.75, PER_PAIR},
	{VQ_FLICKER_ABRUPT_P90, abrupt_any, 0.9, PER_PAIR},
	{VQ_FLICKER_ABRUPT_REGION, abrupt_any, REGION, PER_PAIR},
	{VQ_FLICKER_ABRUPT_HZ, abrupt_any, 0.75, PER_SECOND},
	{VQ_FLICKER_ABRUPT_FINE_P50, abrupt_fine, 0.5, PER_PAIR},
	{VQ_FLICKER_ABRUPT_FINE_P75, abrupt_fine, 0.75, PER_PAIR},
	{VQ_FLICKER_ABRUPT_LUMA_P75, abrupt_luma, 0.75, PER_PAIR},
	{VQ_FLICKER_ABRUPT_CHROMA_P75, abrupt_chroma, 0.75, PER_PAIR},
	{VQ_FLICKER_ABRUPT_JOINT_P75, abrupt_joint, 0.75, PER_PAIR},
	{VQ_FLICKER_ABRUPT_JOINT_P90, abrupt_joint, 0.9, PER_PAIR},
	{VQ_FLICKER_ABRUPT_LEVEL, abrupt_level, 0.75, PER_PAIR},
	{VQ_FLICKER_STRUCTURE_SHARE_P75, odd, 0.75, AS_IS},
	{VQ_FLICKER_ALT_LUMA_P50, alt_luma, 0.5, AS_IS},
	{VQ_FLICKER_ALT_LUMA_P75, alt_luma, 0.75, AS_IS},
	{VQ_FLICKER_ALT_LUMA_REGION, alt_luma, REGION, AS_IS},
	{VQ_FLICKER_ALT_CHROMA_P50, alt_chroma, 0.5, AS_IS},
	{VQ_FLICKER_ALT_CHROMA_P90, alt_chroma, 0.9, AS_IS},
	{VQ_FLICKER_ALT_CHROMA_REGION, alt_chroma, REGION, AS_IS},
	{VQ_FLICKER_ACCEL_LUMA_P75, accel, 0.75, AS_IS},
	{VQ_FLICKER_TOP_BAND_P50, top_band, 0.5, AS_IS},
	{VQ_FLICKER_SECOND_EDGE_P50, second_edge, 0.5, AS_IS},
	{VQ_FLICKER_SECOND_EDGE_P75, second_edge, 0.75, AS_IS},
	{VQ_FLICKER_SECOND_EDGE_P90, second_edge, 0.9, AS_IS},
	{VQ_FLICKER_STRUCTURE_TEXTURE_P50, structure_texture, 0.5, AS_IS},
	{VQ_FLICKER_STRUCTURE_TEXTURE_P90, structure_texture, 0.9, AS_IS},
	{VQ_FLICKER_MISMATCH_P50, mismatch_edge, 0.5, AS_IS},
	{VQ_FLICKER_MISMATCH_P90, mismatch_edge, 0.9, AS_IS},
	{VQ_FLICKER_MISMATCH_REGION, mismatch_edge, REGION, AS_IS},
	{VQ_FLICKER_ONE_SIDED_P75, one_sided, 0.75, AS_IS},
	{VQ_FLICKER_RETURN_P50, returned, 0.5, AS_IS},
	{VQ_FLICKER_RETURN_P90, returned, 0.9, AS_IS},
	{VQ_FLICKER_SPEED_P50, speed, 0.5, AS_IS},
	{VQ_FLICKER_BEND_SPEED_P50, bend_speed, 0.5, AS_IS},
	{VQ_FLICKER_REVERSALS_P75, turns, 0.75, PER_PAIR},
	{VQ_FLICKER_REVERSALS_P90, turns, 0.9, PER_PAIR},
	{VQ_FLICKER_REVERSALS_REGION, turns, REGION, PER_PAIR},
	{VQ_FLICKER_REVERSALS_HZ_P50, turns, 0.5, PER_SECOND},
	{VQ_FLICKER_FINE_P50, fine_turns, 0.5, PER_PAIR},
	{VQ_FLICKER_CHROMA_TURNS_P50, chroma_turns, 0.5, PER_PAIR},
	{VQ_FLICKER_CHROMA_TURNS_P90, chroma_turns, 0.9, PER_PAIR},
	{VQ_FLICKER_ANY_P50, any_turns, 0.5, PER_PAIR},
	{VQ_FLICKER_ANY_P75, any_turns, 0.75, PER_PAIR},
	{VQ_FLICKER_ANY_P90, any_turns, 0.9, PER_PAIR},
	{VQ_FLICKER_SWING_P50, swing_luma, 0.5, PER_PAIR},
	{VQ_FLICKER_SWING_P75, swing_luma, 0.75, PER_PAIR},
	{VQ_FLICKER_SWING_P90, swing_luma, 0.9, PER_PAIR},
	{VQ_FLICKER_SWING_REGION, swing_luma, REGION, PER_PAIR},
	{VQ_FLICKER_SWING_CHROMA_P50, swing_chroma, 0.5, PER_PAIR},
	{VQ_FLICKER_SWING_CHROMA_P90, swing_chroma, 0.9, PER_PAIR},
};

static double scene_seconds(const struct vq_flicker *f)
{
	return fmax(f->last_until - f->first_time, 1e-3);
}

static void block_values(struct vq_flicker *f, double *v)
{
	const double per[] = {1, (double)f->moments + 1, scene_seconds(f)};
	size_t n = 0;

	for (size_t i = 0; i < sizeof block_row / sizeof block_row[0]; i++) {
		double q = block_row[i].quantile, value;

		if (i == 0 || block_row[i].value != block_row[i - 1].value)
			n = fill_map(f, block_row[i].value);
		value = q < 0 ? worst_region(f) : vq_quantile(f->sorted, n, q);
		v[block_row[i].id] = value / per[block_row[i].per];
	}
}

/* ---- numbers of the picture ----------------------------------------------------------------- */

static double warp_error(const struct vq_flicker *f)
{
	double square = 0, n = 0;

	for (size_t i = 0; i < f->blocks; i++) {
		square += f->cell[i].square;
		n += f->cell[i].square_n;
	}
	return n > 0 ? square / n / (255.0 * 255.0) : 0;
}

/* How far v is from low to high, 0 to 1. */
static double rise(double v, double low, double high)
{
	return fmin(1, fmax(0, (v - low) / (high - low)));
}

static enum vq_code frame_values(const struct vq_flicker *f, double *v, struct vq_err *err)
{
	double pairs = (double)f->moments + 1, seconds = scene_seconds(f), wide = 0, alone, calm;
	bool dark;

	for (size_t i = 0; i < f->abrupt.n; i++)
		wide += f->abrupt.v[i] >= ABRUPT_SHARE;
	v[VQ_FLICKER_ABRUPT_TIME] = wide / pairs;
	v[VQ_FLICKER_TONE_STEPS] = f->tone_steps / pairs;
	v[VQ_FLICKER_PART_STEPS] = f->part.steps / pairs;
	/* no light but comes and goes in single dark frames only */
	dark = f->dark_frames > 0 && f->deep_steps == 2 * f->dark_frames;
	v[VQ_FLICKER_POP] = dark ? 1 : f->part.pop;
	if (vq_series_quantile(&f->boil, 0.5, &v[VQ_FLICKER_BOIL], err) != VQ_OK ||
		vq_series_quantile(&f->sparkle, 0.5, &v[VQ_FLICKER_SPARKLE], err) != VQ_OK ||
		vq_series_quantile(&f->veil, 0.5, &v[VQ_FLICKER_VEIL], err) != VQ_OK)
		return VQ_ETEMP;
	v[VQ_FLICKER_OUT_OF_ORDER] = f->out_of_order;
	v[VQ_FLICKER_BOIL] *= vq_change_boils(v[VQ_FLICKER_SPARKLE], v[VQ_FLICKER_VEIL]);
	calm = SPECKED +
	       (1 - SPECKED) * vq_change_unspecked(v[VQ_FLICKER_SPARKLE], v[VQ_FLICKER_VEIL]);
	alone = fmax(sqrt(v[VQ_FLICKER_POP]), BOIL_WEIGHT * v[VQ_FLICKER_BOIL]);
	alone = fmax(alone, rise(f->out_of_order, VQ_ORDER_LEVEL, ORDER_FULL));
	/* a few pops of the whole picture count like many of a part of it */
	v[VQ_FLICKER_UNSTEADY] = fmax(v[VQ_FLICKER_UNSTEADY], sqrt(f->area_square / pairs));
	v[VQ_FLICKER_UNSTEADY] = fmax(v[VQ_FLICKER_UNSTEADY], v[VQ_FLICKER_PART_STEPS]);
	v[VQ_FLICKER_UNSTEADY] = fmax(calm * v[VQ_FLICKER_UNSTEADY], alone);
	v[VQ_FLICKER_UNSTEADY_PART] = fmax(calm * sqrt(f->part.abrupt_square / pairs), alone);
	v[VQ_FLICKER_FRAME_TURNS] = f->swing.turns / pairs;
	v[VQ_FLICKER_FRAME_TURNS_HZ] = f->swing.turns / seconds;
	v[VQ_FLICKER_FRAME_SWING] = f->swing.total / pairs;
	v[VQ_FLICKER_FRAME_PATH] = vq_series_mean(&f->whole) * (double)f->whole.n / seconds;
	v[VQ_FLICKER_FRAME_ROUGH] =
		vq_series_mean_step(&f->whole) / (vq_series_mean(&f->whole) + 0.2);
	v[VQ_FLICKER_ALT_AREA_MEAN] = vq_series_mean(&f->area);
	v[VQ_FLICKER_ALT_AREA_MAX] = vq_series_most(&f->area);
	v[VQ_FLICKER_FRAME_ALT_LEVEL] = vq_series_mean(&f->level);
	v[VQ_FLICKER_FRAME_ALT_PEAK] = vq_series_most(&f->level);
	v[VQ_FLICKER_WARP_ERROR] = warp_error(f);
	if (vq_series_quantile(&f->abrupt, 0.5, &v[VQ_FLICKER_ABRUPT_AREA_Q50], err) != VQ_OK ||
		vq_series_quantile(&f->abrupt, 0.9, &v[VQ_FLICKER_ABRUPT_AREA_Q90], err) != VQ_OK)
		return VQ_ETEMP;
	return vq_series_quantile(&f->luma, 0.9, &v[VQ_FLICKER_CHANGE_LUMA_Q90], err);
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
		if (add_last_pair(f, err) != VQ_OK)
			return VQ_ETEMP;
		find_known(f);
		block_values(f, values);
		if (frame_values(f, values, err) != VQ_OK)
			return VQ_ETEMP;
	}
	for (int i = 0; i < VQ_FLICKER_COUNT; i++)
		values[i] = isfinite(values[i]) ? fmin(high[i], fmax(low[i], values[i])) : 0;
	return VQ_OK;
}

double vq_flicker_badness(const double values[VQ_FLICKER_COUNT])
{
	return values[VQ_FLICKER_UNSTEADY] + 0.5 * values[VQ_FLICKER_REVERSALS_P75];
}
