#include "glitchfont.h"

#include <leptonica/allheaders.h>
#include <stdlib.h>
#include <string.h>

#define FIRST ' '
#define LAST '~'
#define POINTS 20 /* the largest that Leptonica has: about 60 rows */

struct glyph {
	int w, h, top; /* top: rows above it in a line */
	int advance;
	uint8_t *ink;
};

struct vq_font {
	int height;
	struct glyph glyph[LAST - FIRST + 1];
};

static enum vq_code take(struct glyph *g, PIX *pix, int baseline, struct vq_err *err)
{
	l_uint32 on;

	g->w = pixGetWidth(pix);
	g->h = pixGetHeight(pix);
	g->top = -baseline; /* below the baseline for now */
	g->ink = calloc((size_t)g->w * (size_t)g->h, 1);
	if (g->ink == NULL)
		return vq_nomem(err);
	for (int y = 0; y < g->h; y++)
		for (int x = 0; x < g->w; x++)
			if (pixGetPixel(pix, x, y, &on) == 0 && on)
				g->ink[(size_t)y * (size_t)g->w + (size_t)x] = 255;
	return VQ_OK;
}

static enum vq_code take_all(struct vq_font *f, L_BMF *bmf, struct vq_err *err)
{
	int top = 0, bottom = 0;
	enum vq_code code = VQ_OK;

	for (int c = FIRST + 1; c <= LAST && code == VQ_OK; c++) {
		struct glyph *g = &f->glyph[c - FIRST];
		PIX *pix = bmfGetPix(bmf, (char)c);
		l_int32 baseline;

		if (pix == NULL || bmfGetBaseline(bmf, (char)c, &baseline) != 0)
			code = vq_fail(err, VQ_ETEMP, "Leptonica's font lacks %c", c);
		else
			code = take(g, pix, baseline, err);
		pixDestroy(&pix);
		g->advance = g->w + bmf->kernwidth;
		top = g->top < top ? g->top : top;
		bottom = g->top + g->h > bottom ? g->top + g->h : bottom;
	}
	f->glyph[0].advance = bmf->spacewidth;
	f->height = bottom - top;
	for (int i = 0; i <= LAST - FIRST; i++)
		f->glyph[i].top -= top;
	return code;
}

enum vq_code vq_font_new(struct vq_font **f, struct vq_err *err)
{
	L_BMF *bmf;
	enum vq_code code;

	*f = calloc(1, sizeof **f);
	if (*f == NULL)
		return vq_nomem(err);
	bmf = bmfCreate(NULL, POINTS);
	code = bmf == NULL ? vq_fail(err, VQ_ETEMP, "Leptonica cannot make its font")
			   : take_all(*f, bmf, err);
	bmfDestroy(&bmf);
	if (code != VQ_OK)
		vq_font_free(f);
	return code;
}

void vq_font_free(struct vq_font **f)
{
	if (*f != NULL)
		for (int i = 0; i <= LAST - FIRST; i++)
			free((*f)->glyph[i].ink);
	free(*f);
	*f = NULL;
}

int vq_font_height(const struct vq_font *f)
{
	return f->height;
}

int vq_font_advance(const struct vq_font *f, char c)
{
	return f->glyph[c - FIRST].advance;
}

bool vq_font_has(char c)
{
	return c >= FIRST && c <= LAST;
}

void vq_font_put(const struct vq_font *f, char c, int x, int advance, uint8_t *plane, int width)
{
	const struct glyph *g = &f->glyph[c - FIRST];
	int w = g->w * advance / g->advance;

	for (int j = 0; j < g->h; j++)
		for (int i = 0; i < w && x + i < width; i++)
			if (x + i >= 0 && g->ink[(size_t)j * (size_t)g->w + (size_t)(i * g->w / w)])
				plane[(size_t)(g->top + j) * (size_t)width + (size_t)(x + i)] = 255;
}
