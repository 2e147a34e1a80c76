#include "png.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

struct memory {
	uint8_t *data;
	size_t len, size;
};

static void take(png_structp p, png_bytep data, size_t n)
{
	struct memory *m = png_get_io_ptr(p);

	if (m->size - m->len < n) {
		size_t size = (m->size + n) * 2;
		uint8_t *grown = realloc(m->data, size);

		if (grown == NULL)
			png_error(p, "out of memory");
		m->data = grown;
		m->size = size;
	}
	memcpy(m->data + m->len, data, n);
	m->len += n;
}

static void flush_nothing(png_structp p)
{
	(void)p;
}

/* libpng prints its errors unless it is told not to. */
static void fail(png_structp p, png_const_charp message)
{
	(void)message;
	png_longjmp(p, 1);
}

static void ignore(png_structp p, png_const_charp message)
{
	(void)p;
	(void)message;
}

/* Everything that may jump; false when it did. */
static int write_all(png_structp p, png_infop info, const uint8_t *rgb, int w, int h)
{
	if (setjmp(png_jmpbuf(p)) != 0)
		return 0;
	png_set_IHDR(p, info, (png_uint_32)w, (png_uint_32)h, 8, PNG_COLOR_TYPE_RGB,
		PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_write_info(p, info);
	for (int y = 0; y < h; y++)
		png_write_row(p, rgb + (size_t)y * (size_t)w * 3);
	png_write_end(p, NULL);
	return 1;
}

enum vq_code vq_png_encode(
	const uint8_t *rgb, int w, int h, uint8_t **png, size_t *len, struct vq_err *err)
{
	struct memory m = {0};
	png_structp p = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, fail, ignore);
	png_infop info = p == NULL ? NULL : png_create_info_struct(p);
	int done = 0;

	if (info != NULL) {
		png_set_write_fn(p, &m, take, flush_nothing);
		done = write_all(p, info, rgb, w, h);
	}
	png_destroy_write_struct(&p, &info);
	if (!done) {
		free(m.data);
		return vq_nomem(err);
	}
	*png = m.data;
	*len = m.len;
	return VQ_OK;
}
