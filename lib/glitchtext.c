/* Kinds that change the letters of text that is there.  The letters are lifted off the
 * ground (glitchlayer.h), edited, and put back, so that nothing but letters changes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "glitchfield.h"
#include "glitchkind.h"
#include "glitchlayer.h"
#include "rng.h"

#define CELLS 160
/* A plain ramp of brightness has 0.75: below that there are no two classes, ground and
 * letters, to be parted. */
#define PARTED 0.75
#define OVERLAP 0.25 /* of the smaller one */
#define TALL_MIN 5.0 /* pixels; what is lower has no letters to change */
/* What strength 1 means, in letter heights. */
#define BEND 0.165 /* times a field that goes up to 2 */
#define SHIFT 0.33
#define THICKER 0.1
#define THINNEST 0.3	/* of the stroke's width may go on either side */
#define FIELD_UNITS 128 /* half letter heights that a field covers */

/* Named parts of a region's random numbers. */
enum { DRAW_SWAP = 1, DRAW_ERASE, DRAW_JITTER, DRAW_WEIGHT, DRAW_BEND_X, DRAW_BEND_Y };

/* A region in one state: its cells stay the same ones while the state lasts. */
struct slot {
	int track;
	long cycle, used; /* used: number of the frame that needed it last, from 1; 0: free */
	double tall;	  /* letter height over box height */
	bool letters;	  /* whether there are any to lift */
	int cells;
	struct vq_cell cell[CELLS]; /* in 1/4096 of the box */
	int partner[CELLS];	    /* swap: whose ink comes here; itself mirrored when alone */
};

struct text {
	struct vq_layer layer;
	struct slot slot[VQ_GLITCH_BOXES];
	struct vq_cell cell[CELLS]; /* of the region at hand, layer pixels */
	struct vq_field bend[2];
	float *key[2]; /* strength of the ink at luma's and at chroma's pixels */
	size_t key_room;
	int *row; /* four rows of the layer's width */
	int row_room;
	long frame;
};

/* What the edits of one region need. */
struct edit {
	struct vq_glitch_job *job;
	struct text *t;
	struct slot *s;
	const struct vq_step *step;
	double strength, mix; /* mix: how far on the way to the next state */
	double x, y, tall;    /* the box's corner in the layer, letter height, pixels */
};

enum vq_code vq_text_open(struct vq_glitch_job *job, struct vq_err *err)
{
	struct text *t = job->own = calloc(1, sizeof *t);
	enum vq_code code = VQ_OK;

	if (t == NULL)
		return vq_nomem(err);
	for (int i = 0; i < 2 && code == VQ_OK; i++)
		code = vq_field_init(&t->bend[i], FIELD_UNITS, FIELD_UNITS / 2, 1, err);
	return code;
}

void vq_text_close(struct vq_glitch_job *job)
{
	struct text *t = job->own;

	if (t == NULL)
		return;
	vq_layer_clear(&t->layer);
	vq_field_clear(&t->bend[0]);
	vq_field_clear(&t->bend[1]);
	free(t->key[0]);
	free(t->key[1]);
	free(t->row);
	free(t);
	job->own = NULL;
}

static uint64_t draw(const struct edit *e, long ahead, uint64_t what, uint64_t cell)
{
	return vq_rng_at(vq_rng_at(e->job->o.seed, (uint64_t)e->s->track, what),
		(uint64_t)(e->step->cycle + ahead), cell);
}

/* ---- which cells ------------------------------------------------------------------------ */

/* A seeded choice of so many of n, as flags. */
static void choose(uint64_t state, int n, int count, bool *chosen)
{
	memset(chosen, 0, (size_t)n * sizeof *chosen);
	for (int left = n, want = count, i = 0; i < n && want > 0; i++, left--)
		if (vq_rng_below(&state, left) < want) {
			chosen[i] = true;
			want--;
		}
}

/* Chosen cells of a line hand their ink round in a seeded order. */
static void pair_up(struct edit *e, int first, int n)
{
	struct slot *s = e->s;
	uint64_t state = draw(e, 0, DRAW_SWAP, (uint64_t)first);
	int count = (int)ceil(e->strength * n - 1e-9), ring[CELLS], size = 0;
	bool chosen[CELLS];

	for (int i = first; i < first + n; i++)
		s->partner[i] = -1;
	if (count == 0)
		return;
	count = count < 2 && n > 1 ? 2 : count;
	choose(vq_rng_next(&state), n, count, chosen);
	for (int i = 0; i < n; i++)
		if (chosen[i])
			ring[size++] = first + i;
	for (int i = size - 1; i > 0; i--) {
		int j = vq_rng_below(&state, i + 1), held = ring[i];

		ring[i] = ring[j];
		ring[j] = held;
	}
	for (int i = 0; i < size; i++)
		s->partner[ring[i]] = ring[(i + 1) % size];
}

static void pair_lines(struct edit *e)
{
	struct slot *s = e->s;

	for (int first = 0, end; first < s->cells; first = end) {
		for (end = first + 1; end < s->cells && s->cell[end].line == s->cell[first].line;)
			end++;
		pair_up(e, first, end - first);
	}
}

/* ---- cells come and go ------------------------------------------------------------------- */

/* The part of the layer whose ink belongs to a cell: half way to its neighbours. */
static struct vq_cell domain(const struct text *t, const struct slot *s, int i)
{
	int pad = vq_layer_pad(&t->layer) + 1, left, right;
	struct vq_cell c = t->cell[i];

	left = right = pad;
	if (i > 0 && s->cell[i - 1].line == c.line && c.x1 - t->cell[i - 1].x2 < 2 * pad)
		left = (c.x1 - t->cell[i - 1].x2) / 2;
	if (i + 1 < s->cells && s->cell[i + 1].line == c.line && t->cell[i + 1].x1 - c.x2 < 2 * pad)
		right = (t->cell[i + 1].x1 - c.x2 + 1) / 2;
	c.x1 -= left < 0 ? 0 : left;
	c.x2 += right < 0 ? 0 : right;
	c.y1 -= pad;
	c.y2 += pad;
	return c;
}

static void clear_cell(struct vq_layer *l, struct vq_cell c)
{
	for (int p = 0; p < 3; p++) {
		int s = p > 0, w = l->w >> s, h = l->h >> s;

		for (int y = c.y1 < 0 ? 0 : c.y1 >> s; y < (c.y2 + s) >> s && y < h; y++)
			for (int x = c.x1 < 0 ? 0 : c.x1 >> s; x < (c.x2 + s) >> s && x < w; x++)
				l->edit[p][(size_t)y * (size_t)w + (size_t)x] = 0;
	}
}

/* Ink of the cell `from`, its centre laid on (cx, cy), scaled across.  Where two letters
 * meet the stronger ink wins. */
static void stamp(struct vq_layer *l, struct vq_cell from, double cx, double cy, double scale)
{
	double fx = (from.x1 + from.x2) / 2.0, fy = (from.y1 + from.y2) / 2.0;
	double half_w = (from.x2 - from.x1) / 2.0 * fabs(scale), half_h = (from.y2 - from.y1) / 2.0;

	for (int p = 0; p < 3; p++) {
		int s = p > 0, w = l->w >> s, h = l->h >> s, step = 1 << s;
		int x1 = (int)fmax(0, floor((cx - half_w) / step)),
		    x2 = (int)ceil((cx + half_w) / step);
		int y1 = (int)fmax(0, floor((cy - half_h) / step)),
		    y2 = (int)ceil((cy + half_h) / step);

		for (int y = y1; y < y2 && y < h; y++)
			for (int x = x1; x < x2 && x < w; x++) {
				double u = fx + ((x + 0.5) * step - cx) / scale;
				double v = fy + (y + 0.5) * step - cy;
				float *to = &l->edit[p][(size_t)y * (size_t)w + (size_t)x], ink;

				if (u < from.x1 || u >= from.x2 || v < from.y1 || v >= from.y2)
					continue;
				ink = vq_at_float(l->ink[p], w, h, u / step - 0.5, v / step - 0.5);
				if (fabsf(ink) > fabsf(*to))
					*to = ink;
			}
	}
}

static void swap_cells(struct edit *e)
{
	struct text *t = e->t;
	struct slot *s = e->s;

	for (int i = 0; i < s->cells; i++)
		if (s->partner[i] >= 0)
			clear_cell(&t->layer, domain(t, s, i));
	for (int i = 0; i < s->cells; i++) {
		struct vq_cell to = t->cell[i], from;
		double scale, cx = (to.x1 + to.x2) / 2.0, fx, fy;

		if (s->partner[i] < 0)
			continue;
		from = domain(t, s, s->partner[i]);
		fx = (from.x1 + from.x2) / 2.0;
		fy = (from.y1 + from.y2) / 2.0;
		scale = (double)(to.x2 - to.x1) /
			(t->cell[s->partner[i]].x2 - t->cell[s->partner[i]].x1);
		scale = fmin(1.4, fmax(0.7, scale));
		stamp(&t->layer, from, cx, fy + to.slope * (cx - fx),
			s->partner[i] == i ? -1 : scale);
	}
}

static void jitter_cells(struct edit *e)
{
	struct text *t = e->t;
	struct slot *s = e->s;

	for (int i = 0; i < s->cells; i++)
		clear_cell(&t->layer, domain(t, s, i));
	for (int i = 0; i < s->cells; i++) {
		struct vq_cell from = domain(t, s, i);
		uint64_t now = draw(e, 0, DRAW_JITTER, (uint64_t)i);
		uint64_t then = draw(e, 1, DRAW_JITTER, (uint64_t)i);
		double reach = SHIFT * e->strength * e->tall, dx, dy;

		dx = (1 - e->mix) * vq_rng_signed(&now) + e->mix * vq_rng_signed(&then);
		dy = (1 - e->mix) * vq_rng_signed(&now) + e->mix * vq_rng_signed(&then);
		stamp(&t->layer, from, (from.x1 + from.x2) / 2.0 + reach * dx,
			(from.y1 + from.y2) / 2.0 + reach * dy, 1);
	}
}

/* How much of a cell's ink stays at (u, v) of it, 0..1 both, for a way of losing it. */
static double stays(int way, double u, double v)
{
	static const double edge = 8; /* the loss's border is an eighth of a letter wide */

	switch (way) {
	case 0:
		return fmin(1, fmax(0, (v - 0.5) * edge));
	case 1:
		return fmin(1, fmax(0, (0.5 - v) * edge));
	case 2:
		return fmin(1, fmax(0, (u - 0.5) * edge));
	case 3:
		return fmin(1, fmax(0, (0.5 - u) * edge));
	default:
		return 0;
	}
}

static void erase_cell(struct vq_layer *l, struct vq_cell c, int way)
{
	for (int p = 0; p < 3; p++) {
		int s = p > 0, w = l->w >> s, h = l->h >> s, step = 1 << s;

		for (int y = c.y1 < 0 ? 0 : c.y1 >> s; y < (c.y2 + s) >> s && y < h; y++)
			for (int x = c.x1 < 0 ? 0 : c.x1 >> s; x < (c.x2 + s) >> s && x < w; x++)
				l->edit[p][(size_t)y * (size_t)w + (size_t)x] *=
					(float)stays(way, ((x + 0.5) * step - c.x1) / (c.x2 - c.x1),
						((y + 0.5) * step - c.y1) / (c.y2 - c.y1));
	}
}

static void erase_cells(struct edit *e)
{
	struct slot *s = e->s;
	uint64_t state = draw(e, 0, DRAW_ERASE, 0);
	bool chosen[CELLS];

	choose(vq_rng_next(&state), s->cells, (int)ceil(e->strength * s->cells - 1e-9), chosen);
	for (int i = 0; i < s->cells; i++) {
		/* One in three vanishes. */
		int way = vq_rng_below(&state, 6);

		if (chosen[i])
			erase_cell(&e->t->layer, domain(e->t, s, i), way);
	}
}

/* ---- all of the ink ------------------------------------------------------------------------- */

static void bend_ink(struct edit *e)
{
	struct text *t = e->t;
	struct vq_layer *l = &t->layer;
	double reach = BEND * e->strength * e->tall, unit = e->tall / 2;

	for (unsigned i = 0; i < 2; i++)
		vq_field_mix(&t->bend[i], draw(e, 0, DRAW_BEND_X + i, 0),
			draw(e, 1, DRAW_BEND_X + i, 0), e->mix);
	for (int p = 0; p < 3; p++) {
		int s = p > 0, w = l->w >> s, h = l->h >> s, step = 1 << s;

		for (int y = 0; y < h; y++)
			for (int x = 0; x < w; x++) {
				/* Anchored to the box, so that it goes where the text goes. */
				double u = ((x + 0.5) * step - e->x) / unit + 4;
				double v = ((y + 0.5) * step - e->y) / unit + 4;

				l->value[(size_t)y * (size_t)w + (size_t)x] =
					vq_at_float(l->edit[p], w, h,
						x + reach / step * vq_field_at(&t->bend[0], u, v),
						y + reach / step * vq_field_at(&t->bend[1], u, v));
			}
		memcpy(l->edit[p], l->value, (size_t)w * (size_t)h * sizeof *l->edit[p]);
	}
}

/* Of each place of a row: where the key is largest (grow) or smallest within k of it, the
 * leftmost of several.  Those that may still be it wait in a queue. */
static void row_extremes(const float *key, int w, int k, bool grow, int *queue, int *best)
{
	int head = 0, tail = 0;

	for (int x = -k; x < w; x++) {
		int next = x + k;

		if (next < w) {
			while (tail > head && (grow ? key[next] > key[queue[tail - 1]]
						    : key[next] < key[queue[tail - 1]]))
				tail--;
			queue[tail++] = next;
		}
		if (x < 0)
			continue;
		if (queue[head] < x - k)
			head++;
		best[x] = queue[head];
	}
}

/* The same within the disc of radius r of each place of row y, in place of what is there. */
static void disc_extremes(
	const struct text *t, const float *key, int w, int h, int y, int r, bool grow, int *best)
{
	int *row_best = t->row + w, *queue = t->row;

	for (int x = 0; x < w; x++)
		best[x] = y * w + x;
	for (int j = y - r < 0 ? 0 : y - r; j <= y + r && j < h; j++) {
		int reach = (int)sqrt(r * r + 1 - (j - y) * (j - y));

		row_extremes(key + (size_t)j * (size_t)w, w, reach, grow, queue, row_best);
		for (int x = 0; x < w; x++) {
			int at = j * w + row_best[x];

			if (grow ? key[at] > key[best[x]] : key[at] < key[best[x]])
				best[x] = at;
		}
	}
}

/* Dilate or erode a plane's ink by a radius that need not be whole. */
static void change_weight(const struct text *t, struct vq_layer *l, const float *key, int plane,
	double radius, bool grow)
{
	int s = plane > 0, w = l->w >> s, h = l->h >> s, r;
	int *small = t->row + 2 * w, *large = t->row + 3 * w;
	double part;

	radius /= 1 << s;
	r = (int)radius;
	part = radius - r;
	for (int y = 0; y < h; y++) {
		disc_extremes(t, key, w, h, y, r, grow, small);
		disc_extremes(t, key, w, h, y, r + 1, grow, large);
		for (int x = 0; x < w; x++) {
			int same = r == 0 ? y * w + x : small[x];

			l->value[(size_t)y * (size_t)w + (size_t)x] =
				(float)((1 - part) * l->edit[plane][same] +
					part * l->edit[plane][large[x]]);
		}
	}
	memcpy(l->edit[plane], l->value, (size_t)w * (size_t)h * sizeof *l->value);
}

/* How strong the ink is at each luma (or chroma) pixel, over all planes. */
static void ink_strength(const struct vq_layer *l, int s, float *key)
{
	int w = l->w >> s, h = l->h >> s, cw = l->w >> 1;

	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++) {
			size_t luma = ((size_t)y << s) * (size_t)l->w + ((size_t)x << s);
			size_t c = s ? (size_t)y * (size_t)cw + (size_t)x
				     : (size_t)(y >> 1) * (size_t)cw + (size_t)(x >> 1);

			key[(size_t)y * (size_t)w + (size_t)x] = fabsf(l->edit[0][luma]) +
								 fabsf(l->edit[1][c]) +
								 fabsf(l->edit[2][c]);
		}
}

/* Signed: above 0 thicker, below thinner; never about 0. */
static double weight_of(const struct edit *e, long ahead)
{
	uint64_t state = draw(e, ahead, DRAW_WEIGHT, 0);
	double much = 0.5 + 0.5 * vq_rng_unit(&state);

	/* One after the other, so that each state differs from the one before. */
	return (e->step->cycle + ahead) % 2 == 0 ? much : -much;
}

static enum vq_code weigh_ink(struct edit *e, struct vq_err *err)
{
	struct text *t = e->t;
	struct vq_layer *l = &t->layer;
	double much = (1 - e->mix) * weight_of(e, 0) + e->mix * weight_of(e, 1);
	double radius = fabs(much) * THICKER * e->strength * e->tall;

	/* A stroke grows thin, it does not vanish. */
	if (much < 0)
		radius = fmin(radius, THINNEST * l->stroke);
	for (int s = 0; s < 2 && t->key_room < l->room; s++) {
		free(t->key[s]);
		t->key[s] = malloc(l->room * sizeof *t->key[s]);
		if (t->key[s] == NULL)
			return vq_nomem(err);
	}
	t->key_room = l->room;
	if (t->row_room < l->w) {
		free(t->row);
		t->row = malloc(4 * (size_t)l->w * sizeof *t->row);
		if (t->row == NULL)
			return vq_nomem(err);
		t->row_room = l->w;
	}
	/* One key for all planes: the colour goes where the brightness goes. */
	ink_strength(l, 0, t->key[0]);
	ink_strength(l, 1, t->key[1]);
	for (int p = 0; p < 3; p++)
		change_weight(t, l, t->key[p > 0], p, radius, much > 0);
	return VQ_OK;
}

/* ---- a region ------------------------------------------------------------------------------ */

/* The slot of a track, or the one that was not needed for longest. */
static struct slot *slot_of(struct text *t, int track)
{
	struct slot *oldest = &t->slot[0];

	for (int i = 0; i < VQ_GLITCH_BOXES; i++) {
		if (t->slot[i].used > 0 && t->slot[i].track == track)
			return &t->slot[i];
		if (t->slot[i].used < oldest->used)
			oldest = &t->slot[i];
	}
	oldest->used = 0;
	return oldest;
}

/* Between layer pixels and 4096ths of the box. */
static struct vq_cell to_box(struct vq_cell c, const double b[4])
{
	c.x1 = (int)lrint((c.x1 - b[0]) * 4096 / (b[2] - b[0]));
	c.x2 = (int)lrint((c.x2 - b[0]) * 4096 / (b[2] - b[0]));
	c.y1 = (int)lrint((c.y1 - b[1]) * 4096 / (b[3] - b[1]));
	c.y2 = (int)lrint((c.y2 - b[1]) * 4096 / (b[3] - b[1]));
	return c;
}

static struct vq_cell to_layer(struct vq_cell c, const double b[4])
{
	c.x1 = (int)lrint(b[0] + c.x1 * (b[2] - b[0]) / 4096);
	c.x2 = (int)lrint(b[0] + c.x2 * (b[2] - b[0]) / 4096);
	c.y1 = (int)lrint(b[1] + c.y1 * (b[3] - b[1]) / 4096);
	c.y2 = (int)lrint(b[1] + c.y2 * (b[3] - b[1]) / 4096);
	c.x2 = c.x2 > c.x1 ? c.x2 : c.x1 + 1;
	c.y2 = c.y2 > c.y1 ? c.y2 : c.y1 + 1;
	return c;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Cells for a new state; the median of their heights is the letters'. */
static void new_state(struct edit *e, const double in[4])
{
	struct text *t = e->t;
	struct slot *s = e->s;
	double tall[CELLS];

	s->cells = vq_layer_cells(&t->layer, t->cell, CELLS);
	for (int i = 0; i < s->cells; i++) {
		tall[i] = t->cell[i].tall;
		s->cell[i] = to_box(t->cell[i], in);
	}
	qsort(tall, (size_t)s->cells, sizeof *tall, by_size);
	s->tall = s->cells == 0 ? 1 : tall[s->cells / 2] / (in[3] - in[1]);
	s->cycle = e->step->cycle;
	/* A box that a person gave is taken at its word. */
	s->letters = e->job->o.has_box || t->layer.parted >= PARTED;
	pair_lines(e);
}

/* VQ_AGAIN when there is no text to be seen. */
static enum vq_code edit_region(struct vq_glitch_job *job, struct vq_glitch_now *now, int track,
	const double box[4], struct vq_err *err)
{
	struct text *t = job->own;
	struct vq_layer *l = &t->layer;
	struct edit e = {job, t, slot_of(t, track), &now->step, job->o.strength,
		job->o.smooth ? now->step.phase : 0, 0, 0, 0};
	enum vq_code code = VQ_OK;
	double in[4];

	if (!vq_layer_cut(l, now->frame, box, err))
		return err->code == VQ_OK ? VQ_AGAIN : err->code;
	for (int k = 0; k < 4; k++)
		in[k] = box[k] - (k % 2 == 0 ? l->x : l->y);
	if (e.s->used == 0 || e.s->cycle != now->step.cycle) {
		e.s->track = track;
		new_state(&e, in);
	}
	e.s->used = t->frame;
	if (!e.s->letters)
		return VQ_AGAIN;
	for (int i = 0; i < e.s->cells; i++)
		t->cell[i] = to_layer(e.s->cell[i], in);
	e.x = in[0];
	e.y = in[1];
	e.tall = fmax(3, e.s->tall * (in[3] - in[1]));
	for (int p = 0; p < 3; p++)
		memcpy(l->edit[p], l->ink[p],
			(size_t)(l->w >> (p > 0)) * (size_t)(l->h >> (p > 0)) * sizeof *l->edit[p]);
	if (job->kind->variant & VQ_TEXT_SWAP)
		swap_cells(&e);
	if (job->kind->variant & VQ_TEXT_JITTER)
		jitter_cells(&e);
	if (job->kind->variant & VQ_TEXT_ERASE)
		erase_cells(&e);
	if (job->kind->variant & VQ_TEXT_MORPH)
		bend_ink(&e);
	if (job->kind->variant & VQ_TEXT_WEIGHT)
		code = weigh_ink(&e, err);
	if (code == VQ_OK)
		vq_layer_paste(l, now->frame);
	return code;
}

static int find_regions(struct vq_glitch_job *job, const struct vq_frame *f, struct vq_region *out)
{
	const struct vq_stream *s = &job->stream;
	int n = 1;

	if (job->o.regions != NULL) {
		n = vq_glitch_regions_at(job->o.regions, f->time_us, out, VQ_GLITCH_BOXES);
	} else {
		out[0].track = -1;
		memcpy(out[0].box, job->o.box, sizeof out[0].box);
	}
	for (int i = 0; i < n; i++)
		for (int k = 0; k < 4; k++)
			out[i].box[k] *= k % 2 == 0 ? (double)s->width / s->src_width
						    : (double)s->height / s->src_height;
	return n;
}

/* Whether a region lies over one that was changed already: two readings of one text. */
static bool overlaps(const struct vq_glitch_now *now, const double b[4])
{
	for (int i = 0; i < now->boxes; i++) {
		const double *a = now->box[i];
		double w = fmin(a[2], b[2]) - fmax(a[0], b[0]);
		double h = fmin(a[3], b[3]) - fmax(a[1], b[1]);
		double least = fmin((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]));

		if (w > 0 && h > 0 && w * h > OVERLAP * least)
			return true;
	}
	return false;
}

enum vq_code vq_text_apply(struct vq_glitch_job *job, struct vq_glitch_now *now, struct vq_err *err)
{
	struct text *t = job->own;
	struct vq_region region[VQ_GLITCH_BOXES];
	int n = 0;
	enum vq_code code = VQ_OK;

	t->frame++;
	if (now->step.active && job->o.strength > 0)
		n = find_regions(job, now->frame, region);
	for (int i = 0; i < n && code == VQ_OK; i++) {
		double *b = now->box[now->boxes];

		memcpy(b, region[i].box, sizeof region[i].box);
		b[0] = fmax(0, b[0]);
		b[1] = fmax(0, b[1]);
		b[2] = fmin(job->stream.width, b[2]);
		b[3] = fmin(job->stream.height, b[3]);
		if (b[2] - b[0] < TALL_MIN || b[3] - b[1] < TALL_MIN || overlaps(now, b))
			continue;
		code = edit_region(job, now, region[i].track, b, err);
		if (code == VQ_OK)
			now->track[now->boxes++] = region[i].track;
		else if (code == VQ_AGAIN)
			code = VQ_OK;
	}
	now->amplitude = now->boxes > 0 ? job->o.strength : 0;
	return code;
}
