#include "reportshots.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	OVERVIEWS = 6,
	REACH = 2,  /* steps before and after the peak */
	LEAST = 96, /* a narrower part shows little; pixels of the original */
};

static long frames_of(const struct vq_reportdata *d)
{
	const json_t *coverage = json_object_get(d->prediction, "coverage");
	long n = vq_json_int(coverage, "frames", 0);

	return n < 0 || n > VQ_REPORT_FRAMES ? 0 : n;
}

static struct vq_shot *add(struct vq_shots *s, enum vq_shot_kind kind, size_t event, long want)
{
	struct vq_shot *shot = &s->shot[s->count++];

	*shot = (struct vq_shot){.kind = kind, .event = event, .want = want};
	return shot;
}

static void plan_overview(struct vq_shots *s, long frames)
{
	long n = frames < OVERVIEWS ? frames : OVERVIEWS;

	for (long i = 0; i < n; i++)
		add(s, VQ_SHOT_OVERVIEW, 0, frames * (2 * i + 1) / (2 * n));
}

/* First and last frame of the scene around a frame. */
static void scene_of(const struct vq_reportdata *d, long frame, long *first, long *last)
{
	const json_t *scene;
	size_t i;

	*first = 0;
	*last = VQ_REPORT_FRAMES;
	json_array_foreach(json_object_get(d->prediction, "scenes"), i, scene)
	{
		long start = vq_json_int(scene, "frame_start", 0);

		if (start <= frame && start > *first)
			*first = start;
		if (start > frame && start <= *last)
			*last = start - 1;
	}
}

/* Mean distance of the frames that were compared. */
static long stride_of(const struct vq_reportdata *d, bool text)
{
	const json_t *coverage = json_object_get(d->prediction, "coverage");
	double frames = (double)frames_of(d);
	double seen = vq_json_real(coverage, text ? "text_frames" : "distinct", 0);

	return seen >= 1 && frames >= seen ? lround(frames / seen) : 1;
}

/* The frames of an event's steps, by way of the frames that were looked at (list) or by
 * the stride; -1 where there is none. */
static void find_steps(const json_t *list, long peak, long stride, long steps[2 * REACH + 1])
{
	size_t n = json_array_size(list), at = 0;

	for (int k = -REACH; k <= REACH; k++)
		steps[k + REACH] = peak + k * stride;
	if (n == 0)
		return;
	while (at + 1 < n && vq_json_int(json_array_get(list, at + 1), "frame", 0) <= peak)
		at++;
	for (int k = -REACH; k <= REACH; k++) {
		long i = (long)at + k;

		if (k != 0)
			steps[k + REACH] =
				i < 0 || i >= (long)n
					? -1
					: vq_json_int(json_array_get(list, (size_t)i), "frame", -1);
	}
}

/* What the letters were before shows in the last frame that was read so: it is the first
 * step where none of the others is that far from the peak. */
static void show_before(const struct vq_reportdata *d, const json_t *event, long first, long peak,
	long steps[2 * REACH + 1])
{
	const char *before = vq_json_str(event, "before", NULL);
	long track = vq_json_int(event, "track", -1), found = -1;
	const json_t *record;
	size_t i;

	if (before == NULL || track < 0)
		return;
	json_array_foreach(d->text, i, record)
	{
		long frame = vq_json_int(record, "frame", -1);
		const json_t *region = vq_reportdata_region(d, track, frame);

		if (frame >= first && frame < peak && region != NULL &&
			strcmp(vq_json_str(region, "text", ""), before) == 0)
			found = frame;
	}
	if (found >= 0 && found < steps[0])
		steps[0] = found;
}

static void read_box(const json_t *event, double box[4])
{
	const json_t *v = json_object_get(event, "bbox");

	if (v == NULL)
		v = json_object_get(event, "box");
	for (size_t i = 0; i < 4; i++)
		box[i] = json_number_value(json_array_get(v, i));
}

/* The event's box at a frame: its text may move. */
static void box_at(const struct vq_reportdata *d, const json_t *event, long frame, double box[4])
{
	long track = vq_json_int(event, "track", -1);
	const json_t *region = track < 0 ? NULL : vq_reportdata_region(d, track, frame);

	read_box(region != NULL ? region : event, box);
}

/* Widen [from,to] to a length. */
static void widen(double *from, double *to, double length)
{
	double more = (length - (*to - *from)) / 2;

	if (more > 0) {
		*from -= more;
		*to += more;
	}
}

/* All steps of an event show the same part: all its boxes, and some room. */
static void set_around(struct vq_shot *first, struct vq_shot *end)
{
	double a[4], room;

	memcpy(a, first->box, sizeof a);
	for (struct vq_shot *s = first; s < end; s++) {
		a[0] = fmin(a[0], s->box[0]);
		a[1] = fmin(a[1], s->box[1]);
		a[2] = fmax(a[2], s->box[2]);
		a[3] = fmax(a[3], s->box[3]);
	}
	room = fmax(12, 0.15 * fmin(a[2] - a[0], a[3] - a[1]));
	widen(&a[0], &a[2], fmax(LEAST, a[2] - a[0] + 2 * room));
	widen(&a[1], &a[3], fmax(LEAST / 2, a[3] - a[1] + 2 * room));
	for (struct vq_shot *s = first; s < end; s++)
		memcpy(s->around, a, sizeof a);
}

static void plan_event(struct vq_shots *s, const struct vq_reportdata *d, size_t place)
{
	const json_t *event = json_array_get(json_object_get(d->prediction, "events"), place);
	bool text = vq_json_is_text(event);
	long peak = vq_json_int(event, "peak_frame", 0), first, last, steps[2 * REACH + 1];
	struct vq_shot *shot = add(s, VQ_SHOT_CONTEXT, place, peak), *begin = shot;

	read_box(event, shot->box);
	shot->boxed = true;
	scene_of(d, peak, &first, &last);
	find_steps(text ? d->text : d->moments, peak, stride_of(d, text), steps);
	show_before(d, event, first, peak, steps);
	for (int k = -REACH; k <= REACH; k++) {
		if (k != 0 && (steps[k + REACH] < first || steps[k + REACH] > last))
			continue;
		shot = add(s, VQ_SHOT_STEP, place, steps[k + REACH]);
		shot->step = k;
		shot->boxed = true;
		box_at(d, event, shot->want, shot->box);
	}
	set_around(begin, s->shot + s->count);
}

static int by_frame(const void *a, const void *b)
{
	const struct vq_shot_order *x = a, *y = b;

	if (x->want != y->want)
		return x->want < y->want ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

enum vq_code vq_shots_plan(
	struct vq_shots *s, const struct vq_reportdata *d, size_t max_events, struct vq_err *err)
{
	size_t events = json_array_size(json_object_get(d->prediction, "events"));

	s->events = events < max_events ? events : max_events;
	s->shot = calloc(OVERVIEWS + s->events * (2 * REACH + 2), sizeof *s->shot);
	s->order = calloc(OVERVIEWS + s->events * (2 * REACH + 2), sizeof *s->order);
	if (s->shot == NULL || s->order == NULL)
		return vq_nomem(err);
	plan_overview(s, frames_of(d) > 0 ? frames_of(d) : 1);
	for (size_t i = 0; i < s->events; i++)
		plan_event(s, d, i);
	for (size_t i = 0; i < s->count; i++)
		s->order[i] = (struct vq_shot_order){s->shot[i].want, i};
	qsort(s->order, s->count, sizeof *s->order, by_frame);
	return VQ_OK;
}
