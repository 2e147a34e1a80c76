#include "textstep.h"

#include <math.h>

#define PLAIN 0.3      /* correlation lost in a step that proves something */
#define THEIRS 1.5     /* times what the surroundings lost: may be theirs */
#define PROOF 0.2      /* of it, at least this much more than that */
#define OTHER 0.4      /* correlation lost by text that gives way to another */
#define VISIBLE 8      /* levels that letters stand out by, not to be taken for a coder's noise */
#define STILL 0.1      /* of a letter's height: less is no motion, for a proof */
#define EXCESS 0.06    /* of it, at least this much more than the ring lost */
#define CELL_MEAN 0.03 /* correlation that a row must lose, beyond its ring, for one letter */
#define CELL_RING 0.1  /* and that its ring may lose then */
#define FOUND 0.8      /* correlation that proves where a row went that moved far */
#define RING_FOUND 0.7 /* of its ring, when it moved less far */
#define QUARTER 0.25   /* of a letter's height: less is no motion */
#define UNKNOWN 0.5    /* score of a row whose locator gives none */

double vq_text_ring_change(const struct vq_text_sample *s)
{
	return isnan(s->ring) ? 0 : fmax(0, 1 - s->ring);
}

double vq_text_height(const struct vq_text_sample *s)
{
	return isnan(s->letter_height) ? s->box[3] - s->box[1] : s->letter_height;
}

double vq_text_moved(const struct vq_text_sample *s)
{
	return isnan(s->motion[0]) || isnan(s->motion[1]) ? 0 : hypot(s->motion[0], s->motion[1]);
}

bool vq_text_crosses_edge(const struct vq_text_series *t, size_t i)
{
	double most = 0;

	if (isnan(t->sample[i].visible) || t->sample[i].visible >= VQ_TEXT_WHOLE)
		return false;
	for (size_t k = i - 1; k <= i + 1 && k < t->count; k++)
		most = fmax(most, vq_text_moved(&t->sample[k]));
	return most > QUARTER * vq_text_height(&t->sample[i]);
}

bool vq_text_is_gone(const struct vq_text_sample *s)
{
	return !s->found && !(s->read && s->confidence >= 100 * VQ_TEXT_READING);
}

/* Has the row much less contrast than at its best?  A coder leaves little of it then. */
static bool is_faint(const struct vq_text_series *t, size_t i)
{
	double strongest = 0;

	for (size_t k = 1; k < t->count; k++)
		strongest = fmax(strongest, t->sample[k].contrast); /* not NAN's */
	return t->sample[i].contrast <= VQ_TEXT_FAINT * strongest;
}

bool vq_text_is_sure(const struct vq_text_series *t, size_t i)
{
	const struct vq_text_sample *s = &t->sample[i];
	double heights = vq_text_moved(s) / vq_text_height(s);

	if (vq_text_step_trust(t, i) < VQ_TEXT_TRUSTED || vq_text_is_gone(s) || is_faint(t, i) ||
		vq_text_crosses_edge(t, i))
		return false;
	if (isnan(s->match) || s->match >= FOUND || heights <= QUARTER)
		return true;
	return heights <= 0.5 && 1 - vq_text_ring_change(s) >= RING_FOUND;
}

/* One letter became another: little of a long row, but all of its cell. */
static bool letter_changed(const struct vq_text_sample *s, double change)
{
	double ring = vq_text_ring_change(s);

	return !isnan(s->worst) && 1 - s->worst >= VQ_TEXT_CELL && ring <= CELL_RING &&
	       change - ring >= CELL_MEAN;
}

bool vq_text_shows(const struct vq_text_series *t, size_t i, enum vq_text_look what, double *value)
{
	const struct vq_text_sample *s = &t->sample[i];
	double change = *value = vq_text_step_change(t, i);
	bool sure = vq_text_is_sure(t, i), large = change >= VQ_TEXT_CHANGE;
	bool excess = change - vq_text_ring_change(s) >= EXCESS;

	switch (what) {
	case VQ_TEXT_LOOK_MUTATION:
		return sure && ((large && excess) || letter_changed(s, change));
	case VQ_TEXT_LOOK_SCENE:
		return sure && large && !excess;
	default:
		return !sure && large && excess;
	}
}

/* ---- what proves a defect -------------------------------------------------------------- */

/* What the surroundings changed.  Those of a row that moves must hold its ends, to tell how well
 * it was found again; a row that stands still is found. */
static double scene_change(const struct vq_text_sample *s)
{
	bool still = vq_text_moved(s) <= STILL * vq_text_height(s);

	return still && !isnan(s->around) ? fmax(0, 1 - s->around) : vq_text_ring_change(s);
}

/* Do the letters of a step change, and nothing else? */
static bool proves(const struct vq_text_series *t, size_t i)
{
	const struct vq_text_sample *s = &t->sample[i];
	double change = vq_text_step_change(t, i);

	return vq_text_is_sure(t, i) && !(s->contrast < VISIBLE) && change >= PLAIN &&
	       change - THEIRS * scene_change(s) >= PROOF;
}

bool vq_text_is_exchange(const struct vq_text_series *t, size_t i)
{
	if (vq_text_step_change(t, i) < OTHER)
		return false;
	for (size_t k = 1; k < t->count; k++)
		if (k != i && fabs(t->sample[k].time - t->sample[i].time) <= VQ_TEXT_STAYS &&
			vq_text_step_change(t, k) >= PLAIN && vq_text_is_sure(t, k))
			return false;
	return true;
}

/* How likely there is text before a step and after it: a mouth that opens is none. */
static double text_score(const struct vq_text_series *t, size_t i)
{
	double score = fmin(t->sample[i - 1].score, t->sample[i].score); /* not NAN's */

	return isnan(score) ? UNKNOWN : score;
}

double vq_text_proof(const struct vq_text_series *t)
{
	double proved = 0, weight = 0;

	for (size_t i = 1; i < t->count; i++) {
		double trust = vq_text_step_trust(t, i);

		if (isnan(t->sample[i].similarity))
			continue;
		weight += trust;
		if (proves(t, i) && !vq_text_is_exchange(t, i))
			proved += trust * text_score(t, i);
	}
	return weight > 0 ? proved / weight : 0;
}
