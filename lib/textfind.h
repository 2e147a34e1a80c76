/* Where is text?  Letter-like components of adaptively thresholded luma and
 * chroma, at several scales and of both polarities, are grouped into rows of
 * like height, stroke and brightness; rows are scored and overlapping ones
 * sifted. */
#ifndef VQ_TEXTFIND_H
#define VQ_TEXTFIND_H

#include <stdbool.h>
#include <stddef.h>

#include "frame.h"

/* One row of text, in pixels of the frame that was searched. */
struct vq_text_region {
	double box[4]; /* x1, y1, x2, y2 */
	double score;  /* 0..1, how much it looks like text (vq_textlook_score) */
	/* The same for sifting: the network takes a few letters of a row for text
	 * like the whole row, this prefers the whole. */
	double rank;
	double height;	 /* median letter height */
	double stroke;	 /* median stroke width over letter height */
	double contrast; /* mean step between letters and surroundings, levels */
	double slope;	 /* dy/dx of the row */
	int letters;	 /* components in the row */
	int plane;	 /* 0 luma, 1 Cb, 2 Cr */
	bool light;	 /* lighter (in that plane) than the surroundings */
};

#define VQ_TEXTFIND_CANDIDATES 160 /* rows of a frame that are looked at closely */

struct vq_textfind;

/* Buffers for frames of that size.  Not safe for two threads at once: one each. */
enum vq_code vq_textfind_new(struct vq_textfind **t, int width, int height, struct vq_err *err);
void vq_textfind_free(struct vq_textfind **t);

/* All candidates, before the sifting, best first by their components alone, each
 * with its description (VQ_TEXTLOOK_COUNT numbers): what the score is trained on.
 * out and description have room for VQ_TEXTFIND_CANDIDATES. */
size_t vq_textfind_candidates(struct vq_textfind *t, const struct vq_frame *f,
	struct vq_text_region *out, float *description);

/* Find at most max regions, best score first (ties by position).  Returns how
 * many were written to out. */
size_t vq_textfind_run(
	struct vq_textfind *t, const struct vq_frame *f, struct vq_text_region *out, size_t max);

#endif
