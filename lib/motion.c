#include "motion.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"

#define BLOCK VQ_MOTION_BLOCK
#define UNIT VQ_MOTION_UNIT
#define PAD VQ_MOTION_PAD
#define TOP (VQ_MOTION_LEVELS - 1)

/* How far a match may hang over the edge, pixels of levels 0, 1 and 2. */
static const int overhang[TOP] = {12, 8, 6};
/* Price of one pixel off the neighbours' motion, in units of the sum of
 * differences: 0.02 levels a full-size pixel. */
static const uint32_t price[TOP] = {5, 3, 5};

/* ---- pictures and fields ------------------------------------------------------------ */

enum vq_code vq_motion_level_init(
	struct vq_motion_level *l, int width, int height, struct vq_err *err)
{
	size_t rows = (size_t)height + 2 * PAD;

	l->width = width;
	l->height = height;
	l->stride = (size_t)width + 2 * PAD;
	l->sum_stride = l->stride + 1;
	l->store = calloc(rows, l->stride);
	l->sums = calloc(rows + 1, l->sum_stride * sizeof *l->sums);
	if (l->store == NULL || l->sums == NULL)
		return vq_nomem(err);
	l->data = l->store + PAD * l->stride + PAD;
	return VQ_OK;
}

void vq_motion_level_clear(struct vq_motion_level *l)
{
	free(l->store);
	free(l->sums);
	memset(l, 0, sizeof *l);
}

enum vq_code vq_motion_picture_init(
	struct vq_motion_picture *p, int width, int height, struct vq_err *err)
{
	memset(p, 0, sizeof *p);
	if (width < 1 || height < 1 || width > 16384 || height > 16384)
		return vq_fail(err, VQ_EBUG, "motion of planes of %dx%d", width, height);
	for (int i = 0; i < VQ_MOTION_LEVELS; i++) {
		if (vq_motion_level_init(&p->level[i], width, height, err) != VQ_OK) {
			vq_motion_picture_clear(p);
			return VQ_ETEMP;
		}
		width = (width + 1) / 2;
		height = (height + 1) / 2;
	}
	return VQ_OK;
}

void vq_motion_picture_clear(struct vq_motion_picture *p)
{
	for (int i = 0; i < VQ_MOTION_LEVELS; i++)
		vq_motion_level_clear(&p->level[i]);
}

enum vq_code vq_motion_field_init(
	struct vq_motion_field *f, int width, int height, struct vq_err *err)
{
	size_t count;

	memset(f, 0, sizeof *f);
	f->width = width;
	f->height = height;
	f->columns = width < BLOCK ? 1 : width / BLOCK;
	f->rows = height < BLOCK ? 1 : height / BLOCK;
	f->x0 = width < BLOCK ? 0 : width % BLOCK / 2;
	f->y0 = height < BLOCK ? 0 : height % BLOCK / 2;
	count = (size_t)f->columns * (size_t)f->rows;
	f->vector = calloc(count, sizeof *f->vector);
	f->smooth = calloc(count, sizeof *f->smooth);
	if (f->vector == NULL || f->smooth == NULL) {
		vq_motion_field_clear(f);
		return vq_nomem(err);
	}
	return VQ_OK;
}

void vq_motion_field_clear(struct vq_motion_field *f)
{
	free(f->vector);
	free(f->smooth);
	memset(f, 0, sizeof *f);
}

/* Repeat the border pixels and sum up. */
static void level_finish(struct vq_motion_level *l)
{
	size_t rows = (size_t)l->height + 2 * PAD;

	for (int y = 0; y < l->height; y++) {
		uint8_t *row = l->data + (size_t)y * l->stride;

		memset(row - PAD, row[0], PAD);
		memset(row + l->width, row[l->width - 1], PAD);
	}
	for (size_t y = 0; y < PAD; y++) {
		memcpy(l->store + y * l->stride, l->store + PAD * l->stride, l->stride);
		memcpy(l->store + (rows - 1 - y) * l->stride,
			l->store + (rows - 1 - PAD) * l->stride, l->stride);
	}
	for (size_t y = 0; y < rows; y++) {
		const uint8_t *row = l->store + y * l->stride;
		const uint32_t *above = l->sums + y * l->sum_stride;
		uint32_t *sums = l->sums + (y + 1) * l->sum_stride, line = 0;

		for (size_t x = 0; x < l->stride; x++) {
			line += row[x];
			sums[x + 1] = above[x + 1] + line;
		}
	}
}

void vq_motion_level_set(struct vq_motion_level *l, const uint8_t *plane, size_t stride)
{
	for (int y = 0; y < l->height; y++)
		memcpy(l->data + (size_t)y * l->stride, plane + (size_t)y * stride,
			(size_t)l->width);
	level_finish(l);
}

void vq_motion_picture_set(struct vq_motion_picture *p, const uint8_t *luma, size_t stride)
{
	vq_motion_level_set(&p->level[0], luma, stride);
	for (int i = 1; i < VQ_MOTION_LEVELS; i++) {
		const struct vq_motion_level *from = &p->level[i - 1];

		vq_image_halve(from->data, from->width, from->height, from->stride,
			p->level[i].data, p->level[i].stride);
		level_finish(&p->level[i]);
	}
}

/* ---- sums ----------------------------------------------------------------------------- */

/* Compiler vector types: left to themselves gcc packs the plain loop well and
 * clang widens it to 32 bits.  16-bit lanes hold 16 rows of at most 510. */
typedef uint8_t bytes __attribute__((vector_size(16)));
typedef uint64_t words __attribute__((vector_size(16)));
typedef int16_t lanes __attribute__((vector_size(16)));

/* Bytes 0-7 as 16-bit lanes, by interleaving with zeros: gcc 12 unpacks twice
 * for __builtin_convertvector. */
static inline lanes low8(bytes v)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return (lanes)__builtin_shufflevector(
		v, (bytes){0}, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
#else
	return (lanes)__builtin_shufflevector(
		v, (bytes){0}, 16, 0, 17, 1, 18, 2, 19, 3, 20, 4, 21, 5, 22, 6, 23, 7);
#endif
}

static inline lanes high8(bytes v)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return (lanes)__builtin_shufflevector(
		v, (bytes){0}, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#else
	return (lanes)__builtin_shufflevector(
		v, (bytes){0}, 24, 8, 25, 9, 26, 10, 27, 11, 28, 12, 29, 13, 30, 14, 31, 15);
#endif
}

static inline bytes load16(const uint8_t *p)
{
	bytes v;

	memcpy(&v, p, sizeof v);
	return v;
}

static inline bytes load8(const uint8_t *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof word);
	return (bytes)(words){word, 0};
}

static inline lanes magnitude(lanes d)
{
	lanes sign = d >> 15;

	return (d ^ sign) - sign;
}

static uint32_t add_lanes(lanes v)
{
	uint32_t sum = 0;

	for (int i = 0; i < 8; i++)
		sum += (uint16_t)v[i];
	return sum;
}

uint32_t vq_motion_sad16(
	const uint8_t *a, size_t stride_a, const uint8_t *b, size_t stride_b, int offset)
{
	lanes off = (lanes){0} + (int16_t)offset, left = {0}, right = {0};

	for (int y = 0; y < 16; y++) {
		bytes p = load16(a), q = load16(b);

		left += magnitude(low8(p) - low8(q) - off);
		right += magnitude(high8(p) - high8(q) - off);
		a += stride_a;
		b += stride_b;
	}
	return add_lanes(left + right);
}

uint32_t vq_motion_sad8(
	const uint8_t *a, size_t stride_a, const uint8_t *b, size_t stride_b, int offset)
{
	lanes off = (lanes){0} + (int16_t)offset, sum = {0};

	for (int y = 0; y < 8; y++) {
		sum += magnitude(low8(load8(a)) - low8(load8(b)) - off);
		a += stride_a;
		b += stride_b;
	}
	return add_lanes(sum);
}

uint32_t vq_motion_box_sum(const struct vq_motion_level *l, int x, int y, int width, int height)
{
	const uint32_t *top = l->sums + (size_t)(y + PAD) * l->sum_stride + (size_t)(x + PAD);
	const uint32_t *bottom = top + (size_t)height * l->sum_stride;

	return bottom[width] - bottom[0] - top[width] + top[0];
}

void vq_motion_fetch16(
	const struct vq_motion_picture *p, int bx, int by, int x, int y, uint8_t out[256])
{
	const struct vq_motion_level *l = &p->level[0];
	int px = bx + (x >> 3), py = by + (y >> 3);
	uint16_t fx = (uint16_t)(x & 7), fy = (uint16_t)(y & 7);
	uint16_t blend[17 * 16];
	const uint8_t *from;

	/* the padding covers 17 pixels from -PAD to the plane's end - 1 + PAD */
	px = px < -PAD ? -PAD : px > l->width - 1 ? l->width - 1 : px;
	py = py < -PAD ? -PAD : py > l->height - 1 ? l->height - 1 : py;
	from = l->data + (ptrdiff_t)py * (ptrdiff_t)l->stride + px;
	for (int r = 0; r < 17; r++) {
		for (int c = 0; c < 16; c++)
			blend[r * 16 + c] =
				(uint16_t)(from[c] * (uint16_t)(8 - fx) + from[c + 1] * fx);
		from += l->stride;
	}
	for (int i = 0; i < 256; i++)
		out[i] = (uint8_t)((blend[i] * (uint16_t)(8 - fy) + blend[i + 16] * fy + 32) >> 6);
}

/* ---- search --------------------------------------------------------------------------- */

/* Where one block is being matched: level, window, best so far. */
struct probe {
	const struct vq_motion_level *a, *b;
	int level, size, x, y;		/* window in a */
	int min_x, max_x, min_y, max_y; /* allowed displacements */
	int pred_x, pred_y;
	uint32_t sum_a;
	int best_x, best_y;
	uint32_t best, best_sad;
};

static int clamp(int v, int low, int high)
{
	return v < low ? low : v > high ? high : v;
}

static void probe_start(struct probe *p, const struct vq_motion_picture *a,
	const struct vq_motion_picture *b, int level, int size, int x, int y)
{
	int over = overhang[level];

	p->a = &a->level[level];
	p->b = &b->level[level];
	p->level = level;
	p->size = size;
	/* windows of the coarse levels are wider than their block and may hang over */
	p->x = clamp(x, -PAD, p->a->width + PAD - size);
	p->y = clamp(y, -PAD, p->a->height + PAD - size);
	p->min_x = clamp(-over - p->x, -16384, 0);
	p->max_x = clamp(p->a->width + over - size - p->x, 0, 16384);
	p->min_y = clamp(-over - p->y, -16384, 0);
	p->max_y = clamp(p->a->height + over - size - p->y, 0, 16384);
	p->sum_a = vq_motion_box_sum(p->a, p->x, p->y, size, size);
	p->best = UINT32_MAX;
	p->best_sad = UINT32_MAX;
	p->best_x = p->best_y = 0;
	p->pred_x = p->pred_y = 0;
}

/* Zero-mean sum of absolute differences at a displacement. */
static uint32_t probe_sad(const struct probe *p, int dx, int dy)
{
	const uint8_t *a = p->a->data + (ptrdiff_t)p->y * (ptrdiff_t)p->a->stride + p->x;
	const uint8_t *b =
		p->b->data + (ptrdiff_t)(p->y + dy) * (ptrdiff_t)p->b->stride + p->x + dx;
	int diff = (int)p->sum_a -
		   (int)vq_motion_box_sum(p->b, p->x + dx, p->y + dy, p->size, p->size);

	if (p->size == 16)
		return vq_motion_sad16(a, p->a->stride, b, p->b->stride, (diff + 128) >> 8);
	return vq_motion_sad8(a, p->a->stride, b, p->b->stride, (diff + 32) >> 6);
}

static void probe_try(struct probe *p, int dx, int dy)
{
	uint32_t sad, cost;

	if (dx < p->min_x || dx > p->max_x || dy < p->min_y || dy > p->max_y)
		return;
	cost = price[p->level] * (uint32_t)(abs(dx - p->pred_x) + abs(dy - p->pred_y));
	if (cost >= p->best)
		return;
	sad = probe_sad(p, dx, dy);
	if (sad + cost < p->best) {
		p->best = sad + cost;
		p->best_sad = sad;
		p->best_x = dx;
		p->best_y = dy;
	}
}

static void probe_around(struct probe *p, int x, int y, int range)
{
	for (int dy = -range; dy <= range; dy++) {
		for (int dx = -range; dx <= range; dx++)
			probe_try(p, x + dx, y + dy);
	}
}

/* Walk to the best of the eight neighbours until none is better. */
static void probe_descend(struct probe *p, int steps)
{
	while (steps-- > 0) {
		int x = p->best_x, y = p->best_y;

		probe_around(p, x, y, 1);
		if (p->best_x == x && p->best_y == y)
			return;
	}
}

/* Displacement of the whole picture, exhaustively at the coarsest level. */
static void search_global(
	const struct vq_motion_picture *pa, const struct vq_motion_picture *pb, int *gx, int *gy)
{
	const struct vq_motion_level *a = &pa->level[TOP], *b = &pb->level[TOP];
	int range_x = clamp(a->width / 3, 0, 16), range_y = clamp(a->height / 3, 0, 12);
	uint64_t best = UINT64_MAX;
	int offset = (int)(vq_image_mean(a->data, a->width, a->height, a->stride) -
			   vq_image_mean(b->data, b->width, b->height, b->stride));

	*gx = *gy = 0;
	for (int dy = -range_y; dy <= range_y; dy++) {
		for (int dx = -range_x; dx <= range_x; dx++) {
			int x0 = dx < 0 ? -dx : 0, x1 = dx > 0 ? a->width - dx : a->width;
			int y0 = dy < 0 ? -dy : 0, y1 = dy > 0 ? a->height - dy : a->height;
			uint32_t sum = 0;
			uint64_t cost;

			for (int y = y0; y < y1; y++) {
				const uint8_t *p = a->data + (size_t)y * a->stride;
				const uint8_t *q = b->data + (size_t)(y + dy) * b->stride + dx;

				for (int x = x0; x < x1; x++)
					sum += (uint32_t)abs(p[x] - q[x] - offset);
			}
			/* per pixel, with a small price for being away from zero */
			cost = (uint64_t)sum * 4096 / ((uint64_t)(x1 - x0) * (uint64_t)(y1 - y0)) +
			       (uint64_t)(abs(dx) + abs(dy)) * 256;
			if (cost < best) {
				best = cost;
				*gx = dx;
				*gy = dy;
			}
		}
	}
	*gx *= 1 << TOP;
	*gy *= 1 << TOP;
}

static int median3(int a, int b, int c)
{
	if (a > b) {
		int t = a;

		a = b;
		b = t;
	}
	return c < a ? a : c > b ? b : c;
}

/* Predict a vector (whole pixels of this level) from blocks already matched. */
static void predict(const struct vq_motion_field *f, int c, int r, int *x, int *y)
{
	const struct vq_motion_vector *v = f->vector + (size_t)r * (size_t)f->columns + c;

	if (r == 0 && c == 0)
		return;
	if (r == 0) {
		*x = v[-1].x;
		*y = v[-1].y;
		return;
	}
	if (c == 0) {
		*x = v[-f->columns].x;
		*y = v[-f->columns].y;
		return;
	}
	*x = median3(v[-1].x, v[-f->columns].x, v[-f->columns + (c + 1 < f->columns)].x);
	*y = median3(v[-1].y, v[-f->columns].y, v[-f->columns + (c + 1 < f->columns)].y);
}

/* Level 2: around zero, the whole picture's motion, the neighbours and the
 * prior. */
static void search_coarse(const struct vq_motion_picture *a, const struct vq_motion_picture *b,
	const struct vq_motion_field *prior, struct vq_motion_field *f)
{
	int gx = f->global_x / 4, gy = f->global_y / 4;

	for (int r = 0; r < f->rows; r++) {
		for (int c = 0; c < f->columns; c++) {
			size_t i = (size_t)r * (size_t)f->columns + (size_t)c;
			struct probe p;

			probe_start(&p, a, b, 2, 8, (f->x0 + BLOCK * c + 8) / 4 - 4,
				(f->y0 + BLOCK * r + 8) / 4 - 4);
			p.pred_x = gx;
			p.pred_y = gy;
			predict(f, c, r, &p.pred_x, &p.pred_y);
			probe_try(&p, p.pred_x, p.pred_y);
			if (prior != NULL)
				probe_try(&p, prior->vector[i].x / (4 * UNIT),
					prior->vector[i].y / (4 * UNIT));
			if (r > 0)
				probe_try(&p, f->vector[i - (size_t)f->columns].x,
					f->vector[i - (size_t)f->columns].y);
			if (c > 0)
				probe_try(&p, f->vector[i - 1].x, f->vector[i - 1].y);
			probe_around(&p, 0, 0, 3);
			if (abs(gx) + abs(gy) > 2)
				probe_around(&p, gx, gy, 3);
			probe_descend(&p, 4);
			f->vector[i].x = (int16_t)p.best_x;
			f->vector[i].y = (int16_t)p.best_y;
		}
	}
}

/* Levels 1 and 0: the vector from below, those of the four neighbours, zero, and
 * the descent from the best of them.  Reads below, writes f->vector. */
static void refine_block(struct probe *p, const struct vq_motion_vector *below, int c, int r,
	const struct vq_motion_field *f)
{
	const struct vq_motion_vector *v = below + (size_t)r * (size_t)f->columns + c;

	p->pred_x = 2 * v->x;
	p->pred_y = 2 * v->y;
	predict(f, c, r, &p->pred_x, &p->pred_y);
	probe_try(p, p->pred_x, p->pred_y);
	probe_try(p, 2 * v->x, 2 * v->y);
	probe_try(p, 0, 0);
	if (c > 0)
		probe_try(p, 2 * v[-1].x, 2 * v[-1].y);
	if (c + 1 < f->columns)
		probe_try(p, 2 * v[1].x, 2 * v[1].y);
	if (r > 0)
		probe_try(p, 2 * v[-f->columns].x, 2 * v[-f->columns].y);
	if (r + 1 < f->rows)
		probe_try(p, 2 * v[f->columns].x, 2 * v[f->columns].y);
	probe_descend(p, 3);
}

/* Offset of the minimum from three samples of a V-shaped curve, 1/8 pixel. */
static int subpixel(uint32_t left, uint32_t here, uint32_t right)
{
	int64_t l = (int64_t)left - here, r = (int64_t)right - here;
	int64_t span = 2 * (l > r ? l : r);

	if (l < 0 || r < 0 || span == 0)
		return 0;
	return (int)((UNIT * (l - r) * 2 + (l > r ? span : -span)) / (2 * span));
}

static int subpixel_axis(const struct probe *p, int ax, int ay, bool allowed)
{
	/* an exact match is exact, whatever the slopes beside it */
	if (!allowed || p->best_sad == 0)
		return 0;
	return subpixel(probe_sad(p, p->best_x - ax, p->best_y - ay), p->best_sad,
		probe_sad(p, p->best_x + ax, p->best_y + ay));
}

static uint32_t block_texture(const struct probe *p)
{
	static const uint8_t zero[16];

	return vq_motion_sad16(p->a->data + (ptrdiff_t)p->y * (ptrdiff_t)p->a->stride + p->x,
		p->a->stride, zero, 0, (int)((p->sum_a + 128) >> 8));
}

static void finish_block(const struct probe *p, struct vq_motion_vector *v)
{
	/* sums of 256 pixels of up to 510 levels: 16 bits in 1/16 level */
	v->residual = (uint16_t)(p->best_sad >> 4);
	v->texture = (uint16_t)(block_texture(p) >> 4);
	v->x = (int16_t)(UNIT * p->best_x +
			 subpixel_axis(p, 1, 0, p->best_x > p->min_x && p->best_x < p->max_x));
	v->y = (int16_t)(UNIT * p->best_y +
			 subpixel_axis(p, 0, 1, p->best_y > p->min_y && p->best_y < p->max_y));
}

static void search_fine(const struct vq_motion_picture *a, const struct vq_motion_picture *b,
	struct vq_motion_field *f, int level)
{
	size_t count = (size_t)f->columns * (size_t)f->rows;
	struct vq_motion_vector *below = f->smooth; /* free until the end */

	memcpy(below, f->vector, count * sizeof *below);
	for (int r = 0; r < f->rows; r++) {
		for (int c = 0; c < f->columns; c++) {
			size_t i = (size_t)r * (size_t)f->columns + (size_t)c;
			int size = level == 0 ? 16 : 8;
			struct probe p;

			probe_start(&p, a, b, level, size, (f->x0 + BLOCK * c) >> level,
				(f->y0 + BLOCK * r) >> level);
			refine_block(&p, below, c, r, f);
			f->vector[i].x = (int16_t)p.best_x;
			f->vector[i].y = (int16_t)p.best_y;
		}
	}
}

/* A last look at level 0 at what all four neighbours found, then sub-pixel. */
static void search_last(const struct vq_motion_picture *a, const struct vq_motion_picture *b,
	const struct vq_motion_field *prior, struct vq_motion_field *f)
{
	size_t count = (size_t)f->columns * (size_t)f->rows;

	memcpy(f->smooth, f->vector, count * sizeof *f->smooth);
	for (int r = 0; r < f->rows; r++) {
		for (int c = 0; c < f->columns; c++) {
			size_t i = (size_t)r * (size_t)f->columns + (size_t)c;
			const struct vq_motion_vector *v = f->smooth + i;
			struct probe p;

			probe_start(&p, a, b, 0, 16, f->x0 + BLOCK * c, f->y0 + BLOCK * r);
			p.pred_x = v->x;
			p.pred_y = v->y;
			probe_try(&p, v->x, v->y);
			if (c + 1 < f->columns)
				probe_try(&p, v[1].x, v[1].y);
			if (r + 1 < f->rows)
				probe_try(&p, v[f->columns].x, v[f->columns].y);
			if (prior != NULL)
				probe_try(&p, prior->vector[i].x / UNIT, prior->vector[i].y / UNIT);
			probe_descend(&p, 2);
			finish_block(&p, &f->vector[i]);
		}
	}
}

/* ---- smoothing ------------------------------------------------------------------------ */

struct vote {
	int value;
	uint32_t weight;
};

static int weighted_median(struct vote *v, int n)
{
	uint64_t total = 0, seen = 0;

	for (int i = 1; i < n; i++) {
		struct vote t = v[i];
		int k = i;

		for (; k > 0 && v[k - 1].value > t.value; k--)
			v[k] = v[k - 1];
		v[k] = t;
	}
	for (int i = 0; i < n; i++)
		total += v[i].weight;
	for (int i = 0; i < n; i++) {
		seen += v[i].weight;
		if (2 * seen >= total)
			return v[i].value;
	}
	return 0;
}

/* Textured blocks with small residuals know where they went. */
static uint32_t vote_weight(const struct vq_motion_vector *v)
{
	return 1 + 64u * v->texture / (16u + v->residual);
}

static void smooth_block(struct vq_motion_field *f, int c, int r)
{
	struct vq_motion_vector *out = f->smooth + (size_t)r * (size_t)f->columns + c;
	struct vote x[25], y[25];
	int n = 0;

	for (int j = r < 2 ? 0 : r - 2; j <= r + 2 && j < f->rows; j++) {
		for (int i = c < 2 ? 0 : c - 2; i <= c + 2 && i < f->columns; i++) {
			const struct vq_motion_vector *v =
				f->vector + (size_t)j * (size_t)f->columns + i;

			x[n] = (struct vote){v->x, vote_weight(v)};
			y[n] = (struct vote){v->y, x[n].weight};
			n++;
		}
	}
	*out = f->vector[(size_t)r * (size_t)f->columns + (size_t)c];
	out->x = (int16_t)weighted_median(x, n);
	out->y = (int16_t)weighted_median(y, n);
}

void vq_motion_search(const struct vq_motion_picture *a, const struct vq_motion_picture *b,
	const struct vq_motion_field *prior, struct vq_motion_field *field)
{
	search_global(a, b, &field->global_x, &field->global_y);
	search_coarse(a, b, prior, field);
	search_fine(a, b, field, 1);
	search_fine(a, b, field, 0);
	search_last(a, b, prior, field);
	for (int r = 0; r < field->rows; r++) {
		for (int c = 0; c < field->columns; c++)
			smooth_block(field, c, r);
	}
}

void vq_motion_at(const struct vq_motion_field *f, double x, double y, double *dx, double *dy)
{
	double fx = (x - f->x0 - BLOCK / 2) / BLOCK, fy = (y - f->y0 - BLOCK / 2) / BLOCK;
	int c, r, c1, r1;
	const struct vq_motion_vector *top, *bottom;

	fx = fx < 0 ? 0 : fx > f->columns - 1 ? f->columns - 1 : fx;
	fy = fy < 0 ? 0 : fy > f->rows - 1 ? f->rows - 1 : fy;
	c = (int)fx;
	r = (int)fy;
	fx -= c;
	fy -= r;
	c1 = c + 1 < f->columns ? c + 1 : c;
	r1 = r + 1 < f->rows ? r + 1 : r;
	top = f->smooth + (size_t)r * (size_t)f->columns;
	bottom = f->smooth + (size_t)r1 * (size_t)f->columns;
	*dx = ((1 - fy) * ((1 - fx) * top[c].x + fx * top[c1].x) +
		      fy * ((1 - fx) * bottom[c].x + fx * bottom[c1].x)) /
	      UNIT;
	*dy = ((1 - fy) * ((1 - fx) * top[c].y + fx * top[c1].y) +
		      fy * ((1 - fx) * bottom[c].y + fx * bottom[c1].y)) /
	      UNIT;
}
