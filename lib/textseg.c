#include "textseg.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lanes.h"
#include "textseg_weights.h"

#define STEP 32 /* pixels of the frame in a cell of the coarsest map */
#define LEVELS 4
#define TALLEST 512.0f

/* Maps of one size, a plane a channel.  A border of zeroes: VQ_LANES columns before each
 * row and at least VQ_LANES after it, a row above and below the plane. */
struct maps {
	int width, height, channels;
	size_t stride, plane;
	float *data; /* the first channel's first pixel */
	float *memory;
};

struct vq_textseg {
	int width, height; /* of the frame's maps, cells */
	struct maps in;	   /* one row of input */
	struct maps level[LEVELS], spare[LEVELS];
	struct maps rise[LEVELS]; /* what a coarser level adds to this one, at half its size */
	float *row;		  /* one row of depthwise sums */
	size_t row_stride;
	uint8_t *core;
	float *height_map;
};

static const int channels_of[LEVELS] = {QUARTER, EIGHTH, SIXTEENTH, THIRTYSECOND};

/* ---- set up -------------------------------------------------------------------------- */

static enum vq_code maps_new(
	struct maps *m, int width, int height, int channels, struct vq_err *err)
{
	m->width = width;
	m->height = height;
	m->channels = channels;
	m->stride = ((size_t)width + 2 * VQ_LANES + 4 * VQ_LANES - 1) / VQ_LANES * VQ_LANES;
	m->plane = m->stride * ((size_t)height + 2);
	m->memory = calloc(m->plane * (size_t)channels + 2 * VQ_LANES, sizeof *m->memory);
	if (m->memory == NULL)
		return vq_nomem(err);
	m->data = m->memory + m->stride + VQ_LANES;
	return VQ_OK;
}

enum vq_code vq_textseg_new(struct vq_textseg **out, int width, int height, struct vq_err *err)
{
	struct vq_textseg *s = *out = calloc(1, sizeof **out);
	int w = (width + STEP - 1) / STEP * (STEP / VQ_TEXTSEG_CELL);
	int h = (height + STEP - 1) / STEP * (STEP / VQ_TEXTSEG_CELL);
	enum vq_code code;

	if (s == NULL)
		return vq_nomem(err);
	s->width = (width + VQ_TEXTSEG_CELL - 1) / VQ_TEXTSEG_CELL;
	s->height = (height + VQ_TEXTSEG_CELL - 1) / VQ_TEXTSEG_CELL;
	code = maps_new(&s->in, w, 1, VQ_TEXTSEG_CHANNELS, err);
	for (int l = 0; l < LEVELS && code == VQ_OK; l++) {
		code = maps_new(&s->level[l], w >> l, h >> l, channels_of[l], err);
		if (code == VQ_OK)
			code = maps_new(&s->spare[l], w >> l, h >> l, channels_of[l], err);
		if (code == VQ_OK && l + 1 < LEVELS)
			code = maps_new(
				&s->rise[l], w >> (l + 1), h >> (l + 1), channels_of[l], err);
	}
	s->row_stride = s->level[0].stride;
	s->row = calloc(s->row_stride * THIRTYSECOND, sizeof *s->row);
	s->core = calloc((size_t)s->width * (size_t)s->height, sizeof *s->core);
	s->height_map = calloc((size_t)s->width * (size_t)s->height, sizeof *s->height_map);
	if (code == VQ_OK && (s->row == NULL || s->core == NULL || s->height_map == NULL))
		code = vq_nomem(err);
	if (code != VQ_OK)
		vq_textseg_free(out);
	return code;
}

void vq_textseg_free(struct vq_textseg **out)
{
	struct vq_textseg *s = *out;

	if (s == NULL)
		return;
	free(s->in.memory);
	for (int l = 0; l < LEVELS; l++) {
		free(s->level[l].memory);
		free(s->spare[l].memory);
		free(s->rise[l].memory);
	}
	free(s->row);
	free(s->core);
	free(s->height_map);
	free(s);
	*out = NULL;
}

int vq_textseg_width(const struct vq_textseg *s)
{
	return s->width;
}

int vq_textseg_height(const struct vq_textseg *s)
{
	return s->height;
}

/* ---- convolutions, a row at a time ----------------------------------------------------- */

static inline float *row_of(const struct maps *m, int channel, int y)
{
	return m->data + (size_t)channel * m->plane + (size_t)y * m->stride;
}

/* What a 1x1 convolution does with its sums. */
struct finish {
	bool positive;	   /* negative ones become 0 */
	const float *plus; /* then this is added, where it is not NULL */
	size_t plus_plane;
};

/* Four outputs of count times VQ_LANES pixels, from all inputs.  At twice VQ_LANES all sums
 * stay in sixteen wide registers. */
__attribute__((always_inline)) static inline void point_tile(float *out, size_t out_plane,
	const float *in, size_t in_plane, const float *weight, const float *bias, int inputs,
	struct finish finish, const int count)
{
	vq_lanes sum[4][2];

#pragma GCC unroll 4
	for (int k = 0; k < 4; k++)
#pragma GCC unroll 4
		for (int i = 0; i < count; i++)
			sum[k][i] = (vq_lanes){0} + bias[k];
	for (int c = 0; c < inputs; c++) {
		const vq_lanes *v = (const vq_lanes *)(in + (size_t)c * in_plane);

#pragma GCC unroll 4
		for (int i = 0; i < count; i++) {
			vq_lanes pixel = v[i];

#pragma GCC unroll 4
			for (int k = 0; k < 4; k++)
				sum[k][i] += pixel * weight[4 * c + k];
		}
	}
#pragma GCC unroll 4
	for (int k = 0; k < 4; k++) {
		vq_lanes *o = (vq_lanes *)(out + (size_t)k * out_plane);
		const vq_lanes *p = (const vq_lanes *)(finish.plus + (size_t)k * finish.plus_plane);

#pragma GCC unroll 4
		for (int i = 0; i < count; i++) {
			if (finish.positive)
				sum[k][i] = (vq_lanes)((vq_int_lanes)sum[k][i] & (sum[k][i] > 0));
			if (finish.plus != NULL)
				sum[k][i] += p[i];
			o[i] = sum[k][i];
		}
	}
}

/* 1x1 convolution of a row. */
VQ_WIDE static void point_row(float *out, size_t out_plane, const float *in, size_t in_plane,
	const float *weight, const float *bias, int inputs, int outputs, int width,
	const struct finish *finish)
{
	int vectors = (width + VQ_LANES - 1) / VQ_LANES;

	for (int k = 0; k < outputs; k += 4) {
		const float *w = weight + (size_t)k * (size_t)inputs;

		for (int i = 0; i < vectors; i += 2) {
			size_t at = (size_t)(i * VQ_LANES);
			float *o = out + (size_t)k * out_plane + at;
			struct finish f = *finish;

			if (f.plus != NULL)
				f.plus += (size_t)k * f.plus_plane + at;
			if (i + 2 <= vectors)
				point_tile(
					o, out_plane, in + at, in_plane, w, bias + k, inputs, f, 2);
			else
				point_tile(
					o, out_plane, in + at, in_plane, w, bias + k, inputs, f, 1);
		}
	}
}

/* 3x3 convolution of each channel with its own weights: row y of what comes out. */
VQ_WIDE static void depth_row(
	const struct maps *m, const float *weight, int y, float *out, size_t out_stride)
{
	for (int c = 0; c < m->channels; c++) {
		const float *at = row_of(m, c, y);
		float *o = out + (size_t)c * out_stride;
		vq_lanes w[9];

#pragma GCC unroll 9
		for (int k = 0; k < 9; k++)
			w[k] = (vq_lanes){0} + weight[9 * c + k];
		for (int x = 0; x < m->width; x += VQ_LANES) {
			vq_lanes sum = {0};

#pragma GCC unroll 3
			for (int j = 0; j < 3; j++) {
				const float *v = at + (j - 1) * (ptrdiff_t)m->stride + x;

				sum += *(const vq_lanes *)(v - 1) * w[3 * j] +
				       *(const vq_lanes *)v * w[3 * j + 1] +
				       *(const vq_lanes *)(v + 1) * w[3 * j + 2];
			}
			*(vq_lanes *)(o + x) = sum;
		}
	}
}

#define EVEN(a, b) __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14)
#define ODD(a, b) __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15)

/* The same at every other pixel of every other row. */
VQ_WIDE static void depth_row_halving(
	const struct maps *m, const float *weight, int y, float *out, size_t out_stride)
{
	for (int c = 0; c < m->channels; c++) {
		const float *at = row_of(m, c, 2 * y);
		float *o = out + (size_t)c * out_stride;
		vq_lanes w[9];

#pragma GCC unroll 9
		for (int k = 0; k < 9; k++)
			w[k] = (vq_lanes){0} + weight[9 * c + k];
		for (int x = 0; x < m->width / 2; x += VQ_LANES) {
			vq_lanes sum = {0};

#pragma GCC unroll 3
			for (int j = 0; j < 3; j++) {
				const vq_lanes *v =
					(const vq_lanes *)(at + (j - 1) * (ptrdiff_t)m->stride +
							   2 * x);
				const vq_lanes *before = (const vq_lanes *)((const float *)v - 1);

				sum += EVEN(before[0], before[1]) * w[3 * j] +
				       EVEN(v[0], v[1]) * w[3 * j + 1] +
				       ODD(v[0], v[1]) * w[3 * j + 2];
			}
			*(vq_lanes *)(o + x) = sum;
		}
	}
}

/* What was written beyond the row's end must be 0 again: the next layer's border. */
static void clear_end(const struct maps *m, int y)
{
	size_t end = m->stride - (size_t)m->width - VQ_LANES;

	for (int c = 0; c < m->channels; c++)
		memset(row_of(m, c, y) + m->width, 0, end * sizeof(float));
}

/* A depthwise separable convolution, its result at the same or at half the size. */
static void separable(const struct vq_textseg *s, const struct maps *from, const struct maps *to,
	const float *depth, const float *point, const float *bias, bool residual)
{
	struct finish finish = {.positive = true, .plus_plane = from->plane};

	for (int y = 0; y < to->height; y++) {
		if (to->width == from->width)
			depth_row(from, depth, y, s->row, to->stride);
		else
			depth_row_halving(from, depth, y, s->row, to->stride);
		finish.plus = residual ? row_of(from, 0, y) : NULL;
		point_row(row_of(to, 0, y), to->plane, s->row, to->stride, point, bias,
			from->channels, to->channels, to->width, &finish);
		clear_end(to, y);
	}
}

/* A layer that adds to what it is given. */
static void residual(
	struct vq_textseg *s, int level, const float *depth, const float *point, const float *bias)
{
	struct maps was = s->level[level];

	separable(s, &s->level[level], &s->spare[level], depth, point, bias, true);
	s->level[level] = s->spare[level];
	s->spare[level] = was;
}

/* Add each value of a row to two. */
VQ_WIDE static void add_doubled(float *to, const float *from, int width)
{
	int x = 0;

	for (; x + VQ_LANES <= width; x += VQ_LANES) {
		vq_lanes v = *(const vq_lanes *)(from + x), *o = (vq_lanes *)(to + 2 * x);

		o[0] += __builtin_shufflevector(v, v, 0, 0, 1, 1, 2, 2, 3, 3);
		o[1] += __builtin_shufflevector(v, v, 4, 4, 5, 5, 6, 6, 7, 7);
	}
	for (; x < width; x++) {
		to[2 * x] += from[x];
		to[2 * x + 1] += from[x];
	}
}

/* Add a coarser level to a finer one, each of its pixels four times. */
static void rise(struct vq_textseg *s, int level, const float *point, const float *bias)
{
	const struct maps *from = &s->level[level + 1], *half = &s->rise[level];
	const struct maps *to = &s->level[level];
	const struct finish finish = {0};

	for (int y = 0; y < half->height; y++)
		point_row(row_of(half, 0, y), half->plane, row_of(from, 0, y), from->plane, point,
			bias, from->channels, half->channels, half->width, &finish);
	for (int c = 0; c < to->channels; c++)
		for (int y = 0; y < to->height; y++)
			add_doubled(row_of(to, c, y), row_of(half, c, y / 2), half->width);
}

/* ---- input and output ------------------------------------------------------------------ */

/* Every fourth byte of VQ_LANES times four, from the first, second, ... on. */
#define FOURTH(v, i)                                                                               \
	__builtin_convertvector(__builtin_shufflevector(v, v, i, 4 + i, 8 + i, 12 + i, 16 + i,     \
					20 + i, 24 + i, 28 + i),                                   \
		vq_lanes)
#define SECOND(v, i)                                                                               \
	__builtin_convertvector(__builtin_shufflevector(v, v, i, 2 + i, 4 + i, 6 + i, 8 + i,       \
					10 + i, 12 + i, 14 + i),                                   \
		vq_lanes)

/* Take a line apart into channels, VQ_LANES cells of 4 or 2 pixels at once; how many cells. */
VQ_WIDE static int take_apart(const uint8_t *line, int cells, int side, float *out, size_t plane)
{
	typedef uint8_t bytes32 __attribute__((vector_size(32), aligned(1), may_alias));
	typedef uint8_t bytes16 __attribute__((vector_size(16), aligned(1), may_alias));
	int x = 0;

	for (; x + VQ_LANES <= cells; x += VQ_LANES) {
		float *o = out + x;

		if (side == 4) {
			bytes32 v = *(const bytes32 *)(line + 4 * x);

			*(vq_lanes *)o = FOURTH(v, 0);
			*(vq_lanes *)(o + plane) = FOURTH(v, 1);
			*(vq_lanes *)(o + 2 * plane) = FOURTH(v, 2);
			*(vq_lanes *)(o + 3 * plane) = FOURTH(v, 3);
		} else {
			bytes16 v = *(const bytes16 *)(line + 2 * x);

			*(vq_lanes *)o = SECOND(v, 0);
			*(vq_lanes *)(o + plane) = SECOND(v, 1);
		}
	}
	return x;
}

/* The blocks of side (4 or 2) pixels in row y of them: a channel each; beyond the plane its
 * last pixels again. */
static void spread(const struct vq_textseg *s, const uint8_t *plane, int width, int height, int y,
	int side, int channel)
{
	for (int j = 0; j < side; j++) {
		int line = y * side + j < height ? y * side + j : height - 1;
		const uint8_t *v = plane + (size_t)line * (size_t)width;
		float *first = row_of(&s->in, channel + j * side, 0);
		int done = take_apart(v, width / side, side, first, s->in.plane);

		for (int i = 0; i < side; i++)
			for (int x = done; x < s->in.width; x++)
				first[(size_t)i * s->in.plane + (size_t)x] =
					v[x * side + i < width ? x * side + i : width - 1];
	}
}

static void look(struct vq_textseg *s, const struct vq_frame *f)
{
	const struct maps *to = &s->level[0];
	const struct finish finish = {.positive = true};

	for (int y = 0; y < to->height; y++) {
		spread(s, f->plane[0], f->width, f->height, y, 4, 0);
		spread(s, f->plane[1], f->width / 2, f->height / 2, y, 2, 16);
		spread(s, f->plane[2], f->width / 2, f->height / 2, y, 2, 20);
		point_row(row_of(to, 0, y), to->plane, row_of(&s->in, 0, 0), s->in.plane,
			point0_weight, point0_bias, VQ_TEXTSEG_CHANNELS, to->channels, to->width,
			&finish);
		clear_end(to, y);
	}
}

/* The two outputs of a row of cells. */
VQ_WIDE static void head_row(const struct maps *m, int y, float *core, float *tall)
{
	for (int x = 0; x < m->width; x += VQ_LANES) {
		vq_lanes a = (vq_lanes){0} + head_bias[0], b = (vq_lanes){0} + head_bias[1];

		for (int c = 0; c < QUARTER; c++) {
			vq_lanes v = *(const vq_lanes *)(row_of(m, c, y) + x);

			a += v * head_weight[c];
			b += v * head_weight[QUARTER + c];
		}
		*(vq_lanes *)(core + x) = a;
		*(vq_lanes *)(tall + x) = b;
	}
}

static void answer(struct vq_textseg *s, const struct maps *m)
{
	float *core = s->row, *tall = s->row + s->row_stride;

	for (int y = 0; y < s->height; y++) {
		head_row(m, y, core, tall);
		for (int x = 0; x < s->width; x++) {
			size_t i = (size_t)y * (size_t)s->width + (size_t)x;

			s->core[i] =
				core[x] < -6 ? 0 : (uint8_t)(255 / (1 + expf(-core[x])) + 0.5f);
			s->height_map[i] =
				s->core[i] < 32 ? 0 : fminf(16 * exp2f(tall[x]), TALLEST);
		}
	}
}

#define SEPARABLE(from, to, d, p)                                                                  \
	separable(s, from, to, depth##d##_weight, point##p##_weight, point##p##_bias, false)
#define RESIDUAL(level, d, p)                                                                      \
	residual(s, level, depth##d##_weight, point##p##_weight, point##p##_bias)
#define RISE(level, p) rise(s, level, point##p##_weight, point##p##_bias)

void vq_textseg_run(struct vq_textseg *s, const struct vq_frame *f, const uint8_t **core,
	const float **row_height)
{
	look(s, f);
	RESIDUAL(0, 0, 1);
	SEPARABLE(&s->level[0], &s->level[1], 1, 2);
	RESIDUAL(1, 2, 3);
	RESIDUAL(1, 3, 4);
	SEPARABLE(&s->level[1], &s->level[2], 4, 5);
	RESIDUAL(2, 5, 6);
	RESIDUAL(2, 6, 7);
	SEPARABLE(&s->level[2], &s->level[3], 7, 8);
	RESIDUAL(3, 8, 9);
	RESIDUAL(3, 9, 10);
	RESIDUAL(3, 10, 11);
	RISE(2, 12);
	RESIDUAL(2, 11, 13);
	RISE(1, 14);
	RESIDUAL(1, 12, 15);
	RISE(0, 16);
	SEPARABLE(&s->level[0], &s->spare[0], 13, 17);
	answer(s, &s->spare[0]);
	*core = s->core;
	*row_height = s->height_map;
}
