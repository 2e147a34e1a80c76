/* Alignment and comparison of crops, on painted letters. */
#include "../tap.h"

#include "../../lib/stability.h"

#define W 320
#define H 160

/* Letters are little patterns of blocks, so that each has a shape of its own. */
static double letter(unsigned code, double u, double v)
{
	int i = (int)u, j = (int)v;

	if (u < 0 || v < 0 || i > 3 || j > 5)
		return 0;
	return code >> (i + 4 * j) & 1;
}

/* Eight letters at (x,y), scaled, on a wavy ground. */
static double paint(double x, double y, double x0, double y0, double scale, unsigned odd)
{
	static const unsigned code[8] = {
		0x9f996, 0xe9e9e, 0x78887, 0xe999e, 0xf8e8f, 0x88e8f, 0x7b987, 0x99f99};
	double u = (x - x0) / (4 * scale), v = (y - y0) / (4 * scale), ground;
	int n = (int)floor(u / 5);

	ground = 90 + 25 * sin((x - x0) / scale * 0.07) + 20 * sin((y - y0) / scale * 0.11);
	if (n < 0 || n >= 8 || v < 0)
		return ground;
	return ground + 100 * letter(n == 3 && odd ? odd : code[n], u - 5 * n, v);
}

static void draw(struct vq_frame *f, double x0, double y0, double scale, unsigned odd, double gain,
	double offset)
{
	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x++) {
			double sum = 0;

			for (int s = 0; s < 16; s++)
				sum += paint(x + (s % 4) / 4.0 - 0.375, y + (s / 4) / 4.0 - 0.375,
					x0, y0, scale, odd);
			sum = sum / 16 * gain + offset;
			f->plane[0][y * W + x] = (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
		}
}

struct bench {
	struct vq_frame frame;
	struct vq_pyramid p;
	struct vq_crop crop;
	struct vq_aligner *a;
	struct vq_warp w;
	struct vq_likeness like;
	double box[4];
};

static double compare(struct bench *b, double x0, double y0, double scale, unsigned odd,
	double gain, double offset)
{
	double match;

	draw(&b->frame, x0, y0, scale, odd, gain, offset);
	vq_pyramid_build(&b->p, &b->frame);
	match = vq_crop_align(b->a, &b->crop, &b->p, 0, 0, 12, 1, &b->w);
	vq_crop_compare(b->a, &b->crop, &b->p, &b->w, &b->like);
	vq_warp_box(&b->crop, &b->w, b->box);
	return match;
}

static void test_same(struct bench *b)
{
	double match = compare(b, 80, 60, 1, 0, 1, 0);

	ok(match > 0.999 && b->like.box > 0.999 && b->like.ring > 0.99, "the same frame");
	ok(b->like.worst > 0.999 && b->like.edge > 0.999 && b->like.stroke > 0.999,
		"by every measure");
	is_real(b->like.visible, 1, 0.05, "all of it is visible");
	compare(b, 87.5, 55.25, 1, 0, 1, 0);
	is_real(b->box[0] - 80, 7.5, 0.2, "moved: x");
	is_real(b->box[1] - 60, -4.75, 0.2, "moved: y");
	ok(b->like.box > 0.97, "moved text is the same: %.3f", b->like.box);
	compare(b, 76, 58, 1.06, 0, 1, 0);
	is_real(b->box[2] - b->box[0], 160 * 1.06, 3, "grown");
	ok(b->like.box > 0.95, "grown text is the same: %.3f", b->like.box);
	compare(b, 80, 60, 1, 0, 0.6, 30);
	ok(b->like.box > 0.97, "light does not count: %.3f", b->like.box);
	ok(b->like.gain < 0.8 && b->like.light < 0, "but is told");
}

static void test_changed(struct bench *b)
{
	double same, one, around, light;

	compare(b, 80, 60, 1, 0, 1, 0);
	same = b->like.box;
	compare(b, 80, 60, 1, 0x6f1f6, 1, 0);
	one = b->like.box;
	ok(one < same - 0.02, "one letter of eight changed: %.3f", one);
	ok(b->like.worst < 0.8 && b->like.worst < one - 0.1, "its cell tells: %.3f", b->like.worst);
	ok(b->like.ring > 0.95, "its ring does not: %.3f", b->like.ring);
	around = vq_crop_surroundings(b->a, &b->crop, &b->p, &b->w, &light);
	ok(around > 0.99, "what is around it even less: %.3f", around);
	is_real(light, 0, 0.5, "nor does it become lighter");
	ok(b->like.stroke < 0.99, "strokes differ: %.3f", b->like.stroke);
	compare(b, 86, 57, 1, 0x6f1f6, 1, 0);
	ok(b->like.box < same - 0.02, "also while it moves: %.3f", b->like.box);
	is_real(b->box[0] - 80, 6, 0.4, "which is measured");
	compare(b, 80, 60, 1, 0, 1, 30);
	vq_crop_surroundings(b->a, &b->crop, &b->p, &b->w, &light);
	is_real(light, 30, 0.5, "a brighter picture has brighter surroundings");
}

/* Take the crop of a box of text that starts at x0. */
static void take(struct bench *b, double x0, const double box[4])
{
	draw(&b->frame, x0, 60, 1, 0, 1, 0);
	vq_pyramid_build(&b->p, &b->frame);
	vq_crop_take(&b->crop, &b->p, box, 24, NULL, 0);
}

/* A letter beside the box changes. */
static void test_neighbours(struct bench *b)
{
	const double box[4] = {80, 60, 136, 80}, beside[1][4] = {{140, 60, 240, 80}};
	double seen[2], light;

	for (size_t others = 0; others < 2; others++) {
		draw(&b->frame, 80, 60, 1, 0, 1, 0);
		vq_pyramid_build(&b->p, &b->frame);
		vq_crop_take(&b->crop, &b->p, box, 20, beside, others);
		compare(b, 80, 60, 1, 0x6f1f6, 1, 0);
		ok(b->like.box > 0.99, "the box stays: %.3f", b->like.box);
		seen[others] = vq_crop_surroundings(b->a, &b->crop, &b->p, &b->w, &light);
	}
	ok(seen[0] < 0.9, "what is around it does not: %.3f", seen[0]);
	ok(seen[1] > 0.99, "unless it is known to be another one's: %.3f", seen[1]);
}

/* A row that scrolls out of the frame, on either side. */
static void test_leaving(struct bench *b)
{
	const double left[4] = {0, 60, 110, 84}, right[4] = {210, 60, W, 84};

	take(b, -46, left);
	compare(b, -57, 60, 1, 0, 1, 0);
	is_real(b->box[2] - left[2], -11, 1, "out to the left");
	ok(b->like.box > 0.95, "what is left of it is the same: %.3f", b->like.box);
	is_real(b->like.visible, 0.9, 0.03, "a tenth has gone");
	take(b, 210, right);
	compare(b, 221, 60, 1, 0, 1, 0);
	is_real(b->box[0] - right[0], 11, 1, "out to the right");
	ok(b->like.box > 0.95 && b->like.ring > 0.9, "what is left of it is the same: %.3f, %.3f",
		b->like.box, b->like.ring);
}

static void test_zoom(struct bench *b)
{
	const double box[4] = {80, 60, 236, 84};
	double match;

	take(b, 80, box);
	draw(&b->frame, 70, 58, 1.09, 0, 1, 0);
	vq_pyramid_build(&b->p, &b->frame);
	match = vq_crop_align(b->a, &b->crop, &b->p, 0, 0, 12, 1.05, &b->w);
	vq_warp_box(&b->crop, &b->w, b->box);
	ok(match > 0.9, "text that grows by a tenth: %.3f", match);
	is_real(b->box[2] - b->box[0], 1.09 * (box[2] - box[0]), 2, "is found at its size");
}

static void test_edges(struct bench *b)
{
	const double corner[4] = {-5, -5, 12, 9}, tiny[4] = {1, 1, 2, 2};
	const double huge[4] = {0, 0, W, H}, last[4] = {W - 2, H - 2, W, H};

	compare(b, -70, 60, 1, 0, 1, 0);
	ok(b->like.visible <= 1, "text that leaves the frame");
	vq_crop_take(&b->crop, &b->p, corner, 8, NULL, 0);
	compare(b, 80, 60, 1, 0, 1, 0);
	ok(isfinite(b->like.box), "a box over the corner");
	vq_crop_take(&b->crop, &b->p, tiny, 1, NULL, 0);
	compare(b, 80, 60, 1, 0, 1, 0);
	ok(isfinite(b->like.box), "a box of one pixel");
	vq_crop_take(&b->crop, &b->p, last, H, NULL, 0);
	ok(b->crop.inner[0] < b->crop.inner[2] && b->crop.inner[2] <= b->crop.width &&
			b->crop.inner[1] < b->crop.inner[3] && b->crop.inner[3] <= b->crop.height,
		"a box in the last corner, made small");
	vq_crop_take(&b->crop, &b->p, huge, H, NULL, 0);
	ok(b->crop.width * b->crop.height <= VQ_CROP_PIXELS, "a large box is made small");
	compare(b, 80, 60, 1, 0, 1, 0);
	ok(isfinite(b->like.box) && b->like.box > 0.95, "and compared");
	memset(b->frame.plane[0], 128, W * H);
	vq_pyramid_build(&b->p, &b->frame);
	vq_crop_take(&b->crop, &b->p, tiny, 1, NULL, 0);
	vq_crop_align(b->a, &b->crop, &b->p, 0, 0, 12, 1, &b->w);
	vq_crop_compare(b->a, &b->crop, &b->p, &b->w, &b->like);
	is_real(b->like.box, 1, 1e-6, "two flat crops are alike");
}

/* Eight places at once give the same bits as one at a time; steps are exact in binary. */
static void test_lanes(struct bench *b)
{
	static const double step[][2] = {{1, 0}, {1.25, 0.125}, {0.5, -0.375}, {-1.75, 0.5}};
	int wrong = 0;

	for (size_t k = 0; k < sizeof step / sizeof *step; k++)
		for (int level = 0; level < 2; level++) {
			double x = 120.375, y = 70.625, dx = step[k][0], dy = step[k][1];
			float row[21], one;
			uint8_t seen[21], in;

			vq_pyramid_row(&b->p, level, x, y, dx, dy, 21, row, seen);
			for (int i = 0; i < 21; i++) {
				vq_pyramid_row(
					&b->p, level, x + i * dx, y + i * dy, 0, 0, 1, &one, &in);
				wrong += memcmp(&one, &row[i], sizeof one) != 0 || seen[i] != in;
			}
		}
	is_int(wrong, 0, "lanes and single places agree");
}

int main(void)
{
	static struct bench b;
	const double box[4] = {80, 60, 240, 80};
	struct vq_err err;

	ok(vq_frame_init(&b.frame, W, H, &err) == VQ_OK &&
			vq_pyramid_init(&b.p, W, H, &err) == VQ_OK &&
			vq_aligner_new(&b.a, &err) == VQ_OK,
		"buffers");
	draw(&b.frame, 80, 60, 1, 0, 1, 0);
	vq_pyramid_build(&b.p, &b.frame);
	vq_crop_take(&b.crop, &b.p, box, 20, NULL, 0);
	test_same(&b);
	test_changed(&b);
	test_neighbours(&b);
	test_leaving(&b);
	test_zoom(&b);
	test_edges(&b);
	draw(&b.frame, 80, 60, 1, 0, 1, 0);
	vq_pyramid_build(&b.p, &b.frame);
	test_lanes(&b);
	vq_aligner_free(&b.a);
	vq_pyramid_clear(&b.p);
	vq_pyramid_clear(&b.p);
	vq_frame_clear(&b.frame);
	return done_testing();
}
