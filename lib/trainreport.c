#include "trainreport.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "num.h"
#include "record.h"
#include "version.h"

/* ---- numbers of a vq_metrics, by name ---- */

enum { NUMBERS = 18 };

static const char *const number_names[NUMBERS] = {"precision", "recall", "f1", "auc", "brier",
	"false_alarm_rate", "category_accuracy", "f1_TEXT_INCONSISTENCY", "f1_TEMPORAL_FLICKER",
	"text_auc", "text_precision", "text_recall", "text_f1", "flicker_auc", "flicker_precision",
	"flicker_recall", "flicker_f1", "clips"};

static void numbers(const struct vq_metrics *m, double v[NUMBERS])
{
	const struct vq_binary *f = &m->flag, *t = &m->defect[VQ_TEXT], *k = &m->defect[VQ_FLICKER];
	const double all[NUMBERS] = {f->precision, f->recall, f->f1, f->auc, f->brier,
		1 - f->specificity, m->accuracy, m->category_f1[VQ_TEXT],
		m->category_f1[VQ_FLICKER], t->auc, t->precision, t->recall, t->f1, k->auc,
		k->precision, k->recall, k->f1, (double)f->n};

	memcpy(v, all, sizeof all);
}

/* null where the number is not defined. */
static json_t *number(double v)
{
	return isfinite(v) ? vq_record_number(v, 6) : json_null();
}

static json_t *numbers_json(const double v[NUMBERS])
{
	json_t *o = json_object();

	for (int i = 0; i < NUMBERS; i++)
		json_object_set_new(o, number_names[i], number(v[i]));
	return o;
}

/* Mean and sample standard deviation over the folds in which a number is defined. */
static void spread(const struct vq_training *t, int folds, double mean[NUMBERS], double sd[NUMBERS])
{
	for (int i = 0; i < NUMBERS; i++) {
		double sum = 0, square = 0, n = 0, v[NUMBERS];

		for (int f = 0; f < folds; f++) {
			numbers(&t->of_fold[f], v);
			if (isfinite(v[i])) {
				sum += v[i];
				n++;
			}
		}
		mean[i] = n > 0 ? sum / n : NAN;
		for (int f = 0; f < folds; f++) {
			numbers(&t->of_fold[f], v);
			if (isfinite(v[i]))
				square += (v[i] - mean[i]) * (v[i] - mean[i]);
		}
		sd[i] = n > 1 ? sqrt(square / (n - 1)) : NAN;
	}
}

static double named(const double v[NUMBERS], const char *name)
{
	for (int i = 0; i < NUMBERS; i++)
		if (strcmp(number_names[i], name) == 0)
			return v[i];
	return NAN;
}

/* ---- model ---- */

static json_t *config_json(const struct vq_train_options *o)
{
	return json_pack("{s:i,s:I,s:f}", "folds", o->folds, "seed", (json_int_t)o->seed,
		"model.binary_threshold", o->threshold);
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
	json_t *parts = json_pack("[O,O]", t->calibration, t->boosters);
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
	char version[64];
	enum vq_code code;

	*model = NULL;
	if ((code = version_of(t, version, sizeof version, err)) != VQ_OK)
		return code;
	*model = json_pack("{s:s,s:s,s:{s:s,s:s},s:O,s:O}", "type", "vidqc-model", "version",
		version, "extractor", "version", d->extractor, "manifest", d->manifest,
		"calibration", t->calibration, "boosters", t->boosters);
	return *model != NULL ? VQ_OK : vq_nomem(err);
}

/* ---- manifest ---- */

static json_t *data_json(const struct vq_dataset *d)
{
	size_t classes[VQ_CLASSES] = {0}, defects[VQ_CLASSES] = {0}, disputed = 0, sources = 0;

	for (size_t i = 0; i < d->rows; i++) {
		const struct vq_label *l = d->label[i];
		bool fresh = true;

		for (size_t k = 0; k < i && fresh; k++)
			fresh = strcmp(l->source, d->label[k]->source) != 0;
		sources += fresh;
		disputed += l->disputed;
		classes[l->category] += !l->disputed;
		for (int c = VQ_TEXT; c < VQ_CLASSES; c++)
			defects[c] += l->defect[c] && !l->disputed;
	}
	return json_pack("{s:s,s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:{s:I,s:I,s:I},s:{s:I,s:I}}",
		"labels_sha256", d->labels->sha256, "features_sha256", d->sha256, "labelled",
		(json_int_t)d->labels->count, "missing_features", (json_int_t)d->missing,
		"unlabelled_records", (json_int_t)d->unlabelled, "disputed", (json_int_t)disputed,
		"used", (json_int_t)(d->rows - disputed), "sources", (json_int_t)sources,
		"categories", "NONE", (json_int_t)classes[VQ_NONE], "TEXT_INCONSISTENCY",
		(json_int_t)classes[VQ_TEXT], "TEMPORAL_FLICKER", (json_int_t)classes[VQ_FLICKER],
		"defects", "TEXT_INCONSISTENCY", (json_int_t)defects[VQ_TEXT], "TEMPORAL_FLICKER",
		(json_int_t)defects[VQ_FLICKER]);
}

static json_t *confusion_json(const struct vq_metrics *m)
{
	json_t *o = json_object();

	for (int r = 0; r < VQ_CLASSES; r++) {
		json_t *row = json_object();

		for (int c = 0; c < VQ_CLASSES; c++)
			json_object_set_new(row, vq_class_name((enum vq_class)c),
				json_integer((json_int_t)m->confusion[r][c]));
		json_object_set_new(o, vq_class_name((enum vq_class)r), row);
	}
	return o;
}

/* How often clips judged to have an artifact with about that probability have one. */
static json_t *reliability_json(const struct vq_training *t, const struct vq_dataset *d)
{
	json_t *list = json_array();

	for (int b = 0; b < 5; b++) {
		double sum = 0, found = 0, n = 0;

		for (size_t i = 0; i < d->rows; i++) {
			double p = 1 - t->judged[i].p[VQ_NONE];

			if (d->label[i]->disputed || (int)fmin(4, floor(p * 5)) != b)
				continue;
			n++;
			sum += p;
			found += d->label[i]->category != VQ_NONE;
		}
		json_array_append_new(
			list, json_pack("{s:o,s:o,s:i,s:o,s:o}", "from", number(b / 5.0), "to",
				      number((b + 1) / 5.0), "clips", (int)n, "mean_probability",
				      number(n > 0 ? sum / n : NAN), "share_with_artifact",
				      number(n > 0 ? found / n : NAN)));
	}
	return list;
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
			json_pack("{s:i,s:i,s:o,s:o,s:o,s:I,s:I,s:o}", "depth", k->depth, "rounds",
				k->rounds, "slope", number(k->slope), "intercept",
				number(k->intercept), "inner_log_loss", number(k->log_loss),
				"clips", (json_int_t)k->clips, "positives",
				(json_int_t)k->positives, "features",
				importances_json(t, d, (enum vq_class)c)));
	}
	return o;
}

/* The public release gates: means over folds, and the spread of F1. */
static json_t *gate_json(const double mean[NUMBERS], const double sd[NUMBERS])
{
	static const struct {
		const char *name, *number;
		double limit;
	} least[] = {{"recall", "recall", 0.85}, {"precision", "precision", 0.70},
		{"f1_TEXT_INCONSISTENCY", "f1_TEXT_INCONSISTENCY", 0.70},
		{"f1_TEMPORAL_FLICKER", "f1_TEMPORAL_FLICKER", 0.70}};
	json_t *o = json_object();
	double f1_sd = named(sd, "f1");
	bool pass = f1_sd < 0.15;

	for (size_t i = 0; i < sizeof least / sizeof *least; i++) {
		double v = named(mean, least[i].number);

		pass = pass && v >= least[i].limit;
		json_object_set_new(o, least[i].name,
			json_pack("{s:o,s:f,s:b}", "value", number(v), "at_least", least[i].limit,
				"pass", v >= least[i].limit));
	}
	json_object_set_new(o, "f1_spread",
		json_pack("{s:o,s:f,s:b}", "value", number(f1_sd), "below", 0.15, "pass",
			f1_sd < 0.15));
	json_object_set_new(o, "pass", json_boolean(pass));
	return o;
}

static json_t *thresholds_json(const struct vq_training *t)
{
	json_t *list = json_array();

	for (int k = 0; k < VQ_THRESHOLDS; k++) {
		const struct vq_metrics *m = &t->at_threshold[k];

		json_array_append_new(
			list, json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "threshold",
				      number(vq_train_threshold(k)), "precision",
				      number(m->flag.precision), "recall", number(m->flag.recall),
				      "f1", number(m->flag.f1), "false_alarm_rate",
				      number(1 - m->flag.specificity), "f1_TEXT_INCONSISTENCY",
				      number(m->category_f1[VQ_TEXT]), "f1_TEMPORAL_FLICKER",
				      number(m->category_f1[VQ_FLICKER])));
	}
	return list;
}

static json_t *validation_json(const struct vq_training *t, const struct vq_dataset *d,
	const struct vq_train_options *o, const double mean[NUMBERS], const double sd[NUMBERS])
{
	double v[NUMBERS];
	json_t *folds = json_array();

	for (int f = 0; f < o->folds; f++) {
		numbers(&t->of_fold[f], v);
		json_array_append_new(folds, numbers_json(v));
	}
	numbers(&t->pooled, v);
	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:{s:o,s:o},s:o,s:o}", "mean", numbers_json(mean),
		"standard_deviation", numbers_json(sd), "pooled", numbers_json(v), "folds", folds,
		"confusion", confusion_json(&t->pooled), "precision_at_prevalence", "0.01",
		number(vq_precision_at(&t->pooled.flag, 0.01)), "0.05",
		number(vq_precision_at(&t->pooled.flag, 0.05)), "reliability",
		reliability_json(t, d), "thresholds", thresholds_json(t));
}

enum vq_code vq_train_manifest(const struct vq_training *t, const struct vq_dataset *d,
	const struct vq_train_options *o, const char *model_version, const char *model_sha256,
	json_t **manifest, struct vq_err *err)
{
	double mean[NUMBERS], sd[NUMBERS];
	char hash[VQ_SHA256_HEX];
	enum vq_code code;

	*manifest = NULL;
	if ((code = inputs_hash(d, o, hash, err)) != VQ_OK)
		return code;
	spread(t, o->folds, mean, sd);
	*manifest = json_pack("{s:s,s:{s:s,s:s},s:{s:s},s:{s:s,s:s},s:o,s:o,s:s,s:o,s:o,s:o}",
		"type", "vidqc-model-manifest", "model", "version", model_version, "sha256",
		model_sha256, "vidqc", "version", VQ_VERSION, "extractor", "version", d->extractor,
		"manifest", d->manifest, "data", data_json(d), "config", config_json(o),
		"inputs_sha256", hash, "validation", validation_json(t, d, o, mean, sd), "gate",
		gate_json(mean, sd), "boosters", boosters_json(t, d));
	return *manifest != NULL ? VQ_OK : vq_nomem(err);
}

/* ---- report ---- */

static const json_t *get(const json_t *o, const char *a, const char *b)
{
	return json_object_get(json_object_get(o, a), b);
}

static void print_value(FILE *out, const json_t *v)
{
	if (json_is_number(v))
		fprintf(out, " %8.3f", json_number_value(v));
	else
		fprintf(out, " %8s", "-");
}

static void report_data(FILE *out, const json_t *m)
{
	const json_t *d = json_object_get(m, "data");
	const char *k;
	json_t *v;

	fprintf(out, "vidqc model %s\n\n", json_string_value(get(m, "model", "version")));
	fprintf(out,
		"%lld clips of %lld sources (%lld more are disputed and take no part, %lld are "
		"labelled but have no features)\n",
		json_integer_value(json_object_get(d, "used")),
		json_integer_value(json_object_get(d, "sources")),
		json_integer_value(json_object_get(d, "disputed")),
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
		"\nEach clip judged by a model that saw no clip of its source; %lld folds:\n"
		"  %-24s %8s %8s %8s\n",
		json_integer_value(get(m, "config", "folds")), "", "mean", "+-", "pooled");
	json_object_foreach(json_object_get(v, "mean"), k, x)
	{
		fprintf(out, "  %-24s", k);
		print_value(out, x);
		print_value(out, get(v, "standard_deviation", k));
		print_value(out, get(v, "pooled", k));
		fputc('\n', out);
	}
	fprintf(out, "\nPrecision where 1 clip in 100 has an artifact: %.2f, 5 in 100: %.2f\n",
		json_number_value(get(v, "precision_at_prevalence", "0.01")),
		json_number_value(get(v, "precision_at_prevalence", "0.05")));
}

static void report_confusion(FILE *out, const json_t *m)
{
	const char *row, *column;
	json_t *cells, *n;

	fprintf(out, "\nTruth (rows) and verdict (columns):\n  %-20s", "");
	for (int c = 0; c < VQ_CLASSES; c++)
		fprintf(out, " %20s", vq_class_name((enum vq_class)c));
	fputc('\n', out);
	json_object_foreach((json_t *)get(m, "validation", "confusion"), row, cells)
	{
		fprintf(out, "  %-20s", row);
		json_object_foreach(cells, column, n)
			fprintf(out, " %20lld", json_integer_value(n));
		fputc('\n', out);
	}
}

static void report_reliability(FILE *out, const json_t *m)
{
	const json_t *row;
	size_t i;

	fprintf(out, "\nP(artifact) and how often there was one:\n");
	json_array_foreach(get(m, "validation", "reliability"), i, row)
	{
		fprintf(out, "  %.1f to %.1f %5lld clips, mean",
			json_number_value(json_object_get(row, "from")),
			json_number_value(json_object_get(row, "to")),
			json_integer_value(json_object_get(row, "clips")));
		print_value(out, json_object_get(row, "mean_probability"));
		fputs(", with artifact", out);
		print_value(out, json_object_get(row, "share_with_artifact"));
		fputc('\n', out);
	}
}

static void report_thresholds(FILE *out, const json_t *m)
{
	static const char *const column[] = {"threshold", "precision", "recall", "f1",
		"false_alarm_rate", "f1_TEXT_INCONSISTENCY", "f1_TEMPORAL_FLICKER"};
	const json_t *row;
	size_t i;

	fprintf(out, "\nOther thresholds of P(NONE), pooled:\n  %8s %8s %8s %8s %8s %8s %8s\n",
		"flag <", "prec.", "recall", "F1", "alarms", "F1 text", "F1 flick");
	json_array_foreach(get(m, "validation", "thresholds"), i, row)
	{
		fputc(' ', out);
		for (size_t k = 0; k < sizeof column / sizeof *column; k++)
			print_value(out, json_object_get(row, column[k]));
		fputc('\n', out);
	}
}

static void report_features(FILE *out, const json_t *m)
{
	const char *name;
	json_t *b;

	json_object_foreach(json_object_get(m, "boosters"), name, b)
	{
		const json_t *list = json_object_get(b, "features"), *f;
		size_t i;

		fprintf(out,
			"\n%s: depth %lld, %lld rounds; what it rests on (AUC lost when a feature "
			"is shuffled, share of gain):\n",
			name, json_integer_value(json_object_get(b, "depth")),
			json_integer_value(json_object_get(b, "rounds")));
		json_array_foreach(list, i, f) if (i < 15) fprintf(out, "  %-40s %8.4f %8.4f\n",
			json_string_value(json_object_get(f, "feature")),
			json_number_value(json_object_get(f, "auc_drop")),
			json_number_value(json_object_get(f, "gain")));
	}
}

static void report_gate(FILE *out, const json_t *m)
{
	const json_t *gate = json_object_get(m, "gate");
	const char *name;
	json_t *g;

	fprintf(out, "\nRelease gates: %s\n",
		json_is_true(json_object_get(gate, "pass")) ? "PASS" : "FAIL");
	json_object_foreach((json_t *)gate, name, g)
	{
		const json_t *least = json_object_get(g, "at_least");

		if (!json_is_object(g))
			continue;
		fprintf(out, "  %-24s", name);
		print_value(out, json_object_get(g, "value"));
		fprintf(out, "  %s %.2f  %s\n", least ? ">=" : "< ",
			json_number_value(least ? least : json_object_get(g, "below")),
			json_is_true(json_object_get(g, "pass")) ? "pass" : "fail");
	}
}

enum vq_code vq_train_report(FILE *out, const json_t *manifest, struct vq_err *err)
{
	report_data(out, manifest);
	report_scores(out, manifest);
	report_confusion(out, manifest);
	report_reliability(out, manifest);
	report_thresholds(out, manifest);
	report_features(out, manifest);
	report_gate(out, manifest);
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
