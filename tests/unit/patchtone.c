/* Steps of tone in parts of the picture. */
#include "../tap.h"

#include "../../lib/patchtone.h"

#define COLUMNS 20
#define ROWS 12

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
		vq_patchtone_add(p, b, lost);
	}
	return vq_patchtone_end(p, lost ? both : none);
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
	vq_patchtone_add(p, b, false);
	is_int((long long)vq_patchtone_end(p, none), columns * rows < 3 ? 0 : 2,
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
	vq_patchtone_free(&p);
	test_small(1, 1);
	test_small(1, 3);
	test_small(3, 3);
	vq_patchtone_free(&p);
	return done_testing();
}
