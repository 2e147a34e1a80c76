#include "../../lib/model.h"
#include "../../lib/booster.h"
#include "../tap.h"
#include "../toymodel.h"

static struct vq_err err;

static char *text_of(json_t *j)
{
	char *s = json_dumps(j, JSON_COMPACT | JSON_REAL_PRECISION(9));

	json_decref(j);
	return s;
}

static struct vq_model *parse(json_t *j)
{
	struct vq_model *m;
	char *s = text_of(j);

	is_int(vq_model_parse(&m, s, strlen(s), &err), VQ_OK, "the model loads");
	free(s);
	return m;
}

static json_t *record(double has_text, double a, double b)
{
	return json_pack("{s:s,s:s,s:{s:s,s:s},s:{s:f,s:f,s:f}}", "type", "features", "clip_id",
		"c", "extractor", "version", "0.1.3", "manifest", "m", "features", "b", b, "a", a,
		"has_text_regions", has_text);
}

static double sum(const struct vq_judgement *j)
{
	return j->p[VQ_NONE] + j->p[VQ_TEXT] + j->p[VQ_FLICKER];
}

static void combine(
	double text, double flicker, double beside, double proof, struct vq_judgement *j)
{
	vq_judgement_combine(&(struct vq_stages){text, flicker, beside, proof}, j);
}

static void combined(void)
{
	struct vq_judgement j;
	double worst = 0;

	combine(0.5, 0.25, 0.4, 0, &j);
	is_real(j.p[VQ_FLICKER], 0.25, 1e-9, "flicker comes first");
	is_real(j.p[VQ_TEXT], 0.75 * 0.5, 1e-9, "text where it does not flicker");
	is_real(j.p[VQ_NONE], 0.75 * 0.5, 1e-9, "neither");
	is_real(j.defect[VQ_TEXT], 0.75 * 0.5 + 0.25 * 0.5 * 0.4, 1e-9,
		"text with or without flicker");
	is_real(j.defect[VQ_FLICKER], 0.25, 1e-9, "flicker's own");
	is_int(vq_judgement_category(&j, 0.4), VQ_TEXT, "the likelier of both");
	is_int(vq_judgement_category(&j, 0.375), VQ_NONE, "P(NONE) must be below the threshold");
	combine(1, 0.5, 1, 0, &j);
	is_int(vq_judgement_category(&j, 0.5), VQ_TEXT, "a tie is TEXT_INCONSISTENCY");
	combine(1, 0.6, 1, 0, &j);
	is_int(vq_judgement_category(&j, 0.5), VQ_FLICKER, "flicker explains letters that change");
	combine(0.5, 0.25, 0.4, 0.8, &j);
	is_real(j.p[VQ_TEXT], 0.8 + 0.2 * 0.375, 1e-9, "a proof comes before flicker");
	is_real(j.p[VQ_FLICKER], 0.2 * 0.25, 1e-9, "which has what is left");
	is_real(j.defect[VQ_TEXT], 0.8 + 0.2 * (0.375 + 0.25 * 0.5 * 0.4), 1e-9, "text's own");
	is_real(j.defect[VQ_FLICKER], 0.25, 1e-9, "flicker's own stays");
	combine(0, 0, 1, 0, &j);
	is_real(j.p[VQ_NONE], 1, 0, "nothing");
	combine(1, 1, 1, 0, &j);
	is_real(j.p[VQ_NONE], 0, 0, "both for sure");
	for (int i = 0; i <= 1000; i++) {
		combine(i / 1000.0, (i * 7919 % 1001) / 1000.0, i % 3 / 2.0, i % 7 / 6.0, &j);
		worst = fmax(worst, fabs(sum(&j) - 1));
	}
	is_real(worst, 0, 1e-9, "the probabilities sum to 1");
}

static void plain(void)
{
	static const char *const names[] = {"a", "b"};
	static const struct toy_stump s[3] = {
		{0, 0.5, {1, -1}}, {1, 0.5, {0, 2}}, {0, 0.5, {-1, 1}}};
	struct vq_model *m = parse(toy_model(names, 2, s, 3, "[5E-1,0E0,-5E-1]"));
	json_t *r = record(1, 0.25, 0.75), *no_text = record(0, 0.25, 0.75);
	double e[3] = {exp(1.5), exp(2), exp(-1.5)}, all = e[0] + e[1] + e[2];
	struct vq_reason why[8];
	struct vq_judgement j;
	size_t n;

	is_str(vq_model_version(m), "xgboost 1.7.4", "a plain model's version");
	is_int(vq_model_judge(m, r, &j, &err), VQ_OK, "judged");
	is_real(j.p[VQ_NONE], e[0] / all, 1e-6, "softmax of stumps and base scores, by hand");
	is_real(j.p[VQ_TEXT], e[1] / all, 1e-6, "matched by name, not by place");
	is_real(j.defect[VQ_TEXT], j.p[VQ_TEXT], 0, "a defect's own probability is the class's");
	is_int(vq_model_reasons(m, (const int[]){0, 1, 1}, why, 8, &n, &err), VQ_OK, "reasons");
	is_int((long long)n, 3, "two stumps a class against NONE, on two features");
	is_str(why[0].feature, "a", "the strongest");
	is_int(why[0].cls, VQ_FLICKER, "is about flicker");
	is_real(why[0].contribution, -2, 1e-5, "speaks against it, by -1 - 1 from the mean");
	is_int(vq_model_judge(m, no_text, &j, &err), VQ_OK, "a clip without text");
	is_real(j.p[VQ_TEXT], 0, 0, "has no text defect");
	is_real(j.p[VQ_NONE], e[0] / (e[0] + e[2]), 1e-6, "the rest is scaled to 1");
	vq_model_reasons(m, (const int[]){0, 1, 1}, why, 8, &n, &err);
	ok(n == 1 && why[0].cls == VQ_FLICKER, "and no reason speaks of text");
	json_decref(r);
	json_decref(no_text);
	vq_model_free(&m);
}

static double logistic(double x)
{
	return 1 / (1 + exp(-x));
}

static void bundle(void)
{
	struct vq_model *m = parse(toy_bundle("a", "b", "0.1.0"));
	json_t *r = record(1, 0.75, 0.75), *no_text = record(0, 0.75, 0.25);
	double t = logistic(2), f = logistic(0.5 * 2 + 0.25);
	struct vq_reason why[8];
	struct vq_judgement j;
	size_t n;

	is_str(vq_model_version(m), "toy", "a bundle's version");
	is_int((long long)strlen(vq_model_sha256(m)), 64, "and hash");
	is_int(vq_model_judge(m, r, &j, &err), VQ_OK, "judged");
	is_real(j.defect[VQ_TEXT], t, 1e-6, "text");
	is_real(j.defect[VQ_FLICKER], f, 1e-6, "flicker, calibrated");
	is_real(j.p[VQ_NONE], (1 - t) * (1 - f), 1e-6, "neither");
	is_real(sum(&j), 1, 1e-9, "sum");
	is_real(j.p[VQ_FLICKER], f, 1e-6, "flicker first");
	vq_model_reasons(m, (const int[]){0, 1, 1}, why, 8, &n, &err);
	is_int((long long)n, 2, "one feature a defect");
	is_real(why[1].contribution, 0.5 * 2, 1e-5, "scaled with the calibration");
	is_int(vq_model_judge(m, no_text, &j, &err), VQ_OK, "a clip without text");
	is_real(j.p[VQ_TEXT], 0, 0, "has no text defect");
	is_real(j.p[VQ_NONE], 1 - j.defect[VQ_FLICKER], 1e-6, "only flicker counts");
	json_decref(r);
	json_decref(no_text);
	vq_model_free(&m);
}

static void refused(json_t *bundle, const char *says, const char *what)
{
	struct vq_model *m;
	char *s = text_of(bundle);

	is_int(vq_model_parse(&m, s, strlen(s), &err), VQ_EDATA, "%s", what);
	has_str(err.msg, says, "%s: says so", what);
	free(s);
}

/* The text booster has has_text_regions and a; a's stump is at 0.5 of what it is given. */
static json_t *scaled_bundle(void)
{
	json_t *b = toy_bundle("a", "b", "0.1.0");

	json_object_set_new(b, "scaling",
		json_pack("{s:{s:f,s:[f,f],s:[f,f]}}", "TEXT_INCONSISTENCY", "limit", 2.0, "center",
			0.0, 10.0, "spread", 1.0, 1.0));
	json_object_set_new(b, "text_beside_flicker", json_real(0.5));
	return b;
}

static void scaled(void)
{
	json_t *b = scaled_bundle(), *s, *r = record(1, 10.4, 0.75);
	struct vq_reason why[8];
	struct vq_judgement j;
	struct vq_model *m;
	size_t n;

	m = parse(json_deep_copy(b));
	vq_model_judge(m, r, &j, &err);
	is_real(j.p[VQ_TEXT], logistic(-2) * (1 - j.p[VQ_FLICKER]), 1e-6,
		"0.4 deviations are below the stump");
	is_real(j.defect[VQ_TEXT], logistic(-2) * (1 - 0.5 * j.p[VQ_FLICKER]), 2e-6,
		"text_beside_flicker");
	vq_model_reasons(m, (const int[]){0, 1, 0}, why, 8, &n, &err);
	ok(n == 1 && why[0].value > 10.3 && why[0].contribution < 0,
		"a reason has the value as measured");
	json_decref(r);
	r = record(1, 10.6, 0.75);
	vq_model_judge(m, r, &j, &err);
	is_real(j.p[VQ_TEXT], logistic(2) * (1 - j.p[VQ_FLICKER]), 1e-6, "0.6 are above");
	json_decref(r);
	vq_model_free(&m);
	s = json_object_get(json_object_get(b, "scaling"), "TEXT_INCONSISTENCY");
	json_array_append_new(json_object_get(s, "center"), json_real(1));
	refused(json_deep_copy(b), "TEXT_INCONSISTENCY: scaling: \"center\" has 3 values",
		"a center too many");
	json_array_remove(json_object_get(s, "center"), 2);
	json_object_set_new(s, "limit", json_real(0));
	refused(json_deep_copy(b), "\"limit\" is not above 0", "no limit");
	json_object_set_new(b, "scaling", json_object());
	json_object_set_new(b, "text_beside_flicker", json_real(1.5));
	refused(b, "\"text_beside_flicker\" is not from 0 to 1", "a share above 1");
}

static void proved(void)
{
	json_t *b = toy_bundle("a", "b", "0.1.0"), *r = record(1, 0.25, 0.25);
	struct vq_model *plain, *m;
	struct vq_judgement without, with;
	struct vq_reason why[8];
	size_t n;

	is_real(vq_proof_of(&(struct vq_proof){0.02}, 0), 0, 1e-9, "nothing is proved by nothing");
	is_real(vq_proof_of(&(struct vq_proof){0.02}, 0.02), 0.5, 0.001, "half by half");
	ok(vq_proof_of(&(struct vq_proof){0.02}, 0.01) < 0.02, "little by half of that");
	ok(vq_proof_of(&(struct vq_proof){0.02}, 1) > 0.999, "all by all");
	is_real(vq_proof_of(&(struct vq_proof){0}, 1), 0, 0, "where nothing proves, nothing does");
	plain = parse(json_deep_copy(b));
	json_object_set_new(b, "text_proof", json_pack("{s:f}", "half", 1.0));
	m = parse(json_deep_copy(b));
	is_int(vq_model_judge(m, r, &with, &err), VQ_EDATA, "a record without the measure");
	has_str(err.msg, "feature \"text_proof\", which the model asks for: missing", "says so");
	json_object_set_new(json_object_get(r, "features"), "text_proof", json_real(1));
	vq_model_judge(plain, r, &without, &err);
	vq_model_judge(m, r, &with, &err);
	is_real(with.p[VQ_NONE], without.p[VQ_NONE] / 2, 0.002, "a proof");
	vq_model_reasons(m, (const int[]){0, 1, 0}, why, 8, &n, &err);
	is_str(why[0].feature, "text_proof", "is the first reason");
	is_real(why[0].value, 1, 0, "with its value");
	ok(why[0].contribution > 0.5, "and its weight: %.3f", why[0].contribution);
	vq_model_free(&m);
	json_object_set_new(b, "text_proof", json_pack("{s:f}", "half", 0.01));
	m = parse(json_deep_copy(b));
	vq_model_judge(m, r, &with, &err);
	is_real(with.p[VQ_TEXT], 1, 0, "proved many times over");
	vq_model_reasons(m, (const int[]){0, 1, 0}, why, 8, &n, &err);
	ok(why[0].contribution > 5 && why[0].contribution < 50, "its weight is a number: %.3f",
		why[0].contribution);
	json_decref(r);
	r = record(0, 0.25, 0.25);
	vq_model_judge(m, r, &with, &err);
	is_real(with.p[VQ_TEXT], 0, 0, "without text nothing is proved, nor asked for");
	json_decref(r);
	vq_model_free(&plain);
	vq_model_free(&m);
	json_object_set_new(b, "text_proof", json_object());
	refused(b, "text_proof: ", "a proof that does not say when");
}

static void unsuited(void)
{
	struct vq_model *m = parse(toy_bundle("wanted", "b", "0.1.0"));
	json_t *r = record(1, 0, 0);
	struct vq_judgement j;

	is_int(vq_model_judge(m, r, &j, &err), VQ_EDATA, "a feature that the record lacks");
	has_str(err.msg, "\"wanted\"", "is named");
	json_object_set_new(json_object_get(r, "features"), "wanted", json_string("1"));
	is_int(vq_model_judge(m, r, &j, &err), VQ_EDATA, "a feature that is no number");
	json_object_del(json_object_get(r, "features"), "has_text_regions");
	is_int(vq_model_judge(m, r, &j, &err), VQ_EDATA, "no has_text_regions");
	vq_model_free(&m);
	json_decref(r);
	m = parse(toy_bundle("a", "b", "0.2.0"));
	r = record(1, 0, 0);
	is_int(vq_model_judge(m, r, &j, &err), VQ_EDATA, "another extractor");
	has_str(err.msg, "0.1.3, but the model was trained on 0.2.0", "both versions are named");
	vq_model_free(&m);
	json_decref(r);
}

/* Whatever a model file holds, it is refused or gives probabilities; the sanitizers
 * watch the rest. */
static void damaged(json_t *model, const char *what)
{
	char *s = text_of(model), *copy = malloc(strlen(s) + 1);
	size_t len = strlen(s), refused = 0, tried = 0, wrong = 0;
	json_t *r = record(1, 0.75, 0.25);
	unsigned seed = 3;

	for (size_t cut = 0; cut < len; cut += 7, tried++) {
		struct vq_model *m;
		struct vq_judgement j;

		memcpy(copy, s, len + 1);
		if (cut % 2 == 0) {
			seed = seed * 1664525u + 1013904223u;
			copy[cut] = (char)"0123456789-[]{}\",:eE"[(seed >> 16) % 20];
		}
		if (vq_model_parse(&m, copy, cut % 2 == 0 ? len : cut, &err) != VQ_OK) {
			refused++;
			wrong += err.code != VQ_EDATA;
			continue;
		}
		if (vq_model_judge(m, r, &j, &err) == VQ_OK)
			wrong += !(fabs(sum(&j) - 1) < 1e-6);
		vq_model_free(&m);
	}
	is_int((long long)wrong, 0, "%s: %zu damaged files, no wrong answer", what, tried);
	ok(refused > tried / 2, "most are refused");
	json_decref(r);
	free(copy);
	free(s);
}

static void training(void)
{
	static const char *const names[] = {"a", "b"};
	static const struct vq_booster_param params[] = {{"objective", "binary:logistic"},
		{"max_depth", "2"}, {"subsample", "0.7"}, {NULL, NULL}};
	float x[200], label[100], row[2] = {0.9f, 0.5f};
	struct vq_matrix data = {100, 2, x, label, NULL, names};
	double high, low, again, contrib[2], mean;
	struct vq_booster *b, *c;

	for (int i = 0; i < 100; i++) {
		x[2 * i] = (float)(i * 37 % 100) / 100;
		x[2 * i + 1] = (float)(i * 61 % 100) / 100;
		label[i] = x[2 * i] > 0.5f;
	}
	is_int(vq_booster_train(&b, &data, params, 20, &err), VQ_OK, "train");
	vq_booster_margins(b, row, 1, 0, &high, &err);
	vq_booster_contributions(b, row, contrib, &err);
	row[0] = 0.1f;
	vq_booster_margins(b, row, 1, 0, &low, &err);
	ok(high > 1 && low < -1, "it has learned");
	mean = high - contrib[0] - contrib[1];
	ok(contrib[0] > 1 && fabs(contrib[1]) < 0.5 && fabs(mean) < 1, "and says from what");
	is_int(vq_booster_train(&c, &data, params, 20, &err), VQ_OK, "train again");
	vq_booster_margins(c, row, 1, 0, &again, &err);
	is_real(again, low, 0, "the same model");
	vq_booster_free(&b);
	vq_booster_free(&c);
	is_int(vq_booster_train(&b, &data,
		       (const struct vq_booster_param[]){{"objective", "nonsense"}, {NULL, NULL}},
		       2, &err),
		VQ_EDATA, "XGBoost refuses a parameter");
	ok(strchr(err.msg, '\n') == NULL && strstr(err.msg, ".cc:") == NULL,
		"its message is one line without a source position: %s", err.msg);
	ok(b == NULL, "nothing is left");
}

int main(void)
{
	static const char *const names[] = {"a", "b"};
	static const struct toy_stump s[3] = {
		{0, 0.5, {1, -1}}, {1, 0.5, {0, 2}}, {0, 0.5, {-1, 1}}};
	struct vq_model *m;

	combined();
	plain();
	bundle();
	scaled();
	proved();
	unsuited();
	training();
	damaged(toy_model(names, 2, s, 3, "5E-1"), "XGBoost model");
	damaged(scaled_bundle(), "bundle");
	is_int(vq_model_load(&m, "/nonexistent", &err), VQ_ENOENT, "no such file");
	is_int(vq_model_load(&m, "/", &err), VQ_ENOENT, "a folder");
	is_int(vq_model_parse(&m, "", 0, &err), VQ_EDATA, "an empty file");
	is_int(vq_model_parse(&m, "[]", 2, &err), VQ_EDATA, "no object");
	ok(m == NULL, "nothing is left");
	return done_testing();
}
