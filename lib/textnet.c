#include "textnet.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "lanes.h"
#include "textnet_weights.h"

#define H VQ_TEXTNET_HEIGHT
#define W VQ_TEXTNET_WIDTH
#define TAPS_ABOVE 18 /* letters higher than this, pixels, are averaged when made smaller */
#define DEVIATION 4   /* least deviation of a tile, levels: what is fainter stays faint */

int vq_textnet_tiles(const struct vq_textnet_row *row)
{
	return (row->box[2] - row->box[0]) * VQ_TEXTNET_LETTER > W * row->letter ? 2 : 1;
}

/* ---- the input ------------------------------------------------------------------------ */

static float at(const uint8_t *plane, int width, int height, float x, float y)
{
	float cx = x < 0 ? 0 : x > (float)(width - 1) ? (float)(width - 1) : x;
	float cy = y < 0 ? 0 : y > (float)(height - 1) ? (float)(height - 1) : y;
	int ix = (int)cx, iy = (int)cy;
	int right = ix + 1 < width, down = iy + 1 < height ? width : 0;
	const uint8_t *p = plane + (size_t)iy * (size_t)width + ix;
	float fx = cx - (float)ix, fy = cy - (float)iy;
	float top = (float)p[0] + fx * (float)(p[right] - p[0]);
	float low = (float)p[down] + fx * (float)(p[down + right] - p[down]);

	return top + fy * (low - top);
}

/* Mean 0, deviation 1, letters light. */
static void normalise(float *tile, bool light)
{
	float sum = 0, square = 0, mean, scale;

	for (int i = 0; i < H * W; i++) {
		sum += tile[2 * i];
		square += tile[2 * i] * tile[2 * i];
	}
	mean = sum / (H * W);
	scale = sqrtf(fmaxf(square / (H * W) - mean * mean, 0));
	scale = (light ? 1.0f : -1.0f) / fmaxf(scale, DEVIATION);
	for (int i = 0; i < H * W; i++) {
		float v = (tile[2 * i] - mean) * scale;

		tile[2 * i] = v < -3 ? -3 : v > 3 ? 3 : v;
	}
}

void vq_textnet_cut(const uint8_t *plane, int width, int height, const struct vq_textnet_row *row,
	int index, float out[VQ_TEXTNET_TILE])
{
	float step = (float)row->letter / VQ_TEXTNET_LETTER, q = step * 0.25f;
	float slope = (float)row->slope;
	float mx = (float)(row->box[0] + row->box[2]) * 0.5f - 0.5f;
	float my = (float)(row->box[1] + row->box[3]) * 0.5f - 0.5f;
	float rest = (float)(row->box[2] - row->box[0]) - (float)W * step;
	float cx = vq_textnet_tiles(row) == 1 ? mx : mx + rest * ((float)index - 0.5f);
	bool taps = row->letter > TAPS_ABOVE;

	for (int j = 0; j < H; j++)
		for (int i = 0; i < W; i++) {
			float x = cx + ((float)i - (W - 1) * 0.5f) * step;
			float y = my + (x - mx) * slope + ((float)j - (H - 1) * 0.5f) * step;
			float *o = out + 2 * (j * W + i);

			o[0] = taps ? 0.25f * (at(plane, width, height, x - q, y - q) +
						      at(plane, width, height, x + q, y - q) +
						      at(plane, width, height, x - q, y + q) +
						      at(plane, width, height, x + q, y + q))
				    : at(plane, width, height, x, y);
			o[1] = x + 0.5f >= (float)row->box[0] && x + 0.5f <= (float)row->box[2] &&
			       y + 0.5f >= (float)row->box[1] && y + 0.5f <= (float)row->box[3];
		}
	normalise(out, row->light);
}

/* ---- the network ---------------------------------------------------------------------- */

#define BORDER 2       /* of zeros around every layer */
#define GROUP VQ_LANES /* output channels and */
#define STRIP 4	       /* output pixels that are summed at once: what fits the registers */

/* Channels innermost; with the border around it. */
struct layer {
	int height, width, channels;
	float *value;
};

static float *pixel(const struct layer *l, int x, int y)
{
	return l->value +
	       (size_t)(((y + BORDER) * (l->width + 2 * BORDER) + x + BORDER) * l->channels);
}

/* One strip of one group: in are the first values under the kernel. */
__attribute__((always_inline)) static inline void strip(const struct layer *from, const float *in,
	int size, int apart, const float *weight, int channels, vq_lanes sum[STRIP])
{
	size_t row = (size_t)((from->width + 2 * BORDER) * from->channels);

	for (int y = 0; y < size; y++, in += row)
		for (int k = 0; k < size * from->channels; k++, weight += channels)
#pragma GCC unroll 4
			for (int p = 0; p < STRIP; p++)
				sum[p] += in[p * apart + k] * *(const vq_lanes *)weight;
}

/* Convolution, then what is below 0 becomes 0.  weight is [size][size][in][out]. */
VQ_WIDE static void convolve(const struct layer *from, const struct layer *to, int size, int stride,
	const float *weight, const float *bias)
{
	for (int y = 0; y < to->height; y++)
		for (int x = 0; x < to->width; x += STRIP)
			for (int g = 0; g < to->channels; g += GROUP) {
				vq_lanes sum[STRIP];

#pragma GCC unroll 4
				for (int p = 0; p < STRIP; p++)
					sum[p] = *(const vq_lanes *)(bias + g);
				strip(from,
					pixel(from, x * stride - size / 2, y * stride - size / 2),
					size, stride * from->channels, weight + g, to->channels,
					sum);
#pragma GCC unroll 4
				for (int p = 0; p < STRIP; p++)
					*(vq_lanes *)(pixel(to, x + p, y) + g) =
						(vq_lanes)((vq_int_lanes)sum[p] & (sum[p] > 0));
			}
}

/* The largest of each two by two. */
static void shrink(const struct layer *from, const struct layer *to)
{
	for (int y = 0; y < to->height; y++)
		for (int x = 0; x < to->width; x++)
			for (int c = 0; c < to->channels; c++) {
				float a = fmaxf(pixel(from, 2 * x, 2 * y)[c],
					pixel(from, 2 * x + 1, 2 * y)[c]);
				float b = fmaxf(pixel(from, 2 * x, 2 * y + 1)[c],
					pixel(from, 2 * x + 1, 2 * y + 1)[c]);

				pixel(to, x, y)[c] = fmaxf(a, b);
			}
}

/* Mean and largest value of each channel through the two last, fully connected layers. */
static double decide(const struct layer *l)
{
	float in[2 * CHANNELS3] = {0}, out = dense1_bias[0];

	for (int y = 0; y < l->height; y++)
		for (int x = 0; x < l->width; x++)
			for (int c = 0; c < CHANNELS3; c++) {
				float v = pixel(l, x, y)[c];

				in[c] += v / (float)(l->width * l->height);
				in[CHANNELS3 + c] = fmaxf(in[CHANNELS3 + c], v);
			}
	for (int h = 0; h < HIDDEN; h++) {
		float sum = dense0_bias[h];

		for (int k = 0; k < 2 * CHANNELS3; k++)
			sum += in[k] * dense0_weight[k * HIDDEN + h];
		out += fmaxf(sum, 0) * dense1_weight[h];
	}
	return out;
}

#define ROOM(height, width, channels)                                                              \
	[((height) + 2 * BORDER) * ((width) + 2 * BORDER) * (channels)]

double vq_textnet_tile(const float tile[VQ_TEXTNET_TILE])
{
	float a ROOM(H, W, 2) = {0}, b ROOM(H / 2, W / 2, CHANNELS0) = {0};
	float c ROOM(H / 4, W / 4, CHANNELS1) = {0}, d ROOM(H / 4, W / 4, CHANNELS2) = {0};
	float e ROOM(H / 8, W / 8, CHANNELS2) = {0}, f ROOM(H / 8, W / 8, CHANNELS3) = {0};
	struct layer in = {H, W, 2, a}, l0 = {H / 2, W / 2, CHANNELS0, b},
		     l1 = {H / 4, W / 4, CHANNELS1, c}, l2 = {H / 4, W / 4, CHANNELS2, d},
		     half = {H / 8, W / 8, CHANNELS2, e}, l3 = {H / 8, W / 8, CHANNELS3, f};

	for (int y = 0; y < H; y++)
		memcpy(pixel(&in, 0, y), tile + y * W * 2, W * 2 * sizeof *tile);
	convolve(&in, &l0, 5, 2, conv0_weight, conv0_bias);
	convolve(&l0, &l1, 3, 2, conv1_weight, conv1_bias);
	convolve(&l1, &l2, 3, 1, conv2_weight, conv2_bias);
	shrink(&l2, &half);
	convolve(&half, &l3, 3, 1, conv3_weight, conv3_bias);
	return decide(&l3);
}

double vq_textnet_score(
	const uint8_t *plane, int width, int height, const struct vq_textnet_row *row)
{
	float tile[VQ_TEXTNET_TILE];
	double sum = 0;
	int n = vq_textnet_tiles(row);

	for (int i = 0; i < n; i++) {
		vq_textnet_cut(plane, width, height, row, i, tile);
		sum += vq_textnet_tile(tile);
	}
	return 1 / (1 + exp(-sum / n));
}
