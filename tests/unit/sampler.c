/* lib/sampler and lib/distinct: which frames are new, and which are taken. */
#include <string.h>

#include "../../lib/distinct.h"
#include "../../lib/sampler.h"
#include "../tap.h"

/* Frames taken of `frames` at `native` a second, each new picture held `hold` frames. */
static long taken(double fps, long budget, double native, int frames, int hold, long *odd)
{
	struct vq_sampler s;
	long n = 0;

	*odd = 0;
	vq_sampler_init(&s, fps, budget, frames / native, native);
	for (int i = 0; i < frames; i++)
		if (vq_sampler_take(&s, i / native, i % hold == 0)) {
			n++;
			*odd += i % 2;
		}
	return n;
}

static void sampling(void)
{
	struct vq_sampler s;
	long odd, n;

	is_int(taken(5, 0, 24, 240, 1, &odd), 50, "5 a second of 10 seconds");
	is_int(taken(5, 50, 24, 48, 1, &odd), 48, "a budget of 50 on 2 seconds: every frame");
	n = taken(5, 50, 30, 120, 1, &odd);
	ok(n >= 49 && n <= 50, "a budget of 50 on 4 seconds: %ld", n);
	is_int(taken(5, 50, 24, 48, 3, &odd), 16, "no more than there are pictures");
	is_int(taken(5, 50, 24, 480, 480, &odd), 1, "a still clip: one");
	is_int(taken(5, 50, 25, 1, 1, &odd), 1, "one frame");
	is_int(taken(100, 0, 24, 240, 1, &odd), 240, "a rate above native");

	for (int native = 8; native <= 60; native++) {
		n = taken(5, 0, native, native * 20, 1, &odd);
		ok(n >= 99 && n <= 101 && odd * 10 > n * 3 && odd * 10 < n * 7,
			"5 of %d frames a second: %ld in 20 s, %ld of them odd", native, n, odd);
	}

	vq_sampler_init(&s, 5, 0, 10, 24);
	n = 0;
	for (int i = 0; i < 240; i++)
		if (vq_sampler_take(&s, i / 24.0, i == 0 || i >= 120) && i >= 120 && i < 132)
			n++;
	ok(n <= 5, "no burst after a still scene: %ld in half a second", n);
}

static unsigned seed = 1;

static int noise(int level)
{
	seed = seed * 1664525u + 1013904223u;
	return level == 0 ? 0 : (int)(seed >> 16) % (2 * level + 1) - level;
}

static uint8_t clip(int v)
{
	return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

/* A picture with edges, moved by dx pixels, made brighter, with noise. */
static void paint(uint8_t *p, int w, int h, double dx, int brighter, int level)
{
	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++) {
			double wave = 60 * sin((x + dx) / 9.0) * cos(y / 13.0);

			p[y * w + x] = clip(128 + (int)lround(wave) + brighter + noise(level));
		}
}

static void distinct(void)
{
	enum { W = 320, H = 180 };
	static uint8_t a[W * H], b[W * H];
	static const int sides[][2] = {{1, 1}, {2, 2}, {7, 9}, {8, 8}, {33, 31}, {320, 3}};
	struct vq_frame f, g;
	struct vq_err err;

	paint(a, W, H, 0, 0, 0);
	ok(vq_plane_repeats(a, a, W, H, W), "the same");
	paint(b, W, H, 0, 0, 3);
	ok(vq_plane_repeats(a, b, W, H, W), "noise of 3 levels");
	paint(b, W, H, 0, 1, 3);
	ok(!vq_plane_repeats(a, b, W, H, W), "one level brighter");
	paint(b, W, H, 1, 0, 3);
	ok(!vq_plane_repeats(a, b, W, H, W), "moved by a pixel");
	memcpy(b, a, sizeof b);
	for (int y = 90; y < 100; y++)
		memset(b + y * W + 200, 230, 3);
	ok(!vq_plane_repeats(a, b, W, H, W), "a stroke of 3x10 pixels");
	memcpy(b, a, sizeof b);
	b[(H - 1) * W + W - 1] = clip(a[(H - 1) * W + W - 1] + 4);
	ok(vq_plane_repeats(a, b, W, H, W), "one pixel by 4 levels");
	for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
		int w = sides[i][0], h = sides[i][1];

		memset(a, 100, sizeof a);
		memset(b, 100, sizeof b);
		ok(vq_plane_repeats(a, b, w, h, W), "%dx%d: the same", w, h);
		b[(h - 1) * W + w - 1] = 255;
		b[w < W ? (h - 1) * W + w : h * W] = 0; /* outside: must not count */
		ok(!vq_plane_repeats(a, b, w, h, W) || w * h > 64, "%dx%d: last pixel", w, h);
	}
	vq_frame_init(&f, 64, 32, &err);
	vq_frame_init(&g, 64, 32, &err);
	memset(f.plane[0], 128, vq_frame_bytes(64, 32));
	memcpy(g.plane[0], f.plane[0], vq_frame_bytes(64, 32));
	ok(vq_frame_repeats(&f, &g), "frames: the same");
	memset(g.plane[2], 140, 16 * 32);
	ok(!vq_frame_repeats(&f, &g), "frames: colour alone");
	vq_frame_clear(&f);
	vq_frame_clear(&g);
}

int main(void)
{
	sampling();
	distinct();
	return done_testing();
}
