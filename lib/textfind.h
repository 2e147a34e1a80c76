/* Where is text?  The network of textseg.h marks the cores of rows; connected ones
 * that lie in line are joined and measured. */
#ifndef VQ_TEXTFIND_H
#define VQ_TEXTFIND_H

#include <stdbool.h>
#include <stddef.h>

#include "frame.h"

/* One row of text, in pixels of the frame that was searched. */
struct vq_text_region {
	double box[4]; /* x1, y1, x2, y2 */
	double score;  /* probability that it is text, 0..1 */
	double height; /* of a letter, about */
	double slope;  /* dy/dx of the row */
	int letters;   /* about how many */
	int plane;     /* that it stands out in: 0 luma, 1 Cb, 2 Cr */
	bool light;    /* lighter (in that plane) than the surroundings */
	bool unsure;   /* which of the two: what tells it disagrees */
};

struct vq_textfind;

/* Buffers for frames of that size.  Not safe for two threads at once: one each. */
enum vq_code vq_textfind_new(struct vq_textfind **t, int width, int height, struct vq_err *err);
void vq_textfind_free(struct vq_textfind **t);

/* Find at most max regions, best score first (ties by position).  Returns how
 * many were written to out. */
size_t vq_textfind_run(
	struct vq_textfind *t, const struct vq_frame *f, struct vq_text_region *out, size_t max);

#endif
