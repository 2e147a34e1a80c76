/* What made a piece of text change: a defect, or something that may. */
#ifndef VQ_TEXTCAUSE_H
#define VQ_TEXTCAUSE_H

#include "textseries.h"

enum vq_text_kind {
	VQ_TEXT_STEADY,	  /* nothing to report */
	VQ_TEXT_MUTATION, /* letters change and nothing else explains it */
	VQ_TEXT_LET_GO,	  /* looked like it, and was let go for a reason */
};

struct vq_text_verdict {
	enum vq_text_kind kind;
	size_t first, last, peak; /* samples of the series */
	const char *measure;	  /* what was measured, NULL when steady */
	double value, threshold;
	const char *reason; /* of letting go: scroll, counter, typing, ... */
	const char *notes;
};

/* The reason and a note when the track's text changes as it may: counter, typing, caption.
 * NULL otherwise. */
const char *vq_text_legitimate(const struct vq_text_series *t, const char **notes);

/* How often letters change and nothing else does: the share of all steps, by trust, in which
 * the crop changes much more than its surroundings do, and neither motion nor blur nor a fade
 * nor the frame's edge nor an exchange of the whole text can explain it, weighted by how likely
 * there is text before and after; 0..1.  0 without measurements of the picture. */
double vq_text_proof(const struct vq_text_series *t);

/* edit_threshold: more edits between consecutive readings than this are told, as OCR
 * noise when the crops are alike. */
void vq_text_judge(const struct vq_text_series *t, const struct vq_text_summary *s,
	double edit_threshold, struct vq_text_verdict *v);

#endif
