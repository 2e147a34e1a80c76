#include "validate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- folds ---- */

struct group {
	const char *name;
	size_t count[VQ_MAX_STRATA], size;
	double order;
	int fold;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct group *)a)->name, ((const struct group *)b)->name);
}

static int by_order(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? 1 : -1;
	return strcmp(x->name, y->name);
}

/* A number in [0,1) from a seed and a name: FNV-1a, then splitmix64's finish. */
static double draw(uint64_t seed, const char *name)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ (seed * UINT64_C(0x9e3779b97f4a7c15));

	for (; *name != '\0'; name++)
		h = (h ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
	h = (h ^ (h >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	h = (h ^ (h >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (double)((h ^ (h >> 31)) >> 11) / 9007199254740992.0;
}

/* Merge the sorted list's equal names; returns how many are left. */
static size_t merge(struct group *g, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		if (k == 0 || strcmp(g[k - 1].name, g[i].name) != 0) {
			g[k++] = g[i];
			continue;
		}
		for (int s = 0; s < VQ_MAX_STRATA; s++)
			g[k - 1].count[s] += g[i].count[s];
		g[k - 1].size += g[i].size;
	}
	return k;
}

/* How uneven the folds are when the group is put into fold f. */
static double unevenness(size_t in[][VQ_MAX_STRATA], const size_t *size, int folds,
	const size_t *total, size_t n, const struct group *g, int f)
{
	double sum = 0;

	for (int s = 0; s <= VQ_MAX_STRATA; s++) {
		double all = (double)(s < VQ_MAX_STRATA ? total[s] : n), var = 0;

		if (all <= 0)
			continue;
		for (int k = 0; k < folds; k++) {
			size_t c = s < VQ_MAX_STRATA ? in[k][s] : size[k];
			double d;

			if (k == f)
				c += s < VQ_MAX_STRATA ? g->count[s] : g->size;
			d = (double)c / all - 1.0 / folds;
			var += d * d;
		}
		sum += var;
	}
	return sum;
}

static void deal(struct group *g, size_t groups, const size_t *total, size_t n, int folds)
{
	size_t in[VQ_MAX_FOLDS][VQ_MAX_STRATA] = {{0}}, size[VQ_MAX_FOLDS] = {0};

	for (size_t i = 0; i < groups; i++) {
		double least = INFINITY;

		for (int f = 0; f < folds; f++) {
			double u = unevenness(in, size, folds, total, n, &g[i], f);

			/* No fold stays empty. */
			if (size[f] == 0 && groups - i <= (size_t)folds)
				u -= VQ_MAX_STRATA;
			if (u < least - 1e-12) {
				least = u;
				g[i].fold = f;
			}
		}
		for (int s = 0; s < VQ_MAX_STRATA; s++)
			in[g[i].fold][s] += g[i].count[s];
		size[g[i].fold] += g[i].size;
	}
}

enum vq_code vq_folds_assign(const struct vq_fold_item *items, size_t n, int folds, uint64_t seed,
	int *fold, struct vq_err *err)
{
	size_t total[VQ_MAX_STRATA] = {0}, groups;
	struct group *g = calloc(n + 1, sizeof *g);

	if (g == NULL)
		return vq_nomem(err);
	for (size_t i = 0; i < n; i++) {
		g[i] = (struct group){.name = items[i].group, .size = 1};
		g[i].count[items[i].stratum] = 1;
		total[items[i].stratum]++;
	}
	qsort(g, n, sizeof *g, by_name);
	groups = merge(g, n);
	if (folds < 2 || folds > VQ_MAX_FOLDS || groups < (size_t)folds) {
		free(g);
		return vq_fail(err, VQ_EDATA, "%zu sources, but %d folds need at least as many",
			groups, folds);
	}
	for (size_t i = 0; i < groups; i++) {
		for (int s = 0; s < VQ_MAX_STRATA; s++)
			if (total[s] > 0)
				g[i].order += (double)g[i].count[s] / (double)total[s];
		g[i].order *= 0.5 + draw(seed, g[i].name);
	}
	qsort(g, groups, sizeof *g, by_order);
	deal(g, groups, total, n, folds);
	qsort(g, groups, sizeof *g, by_name);
	for (size_t i = 0; i < n; i++) {
		struct group key = {.name = items[i].group};

		fold[i] = ((struct group *)bsearch(&key, g, groups, sizeof *g, by_name))->fold;
	}
	free(g);
	return VQ_OK;
}

/* ---- metrics ---- */

struct vq_scored vq_scored_of(const struct vq_label *label, const struct vq_judgement *judgement)
{
	struct vq_scored s = {.truth = label->category, .judgement = *judgement};

	memcpy(s.defect, label->defect, sizeof s.defect);
	return s;
}

static double ratio(double a, double b)
{
	return b > 0 ? a / b : NAN;
}

struct score {
	double score;
	bool truth;
};

static int by_score(const void *a, const void *b)
{
	double x = ((const struct score *)a)->score, y = ((const struct score *)b)->score;

	return (x > y) - (x < y);
}

double vq_auc(const double *score, const bool *truth, size_t n)
{
	struct score *s = calloc(n + 1, sizeof *s);
	double wins = 0, below = 0, positives = 0;

	if (s == NULL)
		return NAN;
	for (size_t i = 0; i < n; i++)
		s[i] = (struct score){score[i], truth[i]};
	qsort(s, n, sizeof *s, by_score);
	for (size_t i = 0, k; i < n; i = k) {
		double tied[2] = {0, 0};

		for (k = i; k < n && s[k].score <= s[i].score; k++)
			tied[s[k].truth]++;
		wins += tied[1] * (below + tied[0] / 2);
		below += tied[0];
		positives += tied[1];
	}
	free(s);
	return ratio(wins, positives * below);
}

void vq_binary(const double *score, const bool *truth, size_t n, double cut, struct vq_binary *b)
{
	double square = 0;

	*b = (struct vq_binary){.n = n};
	for (size_t i = 0; i < n; i++) {
		double d = score[i] - (truth[i] ? 1 : 0);

		b->positives += truth[i];
		b->true_positives += truth[i] && score[i] > cut;
		b->false_positives += !truth[i] && score[i] > cut;
		square += d * d;
	}
	b->recall = ratio((double)b->true_positives, (double)b->positives);
	b->precision =
		ratio((double)b->true_positives, (double)(b->true_positives + b->false_positives));
	b->specificity = 1 - ratio((double)b->false_positives, (double)(n - b->positives));
	b->f1 = ratio(2.0 * (double)b->true_positives,
		(double)(b->positives + b->true_positives + b->false_positives));
	b->brier = ratio(square, (double)n);
	b->auc = vq_auc(score, truth, n);
}

double vq_precision_at(const struct vq_binary *b, double prevalence)
{
	double hit = prevalence * b->recall, cry = (1 - prevalence) * (1 - b->specificity);

	return ratio(hit, hit + cry);
}

static void categories(const struct vq_scored *s, size_t n, double threshold, struct vq_metrics *m)
{
	size_t right = 0;

	for (size_t i = 0; i < n; i++) {
		enum vq_class got = vq_judgement_category(&s[i].judgement, threshold);
		enum vq_class truth = s[i].truth;

		/* Where both defects are there, either name is right. */
		if (truth != VQ_NONE && got != VQ_NONE && s[i].defect[got])
			truth = got;
		m->confusion[truth][got]++;
		right += truth == got;
	}
	m->accuracy = ratio((double)right, (double)n);
	for (int c = 0; c < VQ_CLASSES; c++) {
		size_t row = 0, column = 0;

		for (int k = 0; k < VQ_CLASSES; k++) {
			row += m->confusion[c][k];
			column += m->confusion[k][c];
		}
		m->category_f1[c] = ratio(2.0 * (double)m->confusion[c][c], (double)(row + column));
	}
}

enum vq_code vq_metrics(const struct vq_scored *s, size_t n, double threshold, struct vq_metrics *m,
	struct vq_err *err)
{
	double *score = calloc(n + 1, sizeof *score);
	bool *truth = calloc(n + 1, sizeof *truth);
	enum vq_code code = VQ_OK;

	memset(m, 0, sizeof *m);
	if (score == NULL || truth == NULL) {
		code = vq_nomem(err);
		goto done;
	}
	for (int d = VQ_NONE; d < VQ_CLASSES; d++) {
		for (size_t i = 0; i < n; i++) {
			const struct vq_judgement *j = &s[i].judgement;

			score[i] = d == VQ_NONE ? 1 - j->p[VQ_NONE] : j->defect[d];
			truth[i] = d == VQ_NONE ? s[i].truth != VQ_NONE : s[i].defect[d];
		}
		if (d == VQ_NONE)
			vq_binary(score, truth, n, 1 - threshold, &m->flag);
		else
			vq_binary(score, truth, n, 0.5, &m->defect[d]);
	}
	categories(s, n, threshold, m);
done:
	free(score);
	free(truth);
	return code;
}

/* ---- calibration ---- */

/* log(1 + exp(-x)) */
static double softplus(double x)
{
	return x > 0 ? log1p(exp(-x)) : log1p(exp(x)) - x;
}

static double sigmoid(double x)
{
	return x > 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x));
}

struct platt {
	const double *score;
	const bool *truth;
	size_t n;
	double target[2]; /* of false and true */
};

static double platt_loss(const struct platt *p, double a, double b)
{
	double sum = 0;

	for (size_t i = 0; i < p->n; i++) {
		double f = a * p->score[i] + b, t = p->target[p->truth[i]];

		sum += t * softplus(f) + (1 - t) * softplus(-f);
	}
	return sum;
}

void vq_platt(const double *score, const bool *truth, size_t n, double *slope, double *intercept)
{
	struct platt p = {.score = score, .truth = truth, .n = n};
	double pos = 0, neg, loss;

	for (size_t i = 0; i < n; i++)
		pos += truth[i];
	neg = (double)n - pos;
	p.target[1] = (pos + 1) / (pos + 2);
	p.target[0] = 1 / (neg + 2);
	*slope = 0;
	*intercept = log((pos + 1) / (neg + 1));
	loss = platt_loss(&p, *slope, *intercept);
	for (int step = 0; step < 100; step++) {
		double haa = 1e-12, hbb = 1e-12, hab = 0, ga = 0, gb = 0, det, da, db, scale = 1;

		for (size_t i = 0; i < n; i++) {
			double q = sigmoid(*slope * score[i] + *intercept), w = q * (1 - q);
			double d = p.target[truth[i]] - q;

			haa += w * score[i] * score[i];
			hab += w * score[i];
			hbb += w;
			ga += d * score[i];
			gb += d;
		}
		if (fabs(ga) < 1e-8 && fabs(gb) < 1e-8)
			break;
		det = haa * hbb - hab * hab;
		da = (hbb * ga - hab * gb) / det;
		db = (haa * gb - hab * ga) / det;
		if (!isfinite(da) || !isfinite(db))
			break;
		for (; scale > 1e-10; scale /= 2) {
			double next = platt_loss(&p, *slope + scale * da, *intercept + scale * db);

			if (next < loss) {
				loss = next;
				break;
			}
		}
		if (scale <= 1e-10)
			break;
		*slope += scale * da;
		*intercept += scale * db;
	}
}

double vq_log_loss(const double *score, const bool *truth, size_t n, double slope, double intercept)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		double f = slope * score[i] + intercept;

		sum += softplus(truth[i] ? f : -f);
	}
	return ratio(sum, (double)n);
}
