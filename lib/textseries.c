#include "textseries.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "editdist.h"

#define CONSENSUS_TEXTS 200 /* distinct readings compared with each other */

/* ---- collecting ---------------------------------------------------------------------- */

static enum vq_code find_text(
	struct vq_text_series *t, const char *text, size_t *index, struct vq_err *err)
{
	for (size_t i = t->texts; i-- > 0;)
		if (strcmp(t->text[i], text) == 0) {
			*index = i;
			return VQ_OK;
		}
	if (t->texts == t->text_room) {
		size_t room = t->text_room * 2 + 8;
		char **more = realloc(t->text, room * sizeof *more);

		if (more == NULL)
			return vq_nomem(err);
		t->text = more;
		t->text_room = room;
	}
	t->text[t->texts] = strdup(text);
	if (t->text[t->texts] == NULL)
		return vq_nomem(err);
	*index = t->texts++;
	return VQ_OK;
}

enum vq_code vq_text_series_add(struct vq_text_series *t, const struct vq_text_sample *s,
	const char *text, struct vq_err *err)
{
	enum vq_code code;

	if (t->count == t->room) {
		size_t room = t->room * 2 + 16;
		struct vq_text_sample *more = realloc(t->sample, room * sizeof *more);

		if (more == NULL)
			return vq_nomem(err);
		t->sample = more;
		t->room = room;
	}
	t->sample[t->count] = *s;
	code = find_text(t, text, &t->sample[t->count].text, err);
	if (code == VQ_OK)
		t->count++;
	return code;
}

void vq_text_series_clear(struct vq_text_series *t)
{
	for (size_t i = 0; i < t->texts; i++)
		free(t->text[i]);
	free(t->text);
	free(t->sample);
	memset(t, 0, sizeof *t);
}

/* ---- steps --------------------------------------------------------------------------- */

static double clamp01(double v)
{
	return v > 0 ? v < 1 ? v : 1 : 0; /* NAN: 0 */
}

static double or_else(double v, double other)
{
	return isnan(v) ? other : v;
}

/* Consecutive samples of the track, not over a gap. */
static bool neighbours(const struct vq_text_series *t, size_t i)
{
	return i > 0 && t->sample[i].index - t->sample[i - 1].index <= 2;
}

static double best_sharpness(const struct vq_text_series *t)
{
	double best = 0;

	for (size_t i = 0; i < t->count; i++)
		best = fmax(best, or_else(t->sample[i].sharpness, 0));
	return best;
}

static double trust_given(const struct vq_text_series *t, size_t i, double sharpest)
{
	const struct vq_text_sample *s = &t->sample[i];
	double trust;

	if (!neighbours(t, i))
		return 0;
	if (isnan(s->similarity))
		return s->read || t->sample[i - 1].read ? clamp01(s->confidence / 60) : 0;
	trust = clamp01((or_else(s->match, 1) - 0.3) / 0.3) *
		clamp01((or_else(s->visible, 1) - 0.5) / 0.4);
	if (sharpest > 0)
		trust *= clamp01(or_else(s->sharpness, sharpest) / (0.5 * sharpest));
	return trust;
}

double vq_text_step_trust(const struct vq_text_series *t, size_t i)
{
	return trust_given(t, i, best_sharpness(t));
}

double vq_text_step_change(const struct vq_text_series *t, size_t i)
{
	const struct vq_text_sample *s = &t->sample[i];

	if (i == 0)
		return 0;
	if (isnan(s->similarity))
		return vq_edit_normalised(t->text[t->sample[i - 1].text], t->text[s->text]);
	return clamp01(1 - s->similarity);
}

/* ---- shapes -------------------------------------------------------------------------- */

struct mean {
	double sum, weight;
};

static void add(struct mean *m, double v, double weight)
{
	if (isnan(v) || weight <= 0)
		return;
	m->sum += v * weight;
	m->weight += weight;
}

static double mean_of(const struct mean *m)
{
	return m->weight > 0 ? m->sum / m->weight : 0;
}

static int by_double(const void *a, const void *b)
{
	double p = *(const double *)a, q = *(const double *)b;

	return (p > q) - (p < q);
}

/* Sort count values and return the one at that share of them; 0 when there are none. */
static double quantile(double *values, size_t count, double share)
{
	if (count == 0)
		return 0;
	qsort(values, count, sizeof *values, by_double);
	return values[(size_t)((double)(count - 1) * share + 0.5)];
}

/* Quantiles over the trusted steps; values has room for count. */
static void measure_quantiles(
	const struct vq_text_series *t, double *values, struct vq_text_summary *o)
{
	double sharpest = best_sharpness(t);
	size_t n = 0, m = 0;

	for (size_t i = 1; i < t->count; i++)
		if (trust_given(t, i, sharpest) > 0.3)
			values[n++] = vq_text_step_change(t, i);
	o->measure[VQ_TM_PEAK] = quantile(values, n, 0.9);
	o->measure[VQ_TM_FLOOR] = quantile(values, n, 0.1);
	for (size_t i = 1; i < t->count; i++)
		if (trust_given(t, i, sharpest) > 0.3 && !isnan(t->sample[i].edge))
			values[m++] = fmax(0, 1 - t->sample[i].edge);
	o->measure[VQ_TM_EDGE_FLOOR] = quantile(values, m, 0.25);
}

static void measure_shapes(const struct vq_text_series *t, struct vq_text_summary *o)
{
	struct mean change = {0}, excess = {0}, cell = {0}, stroke = {0}, edge = {0}, ring = {0};
	struct mean two = {0}, four = {0}, back = {0}, scene = {0}, trust = {0};
	double sharpest = best_sharpness(t), peak = -1;

	for (size_t i = 1; i < t->count; i++) {
		const struct vq_text_sample *s = &t->sample[i];
		double w = trust_given(t, i, sharpest), d = vq_text_step_change(t, i);
		double r = clamp01(1 - or_else(s->ring, 1));

		add(&trust, w, 1);
		add(&change, d, w);
		add(&ring, r, w);
		add(&excess, fmax(0, d - r), w);
		add(&cell, 1 - s->worst, w);
		add(&stroke, 1 - s->stroke, w);
		add(&edge, 1 - s->edge, w);
		add(&two, fmax(0, s->two_ring - s->two), isnan(s->two) ? 0 : w);
		add(&four, fmax(0, s->four_ring - s->four), isnan(s->four) ? 0 : w);
		add(&back, fmax(0, s->two - s->similarity), isnan(s->two) ? 0 : w);
		add(&scene, clamp01(1 - or_else(s->scene, 1)), w);
		if (w * d > peak) {
			peak = w * d;
			o->peak = i;
		}
	}
	o->trust = mean_of(&trust);
	o->measure[VQ_TM_CHANGE] = mean_of(&change);
	o->measure[VQ_TM_EXCESS] = mean_of(&excess);
	o->measure[VQ_TM_RING] = mean_of(&ring);
	o->measure[VQ_TM_CELL] = mean_of(&cell);
	o->measure[VQ_TM_STROKE] = mean_of(&stroke);
	o->measure[VQ_TM_EDGE] = mean_of(&edge);
	o->measure[VQ_TM_CHANGE2] = mean_of(&two);
	o->measure[VQ_TM_CHANGE4] = mean_of(&four);
	o->measure[VQ_TM_RATIO] = mean_of(&change) / (mean_of(&ring) + 0.05);
	o->measure[VQ_TM_RETURN] = mean_of(&back);
	o->measure[VQ_TM_SCENE] = mean_of(&change) / (mean_of(&scene) + 0.05);
}

static void measure_blur_and_jitter(const struct vq_text_series *t, struct vq_text_summary *o)
{
	double sum = 0, square = 0, n = 0;
	struct mean jitter = {0};

	for (size_t i = 0; i < t->count; i++) {
		const struct vq_text_sample *s = &t->sample[i], *b = s - 1;
		double height = fmax(1, or_else(s->letter_height, s->box[3] - s->box[1]));
		double moved = 0;

		if (!isnan(s->sharpness)) {
			sum += s->sharpness;
			square += s->sharpness * s->sharpness;
			n++;
		}
		if (!neighbours(t, i))
			continue;
		for (int k = 0; k < 4; k++)
			moved += fabs(s->box[k] - b->box[k] - or_else(s->motion[k % 2], 0)) / 4;
		add(&jitter, fmin(moved / height, 4), 1);
	}
	o->measure[VQ_TM_JITTER] = mean_of(&jitter);
	if (n > 1 && sum > 0)
		o->measure[VQ_TM_BLUR] =
			sqrt(fmax(0, square / n - sum * sum / (n * n))) / (sum / n);
}

/* ---- readings ------------------------------------------------------------------------ */

/* The text with the least distance to all, each weighted by confidence and the
 * samples it stands for. */
static size_t find_consensus(const struct vq_text_series *t, const double *weight)
{
	size_t at = 0, texts = t->texts < CONSENSUS_TEXTS ? t->texts : CONSENSUS_TEXTS;
	double best = INFINITY;

	for (size_t i = 0; i < texts; i++) {
		double sum = 0;

		for (size_t j = 0; j < texts; j++)
			if (j != i)
				sum += weight[j] * vq_edit_normalised(t->text[i], t->text[j]);
		if (sum < best) {
			best = sum;
			at = i;
		}
	}
	return at;
}

#define NOISE_LEAST 0.02 /* deviation of the reader's noise, at least */

/* Of a track whose reader's noise is known. */
static double noise_z(const struct vq_text_series *t, double consensus)
{
	for (size_t i = t->count; i-- > 0;)
		if (!isnan(t->sample[i].noise))
			return fmax(0, consensus - t->sample[i].noise) /
			       fmax(or_else(t->sample[i].noise_deviation, 0), NOISE_LEAST);
	return 0;
}

static void measure_consensus(
	const struct vq_text_series *t, double *weight, struct vq_text_summary *o)
{
	struct mean m = {0};

	memset(weight, 0, t->texts * sizeof *weight);
	for (size_t i = 0; i < t->count; i++)
		weight[t->sample[i].text] += 0.05 + t->sample[i].confidence / 100;
	o->consensus = find_consensus(t, weight);
	for (size_t i = 0; i < t->texts; i++)
		add(&m, vq_edit_normalised(t->text[o->consensus], t->text[i]), weight[i]);
	o->measure[VQ_TM_CONSENSUS] = mean_of(&m);
	o->measure[VQ_TM_NOISE_Z] = noise_z(t, mean_of(&m));
}

/* One reading after another; differences count as much as the less sure of the two. */
struct pairs {
	struct mean edit, sub, del, ins, length, confidence;
	double readings, changed, returned, most;
};

static void add_pair(const struct vq_text_series *t, const struct vq_text_sample *a,
	const struct vq_text_sample *b, struct pairs *o)
{
	uint32_t p[VQ_EDIT_MAX], q[VQ_EDIT_MAX];
	size_t n = vq_code_points(t->text[a->text], p), m = vq_code_points(t->text[b->text], q);
	double longest = (double)(n > m ? n : m);
	struct vq_edits e;

	if (longest < 1)
		return;
	e = vq_edit_distance(p, n, q, m);
	longest *= 100 / fmax(1, fmin(a->confidence, b->confidence));
	o->most = fmax(o->most, vq_edit_total(&e));
	add(&o->edit, vq_edit_total(&e) / longest, 1);
	add(&o->sub, e.substituted / longest, 1);
	add(&o->del, e.deleted / longest, 1);
	add(&o->ins, e.inserted / longest, 1);
	add(&o->length, fabs((double)n - (double)m) / longest, 1);
	add(&o->confidence, fabs(b->confidence - a->confidence) / 100, 1);
}

/* Was this text read before the one that it replaces? */
static bool read_before(const struct vq_text_series *t, size_t i, size_t previous)
{
	for (size_t k = 0; k < previous; k++)
		if (t->sample[k].read && t->sample[k].text == t->sample[i].text)
			return true;
	return false;
}

static void measure_readings(
	const struct vq_text_series *t, double *used, struct vq_text_summary *o)
{
	struct pairs p = {0};
	size_t last = t->count;
	double distinct = 0;

	memset(used, 0, t->texts * sizeof *used);

	for (size_t i = 0; i < t->count; i++) {
		if (!t->sample[i].read)
			continue;
		distinct += used[t->sample[i].text] == 0;
		used[t->sample[i].text] = 1;
		p.readings++;
		if (last < t->count) {
			add_pair(t, &t->sample[last], &t->sample[i], &p);
			if (t->sample[last].text != t->sample[i].text) {
				p.changed++;
				p.returned += read_before(t, i, last);
			}
		}
		last = i;
	}
	o->most_edits = p.most;
	o->measure[VQ_TM_EDIT] = mean_of(&p.edit);
	o->measure[VQ_TM_SUBSTITUTED] = mean_of(&p.sub);
	o->measure[VQ_TM_DELETED] = mean_of(&p.del);
	o->measure[VQ_TM_INSERTED] = mean_of(&p.ins);
	o->measure[VQ_TM_LENGTH] = mean_of(&p.length);
	o->measure[VQ_TM_CONFIDENCE_CHANGE] = mean_of(&p.confidence);
	o->measure[VQ_TM_READINGS] = p.readings > 1 ? (distinct - 1) / (p.readings - 1) : 0;
	o->measure[VQ_TM_ABA] = p.changed > 0 ? p.returned / p.changed : 0;
}

static double window_variance(const double *v, int n)
{
	double sum = 0, square = 0;

	for (int i = 0; i < n; i++) {
		sum += v[i];
		square += v[i] * v[i];
	}
	return fmax(0, square / n - sum * sum / (n * n));
}

static void measure_confidence(const struct vq_text_series *t, struct vq_text_summary *o)
{
	double window[5], first = NAN, last = NAN, path = 0;
	struct mean variance = {0};
	int n = 0;

	for (size_t i = 0; i < t->count; i++) {
		double c = t->sample[i].confidence / 100;

		if (!t->sample[i].read)
			continue;
		first = or_else(first, c);
		path += isnan(last) ? 0 : fabs(c - last);
		last = c;
		memmove(window, window + 1, 4 * sizeof *window);
		window[4] = c;
		n = n < 5 ? n + 1 : 5;
		if (n > 1)
			add(&variance, window_variance(window + 5 - n, n), 1);
		o->confidence = fmax(o->confidence, t->sample[i].confidence);
	}
	o->measure[VQ_TM_CONFIDENCE_VARIANCE] = mean_of(&variance);
	o->measure[VQ_TM_CONFIDENCE_TREND] = path > 0 ? fabs(last - first) / path : 0;
}

/* ---- all ----------------------------------------------------------------------------- */

static void measure_evidence(
	const struct vq_text_series *t, long samples, double pixels, struct vq_text_summary *o)
{
	struct mean area = {0}, score = {0}, found = {0};
	double enough = fmax(3, 0.25 * (double)samples), length, size, text;

	for (size_t i = 0; i < t->count; i++) {
		const struct vq_text_sample *s = &t->sample[i];

		add(&area, (s->box[2] - s->box[0]) * (s->box[3] - s->box[1]), 1);
		add(&score, s->score, 1);
		add(&found, s->found, 1);
	}
	o->area = mean_of(&area);
	length = clamp01((double)t->count / enough);
	size = clamp01(sqrt(o->area / fmax(pixels, 1)) / 0.1);
	text = score.weight > 0 ? mean_of(&score) : 0.5;
	o->evidence = length * (0.7 + 0.3 * size) * text * sqrt(mean_of(&found));
}

enum vq_code vq_text_series_summarise(const struct vq_text_series *t, long samples, double pixels,
	struct vq_text_summary *out, struct vq_err *err)
{
	size_t room = t->count > t->texts ? t->count : t->texts;
	double *scratch = calloc(room + 1, sizeof *scratch);

	memset(out, 0, sizeof *out);
	if (scratch == NULL)
		return vq_nomem(err);
	measure_shapes(t, out);
	measure_quantiles(t, scratch, out);
	measure_blur_and_jitter(t, out);
	measure_consensus(t, scratch, out);
	measure_readings(t, scratch, out);
	measure_confidence(t, out);
	measure_evidence(t, samples, pixels, out);
	free(scratch);
	return VQ_OK;
}
