#include "model.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "booster.h"
#include "file.h"
#include "num.h"
#include "record.h"
#include "scaling.h"
#include "sha256.h"

enum { MAX_MODEL_BYTES = 256 << 20 };

/* One booster with its own row of inputs. */
struct part {
	struct vq_booster *booster;
	struct vq_scaling *scaling; /* or NULL */
	double slope, intercept;
	float *value;	 /* the record's, in the booster's order */
	float *row;	 /* the same as the booster takes them */
	double *contrib; /* outputs * features */
	double margin[VQ_CLASSES];
};

struct vq_model {
	bool bundle;
	struct part part[VQ_CLASSES]; /* plain: [VQ_NONE] alone; bundle: one a defect */
	char version[64];
	char extractor[32]; /* empty: not said */
	char sha256[VQ_SHA256_HEX];
	double beside; /* how much of the text's probability flicker leaves */
	struct vq_proof proof;
	double proved, proof_value; /* of the record at hand */
	bool no_text;		    /* of the record judged last */
};

static const char *const class_names[VQ_CLASSES] = {
	"NONE", "TEXT_INCONSISTENCY", "TEMPORAL_FLICKER"};

const char *vq_class_name(enum vq_class c)
{
	return class_names[c];
}

enum vq_class vq_class_find(const char *name)
{
	int c = 0;

	while (c < VQ_CLASSES && (name == NULL || strcmp(name, class_names[c]) != 0))
		c++;
	return (enum vq_class)c;
}

/* Round so that what is printed sums to 1 and leads to the same decision. */
static void settle(struct vq_judgement *j)
{
	j->p[VQ_TEXT] = vq_num_round(j->p[VQ_TEXT], 6);
	j->p[VQ_FLICKER] = vq_num_round(fmin(j->p[VQ_FLICKER], 1 - j->p[VQ_TEXT]), 6);
	j->p[VQ_NONE] = vq_num_round(fmax(0, 1 - j->p[VQ_TEXT] - j->p[VQ_FLICKER]), 6);
	j->defect[VQ_TEXT] = vq_num_round(j->defect[VQ_TEXT], 6);
	j->defect[VQ_FLICKER] = vq_num_round(j->defect[VQ_FLICKER], 6);
	j->defect[VQ_NONE] = j->p[VQ_NONE];
}

#define PROOF_STEEP 8 /* half of what proves with 1/2 proves with 0.02 */

static double logistic(double v)
{
	return 1 / (1 + exp(-v));
}

double vq_proof_of(const struct vq_proof *p, double value)
{
	double base = logistic(-PROOF_STEEP);

	if (p->half <= 0)
		return 0;
	return fmax(0, (logistic(PROOF_STEEP * (value / p->half - 1)) - base) / (1 - base));
}

void vq_judgement_combine(const struct vq_stages *s, struct vq_judgement *j)
{
	double text = s->text * (1 - s->flicker + s->flicker * s->beside), rest = 1 - s->proof;

	j->defect[VQ_TEXT] = s->proof + rest * text;
	j->defect[VQ_FLICKER] = s->flicker;
	j->p[VQ_TEXT] = s->proof + rest * s->text * (1 - s->flicker);
	j->p[VQ_FLICKER] = rest * s->flicker;
	settle(j);
}

enum vq_class vq_judgement_category(const struct vq_judgement *j, double threshold)
{
	if (!(j->p[VQ_NONE] < threshold))
		return VQ_NONE;
	return j->p[VQ_FLICKER] > j->p[VQ_TEXT] ? VQ_FLICKER : VQ_TEXT;
}

static enum vq_code load_part(
	struct part *p, const json_t *json, size_t outputs, struct vq_err *err)
{
	enum vq_code code = vq_booster_load(&p->booster, json, err);

	if (code != VQ_OK)
		return code;
	if (vq_booster_outputs(p->booster) != outputs)
		return vq_fail(err, VQ_EDATA, "the booster has %zu outputs, expected %zu",
			vq_booster_outputs(p->booster), outputs);
	p->slope = 1;
	p->value = calloc(vq_booster_features(p->booster), sizeof *p->value);
	p->row = calloc(vq_booster_features(p->booster), sizeof *p->row);
	p->contrib = calloc(vq_booster_features(p->booster) * outputs, sizeof *p->contrib);
	return p->value == NULL || p->row == NULL || p->contrib == NULL ? vq_nomem(err) : VQ_OK;
}

static enum vq_code parse_plain(struct vq_model *m, const json_t *json, struct vq_err *err)
{
	enum vq_code code = load_part(&m->part[VQ_NONE], json, VQ_CLASSES, err);

	if (code == VQ_OK)
		snprintf(m->version, sizeof m->version, "xgboost %s",
			vq_booster_version(m->part[VQ_NONE].booster));
	return code;
}

/* The defect's scaling, when the bundle has one. */
static enum vq_code parse_scaling(
	struct part *p, enum vq_class c, const json_t *json, struct vq_err *err)
{
	const json_t *scaling = json_object_get(json_object_get(json, "scaling"), class_names[c]);
	enum vq_code code;

	if (scaling == NULL)
		return VQ_OK;
	code = vq_scaling_parse(&p->scaling, scaling, vq_booster_features(p->booster), err);
	return code == VQ_OK ? code : vq_fail_at(err, "%s: scaling", class_names[c]);
}

static enum vq_code parse_defect(
	struct vq_model *m, enum vq_class c, const json_t *json, struct vq_err *err)
{
	const json_t *boosters, *all, *calibration, *booster;
	struct part *p = &m->part[c];
	enum vq_code code;

	if ((code = vq_record_object(json, "boosters", &boosters, err)) != VQ_OK ||
		(code = vq_record_object(boosters, class_names[c], &booster, err)) != VQ_OK)
		return code;
	if ((code = load_part(p, booster, 1, err)) != VQ_OK)
		return vq_fail_at(err, "%s", class_names[c]);
	if ((code = parse_scaling(p, c, json, err)) != VQ_OK)
		return code;
	if ((code = vq_record_object(json, "calibration", &all, err)) != VQ_OK ||
		(code = vq_record_object(all, class_names[c], &calibration, err)) != VQ_OK ||
		(code = vq_record_real(calibration, "slope", &p->slope, err)) != VQ_OK)
		return code;
	return vq_record_real(calibration, "intercept", &p->intercept, err);
}

static enum vq_code parse_proof(struct vq_model *m, const json_t *json, struct vq_err *err)
{
	const json_t *proof = json_object_get(json, VQ_PROOF_FEATURE);
	enum vq_code code;

	if (proof == NULL)
		return VQ_OK;
	if ((code = vq_record_real(proof, "half", &m->proof.half, err)) != VQ_OK)
		return vq_fail_at(err, "%s", VQ_PROOF_FEATURE);
	return VQ_OK;
}

static enum vq_code parse_bundle(struct vq_model *m, const json_t *json, struct vq_err *err)
{
	const json_t *from, *beside = json_object_get(json, "text_beside_flicker");
	const char *version, *extractor;
	enum vq_code code;

	m->beside = 1;
	if (beside != NULL &&
		((code = vq_record_real(json, "text_beside_flicker", &m->beside, err)) != VQ_OK))
		return code;
	if (!(m->beside >= 0 && m->beside <= 1))
		return vq_fail(err, VQ_EDATA, "\"text_beside_flicker\" is not from 0 to 1");
	if ((code = parse_proof(m, json, err)) != VQ_OK ||
		(code = vq_record_str(json, "version", &version, err)) != VQ_OK ||
		(code = vq_record_object(json, "extractor", &from, err)) != VQ_OK ||
		(code = vq_record_str(from, "version", &extractor, err)) != VQ_OK ||
		(code = parse_defect(m, VQ_TEXT, json, err)) != VQ_OK ||
		(code = parse_defect(m, VQ_FLICKER, json, err)) != VQ_OK)
		return code;
	m->bundle = true;
	snprintf(m->version, sizeof m->version, "%s", version);
	snprintf(m->extractor, sizeof m->extractor, "%s", extractor);
	return VQ_OK;
}

enum vq_code vq_model_parse(struct vq_model **m, const char *text, size_t len, struct vq_err *err)
{
	enum vq_code code;
	json_error_t je;
	json_t *json;

	*m = calloc(1, sizeof **m);
	if (*m == NULL)
		return vq_nomem(err);
	json = json_loadb(text, len, 0, &je);
	if (json == NULL)
		code = vq_fail(err, VQ_EDATA, "no JSON model: line %d: %s", je.line, je.text);
	else if (vq_record_is(json, "vidqc-model"))
		code = parse_bundle(*m, json, err);
	else
		code = parse_plain(*m, json, err);
	json_decref(json);
	if (code == VQ_OK)
		code = vq_sha256(text, len, (*m)->sha256, err);
	if (code != VQ_OK)
		vq_model_free(m);
	return code;
}

enum vq_code vq_model_load(struct vq_model **m, const char *path, struct vq_err *err)
{
	size_t len;
	char *text;
	enum vq_code code = vq_file_read(path, MAX_MODEL_BYTES, &text, &len, err);

	*m = NULL;
	if (code == VQ_OK)
		code = vq_model_parse(m, text, len, err);
	free(text);
	return code;
}

void vq_model_free(struct vq_model **m)
{
	if (*m == NULL)
		return;
	for (int i = 0; i < VQ_CLASSES; i++) {
		vq_booster_free(&(*m)->part[i].booster);
		vq_scaling_free(&(*m)->part[i].scaling);
		free((*m)->part[i].value);
		free((*m)->part[i].row);
		free((*m)->part[i].contrib);
	}
	free(*m);
	*m = NULL;
}

const char *vq_model_version(const struct vq_model *m)
{
	return m->version;
}

const char *vq_model_sha256(const struct vq_model *m)
{
	return m->sha256;
}

/* Whether two versions agree in their first two numbers. */
static bool same_series(const char *a, const char *b)
{
	size_t n = strcspn(a, "."), k = a[n] == '.' ? n + 1 + strcspn(a + n + 1, ".") : n;

	return strncmp(a, b, k) == 0 && (b[k] == '.' || b[k] == '\0');
}

static enum vq_code check_extractor(const struct vq_model *m, const json_t *rec, struct vq_err *err)
{
	const json_t *extractor;
	const char *version;
	enum vq_code code;

	if ((code = vq_record_object(rec, "extractor", &extractor, err)) != VQ_OK ||
		(code = vq_record_str(extractor, "version", &version, err)) != VQ_OK)
		return code;
	if (m->extractor[0] != '\0' && !same_series(m->extractor, version))
		return vq_fail(err, VQ_EDATA,
			"features of extractor %.30s, but the model was trained on %s", version,
			m->extractor);
	return VQ_OK;
}

static enum vq_code missing(const char *name, const json_t *v, struct vq_err *err)
{
	return vq_fail(err, VQ_EDATA, "feature \"%s\", which the model asks for: %s in the record",
		name, v == NULL ? "missing" : "no number");
}

static enum vq_code run_part(struct part *p, const json_t *features, struct vq_err *err)
{
	for (size_t i = 0; i < vq_booster_features(p->booster); i++) {
		const char *name = vq_booster_feature(p->booster, i);
		const json_t *v = json_object_get(features, name);

		if (!json_is_number(v) || !isfinite((float)json_number_value(v)))
			return missing(name, v, err);
		p->value[i] = p->row[i] = (float)json_number_value(v);
	}
	if (p->scaling != NULL)
		vq_scaling_apply(p->scaling, p->row);
	return vq_booster_margins(p->booster, p->row, 1, 0, p->margin, err);
}

static void softmax(const double *margin, bool no_text, struct vq_judgement *j)
{
	double top = margin[VQ_NONE], sum = 0;

	for (int c = 0; c < VQ_CLASSES; c++)
		if (margin[c] > top && !(no_text && c == VQ_TEXT))
			top = margin[c];
	for (int c = 0; c < VQ_CLASSES; c++) {
		j->p[c] = no_text && c == VQ_TEXT ? 0 : exp(margin[c] - top);
		sum += j->p[c];
	}
	for (int c = 0; c < VQ_CLASSES; c++)
		j->defect[c] = j->p[c] /= sum;
	settle(j);
}

static double probability(const struct part *p)
{
	return logistic(p->slope * p->margin[0] + p->intercept);
}

/* What the record proves by itself. */
static enum vq_code prove(struct vq_model *m, const json_t *features, struct vq_err *err)
{
	m->proved = 0;
	if (m->proof.half <= 0 || m->no_text)
		return VQ_OK;
	if (vq_record_real(features, VQ_PROOF_FEATURE, &m->proof_value, err) != VQ_OK)
		return missing(VQ_PROOF_FEATURE, json_object_get(features, VQ_PROOF_FEATURE), err);
	m->proved = vq_proof_of(&m->proof, m->proof_value);
	return VQ_OK;
}

enum vq_code vq_model_judge(
	struct vq_model *m, const json_t *rec, struct vq_judgement *j, struct vq_err *err)
{
	const json_t *features;
	double has_text;
	enum vq_code code;

	if ((code = check_extractor(m, rec, err)) != VQ_OK ||
		(code = vq_record_object(rec, "features", &features, err)) != VQ_OK ||
		(code = vq_record_real(features, "has_text_regions", &has_text, err)) != VQ_OK)
		return code;
	m->no_text = has_text <= 0;
	for (int c = 0; c < VQ_CLASSES; c++)
		if (m->part[c].booster != NULL &&
			(code = run_part(&m->part[c], features, err)) != VQ_OK)
			return code;
	if (!m->bundle) {
		softmax(m->part[VQ_NONE].margin, m->no_text, j);
		return VQ_OK;
	}
	if ((code = prove(m, features, err)) != VQ_OK)
		return code;
	vq_judgement_combine(
		&(struct vq_stages){.text = m->no_text ? 0 : probability(&m->part[VQ_TEXT]),
			.flicker = probability(&m->part[VQ_FLICKER]),
			.beside = m->beside,
			.proof = m->proved},
		j);
	return VQ_OK;
}

static int stronger(const void *a, const void *b)
{
	const struct vq_reason *x = a, *y = b;
	double dx = fabs(x->contribution), dy = fabs(y->contribution);

	if (dx != dy)
		return dx < dy ? 1 : -1;
	if (x->cls != y->cls)
		return x->cls < y->cls ? -1 : 1;
	return strcmp(x->feature, y->feature);
}

#define LEAST 1e-6 /* of a probability that is told: a certain one has no odds */

static double log_odds(double p)
{
	p = fmin(fmax(p, LEAST), 1 - LEAST);
	return log(p / (1 - p));
}

/* What the proof adds to the odds of what the booster says. */
static double proof_log_odds(const struct vq_model *m)
{
	double before = probability(&m->part[VQ_TEXT]);

	return log_odds(m->proved + (1 - m->proved) * before) - log_odds(before);
}

/* All reasons for one defect, appended to list. */
static void gather(const struct vq_model *m, enum vq_class c, struct vq_reason *list, size_t *n)
{
	const struct part *p = &m->part[m->bundle ? c : VQ_NONE];
	size_t f = vq_booster_features(p->booster);

	for (size_t i = 0; i < f; i++) {
		double v = m->bundle ? p->slope * p->contrib[i]
				     : p->contrib[(size_t)c * f + i] - p->contrib[i];

		if (vq_num_round(v, 6) == 0)
			continue;
		list[(*n)++] = (struct vq_reason){.feature = vq_booster_feature(p->booster, i),
			.value = (double)p->value[i],
			.contribution = v,
			.cls = c};
	}
	if (c == VQ_TEXT && m->bundle && m->proved > 0)
		list[(*n)++] = (struct vq_reason){.feature = VQ_PROOF_FEATURE,
			.value = m->proof_value,
			.contribution = proof_log_odds(m),
			.cls = c};
}

enum vq_code vq_model_reasons(struct vq_model *m, const int wanted[VQ_CLASSES],
	struct vq_reason *out, size_t max, size_t *n, struct vq_err *err)
{
	struct vq_reason *list;
	size_t room = 1 + 1, count = 0; /* one for the proof */
	enum vq_code code;

	*n = 0;
	for (int c = 0; c < VQ_CLASSES; c++) {
		struct part *p = &m->part[c];

		if (p->booster == NULL)
			continue;
		if ((code = vq_booster_contributions(p->booster, p->row, p->contrib, err)) != VQ_OK)
			return code;
		room += vq_booster_features(p->booster) * VQ_CLASSES;
	}
	if ((list = calloc(room, sizeof *list)) == NULL)
		return vq_nomem(err);
	for (int c = VQ_TEXT; c < VQ_CLASSES; c++)
		if (wanted[c] && !(m->no_text && c == VQ_TEXT))
			gather(m, (enum vq_class)c, list, &count);
	qsort(list, count, sizeof *list, stronger);
	for (*n = 0; *n < count && *n < max; (*n)++)
		out[*n] = list[*n];
	free(list);
	return VQ_OK;
}
