#include "texttrack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "assign.h"

#define GAP 5	       /* samples that a track may be unseen */
#define CROPS 4	       /* earlier crops kept of a track */
#define MATCH 0.5      /* correlation that proves that the crop was found again */
#define SEARCH 0.05    /* reach of the search, frame heights */
#define BLEND 0.25     /* how far a box follows the locator each sample */
#define FIRST_READS 5  /* new regions of a frame that are read at first sight */
#define READS_START 10 /* readings of a clip: this many and */
#define READS_SAMPLE 3 /* this many more each sample */

struct track {
	struct vq_seen seen;	    /* of its last frame */
	struct vq_crop crop[CROPS]; /* ring, newest at at */
	int at, crops;
	int hits, misses;
	double velocity[2];
	double strength;
	bool visible;
	/* of the frame at hand */
	struct vq_warp warp;
	double moved[4];
	/* reading */
	int reads, unread;
	double drift;
};

struct vq_texttrack {
	struct vq_texttrack_options o;
	struct vq_pool *pool;
	struct vq_aligner **aligner;
	int threads;
	struct track **track;
	size_t count, room;
	int ids;
	long reads, samples;
	double *gain;
	const struct vq_pyramid *pyramid;
};

enum vq_code vq_texttrack_new(struct vq_texttrack **out, const struct vq_texttrack_options *o,
	struct vq_pool *pool, int threads, struct vq_err *err)
{
	struct vq_texttrack *t = *out = calloc(1, sizeof **out);
	enum vq_code code = VQ_OK;

	if (t == NULL)
		return vq_nomem(err);
	t->o = *o;
	t->pool = pool;
	t->threads = threads;
	t->room = (size_t)o->max_regions * 2;
	if (t->room > VQ_ASSIGN_MAX)
		t->room = VQ_ASSIGN_MAX;
	t->aligner = calloc((size_t)threads, sizeof *t->aligner);
	t->track = calloc(t->room, sizeof *t->track);
	t->gain = calloc(t->room * VQ_ASSIGN_MAX, sizeof *t->gain);
	if (t->aligner == NULL || t->track == NULL || t->gain == NULL)
		code = vq_nomem(err);
	for (int i = 0; i < threads && code == VQ_OK; i++)
		code = vq_aligner_new(&t->aligner[i], err);
	for (size_t i = 0; i < t->room && code == VQ_OK; i++) {
		t->track[i] = calloc(1, sizeof **t->track);
		if (t->track[i] == NULL)
			code = vq_nomem(err);
	}
	if (code != VQ_OK)
		vq_texttrack_free(out);
	return code;
}

void vq_texttrack_free(struct vq_texttrack **out)
{
	struct vq_texttrack *t = *out;

	if (t == NULL)
		return;
	for (int i = 0; t->aligner != NULL && i < t->threads; i++)
		vq_aligner_free(&t->aligner[i]);
	for (size_t i = 0; t->track != NULL && i < t->room; i++)
		free(t->track[i]);
	free(t->aligner);
	free(t->track);
	free(t->gain);
	free(t);
	*out = NULL;
}

int vq_texttrack_count(const struct vq_texttrack *t)
{
	return t->ids;
}

/* ---- boxes --------------------------------------------------------------------------- */

static double area_of(const double *b)
{
	return (b[2] - b[0]) * (b[3] - b[1]);
}

static double common(const double *a, const double *b)
{
	double w = fmin(a[2], b[2]) - fmax(a[0], b[0]), h = fmin(a[3], b[3]) - fmax(a[1], b[1]);

	return w > 0 && h > 0 ? w * h : 0;
}

/* Intersection over the smaller one. */
static double contained(const double *a, const double *b)
{
	double least = fmin(area_of(a), area_of(b));

	return least > 0 ? common(a, b) / least : 0;
}

static double overlap(const double *a, const double *b)
{
	double both = common(a, b), all = area_of(a) + area_of(b) - both;

	return all > 0 ? both / all : 0;
}

static void clip_box(double *b, const struct vq_pyramid *p)
{
	b[0] = fmin(fmax(b[0], 0), p->width[0] - 2);
	b[1] = fmin(fmax(b[1], 0), p->height[0] - 2);
	b[2] = fmax(fmin(b[2], p->width[0]), b[0] + 2);
	b[3] = fmax(fmin(b[3], p->height[0]), b[1] + 2);
}

/* ---- following ----------------------------------------------------------------------- */

static struct vq_crop *crop_back(struct track *k, int back)
{
	return &k->crop[(k->at + CROPS - back) % CROPS];
}

/* Compare with an older crop, whose place is known from its box. */
static void compare_older(
	struct vq_aligner *a, struct track *k, int back, const struct vq_pyramid *p, double out[2])
{
	const struct vq_crop *c = crop_back(k, back);
	double then[4], now[4];
	struct vq_warp w = {{c->x, c->scale, 0, c->y, 0, c->scale}};
	struct vq_likeness like;

	vq_warp_box(c, &w, then);
	vq_warp_box(crop_back(k, 0), &k->warp, now);
	vq_crop_align(a, c, p, (now[0] + now[2] - then[0] - then[2]) / 2,
		(now[1] + now[3] - then[1] - then[3]) / 2, 0, &w);
	vq_crop_compare(a, c, p, &w, &like);
	out[0] = like.box;
	out[1] = like.ring;
}

static void follow(void *context, int worker, size_t index)
{
	struct vq_texttrack *t = context;
	struct track *k = t->track[index];
	struct vq_aligner *a = t->aligner[worker];
	const struct vq_crop *c = crop_back(k, 0);
	struct vq_warp still = {{c->x, c->scale, 0, c->y, 0, c->scale}};
	double before[4], radius = SEARCH * t->pyramid->height[0] + 4;

	k->seen.match =
		vq_crop_align(a, c, t->pyramid, k->velocity[0], k->velocity[1], radius, &k->warp);
	vq_crop_compare(a, c, t->pyramid, &k->warp, &k->seen.like);
	vq_warp_box(c, &still, before);
	vq_warp_box(c, &k->warp, k->moved);
	k->seen.motion[0] = (k->moved[0] + k->moved[2] - before[0] - before[2]) / 2;
	k->seen.motion[1] = (k->moved[1] + k->moved[3] - before[1] - before[3]) / 2;
	k->seen.two[0] = k->seen.two[1] = k->seen.four[0] = k->seen.four[1] = NAN;
	if (k->seen.match < MATCH)
		return;
	if (k->crops >= 2)
		compare_older(a, k, 1, t->pyramid, k->seen.two);
	if (k->crops >= 4)
		compare_older(a, k, 3, t->pyramid, k->seen.four);
}

/* ---- joining ------------------------------------------------------------------------- */

static double gain_of(
	const struct vq_texttrack *t, const struct track *k, const struct vq_text_region *r)
{
	double iou = overlap(k->moved, r->box), ratio = r->height / k->seen.letter;

	if (ratio < 0.4 || ratio > 2.5)
		return 0;
	if (iou >= t->o.min_overlap)
		return iou;
	return contained(k->moved, r->box) > 0.6 ? 0.5 * contained(k->moved, r->box) : 0;
}

static void keep_crop(struct track *k, const struct vq_pyramid *p)
{
	k->at = (k->at + 1) % CROPS;
	if (k->crops < CROPS)
		k->crops++;
	vq_crop_take(&k->crop[k->at], p, k->seen.box, k->seen.letter);
}

static void describe(struct vq_seen *s, const struct vq_text_region *r)
{
	s->score = r->score;
	s->slope = r->slope;
	s->stroke = r->stroke;
	s->letters = r->letters;
	s->plane = r->plane;
	s->light = r->light;
}

static void go_on(struct track *k, const struct vq_text_region *r, const struct vq_pyramid *p)
{
	bool sure = k->seen.match >= MATCH;

	for (int i = 0; i < 4; i++)
		k->seen.box[i] = sure ? k->moved[i] + BLEND * (r->box[i] - k->moved[i]) : r->box[i];
	clip_box(k->seen.box, p);
	k->seen.letter += BLEND * (r->height - k->seen.letter);
	describe(&k->seen, r);
	k->seen.found = true;
	k->hits++;
	k->misses = 0;
	k->visible = true;
	k->strength += 0.3 * (r->score - k->strength) + 0.02;
}

static void carry(struct track *k, const struct vq_pyramid *p)
{
	k->misses++;
	k->strength *= 0.9;
	k->visible = k->hits >= 2 && k->seen.match >= MATCH && k->seen.like.visible > 0.6;
	k->seen.found = false;
	memcpy(k->seen.box, k->moved, sizeof k->seen.box);
	clip_box(k->seen.box, p);
}

static void begin(struct vq_texttrack *t, const struct vq_text_region *r)
{
	struct track *k = t->track[t->count++];

	memset(k, 0, sizeof *k);
	k->seen.track = ++t->ids;
	memcpy(k->seen.box, r->box, sizeof r->box);
	clip_box(k->seen.box, t->pyramid);
	k->seen.letter = r->height;
	describe(&k->seen, r);
	k->seen.found = k->seen.first = true;
	k->seen.match = 0;
	k->seen.two[0] = k->seen.two[1] = k->seen.four[0] = k->seen.four[1] = NAN;
	k->hits = 1;
	k->visible = true;
	k->strength = 0.7 * r->score;
	k->seen.samples = 0;
}

static void end_track(struct vq_texttrack *t, size_t i)
{
	struct track *gone = t->track[i];

	memmove(&t->track[i], &t->track[i + 1], (t->count - i - 1) * sizeof *t->track);
	t->track[--t->count] = gone;
}

/* The region is already covered by a track that goes on. */
static bool covered(const struct vq_texttrack *t, const struct vq_text_region *r, size_t tracks)
{
	for (size_t i = 0; i < tracks; i++)
		if (t->track[i]->visible && contained(t->track[i]->seen.box, r->box) > 0.5)
			return true;
	return false;
}

static void join(
	struct vq_texttrack *t, const struct vq_text_region *found, size_t count, bool *taken)
{
	int chosen[VQ_ASSIGN_MAX];

	for (size_t i = 0; i < t->count; i++)
		for (size_t j = 0; j < count; j++)
			t->gain[i * count + j] = gain_of(t, t->track[i], &found[j]);
	vq_assign(t->gain, t->count, count, chosen);
	for (size_t i = 0; i < t->count; i++) {
		t->track[i]->seen.first = false;
		if (chosen[i] >= 0) {
			go_on(t->track[i], &found[chosen[i]], t->pyramid);
			taken[chosen[i]] = true;
		} else {
			carry(t->track[i], t->pyramid);
		}
	}
}

/* Two tracks that came to lie on the same thing: the weaker one ends. */
static bool doubled(const struct vq_texttrack *t, size_t i)
{
	const struct track *k = t->track[i];

	for (size_t j = 0; j < t->count; j++) {
		const struct track *o = t->track[j];

		if (j == i || !o->visible || contained(o->seen.box, k->seen.box) < 0.7)
			continue;
		if (o->strength > k->strength || (o->strength == k->strength && j < i))
			return true;
	}
	return false;
}

static int rank_of(const struct vq_texttrack *t, size_t i)
{
	int rank = 0;

	for (size_t j = 0; j < t->count; j++)
		if (t->track[j]->visible &&
			(t->track[j]->strength > t->track[i]->strength ||
				(t->track[j]->strength == t->track[i]->strength && j < i)))
			rank++;
	return rank;
}

static void drop_old(struct vq_texttrack *t)
{
	for (size_t i = t->count; i-- > 0;) {
		const struct track *k = t->track[i];

		if (k->misses > GAP || (k->visible && rank_of(t, i) >= t->o.max_regions) ||
			(k->seen.like.visible < 0.2 && !k->seen.found) || doubled(t, i))
			end_track(t, i);
	}
}

/* ---- reading ------------------------------------------------------------------------- */

/* Readings spread over a track's life: each at first, then every 2nd, 4th, 8th sample. */
static int pause_after(int reads)
{
	return reads < 6 ? 1 : reads < 10 ? 2 : reads < 14 ? 4 : 8;
}

static bool want_read(const struct vq_texttrack *t, struct track *k, int fresh)
{
	if (t->reads >= READS_START + READS_SAMPLE * t->samples)
		return false;
	if (k->reads == 0)
		return k->hits >= 2 || fresh < FIRST_READS;
	return k->seen.found && k->drift > 1 - t->o.skip && k->unread >= pause_after(k->reads);
}

static void plan_reading(struct vq_texttrack *t)
{
	int fresh = 0;

	for (size_t i = 0; i < t->count; i++) {
		struct track *k = t->track[i];

		if (!k->visible)
			continue;
		k->unread++;
		if (!k->seen.first)
			k->drift += 1 - fmin(k->seen.like.box, 1);
		k->seen.read = want_read(t, k, fresh);
		fresh += k->seen.first;
		if (k->seen.read) {
			k->reads++;
			k->unread = 0;
			k->drift = 0;
			t->reads++;
		}
	}
}

size_t vq_texttrack_add(struct vq_texttrack *t, const struct vq_pyramid *p,
	const struct vq_text_region *found, size_t count, bool cut, struct vq_seen *out)
{
	bool taken[VQ_ASSIGN_MAX] = {false};
	size_t n = 0, old;

	if (count > VQ_ASSIGN_MAX)
		count = VQ_ASSIGN_MAX;
	if (cut)
		t->count = 0;
	t->pyramid = p;
	t->samples++;
	vq_pool_run(t->pool, t->count, follow, t);
	join(t, found, count, taken);
	old = t->count;
	for (size_t j = 0; j < count; j++)
		if (!taken[j] && !covered(t, &found[j], old) && t->count < t->room)
			begin(t, &found[j]);
	drop_old(t);
	plan_reading(t);
	for (size_t i = 0; i < t->count; i++) {
		struct track *k = t->track[i];

		if (!k->visible)
			continue;
		for (int a = 0; a < 2; a++)
			k->velocity[a] =
				k->seen.first || k->seen.match < MATCH ? 0 : k->seen.motion[a];
		keep_crop(k, p);
		k->seen.samples++;
		out[n++] = k->seen;
	}
	return n;
}
