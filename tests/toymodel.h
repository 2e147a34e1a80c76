/* XGBoost models small enough to predict by hand, as XGBoost's JSON form has them. */
#ifndef TOYMODEL_H
#define TOYMODEL_H

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

/* A stump: value[0] where feature < split, else value[1]. */
struct toy_stump {
	int feature;
	double split, value[2];
};

static json_t *toy_tree(int id, int features, const struct toy_stump *s)
{
	char n[12];

	snprintf(n, sizeof n, "%d", features);
	return json_pack("{s:[f,f,f],s:[],s:[],s:[],s:[],s:[i,i,i],s:i,s:[i,i,i],s:[f,f,f],"
			 "s:[i,i,i],s:[i,i,i],s:[f,f,f],s:[i,i,i],s:[i,i,i],s:[f,f,f],"
			 "s:{s:s,s:s,s:s,s:s}}",
		"base_weights", 0.0, s->value[0], s->value[1], "categories", "categories_nodes",
		"categories_segments", "categories_sizes", "default_left", 1, 0, 0, "id", id,
		"left_children", 1, -1, -1, "loss_changes", 1.0, 0.0, 0.0, "parents", 2147483647, 0,
		0, "right_children", 2, -1, -1, "split_conditions", s->split, s->value[0],
		s->value[1], "split_indices", s->feature, 0, 0, "split_type", 0, 0, 0,
		"sum_hessian", 2.0, 1.0, 1.0, "tree_param", "num_deleted", "0", "num_feature", n,
		"num_nodes", "3", "size_leaf_vector", "0");
}

/* outputs 1: binary:logistic, one tree; else multi:softprob, one tree a class.
 * The caller owns the model. */
__attribute__((unused)) static json_t *toy_model(const char *const *names, int features,
	const struct toy_stump *stump, int outputs, const char *base_score)
{
	json_t *feature_names = json_array(), *trees = json_array(), *info = json_array(),
	       *objective;
	char nf[12], nt[12], nc[12];

	snprintf(nf, sizeof nf, "%d", features);
	snprintf(nt, sizeof nt, "%d", outputs);
	snprintf(nc, sizeof nc, "%d", outputs > 1 ? outputs : 0);
	for (int i = 0; i < features; i++)
		json_array_append_new(feature_names, json_string(names[i]));
	for (int i = 0; i < outputs; i++) {
		json_array_append_new(trees, toy_tree(i, features, &stump[i]));
		json_array_append_new(info, json_integer(i));
	}
	objective = outputs > 1 ? json_pack("{s:s,s:{s:s}}", "name", "multi:softprob",
					  "softmax_multiclass_param", "num_class", nc)
				: json_pack("{s:s,s:{s:s}}", "name", "binary:logistic",
					  "reg_loss_param", "scale_pos_weight", "1");
	return json_pack("{s:{s:{},s:o,s:[],s:{s:{s:{s:s,s:s,s:s},s:o,s:o},s:s},"
			 "s:{s:s,s:s,s:s,s:s},s:o},s:[i,i,i]}",
		"learner", "attributes", "feature_names", feature_names, "feature_types",
		"gradient_booster", "model", "gbtree_model_param", "num_parallel_tree", "1",
		"num_trees", nt, "size_leaf_vector", "0", "tree_info", info, "trees", trees, "name",
		"gbtree", "learner_model_param", "base_score", base_score, "num_class", nc,
		"num_feature", nf, "num_target", "1", "objective", objective, "version", 1, 7, 4);
}

/* A bundle of two stumps on has_text_regions and the named features; log odds
 * -2 or +2 each. */
__attribute__((unused)) static json_t *toy_bundle(
	const char *text_feature, const char *flicker_feature, const char *extractor)
{
	const char *text[] = {"has_text_regions", text_feature};
	const char *flicker[] = {flicker_feature};
	const struct toy_stump t = {1, 0.5, {-2, 2}}, f = {0, 0.5, {-2, 2}};

	return json_pack("{s:s,s:s,s:{s:s,s:s},s:{s:{s:f,s:f},s:{s:f,s:f}},s:{s:o,s:o}}", "type",
		"vidqc-model", "version", "toy", "extractor", "version", extractor, "manifest", "m",
		"calibration", "TEXT_INCONSISTENCY", "slope", 1.0, "intercept", 0.0,
		"TEMPORAL_FLICKER", "slope", 0.5, "intercept", 0.25, "boosters",
		"TEXT_INCONSISTENCY", toy_model(text, 2, &t, 1, "5E-1"), "TEMPORAL_FLICKER",
		toy_model(flicker, 1, &f, 1, "5E-1"));
}

#endif
