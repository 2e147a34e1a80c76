/* Does a row look like text?  Its picture, at one size and polarity, is described
 * by a few dozen numbers, and a small network trained on rendered text in real
 * frames (tests/bench/textlook.sh) turns them into a score. */
#ifndef VQ_TEXTLOOK_H
#define VQ_TEXTLOOK_H

#include <stdbool.h>
#include <stdint.h>

/* What is known of a row from its components. */
struct vq_textlook_row {
	double box[4];			 /* pixels of the picture it was found in */
	double letter;			 /* median height of its components, the same pixels */
	double stroke;			 /* median stroke width over letter height */
	double contrast;		 /* levels */
	double even_stroke, even_height; /* mean distance from the median over the median */
	double fill;			 /* area of the components over that of the box */
	double slope;			 /* dy/dx */
	double wander; /* deviation of the components from the line, letter heights */
	int letters;
	bool light, chroma;
};

#define VQ_TEXTLOOK_COUNT 81

/* Describe a row of a tightly packed picture, one value a pixel. */
void vq_textlook_describe(const uint8_t *plane, int width, int height,
	const struct vq_textlook_row *row, float out[VQ_TEXTLOOK_COUNT]);

/* 0 (no text) to 1. */
double vq_textlook_score(const float description[VQ_TEXTLOOK_COUNT]);

#endif
