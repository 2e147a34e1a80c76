#include "../../lib/xgbjson.h"
#include "../tap.h"
#include "../toymodel.h"

static const char *const names[] = {"a", "b"};
static const struct toy_stump stumps[3] = {
	{0, 0.5, {1, -1}}, {1, 0.5, {0.5, 2}}, {0, 0.25, {-1, 1}}};
static struct vq_err err;

static json_t *fresh(int outputs)
{
	return toy_model(names, 2, stumps, outputs, "5E-1");
}

/* The value at a path of keys and indices, like "learner.x.0". */
static json_t *at(json_t *j, const char *path)
{
	char copy[256], *save, *part;

	snprintf(copy, sizeof copy, "%s", path);
	for (part = strtok_r(copy, ".", &save); part != NULL; part = strtok_r(NULL, ".", &save))
		j = json_is_array(j) ? json_array_get(j, (size_t)atoi(part))
				     : json_object_get(j, part);
	return j;
}

#define TREE "learner.gradient_booster.model.trees.0"

/* Put value (JSON) at parent's key or index; NULL deletes.  The model is refused. */
static void refused(
	int outputs, const char *parent, const char *key, const char *value, const char *says)
{
	json_t *m = fresh(outputs), *o = at(m, parent);
	json_t *v = value != NULL ? json_loads(value, JSON_DECODE_ANY, NULL) : NULL;
	struct vq_xgb_info info;

	if (json_is_array(o))
		json_array_set_new(o, (size_t)atoi(key), v);
	else if (v != NULL)
		json_object_set_new(o, key, v);
	else
		json_object_del(o, key);
	is_int(vq_xgb_prepare(m, &info, &err), VQ_EDATA, "%s.%s = %s is refused", parent, key,
		value ? value : "nothing");
	has_str(err.msg, says, "and the message names it");
	json_decref(m);
}

static void base(int outputs, const char *score, double first, double last)
{
	json_t *m = toy_model(names, 2, stumps, outputs, score);
	struct vq_xgb_info info;

	is_int(vq_xgb_prepare(m, &info, &err), VQ_OK, "base score %s", score);
	is_real(info.base[0], first, 1e-9, "the first margin");
	is_real(info.base[outputs - 1], last, 1e-9, "the last margin");
	is_str(json_string_value(at(m, "learner.learner_model_param.base_score")),
		outputs == 1 ? "5E-1" : "0E0", "the model's own is neutral then");
	json_decref(m);
}

/* Numbers that the library would follow blindly and that we know better. */
static void lies(void)
{
	json_t *m = fresh(1);
	struct vq_xgb_info info;

	json_array_set_new(at(m, TREE ".parents"), 2, json_integer(2147483647));
	json_array_set_new(at(m, TREE ".split_conditions"), 1, json_integer(1));
	json_array_append_new(at(m, TREE ".categories_nodes"), json_integer(99));
	json_object_set_new(at(m, TREE ".tree_param"), "size_leaf_vector", json_string("1"));
	is_int(vq_xgb_prepare(m, &info, &err), VQ_OK, "a model with harmless lies");
	is_int(json_integer_value(at(m, TREE ".parents.2")), 0, "a wrong parent is set right");
	ok(json_is_real(at(m, TREE ".split_conditions.1")), "a whole number becomes a real one");
	is_int((long long)json_array_size(at(m, TREE ".categories_nodes")), 0,
		"no categories without categorical splits");
	is_str(json_string_value(at(m, TREE ".tree_param.size_leaf_vector")), "0",
		"one value a leaf, as 1.7 says it");
	json_decref(m);
}

/* Pruning makes leaves of splits and leaves their children behind. */
static void pruned(void)
{
	static const char *const integer[] = {"split_indices", "left_children", "right_children",
		"default_left", "parents", "split_type"};
	static const char *const real[] = {
		"base_weights", "loss_changes", "sum_hessian", "split_conditions"};
	static const int gone[] = {2147483647, -1, -1, 1, 1, 0};
	json_t *m = fresh(1), *tree = at(m, TREE);
	struct vq_xgb_info info;

	for (int i = 0; i < 6; i++)
		json_array_append_new(json_object_get(tree, integer[i]), json_integer(gone[i]));
	for (int i = 0; i < 4; i++)
		json_array_append_new(json_object_get(tree, real[i]), json_real(0));
	json_object_set_new(at(tree, "tree_param"), "num_nodes", json_string("4"));
	is_int(vq_xgb_prepare(m, &info, &err), VQ_EDATA, "a node that hangs in the air");
	json_object_set_new(at(tree, "tree_param"), "num_deleted", json_string("1"));
	is_int(vq_xgb_prepare(m, &info, &err), VQ_OK, "a node that was pruned");
	json_array_set_new(json_object_get(tree, "split_indices"), 3, json_integer(0));
	is_int(vq_xgb_prepare(m, &info, &err), VQ_EDATA, "one that is not marked so");
	has_str(err.msg, "node 3 cannot be reached", "is named");
	json_decref(m);
}

int main(void)
{
	struct vq_xgb_info info;
	json_t *m = fresh(3);

	is_int(vq_xgb_prepare(m, &info, &err), VQ_OK, "a sound model");
	is_int((long long)info.features, 2, "two features");
	is_int((long long)info.outputs, 3, "three classes");
	is_str(info.version, "1.7.4", "who wrote it");
	json_decref(m);
	lies();
	pruned();

	base(1, "5E-1", 0, 0);
	base(1, "[2.5E-1]", log(1.0 / 3), log(1.0 / 3));
	base(3, "5E-1", 0.5, 0.5);
	base(3, "[1E-1,-2E-1,3E-1]", 0.1, 0.3);
	refused(3, "learner.learner_model_param", "base_score", "\"[1E-1,2E-1]\"", "base_score");
	refused(3, "learner.learner_model_param", "base_score", "\"[1,2,3\"", "base_score");
	refused(3, "learner.learner_model_param", "base_score", "\"x\"", "base_score");
	refused(1, "learner.learner_model_param", "base_score", "\"1E0\"", "no probability");

	refused(1, "", "learner", NULL, "learner");
	refused(1, "", "version", "[1,7]", "version");
	refused(1, "learner", "feature_names", "[]", "no feature names");
	refused(1, "learner", "feature_names", "[\"a\"]", "1 feature names for 2");
	refused(1, "learner", "feature_names", "[\"a\",3]", "feature_names");
	refused(1, "learner.objective", "name", "\"rank:pairwise\"", "rank:pairwise");
	refused(3, "learner.learner_model_param", "num_class", "\"99\"", "num_class");
	refused(1, "learner.learner_model_param", "num_target", "\"2\"", "num_target");
	refused(1, "learner.gradient_booster", "name", "\"other\"", "\"other\"");
	refused(1, "learner.gradient_booster.model", "tree_info", "[1]", "tree_info");
	refused(1, "learner.gradient_booster.model", "tree_info", "[]", "tree_info");
	refused(1, "learner.gradient_booster.model.gbtree_model_param", "num_trees", "\"2\"",
		"tree_info");
	refused(1, "learner.gradient_booster.model.trees", "0", "7", "tree 0");
	refused(1, TREE, "id", "4", "\"id\"");
	refused(1, TREE ".tree_param", "num_nodes", "\"4\"", "4");
	refused(1, TREE ".tree_param", "num_nodes", "\"-1\"", "num_nodes");
	refused(1, TREE ".tree_param", "size_leaf_vector", "\"3\"", "size_leaf_vector");
	refused(1, TREE ".left_children", "0", "3", "left_children");
	refused(1, TREE ".left_children", "0", "0", "child 0");
	refused(1, TREE ".left_children", "0", "2", "child 2");
	refused(1, TREE ".right_children", "0", "-1", "child -1");
	refused(1, TREE ".left_children", "1", "2", "child");
	refused(1, TREE ".tree_param", "num_deleted", "\"1\"", "0 nodes deleted, expected 1");
	refused(1, TREE ".split_indices", "0", "2", "split_indices");
	refused(1, TREE ".split_indices", "0", "-1", "split_indices");
	refused(1, TREE ".split_type", "0", "1", "split_type");
	refused(1, TREE ".split_conditions", "0", "1e300", "split_conditions");
	refused(1, TREE ".split_conditions", "0", "\"x\"", "split_conditions");
	refused(1, TREE, "default_left", "[1]", "default_left");
	return done_testing();
}
