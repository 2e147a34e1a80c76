#include "evaluate.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"
#include "scorecard.h"
#include "version.h"

struct vq_evaluation {
	const struct vq_labels *labels;
	struct vq_judgement *judged; /* per label */
	char *present;
	size_t unlabelled, trained;
	json_t *model; /* of the first prediction */
};

enum vq_code vq_evaluation_new(
	struct vq_evaluation **e, const struct vq_labels *labels, struct vq_err *err)
{
	*e = calloc(1, sizeof **e);
	if (*e == NULL)
		return vq_nomem(err);
	(*e)->labels = labels;
	(*e)->judged = calloc(labels->count, sizeof *(*e)->judged);
	(*e)->present = calloc(labels->count, 1);
	if ((*e)->judged == NULL || (*e)->present == NULL) {
		vq_evaluation_free(e);
		return vq_nomem(err);
	}
	return VQ_OK;
}

void vq_evaluation_free(struct vq_evaluation **e)
{
	if (*e == NULL)
		return;
	free((*e)->judged);
	free((*e)->present);
	json_decref((*e)->model);
	free(*e);
	*e = NULL;
}

/* The numbers of a prediction; [VQ_NONE] of defects is not there. */
static enum vq_code probabilities(
	const json_t *rec, const char *key, int first, double *p, struct vq_err *err)
{
	const json_t *o;
	enum vq_code code = vq_record_object(rec, key, &o, err);

	for (int c = first; code == VQ_OK && c < VQ_CLASSES; c++) {
		const char *name = vq_class_name((enum vq_class)c);

		code = vq_record_real(o, name, &p[c], err);
		if (code == VQ_OK && (p[c] < 0 || p[c] > 1))
			code = vq_fail(err, VQ_EDATA, "%s.%s is no probability", key, name);
	}
	return code;
}

static enum vq_code same_model(struct vq_evaluation *e, const json_t *rec, struct vq_err *err)
{
	const json_t *model;
	const char *sha;
	enum vq_code code;

	if ((code = vq_record_object(rec, "model", &model, err)) != VQ_OK ||
		(code = vq_record_str(model, "sha256", &sha, err)) != VQ_OK)
		return code;
	if (e->model == NULL)
		e->model = json_incref((json_t *)model);
	else if (!json_equal(e->model, model))
		return vq_fail(err, VQ_EDATA, "judged by another model than the clips before");
	return VQ_OK;
}

static enum vq_code add(
	struct vq_evaluation *e, const json_t *rec, const char *clip, struct vq_err *err)
{
	const struct vq_label *l = vq_labels_find(e->labels, clip);
	struct vq_judgement *j;
	enum vq_code code = same_model(e, rec, err);
	size_t i;

	if (code != VQ_OK)
		return code;
	if (l == NULL) {
		e->unlabelled++;
		return VQ_OK;
	}
	i = (size_t)(l - e->labels->list);
	j = &e->judged[i];
	if (e->present[i])
		return vq_fail(err, VQ_EDATA, "came before");
	e->present[i] = 1;
	if ((code = probabilities(rec, "class_probabilities", VQ_NONE, j->p, err)) == VQ_OK)
		code = probabilities(rec, "defects", VQ_TEXT, j->defect, err);
	j->defect[VQ_NONE] = j->p[VQ_NONE];
	return code;
}

enum vq_code vq_evaluation_add(struct vq_evaluation *e, const json_t *rec, struct vq_err *err)
{
	const char *clip;
	enum vq_code code;

	if (!vq_record_is(rec, "prediction"))
		return vq_fail(err, VQ_EDATA, "\"%.40s\" record, expected a prediction",
			json_string_value(json_object_get(rec, "type")));
	if ((code = vq_record_str(rec, "clip_id", &clip, err)) == VQ_OK &&
		(code = add(e, rec, clip, err)) != VQ_OK)
		vq_fail_at(err, "clip %.100s", clip);
	return code;
}

/* Labelled clips with a name that is in the list. */
static size_t count_names(const struct vq_labels *labels, const json_t *names)
{
	json_t *known = json_object(), *name;
	size_t i, n = 0;

	json_array_foreach(names, i, name)
	{
		if (json_is_string(name))
			json_object_set_new(known, json_string_value(name), json_true());
	}
	for (i = 0; i < labels->count; i++)
		n += json_object_get(known, labels->list[i].clip_id) != NULL;
	json_decref(known);
	return n;
}

enum vq_code vq_evaluation_check(
	struct vq_evaluation *e, const json_t *manifest, struct vq_err *err)
{
	const char *labels, *model, *judge;
	const json_t *data, *m;
	enum vq_code code;

	if ((code = vq_record_object(manifest, "data", &data, err)) != VQ_OK ||
		(code = vq_record_str(data, "labels_sha256", &labels, err)) != VQ_OK ||
		(code = vq_record_object(manifest, "model", &m, err)) != VQ_OK ||
		(code = vq_record_str(m, "sha256", &model, err)) != VQ_OK)
		return code;
	judge = json_string_value(json_object_get(e->model, "sha256"));
	if (judge != NULL && strcmp(judge, model) != 0)
		return vq_fail(err, VQ_EDATA, "belongs to another model than the predictions");
	if (strcmp(labels, e->labels->sha256) == 0)
		return vq_fail(err, VQ_EDATA,
			"the model was trained on these very labels: a score on them says nothing");
	e->trained = count_names(e->labels, json_object_get(data, "clips"));
	return VQ_OK;
}

size_t vq_evaluation_trained(const struct vq_evaluation *e)
{
	return e->trained;
}

static enum vq_code count_missing(
	const struct vq_evaluation *e, bool allow_missing, size_t *missing, struct vq_err *err)
{
	const char *first = NULL;

	*missing = 0;
	for (size_t i = 0; i < e->labels->count; i++)
		if (!e->present[i] && vq_label_scores(&e->labels->list[i]) && (*missing)++ == 0)
			first = e->labels->list[i].clip_id;
	if (*missing > 0 && !allow_missing)
		return vq_fail(err, VQ_EDATA,
			"%zu labelled clips have no prediction, %.100s first; see --allow-missing",
			*missing, first);
	return VQ_OK;
}

enum vq_code vq_evaluation_finish(struct vq_evaluation *e, double threshold, bool allow_missing,
	json_t **result, struct vq_err *err)
{
	struct vq_scored *s = calloc(e->labels->count, sizeof *s);
	size_t n = 0, missing = 0, disputed = 0;
	struct vq_metrics m;
	double v[VQ_NUMBERS];
	json_t *card = NULL;
	enum vq_code code =
		s == NULL ? vq_nomem(err) : count_missing(e, allow_missing, &missing, err);

	*result = NULL;
	for (size_t i = 0; code == VQ_OK && i < e->labels->count; i++) {
		disputed += e->labels->list[i].disputed;
		if (e->present[i] && vq_label_scores(&e->labels->list[i]))
			s[n++] = vq_scored_of(&e->labels->list[i], &e->judged[i]);
	}
	if (code == VQ_OK && n == 0)
		code = vq_fail(err, VQ_EDATA, "no labelled clip has a prediction");
	if (code == VQ_OK && (code = vq_metrics(s, n, threshold, &m, err)) == VQ_OK)
		code = vq_scorecard(s, n, threshold, &card, err);
	if (code == VQ_OK) {
		vq_numbers(&m, v);
		*result = json_pack("{s:s,s:O,s:{s:s},s:{s:s,s:I,s:I,s:I,s:I,s:I},s:{s:f},s:o,s:o}",
			"type", "evaluation", "model", e->model, "vidqc", "version", VQ_VERSION,
			"data", "labels_sha256", e->labels->sha256, "used", (json_int_t)n,
			"disputed", (json_int_t)disputed, "missing_predictions",
			(json_int_t)missing, "unlabelled_predictions", (json_int_t)e->unlabelled,
			"trained_on", (json_int_t)e->trained, "config", "model.binary_threshold",
			threshold, "validation", card, "gate", vq_gates_json(v, NULL));
		if (*result == NULL)
			code = vq_nomem(err);
	}
	free(s);
	return code;
}

void vq_evaluation_print(FILE *out, const json_t *result)
{
	const json_t *data = json_object_get(result, "data");
	const json_t *card = json_object_get(result, "validation");
	const char *k;
	json_t *v;

	fprintf(out, "model %s on %lld labelled clips\n",
		json_string_value(json_object_get(json_object_get(result, "model"), "version")),
		json_integer_value(json_object_get(data, "used")));
	json_object_foreach(json_object_get(card, "pooled"), k, v)
	{
		fprintf(out, "  %-24s", k);
		vq_print_value(out, v);
		fputc('\n', out);
	}
	vq_print_scorecard(out, card);
	vq_print_gates(out, json_object_get(result, "gate"));
}
