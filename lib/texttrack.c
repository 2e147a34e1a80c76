#include "texttrack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "assign.h"

#define GAP 5	       /* samples that a track may be unseen */
#define CROPS 4	       /* earlier crops kept of a track */
#define MATCH 0.5      /* correlation that proves that the crop was found again */
#define SEARCH 0.05    /* reach of the search, frame heights */
#define SPEED 0.6      /* of what is new, frame heights a second at most: a fast ticker */
#define LIKELY 0.6     /* score from which more effort is made to find a row again */
#define FOUND 0.7      /* correlation with which nothing better is looked for */
#define ZOOM 0.05      /* a size more or less, when the crop is not found as it was */
#define FAR 0.15       /* and never further than this */
#define CHANGED 0.7    /* correlation of letters below which others may stand there */
#define STAYED 0.9     /* of what surrounds them: it is where it was expected */
#define LIGHT 10       /* levels that it may become lighter or darker by, then */
#define BLEND 0.25     /* how far a box follows the locator each sample */
#define FIRST_READS 5  /* new regions of a frame that are read at first sight */
#define READS_START 10 /* readings of a clip: this many and */
#define READS_SAMPLE 3 /* this many more each sample */

struct track {
	struct vq_seen seen;	    /* of its last frame */
	struct vq_crop crop[CROPS]; /* ring, newest at at */
	int at, crops;
	int hits, misses;
	double velocity[2]; /* frame pixels a second */
	double time;	    /* of the newest crop */
	bool steady;	    /* the velocity is known */
	double strength;
	bool visible;
	/* of the frame at hand */
	struct vq_warp warp;
	bool placed; /* by its surroundings */
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
	double time; /* of the frame at hand */
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
		(now[1] + now[3] - then[1] - then[3]) / 2, 0, 1, &w);
	vq_crop_compare(a, c, p, &w, &like);
	out[0] = like.box;
	out[1] = like.ring;
}

/* Find the newest crop again.  What grows or shrinks too much for the search, which only
 * shifts, is looked for at other sizes.  Returns the correlation. */
static double find_again(
	const struct vq_texttrack *t, struct vq_aligner *a, struct track *k, double radius)
{
	static const double sizes[] = {1, 1 + ZOOM, 1 - ZOOM};
	double passed = t->time - k->time, best = -2;

	for (size_t i = 0; i < (k->seen.score < LIKELY ? 1 : 3) && best < FOUND; i++) {
		struct vq_warp w;
		double match = vq_crop_align(a, crop_back(k, 0), t->pyramid,
			k->velocity[0] * passed, k->velocity[1] * passed, radius, sizes[i], &w);

		if (match > best) {
			best = match;
			k->warp = w;
		}
	}
	return best;
}

/* The crop where it should be by its velocity. */
static struct vq_warp expected(const struct vq_texttrack *t, struct track *k)
{
	const struct vq_crop *c = crop_back(k, 0);
	double passed = t->time - k->time;

	return (struct vq_warp){{c->x + k->velocity[0] * passed, c->scale, 0,
		c->y + k->velocity[1] * passed, 0, c->scale}};
}

static void compare(struct vq_aligner *a, struct track *k, const struct vq_pyramid *p)
{
	double light;

	vq_crop_compare(a, crop_back(k, 0), p, &k->warp, &k->seen.like);
	k->seen.around = vq_crop_surroundings(a, crop_back(k, 0), p, &k->warp, &light);
}

/* Letters that became others are found nowhere, or where something resembles them.  When
 * what surrounds them is where it was expected, so are they. */
static void place_by_surroundings(
	const struct vq_texttrack *t, struct vq_aligner *a, struct track *k)
{
	struct vq_warp w = expected(t, k);
	double around, light;

	k->placed = false;
	if (k->seen.like.box >= CHANGED)
		return;
	around = vq_crop_surroundings(a, crop_back(k, 0), t->pyramid, &w, &light);
	if (around < STAYED || around <= k->seen.around || fabs(light) > LIGHT)
		return;
	k->warp = w;
	k->placed = true;
	k->seen.match = fmax(k->seen.match, around);
	compare(a, k, t->pyramid);
}

static void follow(void *context, int worker, size_t index)
{
	struct vq_texttrack *t = context;
	struct track *k = t->track[index];
	struct vq_aligner *a = t->aligner[worker];
	const struct vq_crop *c = crop_back(k, 0);
	struct vq_warp still = {{c->x, c->scale, 0, c->y, 0, c->scale}};
	double before[4];
	bool same = k->steady || k->seen.score < LIKELY;
	double reach = same ? SEARCH : fmin(FAR, fmax(SEARCH, SPEED * (t->time - k->time)));
	double radius = reach * t->pyramid->height[0] + 4;

	k->seen.match = find_again(t, a, k, radius);
	compare(a, k, t->pyramid);
	place_by_surroundings(t, a, k);
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

static void keep_crop(const struct vq_texttrack *t, struct track *k)
{
	double others[VQ_ASSIGN_MAX][4];
	size_t n = 0;

	for (size_t i = 0; i < t->count; i++)
		if (t->track[i]->visible)
			memcpy(others[n++], t->track[i]->seen.box, sizeof *others);
	k->at = (k->at + 1) % CROPS;
	if (k->crops < CROPS)
		k->crops++;
	vq_crop_take(&k->crop[k->at], t->pyramid, k->seen.box, k->seen.letter,
		(const double(*)[4])others, n);
}

static void describe(struct vq_seen *s, const struct vq_text_region *r)
{
	s->score = r->score;
	s->slope = r->slope;
	s->letters = r->letters;
	s->plane = r->plane;
	s->light = r->light;
	s->unsure = r->unsure;
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
	k->visible =
		k->hits >= 2 && k->seen.match >= MATCH && !k->placed && k->seen.like.visible > 0.6;
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

/* Remember the crop, and how fast it moved since the one before. */
static void remember(struct vq_texttrack *t, struct track *k)
{
	k->steady = !k->seen.first && k->seen.match >= MATCH && t->time > k->time;
	for (int a = 0; a < 2; a++)
		k->velocity[a] = k->steady ? k->seen.motion[a] / (t->time - k->time) : 0;
	k->time = t->time;
	keep_crop(t, k);
}

size_t vq_texttrack_add(struct vq_texttrack *t, const struct vq_pyramid *p, double time,
	const struct vq_text_region *found, size_t count, bool cut, struct vq_seen *out)
{
	bool taken[VQ_ASSIGN_MAX] = {false};
	size_t n = 0, old;

	if (count > VQ_ASSIGN_MAX)
		count = VQ_ASSIGN_MAX;
	if (cut)
		t->count = 0;
	t->pyramid = p;
	t->time = time;
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
		remember(t, k);
		k->seen.samples++;
		out[n++] = k->seen;
	}
	return n;
}
