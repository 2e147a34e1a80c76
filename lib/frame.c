#include "frame.h"

#include <stdlib.h>
#include <string.h>

size_t vq_frame_bytes(int width, int height)
{
	return (size_t)width * (size_t)height * 3 / 2;
}

enum vq_code vq_frame_init(struct vq_frame *f, int width, int height, struct vq_err *err)
{
	size_t luma = (size_t)width * (size_t)height;

	memset(f, 0, sizeof *f);
	if (width < 2 || height < 2 || width > VQ_MAX_SIDE || height > VQ_MAX_SIDE)
		return vq_fail(err, VQ_EDATA, "frame size %dx%d, expected 2x2 to %dx%d", width,
			height, VQ_MAX_SIDE, VQ_MAX_SIDE);
	if (width % 2 != 0 || height % 2 != 0)
		return vq_fail(err, VQ_EDATA, "odd frame size %dx%d, 4:2:0 streams need even sides",
			width, height);
	f->plane[0] = malloc(vq_frame_bytes(width, height));
	if (f->plane[0] == NULL)
		return vq_nomem(err);
	f->plane[1] = f->plane[0] + luma;
	f->plane[2] = f->plane[1] + luma / 4;
	f->width = width;
	f->height = height;
	return VQ_OK;
}

void vq_frame_fit(int width, int height, struct vq_fit fit, int *fit_width, int *fit_height)
{
	for (int i = 0; i < 2 && height <= fit.low; i++) {
		if ((fit.max_height > 0 && 2 * height > fit.max_height) || 2 * width > VQ_MAX_SIDE)
			break;
		width *= 2;
		height *= 2;
	}
	if (fit.max_height > 0 && fit.max_height < height) {
		width = (int)((long long)width * fit.max_height / height);
		height = fit.max_height;
	}
	*fit_width = width < 2 ? 2 : width & ~1;
	*fit_height = height < 2 ? 2 : height & ~1;
}

void vq_frame_copy(struct vq_frame *to, const struct vq_frame *from)
{
	memcpy(to->plane[0], from->plane[0], vq_frame_bytes(from->width, from->height));
	to->number = from->number;
	to->time_us = from->time_us;
}

void vq_frame_clear(struct vq_frame *f)
{
	free(f->plane[0]);
	memset(f, 0, sizeof *f);
}
