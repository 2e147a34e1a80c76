#include "xgbjson.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "num.h"

/* Far above what a model needs, and low enough that TreeSHAP, whose memory grows
 * with the square of the depth, stays small. */
enum { MAX_TREES = 100000, MAX_NODES = 1 << 20, MAX_DEPTH = 64, MAX_FEATURES = 100000 };

/* The member of that key, or an error that names it. */
static enum vq_code member(
	const json_t *o, const char *key, json_type type, json_t **out, struct vq_err *err)
{
	static const char *const names[] = {"object", "array", "string", "integer", "number"};

	*out = json_object_get(o, key);
	if (*out == NULL || json_typeof(*out) != type)
		return vq_fail(err, VQ_EDATA, "no XGBoost model: \"%s\" %s, expected an %s", key,
			*out == NULL ? "missing" : "wrong", names[type]);
	return VQ_OK;
}

/* A number that XGBoost writes as a string, as it does for parameters. */
static enum vq_code param(const json_t *o, const char *key, long max, long *out, struct vq_err *err)
{
	const char *s = json_string_value(json_object_get(o, key));

	if (!vq_num_long(s, 0, max, out))
		return vq_fail(err, VQ_EDATA, "\"%s\" is no number from 0 to %ld", key, max);
	return VQ_OK;
}

/* The array has n integers in [min,max]. */
static enum vq_code integers(const json_t *o, const char *key, size_t n, long min, long max,
	json_t **out, struct vq_err *err)
{
	enum vq_code code = member(o, key, JSON_ARRAY, out, err);
	const json_t *v;
	size_t i;

	if (code != VQ_OK)
		return code;
	if (json_array_size(*out) != n)
		return vq_fail(err, VQ_EDATA, "\"%s\" has %zu values, expected %zu", key,
			json_array_size(*out), n);
	json_array_foreach(*out, i, v)
	{
		if (json_is_boolean(v) && min == 0)
			continue;
		if (!json_is_integer(v) || json_integer_value(v) < min ||
			json_integer_value(v) > max)
			return vq_fail(err, VQ_EDATA, "\"%s\"[%zu] is out of range", key, i);
	}
	return VQ_OK;
}

/* The array has n numbers.  XGBoost insists on a decimal point, which other writers
 * of JSON leave out. */
static enum vq_code reals(const json_t *o, const char *key, size_t n, struct vq_err *err)
{
	json_t *list, *v;
	enum vq_code code = member(o, key, JSON_ARRAY, &list, err);
	size_t i;

	if (code != VQ_OK)
		return code;
	if (json_array_size(list) != n)
		return vq_fail(err, VQ_EDATA, "\"%s\" has %zu values, expected %zu", key,
			json_array_size(list), n);
	json_array_foreach(list, i, v)
	{
		if (!json_is_number(v) || !isfinite((float)json_number_value(v)))
			return vq_fail(err, VQ_EDATA, "\"%s\"[%zu] is out of range", key, i);
		if (json_is_integer(v) &&
			json_array_set_new(list, i, json_real(json_number_value(v))) < 0)
			return vq_nomem(err);
	}
	return VQ_OK;
}

/* What libxgboost writes into a node that pruning has deleted. */
enum { DELETED = 2147483647, NO_PARENT = 2147483647, UNREACHED = -1 };

/* Walk from the root: every node is reached at most once, none is too deep.  parent
 * gets each node's, depth is scratch; both have n numbers. */
static enum vq_code walk(const json_t *left, const json_t *right, size_t n, long *parent,
	long *depth, long *stack, struct vq_err *err)
{
	size_t top = 0;

	for (size_t i = 0; i < n; i++)
		parent[i] = UNREACHED;
	parent[0] = NO_PARENT;
	depth[0] = 0;
	stack[top++] = 0;
	while (top > 0) {
		size_t at = (size_t)stack[--top];
		long child[2] = {(long)json_integer_value(json_array_get(left, at)),
			(long)json_integer_value(json_array_get(right, at))};

		if (child[0] == -1 && child[1] == -1)
			continue;
		for (int c = 0; c < 2; c++) {
			if (child[c] < 1 || (size_t)child[c] >= n || parent[child[c]] != UNREACHED)
				return vq_fail(err, VQ_EDATA, "node %zu: child %ld", at, child[c]);
			if (depth[at] + 1 > MAX_DEPTH)
				return vq_fail(err, VQ_EDATA, "deeper than %d", MAX_DEPTH);
			depth[child[c]] = depth[at] + 1;
			parent[child[c]] = (long)at;
			stack[top++] = child[c];
		}
	}
	return VQ_OK;
}

/* A node that can be reached splits on a feature that there is; one that cannot is
 * marked as deleted. */
static enum vq_code check_splits(json_t *tree, const long *parent, size_t n, size_t features,
	long deleted, struct vq_err *err)
{
	const json_t *split = json_object_get(tree, "split_indices");
	const json_t *left = json_object_get(tree, "left_children");
	const json_t *right = json_object_get(tree, "right_children");
	json_t *parents = json_object_get(tree, "parents");
	long gone = 0;

	for (size_t i = 0; i < n; i++) {
		json_int_t feature = json_integer_value(json_array_get(split, i));

		if (parent[i] == UNREACHED) {
			gone++;
			if (feature != DELETED ||
				json_integer_value(json_array_get(left, i)) != -1 ||
				json_integer_value(json_array_get(right, i)) != -1)
				return vq_fail(err, VQ_EDATA, "node %zu cannot be reached", i);
		} else if (feature >= (json_int_t)features) {
			return vq_fail(err, VQ_EDATA, "\"split_indices\"[%zu] is out of range", i);
		}
		/* The library writes through this one; do not believe it. */
		if (json_array_set_new(
			    parents, i, json_integer(parent[i] == UNREACHED ? 0 : parent[i])) < 0)
			return vq_nomem(err);
	}
	if (gone != deleted)
		return vq_fail(err, VQ_EDATA, "%ld nodes deleted, expected %ld", gone, deleted);
	return VQ_OK;
}

static enum vq_code check_nodes(
	json_t *tree, size_t n, size_t features, long deleted, struct vq_err *err)
{
	static const char *const real[] = {
		"base_weights", "loss_changes", "sum_hessian", "split_conditions"};
	static const char *const categorical[] = {
		"categories", "categories_nodes", "categories_segments", "categories_sizes"};
	json_t *left, *right, *v;
	long *scratch = calloc(3 * n, sizeof *scratch), top = (long)n - 1;
	enum vq_code code = scratch == NULL ? vq_nomem(err) : VQ_OK;

	for (size_t i = 0; code == VQ_OK && i < sizeof real / sizeof *real; i++)
		code = reals(tree, real[i], n, err);
	if (code == VQ_OK &&
		(code = integers(tree, "left_children", n, -1, top, &left, err)) == VQ_OK &&
		(code = integers(tree, "right_children", n, -1, top, &right, err)) == VQ_OK &&
		(code = integers(tree, "parents", n, 0, NO_PARENT, &v, err)) == VQ_OK &&
		(code = integers(tree, "split_indices", n, 0, DELETED, &v, err)) == VQ_OK &&
		(code = integers(tree, "default_left", n, 0, 1, &v, err)) == VQ_OK &&
		(code = integers(tree, "split_type", n, 0, 0, &v, err)) == VQ_OK &&
		(code = walk(left, right, n, scratch, scratch + n, scratch + 2 * n, err)) == VQ_OK)
		code = check_splits(tree, scratch, n, features, deleted, err);
	for (size_t i = 0; code == VQ_OK && i < sizeof categorical / sizeof *categorical; i++)
		if (json_object_set_new(tree, categorical[i], json_array()) < 0)
			code = vq_nomem(err);
	free(scratch);
	return code;
}

static enum vq_code check_tree(json_t *tree, size_t index, size_t features, struct vq_err *err)
{
	long nodes, deleted, vector = 0;
	enum vq_code code;
	json_t *p;

	if ((code = member(tree, "tree_param", JSON_OBJECT, &p, err)) == VQ_OK &&
		(code = param(p, "num_nodes", MAX_NODES, &nodes, err)) == VQ_OK &&
		(code = param(p, "num_deleted", MAX_NODES, &deleted, err)) == VQ_OK &&
		json_object_get(p, "size_leaf_vector") != NULL)
		code = param(p, "size_leaf_vector", 1, &vector, err);
	if (code == VQ_OK && nodes < 1)
		code = vq_fail(err, VQ_EDATA, "no nodes");
	/* 0 and 1 mean the same, and 1.7 knows only 0. */
	if (code == VQ_OK && json_object_set_new(p, "size_leaf_vector", json_string("0")) < 0)
		code = vq_nomem(err);
	if (code == VQ_OK)
		code = check_nodes(tree, (size_t)nodes, features, deleted, err);
	return code == VQ_OK ? code : vq_fail_at(err, "tree %zu", index);
}

static enum vq_code check_trees(
	const json_t *gbtree, const struct vq_xgb_info *info, size_t *count, struct vq_err *err)
{
	json_t *model, *p, *trees, *v;
	enum vq_code code;
	long n = 0;

	if ((code = member(gbtree, "model", JSON_OBJECT, &model, err)) != VQ_OK ||
		(code = member(model, "gbtree_model_param", JSON_OBJECT, &p, err)) != VQ_OK ||
		(code = param(p, "num_trees", MAX_TREES, &n, err)) != VQ_OK ||
		(code = member(model, "trees", JSON_ARRAY, &trees, err)) != VQ_OK ||
		(code = integers(model, "tree_info", (size_t)n, 0, (long)info->outputs - 1, &v,
			 err)) != VQ_OK)
		return code;
	if (json_array_size(trees) != (size_t)n)
		return vq_fail(err, VQ_EDATA, "%zu trees, expected %ld", json_array_size(trees), n);
	for (size_t i = 0; i < (size_t)n; i++) {
		json_t *tree = json_array_get(trees, i);

		if (!json_is_object(tree))
			return vq_fail(err, VQ_EDATA, "tree %zu: no object", i);
		if (json_integer_value(json_object_get(tree, "id")) != (json_int_t)i)
			return vq_fail(err, VQ_EDATA, "tree %zu: wrong \"id\"", i);
		if ((code = check_tree(tree, i, info->features, err)) != VQ_OK)
			return code;
	}
	*count = (size_t)n;
	return VQ_OK;
}

static enum vq_code check_booster(
	const json_t *learner, struct vq_xgb_info *info, struct vq_err *err)
{
	json_t *b, *name, *inner;
	enum vq_code code;
	size_t trees;

	if ((code = member(learner, "gradient_booster", JSON_OBJECT, &b, err)) != VQ_OK ||
		(code = member(b, "name", JSON_STRING, &name, err)) != VQ_OK)
		return code;
	if (strcmp(json_string_value(name), "gbtree") == 0)
		return check_trees(b, info, &trees, err);
	if (strcmp(json_string_value(name), "dart") == 0) {
		if ((code = member(b, "gbtree", JSON_OBJECT, &inner, err)) != VQ_OK ||
			(code = check_trees(inner, info, &trees, err)) != VQ_OK)
			return code;
		return reals(b, "weight_drop", trees, err);
	}
	if (strcmp(json_string_value(name), "gblinear") == 0) {
		if ((code = member(b, "model", JSON_OBJECT, &inner, err)) != VQ_OK)
			return code;
		info->linear = true;
		/* The library that writes one base score for each class (3.1 and 3.2)
		 * uses the first one for all of them in a linear booster. */
		for (size_t i = 1; i < info->outputs; i++)
			info->base[i] = info->base[0];
		return reals(inner, "weights", (info->features + 1) * info->outputs, err);
	}
	return vq_fail(err, VQ_EDATA, "booster \"%.40s\" is not known", json_string_value(name));
}

static enum vq_code check_names(const json_t *learner, struct vq_xgb_info *info, struct vq_err *err)
{
	enum vq_code code;
	json_t *names;

	if ((code = member(learner, "feature_names", JSON_ARRAY, &names, err)) != VQ_OK)
		return code;
	info->features = json_array_size(names);
	if (info->features == 0)
		return vq_fail(err, VQ_EDATA, "the model has no feature names; train it with them");
	if (info->features > MAX_FEATURES)
		return vq_fail(err, VQ_EDATA, "%zu features", info->features);
	for (size_t i = 0; i < info->features; i++)
		if (!json_is_string(json_array_get(names, i)))
			return vq_fail(err, VQ_EDATA, "\"feature_names\"[%zu] is no string", i);
	return VQ_OK;
}

/* "5E-1", or from XGBoost 3.1 on "[5E-1]" or "[a,b,c]", one for each class. */
static enum vq_code base_score(const char *s, struct vq_xgb_info *info, struct vq_err *err)
{
	double v[VQ_XGB_MAX_OUTPUTS];
	size_t n = 0;
	bool list = *s == '[';
	char *end;

	s += list;
	do {
		if (n == VQ_XGB_MAX_OUTPUTS)
			return vq_fail(err, VQ_EDATA, "\"base_score\" has too many values");
		v[n] = strtod(s, &end);
		if (end == s || !isfinite(v[n]))
			return vq_fail(err, VQ_EDATA, "\"base_score\" is no number");
		n++;
		s = end + 1;
	} while (list && *end == ',');
	if (list ? *end != ']' || end[1] != '\0' : *end != '\0')
		return vq_fail(err, VQ_EDATA, "\"base_score\" is no number");
	if (n != 1 && n != info->outputs)
		return vq_fail(err, VQ_EDATA, "\"base_score\" has %zu values, expected %zu", n,
			info->outputs);
	for (size_t i = 0; i < info->outputs; i++)
		info->base[i] = v[n == 1 ? 0 : i];
	if (info->outputs > 1)
		return VQ_OK;
	if (!(v[0] > 0 && v[0] < 1))
		return vq_fail(err, VQ_EDATA, "\"base_score\" is no probability");
	info->base[0] = log(v[0] / (1 - v[0]));
	return VQ_OK;
}

static enum vq_code check_learner(json_t *learner, struct vq_xgb_info *info, struct vq_err *err)
{
	json_t *p, *o, *name, *base;
	enum vq_code code;
	long classes = 0, targets = 1, features = 0;

	if ((code = member(learner, "learner_model_param", JSON_OBJECT, &p, err)) != VQ_OK ||
		(code = param(p, "num_class", VQ_XGB_MAX_OUTPUTS, &classes, err)) != VQ_OK ||
		(code = param(p, "num_feature", MAX_FEATURES, &features, err)) != VQ_OK ||
		(code = member(p, "base_score", JSON_STRING, &base, err)) != VQ_OK ||
		(code = member(learner, "objective", JSON_OBJECT, &o, err)) != VQ_OK ||
		(code = member(o, "name", JSON_STRING, &name, err)) != VQ_OK)
		return code;
	if (json_object_get(p, "num_target") != NULL)
		code = param(p, "num_target", 1, &targets, err);
	if (code != VQ_OK)
		return code;
	if (strcmp(json_string_value(name), "binary:logistic") == 0 && classes <= 1)
		info->outputs = 1;
	else if (strcmp(json_string_value(name), "multi:softprob") == 0 && classes >= 2)
		info->outputs = (size_t)classes;
	else
		return vq_fail(err, VQ_EDATA,
			"objective \"%.40s\" with %ld classes, expected multi:softprob or "
			"binary:logistic",
			json_string_value(name), classes);
	if ((size_t)features != info->features)
		return vq_fail(err, VQ_EDATA, "%zu feature names for %ld features", info->features,
			features);
	if ((code = base_score(json_string_value(base), info, err)) != VQ_OK)
		return code;
	if (json_object_set_new(p, "base_score", json_string(info->outputs == 1 ? "5E-1" : "0E0")) <
		0)
		return vq_nomem(err);
	return VQ_OK;
}

enum vq_code vq_xgb_prepare(json_t *model, struct vq_xgb_info *info, struct vq_err *err)
{
	json_t *version, *learner;
	enum vq_code code;
	int v[3] = {0};

	memset(info, 0, sizeof *info);
	if ((code = member(model, "version", JSON_ARRAY, &version, err)) != VQ_OK ||
		(code = integers(model, "version", 3, 0, 100000, &version, err)) != VQ_OK ||
		(code = member(model, "learner", JSON_OBJECT, &learner, err)) != VQ_OK)
		return code;
	for (size_t i = 0; i < 3; i++)
		v[i] = (int)json_integer_value(json_array_get(version, i));
	snprintf(info->version, sizeof info->version, "%d.%d.%d", v[0], v[1], v[2]);
	if ((code = check_names(learner, info, err)) != VQ_OK ||
		(code = check_learner(learner, info, err)) != VQ_OK)
		return code;
	return check_booster(learner, info, err);
}
