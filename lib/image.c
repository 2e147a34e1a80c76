#include "image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void vq_image_halve(
	const uint8_t *src, int w, int h, size_t stride, uint8_t *dst, size_t dst_stride)
{
	for (int y = 0; y < h; y += 2) {
		const uint8_t *a = src + (size_t)y * stride;
		const uint8_t *b = y + 1 < h ? a + stride : a;
		uint8_t *to = dst + (size_t)(y / 2) * dst_stride;

		for (int x = 0; x < w / 2; x++)
			to[x] = (uint8_t)((a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1] + 2) >>
					  2);
		if (w % 2 != 0)
			to[w / 2] = (uint8_t)((a[w - 1] + b[w - 1] + 1) >> 1);
	}
}

/* One axis: output i is the sum of weight[k] * input[first + k], weights of 256
 * in all. */
struct span {
	int first, count;
	size_t weights; /* index of the first weight */
};

struct vq_resize {
	int w, h, dst_w, dst_h;
	struct span *column, *row;
	uint16_t *weight;
	uint32_t *line; /* one output row before division */
};

/* The spans of one axis; weights go to weight[*used...]. */
static void make_spans(int from, int to, struct span *spans, uint16_t *weight, size_t *used)
{
	for (int i = 0; i < to; i++) {
		int64_t begin = (int64_t)i * from, end = begin + from; /* in 1/to pixels */
		int64_t at = begin;
		int done = 0;

		spans[i].first = (int)(begin / to);
		spans[i].weights = *used;
		spans[i].count = 0;
		while (at < end) {
			int64_t next = (at / to + 1) * to;
			int upto;

			if (next > end)
				next = end;
			/* rounding the running sum keeps the total at 256 */
			upto = (int)((256 * (next - begin) + from / 2) / from);
			weight[(*used)++] = (uint16_t)(upto - done);
			spans[i].count++;
			done = upto;
			at = next;
		}
	}
}

enum vq_code vq_resize_new(
	struct vq_resize **out, int w, int h, int dst_w, int dst_h, struct vq_err *err)
{
	struct vq_resize *r;
	size_t used = 0;

	*out = NULL;
	if (w < 1 || h < 1 || dst_w < 1 || dst_h < 1)
		return vq_fail(err, VQ_EBUG, "resize of %dx%d to %dx%d", w, h, dst_w, dst_h);
	r = calloc(1, sizeof *r);
	if (r == NULL)
		return vq_nomem(err);
	r->w = w;
	r->h = h;
	r->dst_w = dst_w;
	r->dst_h = dst_h;
	r->column = calloc((size_t)dst_w, sizeof *r->column);
	r->row = calloc((size_t)dst_h, sizeof *r->row);
	r->line = calloc((size_t)w, sizeof *r->line);
	/* an axis has at most from + 2 * to weights */
	r->weight = calloc(
		(size_t)w + (size_t)h + 2 * ((size_t)dst_w + (size_t)dst_h), sizeof *r->weight);
	if (r->column == NULL || r->row == NULL || r->line == NULL || r->weight == NULL) {
		vq_resize_free(&r);
		return vq_nomem(err);
	}
	make_spans(w, dst_w, r->column, r->weight, &used);
	make_spans(h, dst_h, r->row, r->weight, &used);
	*out = r;
	return VQ_OK;
}

void vq_resize_free(struct vq_resize **r)
{
	if (*r == NULL)
		return;
	free((*r)->column);
	free((*r)->row);
	free((*r)->line);
	free((*r)->weight);
	free(*r);
	*r = NULL;
}

void vq_resize_run(
	struct vq_resize *r, const uint8_t *src, size_t stride, uint8_t *dst, size_t dst_stride)
{
	for (int y = 0; y < r->dst_h; y++) {
		const struct span *rows = &r->row[y];
		uint8_t *to = dst + (size_t)y * dst_stride;

		memset(r->line, 0, (size_t)r->w * sizeof *r->line);
		for (int k = 0; k < rows->count; k++) {
			const uint8_t *from = src + (size_t)(rows->first + k) * stride;
			uint32_t weight = r->weight[rows->weights + (size_t)k];

			for (int x = 0; x < r->w; x++)
				r->line[x] += weight * from[x];
		}
		for (int x = 0; x < r->dst_w; x++) {
			const struct span *columns = &r->column[x];
			uint32_t sum = 1u << 15;

			for (int k = 0; k < columns->count; k++)
				sum += r->weight[columns->weights + (size_t)k] *
				       r->line[columns->first + k];
			to[x] = (uint8_t)(sum >> 16);
		}
	}
}

double vq_image_mean(const uint8_t *p, int w, int h, size_t stride)
{
	uint64_t sum = 0;

	for (int y = 0; y < h; y++) {
		const uint8_t *row = p + (size_t)y * stride;
		uint32_t part = 0;

		for (int x = 0; x < w; x++)
			part += row[x];
		sum += part;
	}
	return (double)sum / ((double)w * h);
}

double vq_image_mae(
	const uint8_t *a, const uint8_t *b, int w, int h, size_t stride_a, size_t stride_b)
{
	uint64_t sum = 0;

	for (int y = 0; y < h; y++) {
		const uint8_t *p = a + (size_t)y * stride_a, *q = b + (size_t)y * stride_b;
		uint32_t part = 0;

		for (int x = 0; x < w; x++)
			part += (uint32_t)(p[x] > q[x] ? p[x] - q[x] : q[x] - p[x]);
		sum += part;
	}
	return (double)sum / ((double)w * h);
}

/* SSIM of one window. */
static double ssim_window(
	const uint8_t *a, const uint8_t *b, int w, int h, size_t stride_a, size_t stride_b)
{
	const double c1 = 6.5025, c2 = 58.5225;
	uint32_t sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
	double n = (double)w * h, ma, mb, va, vb, cov;

	for (int y = 0; y < h; y++) {
		for (int x = 0; x < w; x++) {
			uint32_t p = a[x], q = b[x];

			sa += p;
			sb += q;
			saa += p * p;
			sbb += q * q;
			sab += p * q;
		}
		a += stride_a;
		b += stride_b;
	}
	ma = sa / n;
	mb = sb / n;
	va = saa / n - ma * ma;
	vb = sbb / n - mb * mb;
	cov = sab / n - ma * mb;
	return (2 * ma * mb + c1) * (2 * cov + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
}

double vq_image_ssim(
	const uint8_t *a, const uint8_t *b, int w, int h, size_t stride_a, size_t stride_b)
{
	double sum = 0;
	long count = 0;
	int bw = w < 8 ? w : 8, bh = h < 8 ? h : 8;

	for (int y = 0; y + bh <= h; y += 4) {
		for (int x = 0; x + bw <= w; x += 4) {
			sum += ssim_window(a + (size_t)y * stride_a + x,
				b + (size_t)y * stride_b + x, bw, bh, stride_a, stride_b);
			count++;
		}
	}
	return sum / (double)count;
}

void vq_image_hist(const uint8_t *p, int w, int h, size_t stride, uint32_t hist[VQ_HIST_BINS])
{
	memset(hist, 0, VQ_HIST_BINS * sizeof *hist);
	for (int y = 0; y < h; y++) {
		const uint8_t *row = p + (size_t)y * stride;

		for (int x = 0; x < w; x++)
			hist[row[x] >> 2]++;
	}
}

double vq_hist_correlation(const uint32_t a[VQ_HIST_BINS], const uint32_t b[VQ_HIST_BINS])
{
	double ma = 0, mb = 0, va = 0, vb = 0, cov = 0;

	for (int i = 0; i < VQ_HIST_BINS; i++) {
		ma += a[i];
		mb += b[i];
	}
	ma /= VQ_HIST_BINS;
	mb /= VQ_HIST_BINS;
	for (int i = 0; i < VQ_HIST_BINS; i++) {
		double p = a[i] - ma, q = b[i] - mb;

		va += p * p;
		vb += q * q;
		cov += p * q;
	}
	if (va <= 0 || vb <= 0)
		return 1;
	return cov / sqrt(va * vb);
}
