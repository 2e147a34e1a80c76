#include "blur.h"

#include <math.h>

#define PASSES 3

size_t vq_blur_scratch(int width, int height)
{
	return (size_t)width * (size_t)height + 2 * (size_t)(width > height ? width : height);
}

/* Means of 2 * (r + part) + 1 values, from line to out. */
static void box_mean(const float *line, float *out, int n, int r, float part)
{
	float sum = 0, scale = 1 / (2 * ((float)r + part) + 1);

	for (int i = -r; i <= r; i++)
		sum += line[i < 0 ? 0 : i >= n ? n - 1 : i];
	for (int i = 0; i < n; i++) {
		float left = line[i - r - 1 < 0 ? 0 : i - r - 1];
		float right = line[i + r + 1 >= n ? n - 1 : i + r + 1];

		out[i] = (sum + part * (left + right)) * scale;
		sum += right - line[i - r < 0 ? 0 : i - r];
	}
}

static void blur_line(float *p, int n, size_t step, double half, float *a, float *b)
{
	int r = (int)half;

	for (int i = 0; i < n; i++)
		a[i] = p[(size_t)i * step];
	for (int k = 0; k < PASSES; k++) {
		float *t = a;

		box_mean(a, b, n, r, (float)(half - r));
		a = b;
		b = t;
	}
	for (int i = 0; i < n; i++)
		p[(size_t)i * step] = a[i];
}

/* Of the box of that variance: whole steps of r have r * (r + 1) / 3, the pixel beyond
 * them counts in part. */
static double half_width(double variance)
{
	double r = floor((sqrt(1 + 12 * variance) - 1) / 2);
	double rest = variance - r * (r + 1) / 3;

	return r + fmin(1, rest * (2 * r + 1) / (2 * ((r + 1) * (r + 1) - variance)));
}

void vq_blur_u8(
	const uint8_t *src, uint8_t *dst, int width, int height, double deviation, float *scratch)
{
	size_t n = (size_t)width * (size_t)height;
	float *a = scratch + n, *b = a + (width > height ? width : height);
	double half = half_width(deviation * deviation / PASSES);

	for (size_t i = 0; i < n; i++)
		scratch[i] = src[i];
	if (half > 0) {
		for (int y = 0; y < height; y++)
			blur_line(scratch + (size_t)y * (size_t)width, width, 1, half, a, b);
		for (int x = 0; x < width; x++)
			blur_line(scratch + x, height, (size_t)width, half, a, b);
	}
	for (size_t i = 0; i < n; i++)
		dst[i] = (uint8_t)(scratch[i] + 0.5f);
}
