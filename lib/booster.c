#include "booster.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xgboost/c_api.h>

#include "xgbjson.h"

/* libgomp's; <omp.h> comes with the compiler and not with all of them. */
void omp_set_num_threads(int n);

struct vq_booster {
	BoosterHandle handle;
	char **names;
	struct vq_xgb_info info;
};

/* The first line of XGBoost's message without its time and source position. */
static enum vq_code failed(struct vq_err *err, enum vq_code code)
{
	const char *s = XGBGetLastError(), *p;
	size_t n = strcspn(s, "\n");

	if (*s == '[' && (p = memchr(s, ']', n)) != NULL && p[1] == ' ') {
		const char *colon;

		p += 2;
		n -= (size_t)(p - s);
		s = p;
		colon = strstr(s, ": ");
		if (colon != NULL && (size_t)(colon - s) < n &&
			memchr(s, '/', (size_t)(colon - s))) {
			n -= (size_t)(colon + 2 - s);
			s = colon + 2;
		}
	}
	return vq_fail(err, code, "XGBoost: %.*s", (int)(n > 200 ? 200 : n), s);
}

static void quiet(const char *message)
{
	(void)message;
}

static enum vq_code set_params(
	struct vq_booster *b, const struct vq_booster_param *p, struct vq_err *err)
{
	for (; p != NULL && p->key != NULL; p++)
		if (XGBoosterSetParam(b->handle, p->key, p->value) != 0)
			return failed(err, VQ_EDATA);
	return VQ_OK;
}

static enum vq_code create(struct vq_booster **b, DMatrixHandle *data, struct vq_err *err)
{
	static const struct vq_booster_param fixed[] = {
		{"nthread", "1"}, {"verbosity", "0"}, {"seed", "42"}, {NULL, NULL}};

	*b = calloc(1, sizeof **b);
	if (*b == NULL)
		return vq_nomem(err);
	/* Parts of XGBoost do not heed nthread, and threads that wait for tables this
	 * small took a fifth of the time. */
	omp_set_num_threads(1);
	/* XGBoost logs to standard output unless told otherwise. */
	if (XGBRegisterLogCallback(quiet) != 0 ||
		XGBoosterCreate(data, data != NULL, &(*b)->handle) != 0)
		return failed(err, VQ_ETEMP);
	return set_params(*b, fixed, err);
}

void vq_booster_free(struct vq_booster **b)
{
	if (*b == NULL)
		return;
	if ((*b)->handle != NULL)
		XGBoosterFree((*b)->handle);
	for (size_t i = 0; (*b)->names != NULL && i < (*b)->info.features; i++)
		free((*b)->names[i]);
	free((*b)->names);
	free(*b);
	*b = NULL;
}

static enum vq_code keep_names(struct vq_booster *b, const json_t *model, struct vq_err *err)
{
	const json_t *names = json_object_get(json_object_get(model, "learner"), "feature_names");

	b->names = calloc(b->info.features + 1, sizeof *b->names);
	if (b->names == NULL)
		return vq_nomem(err);
	for (size_t i = 0; i < b->info.features; i++) {
		b->names[i] = strdup(json_string_value(json_array_get(names, i)));
		if (b->names[i] == NULL)
			return vq_nomem(err);
	}
	return VQ_OK;
}

enum vq_code vq_booster_load(struct vq_booster **b, const json_t *model, struct vq_err *err)
{
	json_t *copy = json_deep_copy(model);
	char *text = NULL;
	enum vq_code code;

	*b = NULL;
	if (copy == NULL)
		return vq_nomem(err);
	if ((code = create(b, NULL, err)) != VQ_OK ||
		(code = vq_xgb_prepare(copy, &(*b)->info, err)) != VQ_OK)
		goto done;
	if ((text = json_dumps(copy, JSON_COMPACT | JSON_REAL_PRECISION(9))) == NULL) {
		code = vq_nomem(err);
		goto done;
	}
	if (XGBoosterLoadModelFromBuffer((*b)->handle, text, strlen(text)) != 0)
		code = failed(err, VQ_EDATA);
	else
		code = keep_names(*b, copy, err);
done:
	free(text);
	json_decref(copy);
	if (code != VQ_OK)
		vq_booster_free(b);
	return code;
}

static enum vq_code to_dmatrix(const struct vq_matrix *m, DMatrixHandle *d, struct vq_err *err)
{
	*d = NULL;
	if (XGDMatrixCreateFromMat_omp(m->x, m->rows, m->cols, NAN, d, 1) != 0)
		return failed(err, VQ_EDATA);
	if ((m->label != NULL && XGDMatrixSetFloatInfo(*d, "label", m->label, m->rows) != 0) ||
		(m->weight != NULL &&
			XGDMatrixSetFloatInfo(*d, "weight", m->weight, m->rows) != 0) ||
		(m->names != NULL && XGDMatrixSetStrFeatureInfo(*d, "feature_name",
					     (const char **)m->names, m->cols) != 0)) {
		enum vq_code code = failed(err, VQ_EDATA);

		XGDMatrixFree(*d);
		*d = NULL;
		return code;
	}
	return VQ_OK;
}

/* Read back what was trained, so that a trained and a loaded booster are one thing. */
static enum vq_code reload(struct vq_booster **b, struct vq_err *err)
{
	struct vq_booster *fresh = NULL;
	json_t *model = NULL;
	enum vq_code code = vq_booster_json(*b, &model, err);

	if (code == VQ_OK)
		code = vq_booster_load(&fresh, model, err);
	json_decref(model);
	if (code == VQ_OK) {
		vq_booster_free(b);
		*b = fresh;
	}
	return code;
}

enum vq_code vq_booster_train(struct vq_booster **b, const struct vq_matrix *m,
	const struct vq_booster_param *params, int rounds, struct vq_err *err)
{
	/* Rows and columns are drawn from a seed of each round, or the result would
	 * depend on what else was trained in this process before. */
	static const struct vq_booster_param fixed[] = {{"seed_per_iteration", "1"},
		{"tree_method", "exact"}, {"base_score", "0.5"}, {NULL, NULL}};
	DMatrixHandle data;
	enum vq_code code;

	*b = NULL;
	if ((code = to_dmatrix(m, &data, err)) != VQ_OK)
		return code;
	if ((code = create(b, &data, err)) == VQ_OK && (code = set_params(*b, fixed, err)) == VQ_OK)
		code = set_params(*b, params, err);
	for (int i = 0; code == VQ_OK && i < rounds; i++)
		if (XGBoosterUpdateOneIter((*b)->handle, i, data) != 0)
			code = failed(err, VQ_EDATA);
	if (code == VQ_OK && XGBoosterSetStrFeatureInfo((*b)->handle, "feature_name",
				     (const char **)m->names, m->cols) != 0)
		code = failed(err, VQ_EDATA);
	if (code == VQ_OK)
		code = reload(b, err);
	XGDMatrixFree(data);
	if (code != VQ_OK)
		vq_booster_free(b);
	return code;
}

enum vq_code vq_booster_json(struct vq_booster *b, json_t **model, struct vq_err *err)
{
	const char *text = NULL;
	bst_ulong len = 0;
	json_error_t je;

	*model = NULL;
	if (XGBoosterSaveModelToBuffer(b->handle, "{\"format\":\"json\"}", &len, &text) != 0)
		return failed(err, VQ_EBUG);
	*model = json_loadb(text, len, 0, &je);
	if (*model == NULL)
		return vq_fail(err, VQ_EBUG, "XGBoost wrote no JSON: %s", je.text);
	return VQ_OK;
}

size_t vq_booster_features(const struct vq_booster *b)
{
	return b->info.features;
}

const char *vq_booster_feature(const struct vq_booster *b, size_t i)
{
	return b->names[i];
}

size_t vq_booster_outputs(const struct vq_booster *b)
{
	return b->info.outputs;
}

const char *vq_booster_version(const struct vq_booster *b)
{
	return b->info.version;
}

/* type: 1 margins, 2 contributions, as XGBoosterPredictFromDMatrix counts them. */
static enum vq_code predict(struct vq_booster *b, const float *rows, size_t n, int type, int rounds,
	size_t expected, const float **out, struct vq_err *err)
{
	struct vq_matrix m = {.rows = n,
		.cols = b->info.features,
		.x = rows,
		.names = (const char *const *)b->names};
	bst_ulong const *shape;
	bst_ulong dims, got = 1;
	DMatrixHandle data;
	enum vq_code code;
	char config[160];

	if ((code = to_dmatrix(&m, &data, err)) != VQ_OK)
		return code;
	snprintf(config, sizeof config,
		"{\"type\":%d,\"training\":false,\"iteration_begin\":0,\"iteration_end\":%d,"
		"\"strict_shape\":true}",
		type, rounds);
	if (XGBoosterPredictFromDMatrix(b->handle, data, config, &shape, &dims, out) != 0)
		code = failed(err, VQ_EDATA);
	XGDMatrixFree(data);
	if (code != VQ_OK)
		return code;
	for (bst_ulong i = 0; i < dims; i++)
		got *= shape[i];
	if (got != expected)
		return vq_fail(err, VQ_EDATA, "XGBoost gave %zu numbers, expected %zu", (size_t)got,
			expected);
	for (size_t i = 0; i < expected; i++)
		if (!isfinite((*out)[i]))
			return vq_fail(
				err, VQ_EDATA, "the model gives a number that is not finite");
	return VQ_OK;
}

enum vq_code vq_booster_margins(struct vq_booster *b, const float *rows, size_t n, int rounds,
	double *out, struct vq_err *err)
{
	size_t k = b->info.outputs;
	const float *raw;
	enum vq_code code = predict(b, rows, n, 1, rounds, n * k, &raw, err);

	for (size_t i = 0; code == VQ_OK && i < n * k; i++)
		out[i] = (double)raw[i] + b->info.base[i % k];
	return code;
}

enum vq_code vq_booster_contributions(
	struct vq_booster *b, const float *row, double *out, struct vq_err *err)
{
	size_t k = b->info.outputs, f = b->info.features;
	const float *raw;
	enum vq_code code = predict(b, row, 1, 2, 0, k * (f + 1), &raw, err);

	for (size_t i = 0; code == VQ_OK && i < k; i++)
		for (size_t j = 0; j < f; j++)
			out[i * f + j] = (double)raw[i * (f + 1) + j];
	return code;
}

enum vq_code vq_booster_gain(struct vq_booster *b, double *out, struct vq_err *err)
{
	bst_ulong n = 0, dims = 0;
	bst_ulong const *shape;
	char const **names;
	float const *scores;

	for (size_t j = 0; j < b->info.features; j++)
		out[j] = 0;
	if (XGBoosterFeatureScore(b->handle,
		    b->info.linear ? "{\"importance_type\":\"weight\"}"
				   : "{\"importance_type\":\"total_gain\"}",
		    &n, &names, &dims, &shape, &scores) != 0)
		return failed(err, VQ_EDATA);
	for (bst_ulong i = 0; i < n; i++)
		for (size_t j = 0; j < b->info.features; j++)
			if (strcmp(names[i], b->names[j]) == 0)
				out[j] = fabs((double)scores[i]);
	return VQ_OK;
}
