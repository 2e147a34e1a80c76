#include "rowpicture.h"

#include <math.h>

#include "lanes.h"

#define LETTER 32.0    /* letter height in the picture */
#define MARGIN 0.3     /* around the row, letter heights */
#define SLOPE_MAX 0.45 /* steeper slopes are measurements gone wrong */
#define TALLEST 96
#define WIDEST 1600

const struct vq_rowview vq_rowview_plain = {0, 0, 1, 1};

__attribute__((always_inline)) static inline uint8_t at(
	const uint8_t *v, int w, int h, int x, int y)
{
	x = x < 0 ? 0 : x >= w ? w - 1 : x;
	y = y < 0 ? 0 : y >= h ? h - 1 : y;
	return v[(size_t)y * (size_t)w + (size_t)x];
}

/* Mean of a square of the given side (1 or more) around a position, its corner
 * pixels bilinear: enough against aliasing when large letters are made small. */
__attribute__((always_inline)) static inline double area_mean(
	const uint8_t *v, int w, int h, double x, double y, double side)
{
	int n = side <= 1.5 ? 1 : (int)(side + 0.5);
	double sum = 0;

	for (int j = 0; j < n; j++)
		for (int i = 0; i < n; i++) {
			double px = x + (i - (n - 1) / 2.0) * side / n;
			double py = y + (j - (n - 1) / 2.0) * side / n;
			int ix = (int)floor(px), iy = (int)floor(py);
			double fx = px - ix, fy = py - iy;

			sum += (1 - fy) * ((1 - fx) * at(v, w, h, ix, iy) +
						  fx * at(v, w, h, ix + 1, iy)) +
			       fy * ((1 - fx) * at(v, w, h, ix, iy + 1) +
					    fx * at(v, w, h, ix + 1, iy + 1));
		}
	return sum / (n * n);
}

/* Stretch to the full range, so that faint rows are read like strong ones. */
static void stretch(struct vq_rowpicture *o, bool invert, double gamma)
{
	int n = o->width * o->height, count[256] = {0}, low = 0, high = 255, sum;

	for (int i = 0; i < n; i++)
		count[o->pixel[i]]++;
	for (sum = count[0]; sum <= n / 100 && low < 254;)
		sum += count[++low];
	for (sum = count[255]; sum <= n / 100 && high > low + 1;)
		sum += count[--high];
	for (int i = 0; i < n; i++) {
		int v = (o->pixel[i] - low) * 255 / (high - low);

		v = v < 0 ? 0 : v > 255 ? 255 : v;
		if (gamma < 1 || gamma > 1)
			v = (int)(255 * pow(v / 255.0, gamma) + 0.5);
		o->pixel[i] = (uint8_t)(invert ? 255 - v : v);
	}
}

/* Where a row lies in the frame, and a plane's pixels over the frame's. */
struct place {
	double x, y, slope, scale, part;
};

VQ_WIDE static void resample(
	struct vq_rowpicture *o, const uint8_t *plane, int w, int h, const struct place *row)
{
	double c = 1 / sqrt(1 + row->slope * row->slope);

	for (int v = 0; v < o->height; v++)
		for (int u = 0; u < o->width; u++) {
			double a = (u + 0.5 - o->width / 2.0) / row->scale;
			double b = (v + 0.5 - o->height / 2.0) / row->scale;
			double x = (row->x + c * (a - row->slope * b)) * row->part - 0.5;
			double y = (row->y + c * (row->slope * a + b)) * row->part - 0.5;

			o->pixel[v * o->width + u] =
				(uint8_t)(area_mean(plane, w, h, x, y, 1 / row->scale * row->part) +
					  0.5);
		}
}

void vq_rowpicture_cut(struct vq_rowpicture *o, const struct vq_frame *f, const struct vq_seen *row,
	const struct vq_rowview *view)
{
	int shift = row->plane > 0, w = f->width >> shift, h = f->height >> shift;
	double slope = fabs(row->slope) < SLOPE_MAX ? row->slope : 0;
	double bw = row->box[2] - row->box[0], bh = row->box[3] - row->box[1];
	double tall = fmax(row->letter, bh - fabs(slope) * bw), c = 1 / sqrt(1 + slope * slope);
	double margin = MARGIN * row->letter, length = bw / c + 2 * margin;
	double scale = view->scale * LETTER / row->letter;
	double cx = (row->box[0] + row->box[2]) / 2 + view->dx;
	double cy = (row->box[1] + row->box[3]) / 2 + view->dy;

	scale = fmin(scale, TALLEST / (tall + 2 * margin));
	scale = fmin(scale, WIDEST / length);
	o->width = (int)(length * scale);
	o->height = (int)((tall + 2 * margin) * scale);
	o->width = o->width < 8 ? 8 : o->width > WIDEST ? WIDEST : o->width;
	o->height = o->height < 8 ? 8 : o->height > TALLEST ? TALLEST : o->height;
	resample(o, f->plane[row->plane], w, h,
		&(struct place){cx, cy, slope, scale, 1.0 / (1 << shift)});
	stretch(o, row->light, view->gamma);
}
