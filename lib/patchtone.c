#include "patchtone.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "signal.h"

#define SHARE 4 /* parts side by side, without their overlap */
#define LEAST 3 /* blocks on a side of a part */
#define CHANNELS 3

struct part {
	int x, y;
	struct vq_abrupt tone[CHANNELS];
	struct vq_change_tone here, ahead; /* not decided yet; after the last moment */
	double steps;
};

struct vq_patchtone {
	int columns, width, height; /* of the field; of a part, blocks */
	size_t parts;
	struct part *part;
	struct vq_change_block *block; /* of one part */
	double *scratch;
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
	if (p->part == NULL || p->block == NULL || p->scratch == NULL) {
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
	free(*p);
	*p = NULL;
}

void vq_patchtone_begin(struct vq_patchtone *p)
{
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

void vq_patchtone_add(struct vq_patchtone *p, const struct vq_change_block *blocks, bool lost)
{
	size_t n = (size_t)p->width * (size_t)p->height, row = (size_t)p->width;

	for (size_t i = 0; i < p->parts; i++) {
		struct part *q = &p->part[i];
		struct vq_change_tone back;

		for (int y = 0; y < p->height; y++)
			memcpy(p->block + (size_t)y * row,
				blocks + (size_t)(q->y + y) * (size_t)p->columns + q->x,
				row * sizeof *blocks);
		vq_change_tone(p->block, n, false, p->scratch, &back);
		vq_change_tone(p->block, n, true, p->scratch, &q->ahead);
		follow(q, &back, lost);
	}
}

double vq_patchtone_end(struct vq_patchtone *p, const bool lost[2])
{
	static const struct vq_change_tone none;
	double most = 0;

	for (size_t i = 0; i < p->parts; i++) {
		struct part *q = &p->part[i];

		follow(q, &q->ahead, lost[0]);
		follow(q, &none, lost[1]);
		most = fmax(most, q->steps);
	}
	return most;
}
