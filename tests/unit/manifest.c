#include "../../lib/manifest.h"
#include "../tap.h"

static const struct vq_feature a_list[] = {
	{"zeta", "text", "count", 0, 10, "a"},
	{"alpha_2", "text", "share", 0, 1, "b"},
};
static const struct vq_feature b_list[] = {{"mid", "temporal", "Hz", -1, 1, "c"}};
static const struct vq_feature_set a = {a_list, 2}, b = {b_list, 1};

static enum vq_code with(const struct vq_feature *f, struct vq_err *err)
{
	struct vq_feature_set s = {f, 1};
	const struct vq_feature_set *sets[] = {&a, &s};
	struct vq_manifest *m;
	enum vq_code code = vq_manifest_new(&m, sets, 2, err);

	vq_manifest_free(&m);
	return code;
}

int main(void)
{
	const struct vq_feature_set *ab[] = {&a, &b}, *ba[] = {&b, &a};
	struct vq_feature same = {"zeta", "x", "x", 0, 1, "x"},
			  upper = {"Big", "x", "x", 0, 1, "x"},
			  flat = {"flat", "x", "x", 1, 1, "x"};
	struct vq_manifest *m, *n;
	struct vq_err err;
	json_t *json;

	is_int(vq_manifest_new(&m, ab, 2, &err), VQ_OK, "two sets");
	is_int((long long)vq_manifest_count(m), 3, "all features");
	is_str(vq_manifest_at(m, 0)->name, "zeta", "in the order given");
	is_str(vq_manifest_at(m, 2)->name, "mid", "set after set");
	is_str(vq_manifest_find(m, "alpha_2")->meaning, "b", "found by name");
	ok(vq_manifest_find(m, "alpha") == NULL, "no prefix matches");
	/* printf 'zeta\nalpha_2\nmid\n' | sha256sum */
	is_str(vq_manifest_version(m),
		"28c9a1e3f28061af010b3147d648a7e289c14653b95657d8c57e7962b2716439",
		"version is the hash of the names");
	is_int(vq_manifest_new(&n, ba, 2, &err), VQ_OK, "the other order");
	ok(strcmp(vq_manifest_version(m), vq_manifest_version(n)) != 0, "is another version");
	json = vq_manifest_json(m);
	is_int(json_integer_value(json_object_get(json, "count")), 3, "JSON counts them");
	is_str(json_string_value(json_object_get(
		       json_array_get(json_object_get(json, "features"), 2), "unit")),
		"Hz", "and describes them");
	json_decref(json);
	vq_manifest_free(&m);
	vq_manifest_free(&n);

	is_int(with(&same, &err), VQ_EBUG, "a name twice");
	has_str(err.msg, "zeta", "is named");
	is_int(with(&upper, &err), VQ_EBUG, "no snake_case");
	is_int(with(&flat, &err), VQ_EBUG, "an empty range");
	return done_testing();
}
