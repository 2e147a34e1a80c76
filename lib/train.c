#include "train.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "booster.h"
#include "rng.h"

/* The sizes that the inner validation chooses from.  Flicker is one thing measured in
 * many ways, and with few clips the best few measures part it better than all; more of
 * each may then only mean more (or only less) of the defect.  Which ones part a few clips
 * best is chance: those that were made for it come first.  Text changes in many ways,
 * and every limit cost accuracy there. */
static const struct {
	enum vq_class defect;
	int depth;
	size_t features; /* the leading ones, then the strongest alone; SIZE_MAX: all */
} sizes[] = {
	{VQ_TEXT, 2, SIZE_MAX},
	{VQ_TEXT, 3, SIZE_MAX},
	{VQ_FLICKER, 1, 2},
	{VQ_FLICKER, 2, 2},
	{VQ_FLICKER, 2, 6},
	{VQ_FLICKER, 2, SIZE_MAX},
};
/* What a clip that was made counts.  Put-in flicker is much like that of generators;
 * put-in letters mutate in other ways, and with more weight cost accuracy. */
static const double made_weight[VQ_CLASSES] = {[VQ_TEXT] = 0.2, [VQ_FLICKER] = 0.5};

static const char *const leading[] = {"unsteady", "abrupt_p75"};

static const int checkpoints[] = {20, 40, 60, 80, 120, 160, 200};

enum {
	SIZES = sizeof sizes / sizeof *sizes,
	CHECKPOINTS = sizeof checkpoints / sizeof *checkpoints,
	MAX_ROUNDS = 200,
	SHUFFLES = 3,
	FEW = 6, /* most features of a size that does not take all */
};

/* One defect, and the rows and columns to learn it from. */
struct problem {
	const struct vq_dataset *d;
	enum vq_class defect;
	int folds;
	uint64_t seed;
	size_t *row, n;
	size_t *col, cols;
};

/* A trained booster and the columns of the data set that it wants. */
struct fitted {
	struct vq_booster *booster;
	size_t *col, cols;
	bool *falls; /* less of that column is more of the defect */
	bool few;    /* chosen columns, which may act in their own direction only */
};

static void close_fitted(struct fitted *f)
{
	vq_booster_free(&f->booster);
	free(f->col);
	free(f->falls);
}

static bool truth_of(const struct problem *p, size_t i)
{
	return p->d->label[p->row[i]]->defect[p->defect];
}

static bool made(const struct problem *p, size_t i)
{
	return p->d->label[p->row[i]]->made;
}

/* Whether the defect can be there at all: no text, no text defect. */
static bool possible(const struct vq_dataset *d, size_t row, enum vq_class defect)
{
	return defect != VQ_TEXT ||
	       d->x[row * d->cols + vq_dataset_column(d, "has_text_regions")] > 0;
}

/* One row of the data set, the booster's columns of it. */
static void copy_row(const struct vq_dataset *d, const struct fitted *f, size_t row, float *x)
{
	for (size_t j = 0; j < f->cols; j++)
		x[j] = d->x[row * d->cols + f->col[j]];
}

/* The picked rows of the problem as one table. */
static float *copy_rows(
	const struct problem *p, const struct fitted *f, const size_t *pick, size_t n)
{
	float *x = calloc(n * f->cols + 1, sizeof *x);

	for (size_t i = 0; x != NULL && i < n; i++)
		copy_row(p->d, f, p->row[pick[i]], x + i * f->cols);
	return x;
}

struct strength {
	double value; /* |AUC - 1/2|, and more for leading ones */
	size_t col;
	bool falls; /* AUC < 1/2 */
};

static int by_strength(const void *a, const void *b)
{
	const struct strength *x = a, *y = b;

	if (x->value != y->value)
		return x->value < y->value ? 1 : -1;
	return x->col < y->col ? -1 : x->col > y->col;
}

static int by_column(const void *a, const void *b)
{
	const struct strength *x = a, *y = b;

	return (x->col > y->col) - (x->col < y->col);
}

/* What a leading column has over the strongest of the others, 0 for them. */
static double lead_of(const char *name)
{
	size_t n = sizeof leading / sizeof *leading;

	for (size_t i = 0; i < n; i++)
		if (strcmp(name, leading[i]) == 0)
			return (double)(n - i);
	return 0;
}

/* The leading columns and those that part the picked rows best, each alone; at most so
 * many. */
static enum vq_code select_columns(const struct problem *p, const size_t *pick, size_t n,
	size_t most, struct fitted *f, struct vq_err *err)
{
	struct strength *s = calloc(p->cols, sizeof *s);
	double *score = calloc(n + 1, sizeof *score);
	bool *truth = calloc(n + 1, sizeof *truth);
	enum vq_code code = VQ_OK;

	f->col = calloc(p->cols, sizeof *f->col);
	f->falls = calloc(p->cols, sizeof *f->falls);
	f->few = most < p->cols;
	if (s == NULL || score == NULL || truth == NULL || f->col == NULL || f->falls == NULL) {
		code = vq_nomem(err);
		goto done;
	}
	for (size_t j = 0; j < p->cols; j++) {
		s[j] = (struct strength){0, p->col[j], false};
		for (size_t i = 0; i < n && f->few; i++) {
			score[i] = (double)p->d->x[p->row[pick[i]] * p->d->cols + p->col[j]];
			truth[i] = truth_of(p, pick[i]);
		}
		if (f->few) {
			double auc = vq_auc(score, truth, n);

			s[j].value = isfinite(auc) ? fabs(auc - 0.5) : 0;
			s[j].value += lead_of(p->d->names[p->col[j]]);
			s[j].falls = auc < 0.5;
		}
	}
	qsort(s, p->cols, sizeof *s, by_strength);
	f->cols = f->few ? most : p->cols;
	qsort(s, f->cols, sizeof *s, by_column);
	for (size_t j = 0; j < f->cols; j++) {
		f->col[j] = s[j].col;
		f->falls[j] = s[j].falls;
	}
done:
	free(s);
	free(score);
	free(truth);
	return code;
}

/* A source with many clips must not drown the others: each clip weighs one over the
 * square root of how many its source has, one that was made a part of that; the
 * mean is 1. */
static float *weights(const struct problem *p, const size_t *pick, size_t n)
{
	float *w = calloc(n + 1, sizeof *w);
	double sum = 0;

	for (size_t i = 0; w != NULL && i < n; i++) {
		const char *source = p->d->label[p->row[pick[i]]]->source;
		size_t same = 0;

		for (size_t k = 0; k < n; k++)
			same += strcmp(source, p->d->label[p->row[pick[k]]]->source) == 0;
		w[i] = (float)((made(p, pick[i]) ? made_weight[p->defect] : 1) /
			       sqrt((double)same));
		sum += (double)w[i];
	}
	for (size_t i = 0; w != NULL && i < n; i++)
		w[i] = (float)((double)w[i] * (double)n / sum);
	return w;
}

/* XGBoost's list of directions: (1,-1,...). */
static void write_directions(const struct fitted *f, char *out)
{
	for (size_t j = 0; j < f->cols; j++)
		out += sprintf(out, "%s%d", j == 0 ? "(" : ",", f->falls[j] ? -1 : 1);
	strcpy(out, ")");
}

static enum vq_code boost(
	const struct vq_matrix *m, int depth, int rounds, struct fitted *f, struct vq_err *err)
{
	char depth_text[12], directions[4 * FEW + 2];
	const struct vq_booster_param params[] = {{"objective", "binary:logistic"},
		{"booster", "gbtree"}, {"max_depth", depth_text}, {"eta", "0.05"},
		{"subsample", "0.7"}, {"colsample_bynode", "0.3"}, {"min_child_weight", "2"},
		{"lambda", "2"}, {f->few ? "monotone_constraints" : NULL, directions},
		{NULL, NULL}};

	snprintf(depth_text, sizeof depth_text, "%d", depth);
	if (f->few)
		write_directions(f, directions);
	return vq_booster_train(&f->booster, m, params, rounds, err);
}

/* Train on the picked rows.  f is closed by the caller, also after a failure. */
static enum vq_code train_on(const struct problem *p, const size_t *pick, size_t n, size_t size,
	int rounds, struct fitted *f, struct vq_err *err)
{
	float *x = NULL, *label = calloc(n + 1, sizeof *label), *weight = weights(p, pick, n);
	const char **names = calloc(p->cols, sizeof *names);
	enum vq_code code;

	*f = (struct fitted){0};
	code = label == NULL || weight == NULL || names == NULL
		       ? vq_nomem(err)
		       : select_columns(p, pick, n, sizes[size].features, f, err);
	if (code == VQ_OK && (x = copy_rows(p, f, pick, n)) == NULL)
		code = vq_nomem(err);
	if (code == VQ_OK) {
		struct vq_matrix m = {n, f->cols, x, label, weight, names};

		for (size_t i = 0; i < n; i++)
			label[i] = truth_of(p, pick[i]);
		for (size_t j = 0; j < f->cols; j++)
			names[j] = p->d->names[f->col[j]];
		code = boost(&m, sizes[size].depth, rounds, f, err);
	}
	free(x);
	free(label);
	free(weight);
	free(names);
	return code;
}

static enum vq_code assign(const struct problem *p, int folds, int *fold, struct vq_err *err)
{
	struct vq_fold_item *items = calloc(p->n + 1, sizeof *items);
	enum vq_code code;

	if (items == NULL)
		return vq_nomem(err);
	for (size_t i = 0; i < p->n; i++)
		items[i] = (struct vq_fold_item){
			.group = p->d->label[p->row[i]]->source, .stratum = truth_of(p, i)};
	code = vq_folds_assign(items, p->n, folds, p->seed + 1, fold, err);
	free(items);
	return code;
}

/* Margins of the rows of one inner fold, at every checkpoint, from the others. */
static enum vq_code inner_fold(const struct problem *p, const int *fold, int f, size_t size,
	double *margin, struct vq_err *err)
{
	size_t *in = calloc(p->n + 1, sizeof *in), *out = calloc(p->n + 1, sizeof *out);
	double *got = calloc(p->n + 1, sizeof *got);
	size_t ins = 0, outs = 0;
	struct fitted fitted = {0};
	enum vq_code code = VQ_OK;
	float *x = NULL;

	if (in == NULL || out == NULL || got == NULL) {
		code = vq_nomem(err);
		goto done;
	}
	for (size_t i = 0; i < p->n; i++)
		if (fold[i] == f)
			out[outs++] = i;
		else
			in[ins++] = i;
	code = train_on(p, in, ins, size, MAX_ROUNDS, &fitted, err);
	if (code == VQ_OK && (x = copy_rows(p, &fitted, out, outs)) == NULL)
		code = vq_nomem(err);
	for (size_t c = 0; code == VQ_OK && c < CHECKPOINTS; c++) {
		code = vq_booster_margins(fitted.booster, x, outs, checkpoints[c], got, err);
		for (size_t i = 0; code == VQ_OK && i < outs; i++)
			margin[c * p->n + out[i]] = got[i];
	}
done:
	close_fitted(&fitted);
	free(x);
	free(in);
	free(out);
	free(got);
	return code;
}

/* Choose the size whose inner out-of-fold scores of real clips, calibrated, are the most
 * likely. */
static enum vq_code choose(const struct problem *p, const int *fold, int folds,
	struct vq_choice *best, struct vq_err *err)
{
	double *margin = calloc(CHECKPOINTS * p->n + 1, sizeof *margin);
	bool *truth = calloc(p->n + 1, sizeof *truth);
	size_t real = 0;
	enum vq_code code = margin == NULL || truth == NULL ? vq_nomem(err) : VQ_OK;

	best->log_loss = INFINITY;
	for (size_t i = 0; code == VQ_OK && i < p->n; i++)
		if (!made(p, i))
			truth[real++] = truth_of(p, i);
	for (size_t k = 0; code == VQ_OK && k < SIZES; k++) {
		if (sizes[k].defect != p->defect)
			continue;
		for (int f = 0; code == VQ_OK && f < folds; f++)
			code = inner_fold(p, fold, f, k, margin, err);
		for (size_t c = 0; code == VQ_OK && c < CHECKPOINTS; c++) {
			double *score = margin + c * p->n, slope, intercept, loss;
			size_t n = 0;

			for (size_t i = 0; i < p->n; i++)
				if (!made(p, i))
					score[n++] = score[i];
			vq_platt(score, truth, real, &slope, &intercept);
			loss = vq_log_loss(score, truth, real, slope, intercept);
			if (loss < best->log_loss)
				*best = (struct vq_choice){.size = k,
					.depth = sizes[k].depth,
					.rounds = checkpoints[c],
					.slope = slope,
					.intercept = intercept,
					.log_loss = loss};
		}
	}
	free(margin);
	free(truth);
	return code;
}

/* Enough sources on both sides, or nothing can be learned across sources. */
static enum vq_code enough(const struct problem *p, size_t *sources, struct vq_err *err)
{
	const char *seen[2] = {NULL, NULL};
	size_t n[2] = {0, 0};

	*sources = 0;
	for (size_t i = 0; i < p->n; i++) {
		const char *source = p->d->label[p->row[i]]->source;
		bool t = truth_of(p, i), fresh = true;

		for (size_t k = 0; k < i && fresh; k++)
			fresh = strcmp(source, p->d->label[p->row[k]]->source) != 0;
		*sources += fresh;
		if (n[t] == 0 || (n[t] == 1 && strcmp(seen[t], source) != 0)) {
			seen[t] = source;
			n[t]++;
		}
	}
	if (n[0] < 2 || n[1] < 2)
		return vq_fail(err, VQ_EDATA,
			"%s: clips with and without it are needed from 2 sources each, in every "
			"fold's "
			"training part",
			vq_class_name(p->defect));
	return VQ_OK;
}

/* A booster for the problem, with everything about it chosen inside its rows. */
static enum vq_code fit(
	const struct problem *p, struct fitted *f, struct vq_choice *choice, struct vq_err *err)
{
	size_t *all = calloc(p->n + 1, sizeof *all), sources = 0;
	int *fold = calloc(p->n + 1, sizeof *fold), folds;
	enum vq_code code = all == NULL || fold == NULL ? vq_nomem(err) : enough(p, &sources, err);

	*f = (struct fitted){0};
	if (code == VQ_OK) {
		folds = sources < (size_t)p->folds ? (int)sources : p->folds;
		if ((code = assign(p, folds, fold, err)) == VQ_OK)
			code = choose(p, fold, folds, choice, err);
	}
	if (code == VQ_OK) {
		for (size_t i = 0; i < p->n; i++) {
			all[i] = i;
			choice->positives += truth_of(p, i);
		}
		choice->clips = p->n;
		code = train_on(p, all, p->n, choice->size, choice->rounds, f, err);
		choice->features = f->cols;
	}
	free(all);
	free(fold);
	return code;
}

static void close_problem(struct problem *p)
{
	free(p->row);
	free(p->col);
}

/* What there is to learn a defect from when fold `without` (-1: none) is left out.
 * Flicker is not judged by text: the letters of old generators mutate, and their
 * pictures flicker, but one is no sign of the other. */
static enum vq_code pose(struct problem *p, const struct vq_dataset *d,
	const struct vq_train_options *o, enum vq_class defect, const int *fold, int without,
	struct vq_err *err)
{
	*p = (struct problem){.d = d, .defect = defect, .folds = o->folds, .seed = o->seed};
	p->row = calloc(d->rows + 1, sizeof *p->row);
	p->col = calloc(d->cols + 1, sizeof *p->col);
	if (p->row == NULL || p->col == NULL)
		return vq_nomem(err);
	for (size_t i = 0; i < d->rows; i++)
		if (fold[i] != without && !d->label[i]->disputed && possible(d, i, defect))
			p->row[p->n++] = i;
	for (size_t j = 0; j < d->cols; j++) {
		const struct vq_feature *f =
			o->manifest != NULL ? vq_manifest_find(o->manifest, d->names[j]) : NULL;

		if (f != NULL && strcmp(f->group, "clip") == 0)
			continue;
		if (defect == VQ_FLICKER && f != NULL && strcmp(f->group, "text") == 0)
			continue;
		p->col[p->cols++] = j;
	}
	return p->cols > 0 ? VQ_OK
			   : vq_fail(err, VQ_EDATA, "no feature for %s", vq_class_name(defect));
}

static double calibrated(const struct vq_choice *c, double margin)
{
	return 1 / (1 + exp(-(c->slope * margin + c->intercept)));
}

/* What the rows (n of them) get when a column is shuffled among them, into
 * out[shuffle][feature of the data set][row]. */
static enum vq_code shuffle_columns(const struct vq_dataset *d, const size_t *row, size_t n,
	const struct fitted *f, const struct vq_choice *choice, uint64_t seed, double *out,
	struct vq_err *err)
{
	size_t *perm = calloc(n + 1, sizeof *perm);
	float *x = calloc(n * f->cols + 1, sizeof *x);
	double *m = calloc(n + 1, sizeof *m);
	enum vq_code code = x == NULL || m == NULL || perm == NULL ? vq_nomem(err) : VQ_OK;

	for (size_t k = 0; code == VQ_OK && k < SHUFFLES * f->cols; k++) {
		size_t j = k % f->cols, shuffle = k / f->cols;
		double *to = out + (shuffle * d->cols + f->col[j]) * d->rows;

		for (size_t i = 0; i < n; i++) {
			size_t at = (size_t)(vq_rng_next(&seed) % (i + 1));

			perm[i] = perm[at];
			perm[at] = i;
			copy_row(d, f, row[i], x + i * f->cols);
		}
		for (size_t i = 0; i < n; i++)
			x[i * f->cols + j] = d->x[row[perm[i]] * d->cols + f->col[j]];
		code = vq_booster_margins(f->booster, x, n, 0, m, err);
		for (size_t i = 0; code == VQ_OK && i < n; i++)
			to[row[i]] = calibrated(choice, m[i]);
	}
	free(perm);
	free(x);
	free(m);
	return code;
}

/* Judge the rows of fold f for one defect by a model of the other folds. */
static enum vq_code judge_fold(struct vq_training *t, const struct vq_dataset *d,
	const struct vq_train_options *o, enum vq_class defect, int f, double *probability,
	double *shuffled, struct vq_err *err)
{
	size_t *row = calloc(d->rows + 1, sizeof *row), n = 0;
	float *x = calloc(d->cols + 1, sizeof *x);
	struct fitted fitted = {0};
	struct vq_choice choice = {0};
	struct problem p;
	enum vq_code code = pose(&p, d, o, defect, t->fold, f, err);
	double m;

	if (code == VQ_OK && (row == NULL || x == NULL))
		code = vq_nomem(err);
	if (code == VQ_OK)
		code = fit(&p, &fitted, &choice, err);
	for (size_t i = 0; code == VQ_OK && i < d->rows; i++) {
		if (t->fold[i] != f || !possible(d, i, defect))
			continue;
		copy_row(d, &fitted, i, x);
		code = vq_booster_margins(fitted.booster, x, 1, 0, &m, err);
		probability[i] = calibrated(&choice, m);
		row[n++] = i;
	}
	/* A column that the booster does not have is as it was: no loss. */
	for (size_t k = 0; code == VQ_OK && k < SHUFFLES * d->cols; k++)
		for (size_t i = 0; i < n; i++)
			shuffled[k * d->rows + row[i]] = probability[row[i]];
	if (code == VQ_OK && n > 0)
		code = shuffle_columns(
			d, row, n, &fitted, &choice, o->seed + (uint64_t)f, shuffled, err);
	close_fitted(&fitted);
	close_problem(&p);
	free(row);
	free(x);
	return code;
}

/* Mean loss of AUC, over the clips that count, when a feature is shuffled. */
static enum vq_code auc_drop(struct vq_training *t, const struct vq_dataset *d,
	enum vq_class defect, const double *probability, const double *shuffled, struct vq_err *err)
{
	double *score = calloc(d->rows + 1, sizeof *score), whole = 0;
	bool *truth = calloc(d->rows + 1, sizeof *truth);

	if (score == NULL || truth == NULL) {
		free(score);
		free(truth);
		return vq_nomem(err);
	}
	for (size_t k = 0; k <= SHUFFLES * d->cols; k++) {
		const double *from = k == 0 ? probability : shuffled + (k - 1) * d->rows;
		size_t n = 0;

		for (size_t i = 0; i < d->rows; i++)
			if (vq_label_scores(d->label[i])) {
				score[n] = from[i];
				truth[n++] = d->label[i]->defect[defect];
			}
		if (k == 0)
			whole = vq_auc(score, truth, n);
		else
			t->drop[defect][(k - 1) % d->cols] +=
				(whole - vq_auc(score, truth, n)) / SHUFFLES;
	}
	free(score);
	free(truth);
	return VQ_OK;
}

/* Out-of-fold probabilities of one defect for every row, 0 where it cannot be. */
static enum vq_code validate_defect(struct vq_training *t, const struct vq_dataset *d,
	const struct vq_train_options *o, enum vq_class defect, double *probability,
	struct vq_err *err)
{
	double *shuffled = calloc(SHUFFLES * d->cols * d->rows + 1, sizeof *shuffled);
	enum vq_code code = shuffled == NULL ? vq_nomem(err) : VQ_OK;

	for (int f = 0; code == VQ_OK && f < o->folds; f++)
		code = judge_fold(t, d, o, defect, f, probability, shuffled, err);
	if (code == VQ_OK)
		code = auc_drop(t, d, defect, probability, shuffled, err);
	free(shuffled);
	return code;
}

static enum vq_code outer_folds(struct vq_training *t, const struct vq_dataset *d,
	const struct vq_train_options *o, struct vq_err *err)
{
	struct vq_fold_item *items = calloc(d->rows + 1, sizeof *items);
	enum vq_code code;

	if (items == NULL)
		return vq_nomem(err);
	for (size_t i = 0; i < d->rows; i++)
		items[i] = (struct vq_fold_item){.group = d->label[i]->source,
			.stratum = !vq_label_scores(d->label[i])
					   ? 4
					   : d->label[i]->defect[VQ_TEXT] +
						     2 * d->label[i]->defect[VQ_FLICKER]};
	code = vq_folds_assign(items, d->rows, o->folds, o->seed, t->fold, err);
	free(items);
	return code;
}

/* Metrics of fold f. */
static enum vq_code score_fold(struct vq_training *t, const struct vq_dataset *d, double threshold,
	int f, struct vq_err *err)
{
	struct vq_scored *s = calloc(d->rows + 1, sizeof *s);
	enum vq_code code;
	size_t n = 0;

	if (s == NULL)
		return vq_nomem(err);
	for (size_t i = 0; i < d->rows; i++)
		if (vq_label_scores(d->label[i]) && t->fold[i] == f)
			s[n++] = vq_scored_of(d->label[i], &t->judged[i]);
	code = vq_metrics(s, n, threshold, &t->of_fold[f], err);
	free(s);
	return code;
}

static enum vq_code score_all(struct vq_training *t, const struct vq_dataset *d,
	const struct vq_train_options *o, struct vq_err *err)
{
	enum vq_code code = VQ_OK;

	for (size_t i = 0; i < d->rows; i++)
		if (vq_label_scores(d->label[i]))
			t->scored[t->scored_count++] = vq_scored_of(d->label[i], &t->judged[i]);
	for (int f = 0; code == VQ_OK && f < o->folds; f++)
		code = score_fold(t, d, o->threshold, f, err);
	if (code == VQ_OK)
		code = vq_metrics(t->scored, t->scored_count, o->threshold, &t->pooled, err);
	return code;
}

static enum vq_code validate(struct vq_training *t, const struct vq_dataset *d,
	const struct vq_train_options *o, struct vq_err *err)
{
	double *p[VQ_CLASSES] = {NULL};
	enum vq_code code = outer_folds(t, d, o, err);

	for (int c = VQ_TEXT; code == VQ_OK && c < VQ_CLASSES; c++)
		if ((p[c] = calloc(d->rows + 1, sizeof *p[c])) == NULL)
			code = vq_nomem(err);
		else
			code = validate_defect(t, d, o, (enum vq_class)c, p[c], err);
	for (size_t i = 0; code == VQ_OK && i < d->rows; i++)
		vq_judgement_combine(p[VQ_TEXT][i], p[VQ_FLICKER][i], &t->judged[i]);
	if (code == VQ_OK)
		code = score_all(t, d, o, err);
	free(p[VQ_TEXT]);
	free(p[VQ_FLICKER]);
	return code;
}

/* Each feature's share of the booster's gain. */
static enum vq_code gain_shares(const struct fitted *f, double *share, struct vq_err *err)
{
	double *gain = calloc(f->cols, sizeof *gain), sum = 0;
	enum vq_code code = gain == NULL ? vq_nomem(err) : vq_booster_gain(f->booster, gain, err);

	for (size_t j = 0; code == VQ_OK && j < f->cols; j++)
		sum += gain[j];
	for (size_t j = 0; code == VQ_OK && j < f->cols; j++)
		share[f->col[j]] = sum > 0 ? gain[j] / sum : 0;
	free(gain);
	return code;
}

/* The final booster of a defect, from all clips. */
static enum vq_code finish(struct vq_training *t, const struct vq_dataset *d,
	const struct vq_train_options *o, enum vq_class defect, struct vq_err *err)
{
	struct vq_choice *c = &t->choice[defect];
	struct fitted f = {0};
	struct problem p;
	json_t *json = NULL;
	enum vq_code code = pose(&p, d, o, defect, t->fold, -1, err);

	if (code == VQ_OK && (code = fit(&p, &f, c, err)) == VQ_OK &&
		(code = gain_shares(&f, t->gain[defect], err)) == VQ_OK)
		code = vq_booster_json(f.booster, &json, err);
	if (code == VQ_OK && (json_object_set_new(t->boosters, vq_class_name(defect), json) < 0 ||
				     json_object_set_new(t->calibration, vq_class_name(defect),
					     json_pack("{s:f,s:f}", "slope", c->slope, "intercept",
						     c->intercept)) < 0))
		code = vq_nomem(err);
	close_fitted(&f);
	close_problem(&p);
	return code;
}

static enum vq_code new_training(
	struct vq_training **t, size_t rows, size_t cols, struct vq_err *err)
{
	struct vq_training *n = calloc(1, sizeof *n);
	bool good = n != NULL;

	*t = n;
	if (good) {
		n->fold = calloc(rows + 1, sizeof *n->fold);
		n->judged = calloc(rows + 1, sizeof *n->judged);
		n->scored = calloc(rows + 1, sizeof *n->scored);
		n->boosters = json_object();
		n->calibration = json_object();
		good = n->fold != NULL && n->judged != NULL && n->scored != NULL &&
		       n->boosters != NULL && n->calibration != NULL;
	}
	for (int c = VQ_TEXT; good && c < VQ_CLASSES; c++) {
		n->gain[c] = calloc(cols + 1, sizeof *n->gain[c]);
		n->drop[c] = calloc(cols + 1, sizeof *n->drop[c]);
		good = n->gain[c] != NULL && n->drop[c] != NULL;
	}
	return good ? VQ_OK : vq_nomem(err);
}

enum vq_code vq_train(struct vq_training **t, const struct vq_dataset *d,
	const struct vq_train_options *o, struct vq_err *err)
{
	enum vq_code code;

	*t = NULL;
	if (vq_dataset_column(d, "has_text_regions") == d->cols)
		return vq_fail(err, VQ_EDATA, "the records have no feature has_text_regions");
	if ((code = new_training(t, d->rows, d->cols, err)) == VQ_OK)
		code = validate(*t, d, o, err);
	for (int c = VQ_TEXT; code == VQ_OK && c < VQ_CLASSES; c++)
		code = finish(*t, d, o, (enum vq_class)c, err);
	if (code != VQ_OK)
		vq_training_free(t);
	return code;
}

void vq_training_free(struct vq_training **t)
{
	if (*t == NULL)
		return;
	free((*t)->fold);
	free((*t)->judged);
	free((*t)->scored);
	for (int c = 0; c < VQ_CLASSES; c++) {
		free((*t)->gain[c]);
		free((*t)->drop[c]);
	}
	json_decref((*t)->boosters);
	json_decref((*t)->calibration);
	free(*t);
	*t = NULL;
}
