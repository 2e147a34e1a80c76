#include "scene.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RING 64 /* frames kept, more than the delay and a window */

/* Measured on joins of real clips with known cuts: a cut leaves 0.70 or more of
 * the structure unexplained, ordinary pairs under 0.5. */
#define CUT_UNEXPLAINED 0.55
/* ... and stands out from the pairs around it, which storms of motion and frames
 * that are drawn anew do not. */
#define CUT_CONTRAST 1.4
/* Mean difference of thumbnails, means removed, between any frame before and any
 * after: a flash or an alternation comes back. */
#define CUT_CROSS 6.0

#define GRADUAL_FRAMES 6     /* of the shortest gradual change, ends included */
#define END_SHARE 0.03	     /* of the change, what is still the picture at its end */
#define GRADUAL_STEP 0.45    /* most of a gradual change that one pair may hold */
#define GRADUAL_DIFF 8.0     /* mean difference of its ends, levels */
#define GRADUAL_RESIDUAL 0.2 /* of that, what the mixture may leave unexplained */
#define FLAT_DEVIATION 5.0   /* mean deviation of a thumbnail of one colour */

struct shot {
	uint8_t thumb[VQ_SCENE_THUMB];
	double ssim, unexplained;
	enum vq_scene_kind kind;
};

struct vq_scene {
	double cut_ssim, stability;
	int window;
	long count, given; /* frames added, marks handed out */
	bool finished;
	struct shot ring[RING];
};

const char *vq_scene_kind_name(enum vq_scene_kind kind)
{
	static const char *const name[] = {"same", "cut", "dissolve", "fade", "ramp"};

	return name[kind];
}

enum vq_code vq_scene_new(struct vq_scene **out, const struct vq_config *config, struct vq_err *err)
{
	struct vq_scene *s = calloc(1, sizeof *s);

	*out = s;
	if (s == NULL)
		return vq_nomem(err);
	s->cut_ssim = vq_config_real(config, VQ_CFG_CUT_SSIM);
	s->stability = vq_config_real(config, VQ_CFG_CUT_STABILITY);
	s->window = vq_config_int(config, VQ_CFG_CUT_WINDOW);
	if (s->window > VQ_SCENE_DELAY - 1)
		s->window = VQ_SCENE_DELAY - 1;
	return VQ_OK;
}

void vq_scene_free(struct vq_scene **s)
{
	free(*s);
	*s = NULL;
}

static struct shot *shot_at(struct vq_scene *s, long i)
{
	return &s->ring[i % RING];
}

static double thumb_mean(const uint8_t *p)
{
	double sum = 0;

	for (int i = 0; i < VQ_SCENE_THUMB; i++)
		sum += p[i];
	return sum / VQ_SCENE_THUMB;
}

/* Mean |a - b| with the means removed. */
static double thumb_distance(const uint8_t *a, const uint8_t *b)
{
	double offset = thumb_mean(a) - thumb_mean(b), sum = 0;

	for (int i = 0; i < VQ_SCENE_THUMB; i++)
		sum += fabs(a[i] - b[i] - offset);
	return sum / VQ_SCENE_THUMB;
}

static double thumb_deviation(const uint8_t *a)
{
	double mean = thumb_mean(a), sum = 0;

	for (int i = 0; i < VQ_SCENE_THUMB; i++)
		sum += fabs(a[i] - mean);
	return sum / VQ_SCENE_THUMB;
}

/* ---- cuts ------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Median of what is unexplained in the pairs around pair i (i itself left out). */
static double around(struct vq_scene *s, long i, bool *quiet_after)
{
	double value[2 * VQ_SCENE_DELAY];
	size_t n = 0;

	*quiet_after = i + 1 < s->count;
	for (long j = i - s->window; j <= i + s->window; j++) {
		if (j < 1 || j == i || j >= s->count || i - j > RING - VQ_SCENE_DELAY - 4)
			continue;
		value[n++] = shot_at(s, j)->unexplained;
		if (j > i && 1 - value[n - 1] < s->stability)
			*quiet_after = false;
	}
	if (n == 0)
		return 0;
	qsort(value, n, sizeof *value, by_value);
	return n % 2 != 0 ? value[n / 2] : (value[n / 2 - 1] + value[n / 2]) / 2;
}

/* Least distance between one of the three frames before i and one of the three
 * from i on. */
static double cross_distance(struct vq_scene *s, long i)
{
	double least = 255;

	for (long a = i - 3; a < i; a++) {
		for (long b = i; b < i + 3 && b < s->count; b++) {
			if (a >= 0)
				least = fmin(least,
					thumb_distance(shot_at(s, a)->thumb, shot_at(s, b)->thumb));
		}
	}
	return least;
}

static bool is_cut(struct vq_scene *s, long i)
{
	struct shot *here = shot_at(s, i);
	bool quiet;
	double median;

	if (i < 1 || here->unexplained < CUT_UNEXPLAINED || here->ssim >= s->cut_ssim)
		return false;
	median = around(s, i, &quiet);
	if (!quiet && here->unexplained < CUT_CONTRAST * median)
		return false;
	return cross_distance(s, i) >= CUT_CROSS;
}

/* ---- dissolves, fades -------------------------------------------------------------------- */

/* Whether the frames first..last are mixtures of the two ends, moving from one
 * to the other without turning back or jumping.  Cuts off what stands still before
 * and after. */
static bool is_gradual(struct vq_scene *s, long *from, long *to)
{
	long first = *from, last = *to;
	const uint8_t *a = shot_at(s, first)->thumb, *b = shot_at(s, last)->thumb;
	double dd = 0, diff = 0, share = 0;

	for (int i = 0; i < VQ_SCENE_THUMB; i++) {
		double d = b[i] - a[i];

		dd += d * d;
		diff += fabs(d);
	}
	diff /= VQ_SCENE_THUMB;
	if (diff < GRADUAL_DIFF)
		return false;
	for (long k = first + 1; k <= last; k++) {
		const uint8_t *m = shot_at(s, k)->thumb;
		double dot = 0, residual = 0, now;

		for (int i = 0; i < VQ_SCENE_THUMB; i++)
			dot += (double)(m[i] - a[i]) * (b[i] - a[i]);
		now = dot / dd;
		if (now < share - 0.02 || now > share + GRADUAL_STEP)
			return false;
		for (int i = 0; i < VQ_SCENE_THUMB; i++)
			residual += fabs(m[i] - a[i] - now * (b[i] - a[i]));
		if (residual / VQ_SCENE_THUMB > GRADUAL_RESIDUAL * diff)
			return false;
		if (now < END_SHARE)
			*from = k;
		if (share < 1 - END_SHARE && now >= 1 - END_SHARE)
			*to = k;
		share = now;
	}
	return *to - *from >= GRADUAL_FRAMES - 1;
}

/* What kind of gradual change leads from a to b. */
static enum vq_scene_kind gradual_kind(const uint8_t *a, const uint8_t *b)
{
	double ma = thumb_mean(a), mb = thumb_mean(b), aa = 0, bb = 0, ab = 0;

	if (thumb_deviation(a) < FLAT_DEVIATION || thumb_deviation(b) < FLAT_DEVIATION)
		return VQ_SCENE_FADE;
	for (int i = 0; i < VQ_SCENE_THUMB; i++) {
		aa += (a[i] - ma) * (a[i] - ma);
		bb += (b[i] - mb) * (b[i] - mb);
		ab += (a[i] - ma) * (b[i] - mb);
	}
	return ab > 0.9 * sqrt(aa * bb) ? VQ_SCENE_RAMP : VQ_SCENE_DISSOLVE;
}

static void mark_gradual(struct vq_scene *s, long newest)
{
	static const int lengths[] = {32, 26, 20, 16, 13, 10, 8, GRADUAL_FRAMES};

	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		long first = newest - lengths[i] + 1, last = newest;
		enum vq_scene_kind kind;

		if (first < s->given || first < 0 || !is_gradual(s, &first, &last))
			continue;
		kind = gradual_kind(shot_at(s, first)->thumb, shot_at(s, last)->thumb);
		/* the ends are whole pictures of their scenes */
		for (long k = first + 1; k < last; k++) {
			enum vq_scene_kind *mark = &shot_at(s, k)->kind;

			if (*mark == VQ_SCENE_SAME || *mark == VQ_SCENE_RAMP)
				*mark = kind;
		}
		return;
	}
}

void vq_scene_add(
	struct vq_scene *s, const uint8_t thumb[VQ_SCENE_THUMB], double ssim, double unexplained)
{
	struct shot *here = shot_at(s, s->count);

	memcpy(here->thumb, thumb, VQ_SCENE_THUMB);
	here->ssim = ssim;
	here->unexplained = unexplained;
	here->kind = VQ_SCENE_SAME;
	s->count++;
	mark_gradual(s, s->count - 1);
}

void vq_scene_finish(struct vq_scene *s)
{
	s->finished = true;
}

bool vq_scene_next(struct vq_scene *s, enum vq_scene_kind *kind)
{
	struct shot *here = shot_at(s, s->given);

	if (s->given >= s->count || (!s->finished && s->count - s->given <= VQ_SCENE_DELAY))
		return false;
	if (here->kind != VQ_SCENE_DISSOLVE && here->kind != VQ_SCENE_FADE && is_cut(s, s->given))
		here->kind = VQ_SCENE_CUT;
	*kind = here->kind;
	s->given++;
	return true;
}
