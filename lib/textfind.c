#include "textfind.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "components.h"
#include "lanes.h"
#include "textnet.h"
#include "textseg.h"
#include "texttight.h"

#define MAYBE 128
#define SURE 140       /* one of a row's cells has at least this */
#define SCORE_MIN 0.08 /* least probability of a row */
#define CELLS_MIN 3
#define THICK 0.8     /* a core that is higher, in row heights, may be several */
#define LEFT 0.35     /* share of its cells that its parts must have */
#define ROWS_MAX 1024 /* of one frame */
#define GAP 0.6
#define ALIKE 1.6	 /* ratio of the heights of two parts of one row */
#define OFF 0.35	 /* parts of one row: distance of the middle lines, row heights */
#define SLENDER 3.0	 /* length over thickness of a core that has a direction */
#define LETTER 0.75	 /* letter height, row heights */
#define ADVANCE 0.55	 /* letter width with its space, row heights */
#define CHROMA_GAIN 1.25 /* chroma must stand out that much more than luma to be read */
#define SAMPLES 96	 /* across a row, when its pixels are looked at */
#define SAMPLES_DOWN 24
#define RIM 0.05 /* around a row there are no letters; row heights */

/* A row's core while it is put together, in cells. */
struct core {
	double x1, y1, x2, y2;
	double weight, sx, sy, sxx, sxy, syy; /* moments of its cells */
	double sum;			      /* of probabilities */
	double height;			      /* of the row, pixels */
	bool gone;
};

struct vq_textfind {
	int columns, rows;
	struct vq_textseg *seg;
	struct vq_components *components;
	uint8_t *map;
	struct core core[ROWS_MAX];
	size_t cores;
	struct vq_text_region found[ROWS_MAX];
};

enum vq_code vq_textfind_new(struct vq_textfind **out, int width, int height, struct vq_err *err)
{
	struct vq_textfind *t = *out = calloc(1, sizeof **out);
	enum vq_code code;

	if (t == NULL)
		return vq_nomem(err);
	code = vq_textseg_new(&t->seg, width, height, err);
	if (code == VQ_OK) {
		t->columns = vq_textseg_width(t->seg);
		t->rows = vq_textseg_height(t->seg);
		code = vq_components_new(
			&t->components, t->columns, t->columns * t->rows / 4 + 16, err);
	}
	if (code == VQ_OK) {
		t->map = malloc((size_t)t->columns * (size_t)t->rows);
		if (t->map == NULL)
			code = vq_nomem(err);
	}
	if (code != VQ_OK)
		vq_textfind_free(out);
	return code;
}

void vq_textfind_free(struct vq_textfind **out)
{
	struct vq_textfind *t = *out;

	if (t == NULL)
		return;
	vq_textseg_free(&t->seg);
	vq_components_free(&t->components);
	free(t->map);
	free(t);
	*out = NULL;
}

/* ---- cores --------------------------------------------------------------------------- */

/* Mean height of the row over a core's cells, as logarithms; the most certain cell. */
static double look_at(const struct vq_textfind *t, const struct vq_component *c,
	const uint8_t *core, const float *height, int *most)
{
	double sum = 0, weight = 0;

	*most = 0;
	for (int y = c->y1; y < c->y2; y++)
		for (int x = c->x1; x < c->x2; x++) {
			size_t i = (size_t)y * (size_t)t->columns + (size_t)x;

			if (t->map[i] == 0)
				continue;
			*most = core[i] > *most ? core[i] : *most;
			sum += core[i] * log(fmax(height[i], 1));
			weight += core[i];
		}
	return weight > 0 ? exp(sum / weight) : 1;
}

/* The cores at one level of probability, appended to the list. */
static void take_level(struct vq_textfind *t, const uint8_t *core, const float *height, int level)
{
	const struct vq_component *list;
	size_t cells = (size_t)t->columns * (size_t)t->rows, n;

	for (size_t i = 0; i < cells; i++)
		t->map[i] = core[i] >= level;
	n = vq_components_label(t->components, t->map, core, t->columns, t->rows, &list);
	for (size_t i = 0; i < n && t->cores < ROWS_MAX; i++) {
		const struct vq_component *c = &list[i];
		double tall;
		int most;

		if (c->area < CELLS_MIN)
			continue;
		tall = look_at(t, c, core, height, &most);
		if (most < SURE)
			continue;
		t->core[t->cores++] = (struct core){c->x1, c->y1, c->x2, c->y2, c->area,
			(double)c->sx, (double)c->sy, (double)c->sxx, (double)c->sxy,
			(double)c->syy, (double)c->value, tall / VQ_TEXTSEG_CELL, false};
	}
}

static bool inside(const struct core *a, const struct core *b)
{
	return a->x1 >= b->x1 && a->x2 <= b->x2 && a->y1 >= b->y1 && a->y2 <= b->y2;
}

/* Do the cores of the next level, from first on, cut this one, which is too high for one
 * row, into several?  Those that do take its place. */
static void fall_apart(struct vq_textfind *t, struct core *c, size_t first)
{
	double weight = 0;
	size_t n = 0;

	if (c->y2 - c->y1 <= THICK * c->height)
		return;
	for (size_t i = first; i < t->cores; i++)
		if (inside(&t->core[i], c)) {
			weight += t->core[i].weight;
			n++;
		}
	if (n < 2 || weight < LEFT * c->weight)
		return;
	for (size_t i = first; i < t->cores; i++)
		if (inside(&t->core[i], c))
			t->core[i].gone = false;
	c->gone = true;
}

/* Rows that lie close together are one at a low level of probability and several at a
 * higher one. */
static void take_cores(struct vq_textfind *t, const uint8_t *core, const float *height)
{
	static const int levels[] = {MAYBE, 150, 185, 215};

	t->cores = 0;
	take_level(t, core, height, levels[0]);
	for (size_t l = 1; l < sizeof levels / sizeof *levels; l++) {
		size_t first = t->cores, kept = 0;

		take_level(t, core, height, levels[l]);
		for (size_t i = first; i < t->cores; i++)
			t->core[i].gone = true;
		for (size_t i = 0; i < first; i++)
			fall_apart(t, &t->core[i], first);
		for (size_t i = 0; i < t->cores; i++)
			if (!t->core[i].gone)
				t->core[kept++] = t->core[i];
		t->cores = kept;
	}
}

/* dy/dx of a core that is long enough to have a direction. */
static double slope_of(const struct core *c)
{
	double xx = c->sxx - c->sx * c->sx / c->weight + c->weight / 12;
	double yy = c->syy - c->sy * c->sy / c->weight + c->weight / 12;
	double xy = c->sxy - c->sx * c->sy / c->weight;
	double half = (xx + yy) / 2, root = sqrt((xx - yy) * (xx - yy) / 4 + xy * xy);

	if (half + root < SLENDER * SLENDER * (half - root) || xx <= yy)
		return 0;
	return tan(atan2(2 * xy, xx - yy) / 2);
}

/* b goes on where a ends, in the same line. */
static bool in_line(const struct core *a, const struct core *b)
{
	double tall = fmax(a->height, b->height), low = fmin(a->height, b->height);
	double slope = (a->x2 - a->x1) > (b->x2 - b->x1) ? slope_of(a) : slope_of(b);
	double ax = (a->x1 + a->x2) / 2, bx = (b->x1 + b->x2) / 2;
	double off = (b->y1 + b->y2) / 2 - (a->y1 + a->y2) / 2 - slope * (bx - ax);
	double gap = fmax(a->x1, b->x1) - fmin(a->x2, b->x2);

	/* cores end a quarter of their height before the letters do */
	return tall <= ALIKE * low && fabs(off) <= OFF * low && gap <= (GAP + 0.5) * low &&
	       gap > -tall;
}

static void merge(struct core *to, struct core *from)
{
	double all = to->weight + from->weight;

	to->x1 = fmin(to->x1, from->x1);
	to->y1 = fmin(to->y1, from->y1);
	to->x2 = fmax(to->x2, from->x2);
	to->y2 = fmax(to->y2, from->y2);
	to->height = (to->height * to->weight + from->height * from->weight) / all;
	to->weight = all;
	to->sx += from->sx;
	to->sy += from->sy;
	to->sxx += from->sxx;
	to->sxy += from->sxy;
	to->syy += from->syy;
	to->sum += from->sum;
	from->gone = true;
}

static void join_cores(struct vq_textfind *t)
{
	bool again = true;

	while (again) {
		again = false;
		for (size_t i = 0; i < t->cores; i++)
			for (size_t k = i + 1; k < t->cores; k++)
				if (!t->core[i].gone && !t->core[k].gone &&
					in_line(&t->core[i], &t->core[k])) {
					merge(&t->core[i], &t->core[k]);
					again = true;
				}
	}
}

/* ---- rows ---------------------------------------------------------------------------- */

struct moments {
	double mean, deviation, skew; /* skew: of a minority of light pixels positive */
};

/* The pixel at u row lengths along a row from its middle and v row heights across. */
__attribute__((always_inline)) static inline double pixel_of(
	const struct vq_frame *f, int plane, const struct vq_textrow *row, double u, double v)
{
	int shift = plane > 0, w = f->width >> shift, h = f->height >> shift;
	double c = 1 / sqrt(1 + row->slope * row->slope), s = row->slope * c;
	int x = (int)floor(row->x + c * u * row->length - s * v * row->height) >> shift;
	int y = (int)floor(row->y + s * u * row->length + c * v * row->height) >> shift;

	x = x < 0 ? 0 : x >= w ? w - 1 : x;
	y = y < 0 ? 0 : y >= h ? h - 1 : y;
	return f->plane[plane][(size_t)y * (size_t)w + (size_t)x];
}

/* Of a plane's pixels inside the row. */
VQ_WIDE static struct moments moments_of(
	const struct vq_frame *f, int plane, const struct vq_textrow *row)
{
	double sum = 0, square = 0, cube = 0, n = SAMPLES * SAMPLES_DOWN, mean, var;

	for (int j = 0; j < SAMPLES_DOWN; j++)
		for (int i = 0; i < SAMPLES; i++) {
			double v = pixel_of(f, plane, row, (i + 0.5) / SAMPLES - 0.5,
				(j + 0.5) / SAMPLES_DOWN - 0.5);

			sum += v;
			square += v * v;
			cube += v * v * v;
		}
	mean = sum / n;
	var = fmax(0, square / n - mean * mean);
	return (struct moments){mean, sqrt(var),
		(cube / n - 3 * mean * square / n + 2 * mean * mean * mean) /
			fmax(pow(var, 1.5), 1e-9)};
}

struct outline {
	double mean, light; /* light: share of what is lighter than a level */
};

/* Along a line around the row, that many row heights from it. */
VQ_WIDE static struct outline outline_of(const struct vq_frame *f, int plane,
	const struct vq_textrow *row, double away, double level)
{
	double edge = 0.5 + away, end = 0.5 + away * row->height / row->length;
	struct outline o = {0};

	for (int k = 0; k < 2 * (SAMPLES + SAMPLES_DOWN); k++) {
		int side = k % 2 == 0 ? -1 : 1, i = k / 2;
		double v = i < SAMPLES
				   ? pixel_of(f, plane, row, (i + 0.5) / SAMPLES - 0.5, side * edge)
				   : pixel_of(f, plane, row, side * end,
					     (i - SAMPLES + 0.5) / SAMPLES_DOWN - 0.5);

		o.mean += v / (2 * (SAMPLES + SAMPLES_DOWN));
		o.light += (v > level) / (2.0 * (SAMPLES + SAMPLES_DOWN));
	}
	return o;
}

/* The plane that a row stands out in. */
static int plane_of(const struct vq_frame *f, const struct vq_textrow *row)
{
	double most = moments_of(f, 0, row).deviation;
	int plane = 0;

	for (int p = 1; p < 3; p++) {
		double deviation = moments_of(f, p, row).deviation;

		if (deviation < CHROMA_GAIN * most)
			continue;
		most = deviation;
		plane = p;
	}
	return plane;
}

/* Light letters on a dark ground?  Letters cover the smaller part of a row, unless they
 * are bold; they differ from what surrounds the row, unless it stands on a small plate;
 * and the ground reaches the row's outline in more places than they do.  Of the legible
 * rows in tests/bench/text-boxes.csv, their boxes shifted by up to a third of their
 * height, these err in 4.2, 1.6 and 1.3 of 100, and their sum in 0.7. */
static void set_light(
	struct vq_text_region *r, const struct vq_frame *f, const struct vq_textrow *row)
{
	struct moments m = moments_of(f, r->plane, row);
	struct outline at = outline_of(f, r->plane, row, 0, m.mean);
	struct outline around = outline_of(f, r->plane, row, RIM, m.mean);
	double small = m.skew, apart = (m.mean - around.mean) / fmax(m.deviation, 1);
	double ground = 2 * (0.5 - at.light);

	r->light = small + apart + ground > 0;
	r->unsure = (small > 0) != (apart > 0) || (small > 0) != (ground > 0);
}

/* The row that a core belongs to. */
static struct vq_textrow row_of(const struct core *c)
{
	double tall = c->height * VQ_TEXTSEG_CELL, slope = slope_of(c);
	double around = (1 - VQ_TEXTSEG_CORE) * tall;

	return (struct vq_textrow){
		.x = (c->x1 + c->x2) / 2 * VQ_TEXTSEG_CELL,
		.y = (c->y1 + c->y2) / 2 * VQ_TEXTSEG_CELL,
		.length = (c->x2 - c->x1) * VQ_TEXTSEG_CELL * sqrt(1 + slope * slope) + around,
		/* a core can be higher than the row it tells of: vertical writing */
		.height = fmax(tall, slope == 0 ? (c->y2 - c->y1) * VQ_TEXTSEG_CELL : 0),
		.slope = slope,
	};
}

static void set_box(
	struct vq_text_region *r, const struct vq_textrow *row, const struct vq_frame *f)
{
	double c = 1 / sqrt(1 + row->slope * row->slope), s = fabs(row->slope) * c;
	double w = c * row->length + s * row->height, h = s * row->length + c * row->height;

	r->box[0] = fmin(fmax(0, row->x - w / 2), f->width - 2);
	r->box[1] = fmin(fmax(0, row->y - h / 2), f->height - 2);
	r->box[2] = fmax(fmin(f->width, row->x + w / 2), r->box[0] + 2);
	r->box[3] = fmax(fmin(f->height, row->y + h / 2), r->box[1] + 2);
	r->height = LETTER * row->height;
	r->letters = (int)fmax(1, row->length / (ADVANCE * row->height) + 0.5);
}

/* How likely a row is text: the mean probability of its core, what the second network
 * says that looks at its letters, and its height over that of the frame, since what is
 * large is more often something else.  A logistic regression on the rows that are found
 * in the frames of tests/bench/text-boxes.csv. */
static double probability(const struct vq_frame *f, const struct vq_text_region *r, double core)
{
	int shift = r->plane > 0;
	double part = 1.0 / (1 << shift), look;
	struct vq_textnet_row row = {
		.letter = r->height * part, .slope = r->slope, .light = r->light};

	for (int i = 0; i < 4; i++)
		row.box[i] = r->box[i] * part;
	look = vq_textnet_score(f->plane[r->plane], f->width >> shift, f->height >> shift, &row);
	look = fmin(fmax(look, 1e-6), 1 - 1e-6);
	return 1 / (1 + exp(12.13 - 0.32 * log(look / (1 - look)) - 14.25 * core +
				0.49 * log(r->height / f->height)));
}

static void measure(const struct core *c, const struct vq_frame *f, struct vq_text_region *r)
{
	struct vq_textrow row = row_of(c);

	*r = (struct vq_text_region){.slope = row.slope};
	r->plane = plane_of(f, &row);
	if (r->plane == 0)
		vq_texttight(f->plane[0], f->width, f->height, &row);
	set_box(r, &row, f);
	set_light(r, f, &row);
	r->score = probability(f, r, c->sum / c->weight / 255);
}

static int by_score(const void *a, const void *b)
{
	const struct vq_text_region *p = a, *q = b;

	if (p->score != q->score)
		return p->score > q->score ? -1 : 1;
	for (int i = 0; i < 4; i++)
		if (p->box[i] != q->box[i])
			return p->box[i] < q->box[i] ? -1 : 1;
	return 0;
}

size_t vq_textfind_run(
	struct vq_textfind *t, const struct vq_frame *f, struct vq_text_region *out, size_t max)
{
	const uint8_t *core;
	const float *height;
	size_t n = 0;

	vq_textseg_run(t->seg, f, &core, &height);
	take_cores(t, core, height);
	join_cores(t);
	for (size_t i = 0; i < t->cores; i++) {
		if (t->core[i].gone)
			continue;
		measure(&t->core[i], f, &t->found[n]);
		if (t->found[n].score >= SCORE_MIN)
			n++;
	}
	qsort(t->found, n, sizeof *t->found, by_score);
	if (n > max)
		n = max;
	memcpy(out, t->found, n * sizeof *out);
	return n;
}
