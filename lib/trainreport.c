#include "trainreport.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drift.h"
#include "num.h"
#include "record.h"
#include "scorecard.h"
#include "version.h"

/* null where the number is not defined. */
static json_t *number(double v)
{
	return isfinite(v) ? vq_record_number(v, 6) : json_null();
}

/* The numbers of several parts of a validation, or of several validations. */
struct spread {
	double mean[VQ_NUMBERS], sd[VQ_NUMBERS]; /* sample standard deviation */
};

/* Over the parts in which a number is defined. */
static struct spread spread(const struct vq_metrics *m, int n)
{
	struct spread s;

	for (int i = 0; i < VQ_NUMBERS; i++) {
		double sum = 0, square = 0, defined = 0, v[VQ_NUMBERS];

		for (int k = 0; k < n; k++) {
			vq_numbers(&m[k], v);
			if (isfinite(v[i])) {
				sum += v[i];
				defined++;
			}
		}
		s.mean[i] = defined > 0 ? sum / defined : NAN;
		for (int k = 0; k < n; k++) {
			vq_numbers(&m[k], v);
			if (isfinite(v[i]))
				square += (v[i] - s.mean[i]) * (v[i] - s.mean[i]);
		}
		s.sd[i] = defined > 1 ? sqrt(square / (defined - 1)) : NAN;
	}
	return s;
}

/* ---- model ---- */

static json_t *config_json(const struct vq_train_options *o)
{
	return json_pack("{s:i,s:i,s:I,s:f}", "folds", o->folds, "repeats", o->repeats, "seed",
		(json_int_t)o->seed, "model.binary_threshold", o->threshold);
}

/* Of everything that the model depends on: the labels, the features, the options. */
static enum vq_code inputs_hash(const struct vq_dataset *d, const struct vq_train_options *o,
	char hex[VQ_SHA256_HEX], struct vq_err *err)
{
	char text[512];

	snprintf(text, sizeof text, "%s\n%s\n%d\n%llu\n%.9g\n", d->labels->sha256, d->sha256,
		o->folds, (unsigned long long)o->seed, o->threshold);
	return vq_sha256(text, strlen(text), hex, err);
}

/* The version tells two models apart: it ends in the hash of what judges. */
static enum vq_code version_of(
	const struct vq_training *t, char *version, size_t size, struct vq_err *err)
{
	const struct vq_choice *c = &t->choice[VQ_TEXT];
	json_t *parts = json_pack(
		"[O,O,O,f,f]", t->calibration, t->boosters, t->scaling, c->beside, c->proof.half);
	char *text =
		parts == NULL ? NULL : json_dumps(parts, JSON_COMPACT | JSON_REAL_PRECISION(9));
	char hash[VQ_SHA256_HEX];
	enum vq_code code = text == NULL ? vq_nomem(err) : vq_sha256(text, strlen(text), hash, err);

	if (code == VQ_OK)
		snprintf(version, size, "%s+%.8s", VQ_VERSION, hash);
	json_decref(parts);
	free(text);
	return code;
}

enum vq_code vq_train_model(
	const struct vq_training *t, const struct vq_dataset *d, json_t **model, struct vq_err *err)
{
	const struct vq_choice *text = &t->choice[VQ_TEXT];
	char version[64];
	enum vq_code code;

	*model = NULL;
	if ((code = version_of(t, version, sizeof version, err)) != VQ_OK)
		return code;
	*model = json_pack("{s:s,s:s,s:{s:s,s:s},s:O,s:f,s:{s:f},s:O,s:O}", "type", "vidqc-model",
		"version", version, "extractor", "version", d->extractor, "manifest", d->manifest,
		"calibration", t->calibration, "text_beside_flicker", text->beside,
		VQ_PROOF_FEATURE, "half", text->proof.half, "scaling", t->scaling, "boosters",
		t->boosters);
	return *model != NULL ? VQ_OK : vq_nomem(err);
}

/* ---- manifest ---- */

/* Which clips took part, so that no one takes them for a test. */
static json_t *names_json(const struct vq_dataset *d)
{
	json_t *names = json_array();

	for (size_t i = 0; i < d->rows && names != NULL; i++)
		if (json_array_append_new(names, json_string(d->label[i]->clip_id)) != 0) {
			json_decref(names);
			names = NULL;
		}
	return names;
}

static json_t *data_json(const struct vq_dataset *d)
{
	size_t classes[VQ_CLASSES] = {0}, defects[VQ_CLASSES] = {0}, disputed = 0, made = 0,
	       sources = 0;

	for (size_t i = 0; i < d->rows; i++) {
		const struct vq_label *l = d->label[i];
		bool fresh = true;

		for (size_t k = 0; k < i && fresh; k++)
			fresh = strcmp(l->source, d->label[k]->source) != 0;
		sources += fresh;
		disputed += l->disputed;
		made += l->made;
		classes[l->category] += vq_label_scores(l);
		for (int c = VQ_TEXT; c < VQ_CLASSES; c++)
			defects[c] += l->defect[c] && vq_label_scores(l);
	}
	return json_pack("{s:s,s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:{s:I,s:I,s:I},s:{s:I,s:I},s:o}",
		"labels_sha256", d->labels->sha256, "features_sha256", d->sha256, "labelled",
		(json_int_t)d->labels->count, "missing_features", (json_int_t)d->missing,
		"unlabelled_records", (json_int_t)d->unlabelled, "disputed", (json_int_t)disputed,
		"made", (json_int_t)made, "used", (json_int_t)(d->rows - disputed - made),
		"sources", (json_int_t)sources, "categories", "NONE", (json_int_t)classes[VQ_NONE],
		"TEXT_INCONSISTENCY", (json_int_t)classes[VQ_TEXT], "TEMPORAL_FLICKER",
		(json_int_t)classes[VQ_FLICKER], "defects", "TEXT_INCONSISTENCY",
		(json_int_t)defects[VQ_TEXT], "TEMPORAL_FLICKER", (json_int_t)defects[VQ_FLICKER],
		"clips", names_json(d));
}

struct importance {
	const char *name;
	double gain, drop;
};

static int by_importance(const void *a, const void *b)
{
	const struct importance *x = a, *y = b;

	if (x->drop != y->drop)
		return x->drop < y->drop ? 1 : -1;
	if (x->gain != y->gain)
		return x->gain < y->gain ? 1 : -1;
	return strcmp(x->name, y->name);
}

static json_t *importances_json(
	const struct vq_training *t, const struct vq_dataset *d, enum vq_class c)
{
	struct importance *v = calloc(d->cols + 1, sizeof *v);
	json_t *list = json_array();

	for (size_t j = 0; v != NULL && j < d->cols; j++)
		v[j] = (struct importance){d->names[j], vq_num_round(t->gain[c][j], 6),
			vq_num_round(t->drop[c][j], 6)};
	if (v != NULL)
		qsort(v, d->cols, sizeof *v, by_importance);
	for (size_t j = 0; v != NULL && j < d->cols; j++)
		json_array_append_new(
			list, json_pack("{s:s,s:o,s:o}", "feature", v[j].name, "auc_drop",
				      number(v[j].drop), "gain", number(v[j].gain)));
	free(v);
	return list;
}

static json_t *boosters_json(const struct vq_training *t, const struct vq_dataset *d)
{
	json_t *o = json_object();

	for (int c = VQ_TEXT; c < VQ_CLASSES; c++) {
		const struct vq_choice *k = &t->choice[c];

		json_object_set_new(o, vq_class_name((enum vq_class)c),
			json_pack("{s:s,s:I,s:i,s:i,s:f,s:o,s:o,s:o,s:I,s:I,s:f,s:o}", "kind",
				k->kind, "features_used", (json_int_t)k->features, "depth",
				k->depth, "rounds", k->rounds, "penalty", k->penalty, "slope",
				number(k->slope), "intercept", number(k->intercept),
				"inner_log_loss", number(k->log_loss), "clips",
				(json_int_t)k->clips, "positives", (json_int_t)k->positives,
				"half_proved", k->proof.half, "features",
				importances_json(t, d, (enum vq_class)c)));
	}
	return o;
}

/* The scorecard of all judgements; its "pooled" becomes the mean over the validations, each
 * with all its folds together.  Beside it the numbers of each fold and their spread. */
static enum vq_code validation_json(const struct vq_training *t, const struct vq_train_options *o,
	const struct spread *of_folds, json_t **out, struct vq_err *err)
{
	enum vq_code code = vq_scorecard(t->scored, t->scored_count, o->threshold, out, err);
	struct spread pooled = spread(t->of_repeat, o->repeats);
	json_t *folds;
	double v[VQ_NUMBERS];

	if (code != VQ_OK)
		return code;
	folds = json_array();
	for (int f = 0; f < o->repeats * o->folds; f++) {
		vq_numbers(&t->of_fold[f], v);
		json_array_append_new(folds, vq_numbers_json(v));
	}
	json_object_set_new(*out, "pooled", vq_numbers_json(pooled.mean));
	json_object_set_new(*out, "pooled_standard_deviation", vq_numbers_json(pooled.sd));
	json_object_set_new(*out, "mean", vq_numbers_json(of_folds->mean));
	json_object_set_new(*out, "standard_deviation", vq_numbers_json(of_folds->sd));
	json_object_set_new(*out, "folds", folds);
	return VQ_OK;
}

enum vq_code vq_train_manifest(const struct vq_training *t, const struct vq_dataset *d,
	const struct vq_train_options *o, const char *model_version, const char *model_sha256,
	json_t **manifest, struct vq_err *err)
{
	struct spread of_folds = spread(t->of_fold, o->repeats * o->folds);
	double f1_sd = vq_number(of_folds.sd, "f1");
	char hash[VQ_SHA256_HEX];
	json_t *validation, *drift;
	enum vq_code code;

	*manifest = NULL;
	if ((code = inputs_hash(d, o, hash, err)) != VQ_OK ||
		(code = vq_drift_json(d, &drift, err)) != VQ_OK)
		return code;
	if ((code = validation_json(t, o, &of_folds, &validation, err)) != VQ_OK) {
		json_decref(drift);
		return code;
	}
	*manifest = json_pack("{s:s,s:{s:s,s:s},s:{s:s},s:{s:s,s:s},s:o,s:o,s:s,s:o,s:o,s:o,s:o}",
		"type", "vidqc-model-manifest", "model", "version", model_version, "sha256",
		model_sha256, "vidqc", "version", VQ_VERSION, "extractor", "version", d->extractor,
		"manifest", d->manifest, "data", data_json(d), "config", config_json(o),
		"inputs_sha256", hash, "validation", validation, "gate",
		vq_gates_json(of_folds.mean, &f1_sd), "boosters", boosters_json(t, d), "drift",
		drift);
	return *manifest != NULL ? VQ_OK : vq_nomem(err);
}

/* ---- report ---- */

static const json_t *get(const json_t *o, const char *a, const char *b)
{
	return json_object_get(json_object_get(o, a), b);
}

static void report_data(FILE *out, const json_t *m)
{
	const json_t *d = json_object_get(m, "data");
	const char *k;
	json_t *v;

	fprintf(out, "vidqc model %s\n\n", json_string_value(get(m, "model", "version")));
	fprintf(out,
		"%lld clips of %lld sources (%lld more are disputed and take no part, %lld were "
		"made for training and are not scored, %lld are labelled but have no "
		"features)\n",
		json_integer_value(json_object_get(d, "used")),
		json_integer_value(json_object_get(d, "sources")),
		json_integer_value(json_object_get(d, "disputed")),
		json_integer_value(json_object_get(d, "made")),
		json_integer_value(json_object_get(d, "missing_features")));
	json_object_foreach((json_t *)get(m, "data", "categories"), k, v)
		fprintf(out, "  %-20s %lld\n", k, json_integer_value(v));
}

static void report_scores(FILE *out, const json_t *m)
{
	const json_t *v = json_object_get(m, "validation");
	const char *k;
	json_t *x;

	fprintf(out,
		"\nEach clip judged by a model that saw no clip of its source, %lld times, each "
		"with other\nfolds, %lld of them; mean and standard deviation over the folds, and "
		"over the times with\nall folds together:\n"
		"  %-24s %8s %8s %8s %8s\n",
		json_integer_value(get(m, "config", "repeats")),
		json_integer_value(get(m, "config", "folds")), "", "fold", "+-", "all", "+-");
	json_object_foreach(json_object_get(v, "mean"), k, x)
	{
		fprintf(out, "  %-24s", k);
		vq_print_value(out, x);
		vq_print_value(out, get(v, "standard_deviation", k));
		vq_print_value(out, get(v, "pooled", k));
		vq_print_value(out, get(v, "pooled_standard_deviation", k));
		fputc('\n', out);
	}
}

/* "131 features, linear, penalty 0.2", "2 features, trees, penalty 2, depth 1, 40 rounds" */
static void report_kind(FILE *out, const json_t *booster)
{
	json_int_t depth = json_integer_value(json_object_get(booster, "depth"));
	double half = json_number_value(json_object_get(booster, "half_proved"));

	fprintf(out, "%lld features, %s, penalty %g",
		json_integer_value(json_object_get(booster, "features_used")),
		json_string_value(json_object_get(booster, "kind")),
		json_number_value(json_object_get(booster, "penalty")));
	if (depth > 0)
		fprintf(out, ", depth %lld, %lld rounds", depth,
			json_integer_value(json_object_get(booster, "rounds")));
	if (half > 0)
		fprintf(out, ", half proved by " VQ_PROOF_FEATURE " %.4f", half);
}

static void report_features(FILE *out, const json_t *m)
{
	const char *name;
	json_t *b;

	json_object_foreach(json_object_get(m, "boosters"), name, b)
	{
		const json_t *list = json_object_get(b, "features"), *f;
		size_t i;

		fprintf(out, "\n%s: ", name);
		report_kind(out, b);
		fputs("; what it rests on (AUC lost when a feature is shuffled, share of gain or "
		      "weights):\n",
			out);
		json_array_foreach(list, i, f) if (i < 15) fprintf(out, "  %-40s %8.4f %8.4f\n",
			json_string_value(json_object_get(f, "feature")),
			json_number_value(json_object_get(f, "auc_drop")),
			json_number_value(json_object_get(f, "gain")));
	}
}

static void report_drift(FILE *out, const json_t *m)
{
	const json_t *drift = json_object_get(m, "drift"), *f;
	size_t i;

	fprintf(out,
		"\nMade clips against real ones of the same label, difference of means in standard "
		"deviations;\n%lld of %zu features differ by more than %g, the largest:\n  %-40s",
		json_integer_value(json_object_get(drift, "flagged")),
		json_array_size(json_object_get(drift, "features")),
		json_number_value(json_object_get(drift, "above")), "");
	for (int c = 0; c < VQ_CLASSES; c++)
		fprintf(out, " %20s", vq_class_name((enum vq_class)c));
	fputc('\n', out);
	json_array_foreach(json_object_get(drift, "features"), i, f)
	{
		if (i >= 15 && !json_is_true(json_object_get(f, "flagged")))
			break;
		fprintf(out, "%s %-40s", json_is_true(json_object_get(f, "flagged")) ? " *" : "  ",
			json_string_value(json_object_get(f, "feature")));
		for (int c = 0; c < VQ_CLASSES; c++) {
			fprintf(out, "%12s", "");
			vq_print_value(out, json_object_get(f, vq_class_name((enum vq_class)c)));
		}
		fputc('\n', out);
	}
}

enum vq_code vq_train_report(FILE *out, const json_t *manifest, struct vq_err *err)
{
	report_data(out, manifest);
	report_scores(out, manifest);
	vq_print_scorecard(out, json_object_get(manifest, "validation"));
	report_features(out, manifest);
	report_drift(out, manifest);
	vq_print_gates(out, json_object_get(manifest, "gate"));
	return ferror(out) ? vq_fail(err, VQ_EIO, "write: ") : VQ_OK;
}

/* ---- out-of-fold judgements ---- */

enum vq_code vq_train_oof(FILE *out, const struct vq_training *t, const struct vq_dataset *d,
	const struct vq_train_options *o, struct vq_err *err)
{
	enum vq_code code = VQ_OK;

	for (size_t i = 0; code == VQ_OK && i < d->rows; i++) {
		const struct vq_label *l = d->label[i];
		const struct vq_judgement *j = &t->judged[i];

		code = vq_record_write(out,
			json_pack("{s:s,s:s,s:s,s:i,s:b,s:s,s:b,s:b,s:o,s:o,s:o,s:s}", "type",
				"oof", "clip_id", l->clip_id, "source", l->source, "fold",
				t->fold[i], "disputed", l->disputed, "truth",
				vq_class_name(l->category), "text", l->defect[VQ_TEXT], "flicker",
				l->defect[VQ_FLICKER], "p_text",
				vq_record_number(j->defect[VQ_TEXT], 6), "p_flicker",
				vq_record_number(j->defect[VQ_FLICKER], 6), "p_none",
				vq_record_number(j->p[VQ_NONE], 6), "predicted",
				vq_class_name(vq_judgement_category(j, o->threshold))),
			err);
	}
	return code;
}
