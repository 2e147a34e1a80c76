/* lib/texttight on rows of bars whose ends are known. */
#include <math.h>
#include <stdlib.h>

#include "../../lib/texttight.h"
#include "../tap.h"

#define W 320
#define H 160

static uint8_t plane[W * H];

/* Bars of 3 pixels in 7, 81 long and 20 high around the middle of the plane. */
static void draw(double slope, int noise)
{
	double c = 1 / sqrt(1 + slope * slope), s = slope * c;
	unsigned seed = 1;

	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x++) {
			double dx = x + 0.5 - W / 2.0, dy = y + 0.5 - H / 2.0;
			double u = c * dx + s * dy, v = c * dy - s * dx;
			bool bar = fabs(u) < 40.5 && fabs(v) < 10 && fmod(u + 42, 7) < 3;

			seed = seed * 1664525u + 1013904223u;
			plane[y * W + x] = (uint8_t)((bar ? 40 : 150) + (int)(seed >> 16) % noise);
		}
}

static void test(double slope, int noise, double off, double length, double height)
{
	struct vq_textrow row = {W / 2.0 + off, H / 2.0 - off / 2, length, height, slope};

	draw(slope, noise);
	vq_texttight(plane, W, H, &row);
	ok(fabs(row.height - 20) < 3, "slope %.1f, noise %d: height %.1f for 20", slope, noise,
		row.height);
	ok(fabs(row.length - 81) < 9, "length %.1f for 81", row.length);
	ok(fabs(row.x - W / 2.0) < 4 && fabs(row.y - H / 2.0) < 2, "middle %.1f,%.1f", row.x,
		row.y);
}

int main(void)
{
	struct vq_textrow row = {10, 10, 40, 20, 0}, old = row;

	test(0, 1, 0, 110, 32);
	test(0, 1, 3, 90, 24);
	test(0, 12, 3, 110, 28);
	test(0.3, 1, 0, 110, 30);
	test(-0.3, 12, 2, 100, 26);

	for (int i = 0; i < W * H; i++)
		plane[i] = (uint8_t)((i * 7919 >> 3) & 255);
	vq_texttight(plane, W, H, &row);
	ok(fabs(row.height - old.height) < 0.01 && fabs(row.length - old.length) < 0.01,
		"surroundings like the row: nothing moves");
	row = (struct vq_textrow){2, 2, 2, 1, 0};
	vq_texttight(plane, W, H, &row);
	ok(row.height == 1 && row.length == 2, "too small to tell: nothing moves");
	return done_testing();
}
