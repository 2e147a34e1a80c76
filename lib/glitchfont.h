/* Leptonica's built-in font (ASCII, proportional), as coverage of pixels.  The one
 * module of vidqc-glitch that sees Leptonica. */
#ifndef VQ_GLITCHFONT_H
#define VQ_GLITCHFONT_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"

struct vq_font;

/* VQ_ETEMP when Leptonica cannot make it. */
enum vq_code vq_font_new(struct vq_font **f, struct vq_err *err);
void vq_font_free(struct vq_font **f);

/* Rows of a line, from the highest letter's top to the lowest one's bottom. */
int vq_font_height(const struct vq_font *f);

/* Columns that a character takes up, with the space after it; it is one of
 * vq_font_has(). */
int vq_font_advance(const struct vq_font *f, char c);

/* Whether there is such a character: printable ASCII. */
bool vq_font_has(char c);

/* Put 255 where the character has ink into a plane of `width` columns and
 * vq_font_height() rows, its left edge at x, stretched or squeezed to take up `advance`
 * columns; what does not fit is left out. */
void vq_font_put(const struct vq_font *f, char c, int x, int advance, uint8_t *plane, int width);

#endif
