#include "patchtone.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "signal.h"

#define SHARE 4 /* parts side by side, without their overlap */
#define LEAST 3 /* blocks on a side of a part */
#define CHANNELS 3

/* A pop: one frame is lighter, darker or of another colour, and the next is as the one
 * before was; all is where it was.  What it adds is alike all over the part.  A flash
 * light adds more to what is near: one that lights the whole picture up and differs by
 * an eighth of that among the blocks. */
#define POP_LEVEL 5.0	 /* luma; half of it chroma */
#define POP_FULL 16.0	 /* levels that count in full */
#define POP_CLEAR 5.0	 /* times the blocks' spread */
#define FLASH_CLEAR 8.0	 /* the same, for the picture */
#define POP_LEFT 0.35	 /* share of it that may be left after it */
#define POP_INSIDE 0.6	 /* share of the blocks that is seen */
#define POP_MISMATCH 0.4 /* over the edges */

struct part {
	int x, y;
	struct vq_abrupt tone[CHANNELS];
	struct vq_change_tone here, ahead; /* not decided yet; after the last moment */
	double steps, abrupt_square;
};

struct vq_patchtone {
	int columns, width, height; /* of the field; of a part, blocks */
	size_t parts, blocks;
	struct part *part;
	struct vq_change_block *block; /* of one part */
	double *scratch;
	double *depth; /* of the pop that each block of the field takes part in, 0 to 1 */
	double pop;    /* most so far, mean over the field */
};

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* Parts in a row of so many blocks, overlapping by half or more. */
static int parts_in(int blocks, int part)
{
	int step = (part + 1) / 2;

	return (blocks - part + step - 1) / step + 1;
}

enum vq_code vq_patchtone_new(struct vq_patchtone **out, int columns, int rows, struct vq_err *err)
{
	struct vq_patchtone *p = *out = calloc(1, sizeof *p);
	int across, down;

	if (p == NULL)
		return vq_nomem(err);
	p->columns = columns;
	p->width = least(columns, (int)fmax(LEAST, columns / SHARE));
	p->height = least(rows, (int)fmax(LEAST, rows / SHARE));
	across = parts_in(columns, p->width);
	down = parts_in(rows, p->height);
	p->parts = (size_t)across * (size_t)down;
	p->part = calloc(p->parts, sizeof *p->part);
	p->block = calloc((size_t)p->width * (size_t)p->height, sizeof *p->block);
	p->scratch = calloc((size_t)p->width * (size_t)p->height, sizeof *p->scratch);
	p->depth = calloc((size_t)columns * (size_t)rows, sizeof *p->depth);
	p->blocks = (size_t)columns * (size_t)rows;
	if (p->part == NULL || p->block == NULL || p->scratch == NULL || p->depth == NULL) {
		vq_patchtone_free(out);
		return vq_nomem(err);
	}
	for (size_t i = 0; i < p->parts; i++) {
		struct part *q = &p->part[i];

		q->x = least((int)i % across * ((p->width + 1) / 2), columns - p->width);
		q->y = least((int)i / across * ((p->height + 1) / 2), rows - p->height);
	}
	return VQ_OK;
}

void vq_patchtone_free(struct vq_patchtone **p)
{
	if (*p == NULL)
		return;
	free((*p)->part);
	free((*p)->block);
	free((*p)->scratch);
	free((*p)->depth);
	free(*p);
	*p = NULL;
}

void vq_patchtone_begin(struct vq_patchtone *p)
{
	p->pop = 0;
	for (size_t i = 0; i < p->parts; i++) {
		struct part *q = &p->part[i];

		*q = (struct part){.x = q->x, .y = q->y};
	}
}

/* Decides on the change before this one. */
static void follow(struct part *q, const struct vq_change_tone *t, bool lost)
{
	bool step = false;

	for (int k = 0; k < CHANNELS; k++) {
		double size = vq_abrupt_follow(&q->tone[k], t->change[k]);

		step |= size >= VQ_TONE_LEVEL && size >= VQ_TONE_CLEAR * q->here.spread[k];
	}
	q->here = *t;
	q->steps += step && !lost;
}

/* How deep one channel of a part pops between its changes, 0 to 1; 0 if it does not. */
static double channel_pop(
	const struct vq_change_tone *back, const struct vq_change_tone *ahead, int k)
{
	double b = back->change[k], a = ahead->change[k], size = vq_alternation(b, a);
	double unit = k == 0 ? 1 : 0.5;

	if (size < unit * POP_LEVEL || fabs(a + b) > POP_LEFT * size ||
		size < POP_CLEAR * fmax(back->spread[k], ahead->spread[k]))
		return 0;
	if (k == 0 && size >= VQ_STROBE_LEVEL)
		return 0;
	return fmin(1, size / (unit * POP_FULL));
}

static double part_pop(const struct vq_change_tone *back, const struct vq_change_tone *ahead)
{
	double most = 0;

	if (fmin(back->inside, ahead->inside) < POP_INSIDE ||
		fmin(back->mismatch, ahead->mismatch) > POP_MISMATCH)
		return 0;
	for (int k = 0; k < CHANNELS; k++)
		most = fmax(most, channel_pop(back, ahead, k));
	return most;
}

static bool is_flash(const struct vq_change_tone *back, const struct vq_change_tone *ahead)
{
	double size = vq_alternation(back->change[0], ahead->change[0]);

	return back->change[0] > 0 && size >= POP_LEVEL &&
	       size < FLASH_CLEAR * fmax(back->spread[0], ahead->spread[0]);
}

/* The part's blocks pop that deep, if they do not deeper in another part. */
static void mark_pop(struct vq_patchtone *p, const struct part *q, double depth)
{
	for (int y = q->y; depth > 0 && y < q->y + p->height; y++) {
		for (int x = q->x; x < q->x + p->width; x++) {
			double *d = &p->depth[(size_t)y * (size_t)p->columns + (size_t)x];

			*d = fmax(*d, depth);
		}
	}
}

void vq_patchtone_add(struct vq_patchtone *p, const struct vq_change_block *blocks,
	const struct vq_change_tone *whole_back, const struct vq_change_tone *whole_ahead,
	bool lost)
{
	size_t n = (size_t)p->width * (size_t)p->height, row = (size_t)p->width;
	bool flash = is_flash(whole_back, whole_ahead);
	double pop = 0;

	memset(p->depth, 0, p->blocks * sizeof *p->depth);
	for (size_t i = 0; i < p->parts; i++) {
		struct part *q = &p->part[i];
		struct vq_change_tone back;

		for (int y = 0; y < p->height; y++)
			memcpy(p->block + (size_t)y * row,
				blocks + (size_t)(q->y + y) * (size_t)p->columns + q->x,
				row * sizeof *blocks);
		vq_change_tone(p->block, n, false, p->scratch, &back);
		vq_change_tone(p->block, n, true, p->scratch, &q->ahead);
		if (!flash)
			mark_pop(p, q, part_pop(&back, &q->ahead));
		follow(q, &back, lost);
	}
	for (size_t i = 0; i < p->blocks; i++)
		pop += p->depth[i];
	p->pop = fmax(p->pop, pop / (double)p->blocks);
}

void vq_patchtone_abrupt(struct vq_patchtone *p, const bool *flag)
{
	for (size_t i = 0; i < p->parts; i++) {
		struct part *q = &p->part[i];
		double share = 0;

		for (int y = q->y; y < q->y + p->height; y++) {
			for (int x = q->x; x < q->x + p->width; x++)
				share += flag[(size_t)y * (size_t)p->columns + (size_t)x];
		}
		share /= (double)p->width * (double)p->height;
		q->abrupt_square += share * share;
	}
}

struct vq_patchtone_sums vq_patchtone_end(struct vq_patchtone *p, const bool lost[2])
{
	static const struct vq_change_tone none;
	struct vq_patchtone_sums most = {.pop = p->pop};

	for (size_t i = 0; i < p->parts; i++) {
		struct part *q = &p->part[i];

		follow(q, &q->ahead, lost[0]);
		follow(q, &none, lost[1]);
		most.steps = fmax(most.steps, q->steps);
		most.abrupt_square = fmax(most.abrupt_square, q->abrupt_square);
	}
	return most;
}
