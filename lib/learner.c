#include "learner.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "validate.h"

/* The measures that come first.  Which ones part a few clips best is chance, so they are
 * chosen by what they measure.  Flicker: those that were made for it.  Text: each way in
 * which letters or the picture can change once, not every percentile of it, and what
 * surrounds the letters to compare with. */
static const char *const first_of_text[] = {"text_change", "text_excess", "text_floor", "text_ring",
	"text_stroke", "text_edge", "text_edge_floor", "text_change_2", "text_ratio",
	"text_scene_ratio", "text_edit", "text_consensus", "text_confidence_change", "text_jitter",
	"text_life", "unsteady", "abrupt_p75", "abrupt_fine_p75", "abrupt_chroma_p75", "part_steps",
	"alternation_luma_p75", "alternation_chroma_p90", "second_difference_over_edges_p75",
	"structure_over_texture_p90", "mismatch_over_edges_p90", "return_share_p90",
	"reversals_any_frame_p75", "swing_luma_p75", "whole_frame_alternation", "warping_error",
	"ssim_loss_mean", "histogram_loss_mean", "unexplained_structure_mean"};
static const char *const first_of_flicker[] = {"unsteady", "unsteady_part"};

enum {
	TEXT_FEATURES = sizeof first_of_text / sizeof *first_of_text,
	FLICKER_FEATURES = sizeof first_of_flicker / sizeof *first_of_flicker,
};

static const struct {
	const char *const *name;
	size_t count;
} first[VQ_CLASSES] = {[VQ_TEXT] = {first_of_text, TEXT_FEATURES},
	[VQ_FLICKER] = {first_of_flicker, FLICKER_FEATURES}};

/* The sizes that the inner validation chooses from.  Text changes in ways that belong
 * together, measured on few clips: a weighted sum of them that is held small errs less than
 * trees.  Flicker is one thing: small trees, in which more of each measure may then only
 * mean more (or only less) of the defect.  tests/bench/models.py compares. */
static const struct size {
	enum vq_class defect;
	int depth; /* of trees; 0: linear */
	double penalty;
} sizes[] = {
	{VQ_TEXT, 0, 0.1},
	{VQ_TEXT, 0, 0.2},
	{VQ_TEXT, 0, 0.4},
	{VQ_FLICKER, 1, 2},
	{VQ_FLICKER, 2, 2},
};

/* What a clip that was made counts.  Put-in flicker is much like that of generators;
 * put-in letters mutate in other ways, and with more weight cost accuracy. */
static const double made_weight[VQ_CLASSES] = {[VQ_TEXT] = 0.2, [VQ_FLICKER] = 0.5};

static const int checkpoints[] = {20, 40, 60, 80, 120};

enum {
	SIZES = sizeof sizes / sizeof *sizes,
	CHECKPOINTS = sizeof checkpoints / sizeof *checkpoints,
	MAX_ROUNDS = 120,
	LINEAR_ROUNDS = 50, /* more change no digit of the inner log loss */
};

void vq_learner_free(struct vq_learner *l)
{
	vq_booster_free(&l->booster);
	vq_scaling_free(&l->scaling);
	free(l->col);
	free(l->falls);
}

static const struct vq_label *label_of(const struct vq_problem *p, size_t i)
{
	return p->d->label[p->row[i]];
}

static bool truth_of(const struct vq_problem *p, size_t i)
{
	return label_of(p, i)->defect[p->defect];
}

static bool teaches(const struct vq_problem *p, size_t i)
{
	return vq_learner_teaches(p->d, p->row[i], p->defect);
}

bool vq_learner_possible(const struct vq_dataset *d, size_t row, enum vq_class defect)
{
	return defect != VQ_TEXT ||
	       d->x[row * d->cols + vq_dataset_column(d, "has_text_regions")] > 0;
}

bool vq_learner_teaches(const struct vq_dataset *d, size_t row, enum vq_class defect)
{
	const bool *has = d->label[row]->defect;

	return vq_learner_possible(d, row, defect) &&
	       !(defect == VQ_TEXT && has[VQ_FLICKER] && !has[VQ_TEXT]);
}

void vq_learner_values(const struct vq_dataset *d, const struct vq_learner *l, size_t row, float *x)
{
	for (size_t j = 0; j < l->cols; j++)
		x[j] = d->x[row * d->cols + l->col[j]];
}

void vq_learner_scale(const struct vq_learner *l, float *x)
{
	if (l->scaling != NULL)
		vq_scaling_apply(l->scaling, x);
}

double vq_choice_probability(const struct vq_choice *c, double margin)
{
	return 1 / (1 + exp(-(c->slope * margin + c->intercept)));
}

/* The picked rows of the problem as one table, unscaled. */
static float *copy_rows(
	const struct vq_problem *p, const struct vq_learner *l, const size_t *pick, size_t n)
{
	float *x = calloc(n * l->cols + 1, sizeof *x);

	for (size_t i = 0; x != NULL && i < n; i++)
		vq_learner_values(p->d, l, p->row[pick[i]], x + i * l->cols);
	return x;
}

static void scale_rows(const struct vq_learner *l, float *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		vq_learner_scale(l, x + i * l->cols);
}

struct strength {
	double value; /* |AUC - 1/2|, and more for the first ones */
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

/* What one of the defect's first measures has over the strongest of the others, which have
 * 0. */
static double lead_of(enum vq_class defect, const char *name)
{
	size_t n = first[defect].count;

	for (size_t i = 0; i < n; i++)
		if (strcmp(name, first[defect].name[i]) == 0)
			return (double)(n - i);
	return 0;
}

/* As many columns as the defect has first measures: those, and where records lack some, the
 * ones that part the picked rows best, each alone. */
static enum vq_code select_columns(const struct vq_problem *p, const size_t *pick, size_t n,
	struct vq_learner *l, struct vq_err *err)
{
	struct strength *s = calloc(p->cols, sizeof *s);
	double *score = calloc(n + 1, sizeof *score);
	bool *truth = calloc(n + 1, sizeof *truth);
	enum vq_code code = VQ_OK;

	l->col = calloc(p->cols, sizeof *l->col);
	l->falls = calloc(p->cols, sizeof *l->falls);
	if (s == NULL || score == NULL || truth == NULL || l->col == NULL || l->falls == NULL) {
		code = vq_nomem(err);
		goto done;
	}
	for (size_t j = 0; j < p->cols; j++) {
		double auc;

		for (size_t i = 0; i < n; i++) {
			score[i] = (double)p->d->x[p->row[pick[i]] * p->d->cols + p->col[j]];
			truth[i] = truth_of(p, pick[i]);
		}
		auc = vq_auc(score, truth, n);
		s[j] = (struct strength){isfinite(auc) ? fabs(auc - 0.5) : 0, p->col[j], auc < 0.5};
		s[j].value += lead_of(p->defect, p->d->names[p->col[j]]);
	}
	qsort(s, p->cols, sizeof *s, by_strength);
	l->cols = p->cols < first[p->defect].count ? p->cols : first[p->defect].count;
	qsort(s, l->cols, sizeof *s, by_column);
	for (size_t j = 0; j < l->cols; j++) {
		l->col[j] = s[j].col;
		l->falls[j] = s[j].falls;
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
static float *weights(const struct vq_problem *p, const size_t *pick, size_t n)
{
	float *w = calloc(n + 1, sizeof *w);
	double sum = 0;

	for (size_t i = 0; w != NULL && i < n; i++) {
		const char *source = label_of(p, pick[i])->source;
		size_t same = 0;

		for (size_t k = 0; k < n; k++)
			same += strcmp(source, label_of(p, pick[k])->source) == 0;
		w[i] = (float)((label_of(p, pick[i])->made ? made_weight[p->defect] : 1) /
			       sqrt((double)same));
		sum += (double)w[i];
	}
	for (size_t i = 0; w != NULL && i < n; i++)
		w[i] = (float)((double)w[i] * (double)n / sum);
	return w;
}

/* XGBoost's list of directions: (1,-1,...). */
static void write_directions(const struct vq_learner *l, char *out)
{
	for (size_t j = 0; j < l->cols; j++)
		out += sprintf(out, "%s%d", j == 0 ? "(" : ",", l->falls[j] ? -1 : 1);
	strcpy(out, ")");
}

static enum vq_code boost_trees(const struct vq_matrix *m, const struct size *size, int rounds,
	struct vq_learner *l, struct vq_err *err)
{
	char depth[12], penalty[24], directions[4 * FLICKER_FEATURES + 2];
	const struct vq_booster_param params[] = {{"objective", "binary:logistic"},
		{"booster", "gbtree"}, {"max_depth", depth}, {"eta", "0.05"}, {"subsample", "0.7"},
		{"colsample_bynode", "0.3"}, {"min_child_weight", "2"}, {"lambda", penalty},
		{"monotone_constraints", directions}, {NULL, NULL}};

	snprintf(depth, sizeof depth, "%d", size->depth);
	snprintf(penalty, sizeof penalty, "%g", size->penalty);
	write_directions(l, directions);
	return vq_booster_train(&l->booster, m, params, rounds, err);
}

/* Coordinates in turn, without chance. */
static enum vq_code boost_linear(const struct vq_matrix *m, const struct size *size,
	struct vq_learner *l, struct vq_err *err)
{
	char penalty[24];
	const struct vq_booster_param params[] = {{"objective", "binary:logistic"},
		{"booster", "gblinear"}, {"updater", "coord_descent"},
		{"feature_selector", "cyclic"}, {"eta", "0.5"}, {"lambda", penalty}, {NULL, NULL}};

	snprintf(penalty, sizeof penalty, "%g", size->penalty);
	return vq_booster_train(&l->booster, m, params, LINEAR_ROUNDS, err);
}

/* Train on the picked rows.  l is freed by the caller, also after a failure. */
static enum vq_code train_on(const struct vq_problem *p, const size_t *pick, size_t n,
	const struct size *size, int rounds, struct vq_learner *l, struct vq_err *err)
{
	float *x = NULL, *label = calloc(n + 1, sizeof *label), *weight = weights(p, pick, n);
	const char **names = calloc(p->cols, sizeof *names);
	enum vq_code code;

	*l = (struct vq_learner){0};
	code = label == NULL || weight == NULL || names == NULL
		       ? vq_nomem(err)
		       : select_columns(p, pick, n, l, err);
	if (code == VQ_OK && (x = copy_rows(p, l, pick, n)) == NULL)
		code = vq_nomem(err);
	if (code == VQ_OK && size->depth == 0 &&
		(code = vq_scaling_fit(&l->scaling, x, n, l->cols, err)) == VQ_OK)
		scale_rows(l, x, n);
	if (code == VQ_OK) {
		struct vq_matrix m = {n, l->cols, x, label, weight, names};

		for (size_t i = 0; i < n; i++)
			label[i] = truth_of(p, pick[i]);
		for (size_t j = 0; j < l->cols; j++)
			names[j] = p->d->names[l->col[j]];
		code = size->depth == 0 ? boost_linear(&m, size, l, err)
					: boost_trees(&m, size, rounds, l, err);
	}
	free(x);
	free(label);
	free(weight);
	free(names);
	return code;
}

static enum vq_code assign(const struct vq_problem *p, int folds, int *fold, struct vq_err *err)
{
	struct vq_fold_item *items = calloc(p->n + 1, sizeof *items);
	enum vq_code code;

	if (items == NULL)
		return vq_nomem(err);
	for (size_t i = 0; i < p->n; i++)
		items[i] = (struct vq_fold_item){
			.group = label_of(p, i)->source, .stratum = truth_of(p, i)};
	code = vq_folds_assign(items, p->n, folds, p->seed + 1, fold, err);
	free(items);
	return code;
}

/* How many of the checkpoints a size has: a linear booster is only whole. */
static size_t steps_of(const struct size *size)
{
	return size->depth == 0 ? 1 : CHECKPOINTS;
}

/* Margins of the rows of one inner fold, at every checkpoint, from the others. */
static enum vq_code inner_fold(const struct vq_problem *p, const int *fold, int f,
	const struct size *size, double *margin, struct vq_err *err)
{
	size_t *in = calloc(p->n + 1, sizeof *in), *out = calloc(p->n + 1, sizeof *out);
	double *got = calloc(p->n + 1, sizeof *got);
	size_t ins = 0, outs = 0;
	struct vq_learner l = {0};
	enum vq_code code = VQ_OK;
	float *x = NULL;

	if (in == NULL || out == NULL || got == NULL) {
		code = vq_nomem(err);
		goto done;
	}
	for (size_t i = 0; i < p->n; i++)
		if (fold[i] == f)
			out[outs++] = i;
		else if (teaches(p, i))
			in[ins++] = i;
	code = train_on(p, in, ins, size, MAX_ROUNDS, &l, err);
	if (code == VQ_OK && (x = copy_rows(p, &l, out, outs)) == NULL)
		code = vq_nomem(err);
	if (code == VQ_OK)
		scale_rows(&l, x, outs);
	for (size_t c = 0; code == VQ_OK && c < steps_of(size); c++) {
		code = vq_booster_margins(
			l.booster, x, outs, size->depth == 0 ? 0 : checkpoints[c], got, err);
		for (size_t i = 0; code == VQ_OK && i < outs; i++)
			margin[c * p->n + out[i]] = got[i];
	}
done:
	vq_learner_free(&l);
	free(x);
	free(in);
	free(out);
	free(got);
	return code;
}

/* How much of the text's probability holds where the picture flickers, from the real clips
 * that do; towards 1/2 where there are few. */
static double beside_flicker(
	const struct vq_problem *p, const struct vq_choice *choice, const double *margin)
{
	double with = 1, expected = 2;

	for (size_t i = 0; i < p->n; i++)
		if (!label_of(p, i)->made && label_of(p, i)->defect[VQ_FLICKER]) {
			with += truth_of(p, i);
			expected += vq_choice_probability(choice, margin[i]);
		}
	return fmin(1, with / expected);
}

/* How likely the rows' labels are, in logarithms, by what a booster says and what is proved. */
static double likelihood(const struct vq_problem *p, const struct vq_choice *choice,
	const double *margin, const struct vq_proof *proof, size_t column)
{
	double sum = 0;

	for (size_t i = 0; i < p->n; i++) {
		double value = p->d->x[p->row[i] * p->d->cols + column];
		double q = vq_proof_of(proof, value);
		double none = (1 - vq_choice_probability(choice, margin[i])) * (1 - q);

		if (teaches(p, i))
			sum += log(fmax(1e-6, truth_of(p, i) ? 1 - none : none));
	}
	return sum;
}

#define CHANCE 2 /* what one number more gains by chance, in one case of twenty */

/* Where half is proved: what makes the labels likeliest, from the whole range down.  Made clips
 * count as much as real ones, as a proof is the same in both. */
static struct vq_proof learn_proof(
	const struct vq_problem *p, const struct vq_choice *choice, const double *margin)
{
	size_t column = vq_dataset_column(p->d, VQ_PROOF_FEATURE);
	struct vq_proof best = {0}, proof;
	double most, l;

	if (column == p->d->cols)
		return best;
	most = likelihood(p, choice, margin, &best, column) + CHANCE;
	for (proof.half = 1; proof.half > 1e-3; proof.half *= 0.9)
		if ((l = likelihood(p, choice, margin, &proof, column)) > most) {
			most = l;
			best = proof;
		}
	return best;
}

/* Take the size and round whose inner out-of-fold margins of the real clips that teach,
 * calibrated, are the most likely. */
static void compare(const struct vq_problem *p, size_t size, size_t step, const double *margin,
	double *score, bool *truth, struct vq_choice *best)
{
	const struct size *s = &sizes[size];
	double slope, intercept, loss;
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		if (!label_of(p, i)->made && teaches(p, i)) {
			score[n] = margin[i];
			truth[n++] = truth_of(p, i);
		}
	vq_platt(score, truth, n, &slope, &intercept);
	loss = vq_log_loss(score, truth, n, slope, intercept);
	if (!(loss < best->log_loss))
		return;
	*best = (struct vq_choice){.size = size,
		.kind = s->depth == 0 ? "linear" : "trees",
		.depth = s->depth,
		.rounds = s->depth == 0 ? 0 : checkpoints[step],
		.penalty = s->penalty,
		.slope = slope,
		.intercept = intercept,
		.log_loss = loss};
	best->beside = 1;
	if (p->defect == VQ_TEXT) {
		best->beside = beside_flicker(p, best, margin);
		best->proof = learn_proof(p, best, margin);
	}
}

static enum vq_code choose(const struct vq_problem *p, const int *fold, int folds,
	struct vq_choice *best, struct vq_err *err)
{
	double *margin = calloc(CHECKPOINTS * p->n + 1, sizeof *margin);
	double *score = calloc(p->n + 1, sizeof *score);
	bool *truth = calloc(p->n + 1, sizeof *truth);
	enum vq_code code =
		margin == NULL || score == NULL || truth == NULL ? vq_nomem(err) : VQ_OK;

	best->log_loss = INFINITY;
	for (size_t k = 0; code == VQ_OK && k < SIZES; k++) {
		if (sizes[k].defect != p->defect)
			continue;
		for (int f = 0; code == VQ_OK && f < folds; f++)
			code = inner_fold(p, fold, f, &sizes[k], margin, err);
		for (size_t c = 0; code == VQ_OK && c < steps_of(&sizes[k]); c++)
			compare(p, k, c, margin + c * p->n, score, truth, best);
	}
	free(margin);
	free(score);
	free(truth);
	return code;
}

double vq_choice_proof(const struct vq_choice *c, const struct vq_dataset *d, size_t row)
{
	size_t column = vq_dataset_column(d, VQ_PROOF_FEATURE);

	return column == d->cols ? 0 : vq_proof_of(&c->proof, d->x[row * d->cols + column]);
}

/* Enough sources on both sides, or nothing can be learned across sources. */
static enum vq_code enough(const struct vq_problem *p, size_t *sources, struct vq_err *err)
{
	const char *seen[2] = {NULL, NULL};
	size_t n[2] = {0, 0};

	*sources = 0;
	for (size_t i = 0; i < p->n; i++) {
		const char *source = label_of(p, i)->source;
		bool t = truth_of(p, i), fresh = true;

		for (size_t k = 0; k < i && fresh; k++)
			fresh = strcmp(source, label_of(p, k)->source) != 0;
		*sources += fresh;
		if (teaches(p, i) && (n[t] == 0 || (n[t] == 1 && strcmp(seen[t], source) != 0))) {
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

enum vq_code vq_learner_fit(const struct vq_problem *p, struct vq_learner *l,
	struct vq_choice *choice, struct vq_err *err)
{
	size_t *pick = calloc(p->n + 1, sizeof *pick), n = 0, sources = 0, positives = 0;
	int *fold = calloc(p->n + 1, sizeof *fold), folds;
	enum vq_code code = pick == NULL || fold == NULL ? vq_nomem(err) : enough(p, &sources, err);

	*l = (struct vq_learner){0};
	if (code == VQ_OK) {
		folds = sources < (size_t)p->folds ? (int)sources : p->folds;
		if ((code = assign(p, folds, fold, err)) == VQ_OK)
			code = choose(p, fold, folds, choice, err);
	}
	if (code == VQ_OK) {
		for (size_t i = 0; i < p->n; i++)
			if (teaches(p, i)) {
				positives += truth_of(p, i);
				pick[n++] = i;
			}
		code = train_on(p, pick, n, &sizes[choice->size], choice->rounds, l, err);
		choice->clips = n;
		choice->positives = positives;
		choice->features = l->cols;
	}
	free(pick);
	free(fold);
	return code;
}

void vq_problem_free(struct vq_problem *p)
{
	free(p->row);
	free(p->col);
}

/* Flicker is not judged by text: the letters of old generators mutate, and their
 * pictures flicker, but one is no sign of the other. */
static bool wanted(const struct vq_feature *f, enum vq_class defect)
{
	return f == NULL || (strcmp(f->group, "clip") != 0 &&
				    !(defect == VQ_FLICKER && strcmp(f->group, "text") == 0));
}

enum vq_code vq_problem_new(struct vq_problem *p, const struct vq_dataset *d, enum vq_class defect,
	const struct vq_manifest *manifest, const int *fold, int without, struct vq_err *err)
{
	p->d = d;
	p->defect = defect;
	p->n = p->cols = 0;
	p->row = calloc(d->rows + 1, sizeof *p->row);
	p->col = calloc(d->cols + 1, sizeof *p->col);
	if (p->row == NULL || p->col == NULL)
		return vq_nomem(err);
	for (size_t i = 0; i < d->rows; i++)
		if (fold[i] != without && !d->label[i]->disputed &&
			vq_learner_possible(d, i, defect))
			p->row[p->n++] = i;
	for (size_t j = 0; j < d->cols; j++)
		if (j != vq_dataset_column(d, VQ_PROOF_FEATURE) &&
			wanted(manifest != NULL ? vq_manifest_find(manifest, d->names[j]) : NULL,
				defect))
			p->col[p->cols++] = j;
	return p->cols > 0 ? VQ_OK
			   : vq_fail(err, VQ_EDATA, "no feature for %s", vq_class_name(defect));
}
