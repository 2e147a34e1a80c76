#include "textcause.h"

#include <math.h>
#include <string.h>

#include "editdist.h"

#define CHANGE 0.15 /* correlation lost in a step that is worth a look */
#define PLAIN 0.3   /* correlation lost in a step that proves something */
#define THEIRS 1.5  /* times what the surroundings lost: may be theirs */
#define PROOF 0.2   /* of it, at least this much more than that */
#define OTHER 0.4   /* correlation lost by text that gives way to another */
#define VISIBLE 8   /* levels that letters stand out by, not to be taken for a coder's noise */
#define STILL 0.1   /* of a letter's height: less is no motion, for a proof */
#define EXCESS 0.06 /* of it, at least this much more than the ring lost */
#define CELL 0.6    /* correlation lost by the letters that lost most: they are others */
#define CELL_MEAN 0.03
#define CELL_RING 0.1	/* ... when the row lost so much more than its ring, which lost less */
#define TRUSTED 0.4	/* trust below which blur or motion explain a step */
#define FOUND 0.8	/* correlation that proves where a row went that moved far */
#define RING_FOUND 0.7	/* of its ring, when it moved less far */
#define READING 0.5	/* confidence (0..1) of readings that are compared */
#define SAME 0.25	/* normalised edits between readings of one text */
#define STAYS 0.7	/* seconds that a caption can be read, at least */
#define FAINT 0.5	/* share of the most that contrast or sharpness fall to, or lower, */
#define FAINT_SAMPLES 3 /* in so many samples */
#define WHOLE 0.98	/* visible share of a row that the frame's edge does not cut */
#define QUARTER 0.25	/* of a letter's height: less is no motion */
#define UNKNOWN 0.5	/* score of a row whose locator gives none */
#define CERTAIN 80	/* confidence (0..100) of readings that are taken at their word */
#define SLIP 0.1	/* normalised edits between the letters of one row */

static double ring_change(const struct vq_text_sample *s)
{
	return isnan(s->ring) ? 0 : fmax(0, 1 - s->ring);
}

static double height_of(const struct vq_text_sample *s)
{
	return isnan(s->letter_height) ? s->box[3] - s->box[1] : s->letter_height;
}

static double moved_by(const struct vq_text_sample *s)
{
	return isnan(s->motion[0]) || isnan(s->motion[1]) ? 0 : hypot(s->motion[0], s->motion[1]);
}

/* Does the row leave the frame or enter it about this step, so that its letters are others? */
static bool crosses_edge(const struct vq_text_series *t, size_t i)
{
	double most = 0;

	if (isnan(t->sample[i].visible) || t->sample[i].visible >= WHOLE)
		return false;
	for (size_t k = i - 1; k <= i + 1 && k < t->count; k++)
		most = fmax(most, moved_by(&t->sample[k]));
	return most > QUARTER * height_of(&t->sample[i]);
}

/* Neither the locator nor the reader sees text where the row was. */
static bool is_gone(const struct vq_text_sample *s)
{
	return !s->found && !(s->read && s->confidence >= 100 * READING);
}

/* Has the row much less contrast than at its best?  A coder leaves little of it then. */
static bool is_faint(const struct vq_text_series *t, size_t i)
{
	double strongest = 0;

	for (size_t k = 1; k < t->count; k++)
		strongest = fmax(strongest, t->sample[k].contrast); /* not NAN's */
	return t->sample[i].contrast <= FAINT * strongest;
}

/* Is the step's change one of the text?  Not when it is blurred or faint or the alignment failed:
 * the further a row moved, the more easily something else is taken for it. */
static bool is_sure(const struct vq_text_series *t, size_t i)
{
	const struct vq_text_sample *s = &t->sample[i];
	double heights = moved_by(s) / height_of(s);

	if (vq_text_step_trust(t, i) < TRUSTED || is_gone(s) || is_faint(t, i) ||
		crosses_edge(t, i))
		return false;
	if (isnan(s->match) || s->match >= FOUND || heights <= QUARTER)
		return true;
	return heights <= 0.5 && 1 - ring_change(s) >= RING_FOUND;
}

/* One letter became another: little of a long row, but all of its cell. */
static bool letter_changed(const struct vq_text_sample *s, double change)
{
	double ring = ring_change(s);

	return !isnan(s->worst) && 1 - s->worst >= CELL && ring <= CELL_RING &&
	       change - ring >= CELL_MEAN;
}

/* Which steps are looked for. */
enum look {
	LOOK_MUTATION, /* sure, and more than the ring */
	LOOK_SCENE,    /* sure, and no more than the ring */
	LOOK_UNSURE,   /* more than the ring */
};

static bool is_wanted(const struct vq_text_series *t, size_t i, enum look what, double *value)
{
	const struct vq_text_sample *s = &t->sample[i];
	double change = *value = vq_text_step_change(t, i);
	bool sure = is_sure(t, i), large = change >= CHANGE;
	bool excess = change - ring_change(s) >= EXCESS;

	switch (what) {
	case LOOK_MUTATION:
		return sure && ((large && excess) || letter_changed(s, change));
	case LOOK_SCENE:
		return sure && large && !excess;
	default:
		return !sure && large && excess;
	}
}

/* The span of these steps, and the largest; peak stays 0 when there is none. */
static struct vq_text_verdict look(const struct vq_text_series *t, enum look what)
{
	struct vq_text_verdict v = {.measure = "text_change", .threshold = CHANGE};
	double value;

	for (size_t i = 1; i < t->count; i++) {
		if (!is_wanted(t, i, what, &value))
			continue;
		if (v.peak == 0)
			v.first = i - 1;
		v.last = i;
		if (v.peak == 0 || value > v.value) {
			v.peak = i;
			v.value = value;
		}
	}
	if (v.peak > 0 && v.value < CHANGE) {
		v.measure = "text_cell";
		v.value = 1 - t->sample[v.peak].worst;
		v.threshold = CELL;
	}
	return v;
}

/* What the surroundings changed.  Those of a row that moves must hold its ends, to tell how well
 * it was found again; a row that stands still is found. */
static double scene_change(const struct vq_text_sample *s)
{
	bool still = moved_by(s) <= STILL * height_of(s);

	return still && !isnan(s->around) ? fmax(0, 1 - s->around) : ring_change(s);
}

/* Do the letters of a step change, and nothing else? */
static bool proves(const struct vq_text_series *t, size_t i)
{
	const struct vq_text_sample *s = &t->sample[i];
	double change = vq_text_step_change(t, i);

	return is_sure(t, i) && !(s->contrast < VISIBLE) && change >= PLAIN &&
	       change - THEIRS * scene_change(s) >= PROOF;
}

/* Has the row made way for another one, as captions and labels do: it stayed for as long as it
 * takes to read it, and so does the next? */
static bool is_exchange(const struct vq_text_series *t, size_t i)
{
	if (vq_text_step_change(t, i) < OTHER)
		return false;
	for (size_t k = 1; k < t->count; k++)
		if (k != i && fabs(t->sample[k].time - t->sample[i].time) <= STAYS &&
			vq_text_step_change(t, k) >= PLAIN && is_sure(t, k))
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
		if (proves(t, i) && !is_exchange(t, i))
			proved += trust * text_score(t, i);
	}
	return weight > 0 ? proved / weight : 0;
}

static bool all_digits(const char *s)
{
	bool any = false;

	for (; *s != '\0'; s++) {
		if (*s >= '0' && *s <= '9')
			any = true;
		else if (strchr(" :.,/-%", *s) == NULL)
			return false;
	}
	return any;
}

/* Confident readings that are numbers throughout and change. */
static bool is_counter(const struct vq_text_series *t)
{
	size_t numbers = 0, others = 0;

	for (size_t i = 0; i < t->count; i++) {
		const struct vq_text_sample *s = &t->sample[i];

		if (!s->read || s->confidence < 100 * READING)
			continue;
		if (all_digits(t->text[s->text]))
			numbers++;
		else
			others++;
	}
	return numbers >= 3 && others * 4 <= numbers && t->texts >= 3;
}

/* Each confident reading begins with the one before, and the last is longer. */
static bool is_typing(const struct vq_text_series *t)
{
	const char *last = NULL, *first = NULL;
	size_t steps = 0;

	for (size_t i = 0; i < t->count; i++) {
		const struct vq_text_sample *s = &t->sample[i];
		const char *text = t->text[s->text];

		if (!s->read || s->confidence < 100 * READING || *text == '\0')
			continue;
		if (last != NULL && strncmp(text, last, strlen(last)) != 0)
			return false;
		steps += last != NULL && strlen(text) > strlen(last);
		first = first == NULL ? text : first;
		last = text;
	}
	return steps >= 2 && strlen(last) >= strlen(first) + 2;
}

/* A few confident texts, one after the other, each steady for as long as it takes to
 * read it; the first and the last may be cut short. */
static bool is_replacement(const struct vq_text_series *t)
{
	const struct vq_text_sample *last = NULL;
	size_t changes = 0, steps = 0;
	double since = 0, value;

	for (size_t i = 0; i < t->count; i++) {
		const struct vq_text_sample *s = &t->sample[i];

		steps += i > 0 && is_wanted(t, i, LOOK_MUTATION, &value);
		if (!s->read)
			continue;
		if (s->confidence < CERTAIN)
			return false;
		if (last != NULL &&
			vq_edit_normalised(t->text[last->text], t->text[s->text]) > SAME) {
			if (changes > 0 && s->time - since < STAYS)
				return false;
			changes++;
			since = s->time;
		}
		last = s;
	}
	return changes > 0 && steps <= 2 * changes;
}

/* The same by the looks of it, whatever the reader makes of it: nothing else changes. */
static bool is_relabelled(const struct vq_text_series *t)
{
	size_t exchanges = 0;

	if (t->count == 0 || t->sample[t->count - 1].time - t->sample[0].time < 2 * STAYS)
		return false;
	for (size_t i = 1; i < t->count; i++) {
		if (vq_text_step_change(t, i) < CHANGE)
			continue;
		if (isnan(t->sample[i].similarity) || !is_sure(t, i) || !is_exchange(t, i))
			return false;
		exchanges++;
	}
	return exchanges > 0;
}

const char *vq_text_legitimate(const struct vq_text_series *t, const char **notes)
{
	if (is_counter(t)) {
		*notes = "the readings are numbers that count";
		return "counter";
	}
	if (is_typing(t)) {
		*notes = "each reading goes on where the one before ended";
		return "typing";
	}
	if (is_replacement(t) || is_relabelled(t)) {
		*notes = "one steady text gives way to another";
		return "caption";
	}
	return NULL;
}

/* A reading's letters, in lower case, and its digits; whatever else the reader saw is left
 * out. */
struct number {
	uint32_t letter[VQ_EDIT_MAX], digit[VQ_EDIT_MAX];
	size_t letters, digits;
};

static bool is_mark(uint32_t c)
{
	if (c < 0x80)
		return !((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
	return c < 0xc0 || c == 0xd7 || c == 0xf7 || (c >= 0x2000 && c < 0x2c00) ||
	       (c >= 0x3000 && c < 0x3040) || c == 0xfffd;
}

static void split(const char *text, struct number *o)
{
	uint32_t c[VQ_EDIT_MAX];
	size_t n = vq_code_points(text, c);

	o->letters = o->digits = 0;
	for (size_t i = 0; i < n; i++) {
		if (c[i] >= '0' && c[i] <= '9')
			o->digit[o->digits++] = c[i];
		else if (!is_mark(c[i]))
			o->letter[o->letters++] = c[i] < 0x80 ? c[i] | 0x20 : c[i];
	}
}

/* Below 0 when a is the smaller number, above 0 when b is, 0 when they are the same. */
static int compare(const struct number *a, const struct number *b)
{
	if (a->digits != b->digits)
		return a->digits < b->digits ? -1 : 1;
	for (size_t i = 0; i < a->digits; i++)
		if (a->digit[i] != b->digit[i])
			return a->digit[i] < b->digit[i] ? -1 : 1;
	return 0;
}

/* How the numbers of consecutive readings differ. */
struct counting {
	struct number first, last;
	size_t numbers, up, down;
};

static void count_on(struct counting *c, const struct number *n)
{
	int order = c->numbers > 0 ? compare(&c->last, n) : 0;

	if (c->numbers == 0)
		c->first = *n;
	c->up += order < 0;
	c->down += order > 0;
	c->last = *n;
	c->numbers++;
}

/* Nearly all steps go one way, as they would not if digits were only misdrawn. */
static bool one_way(const struct counting *c, size_t least)
{
	size_t most = c->up > c->down ? c->up : c->down;

	return most >= least && (c->up + c->down - most) * 4 <= most;
}

/* Numbers that go on in one direction, whatever marks the reader sees beside them, which
 * cost it its confidence. */
static bool is_marked_counter(const struct vq_text_series *t)
{
	struct counting c = {.numbers = 0};
	struct number n;
	size_t others = 0;

	for (size_t i = 0; i < t->count; i++) {
		if (!t->sample[i].read)
			continue;
		split(t->text[t->sample[i].text], &n);
		if (n.letters == 0 && n.digits >= 2)
			count_on(&c, &n);
		else
			others++;
	}
	return c.numbers >= 3 && others * 4 <= c.numbers && one_way(&c, 2);
}

/* A row of which the reader is certain: always the same letters, and a number that goes on
 * in one direction and is enough of the row to explain so much change. */
static bool is_numbered(const struct vq_text_series *t, double change)
{
	struct counting c = {.numbers = 0};
	struct number n;

	for (size_t i = 0; i < t->count; i++) {
		struct vq_edits e;
		size_t longest;

		if (!t->sample[i].read)
			continue;
		split(t->text[t->sample[i].text], &n);
		if (t->sample[i].confidence < CERTAIN || n.digits == 0)
			return false;
		count_on(&c, &n);
		e = vq_edit_distance(c.first.letter, c.first.letters, n.letter, n.letters);
		longest = n.letters > c.first.letters ? n.letters : c.first.letters;
		if (vq_edit_total(&e) > SLIP * (double)longest)
			return false;
	}
	return one_way(&c, 1) &&
	       change <= CHANGE + (double)n.digits / (double)(n.digits + n.letters);
}

/* Why readings may change, where what vq_text_legitimate() tells is not enough: that one
 * is part of the features, which a model was trained on. */
static const char *may_change(
	const struct vq_text_series *t, const struct vq_text_verdict *v, const char **notes)
{
	const char *reason = vq_text_legitimate(t, notes);

	if (reason != NULL)
		return reason;
	if (is_marked_counter(t)) {
		*notes = "the readings are numbers that count, with marks around them";
		return "counter";
	}
	if (is_numbered(t, vq_text_step_change(t, v->peak))) {
		*notes = "the letters stay and the number among them counts";
		return "counter";
	}
	return NULL;
}

/* Moves on and on in one direction, and leaves the frame or enters it. */
static bool is_scroll(const struct vq_text_series *t)
{
	double x = 0, y = 0, path = 0, least = 1, height = 0;

	for (size_t i = 1; i < t->count; i++) {
		const struct vq_text_sample *s = &t->sample[i];

		if (s->match < TRUSTED || isnan(s->motion[0]) || isnan(s->motion[1]))
			continue;
		x += s->motion[0];
		y += s->motion[1];
		path += moved_by(s);
		height = fmax(height, height_of(s));
		if (!isnan(s->visible))
			least = fmin(least, s->visible);
	}
	return least < WHOLE && path > 2 * height && hypot(x, y) > 0.9 * path;
}

/* What became of the row's sharpness and contrast for a while: fade, when they fall
 * together, or blur; NULL when neither falls much. */
static const char *fading(const struct vq_text_series *t)
{
	double sharpest = 0, strongest = 0, sharp = 0, contrast = 0;
	size_t faint = 0;

	for (size_t i = 1; i < t->count; i++) {
		sharpest = fmax(sharpest, t->sample[i].sharpness); /* not NAN's */
		strongest = fmax(strongest, t->sample[i].contrast);
	}
	for (size_t i = 1; i < t->count; i++) {
		double s = t->sample[i].sharpness / sharpest, c = t->sample[i].contrast / strongest;

		if (s <= FAINT || c <= FAINT) {
			sharp += s;
			contrast += c;
			faint++;
		}
	}
	if (faint < FAINT_SAMPLES)
		return NULL;
	return contrast < 1.5 * sharp ? "fade" : "blur";
}

/* Why the track changes although its letters do not: the first thing that explains most. */
static const char *explain(const struct vq_text_series *t, size_t peak, const char **notes)
{
	const struct vq_text_sample *s = &t->sample[peak];
	const char *reason = fading(t);

	if (is_scroll(t)) {
		*notes = "it moves steadily out of the frame or into it";
		return "scroll";
	}
	if (!isnan(s->visible) && s->visible < 0.8) {
		*notes = "the text leaves the frame";
		return "occlusion";
	}
	if (peak > 0 && crosses_edge(t, peak)) {
		*notes = "it moves across the frame's edge";
		return "motion";
	}
	if (moved_by(s) > height_of(s)) {
		*notes = "it moves by more than a letter's height between samples";
		return "motion";
	}
	if (reason != NULL) {
		*notes = *reason == 'f' ? "it fades in or out" : "it is out of focus for a time";
		return reason;
	}
	if (is_gone(s)) {
		*notes = "no text is found there any more";
		return "occlusion";
	}
	return NULL;
}

static void let_go(struct vq_text_verdict *v, const char *reason, const char *notes)
{
	v->kind = VQ_TEXT_LET_GO;
	v->reason = reason;
	v->notes = notes;
}

void vq_text_judge(const struct vq_text_series *t, const struct vq_text_summary *s,
	double edit_threshold, struct vq_text_verdict *v)
{
	const char *notes = NULL, *reason;

	*v = look(t, LOOK_MUTATION);
	if (v->peak > 0) {
		reason = may_change(t, v, &notes);
		if (reason != NULL) {
			let_go(v, reason, notes);
			return;
		}
		v->kind = VQ_TEXT_MUTATION;
		v->notes = "letters change more than what surrounds them";
		return;
	}
	*v = look(t, LOOK_SCENE);
	if (v->peak > 0) {
		let_go(v, "scene_change", "the surroundings change as much");
		return;
	}
	*v = look(t, LOOK_UNSURE);
	if (v->peak > 0) {
		reason = explain(t, v->peak, &notes);
		let_go(v, reason == NULL ? "blur" : reason,
			reason == NULL ? "the crop is blurred or could not be aligned" : notes);
		return;
	}
	if (s->most_edits > edit_threshold && t->count > 1) {
		*v = (struct vq_text_verdict){.last = t->count - 1, .peak = s->peak};
		reason = explain(t, v->peak, &notes);
		let_go(v, reason == NULL ? "ocr_noise" : reason,
			reason == NULL ? "readings differ although the crops are alike" : notes);
	}
}
