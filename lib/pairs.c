#include "pairs.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define CLEAR_LEVELS 3.0
#define COARSE_FLOOR 2.0 /* levels squared: grain and coding */

/* Of the middle one of three pairs. */
static double disorder(
	const struct vq_pair *before, const struct vq_pair *here, const struct vq_pair *after)
{
	double one = before->coarse + after->coarse;
	double more = one - here->coarse_two - after->coarse_two;

	if (more <= 0)
		return 0;
	return more / (one + COARSE_FLOOR) * fmin(1, sqrt(more) / CLEAR_LEVELS);
}

double vq_order_follow(struct vq_order *o, const struct vq_pair *pair)
{
	double around = 0, *d = o->disorder;

	memmove(d + 1, d, 2 * VQ_ORDER_AROUND * sizeof *d);
	d[0] = 0;
	if (pair != NULL) {
		if (o->pairs == 2)
			d[0] = disorder(&o->pair[1], &o->pair[0], pair);
		else
			o->pairs++;
		o->pair[1] = o->pair[0];
		o->pair[0] = *pair;
	}
	for (int i = 0; i <= 2 * VQ_ORDER_AROUND; i++)
		if (i != VQ_ORDER_AROUND)
			around = fmax(around, d[i]);
	return fmax(0, d[VQ_ORDER_AROUND] - around);
}

enum vq_code vq_pairs_add(struct vq_pairs *p, const struct vq_pair *pair, struct vq_err *err)
{
	if (vq_series_add(&p->ssim, 1 - pair->ssim, err) != VQ_OK ||
		vq_series_add(&p->patch, pair->patch, err) != VQ_OK ||
		vq_series_add(&p->mae, pair->mae, err) != VQ_OK ||
		vq_series_add(&p->hist, 1 - pair->hist, err) != VQ_OK ||
		vq_series_add(&p->unexplained, pair->unexplained, err) != VQ_OK ||
		vq_series_add(&p->unlike, pair->unlike, err) != VQ_OK ||
		vq_series_add(&p->hist_two, 1 - pair->hist_two, err) != VQ_OK ||
		vq_series_add(&p->length, pair->length, err) != VQ_OK)
		return VQ_ETEMP;
	return VQ_OK;
}

void vq_pairs_reset(struct vq_pairs *p)
{
	p->ssim.n = p->patch.n = p->mae.n = p->hist.n = 0;
	p->unexplained.n = p->unlike.n = p->hist_two.n = p->length.n = 0;
}

void vq_pairs_free(struct vq_pairs *p)
{
	vq_series_free(&p->ssim);
	vq_series_free(&p->patch);
	vq_series_free(&p->mae);
	vq_series_free(&p->hist);
	vq_series_free(&p->unexplained);
	vq_series_free(&p->unlike);
	vq_series_free(&p->hist_two);
	vq_series_free(&p->length);
}

static void spike_values(const struct vq_pairs *p, double *v)
{
	double run = 0, longest = 0, after = 0;
	size_t worst = 0, spikes = 0, n = 0;

	for (size_t i = 0; i < p->ssim.n; i++) {
		bool spike = p->ssim.v[i] > p->spike;

		spikes += spike;
		run = spike ? run + p->length.v[i] : 0;
		longest = fmax(longest, run);
		if (p->ssim.v[i] > p->ssim.v[worst])
			worst = i;
	}
	for (size_t i = worst + 1; i < p->ssim.n && i <= worst + 3; i++, n++)
		after += p->ssim.v[i];
	v[VQ_PAIRS_SPIKE_SHARE] = (double)spikes / (double)p->ssim.n;
	v[VQ_PAIRS_SPIKE_DURATION] = longest;
	v[VQ_PAIRS_SPIKE_AFTER] = n > 0 ? after / (double)n : 0;
	/* the next frame against the one before the pair */
	v[VQ_PAIRS_SPIKE_CONTENT] = worst + 1 < p->ssim.n ? p->unlike.v[worst + 1] : 0;
	v[VQ_PAIRS_SPIKE_HIST] = worst + 1 < p->ssim.n ? p->hist_two.v[worst + 1] : 0;
}

void vq_pairs_values(const struct vq_pairs *p, double values[VQ_PAIRS_COUNT])
{
	memset(values, 0, VQ_PAIRS_COUNT * sizeof *values);
	if (p->ssim.n == 0)
		return;
	values[VQ_PAIRS_SSIM_MEAN] = vq_series_mean(&p->ssim);
	values[VQ_PAIRS_SSIM_MAX] = vq_series_most(&p->ssim);
	values[VQ_PAIRS_PATCH_MAX] = vq_series_most(&p->patch);
	values[VQ_PAIRS_MAE_MEAN] = vq_series_mean(&p->mae);
	values[VQ_PAIRS_MAE_MAX] = vq_series_most(&p->mae);
	values[VQ_PAIRS_MAE_ACCEL] = vq_series_mean_step(&p->mae);
	values[VQ_PAIRS_HIST_MEAN] = vq_series_mean(&p->hist);
	values[VQ_PAIRS_HIST_MAX] = vq_series_most(&p->hist);
	values[VQ_PAIRS_UNEXPLAINED_MEAN] = vq_series_mean(&p->unexplained);
	spike_values(p, values);
}
