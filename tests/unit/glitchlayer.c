/* lib/glitchlayer, lib/glitchfield, lib/blur: letters are lifted off and found again. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/blur.h"
#include "../../lib/glitchfield.h"
#include "../../lib/glitchlayer.h"
#include "../../lib/rng.h"
#include "../tap.h"

#define W 160
#define H 80

static struct vq_frame f, copy;
static struct vq_layer layer;
static struct vq_err err;

static void rect(int plane, int x1, int y1, int x2, int y2, int v)
{
	int w = plane ? W / 2 : W;

	for (int y = y1; y < y2; y++)
		memset(f.plane[plane] + y * w + x1, v, (size_t)(x2 - x1));
}

/* Five upright strokes of two sizes on a ground that grows lighter to the right. */
static void draw(int ink)
{
	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x++)
			f.plane[0][y * W + x] = (uint8_t)(80 + x / 8);
	memset(f.plane[1], 120, W * H / 4);
	memset(f.plane[2], 130, W * H / 4);
	for (int i = 0; i < 5; i++)
		rect(0, 40 + 16 * i, 30, 40 + 16 * i + (i % 2 ? 6 : 10), 50, ink);
}

static void same_again(void)
{
	for (int p = 0; p < 3; p++)
		memcpy(layer.edit[p], layer.ink[p],
			(size_t)(layer.w >> (p > 0)) * (size_t)(layer.h >> (p > 0)) *
				sizeof(float));
}

static void lift(int ink, const char *what)
{
	static const double box[4] = {38, 28, 116, 52};
	struct vq_cell cell[32];
	int n, worst = 0;

	draw(ink);
	vq_frame_copy(&copy, &f);
	ok(vq_layer_cut(&layer, &f, box, &err), "%s: letters are found", what);
	ok(layer.parted > 0.9, "%s: letters and ground part, %.2f", what, layer.parted);
	ok(layer.x <= 38 && layer.y <= 28 && layer.x + layer.w >= 116 && layer.y + layer.h >= 52,
		"%s: the layer has a margin", what);
	n = vq_layer_cells(&layer, cell, 32);
	is_int(n, 5, "%s: five letters", what);
	for (int i = 0; i < n; i++)
		is_int(cell[i].x1 + layer.x, 40 + 16 * i, "%s: letter %d begins", what, i);
	for (int y = 0; y < layer.h; y++)
		for (int x = 0; x < layer.w; x++) {
			int v = (int)lrintf(layer.ground[0][y * layer.w + x]);
			int d = abs(v - (80 + (x + layer.x) / 8));

			worst = d > worst ? d : worst;
		}
	ok(worst <= 2, "%s: the ground goes on under the letters, within %d levels", what, worst);
	same_again();
	vq_layer_paste(&layer, &f);
	ok(memcmp(f.plane[0], copy.plane[0], vq_frame_bytes(W, H)) == 0,
		"%s: ink that was not edited leaves the frame as it is", what);
	memset(layer.edit[0], 0, (size_t)layer.w * (size_t)layer.h * sizeof(float));
	vq_layer_paste(&layer, &f);
	ok(abs(f.plane[0][40 * W + 44] - 85) <= 2, "%s: without ink there is ground", what);
	ok(f.plane[0][2 * W + 2] == copy.plane[0][2 * W + 2], "%s: beyond the layer nothing", what);
}

static void by_colour(void)
{
	static const double box[4] = {38, 28, 116, 52};
	struct vq_cell cell[32];

	draw(95);
	rect(0, 0, 0, W, H, 100);
	for (int i = 0; i < 5; i++)
		rect(2, 20 + 8 * i, 15, 24 + 8 * i, 25, 200);
	ok(vq_layer_cut(&layer, &f, box, &err), "letters of another colour are found");
	is_int(vq_layer_cells(&layer, cell, 32), 5, "all five");
}

/* The ground's own light differs more than letters and ground do. */
static void in_the_shade(void)
{
	static const double box[4] = {38, 28, 116, 52};
	struct vq_cell cell[32];
	int n;

	draw(220);
	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x++) {
			uint8_t *v = &f.plane[0][y * W + x];

			*v = (uint8_t)(60 + x + (*v == 220 ? -45 : 0));
		}
	ok(vq_layer_cut(&layer, &f, box, &err), "letters half in the shade");
	n = vq_layer_cells(&layer, cell, 32);
	is_int(n, 5, "all five");
	for (int i = 0; i < n; i++)
		ok(abs(cell[i].x1 + layer.x - (40 + 16 * i)) <= 1, "letter %d begins where it does",
			i);
}

static void two_lines(void)
{
	static const double box[4] = {38, 10, 116, 62};
	struct vq_cell cell[32];

	draw(220);
	for (int i = 0; i < 3; i++)
		rect(0, 40 + 16 * i, 12, 50 + 16 * i, 24, 220);
	ok(vq_layer_cut(&layer, &f, box, &err), "two lines");
	is_int(vq_layer_cells(&layer, cell, 32), 8, "eight letters");
	ok(cell[0].line == 0 && cell[2].line == 0 && cell[3].line == 1 && cell[7].line == 1,
		"three and five");
	is_int(vq_layer_cells(&layer, cell, 4), 4, "no more than there is room for");
}

static void nothing(void)
{
	memset(f.plane[0], 90, vq_frame_bytes(W, H));
	ok(!vq_layer_cut(&layer, &f, (double[4]){20, 20, 60, 40}, &err) && err.code == VQ_OK,
		"a plain ground has no letters");
	/* An edge that runs through: a table, no letter. */
	rect(0, 0, 30, W, H, 200);
	ok(!vq_layer_cut(&layer, &f, (double[4]){20, 20, 60, 40}, &err) && err.code == VQ_OK,
		"what goes on outside is no letter");
	ok(!vq_layer_cut(&layer, &f, (double[4]){0, 0, 3, 3}, &err) || layer.w > 0,
		"a tiny box is survived");
}

/* What has no two classes does not part. */
static void busy(void)
{
	uint64_t state = 1;

	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x++)
			f.plane[0][y * W + x] = vq_to_u8(120 + 30 * vq_rng_normal(&state));
	vq_layer_cut(&layer, &f, (double[4]){38, 28, 116, 52}, &err);
	ok(layer.parted < 0.7, "noise does not part, %.2f", layer.parted);
}

static void fields(void)
{
	struct vq_field a, b;
	float row[64], steep = 0;
	double square = 0, most = 0;

	vq_field_init(&a, 256, 256, 8, &err);
	vq_field_init(&b, 256, 256, 8, &err);
	vq_field_seed(&a, 5);
	vq_field_seed(&b, 5);
	for (int y = 0; y < 256; y++)
		for (int x = 0; x < 256; x++) {
			double v = vq_field_at(&a, x, y);

			square += v * v;
			most = fmax(most, fabs(v));
			steep = fmaxf(steep, fabsf((float)v - vq_field_at(&a, x + 1, y)));
		}
	ok(sqrt(square / 65536) > 0.45 && sqrt(square / 65536) < 0.7, "root mean square %.2f",
		sqrt(square / 65536));
	ok(most <= 2 && steep < 0.4, "bounded (%.2f) and smooth (%.2f)", most, (double)steep);
	vq_field_row(&b, 17, 1, 64, row);
	is_real(row[20], vq_field_at(&a, 20.5, 17), 1e-5, "a row is the same as single values");
	vq_field_seed(&b, 6);
	ok(fabsf(vq_field_at(&a, 40, 40) - vq_field_at(&b, 40, 40)) > 1e-6f, "seeds differ");
	vq_field_mix(&b, 5, 6, 0);
	is_real(vq_field_at(&b, 40, 40), vq_field_at(&a, 40, 40), 0, "all of the first");
	vq_field_clear(&a);
	vq_field_clear(&b);
}

static void sampling(void)
{
	uint8_t p[64], blurred[64];
	float q[64], scratch[64 + 16];
	int sum = 0;

	for (int i = 0; i < 64; i++) {
		p[i] = (uint8_t)(10 * (i % 8) + 3 * (i / 8));
		q[i] = p[i];
	}
	is_real(vq_at_u8(p, 8, 8, 3, 4), p[35], 1e-4, "a pixel is itself");
	is_real(vq_at_u8(p, 8, 8, 3.5, 4), p[35] + 5, 1e-3, "a ramp is met between");
	is_real(vq_at_u8(p, 8, 8, -900, 1e9), p[56], 2, "far away is the corner");
	is_real(vq_at_float(q, 8, 8, 3.5, 4.5), p[35] + 6.5, 1e-3, "the same in floats");
	is_real(vq_at_float(q, 8, 8, -5, 4), 0, 0, "outside is 0");
	ok(vq_blur_scratch(8, 8) <= sizeof scratch / sizeof *scratch, "scratch");
	vq_blur_u8(p, blurred, 8, 8, 0, scratch);
	ok(memcmp(p, blurred, 64) == 0, "no blur");
	memset(p, 0, sizeof p);
	p[27] = 255;
	vq_blur_u8(p, blurred, 8, 8, 0.8, scratch);
	for (int i = 0; i < 64; i++)
		sum += blurred[i];
	ok(blurred[27] > 40 && blurred[27] < 80 && abs(sum - 255) <= 12,
		"a dot is spread out (%d) and nothing lost (%d)", blurred[27], sum);
	is_int(blurred[26], blurred[28], "evenly");
}

int main(void)
{
	vq_frame_init(&f, W, H, &err);
	vq_frame_init(&copy, W, H, &err);
	lift(220, "light on dark");
	lift(20, "dark on light");
	by_colour();
	in_the_shade();
	two_lines();
	nothing();
	busy();
	fields();
	sampling();
	vq_layer_clear(&layer);
	vq_frame_clear(&f);
	vq_frame_clear(&copy);
	return done_testing();
}
