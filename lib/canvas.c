#include "canvas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"

static void set(struct vq_canvas *c, int x, int y, unsigned long colour)
{
	uint8_t *p;

	if (x < 0 || y < 0 || x >= c->w || y >= c->h)
		return;
	p = c->rgb + ((size_t)y * (size_t)c->w + (size_t)x) * 3;
	p[0] = (uint8_t)(colour >> 16);
	p[1] = (uint8_t)(colour >> 8);
	p[2] = (uint8_t)colour;
}

enum vq_code vq_canvas_init(
	struct vq_canvas *c, int w, int h, unsigned long colour, struct vq_err *err)
{
	*c = (struct vq_canvas){w, h, malloc((size_t)w * (size_t)h * 3)};
	if (c->rgb == NULL)
		return vq_nomem(err);
	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++)
			set(c, x, y, colour);
	return VQ_OK;
}

void vq_canvas_clear(struct vq_canvas *c)
{
	free(c->rgb);
	*c = (struct vq_canvas){0};
}

/* ---- frames ---- */

static uint8_t clamp(long v)
{
	return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

/* Factors of Cr in red, Cb and Cr in green, Cb in blue, 1/256 (ITU-R BT.601 and BT.709
 * for limited range); that of luma is 298. */
static void to_rgb(uint8_t *rgb, long y, long cb, long cr, bool bt709)
{
	static const long factor[2][4] = {{409, 100, 208, 516}, {459, 55, 136, 541}};
	const long *f = factor[bt709];

	y = 298 * (y - 16) + 128;
	cb -= 128;
	cr -= 128;
	rgb[0] = clamp((y + f[0] * cr) / 256);
	rgb[1] = clamp((y - f[1] * cb - f[2] * cr) / 256);
	rgb[2] = clamp((y + f[3] * cb) / 256);
}

static void fit(int w, int h, int max_w, int max_h, int *to_w, int *to_h)
{
	double scale = fmin(1, fmin((double)max_w / w, (double)max_h / h));

	*to_w = (int)fmax(1, floor(w * scale + 0.5));
	*to_h = (int)fmax(1, floor(h * scale + 0.5));
}

/* One plane of the part, scaled to the canvas. */
static enum vq_code scale_plane(const struct vq_frame *f, int plane, const int part[4],
	const struct vq_canvas *c, uint8_t *to, struct vq_err *err)
{
	int half = plane > 0, w = (part[2] - part[0]) >> half, h = (part[3] - part[1]) >> half;
	size_t stride = (size_t)(f->width >> half);
	struct vq_resize *r = NULL;
	enum vq_code code = vq_resize_new(&r, w, h, c->w, c->h, err);

	if (code == VQ_OK)
		vq_resize_run(r,
			f->plane[plane] + (size_t)(part[1] >> half) * stride + (part[0] >> half),
			stride, to, (size_t)c->w);
	vq_resize_free(&r);
	return code;
}

enum vq_code vq_canvas_crop(struct vq_canvas *c, const struct vq_frame *f, const int part[4],
	int max_w, int max_h, bool bt709, struct vq_err *err)
{
	enum vq_code code = VQ_OK;
	uint8_t *planes;
	size_t n;
	int w, h;

	fit(part[2] - part[0], part[3] - part[1], max_w, max_h, &w, &h);
	if (vq_canvas_init(c, w, h, 0, err) != VQ_OK)
		return VQ_ETEMP;
	n = (size_t)w * (size_t)h;
	planes = malloc(n * 3);
	if (planes == NULL)
		code = vq_nomem(err);
	for (int i = 0; i < 3 && code == VQ_OK; i++)
		code = scale_plane(f, i, part, c, planes + n * (size_t)i, err);
	for (size_t i = 0; i < n && code == VQ_OK; i++)
		to_rgb(c->rgb + 3 * i, planes[i], planes[n + i], planes[2 * n + i], bt709);
	free(planes);
	if (code != VQ_OK)
		vq_canvas_clear(c);
	return code;
}

/* ---- drawing ---- */

static void ring(struct vq_canvas *c, const int b[4], int grow, unsigned long colour)
{
	for (int x = b[0] - grow; x < b[2] + grow; x++) {
		set(c, x, b[1] - grow, colour);
		set(c, x, b[3] + grow - 1, colour);
	}
	for (int y = b[1] - grow; y < b[3] + grow; y++) {
		set(c, b[0] - grow, y, colour);
		set(c, b[2] + grow - 1, y, colour);
	}
}

void vq_canvas_outline(struct vq_canvas *c, const double box[4], int thick, unsigned long colour)
{
	int b[4], room = thick + 2;

	b[0] = (int)fmax(room, floor(box[0]));
	b[1] = (int)fmax(room, floor(box[1]));
	b[2] = (int)fmin(c->w - room, ceil(box[2]));
	b[3] = (int)fmin(c->h - room, ceil(box[3]));
	ring(c, b, 1, 0x101010);
	for (int i = 0; i < thick; i++)
		ring(c, b, 2 + i, colour);
	ring(c, b, 2 + thick, 0x101010);
}

void vq_canvas_put(struct vq_canvas *c, const struct vq_canvas *from, int x, int y)
{
	for (int j = 0; j < from->h; j++)
		for (int i = 0; i < from->w; i++) {
			const uint8_t *p =
				from->rgb + ((size_t)j * (size_t)from->w + (size_t)i) * 3;

			set(c, x + i, y + j,
				(unsigned long)p[0] << 16 | (unsigned long)p[1] << 8 | p[2]);
		}
}

/* Rows from the top, the left dot is 4. */
static const struct glyph {
	char c;
	uint8_t row[5];
} glyphs[] = {
	{'0', {7, 5, 5, 5, 7}},
	{'1', {2, 6, 2, 2, 7}},
	{'2', {7, 1, 7, 4, 7}},
	{'3', {7, 1, 7, 1, 7}},
	{'4', {5, 5, 7, 1, 1}},
	{'5', {7, 4, 7, 1, 7}},
	{'6', {7, 4, 7, 5, 7}},
	{'7', {7, 1, 1, 2, 2}},
	{'8', {7, 5, 7, 5, 7}},
	{'9', {7, 5, 7, 1, 7}},
	{'.', {0, 0, 0, 0, 2}},
	{'A', {2, 5, 7, 5, 5}},
	{'E', {7, 4, 6, 4, 7}},
	{'F', {7, 4, 6, 4, 4}},
	{'M', {5, 7, 7, 5, 5}},
	{'R', {6, 5, 6, 5, 5}},
	{'S', {3, 4, 2, 1, 6}},
};

static void draw_glyph(
	struct vq_canvas *c, int x, int y, int dot, const struct glyph *g, unsigned long colour)
{
	for (int i = 0; i < 5 * dot; i++)
		for (int j = 0; j < 3 * dot; j++)
			if (g->row[i / dot] & 4 >> j / dot)
				set(c, x + j, y + i, colour);
}

void vq_canvas_figures(
	struct vq_canvas *c, int x, int y, int dot, const char *s, unsigned long colour)
{
	for (; *s != '\0'; s++, x += 4 * dot)
		for (size_t i = 0; i < sizeof glyphs / sizeof *glyphs; i++)
			if (glyphs[i].c == *s)
				draw_glyph(c, x, y, dot, &glyphs[i], colour);
}
