/* Where exactly do the letters of a row end?  The locator's cells are coarse; the
 * letters' edges tell it to the pixel. */
#ifndef VQ_TEXTTIGHT_H
#define VQ_TEXTTIGHT_H

#include <stdint.h>

/* A row of text as a turned rectangle, in pixels of a plane. */
struct vq_textrow {
	double x, y;	       /* its middle */
	double length, height; /* along the row and across */
	double slope;	       /* dy/dx */
};

/* Move the sides of a row to where the edges that are dense in its core end: its height
 * by the profile of edges across the row, its length by that along it.  A side stays
 * where it is when what surrounds the row has edges like its own.  The plane is tightly
 * packed. */
void vq_texttight(const uint8_t *plane, int width, int height, struct vq_textrow *row);

#endif
