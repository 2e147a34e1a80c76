/* Resizing, similarity and histograms of planes. */
#include "../tap.h"

#include "../../lib/image.h"

static void test_halve(void)
{
	static const uint8_t in[15] = {0, 4, 8, 12, 20, 2, 6, 10, 14, 30, 100, 102, 200, 202, 7};
	uint8_t out[6];

	vq_image_halve(in, 5, 3, 5, out, 3);
	is_int(out[0], 3, "2x2 mean");
	is_int(out[1], 11, "next 2x2 mean");
	is_int(out[2], 25, "odd column counts twice");
	is_int(out[3], 101, "odd row counts twice");
	is_int(out[5], 7, "odd corner");
}

static double exact(const uint8_t *p, int w, int h, int dw, int dh, int i, int j)
{
	double sum = 0, area = 0;

	for (int y = j * h / dh; y < h && y * dh < (j + 1) * h; y++) {
		for (int x = i * w / dw; x < w && x * dw < (i + 1) * w; x++) {
			double l = fmax(x, (double)i * w / dw);
			double r = fmin(x + 1, (double)(i + 1) * w / dw);
			double t = fmax(y, (double)j * h / dh);
			double b = fmin(y + 1, (double)(j + 1) * h / dh);

			if (r > l && b > t) {
				sum += p[y * w + x] * (r - l) * (b - t);
				area += (r - l) * (b - t);
			}
		}
	}
	return sum / area;
}

static void test_resize(int w, int h, int dw, int dh)
{
	uint8_t *in = malloc((size_t)w * (size_t)h), *out = malloc((size_t)dw * (size_t)dh);
	struct vq_resize *r;
	struct vq_err err;
	double worst = 0;

	if (in == NULL || out == NULL || vq_resize_new(&r, w, h, dw, dh, &err) != VQ_OK)
		exit(1);
	for (int i = 0; i < w * h; i++)
		in[i] = (uint8_t)(i * 7919 % 256);
	vq_resize_run(r, in, (size_t)w, out, (size_t)dw);
	for (int j = 0; j < dh; j++) {
		for (int i = 0; i < dw; i++)
			worst = fmax(worst, fabs(out[j * dw + i] - exact(in, w, h, dw, dh, i, j)));
	}
	ok(worst <= 1.5, "%dx%d to %dx%d: within 1.5 levels of the exact mean (%.2f)", w, h, dw, dh,
		worst);
	memset(in, 255, (size_t)w * (size_t)h);
	vq_resize_run(r, in, (size_t)w, out, (size_t)dw);
	is_int(out[0] + out[dw * dh - 1], 510, "white stays white");
	vq_resize_free(&r);
	ok(r == NULL, "free clears");
	free(in);
	free(out);
}

static void test_measures(void)
{
	uint8_t a[32 * 20], b[32 * 20];
	uint32_t ha[VQ_HIST_BINS], hb[VQ_HIST_BINS];

	for (int i = 0; i < 640; i++) {
		a[i] = (uint8_t)(i * 7919 % 251);
		b[i] = (uint8_t)(255 - a[i]);
	}
	is_real(vq_image_ssim(a, a, 32, 20, 32, 32), 1, 1e-12, "SSIM of equal planes");
	ok(vq_image_ssim(a, b, 32, 20, 32, 32) < -0.8, "SSIM of a negative");
	is_real(vq_image_ssim(a, a, 3, 2, 32, 32), 1, 1e-12, "SSIM of a plane under one window");
	is_real(vq_image_mae(a, a, 32, 20, 32, 32), 0, 0, "no difference");
	for (int i = 0; i < 640; i++)
		b[i] = (uint8_t)(a[i] + 4);
	is_real(vq_image_mae(a, b, 32, 20, 32, 32), 4, 0, "difference of 4 levels");
	is_real(vq_image_mean(b, 32, 20, 32) - vq_image_mean(a, 32, 20, 32), 4, 1e-9, "means");
	vq_image_hist(a, 32, 20, 32, ha);
	vq_image_hist(a, 32, 20, 32, hb);
	is_real(vq_hist_correlation(ha, hb), 1, 1e-12, "equal histograms");
	memset(a, 9, sizeof a);
	memset(b, 200, sizeof b);
	vq_image_hist(a, 32, 20, 32, ha);
	vq_image_hist(b, 32, 20, 32, hb);
	ok(vq_hist_correlation(ha, hb) < 0, "disjoint histograms");
}

int main(void)
{
	test_halve();
	test_resize(640, 360, 320, 180);
	test_resize(37, 23, 10, 9);
	test_resize(10, 9, 37, 23);
	test_resize(1, 1, 3, 2);
	test_resize(300, 1, 1, 1);
	test_measures();
	return done_testing();
}
