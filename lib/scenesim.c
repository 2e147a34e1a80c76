#include "scenesim.h"

#include <math.h>
#include <string.h>

#define SIDE VQ_SCENESIM_SIDE
#define BINS VQ_SCENESIM_BINS
#define SAME_HISTOGRAM 0.75 /* shared mass above which it is the same scene */

static void histogram_of(float *h, const uint8_t *v, size_t n)
{
	size_t step = n > 65536 ? n / 65536 : 1, count = 0;

	memset(h, 0, BINS * sizeof *h);
	for (size_t i = 0; i < n; i += step, count++)
		h[v[i] * BINS / 256]++;
	for (int i = 0; i < BINS; i++)
		h[i] /= (float)count;
}

void vq_scenesim_shrink(struct vq_scenesim *s, const struct vq_frame *f)
{
	size_t n = (size_t)f->width * (size_t)f->height;

	for (int j = 0; j < SIDE; j++)
		for (int i = 0; i < SIDE; i++) {
			int x1 = i * f->width / SIDE, x2 = (i + 1) * f->width / SIDE;
			int y1 = j * f->height / SIDE, y2 = (j + 1) * f->height / SIDE;
			int64_t sum = 0;

			x2 = x2 > x1 ? x2 : x1 + 1;
			y2 = y2 > y1 ? y2 : y1 + 1;
			for (int y = y1; y < y2; y++)
				for (int x = x1; x < x2; x++)
					sum += f->plane[0]
						       [(size_t)y * (size_t)f->width + (size_t)x];
			s->luma[j * SIDE + i] = (float)sum / (float)((x2 - x1) * (y2 - y1));
		}
	histogram_of(s->histogram, f->plane[0], n);
	histogram_of(s->histogram + BINS, f->plane[1], n / 4);
	histogram_of(s->histogram + 2 * BINS, f->plane[2], n / 4);
}

static double window_ssim(const float *a, const float *b)
{
	const double c1 = 6.5025, c2 = 58.5225;
	double sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;

	for (int y = 0; y < 8; y++)
		for (int x = 0; x < 8; x++) {
			double p = a[y * SIDE + x], q = b[y * SIDE + x];

			sa += p;
			sb += q;
			saa += p * p;
			sbb += q * q;
			sab += p * q;
		}
	sa /= 64;
	sb /= 64;
	saa = saa / 64 - sa * sa;
	sbb = sbb / 64 - sb * sb;
	sab = sab / 64 - sa * sb;
	return (2 * sa * sb + c1) * (2 * sab + c2) / ((sa * sa + sb * sb + c1) * (saa + sbb + c2));
}

static double shared_mass(const float *a, const float *b)
{
	double sum = 0;

	for (int i = 0; i < BINS; i++)
		sum += fminf(a[i], b[i]);
	return sum;
}

void vq_scenesim_compare(
	struct vq_scenesim *s, const struct vq_scenesim *before, double cut_threshold)
{
	double sum = 0, mass = 1;
	int n = 0;

	s->known = before != NULL;
	s->cut = false;
	s->similarity = 1;
	if (before == NULL)
		return;
	for (int y = 0; y + 8 <= SIDE; y += 4)
		for (int x = 0; x + 8 <= SIDE; x += 4, n++)
			sum += window_ssim(s->luma + y * SIDE + x, before->luma + y * SIDE + x);
	s->similarity = fmax(0, sum / n);
	for (int c = 0; c < 3; c++)
		mass = fmin(
			mass, shared_mass(s->histogram + c * BINS, before->histogram + c * BINS));
	s->cut = s->similarity < cut_threshold && mass < SAME_HISTOGRAM;
}
