#include "train.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "rng.h"

enum { SHUFFLES = 3 };

/* One validation: the sources dealt into folds from one seed, and what came of it. */
struct run {
	const struct vq_dataset *d;
	const struct vq_train_options *o;
	uint64_t seed;
	int *fold;
	struct vq_judgement *judged;
	double beside[VQ_MAX_FOLDS]; /* of the fold's text learner */
	double *proof;		     /* of each row, out of fold */
};

static bool scores(const struct vq_dataset *d, size_t row)
{
	return vq_label_scores(d->label[row]);
}

/* What the rows (n of them) get when a column is shuffled among them, into
 * out[shuffle][feature of the data set][row]. */
static enum vq_code shuffle_columns(const struct vq_dataset *d, const size_t *row, size_t n,
	const struct vq_learner *l, const struct vq_choice *choice, uint64_t seed, double *out,
	struct vq_err *err)
{
	size_t *perm = calloc(n + 1, sizeof *perm);
	float *x = calloc(n * l->cols + 1, sizeof *x);
	double *m = calloc(n + 1, sizeof *m);
	enum vq_code code = x == NULL || m == NULL || perm == NULL ? vq_nomem(err) : VQ_OK;

	for (size_t k = 0; code == VQ_OK && k < SHUFFLES * l->cols; k++) {
		size_t j = k % l->cols, shuffle = k / l->cols;
		double *to = out + (shuffle * d->cols + l->col[j]) * d->rows;

		for (size_t i = 0; i < n; i++) {
			size_t at = (size_t)(vq_rng_next(&seed) % (i + 1));

			perm[i] = perm[at];
			perm[at] = i;
			vq_learner_values(d, l, row[i], x + i * l->cols);
		}
		for (size_t i = 0; i < n; i++) {
			x[i * l->cols + j] = d->x[row[perm[i]] * d->cols + l->col[j]];
			vq_learner_scale(l, x + i * l->cols);
		}
		code = vq_booster_margins(l->booster, x, n, 0, m, err);
		for (size_t i = 0; code == VQ_OK && i < n; i++)
			to[row[i]] = vq_choice_probability(choice, m[i]);
	}
	free(perm);
	free(x);
	free(m);
	return code;
}

/* Judge the rows of fold f for one defect by a model of the other folds. */
static enum vq_code judge_fold(struct run *r, enum vq_class defect, int f, double *probability,
	double *shuffled, struct vq_err *err)
{
	const struct vq_dataset *d = r->d;
	size_t *row = calloc(d->rows + 1, sizeof *row), n = 0;
	float *x = calloc(d->cols + 1, sizeof *x);
	struct vq_learner l = {0};
	struct vq_choice choice = {0};
	struct vq_problem p = {.folds = r->o->folds, .seed = r->seed};
	enum vq_code code = vq_problem_new(&p, d, defect, r->o->manifest, r->fold, f, err);
	double m;

	if (code == VQ_OK && (row == NULL || x == NULL))
		code = vq_nomem(err);
	if (code == VQ_OK)
		code = vq_learner_fit(&p, &l, &choice, err);
	for (size_t i = 0; code == VQ_OK && i < d->rows; i++) {
		if (r->fold[i] != f || !vq_learner_possible(d, i, defect))
			continue;
		vq_learner_values(d, &l, i, x);
		vq_learner_scale(&l, x);
		code = vq_booster_margins(l.booster, x, 1, 0, &m, err);
		probability[i] = vq_choice_probability(&choice, m);
		row[n++] = i;
	}
	if (defect == VQ_TEXT)
		r->beside[f] = choice.beside;
	for (size_t i = 0; code == VQ_OK && defect == VQ_TEXT && i < n; i++)
		r->proof[row[i]] = vq_choice_proof(&choice, d, row[i]);
	/* A column that the booster does not have is as it was: no loss. */
	for (size_t k = 0; code == VQ_OK && k < SHUFFLES * d->cols; k++)
		for (size_t i = 0; i < n; i++)
			shuffled[k * d->rows + row[i]] = probability[row[i]];
	if (code == VQ_OK && n > 0)
		code = shuffle_columns(
			d, row, n, &l, &choice, r->seed + (uint64_t)f, shuffled, err);
	vq_learner_free(&l);
	vq_problem_free(&p);
	free(row);
	free(x);
	return code;
}

/* Mean loss of AUC, over the clips that count for the defect, when a feature is shuffled;
 * added to drop. */
static enum vq_code auc_drop(const struct run *r, enum vq_class defect, const double *probability,
	const double *shuffled, double *drop, struct vq_err *err)
{
	const struct vq_dataset *d = r->d;
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
			if (scores(d, i) && vq_learner_teaches(d, i, defect)) {
				score[n] = from[i];
				truth[n++] = d->label[i]->defect[defect];
			}
		if (k == 0)
			whole = vq_auc(score, truth, n);
		else
			drop[(k - 1) % d->cols] +=
				(whole - vq_auc(score, truth, n)) / (SHUFFLES * r->o->repeats);
	}
	free(score);
	free(truth);
	return VQ_OK;
}

/* Out-of-fold probabilities of one defect for every row, 0 where it cannot be. */
static enum vq_code validate_defect(
	struct run *r, enum vq_class defect, double *probability, double *drop, struct vq_err *err)
{
	double *shuffled = calloc(SHUFFLES * r->d->cols * r->d->rows + 1, sizeof *shuffled);
	enum vq_code code = shuffled == NULL ? vq_nomem(err) : VQ_OK;

	for (int f = 0; code == VQ_OK && f < r->o->folds; f++)
		code = judge_fold(r, defect, f, probability, shuffled, err);
	if (code == VQ_OK)
		code = auc_drop(r, defect, probability, shuffled, drop, err);
	free(shuffled);
	return code;
}

static enum vq_code deal(struct run *r, struct vq_err *err)
{
	const struct vq_dataset *d = r->d;
	struct vq_fold_item *items = calloc(d->rows + 1, sizeof *items);
	enum vq_code code;

	if (items == NULL)
		return vq_nomem(err);
	for (size_t i = 0; i < d->rows; i++) {
		const struct vq_label *l = d->label[i];

		items[i] = (struct vq_fold_item){.group = l->source,
			.stratum =
				scores(d, i) ? l->defect[VQ_TEXT] + 2 * l->defect[VQ_FLICKER] : 4};
	}
	code = vq_folds_assign(items, d->rows, r->o->folds, r->seed, r->fold, err);
	free(items);
	return code;
}

/* The metrics of each fold and of all of them; the scored clips are added to t's. */
static enum vq_code score(
	const struct run *r, struct vq_training *t, int repeat, struct vq_err *err)
{
	struct vq_scored *s = t->scored + t->scored_count;
	enum vq_code code = VQ_OK;
	size_t n = 0, from = 0;

	for (int f = 0; code == VQ_OK && f < r->o->folds; f++, from = n) {
		for (size_t i = 0; i < r->d->rows; i++)
			if (scores(r->d, i) && r->fold[i] == f)
				s[n++] = vq_scored_of(r->d->label[i], &r->judged[i]);
		code = vq_metrics(s + from, n - from, r->o->threshold,
			&t->of_fold[repeat * r->o->folds + f], err);
	}
	if (code == VQ_OK)
		code = vq_metrics(s, n, r->o->threshold, &t->of_repeat[repeat], err);
	t->scored_count += n;
	return code;
}

static enum vq_code judge_all(struct run *r, struct vq_training *t, struct vq_err *err)
{
	double *p[VQ_CLASSES] = {NULL};
	enum vq_code code = deal(r, err);

	memset(r->proof, 0, r->d->rows * sizeof *r->proof);
	for (int c = VQ_TEXT; code == VQ_OK && c < VQ_CLASSES; c++)
		if ((p[c] = calloc(r->d->rows + 1, sizeof *p[c])) == NULL)
			code = vq_nomem(err);
		else
			code = validate_defect(r, (enum vq_class)c, p[c], t->drop[c], err);
	for (size_t i = 0; code == VQ_OK && i < r->d->rows; i++)
		vq_judgement_combine(&(struct vq_stages){.text = p[VQ_TEXT][i],
					     .flicker = p[VQ_FLICKER][i],
					     .beside = r->beside[r->fold[i]],
					     .proof = r->proof[i]},
			&r->judged[i]);
	free(p[VQ_TEXT]);
	free(p[VQ_FLICKER]);
	return code;
}

/* The first validation's folds and judgements are t's own. */
static enum vq_code validate(struct vq_training *t, const struct vq_dataset *d,
	const struct vq_train_options *o, struct vq_err *err)
{
	int *fold = calloc(d->rows + 1, sizeof *fold);
	struct vq_judgement *judged = calloc(d->rows + 1, sizeof *judged);
	double *proof = calloc(d->rows + 1, sizeof *proof);
	enum vq_code code = fold == NULL || judged == NULL || proof == NULL ? vq_nomem(err) : VQ_OK;

	for (int k = 0; code == VQ_OK && k < o->repeats; k++) {
		struct run r = {d, o, o->seed + (uint64_t)k, k == 0 ? t->fold : fold,
			k == 0 ? t->judged : judged, {0}, proof};

		if ((code = judge_all(&r, t, err)) == VQ_OK)
			code = score(&r, t, k, err);
	}
	free(fold);
	free(judged);
	free(proof);
	return code;
}

/* Each feature's share of the booster's gain, or of its weights. */
static enum vq_code gain_shares(const struct vq_learner *l, double *share, struct vq_err *err)
{
	double *gain = calloc(l->cols, sizeof *gain), sum = 0;
	enum vq_code code = gain == NULL ? vq_nomem(err) : vq_booster_gain(l->booster, gain, err);

	for (size_t j = 0; code == VQ_OK && j < l->cols; j++)
		sum += gain[j];
	for (size_t j = 0; code == VQ_OK && j < l->cols; j++)
		share[l->col[j]] = sum > 0 ? gain[j] / sum : 0;
	free(gain);
	return code;
}

/* Put what the defect's learner is into t. */
static enum vq_code keep(
	struct vq_training *t, enum vq_class defect, struct vq_learner *l, struct vq_err *err)
{
	const struct vq_choice *c = &t->choice[defect];
	const char *name = vq_class_name(defect);
	json_t *booster;
	enum vq_code code = vq_booster_json(l->booster, &booster, err);

	if (code != VQ_OK)
		return code;
	if (json_object_set_new(t->boosters, name, booster) < 0 ||
		json_object_set_new(t->calibration, name,
			json_pack("{s:f,s:f}", "slope", c->slope, "intercept", c->intercept)) < 0 ||
		(l->scaling != NULL &&
			json_object_set_new(t->scaling, name, vq_scaling_json(l->scaling)) < 0))
		return vq_nomem(err);
	return VQ_OK;
}

/* The final booster of a defect, from all clips. */
static enum vq_code finish(struct vq_training *t, const struct vq_dataset *d,
	const struct vq_train_options *o, enum vq_class defect, struct vq_err *err)
{
	struct vq_learner l = {0};
	struct vq_problem p = {.folds = o->folds, .seed = o->seed};
	enum vq_code code = vq_problem_new(&p, d, defect, o->manifest, t->fold, -1, err);

	if (code == VQ_OK && (code = vq_learner_fit(&p, &l, &t->choice[defect], err)) == VQ_OK &&
		(code = gain_shares(&l, t->gain[defect], err)) == VQ_OK)
		code = keep(t, defect, &l, err);
	vq_learner_free(&l);
	vq_problem_free(&p);
	return code;
}

static enum vq_code new_training(struct vq_training **t, const struct vq_dataset *d,
	const struct vq_train_options *o, struct vq_err *err)
{
	struct vq_training *n = calloc(1, sizeof *n);
	size_t repeats = (size_t)o->repeats;
	bool good = n != NULL;

	*t = n;
	if (good) {
		n->fold = calloc(d->rows + 1, sizeof *n->fold);
		n->judged = calloc(d->rows + 1, sizeof *n->judged);
		n->scored = calloc(repeats * d->rows + 1, sizeof *n->scored);
		n->of_fold = calloc(repeats * (size_t)o->folds, sizeof *n->of_fold);
		n->of_repeat = calloc(repeats, sizeof *n->of_repeat);
		n->boosters = json_object();
		n->calibration = json_object();
		n->scaling = json_object();
		good = n->fold != NULL && n->judged != NULL && n->scored != NULL &&
		       n->of_fold != NULL && n->of_repeat != NULL && n->boosters != NULL &&
		       n->calibration != NULL && n->scaling != NULL;
	}
	for (int c = VQ_TEXT; good && c < VQ_CLASSES; c++) {
		n->gain[c] = calloc(d->cols + 1, sizeof *n->gain[c]);
		n->drop[c] = calloc(d->cols + 1, sizeof *n->drop[c]);
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
	if ((code = new_training(t, d, o, err)) == VQ_OK)
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
	free((*t)->of_fold);
	free((*t)->of_repeat);
	for (int c = 0; c < VQ_CLASSES; c++) {
		free((*t)->gain[c]);
		free((*t)->drop[c]);
	}
	json_decref((*t)->boosters);
	json_decref((*t)->calibration);
	json_decref((*t)->scaling);
	free(*t);
	*t = NULL;
}
