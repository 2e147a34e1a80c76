/* Steps and pops of tone in parts of the picture. */
#include "../tap.h"

#include "../../lib/patchtone.h"

#define COLUMNS 20
#define ROWS 12

static const struct vq_change_tone calm; /* of the whole picture */

enum shape { BLINK, RAMP, ROUGH };

/* A patch of so many blocks a side in the middle does something for ten moments. */
static double steps(struct vq_patchtone *p, enum shape shape, int side, float level, bool lost)
{
	static const bool none[2], both[2] = {true, true};
	struct vq_change_block b[COLUMNS * ROWS];

	vq_patchtone_begin(p);
	for (int t = 0; t < 10; t++) {
		memset(b, 0, sizeof b);
		for (int i = 0; i < COLUMNS * ROWS; i++) {
			int x = i % COLUMNS - 7, y = i / COLUMNS - 3;
			float sign = t % 2 == 0 || shape == RAMP ? 1 : -1;
			float part = shape == ROUGH ? (float)((3 * x + 5 * y + 64) % 4) : 1;

			b[i].inside = true;
			if (x < 0 || y < 0 || x >= side || y >= side)
				continue;
			b[i].luma_back = sign * part * level;
			b[i].luma_ahead = (shape == RAMP ? 1 : -1) * sign * part * level;
		}
		vq_patchtone_add(p, b, &calm, &calm, lost);
	}
	return vq_patchtone_end(p, lost ? both : none).steps;
}

static void test_patches(struct vq_patchtone *p)
{
	is_int((long long)steps(p, BLINK, 6, 5, false), 11, "a patch blinks at each of 11 pairs");
	is_int((long long)steps(p, BLINK, 6, 5, false), 11, "and again after begin");
	is_int((long long)steps(p, BLINK, 6, -5, false), 11, "the other way round");
	is_int((long long)steps(p, BLINK, 6, 1.5f, false), 0, "less than the level");
	is_int((long long)steps(p, BLINK, 2, 5, false), 0, "less than half of a part");
	is_int((long long)steps(p, RAMP, 6, 5, false), 0, "light that goes on rising");
	is_int((long long)steps(p, ROUGH, 6, 5, false), 0, "blocks that disagree");
	is_int((long long)steps(p, BLINK, 6, 5, true), 0, "pairs of which nothing can be said");
}

/* A patch of so many blocks a side changes by there before a moment, and by back after. */
struct patch {
	int side;
	float there, back, mismatch;
	double spread; /* of the whole picture's change, which is there and back too */
	bool blue, rough;
};

static double pop(struct vq_patchtone *p, struct patch s)
{
	static const bool none[2];
	struct vq_change_tone whole_back = {{s.there}, {s.spread}, 0, 1};
	struct vq_change_tone whole_ahead = {{s.back}, {s.spread}, 0, 1};
	struct vq_change_block b[COLUMNS * ROWS] = {0};

	for (int i = 0; i < COLUMNS * ROWS; i++) {
		float part = s.rough ? (float)(i % 4) / 2 : 1;

		b[i].inside = true;
		if (i % COLUMNS >= s.side || i / COLUMNS >= s.side)
			continue;
		*(s.blue ? &b[i].blue_back : &b[i].luma_back) = part * s.there;
		*(s.blue ? &b[i].blue_ahead : &b[i].luma_ahead) = part * s.back;
		b[i].residual_back = b[i].residual_ahead = s.mismatch;
	}
	vq_patchtone_begin(p);
	vq_patchtone_add(p, b, &whole_back, &whole_ahead, false);
	return vq_patchtone_end(p, none).pop;
}

static void test_pops(struct vq_patchtone *p)
{
	is_real(pop(p, (struct patch){.side = 20, .there = 20, .back = -20, .spread = 1}), 1, 1e-9,
		"all of the picture");
	is_real(pop(p, (struct patch){.side = 20, .there = -20, .back = 20, .spread = 1}), 1, 1e-9,
		"darker");
	is_real(pop(p, (struct patch){.side = 20, .there = 8, .back = -8}), 0.5, 1e-9,
		"half as deep as counts in full");
	is_real(pop(p, (struct patch){.side = 20, .there = 8, .back = -8, .blue = true}), 1, 1e-9,
		"of another colour");
	ok(pop(p, (struct patch){.side = 6, .there = 20, .back = -20}) >= 0.1, "a patch");
	is_real(pop(p, (struct patch){.side = 2, .there = 20, .back = -20}), 0, 0,
		"less than half of a part");
	is_real(pop(p, (struct patch){.side = 20, .there = 4, .back = -4}), 0, 0,
		"less than the level");
	is_real(pop(p, (struct patch){.side = 20, .there = 20, .back = 0}), 0, 0,
		"a change that stays");
	is_real(pop(p, (struct patch){.side = 20, .there = 20, .back = -12}), 0, 0,
		"one that stays in part");
	is_real(pop(p, (struct patch){.side = 20, .there = 20, .back = 20}), 0, 0,
		"one that goes on");
	is_real(pop(p, (struct patch){.side = 20, .there = 70, .back = -70}), 0, 0,
		"a lamp's flash");
	is_real(pop(p, (struct patch){.side = 20, .there = -70, .back = 70}), 0, 0,
		"... or its dark");
	is_real(pop(p, (struct patch){.side = 20, .there = 20, .back = -20, .spread = 3}), 0, 0,
		"more light on some than on others");
	is_real(pop(p, (struct patch){.side = 20, .there = -20, .back = 20, .spread = 3}), 1, 1e-9,
		"... which no flash does to the dark");
	is_real(pop(p, (struct patch){.side = 20, .there = 20, .back = -20, .rough = true}), 0, 0,
		"blocks that disagree");
	is_real(pop(p, (struct patch){.side = 20, .there = 20, .back = -20, .mismatch = 5}), 0, 0,
		"another picture");
}

/* Shares of blocks of the corner that change abruptly, by the squares. */
static void test_abrupt(struct vq_patchtone *p)
{
	static const bool none[2];
	bool flag[COLUMNS * ROWS] = {false};

	vq_patchtone_begin(p);
	vq_patchtone_abrupt(p, flag);
	is_real(vq_patchtone_end(p, none).abrupt_square, 0, 0, "nothing abrupt");
	for (int i = 0; i < COLUMNS * ROWS; i++)
		flag[i] = i % COLUMNS < 5 && i / COLUMNS < 3;
	vq_patchtone_begin(p);
	for (int t = 0; t < 4; t++)
		vq_patchtone_abrupt(p, flag);
	is_real(vq_patchtone_end(p, none).abrupt_square, 4, 1e-9, "a whole part, four times");
	for (int i = 0; i < COLUMNS; i++)
		flag[i] = false;
	vq_patchtone_begin(p);
	vq_patchtone_abrupt(p, flag);
	is_real(vq_patchtone_end(p, none).abrupt_square, 4.0 / 9, 1e-9, "two thirds of one");
}

static void test_small(int columns, int rows)
{
	static const bool none[2];
	struct vq_change_block b[9] = {{0}};
	struct vq_patchtone *p;
	struct vq_err err;

	is_int(vq_patchtone_new(&p, columns, rows, &err), VQ_OK, "a small field");
	for (int i = 0; i < 9; i++) {
		b[i].inside = true;
		b[i].blue_back = 4;
		b[i].blue_ahead = -4;
	}
	vq_patchtone_add(p, b, &calm, &calm, false);
	is_int((long long)vq_patchtone_end(p, none).steps, columns * rows < 3 ? 0 : 2,
		"its steps, where three blocks agree");
	vq_patchtone_free(&p);
	ok(p == NULL, "freed");
}

int main(void)
{
	struct vq_patchtone *p;
	struct vq_err err;

	is_int(vq_patchtone_new(&p, COLUMNS, ROWS, &err), VQ_OK, "a field");
	test_patches(p);
	test_pops(p);
	test_abrupt(p);
	vq_patchtone_free(&p);
	test_small(1, 1);
	test_small(1, 3);
	test_small(3, 3);
	vq_patchtone_free(&p);
	return done_testing();
}
