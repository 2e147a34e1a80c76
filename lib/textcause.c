#include "textcause.h"

#include <math.h>

#include "textlegit.h"
#include "textstep.h"

#define FAINT_SAMPLES 3 /* with little contrast or sharpness, which explain a change */

/* The span of these steps, and the largest; peak stays 0 when there is none. */
static struct vq_text_verdict look(const struct vq_text_series *t, enum vq_text_look what)
{
	struct vq_text_verdict v = {.measure = "text_change", .threshold = VQ_TEXT_CHANGE};
	double value;

	for (size_t i = 1; i < t->count; i++) {
		if (!vq_text_shows(t, i, what, &value))
			continue;
		if (v.peak == 0)
			v.first = i - 1;
		v.last = i;
		if (v.peak == 0 || value > v.value) {
			v.peak = i;
			v.value = value;
		}
	}
	if (v.peak > 0 && v.value < VQ_TEXT_CHANGE) {
		v.measure = "text_cell";
		v.value = 1 - t->sample[v.peak].worst;
		v.threshold = VQ_TEXT_CELL;
	}
	return v;
}

/* Moves on and on in one direction, and leaves the frame or enters it. */
static bool is_scroll(const struct vq_text_series *t)
{
	double x = 0, y = 0, path = 0, least = 1, height = 0;

	for (size_t i = 1; i < t->count; i++) {
		const struct vq_text_sample *s = &t->sample[i];

		if (s->match < VQ_TEXT_TRUSTED || isnan(s->motion[0]) || isnan(s->motion[1]))
			continue;
		x += s->motion[0];
		y += s->motion[1];
		path += vq_text_moved(s);
		height = fmax(height, vq_text_height(s));
		if (!isnan(s->visible))
			least = fmin(least, s->visible);
	}
	return least < VQ_TEXT_WHOLE && path > 2 * height && hypot(x, y) > 0.9 * path;
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

		if (s <= VQ_TEXT_FAINT || c <= VQ_TEXT_FAINT) {
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
	if (peak > 0 && vq_text_crosses_edge(t, peak)) {
		*notes = "it moves across the frame's edge";
		return "motion";
	}
	if (vq_text_moved(s) > vq_text_height(s)) {
		*notes = "it moves by more than a letter's height between samples";
		return "motion";
	}
	if (reason != NULL) {
		*notes = *reason == 'f' ? "it fades in or out" : "it is out of focus for a time";
		return reason;
	}
	if (vq_text_is_gone(s)) {
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

	*v = look(t, VQ_TEXT_LOOK_MUTATION);
	if (v->peak > 0) {
		reason = vq_text_may_change(t, v->peak, &notes);
		if (reason != NULL) {
			let_go(v, reason, notes);
			return;
		}
		v->kind = VQ_TEXT_MUTATION;
		v->notes = "letters change more than what surrounds them";
		return;
	}
	*v = look(t, VQ_TEXT_LOOK_SCENE);
	if (v->peak > 0) {
		let_go(v, "scene_change", "the surroundings change as much");
		return;
	}
	*v = look(t, VQ_TEXT_LOOK_UNSURE);
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
