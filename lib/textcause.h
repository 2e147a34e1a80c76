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

/* edit_threshold: more edits between consecutive readings than this are told, as OCR
 * noise when the crops are alike. */
void vq_text_judge(const struct vq_text_series *t, const struct vq_text_summary *s,
	double edit_threshold, struct vq_text_verdict *v);

#endif
