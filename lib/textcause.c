#include "textcause.h"

#include <math.h>
#include <string.h>

#include "editdist.h"

#define CHANGE 0.15 /* correlation lost in a step that is worth a look */
#define EXCESS 0.06 /* of it, at least this much more than the ring lost */
#define TRUSTED 0.4 /* trust below which blur or motion explain a step */
#define READING 0.5 /* confidence (0..1) of readings that are compared */

static double ring_change(const struct vq_text_sample *s)
{
	return isnan(s->ring) ? 0 : fmax(0, 1 - s->ring);
}

/* Widen the span of steps that are worth a look. */
static void widen(struct vq_text_verdict *v, size_t i, double value)
{
	if (v->peak == 0)
		v->first = i - 1;
	v->last = i;
	if (v->peak == 0 || value > v->value) {
		v->peak = i;
		v->value = value;
	}
}

static struct vq_text_verdict look(const struct vq_text_series *t, bool trusted, bool excess)
{
	struct vq_text_verdict v = {.measure = "text_change", .threshold = CHANGE};

	for (size_t i = 1; i < t->count; i++) {
		double change = vq_text_step_change(t, i);
		bool sure = vq_text_step_trust(t, i) >= TRUSTED;

		if (change < CHANGE || sure != trusted)
			continue;
		if ((change - ring_change(&t->sample[i]) >= EXCESS) == excess)
			widen(&v, i, change);
	}
	return v;
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

/* One confident text gives way to another, once, each steady on its side. */
static bool is_replacement(const struct vq_text_series *t)
{
	size_t changes = 0, confident = 0;
	const char *last = NULL;

	for (size_t i = 0; i < t->count; i++) {
		const struct vq_text_sample *s = &t->sample[i];

		if (!s->read)
			continue;
		if (s->confidence < 80)
			return false;
		confident++;
		if (last != NULL && strcmp(last, t->text[s->text]) != 0)
			changes++;
		last = t->text[s->text];
	}
	return changes == 1 && confident >= 4;
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
	if (is_replacement(t)) {
		*notes = "one steady text gives way to another, once";
		return "caption";
	}
	return NULL;
}

/* Why steps without trust changed: the first thing that explains most. */
static const char *explain(const struct vq_text_series *t, size_t peak, const char **notes)
{
	const struct vq_text_sample *s = &t->sample[peak];
	double moved = isnan(s->motion[0]) ? 0 : hypot(s->motion[0], s->motion[1]);
	double height = isnan(s->letter_height) ? s->box[3] - s->box[1] : s->letter_height;

	if (!isnan(s->visible) && s->visible < 0.8) {
		*notes = "the text leaves the frame";
		return "occlusion";
	}
	if (moved > height) {
		*notes = "it moves by more than a letter's height between samples";
		return "motion";
	}
	*notes = "the crop is blurred or could not be aligned";
	return "blur";
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

	*v = look(t, true, true);
	if (v->peak > 0) {
		reason = vq_text_legitimate(t, &notes);
		if (reason != NULL) {
			let_go(v, reason, notes);
			return;
		}
		v->kind = VQ_TEXT_MUTATION;
		v->notes = "letters change more than what surrounds them";
		return;
	}
	*v = look(t, true, false);
	if (v->peak > 0) {
		let_go(v, "scene_change", "the surroundings change as much");
		return;
	}
	*v = look(t, false, true);
	if (v->peak > 0) {
		reason = explain(t, v->peak, &notes);
		let_go(v, reason, notes);
		return;
	}
	if (s->most_edits > edit_threshold && t->count > 1) {
		*v = (struct vq_text_verdict){.last = t->count - 1, .peak = s->peak};
		let_go(v, "ocr_noise", "readings differ although the crops are alike");
	}
}
