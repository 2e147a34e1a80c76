#include "flash.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "record.h"

#define COLUMNS 16
#define ROWS 9
#define CELLS (COLUMNS * ROWS)
#define STEP 0.1     /* relative luminance */
#define BRIGHT 0.8   /* both sides above this: no flash */
#define AREA 0.25    /* of the picture */
#define TOGETHER 0.1 /* seconds in which a transition spreads over the picture */
#define FLASHES 3.0  /* a second; more is a risk */

struct cell {
	double low, high; /* extremes since the last big change */
	int direction;	  /* of the last big change: 1 up, -1 down, 0 none yet */
	double when;	  /* its time */
};

struct vq_flash {
	int width, height;
	bool started;
	double luminance[256];
	struct cell cell[CELLS];
	int direction; /* of the last transition of the picture */
	double *time;  /* of the picture's transitions, seconds */
	size_t count, room;
};

enum vq_code vq_flash_new(struct vq_flash **out, int width, int height, struct vq_err *err)
{
	struct vq_flash *f = calloc(1, sizeof *f);

	*out = f;
	if (f == NULL)
		return vq_nomem(err);
	f->width = width;
	f->height = height;
	/* the transfer of sRGB, on luma: exact for grey */
	for (int i = 0; i < 256; i++) {
		double v = fmin(1, fmax(0, (i - 16) / 219.0));

		f->luminance[i] = v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
	}
	return VQ_OK;
}

void vq_flash_free(struct vq_flash **f)
{
	if (*f == NULL)
		return;
	free((*f)->time);
	free(*f);
	*f = NULL;
}

/* Mean relative luminance of a cell, every fourth pixel both ways. */
static double cell_luminance(const struct vq_flash *f, const struct vq_frame *frame, int c, int r)
{
	int x0 = c * f->width / COLUMNS, x1 = (c + 1) * f->width / COLUMNS;
	int y0 = r * f->height / ROWS, y1 = (r + 1) * f->height / ROWS;
	double sum = 0;
	int n = 0;

	if (x1 == x0)
		x1 = x0 + 1;
	if (y1 == y0)
		y1 = y0 + 1;
	for (int y = y0; y < y1; y += 4) {
		const uint8_t *row = frame->plane[0] + (size_t)y * (size_t)f->width;

		for (int x = x0; x < x1; x += 4) {
			sum += f->luminance[row[x]];
			n++;
		}
	}
	return sum / n;
}

/* Follow one cell: measure from the extreme reached since its last big change. */
static void cell_follow(struct cell *c, double v, double now)
{
	if (c->direction >= 0 && v > c->high)
		c->high = v;
	if (c->direction <= 0 && v < c->low)
		c->low = v;
	if (c->direction <= 0 && v - c->low >= STEP && c->low < BRIGHT) {
		c->direction = 1;
		c->when = now;
		c->high = v;
	} else if (c->direction >= 0 && c->high - v >= STEP && v < BRIGHT) {
		c->direction = -1;
		c->when = now;
		c->low = v;
	}
}

static enum vq_code remember(struct vq_flash *f, double now, struct vq_err *err)
{
	if (f->count == f->room) {
		size_t room = f->room ? 2 * f->room : 64;
		double *time = realloc(f->time, room * sizeof *time);

		if (time == NULL)
			return vq_nomem(err);
		f->time = time;
		f->room = room;
	}
	f->time[f->count++] = now;
	return VQ_OK;
}

enum vq_code vq_flash_add(struct vq_flash *f, const struct vq_frame *frame, struct vq_err *err)
{
	double now = (double)frame->time_us / 1e6;
	int up = 0, down = 0;

	for (int i = 0; i < CELLS; i++) {
		double v = cell_luminance(f, frame, i % COLUMNS, i / COLUMNS);
		struct cell *c = &f->cell[i];

		if (!f->started)
			*c = (struct cell){v, v, 0, 0};
		cell_follow(c, v, now);
		up += c->direction > 0 && now - c->when <= TOGETHER;
		down += c->direction < 0 && now - c->when <= TOGETHER;
	}
	f->started = true;
	if (up >= AREA * CELLS && up > down && f->direction != 1) {
		f->direction = 1;
		return remember(f, now, err);
	}
	if (down >= AREA * CELLS && down > up && f->direction != -1) {
		f->direction = -1;
		return remember(f, now, err);
	}
	return VQ_OK;
}

/* Transitions in the second that begins with transition i. */
static size_t in_second(const struct vq_flash *f, size_t i)
{
	size_t n = 0;

	while (i + n < f->count && f->time[i + n] < f->time[i] + 1)
		n++;
	return n;
}

double vq_flash_rate(const struct vq_flash *f)
{
	size_t most = 0;

	for (size_t i = 0; i < f->count; i++) {
		size_t n = in_second(f, i);

		most = n > most ? n : most;
	}
	return (double)(most / 2);
}

json_t *vq_flash_json(const struct vq_flash *f)
{
	double start = 0, end = 0;
	size_t transitions = 0, seen = 0;
	json_t *json;

	for (size_t i = 0; i < f->count; i++) {
		size_t n = in_second(f, i);

		if ((double)(n / 2) <= FLASHES)
			continue;
		if (transitions == 0)
			start = f->time[i];
		end = f->time[i + n - 1];
		transitions += seen > i ? i + n - seen : n;
		seen = i + n;
	}
	if (transitions == 0)
		return json_null();
	json = json_pack("{s:o,s:o,s:o,s:I,s:s}", "flashes_per_second",
		vq_record_number(vq_flash_rate(f), 3), "start", vq_record_number(start, 6), "end",
		vq_record_number(end, 6), "transitions", (json_int_t)transitions, "notes",
		"screening aid after WCAG three flashes, no certification");
	return json;
}
