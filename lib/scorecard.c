#include "scorecard.h"

#include <math.h>
#include <string.h>

#include "record.h"

const char *const vq_number_names[VQ_NUMBERS] = {"precision", "recall", "f1", "auc", "brier",
	"false_alarm_rate", "category_accuracy", "f1_TEXT_INCONSISTENCY", "f1_TEMPORAL_FLICKER",
	"text_auc", "text_precision", "text_recall", "text_f1", "flicker_auc", "flicker_precision",
	"flicker_recall", "flicker_f1", "clips"};

void vq_numbers(const struct vq_metrics *m, double v[VQ_NUMBERS])
{
	const struct vq_binary *f = &m->flag, *t = &m->defect[VQ_TEXT], *k = &m->defect[VQ_FLICKER];
	const double all[VQ_NUMBERS] = {f->precision, f->recall, f->f1, f->auc, f->brier,
		1 - f->specificity, m->accuracy, m->category_f1[VQ_TEXT],
		m->category_f1[VQ_FLICKER], t->auc, t->precision, t->recall, t->f1, k->auc,
		k->precision, k->recall, k->f1, (double)f->n};

	memcpy(v, all, sizeof all);
}

double vq_number(const double v[VQ_NUMBERS], const char *name)
{
	for (int i = 0; i < VQ_NUMBERS; i++)
		if (strcmp(vq_number_names[i], name) == 0)
			return v[i];
	return NAN;
}

static json_t *number(double v)
{
	return isfinite(v) ? vq_record_number(v, 6) : json_null();
}

json_t *vq_numbers_json(const double v[VQ_NUMBERS])
{
	json_t *o = json_object();

	for (int i = 0; i < VQ_NUMBERS; i++)
		json_object_set_new(o, vq_number_names[i], number(v[i]));
	return o;
}

static json_t *confusion(const struct vq_metrics *m)
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
static json_t *reliability(const struct vq_scored *s, size_t n)
{
	json_t *list = json_array();

	for (int b = 0; b < 5; b++) {
		double sum = 0, found = 0, clips = 0;

		for (size_t i = 0; i < n; i++) {
			double p = 1 - s[i].judgement.p[VQ_NONE];

			if ((int)fmin(4, floor(p * 5)) != b)
				continue;
			clips++;
			sum += p;
			found += s[i].truth != VQ_NONE;
		}
		json_array_append_new(list,
			json_pack("{s:o,s:o,s:i,s:o,s:o}", "from", number(b / 5.0), "to",
				number((b + 1) / 5.0), "clips", (int)clips, "mean_probability",
				number(clips > 0 ? sum / clips : NAN), "share_with_artifact",
				number(clips > 0 ? found / clips : NAN)));
	}
	return list;
}

static const char *const columns[] = {"precision", "recall", "f1", "false_alarm_rate",
	"f1_TEXT_INCONSISTENCY", "f1_TEMPORAL_FLICKER"};

enum { COLUMNS = sizeof columns / sizeof *columns };

static const char *const use_names[] = {"gate", "default", "triage"};

/* What other thresholds of P(NONE) would give. */
static enum vq_code thresholds(
	const struct vq_scored *s, size_t n, json_t *list, struct vq_err *err)
{
	enum vq_code code = VQ_OK;

	for (int k = 1; code == VQ_OK && k < 20; k++) {
		json_t *row = json_pack("{s:o}", "threshold", number(k / 20.0));
		struct vq_metrics m;
		double v[VQ_NUMBERS];

		code = vq_metrics(s, n, k / 20.0, &m, err);
		vq_numbers(&m, v);
		for (size_t c = 0; c < COLUMNS; c++)
			json_object_set_new(row, columns[c], number(vq_number(v, columns[c])));
		json_array_append_new(list, row);
	}
	return code;
}

/* One threshold with what a user of it sees. */
static enum vq_code use_json(
	const struct vq_scored *s, size_t n, double threshold, json_t **out, struct vq_err *err)
{
	struct vq_metrics m;
	double v[VQ_NUMBERS];
	enum vq_code code = vq_metrics(s, n, threshold, &m, err);

	if (code != VQ_OK)
		return code;
	vq_numbers(&m, v);
	*out = json_pack("{s:o}", "threshold", number(threshold));
	for (size_t c = 0; c < COLUMNS; c++)
		json_object_set_new(*out, columns[c], number(vq_number(v, columns[c])));
	json_object_set_new(*out, "precision_at_0.01", number(vq_precision_at(&m.flag, 0.01)));
	json_object_set_new(*out, "precision_at_0.05", number(vq_precision_at(&m.flag, 0.05)));
	return VQ_OK;
}

/* The table's thresholds for those who must miss little and for those whose time is
 * short: the lowest that finds 95 in 100, the highest whose flags are right 9 times in
 * 10; null when none does.  Between them the configured one. */
static enum vq_code uses(const struct vq_scored *s, size_t n, double threshold, const json_t *table,
	json_t *o, struct vq_err *err)
{
	double of[3] = {NAN, threshold, NAN};
	enum vq_code code = VQ_OK;
	const json_t *row;
	size_t i;

	json_array_foreach(table, i, row)
	{
		const json_t *precision = json_object_get(row, "precision");
		double at = json_number_value(json_object_get(row, "threshold"));

		if (json_number_value(json_object_get(row, "recall")) >= 0.95 && isnan(of[0]))
			of[0] = at;
		if (json_number_value(precision) >= 0.9)
			of[2] = at;
	}
	for (size_t k = 0; code == VQ_OK && k < 3; k++) {
		json_t *use = NULL;

		if (isfinite(of[k]))
			code = use_json(s, n, of[k], &use, err);
		json_object_set_new(o, use_names[k], use != NULL ? use : json_null());
	}
	return code;
}

enum vq_code vq_scorecard(
	const struct vq_scored *s, size_t n, double threshold, json_t **card, struct vq_err *err)
{
	json_t *list = json_array(), *of_uses = json_object();
	struct vq_metrics m;
	double v[VQ_NUMBERS];
	enum vq_code code;

	*card = NULL;
	if ((code = vq_metrics(s, n, threshold, &m, err)) != VQ_OK ||
		(code = thresholds(s, n, list, err)) != VQ_OK ||
		(code = uses(s, n, threshold, list, of_uses, err)) != VQ_OK) {
		json_decref(list);
		json_decref(of_uses);
		return code;
	}
	vq_numbers(&m, v);
	*card = json_pack("{s:o,s:o,s:{s:o,s:o},s:o,s:o,s:o}", "pooled", vq_numbers_json(v),
		"confusion", confusion(&m), "precision_at_prevalence", "0.01",
		number(vq_precision_at(&m.flag, 0.01)), "0.05",
		number(vq_precision_at(&m.flag, 0.05)), "reliability", reliability(s, n),
		"thresholds", list, "uses", of_uses);
	return *card != NULL ? VQ_OK : vq_nomem(err);
}

json_t *vq_gates_json(const double v[VQ_NUMBERS], const double *f1_spread)
{
	static const struct {
		const char *name;
		double least;
	} gate[] = {{"recall", 0.85}, {"precision", 0.70}, {"f1_TEXT_INCONSISTENCY", 0.70},
		{"f1_TEMPORAL_FLICKER", 0.70}};
	json_t *o = json_object();
	bool all = true;

	for (size_t i = 0; i < sizeof gate / sizeof *gate; i++) {
		double x = vq_number(v, gate[i].name);

		all = all && x >= gate[i].least;
		json_object_set_new(o, gate[i].name,
			json_pack("{s:o,s:f,s:b}", "value", number(x), "at_least", gate[i].least,
				"pass", x >= gate[i].least));
	}
	if (f1_spread != NULL) {
		all = all && *f1_spread < 0.15;
		json_object_set_new(o, "f1_spread",
			json_pack("{s:o,s:f,s:b}", "value", number(*f1_spread), "below", 0.15,
				"pass", *f1_spread < 0.15));
	}
	json_object_set_new(o, "pass", json_boolean(all));
	return o;
}

/* ---- text ---- */

void vq_print_value(FILE *out, const json_t *v)
{
	if (json_is_number(v))
		fprintf(out, " %8.3f", json_number_value(v));
	else
		fprintf(out, " %8s", "-");
}

static void print_confusion(FILE *out, const json_t *card)
{
	const char *row, *column;
	json_t *cells, *n;

	fprintf(out, "\nTruth (rows) and verdict (columns):\n  %-20s", "");
	for (int c = 0; c < VQ_CLASSES; c++)
		fprintf(out, " %20s", vq_class_name((enum vq_class)c));
	fputc('\n', out);
	json_object_foreach(json_object_get(card, "confusion"), row, cells)
	{
		fprintf(out, "  %-20s", row);
		json_object_foreach(cells, column, n)
			fprintf(out, " %20lld", json_integer_value(n));
		fputc('\n', out);
	}
}

static void print_reliability(FILE *out, const json_t *card)
{
	const json_t *row;
	size_t i;

	fprintf(out, "\nP(artifact) and how often there was one:\n");
	json_array_foreach(json_object_get(card, "reliability"), i, row)
	{
		fprintf(out, "  %.1f to %.1f %5lld clips, mean",
			json_number_value(json_object_get(row, "from")),
			json_number_value(json_object_get(row, "to")),
			json_integer_value(json_object_get(row, "clips")));
		vq_print_value(out, json_object_get(row, "mean_probability"));
		fputs(", with artifact", out);
		vq_print_value(out, json_object_get(row, "share_with_artifact"));
		fputc('\n', out);
	}
}

static void print_thresholds(FILE *out, const json_t *card)
{
	const json_t *row;
	size_t i;

	fprintf(out, "\nOther thresholds of P(NONE):\n  %8s %8s %8s %8s %8s %8s %8s\n", "flag <",
		"prec.", "recall", "F1", "alarms", "F1 text", "F1 flick");
	json_array_foreach(json_object_get(card, "thresholds"), i, row)
	{
		fputc(' ', out);
		vq_print_value(out, json_object_get(row, "threshold"));
		for (size_t c = 0; c < COLUMNS; c++)
			vq_print_value(out, json_object_get(row, columns[c]));
		fputc('\n', out);
	}
}

static void print_uses(FILE *out, const json_t *card)
{
	const char *name;
	json_t *use;

	fprintf(out,
		"\nThree uses: a gate that misses little, the configured threshold, triage by "
		"people;\nprecision among these clips, and where 1 or 5 clips in 100 have an "
		"artifact:\n  %-8s %8s %8s %8s %8s %8s %8s\n",
		"", "flag <", "recall", "alarms", "prec.", "of 1", "of 5");
	json_object_foreach(json_object_get(card, "uses"), name, use)
	{
		fprintf(out, "  %-8s", name);
		vq_print_value(out, json_object_get(use, "threshold"));
		vq_print_value(out, json_object_get(use, "recall"));
		vq_print_value(out, json_object_get(use, "false_alarm_rate"));
		vq_print_value(out, json_object_get(use, "precision"));
		vq_print_value(out, json_object_get(use, "precision_at_0.01"));
		vq_print_value(out, json_object_get(use, "precision_at_0.05"));
		fputc('\n', out);
	}
}

void vq_print_scorecard(FILE *out, const json_t *card)
{
	print_confusion(out, card);
	print_reliability(out, card);
	print_thresholds(out, card);
	print_uses(out, card);
}

void vq_print_gates(FILE *out, const json_t *gates)
{
	const char *name;
	json_t *g;

	fprintf(out, "\nRelease gates: %s\n",
		json_is_true(json_object_get(gates, "pass")) ? "PASS" : "FAIL");
	json_object_foreach((json_t *)gates, name, g)
	{
		const json_t *least = json_object_get(g, "at_least");

		if (!json_is_object(g))
			continue;
		fprintf(out, "  %-24s", name);
		vq_print_value(out, json_object_get(g, "value"));
		fprintf(out, "  %s %.2f  %s\n", least ? ">=" : "< ",
			json_number_value(least ? least : json_object_get(g, "below")),
			json_is_true(json_object_get(g, "pass")) ? "pass" : "fail");
	}
}
