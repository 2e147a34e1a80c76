/* lib/textnet against its network computed plainly in double precision, and on rows
 * that are drawn here: letters, stripes, noise. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/textnet.h"
#include "../../lib/textnet_weights.h"
#include "../tap.h"

#define W 320
#define H 64

static unsigned state;

static unsigned next(void)
{
	state = state * 1103515245u + 12345u;
	return state >> 16;
}

/* ---- reference ------------------------------------------------------------------------ */

struct plane {
	int h, w, c;
	double v[24 * 96 * 2 > 6 * 24 * 32 ? 24 * 96 * 2 : 6 * 24 * 32];
};

static void convolve(const struct plane *in, struct plane *out, int size, int stride, int channels,
	const float *weight, const float *bias)
{
	*out = (struct plane){.h = in->h / stride, .w = in->w / stride, .c = channels};
	for (int y = 0; y < out->h; y++)
		for (int x = 0; x < out->w; x++)
			for (int o = 0; o < channels; o++) {
				double sum = (double)bias[o];

				for (int j = 0; j < size; j++)
					for (int i = 0; i < size; i++)
						for (int k = 0; k < in->c; k++) {
							int v = y * stride + j - size / 2;
							int u = x * stride + i - size / 2;

							if (v < 0 || u < 0 || v >= in->h ||
								u >= in->w)
								continue;
							sum += in->v[(v * in->w + u) * in->c + k] *
							       (double)weight
								       [((j * size + i) * in->c +
										k) * channels +
									       o];
						}
				out->v[(y * out->w + x) * channels + o] = fmax(sum, 0);
			}
}

static void shrink(const struct plane *in, struct plane *out)
{
	*out = (struct plane){.h = in->h / 2, .w = in->w / 2, .c = in->c};
	for (int y = 0; y < in->h; y++)
		for (int x = 0; x < in->w; x++)
			for (int k = 0; k < in->c; k++) {
				double *o = &out->v[(y / 2 * out->w + x / 2) * in->c + k];

				*o = fmax(*o, in->v[(y * in->w + x) * in->c + k]);
			}
}

static double reference(const float *tile)
{
	static struct plane a, b;
	double in[2 * CHANNELS3] = {0}, out = (double)dense1_bias[0];

	a = (struct plane){.h = VQ_TEXTNET_HEIGHT, .w = VQ_TEXTNET_WIDTH, .c = 2};
	for (int i = 0; i < VQ_TEXTNET_TILE; i++)
		a.v[i] = (double)tile[i];
	convolve(&a, &b, 5, 2, CHANNELS0, conv0_weight, conv0_bias);
	convolve(&b, &a, 3, 2, CHANNELS1, conv1_weight, conv1_bias);
	convolve(&a, &b, 3, 1, CHANNELS2, conv2_weight, conv2_bias);
	shrink(&b, &a);
	convolve(&a, &b, 3, 1, CHANNELS3, conv3_weight, conv3_bias);
	for (int i = 0; i < b.h * b.w; i++)
		for (int k = 0; k < CHANNELS3; k++) {
			in[k] += b.v[i * CHANNELS3 + k] / (b.h * b.w);
			in[CHANNELS3 + k] = fmax(in[CHANNELS3 + k], b.v[i * CHANNELS3 + k]);
		}
	for (int o = 0; o < HIDDEN; o++) {
		double sum = (double)dense0_bias[o];

		for (int k = 0; k < 2 * CHANNELS3; k++)
			sum += in[k] * (double)dense0_weight[k * HIDDEN + o];
		out += fmax(sum, 0) * (double)dense1_weight[o];
	}
	return out;
}

static void test_network(void)
{
	static float tile[VQ_TEXTNET_TILE];
	double worst = 0;

	for (int n = 0; n < 8; n++) {
		double want, got;

		state = 11u + (unsigned)n;
		for (int i = 0; i < VQ_TEXTNET_TILE; i++)
			tile[i] = i % 2 != 0 ? (float)(n % 2) : (float)(next() % 600) / 100 - 3;
		want = reference(tile);
		got = vq_textnet_tile(tile);
		worst = fmax(worst, fabs(want - got) / (1 + fabs(want)));
	}
	ok(worst < 1e-4, "as in double precision, worst %g", worst);
}

/* ---- drawn rows ----------------------------------------------------------------------- */

static const char *const letters[] = {".###.#...##...##...######...##...#",
	"####.#...##...#####.#...##...#####.", "#####..#....#....#....#....#....#..",
	".###.#...##....#....#....#...#.###.", "#...#####.#...##.#.##..###...##...#",
	"######....#....####.#....#....#####"};

static void draw_letters(uint8_t *plane, int scale, int ink)
{
	for (int n = 0; n < 9; n++) {
		const char *l = letters[(n * 5) % 6];

		for (int i = 0; i < 35 * scale * scale; i++) {
			int x = i % (5 * scale), y = i / (5 * scale);

			if (l[y / scale * 5 + x / scale] == '#')
				plane[(20 + y) * W + 40 + n * 7 * scale + x] = (uint8_t)ink;
		}
	}
}

static struct vq_textnet_row row_of(int scale, bool light)
{
	return (struct vq_textnet_row){.box = {40, 20, 40 + 61 * scale, 20 + 7 * scale},
		.letter = 7 * scale,
		.light = light};
}

static void test_rows(void)
{
	static uint8_t plane[W * H];
	struct vq_textnet_row row = row_of(2, false);
	double dark, light, stripes, noise;

	memset(plane, 200, sizeof plane);
	draw_letters(plane, 2, 40);
	dark = vq_textnet_score(plane, W, H, &row);
	row.light = true;
	for (int i = 0; i < W * H; i++)
		plane[i] = (uint8_t)(255 - plane[i]);
	light = vq_textnet_score(plane, W, H, &row);
	for (int i = 0; i < W * H; i++)
		plane[i] = (uint8_t)(i / W / 5 % 2 != 0 ? 60 : 180);
	stripes = vq_textnet_score(plane, W, H, &row);
	state = 3;
	for (int i = 0; i < W * H; i++)
		plane[i] = (uint8_t)(next() % 256);
	noise = vq_textnet_score(plane, W, H, &row);
	ok(fabs(dark - light) < 1e-3, "dark as light: %g %g", dark, light);
	ok(dark > 0.6, "letters %g", dark);
	ok(stripes < 0.3, "stripes %g", stripes);
	ok(noise < 0.3, "noise %g", noise);
}

static void test_tiles(void)
{
	static uint8_t plane[W * H];
	static float tile[VQ_TEXTNET_TILE];
	struct vq_textnet_row row = row_of(2, true);
	double sum = 0, square = 0, inside = 0;

	draw_letters(plane, 2, 255);
	ok(vq_textnet_tiles(&row) == 2, "a long row is two tiles");
	row.box[2] = 40 + 96;
	ok(vq_textnet_tiles(&row) == 1, "a short one is one");
	vq_textnet_cut(plane, W, H, &row, 0, tile);
	for (int i = 0; i < VQ_TEXTNET_TILE; i += 2) {
		sum += (double)tile[i];
		square += (double)(tile[i] * tile[i]);
		inside += (double)tile[i + 1];
	}
	sum /= VQ_TEXTNET_TILE / 2;
	ok(fabs(sum) < 0.05, "mean %g", sum);
	ok(fabs(square / (VQ_TEXTNET_TILE / 2) - 1) < 0.1, "deviation");
	ok(fabs(inside - 82 * 12) < 82, "the box is marked: %g pixels", inside);
	row.box[0] = -50;
	row.box[3] = 500;
	row.slope = 3;
	vq_textnet_cut(plane, W, H, &row, 0, tile);
	ok(isfinite(tile[0]), "a row over the edge");
	memset(plane, 9, sizeof plane);
	vq_textnet_cut(plane, W, H, &row, 0, tile);
	ok(tile[0] > -1e-3f && tile[0] < 1e-3f, "nothing to see is 0");
}

int main(void)
{
	test_network();
	test_rows();
	test_tiles();
	return done_testing();
}
