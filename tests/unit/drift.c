#include "../../lib/drift.h"
#include "../tap.h"

static struct vq_err err;

/* Eight clips: real and made, with and without flicker, two of each. */
static const char labels_text[] =
	"clip_id,path,artifact,artifact_category,source,agreement\n"
	"a,p,false,NONE,s,agreed\nb,p,false,NONE,s,agreed\n"
	"c,p,false,NONE,s,made\nd,p,false,NONE,s,made\n"
	"e,p,true,TEMPORAL_FLICKER,s,agreed\nf,p,true,TEMPORAL_FLICKER,s,agreed\n"
	"g,p,true,TEMPORAL_FLICKER,s,made\nh,p,true,TEMPORAL_FLICKER,s,made\n"
	"i,p,true,TEXT_INCONSISTENCY,s,agreed\nj,p,true,TEXT_INCONSISTENCY,s,made\n"
	"k,p,false,NONE,s,disputed\n";

static const struct {
	const char *clip;
	double steady, far, flat;
} clips[] = {{"a", 0, 0, 1}, {"b", 2, 2, 1}, {"c", 1, 5, 1}, {"d", 1, 5, 1}, {"e", 0, 0, 1},
	{"f", 2, 2, 1}, {"g", 0, 1, 1}, {"h", 2, 1, 3}, {"i", 9, 9, 9}, {"j", -9, -9, -9},
	{"k", 1000, 1000, 1000}};

static const json_t *feature(const json_t *drift, size_t at)
{
	return json_array_get(json_object_get(drift, "features"), at);
}

static double of(const json_t *feature, const char *label)
{
	return json_number_value(json_object_get(feature, label));
}

int main(void)
{
	struct vq_labels *l;
	struct vq_dataset *d;
	json_t *drift, *real;

	vq_labels_parse(&l, labels_text, sizeof labels_text - 1, &err);
	vq_dataset_new(&d, l, &err);
	for (size_t i = 0; i < sizeof clips / sizeof *clips; i++) {
		json_t *r = json_pack("{s:s,s:s,s:{s:s,s:s},s:{s:f,s:f,s:f}}", "type", "features",
			"clip_id", clips[i].clip, "extractor", "version", "0.1.0", "manifest", "m",
			"features", "steady", clips[i].steady, "far", clips[i].far, "flat",
			clips[i].flat);

		vq_dataset_add(d, r, &err);
		json_decref(r);
	}
	vq_dataset_finish(d, false, &err);
	is_int(vq_drift_json(d, &drift, &err), VQ_OK, "eleven clips, three features");
	is_str(json_string_value(json_object_get(feature(drift, 0), "feature")), "far",
		"the largest drift first");
	is_real(of(feature(drift, 0), "NONE"), 4 / sqrt(2), 1e-3,
		"4 above a mean of 1, sample deviation sqrt 2; disputed clips are left out");
	ok(json_is_true(json_object_get(feature(drift, 0), "flagged")), "above 2: flagged");
	ok(json_is_null(json_object_get(feature(drift, 0), "TEXT_INCONSISTENCY")),
		"one clip of a kind is too few");
	is_str(json_string_value(json_object_get(feature(drift, 1), "feature")), "flat",
		"where real clips do not vary");
	is_real(of(feature(drift, 1), "TEMPORAL_FLICKER"), 1, 1e-3,
		"the deviation is that of both together");
	is_real(of(feature(drift, 1), "NONE"), 0, 0, "no difference, no deviation: 0");
	is_real(of(feature(drift, 2), "NONE"), 0, 1e-9, "the same mean");
	is_int(json_integer_value(json_object_get(drift, "flagged")), 1, "one is flagged");
	real = json_object_get(json_object_get(drift, "clips"), "NONE");
	is_int(json_integer_value(json_object_get(real, "real")), 2, "clips are counted");
	json_decref(drift);
	vq_dataset_free(&d);
	vq_labels_free(&l);
	return done_testing();
}
