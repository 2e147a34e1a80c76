/* Does a row look like text?  A small convolutional network looks at its pixels,
 * cut upright at one size and one polarity.  It is trained on text drawn into
 * frames without text, against everything else that the locator takes for a row
 * there (tests/bench/textnet). */
#ifndef VQ_TEXTNET_H
#define VQ_TEXTNET_H

#include <stdbool.h>
#include <stdint.h>

/* A row of text in a plane. */
struct vq_textnet_row {
	double box[4]; /* pixels of the plane */
	double letter; /* height, the same pixels */
	double slope;  /* dy/dx */
	bool light;    /* letters lighter than what surrounds them */
};

/* The input: a tile of the strip along the row's slope in which letters are
 * VQ_TEXTNET_LETTER high, two values a pixel.  The first is the brightness of the
 * plane, letters light, mean 0 and deviation 1 over the tile, within +-3; the
 * second is 1 inside the row's box and 0 around it. */
#define VQ_TEXTNET_HEIGHT 24
#define VQ_TEXTNET_WIDTH 96
#define VQ_TEXTNET_LETTER 12
#define VQ_TEXTNET_TILE (VQ_TEXTNET_HEIGHT * VQ_TEXTNET_WIDTH * 2)

/* Tiles that cover a row: 1 or, when it is longer than a tile, 2. */
int vq_textnet_tiles(const struct vq_textnet_row *row);

/* Cut tile number index of a row from the tightly packed plane (one value a pixel)
 * that it was found in. */
void vq_textnet_cut(const uint8_t *plane, int width, int height, const struct vq_textnet_row *row,
	int index, float out[VQ_TEXTNET_TILE]);

/* The network's answer to one tile, a logit: above 0 text is likelier. */
double vq_textnet_tile(const float tile[VQ_TEXTNET_TILE]);

/* 0 (no text) to 1: the mean answer to a row's tiles through the logistic function. */
double vq_textnet_score(
	const uint8_t *plane, int width, int height, const struct vq_textnet_row *row);

#endif
