#include "../../lib/canvas.h"

#include "../tap.h"

static unsigned long at(const struct vq_canvas *c, int x, int y)
{
	const uint8_t *p = c->rgb + ((size_t)y * (size_t)c->w + (size_t)x) * 3;

	return (unsigned long)p[0] << 16 | (unsigned long)p[1] << 8 | p[2];
}

static int near(unsigned long a, unsigned long b)
{
	for (int shift = 0; shift < 24; shift += 8)
		if (labs((long)(a >> shift & 255) - (long)(b >> shift & 255)) > 3)
			return 0;
	return 1;
}

/* A picture of one colour, BT.601 limited range unless it says otherwise. */
static void test_colour(int y, int cb, int cr, bool bt709, unsigned long want, const char *name)
{
	uint8_t pixels[16 * 8 * 3 / 2];
	struct vq_frame f = {.width = 16,
		.height = 8,
		.plane = {pixels, pixels + 16 * 8, pixels + 16 * 8 + 8 * 4}};
	struct vq_canvas c;
	struct vq_err err;

	memset(f.plane[0], y, 16 * 8);
	memset(f.plane[1], cb, 8 * 4);
	memset(f.plane[2], cr, 8 * 4);
	is_int(vq_canvas_crop(&c, &f, (int[]){0, 0, 16, 8}, 100, 100, bt709, &err), VQ_OK, "%s",
		name);
	is_int(c.w, 16, "not enlarged");
	ok(near(at(&c, 3, 3), want), "%s: %06lx is near %06lx", name, at(&c, 3, 3), want);
	vq_canvas_clear(&c);
}

/* The right half is bright; the part around the seam has both. */
static void test_part(void)
{
	uint8_t pixels[64 * 32 * 3 / 2];
	struct vq_frame f = {.width = 64,
		.height = 32,
		.plane = {pixels, pixels + 64 * 32, pixels + 64 * 32 + 32 * 16}};
	struct vq_canvas c;
	struct vq_err err;

	memset(pixels, 128, sizeof pixels);
	for (int i = 0; i < 64 * 32; i++)
		pixels[i] = i % 64 < 32 ? 16 : 235;
	vq_canvas_crop(&c, &f, (int[]){24, 8, 40, 24}, 100, 100, false, &err);
	ok(c.w == 16 && c.h == 16, "a part at its own size");
	ok(near(at(&c, 7, 5), 0) && near(at(&c, 8, 5), 0xFFFFFF), "with the seam in the middle");
	vq_canvas_clear(&c);
	vq_canvas_crop(&c, &f, (int[]){0, 0, 64, 32}, 16, 100, false, &err);
	ok(c.w == 16 && c.h == 8, "made smaller, the same shape");
	ok(near(at(&c, 7, 5), 0) && near(at(&c, 8, 5), 0xFFFFFF), "the seam is where it was");
	vq_canvas_clear(&c);
}

static void test_outline(void)
{
	struct vq_canvas c;
	struct vq_err err;

	vq_canvas_init(&c, 40, 30, 0x808080, &err);
	vq_canvas_outline(&c, (double[]){10, 8, 30, 20}, 2, 0xFF0000);
	ok(at(&c, 10, 8) == 0x808080 && at(&c, 29, 19) == 0x808080, "what is in the box stays");
	ok(at(&c, 9, 12) == 0x101010, "a dark line around it");
	ok(at(&c, 8, 12) == 0xFF0000 && at(&c, 7, 12) == 0xFF0000, "then the colour, two pixels");
	ok(at(&c, 6, 12) == 0x101010 && at(&c, 5, 12) == 0x808080, "then a dark line, and no more");
	ok(at(&c, 31, 12) == 0xFF0000 && at(&c, 15, 6) == 0xFF0000 && at(&c, 15, 21) == 0xFF0000,
		"on all sides");
	vq_canvas_outline(&c, (double[]){0, 0, 40, 30}, 2, 0x00FF00);
	ok(at(&c, 1, 15) == 0x00FF00 && at(&c, 38, 15) == 0x00FF00,
		"a box of the whole picture shows inside");
	vq_canvas_clear(&c);
	vq_canvas_init(&c, 2, 2, 0, &err);
	vq_canvas_outline(&c, (double[]){-500, -1e9, 1e9, 700}, 3, 0xFF0000);
	ok(c.rgb != NULL, "a box that does not fit is no harm");
	vq_canvas_clear(&c);
}

static int painted(const struct vq_canvas *c)
{
	int n = 0;

	for (int i = 0; i < c->w * c->h; i++)
		n += at(c, i % c->w, i / c->w) != 0;
	return n;
}

static void test_figures(void)
{
	struct vq_canvas c;
	struct vq_err err;

	vq_canvas_init(&c, 20, 12, 0, &err);
	vq_canvas_figures(&c, 0, 0, 1, "1", 0xFFFFFF);
	is_int(painted(&c), 8, "the dots of a 1");
	vq_canvas_clear(&c);
	vq_canvas_init(&c, 20, 12, 0, &err);
	vq_canvas_figures(&c, 0, 0, 2, "1", 0xFFFFFF);
	is_int(painted(&c), 32, "twice as large");
	vq_canvas_figures(&c, 0, 0, 2, " ~", 0xFFFFFF);
	is_int(painted(&c), 32, "what there is no picture of is blank");
	vq_canvas_figures(&c, 17, 9, 2, "88", 0xFFFFFF);
	ok(painted(&c) > 32, "cut off at the edge");
	vq_canvas_clear(&c);
	vq_canvas_init(&c, 24, 5, 0, &err);
	vq_canvas_figures(&c, 0, 0, 1, "FRAMES", 0xFFFFFF);
	is_int(painted(&c), 8 + 10 + 10 + 12 + 10 + 7, "letters");
	vq_canvas_clear(&c);
}

static void test_put(void)
{
	struct vq_canvas a, b;
	struct vq_err err;

	vq_canvas_init(&a, 10, 10, 0, &err);
	vq_canvas_init(&b, 4, 4, 0xABCDEF, &err);
	vq_canvas_put(&a, &b, 8, 7);
	is_int(painted(&a), 6, "what does not fit is cut off");
	ok(at(&a, 9, 9) == 0xABCDEF, "the rest is there");
	vq_canvas_clear(&a);
	vq_canvas_clear(&b);
	ok(b.rgb == NULL, "clear clears");
	vq_canvas_clear(&b);
}

int main(void)
{
	test_colour(16, 128, 128, false, 0x000000, "black");
	test_colour(235, 128, 128, false, 0xFFFFFF, "white");
	test_colour(126, 128, 128, true, 0x808080, "grey");
	/* ITU-R BT.601 and BT.709: colour bars of 100 percent */
	test_colour(81, 90, 240, false, 0xFF0000, "red of BT.601");
	test_colour(63, 102, 240, true, 0xFF0000, "red of BT.709");
	test_colour(173, 42, 26, true, 0x00FF00, "green of BT.709");
	test_colour(41, 240, 110, false, 0x0000FF, "blue of BT.601");
	test_part();
	test_outline();
	test_figures();
	test_put();
	return done_testing();
}
