/* What is written is a PNG file with these pixels: libpng's own reader says so. */
#include "../../lib/png.h"

#include <png.h>

#include "../tap.h"

static void test_size(int w, int h)
{
	size_t n = (size_t)w * (size_t)h * 3, len = 0, again_len = 0;
	uint8_t *rgb = malloc(n), *back = malloc(n), *png = NULL, *again = NULL;
	png_image image = {.version = PNG_IMAGE_VERSION};
	struct vq_err err;

	for (size_t i = 0; i < n; i++)
		rgb[i] = (uint8_t)(i * 7919 >> 3);
	is_int(vq_png_encode(rgb, w, h, &png, &len, &err), VQ_OK, "%dx%d is encoded", w, h);
	ok(len > 8 && memcmp(png, "\x89PNG\r\n\x1a\n", 8) == 0, "with the signature");
	ok(png_image_begin_read_from_memory(&image, png, len) != 0, "it is read");
	is_int(image.width, w, "width");
	is_int(image.height, h, "height");
	image.format = PNG_FORMAT_RGB;
	ok(png_image_finish_read(&image, NULL, back, 0, NULL) != 0, "to its end");
	ok(memcmp(rgb, back, n) == 0, "the same pixels");
	vq_png_encode(rgb, w, h, &again, &again_len, &err);
	ok(again_len == len && memcmp(again, png, len) == 0, "the same bytes twice");
	free(rgb);
	free(back);
	free(png);
	free(again);
}

int main(void)
{
	test_size(1, 1);
	test_size(37, 5);
	test_size(640, 360);
	return done_testing();
}
