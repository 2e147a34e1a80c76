#include "pyramid.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lanes.h"

enum vq_code vq_pyramid_init(struct vq_pyramid *p, int width, int height, struct vq_err *err)
{
	memset(p, 0, sizeof *p);
	for (int l = 0; l < VQ_PYRAMID_LEVELS; l++) {
		p->width[l] = width;
		p->height[l] = height;
		p->pixel[l] = malloc((size_t)width * (size_t)height);
		if (p->pixel[l] == NULL) {
			vq_pyramid_clear(p);
			return vq_nomem(err);
		}
		p->levels = l + 1;
		if (width < 4 || height < 4)
			break;
		width /= 2;
		height /= 2;
	}
	return VQ_OK;
}

void vq_pyramid_clear(struct vq_pyramid *p)
{
	for (int l = 0; l < VQ_PYRAMID_LEVELS; l++)
		free(p->pixel[l]);
	memset(p, 0, sizeof *p);
}

void vq_pyramid_build(struct vq_pyramid *p, const struct vq_frame *f)
{
	memcpy(p->pixel[0], f->plane[0], (size_t)f->width * (size_t)f->height);
	for (int l = 1; l < p->levels; l++)
		for (int y = 0; y < p->height[l]; y++) {
			const uint8_t *a =
				p->pixel[l - 1] + (size_t)(2 * y) * (size_t)p->width[l - 1];
			const uint8_t *b = a + p->width[l - 1];
			uint8_t *o = p->pixel[l] + (size_t)y * (size_t)p->width[l];

			for (int x = 0; x < p->width[l]; x++)
				o[x] = (uint8_t)((a[2 * x] + a[2 * x + 1] + b[2 * x] +
							 b[2 * x + 1] + 2) /
						 4);
		}
}

int vq_pyramid_level(const struct vq_pyramid *p, double scale)
{
	int l = 0;

	while (l + 1 < p->levels && scale >= 1.6 * (1 << l))
		l++;
	return l;
}

/* Bilinear value at a frame position; false outside the frame (the edge is repeated). */
static bool sample(const struct vq_pyramid *p, int l, float x, float y, float *v)
{
	float k = 1.0f / (float)(1 << l);
	float fx = (x + 0.5f) * k - 0.5f, fy = (y + 0.5f) * k - 0.5f;
	int w = p->width[l], h = p->height[l], ix, iy;
	bool inside = fx > -1 && fy > -1 && fx < (float)w && fy < (float)h;
	const uint8_t *a;
	float top, low;

	fx = fx < 0 ? 0 : fx > (float)(w - 1) ? (float)(w - 1) : fx;
	fy = fy < 0 ? 0 : fy > (float)(h - 1) ? (float)(h - 1) : fy;
	ix = (int)fx;
	iy = (int)fy;
	ix = ix > w - 2 ? (w > 1 ? w - 2 : 0) : ix;
	iy = iy > h - 2 ? (h > 1 ? h - 2 : 0) : iy;
	fx -= (float)ix;
	fy -= (float)iy;
	a = p->pixel[l] + (size_t)iy * (size_t)w + ix;
	int right = w > 1, down = h > 1 ? w : 0;

	top = (float)a[0] + fx * (float)(a[right] - a[0]);
	low = (float)a[down] + fx * (float)(a[down + right] - a[down]);
	*v = top + fy * (low - top);
	return inside;
}

/* Samples in steps of (sx,sy) from (fx,fy), pixels of a picture w wide that all lie inside:
 * VQ_LANES at once; returns how many. */
VQ_WIDE static int sample_lanes(
	const uint8_t *pixel, int w, float fx, float fy, float sx, float sy, int count, float *out)
{
	vq_lanes i = {0, 1, 2, 3, 4, 5, 6, 7};
	int done;

	for (done = 0; done + VQ_LANES <= count; done += VQ_LANES, i += VQ_LANES) {
		vq_lanes px = fx + i * sx, py = fy + i * sy;
		vq_int_lanes ix = __builtin_convertvector(px, vq_int_lanes),
			     iy = __builtin_convertvector(py, vq_int_lanes);
		vq_int_lanes at = iy * w + ix;
		vq_byte_lanes a, b, c, d;

#pragma GCC unroll 8
		for (int k = 0; k < VQ_LANES; k++) {
			const uint8_t *p = pixel + at[k];

			a[k] = p[0];
			b[k] = p[1];
			c[k] = p[w];
			d[k] = p[w + 1];
		}
		vq_lanes fa = __builtin_convertvector(a, vq_lanes),
			 fc = __builtin_convertvector(c, vq_lanes);

		px -= __builtin_convertvector(ix, vq_lanes);
		py -= __builtin_convertvector(iy, vq_lanes);
		vq_lanes top = fa + px * (__builtin_convertvector(b, vq_lanes) - fa);
		vq_lanes low = fc + px * (__builtin_convertvector(d, vq_lanes) - fc);
		vq_lanes v = top + py * (low - top);

		memcpy(out + done, &v, sizeof v);
	}
	return done;
}

/* The same as sample() for each, without its clamps when the whole row lies inside. */
void vq_pyramid_row(const struct vq_pyramid *p, int l, double x, double y, double dx, double dy,
	int count, float *out, uint8_t *seen)
{
	float k = 1.0f / (float)(1 << l);
	float fx = (float)(x + 0.5) * k - 0.5f, fy = (float)(y + 0.5) * k - 0.5f;
	float sx = (float)dx * k, sy = (float)dy * k;
	float ex = fx + sx * (float)(count - 1), ey = fy + sy * (float)(count - 1);
	int w = p->width[l], h = p->height[l];
	const uint8_t *v = p->pixel[l];

	if (fminf(fx, ex) < 1 || fminf(fy, ey) < 1 || fmaxf(fx, ex) > (float)(w - 3) ||
		fmaxf(fy, ey) > (float)(h - 3)) {
		for (int i = 0; i < count; i++)
			seen[i] = sample(p, l, (float)(x + i * dx), (float)(y + i * dy), &out[i]);
		return;
	}
	memset(seen, 1, (size_t)count);
	for (int i = sample_lanes(v, w, fx, fy, sx, sy, count, out); i < count; i++) {
		float px = fx + (float)i * sx, py = fy + (float)i * sy;
		int ix = (int)px, iy = (int)py;
		const uint8_t *a = v + iy * w + ix;
		float qx = px - (float)ix, qy = py - (float)iy;
		float top = (float)a[0] + qx * (float)(a[1] - a[0]);
		float low = (float)a[w] + qx * (float)(a[w + 1] - a[w]);

		out[i] = top + qy * (low - top);
	}
}
