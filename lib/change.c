#include "change.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "signal.h"

#define BLOCK VQ_MOTION_BLOCK
#define PIXELS (BLOCK * BLOCK)

/* Boiling: levels squared, share of the texture's energy: what coding leaves. */
#define BOIL_FLOOR 1.0
#define BOIL_TEXTURE 0.02
#define SPECK_FLOOR 0.5 /* levels squared */
#define VEIL_FLOOR 1.0	/* levels squared */
/* Real rain and snow have a veil of 0.24 to 0.35, labelled clips that flicker up to 0.10,
 * others up to 0.13. */
#define VEIL_NONE 0.10
#define VEIL_FULL 0.20
#define SPARKLE_NONE 0.8
#define SPARKLE_FULL 1.3
#define GRAIN 12.0 /* the grain's energy in a pixel over that in 4x4 of them */

enum vq_code vq_change_frame_init(
	struct vq_change_frame *f, int width, int height, int chroma_shift, struct vq_err *err)
{
	int w = chroma_shift ? (width + 1) / 2 : width,
	    h = chroma_shift ? (height + 1) / 2 : height;
	enum vq_code code;

	memset(f, 0, sizeof *f);
	f->chroma_shift = chroma_shift;
	code = vq_motion_picture_init(&f->luma, width, height, err);
	for (int i = 0; i < 2 && code == VQ_OK; i++)
		code = vq_motion_level_init(&f->chroma[i], w, h, err);
	if (code != VQ_OK)
		vq_change_frame_clear(f);
	return code;
}

void vq_change_frame_clear(struct vq_change_frame *f)
{
	vq_motion_picture_clear(&f->luma);
	vq_motion_level_clear(&f->chroma[0]);
	vq_motion_level_clear(&f->chroma[1]);
}

void vq_change_frame_set(
	struct vq_change_frame *f, const uint8_t *const plane[3], const size_t stride[3])
{
	vq_motion_picture_set(&f->luma, plane[0], stride[0]);
	vq_motion_level_set(&f->chroma[0], plane[1], stride[1]);
	vq_motion_level_set(&f->chroma[1], plane[2], stride[2]);
}

/* A block's pixels and its matches, 16 bytes a row. */
struct trio {
	uint8_t here[PIXELS], before[PIXELS], after[PIXELS];
	int mean_here, mean_before, mean_after; /* sums over 256 pixels */
};

static int sum_block(const uint8_t *p)
{
	int sum = 0;

	for (int i = 0; i < PIXELS; i++)
		sum += p[i];
	return sum;
}

/* Rounded mean of 256 pixels' sum, also of negative ones. */
static int level(int sum)
{
	return (sum + PIXELS / 2) >> 8;
}

/* mean |2 * here - before - after - offset| / 2 */
static float second_difference(const struct trio *t, int offset)
{
	uint32_t sum = 0;

	for (int i = 0; i < PIXELS; i++)
		sum += (uint32_t)abs(2 * t->here[i] - t->before[i] - t->after[i] - offset);
	return (float)sum / (2 * PIXELS);
}

static float mean_square(const uint8_t *a, const uint8_t *b)
{
	uint32_t sum = 0;

	for (int i = 0; i < PIXELS; i++)
		sum += (uint32_t)((a[i] - b[i]) * (a[i] - b[i]));
	return (float)sum / PIXELS;
}

static float edge_strength(const uint8_t *p)
{
	uint32_t sum = 0;

	for (int y = 0; y < BLOCK; y++) {
		for (int x = 0; x + 1 < BLOCK; x++)
			sum += (uint32_t)abs(p[y * BLOCK + x + 1] - p[y * BLOCK + x]);
	}
	for (int i = 0; i + BLOCK < PIXELS; i++)
		sum += (uint32_t)abs(p[i + BLOCK] - p[i]);
	return (float)sum / (BLOCK * (BLOCK - 1));
}

/* Mean of a chroma plane under the block displaced by a vector, blended between
 * the four nearest whole displacements. */
static float chroma_mean(const struct vq_change_frame *f, int plane, int bx, int by, int vx, int vy)
{
	const struct vq_motion_level *l = &f->chroma[plane];
	int unit = VQ_MOTION_UNIT << f->chroma_shift, size = BLOCK >> f->chroma_shift;
	int x = bx * VQ_MOTION_UNIT + vx, y = by * VQ_MOTION_UNIT + vy;
	int px = x >= 0 ? x / unit : -((unit - 1 - x) / unit);
	int py = y >= 0 ? y / unit : -((unit - 1 - y) / unit);
	int fx = x - px * unit, fy = y - py * unit;
	int low = -VQ_MOTION_PAD, right = l->width + VQ_MOTION_PAD - size - 1;
	int bottom = l->height + VQ_MOTION_PAD - size - 1;
	int64_t sum;

	px = px < low ? low : px > right ? right : px;
	py = py < low ? low : py > bottom ? bottom : py;
	sum = (int64_t)vq_motion_box_sum(l, px, py, size, size) * (unit - fx) * (unit - fy);
	sum += (int64_t)vq_motion_box_sum(l, px + 1, py, size, size) * fx * (unit - fy);
	sum += (int64_t)vq_motion_box_sum(l, px, py + 1, size, size) * (unit - fx) * fy;
	sum += (int64_t)vq_motion_box_sum(l, px + 1, py + 1, size, size) * fx * fy;
	return (float)((double)sum / ((double)unit * unit * size * size));
}

static bool is_inside(
	const struct vq_motion_field *f, int bx, int by, const struct vq_motion_vector *v)
{
	int x = bx * VQ_MOTION_UNIT + v->x, y = by * VQ_MOTION_UNIT + v->y;
	int slack = 2 * VQ_MOTION_UNIT;

	return x >= -slack && y >= -slack &&
	       x + BLOCK * VQ_MOTION_UNIT <= f->width * VQ_MOTION_UNIT + slack &&
	       y + BLOCK * VQ_MOTION_UNIT <= f->height * VQ_MOTION_UNIT + slack;
}

static float length(int x, int y)
{
	return sqrtf((float)(x * x + y * y)) / VQ_MOTION_UNIT;
}

static void measure_luma(const struct trio *t, struct vq_change_block *b)
{
	static const uint8_t flat[BLOCK];
	int back = t->mean_here - t->mean_before, ahead = t->mean_after - t->mean_here;

	b->luma_back = (float)back / PIXELS;
	b->luma_ahead = (float)ahead / PIXELS;
	b->residual_back =
		(float)vq_motion_sad16(t->here, BLOCK, t->before, BLOCK, level(back)) / PIXELS;
	b->residual_ahead =
		(float)vq_motion_sad16(t->after, BLOCK, t->here, BLOCK, level(ahead)) / PIXELS;
	b->skip = (float)vq_motion_sad16(t->after, BLOCK, t->before, BLOCK, 0) / PIXELS;
	b->square = mean_square(t->after, t->here);
	b->second = second_difference(t, 0);
	b->second_structure = second_difference(t, level(back - ahead));
	b->edge = edge_strength(t->here);
	b->texture = (float)vq_motion_sad16(t->here, BLOCK, flat, 0, level(t->mean_here)) / PIXELS;
}

/* Sums of 4x4 pixels of a block, CELLS of them. */
#define CELL 4
#define CELLS (PIXELS / (CELL * CELL))

static void sum_cells(const int16_t *p, int32_t *sum)
{
	for (int r = 0; r < BLOCK / CELL; r++) {
		int16_t column[BLOCK] = {0};

		for (int y = 0; y < CELL; y++) {
			for (int x = 0; x < BLOCK; x++)
				column[x] = (int16_t)(column[x] + p[(r * CELL + y) * BLOCK + x]);
		}
		for (int c = 0; c < BLOCK / CELL; c++, sum++)
			*sum = column[c * CELL] + column[c * CELL + 1] + column[c * CELL + 2] +
			       column[c * CELL + 3];
	}
}

/* Mean product of two lists of n numbers whose means are removed. */
static double covariance(const int32_t *a, const int32_t *b, int n)
{
	int64_t sum_a = 0, sum_b = 0, product = 0;

	for (int i = 0; i < n; i++) {
		sum_a += a[i];
		sum_b += b[i];
		product += a[i] * b[i];
	}
	return ((double)product - (double)(sum_a * sum_b) / n) / n;
}

/* Mean product of two pictures of a block whose means are removed. */
static double pixel_covariance(const int16_t *a, const int16_t *b, int sum_a, int sum_b)
{
	int32_t product = 0;

	for (int i = 0; i < PIXELS; i++)
		product += a[i] * b[i];
	return ((double)product - (double)sum_a * sum_b / PIXELS) / PIXELS;
}

static void measure_specks(const struct trio *t, struct vq_change_block *b)
{
	float mean = (float)(2 * t->mean_here - t->mean_before - t->mean_after) / PIXELS;
	float square = 0, cube = 0;

	for (int i = 0; i < PIXELS; i++) {
		float own = (float)(2 * t->here[i] - t->before[i] - t->after[i]) - mean;

		square += own * own;
		cube += own * own * own;
	}
	b->own_square = square / (4 * PIXELS);
	b->own_cube = cube / (8 * PIXELS);
}

static int lesser(int a, int b)
{
	return a < b ? a : b;
}

static int greater(int a, int b)
{
	return a > b ? a : b;
}

static void measure_veil(const struct trio *t, struct vq_change_block *b)
{
	int dark = 0, light = 0, dark_sum = 0, light_sum = 0;

	for (int i = 0; i < PIXELS; i++) {
		int low = lesser(t->here[i], t->before[i]) - lesser(t->here[i], t->after[i]);
		int high = greater(t->here[i], t->before[i]) - greater(t->here[i], t->after[i]);

		dark_sum += low;
		light_sum += high;
		dark += low * low;
		light += high * high;
	}
	b->dark_square = ((float)dark - (float)dark_sum * (float)dark_sum / PIXELS) / PIXELS;
	b->light_square = ((float)light - (float)light_sum * (float)light_sum / PIXELS) / PIXELS;
}

/* What a surface that is drawn anew at each frame changes by, it changes back next: of
 * two successive changes the mean product is minus the variance that each frame has of
 * its own, and half of the changes' energy if there is no other.  Of things that move,
 * deform or brighten it is positive or nothing.  Sums over 4x4 pixels leave a sixteenth
 * of the grain of sensors and films, a little more where a codec smoothed it; the
 * product of the pixels tells how much there is. */
static float measure_boil(const struct trio *t)
{
	int16_t back[PIXELS], ahead[PIXELS], here[PIXELS];
	int32_t cell_back[CELLS], cell_ahead[CELLS], cell_here[CELLS];
	double scale = 1.0 / (CELL * CELL * CELL * CELL), own, grain, energy, texture;

	for (int i = 0; i < PIXELS; i++) {
		here[i] = t->here[i];
		back[i] = (int16_t)(t->here[i] - t->before[i]);
		ahead[i] = (int16_t)(t->after[i] - t->here[i]);
	}
	sum_cells(back, cell_back);
	sum_cells(ahead, cell_ahead);
	sum_cells(here, cell_here);
	grain = -pixel_covariance(
		back, ahead, t->mean_here - t->mean_before, t->mean_after - t->mean_here);
	own = -covariance(cell_back, cell_ahead, CELLS) * scale;
	energy = (covariance(cell_back, cell_back, CELLS) +
			 covariance(cell_ahead, cell_ahead, CELLS)) *
		 scale / 2;
	texture = covariance(cell_here, cell_here, CELLS) * scale;
	own -= fmax(grain, 0) / GRAIN;
	return (float)fmin(1, fmax(0, 2 * own / (energy + BOIL_FLOOR + BOIL_TEXTURE * texture)));
}

void vq_change_measure(const struct vq_change_frame *before, const struct vq_change_frame *here,
	const struct vq_change_frame *after, const struct vq_motion_field *back,
	const struct vq_motion_field *ahead, struct vq_change_block *out)
{
	for (int r = 0; r < back->rows; r++) {
		for (int c = 0; c < back->columns; c++) {
			size_t i = (size_t)r * (size_t)back->columns + (size_t)c;
			const struct vq_motion_vector *p = &back->vector[i], *n = &ahead->vector[i];
			int x = back->x0 + BLOCK * c, y = back->y0 + BLOCK * r;
			struct vq_change_block *b = &out[i];
			struct trio t;
			float chroma;

			vq_motion_fetch16(&here->luma, x, y, 0, 0, t.here);
			vq_motion_fetch16(&before->luma, x, y, p->x, p->y, t.before);
			vq_motion_fetch16(&after->luma, x, y, n->x, n->y, t.after);
			t.mean_here = sum_block(t.here);
			t.mean_before = sum_block(t.before);
			t.mean_after = sum_block(t.after);
			measure_luma(&t, b);
			measure_specks(&t, b);
			measure_veil(&t, b);
			b->boil = measure_boil(&t);
			chroma = chroma_mean(here, 0, x, y, 0, 0);
			b->blue_back = chroma - chroma_mean(before, 0, x, y, p->x, p->y);
			b->blue_ahead = chroma_mean(after, 0, x, y, n->x, n->y) - chroma;
			chroma = chroma_mean(here, 1, x, y, 0, 0);
			b->red_back = chroma - chroma_mean(before, 1, x, y, p->x, p->y);
			b->red_ahead = chroma_mean(after, 1, x, y, n->x, n->y) - chroma;
			b->speed = fmaxf(length(p->x, p->y), length(n->x, n->y));
			b->bend = length(p->x + n->x, p->y + n->y);
			/* what the surroundings do counts too: a block whose match left the picture
			 * finds another one somewhere */
			b->inside = is_inside(back, x, y, p) && is_inside(back, x, y, n) &&
				    is_inside(back, x, y, &back->smooth[i]) &&
				    is_inside(back, x, y, &ahead->smooth[i]);
		}
	}
}

double vq_change_sparkle(double square, double cube)
{
	return cube / pow(square + SPECK_FLOOR, 1.5);
}

double vq_change_veil(double dark, double light)
{
	return (light - dark) / (light + dark + VEIL_FLOOR);
}

/* 1 up to none, 0 from full on. */
static double fall(double v, double none, double full)
{
	return fmin(1, fmax(0, (full - v) / (full - none)));
}

double vq_change_boils(double sparkle, double veil)
{
	return fmin(
		fall(fabs(sparkle), SPARKLE_NONE, SPARKLE_FULL), fall(veil, VEIL_NONE, VEIL_FULL));
}

double vq_change_unspecked(double sparkle, double veil)
{
	return fmin(fall(sparkle, SPARKLE_NONE, SPARKLE_FULL), fall(veil, VEIL_NONE, VEIL_FULL));
}

enum { LUMA, BLUE, RED, MISMATCH };

static double value_of(const struct vq_change_block *b, int what, bool ahead)
{
	switch (what) {
	case LUMA:
		return ahead ? b->luma_ahead : b->luma_back;
	case BLUE:
		return ahead ? b->blue_ahead : b->blue_back;
	case RED:
		return ahead ? b->red_ahead : b->red_back;
	default:
		return (ahead ? b->residual_ahead : b->residual_back) /
		       (b->edge + VQ_CHANGE_EDGE_FLOOR);
	}
}

void vq_change_tone(const struct vq_change_block *block, size_t n, bool ahead, double *scratch,
	struct vq_change_tone *tone)
{
	memset(tone, 0, sizeof *tone);
	for (int k = LUMA; k <= MISMATCH; k++) {
		size_t inside = 0;
		double median;

		for (size_t i = 0; i < n; i++) {
			if (block[i].inside)
				scratch[inside++] = value_of(&block[i], k, ahead);
		}
		tone->inside = (double)inside / (double)n;
		if (inside < 3)
			return;
		median = vq_median(scratch, inside);
		if (k == MISMATCH) {
			tone->mismatch = median;
			return;
		}
		tone->change[k] = median;
		for (size_t i = 0; i < inside; i++)
			scratch[i] = fabs(scratch[i] - median);
		tone->spread[k] = vq_median(scratch, inside);
	}
}
