#include "textfind.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "components.h"
#include "textlook.h"
#include "textnet.h"

#define LEVELS 6       /* halvings of a plane */
#define MIN_SIDE 16    /* of the smallest level */
#define RADIUS 6       /* of the threshold window, in pixels of the next level */
#define NOISE 7	       /* least step from the local mean, levels of luma */
#define NOISE_CHROMA 5 /* the same for chroma */
#define SPREAD 0.35    /* least step, local standard deviations */
#define LETTER_MIN 7   /* median letter height of a row within a level, pixels */
#define LETTER_MAX 36
#define PIECE_MIN 5 /* height of one of its letters */
#define PIECE_MAX 48
#define MAX_LETTERS 6000 /* of one level */
#define DOUBT 0.05	 /* rows whose description is scored less are not looked at */
#define LOOKS 48	 /* rows of a frame that the network looks at */
#define TRUST 0.3	 /* weight of the description's score beside the network's, as logits */
#define LIKELY 0.4	 /* rows scored less are no text */
#define TALLEST 0.36	 /* letter height, frame heights */
#define MAX_ROWS 4096	 /* of one frame */

struct letter {
	int x1, y1, x2, y2, area;
	float stroke, value, contrast;
	int row; /* union-find while grouping, then index of the row */
	uint8_t cls;
};

struct row {
	struct vq_text_region region;
	struct vq_textlook_row look; /* in pixels of its level */
	int level;
};

struct level {
	int width, height;
	uint8_t *pixel;
};

struct vq_textfind {
	int width, height;
	struct level plane[3][LEVELS + 1];
	int levels[3];
	uint8_t *map;		/* classes of one level */
	uint8_t *low, *high;	/* thresholds at half of a level's size */
	uint32_t *sum, *square; /* column sums, then running row sums */
	struct vq_components *components;
	struct letter *letters;
	int *order;
	struct row *rows;
	size_t row_count;
	struct vq_text_region *candidates;
	float *description;
	float *scratch;
};

static enum vq_code new_level(struct level *l, int width, int height, bool own, struct vq_err *err)
{
	l->width = width;
	l->height = height;
	if (!own)
		return VQ_OK;
	l->pixel = malloc((size_t)width * (size_t)height);
	return l->pixel == NULL ? vq_nomem(err) : VQ_OK;
}

static enum vq_code new_plane(struct vq_textfind *t, int p, struct vq_err *err)
{
	int w = p == 0 ? t->width : t->width / 2, h = p == 0 ? t->height : t->height / 2;
	enum vq_code code = VQ_OK;

	for (int l = 0; l <= LEVELS && code == VQ_OK; l++) {
		if (l > 0 && (w < MIN_SIDE || h < MIN_SIDE))
			break;
		code = new_level(&t->plane[p][l], w, h, l > 0, err);
		t->levels[p] = l;
		w = (w + 1) / 2;
		h = (h + 1) / 2;
	}
	return code;
}

enum vq_code vq_textfind_new(struct vq_textfind **out, int width, int height, struct vq_err *err)
{
	struct vq_textfind *t = *out = calloc(1, sizeof **out);
	size_t pixels = (size_t)width * (size_t)height;
	size_t quarter = ((size_t)width / 2 + 1) * ((size_t)height / 2 + 1);
	enum vq_code code = VQ_OK;

	if (t == NULL)
		return vq_nomem(err);
	t->width = width;
	t->height = height;
	for (int p = 0; p < 3 && code == VQ_OK; p++)
		code = new_plane(t, p, err);
	if (code == VQ_OK)
		code = vq_components_new(&t->components, width,
			(int)(pixels / 16 < 65536 ? pixels / 16 + 64 : 65536), err);
	t->map = malloc(pixels);
	t->low = malloc(quarter);
	t->high = malloc(quarter);
	t->sum = calloc((size_t)width + 1, sizeof *t->sum);
	t->square = calloc((size_t)width + 1, sizeof *t->square);
	t->letters = calloc(MAX_LETTERS, sizeof *t->letters);
	t->order = calloc(MAX_LETTERS, sizeof *t->order);
	t->scratch = calloc(MAX_LETTERS, sizeof *t->scratch);
	t->rows = calloc(MAX_ROWS, sizeof *t->rows);
	t->candidates = calloc(VQ_TEXTFIND_CANDIDATES, sizeof *t->candidates);
	t->description = calloc(VQ_TEXTFIND_CANDIDATES * VQ_TEXTLOOK_COUNT, sizeof *t->description);
	if (code == VQ_OK &&
		(!t->map || !t->low || !t->high || !t->sum || !t->square || !t->letters ||
			!t->order || !t->scratch || !t->rows || !t->candidates || !t->description))
		code = vq_nomem(err);
	if (code != VQ_OK)
		vq_textfind_free(out);
	return code;
}

void vq_textfind_free(struct vq_textfind **out)
{
	struct vq_textfind *t = *out;

	if (t == NULL)
		return;
	for (int p = 0; p < 3; p++)
		for (int l = 1; l <= LEVELS; l++)
			free(t->plane[p][l].pixel);
	vq_components_free(&t->components);
	free(t->map);
	free(t->low);
	free(t->high);
	free(t->sum);
	free(t->square);
	free(t->letters);
	free(t->order);
	free(t->scratch);
	free(t->rows);
	free(t->candidates);
	free(t->description);
	free(t);
	*out = NULL;
}

/* ---- levels and thresholds ---------------------------------------------------------- */

static void halve(const struct level *from, struct level *to)
{
	for (int y = 0; y < to->height; y++) {
		const uint8_t *a = from->pixel + (size_t)(2 * y) * (size_t)from->width;
		const uint8_t *b = 2 * y + 1 < from->height ? a + from->width : a;
		uint8_t *o = to->pixel + (size_t)y * (size_t)to->width;
		int pairs = from->width / 2;

		for (int x = 0; x < pairs; x++)
			o[x] = (uint8_t)((a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1] + 2) /
					 4);
		if (pairs < to->width)
			o[pairs] = (uint8_t)((a[2 * pairs] + b[2 * pairs] + 1) / 2);
	}
}

static void add_row(struct vq_textfind *t, const struct level *l, int y, int sign)
{
	const uint8_t *row = l->pixel + (size_t)y * (size_t)l->width;

	if (y < 0 || y >= l->height)
		return;
	for (int x = 0; x < l->width; x++) {
		uint32_t v = row[x];

		t->sum[x] += sign > 0 ? v : 0u - v;
		t->square[x] += sign > 0 ? v * v : 0u - v * v;
	}
}

static void threshold_row(struct vq_textfind *t, int width, int y, int rows, int noise)
{
	uint32_t sum = 0, square = 0;
	uint8_t *low = t->low + (size_t)y * (size_t)width;
	uint8_t *high = t->high + (size_t)y * (size_t)width;
	int columns = 0;

	for (int x = 0; x < RADIUS && x < width; x++, columns++) {
		sum += t->sum[x];
		square += t->square[x];
	}
	for (int x = 0; x < width; x++) {
		if (x + RADIUS < width) {
			sum += t->sum[x + RADIUS];
			square += t->square[x + RADIUS];
			columns++;
		}
		if (x > RADIUS) {
			sum -= t->sum[x - RADIUS - 1];
			square -= t->square[x - RADIUS - 1];
			columns--;
		}
		float n = 1.0f / (float)(columns * rows);
		float mean = (float)sum * n;
		float var = (float)square * n - mean * mean;
		float step = var > 0 ? (float)SPREAD * sqrtf(var) : 0;

		if (step < (float)noise)
			step = (float)noise;
		low[x] = (uint8_t)(mean - step > 0 ? mean - step : 0);
		high[x] = (uint8_t)(mean + step < 255 ? mean + step : 255);
	}
}

/* Niblack's threshold on both sides of the mean, from the statistics of the
 * next level: a quarter of the work, and the window need not be exact. */
static void thresholds(struct vq_textfind *t, const struct level *stat, int noise)
{
	int rows = 0;

	memset(t->sum, 0, (size_t)stat->width * sizeof *t->sum);
	memset(t->square, 0, (size_t)stat->width * sizeof *t->square);
	for (int y = 0; y < RADIUS && y < stat->height; y++, rows++)
		add_row(t, stat, y, 1);
	for (int y = 0; y < stat->height; y++) {
		if (y + RADIUS < stat->height) {
			add_row(t, stat, y + RADIUS, 1);
			rows++;
		}
		if (y > RADIUS) {
			add_row(t, stat, y - RADIUS - 1, -1);
			rows--;
		}
		threshold_row(t, stat->width, y, rows, noise);
	}
}

/* Class 1: lighter than the surroundings, 2: darker. */
static void classify(struct vq_textfind *t, const struct level *l, int stat_width)
{
	for (int y = 0; y < l->height; y++) {
		const uint8_t *v = l->pixel + (size_t)y * (size_t)l->width;
		const uint8_t *low = t->low + (size_t)(y / 2) * (size_t)stat_width;
		const uint8_t *high = t->high + (size_t)(y / 2) * (size_t)stat_width;
		uint8_t *o = t->map + (size_t)y * (size_t)l->width;
		int pairs = l->width / 2;

		for (int i = 0; i < pairs; i++) {
			o[2 * i] = (uint8_t)((v[2 * i] > high[i]) | ((v[2 * i] < low[i]) << 1));
			o[2 * i + 1] = (uint8_t)((v[2 * i + 1] > high[i]) |
						 ((v[2 * i + 1] < low[i]) << 1));
		}
		if (l->width % 2 != 0)
			o[2 * pairs] = (uint8_t)((v[2 * pairs] > high[pairs]) |
						 ((v[2 * pairs] < low[pairs]) << 1));
	}
}

/* ---- letters ------------------------------------------------------------------------- */

static int local_mean(const struct vq_textfind *t, int stat_width, int x, int y)
{
	size_t i = (size_t)(y / 2) * (size_t)stat_width + (size_t)(x / 2);

	return (t->low[i] + t->high[i]) / 2;
}

static bool letter_like(const struct vq_component *c)
{
	int w = c->x2 - c->x1, h = c->y2 - c->y1;
	double stroke = 2.0 * c->area / c->perimeter, fill = (double)c->area / ((double)w * h);

	if (h < PIECE_MIN || h > PIECE_MAX || w > 12 * h || w < 2)
		return false;
	if (fill < 0.08 || (fill > 0.92 && w > h / 2))
		return false;
	return stroke <= 0.45 * h;
}

static size_t collect(struct vq_textfind *t, const struct level *l, int stat_width)
{
	const struct vq_component *list;
	size_t n = vq_components_label(t->components, t->map, l->pixel, l->width, l->height, &list);
	size_t count = 0;

	for (size_t i = 0; i < n && count < MAX_LETTERS; i++) {
		const struct vq_component *c = &list[i];
		struct letter *o = &t->letters[count];
		float mean;

		if (!letter_like(c))
			continue;
		mean = (float)c->value / (float)c->area;
		*o = (struct letter){c->x1, c->y1, c->x2, c->y2, c->area,
			2.0f * (float)c->area / (float)c->perimeter, mean, 0, (int)count, c->cls};
		o->contrast = fabsf(mean - (float)local_mean(t, stat_width, (c->x1 + c->x2) / 2,
						   (c->y1 + c->y2) / 2));
		count++;
	}
	return count;
}

/* ---- rows ---------------------------------------------------------------------------- */

static int by_left(const void *a, const void *b, void *letters)
{
	const struct letter *p = (struct letter *)letters + *(const int *)a;
	const struct letter *q = (struct letter *)letters + *(const int *)b;

	if (p->x1 != q->x1)
		return p->x1 < q->x1 ? -1 : 1;
	return *(const int *)a < *(const int *)b ? -1 : 1;
}

static int root_of(struct letter *letters, int i)
{
	while (letters[i].row != i) {
		letters[i].row = letters[letters[i].row].row;
		i = letters[i].row;
	}
	return i;
}

/* Two neighbours of one row: like height, stroke and brightness, side by side. */
static bool alike(const struct letter *a, const struct letter *b)
{
	int ha = a->y2 - a->y1, hb = b->y2 - b->y1;
	int high = ha > hb ? ha : hb, low = ha < hb ? ha : hb;
	int dy = abs((a->y1 + a->y2) - (b->y1 + b->y2)); /* twice the distance */
	int overlap = (a->y2 < b->y2 ? a->y2 : b->y2) - (a->y1 > b->y1 ? a->y1 : b->y1);
	int gap = b->x1 - a->x2;
	float contrast = a->contrast < b->contrast ? a->contrast : b->contrast;
	float other = a->contrast < b->contrast ? b->contrast : a->contrast;

	if (a->cls != b->cls || 10 * low < 5 * high || dy > high || 2 * overlap < low)
		return false;
	if (gap > high || gap < -low)
		return false;
	if (a->stroke > 2.2f * b->stroke || b->stroke > 2.2f * a->stroke)
		return false;
	if (other > 3 * contrast)
		return false;
	return fabsf(a->value - b->value) <= 12 + 0.6f * contrast;
}

static void link_rows(struct vq_textfind *t, size_t n)
{
	for (size_t i = 0; i < n; i++)
		t->order[i] = (int)i;
	qsort_r(t->order, n, sizeof *t->order, by_left, t->letters);
	for (size_t i = 0; i < n; i++) {
		const struct letter *a = &t->letters[t->order[i]];
		int reach = a->x2 + PIECE_MAX;

		for (size_t k = i + 1; k < n && t->letters[t->order[k]].x1 <= reach; k++) {
			int p, q;

			if (!alike(a, &t->letters[t->order[k]]))
				continue;
			p = root_of(t->letters, t->order[i]);
			q = root_of(t->letters, t->order[k]);
			if (p < q)
				t->letters[q].row = p;
			else
				t->letters[p].row = q;
		}
	}
}

static int by_value(const void *a, const void *b)
{
	float p = *(const float *)a, q = *(const float *)b;

	return (p > q) - (p < q);
}

static float median(float *v, size_t n)
{
	qsort(v, n, sizeof *v, by_value);
	return v[n / 2];
}

/* Mean distance from the median over the median. */
static float unevenness(const float *v, size_t n, float mid)
{
	float sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += fabsf(v[i] - mid);
	return mid > 0 ? sum / ((float)n * mid) : 1;
}

static float clamp01(float v)
{
	return v < 0 ? 0 : v > 1 ? 1 : v;
}

/* How text-like a row's components are: many letters, long for its height, even
 * strokes, strong contrast.  Chooses the rows that are looked at closely. */
static double row_score(const struct vq_textlook_row *r)
{
	float letters = clamp01((float)r->letters / 8);
	float length = clamp01((float)((r->box[2] - r->box[0]) / r->letter) / 8);
	float contrast = clamp01((float)r->contrast / 40);
	float even = clamp01(1 - 1.5f * (float)r->even_stroke) *
		     clamp01(1 - 1.2f * (float)r->even_height);
	float solid = clamp01(1 - 2 * fabsf((float)r->fill - 0.4f));

	return 0.25f * letters + 0.15f * length + 0.3f * contrast + 0.2f * even + 0.1f * solid;
}

/* Line through the middles of the row's letters, and how far they stray from it. */
static void fit_line(
	const struct vq_textfind *t, const int *member, size_t n, struct vq_textlook_row *o)
{
	double sx = 0, sy = 0, sxx = 0, sxy = 0, syy = 0, d, rest;

	for (size_t i = 0; i < n; i++) {
		const struct letter *l = &t->letters[member[i]];
		double cx = (l->x1 + l->x2) * 0.5, cy = (l->y1 + l->y2) * 0.5;

		sx += cx;
		sy += cy;
		sxx += cx * cx;
		sxy += cx * cy;
		syy += cy * cy;
	}
	d = (double)n * sxx - sx * sx;
	sxy = (double)n * sxy - sx * sy;
	syy = (double)n * syy - sy * sy;
	o->slope = n > 1 && d > 0 ? sxy / d : 0;
	rest = d > 0 ? syy - sxy * sxy / d : 0;
	o->wander = sqrt(fmax(0, rest)) / (double)n;
}

/* Box, fill and contrast of the row's letters, in pixels of the level. */
static void sum_up(
	const struct vq_textfind *t, const int *member, size_t n, struct vq_textlook_row *o)
{
	double area = 0, contrast = 0;

	o->box[0] = o->box[1] = 1e9;
	for (size_t i = 0; i < n; i++) {
		const struct letter *l = &t->letters[member[i]];

		o->box[0] = fmin(o->box[0], l->x1);
		o->box[1] = fmin(o->box[1], l->y1);
		o->box[2] = fmax(o->box[2], l->x2);
		o->box[3] = fmax(o->box[3], l->y2);
		area += l->area;
		contrast += l->contrast * (double)l->area;
	}
	o->fill = area / ((o->box[2] - o->box[0]) * (o->box[3] - o->box[1]));
	o->contrast = contrast / area;
}

static void measure_row(struct vq_textfind *t, const int *member, size_t n, int plane, int level)
{
	struct row *row = &t->rows[t->row_count++];
	struct vq_text_region *r = &row->region;
	struct vq_textlook_row *o = &row->look;
	int scale = (plane > 0 ? 2 : 1) << level;

	*o = (struct vq_textlook_row){
		.letters = (int)n, .light = t->letters[member[0]].cls == 1, .chroma = plane > 0};
	sum_up(t, member, n, o);
	fit_line(t, member, n, o);
	for (size_t i = 0; i < n; i++)
		t->scratch[i] = t->letters[member[i]].stroke;
	o->stroke = median(t->scratch, n);
	o->even_stroke = unevenness(t->scratch, n, (float)o->stroke);
	for (size_t i = 0; i < n; i++)
		t->scratch[i] = (float)(t->letters[member[i]].y2 - t->letters[member[i]].y1);
	o->letter = median(t->scratch, n);
	o->even_height = unevenness(t->scratch, n, (float)o->letter);
	o->stroke /= o->letter;
	o->wander /= o->letter;
	if (plane > 0) /* chroma moves less than luma */
		o->contrast *= 1.5;
	if (o->letter < LETTER_MIN || o->letter > LETTER_MAX ||
		o->letter * scale > TALLEST * t->height) {
		t->row_count--;
		return;
	}
	*r = (struct vq_text_region){.rank = row_score(o),
		.height = o->letter * scale,
		.stroke = o->stroke,
		.contrast = o->contrast,
		.slope = o->slope,
		.letters = o->letters,
		.plane = plane,
		.light = o->light};
	for (int i = 0; i < 4; i++)
		r->box[i] = fmin(o->box[i] * scale, i % 2 == 0 ? t->width : t->height);
	row->level = level;
}

static int by_row(const void *a, const void *b, void *letters)
{
	const struct letter *l = letters;
	int p = l[*(const int *)a].row, q = l[*(const int *)b].row;

	if (p != q)
		return p < q ? -1 : 1;
	return *(const int *)a < *(const int *)b ? -1 : 1;
}

/* A lone component is a row only when it is several letters long (joined
 * writing). */
static bool enough(const struct vq_textfind *t, const int *member, size_t n)
{
	const struct letter *l = &t->letters[member[0]];

	return n >= 2 ||
	       (l->x2 - l->x1 > 2 * (l->y2 - l->y1) && l->stroke < 0.3f * (float)(l->y2 - l->y1));
}

static void gather_rows(struct vq_textfind *t, size_t n, int plane, int level)
{
	for (size_t i = 0; i < n; i++)
		t->letters[i].row = root_of(t->letters, (int)i);
	qsort_r(t->order, n, sizeof *t->order, by_row, t->letters);
	for (size_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n; k++)
			if (t->letters[t->order[k]].row != t->letters[t->order[i]].row)
				break;
		if (t->row_count < MAX_ROWS && enough(t, t->order + i, k - i))
			measure_row(t, t->order + i, k - i, plane, level);
	}
}

static void search_level(struct vq_textfind *t, int p, int l)
{
	const struct level *level = &t->plane[p][l], *stat = &t->plane[p][l + 1];
	size_t n;

	thresholds(t, stat, p == 0 ? NOISE : NOISE_CHROMA);
	classify(t, level, stat->width);
	n = collect(t, level, stat->width);
	link_rows(t, n);
	gather_rows(t, n, p, l);
}

/* ---- sifting ------------------------------------------------------------------------- */

static int by_rank(const void *a, const void *b)
{
	const struct vq_text_region *p = a, *q = b;

	if (p->rank != q->rank)
		return p->rank > q->rank ? -1 : 1;
	for (int i = 0; i < 4; i++)
		if (p->box[i] != q->box[i])
			return p->box[i] < q->box[i] ? -1 : 1;
	return (p->plane > q->plane) - (p->plane < q->plane);
}

static double area_of(const double *b)
{
	return (b[2] - b[0]) * (b[3] - b[1]);
}

static double shared(const double *a, const double *b)
{
	double w = fmin(a[2], b[2]) - fmax(a[0], b[0]), h = fmin(a[3], b[3]) - fmax(a[1], b[1]);

	return w > 0 && h > 0 ? w * h : 0;
}

/* The same thing seen in another plane or at another scale, or a part of it. */
static bool repeats(const struct vq_text_region *r, const struct vq_text_region *kept, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (shared(r->box, kept[i].box) > 0.5 * fmin(area_of(r->box), area_of(kept[i].box)))
			return true;
	return false;
}

static int by_row_rank(const void *a, const void *b)
{
	return by_rank(&((const struct row *)a)->region, &((const struct row *)b)->region);
}

size_t vq_textfind_candidates(struct vq_textfind *t, const struct vq_frame *f,
	struct vq_text_region *out, float *description)
{
	size_t n;

	t->row_count = 0;
	for (int p = 0; p < 3; p++) {
		t->plane[p][0].pixel = f->plane[p];
		for (int l = 1; l <= t->levels[p]; l++)
			halve(&t->plane[p][l - 1], &t->plane[p][l]);
		for (int l = 0; l < t->levels[p]; l++)
			search_level(t, p, l);
	}
	qsort(t->rows, t->row_count, sizeof *t->rows, by_row_rank);
	n = t->row_count < VQ_TEXTFIND_CANDIDATES ? t->row_count : VQ_TEXTFIND_CANDIDATES;
	for (size_t i = 0; i < n; i++) {
		const struct row *r = &t->rows[i];
		const struct level *l = &t->plane[r->region.plane][r->level];

		out[i] = r->region;
		vq_textlook_describe(l->pixel, l->width, l->height, &r->look,
			description + i * VQ_TEXTLOOK_COUNT);
	}
	return n;
}

/* What the network sees in the row, and a little of what its description says. */
static double look(const struct vq_textfind *t, const struct row *r)
{
	const struct level *l = &t->plane[r->region.plane][r->level];
	double p = vq_textnet_score(l->pixel, l->width, l->height, &r->look);
	double d = fmin(fmax(r->region.score, 1e-6), 1 - 1e-6);

	p = fmin(fmax(p, 1e-6), 1 - 1e-6);
	return 1 / (1 + (1 - p) / p * pow((1 - d) / d, TRUST));
}

size_t vq_textfind_run(
	struct vq_textfind *t, const struct vq_frame *f, struct vq_text_region *out, size_t max)
{
	size_t count = vq_textfind_candidates(t, f, t->candidates, t->description), n = 0;
	int looks = 0;

	for (size_t i = 0; i < count; i++) {
		struct vq_text_region *r = &t->rows[i].region;

		r->score = vq_textlook_score(t->description + i * VQ_TEXTLOOK_COUNT);
		r->rank *= r->score;
	}
	qsort(t->rows, count, sizeof *t->rows, by_row_rank);
	for (size_t i = 0; i < count && n < max && looks < LOOKS; i++) {
		struct row *r = &t->rows[i];
		double score;

		if (r->region.score < DOUBT || repeats(&r->region, out, n))
			continue;
		looks++;
		score = look(t, r);
		if (score < LIKELY)
			continue;
		out[n] = r->region;
		out[n].rank *= score;
		out[n++].score = score;
	}
	qsort(out, n, sizeof *out, by_rank);
	return n;
}
