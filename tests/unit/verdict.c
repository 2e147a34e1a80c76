#include "../../lib/verdict.h"
#include "../tap.h"
#include "../toymodel.h"

static struct vq_err err;
static struct vq_model *model;

static json_t *event(const char *category, double severity, double time, const char *notes)
{
	return json_pack("{s:s,s:f,s:f,s:i,s:f,s:[i,i,i,i],s:f,s:s}", "category", category, "start",
		time, "end", time + 0.5, "peak_frame", (int)(time * 10), "peak_time", time, "bbox",
		1, 2, 30, 40, "severity", severity, "notes", notes);
}

/* Two stumps: text is flagged when a >= 0.5, flicker when b >= 0.5. */
static json_t *record(double has_text, double a, double b, json_t *events)
{
	return json_pack("{s:s,s:s,s:{s:s,s:s},s:{s:f,s:f,s:f},s:o,s:[{s:s}],s:{s:i},s:[{s:i}]}",
		"type", "features", "clip_id", "clip", "extractor", "version", "0.1.0", "manifest",
		"m", "features", "has_text_regions", has_text, "a", a, "b", b, "events", events,
		"suppressed", "reason", "fade", "coverage", "frames", 9, "scenes", "start", 0);
}

static json_t *judge(json_t *rec, double threshold, bool *flagged)
{
	static const struct vq_feature features[] = {{"a", "text", "", 0, 1, "what a means"}};
	static const struct vq_feature_set set = {features, 1};
	const struct vq_feature_set *sets[] = {&set};
	struct vq_manifest *manifest;
	struct vq_verdict_options o = {threshold, NULL, "9.9"};
	json_t *out;
	enum vq_code code;

	vq_manifest_new(&manifest, sets, 1, &err);
	o.manifest = manifest;
	code = vq_verdict(rec, model, &o, &out, flagged, &err);
	vq_manifest_free(&manifest);
	json_decref(rec);
	return code == VQ_OK ? out : NULL;
}

static const char *str(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static size_t size(const json_t *o, const char *key)
{
	return json_array_size(json_object_get(o, key));
}

static void none(void)
{
	bool flagged = true;
	json_t *p = judge(
		       record(1, 0, 0, json_pack("[o]", event("TEXT_INCONSISTENCY", 0.4, 1, "x"))),
		       0.5, &flagged),
	       *e;

	ok(p != NULL && !flagged, "a clean clip");
	ok(json_is_false(json_object_get(p, "artifact")), "artifact false");
	is_str(str(p, "artifact_category"), "NONE", "category NONE");
	ok(json_is_null(json_object_get(p, "evidence")), "no evidence");
	is_int((long long)size(p, "events"), 0, "no events");
	is_int((long long)size(p, "suppressed"), 2,
		"the event is let go, after the extractor's own");
	e = json_array_get(json_object_get(p, "suppressed"), 1);
	is_str(str(e, "reason"), "below the model's threshold", "with the reason");
	is_str(str(e, "category"), "TEXT_INCONSISTENCY", "and what it was");
	is_str(str(p, "type"), "prediction", "type");
	is_str(str(json_object_get(p, "vidqc"), "version"), "9.9", "vidqc's version");
	ok(size(p, "explanation") == 2, "both defects are explained");
	is_int(json_integer_value(json_object_get(json_object_get(p, "coverage"), "frames")), 9,
		"coverage is carried over");
	ok(json_is_null(json_object_get(p, "photosensitive")), "photosensitive: null when missing");
	ok(json_is_null(json_object_get(json_object_get(p, "media"), "width")),
		"the size is null when it is not known");
	json_decref(p);
}

static void fields(void)
{
	static const char *const order[] = {"type", "schema_version", "clip_id", "artifact",
		"confidence", "artifact_category", "class_probabilities", "evidence", "events",
		"explanation", "defects", "suppressed", "media", "coverage", "scenes",
		"photosensitive", "model", "vidqc"};
	bool flagged;
	json_t *p = judge(record(1, 1, 1, json_array()), 0.5, &flagged), *v;
	const char *key;
	size_t i = 0, wrong = 0;

	json_object_foreach(p, key, v)
	{
		wrong += i >= sizeof order / sizeof *order || strcmp(order[i], key) != 0;
		i++;
	}
	is_int((long long)wrong, 0, "the fields in their order");
	is_int((long long)i, sizeof order / sizeof *order, "all of them");
	json_decref(p);
}

static void flagged_text(void)
{
	json_t *events = json_array(), *p, *evidence;
	bool flagged = false;

	for (int i = 0; i < 12; i++)
		json_array_append_new(events, event("TEXT_INCONSISTENCY", (i * 5 % 12) / 12.0, i,
						      i == 7 ? "h\xC3\xA9" : "-"));
	json_array_append_new(events, event("TEMPORAL_FLICKER", 1, 3, "x"));
	p = judge(record(1, 1, 0, events), 0.5, &flagged);
	ok(flagged, "flagged");
	is_str(str(p, "artifact_category"), "TEXT_INCONSISTENCY", "as text");
	evidence = json_object_get(p, "evidence");
	is_int((long long)size(evidence, "timestamps"), 10, "evidence of at most ten events");
	is_int((long long)size(evidence, "bounding_boxes"), 10, "as many boxes");
	is_real(json_number_value(json_array_get(json_object_get(evidence, "timestamps"), 0)), 7, 0,
		"the most severe first");
	is_int(json_integer_value(json_array_get(json_object_get(evidence, "frames"), 0)), 70,
		"with its frame");
	is_str(str(evidence, "notes"),
		"12 events of TEXT_INCONSISTENCY; strongest at 7.00 s: h\xC3\xA9", "notes");
	is_int((long long)size(p, "events"), 12, "all events of the defect");
	is_int((long long)size(p, "suppressed"), 2, "the other defect's is let go");
	is_str(str(json_array_get(json_object_get(p, "explanation"), 0), "meaning"), "what a means",
		"the explanation says what a feature means");
	ok(size(p, "explanation") == 1, "only the flagged defect is explained");
	json_decref(p);
}

static void both_flagged(void)
{
	json_t *p = judge(record(1, 1, 1,
				  json_pack("[o,o]", event("TEXT_INCONSISTENCY", 0.2, 1, "-"),
					  event("TEMPORAL_FLICKER", 0.1, 2, "-"))),
		0.5, &(bool){false});

	is_int((long long)size(p, "events"), 2, "both defects' events");
	has_str(str(json_object_get(p, "evidence"), "notes"),
		"1 event of TEXT_INCONSISTENCY, 1 event of TEMPORAL_FLICKER", "both named");
	is_str(str(p, "artifact_category"), "TEMPORAL_FLICKER",
		"as likely as the other one, flicker is the category");
	is_str(str(json_array_get(json_object_get(p, "events"), 0), "category"), "TEMPORAL_FLICKER",
		"its event leads, though the other's is more severe");
	json_decref(p);
}

static void readings(void)
{
	json_t *e = event("TEXT_INCONSISTENCY", 0.5, 1, "n"), *p;

	json_object_set_new(e, "before", json_string("OPEN"));
	json_object_set_new(e, "after", json_string("OPFN"));
	p = judge(record(1, 1, 0, json_pack("[o]", e)), 0.5, &(bool){false});
	has_str(str(json_object_get(p, "evidence"), "notes"), ": n, read \"OPEN\" then \"OPFN\"",
		"what was read before and after");
	json_decref(p);
	e = event("TEXT_INCONSISTENCY", 0.5, 1, "n");
	json_object_set_new(e, "before", json_string(""));
	json_object_set_new(e, "after", json_string("OPFN"));
	p = judge(record(1, 1, 0, json_pack("[o]", e)), 0.5, &(bool){false});
	has_str(str(json_object_get(p, "evidence"), "notes"), ", read nothing then \"OPFN\"",
		"nothing was read before");
	json_decref(p);
}

static void no_event(void)
{
	json_t *r = record(1, 0, 1, json_array()), *p, *evidence;

	p = judge(r, 0.5, &(bool){false});
	evidence = json_object_get(p, "evidence");
	is_int((long long)size(evidence, "timestamps"), 0,
		"flagged without an event: empty arrays");
	has_str(str(evidence, "notes"), "no single event stands out", "and notes that say so");
	has_str(str(evidence, "notes"), "b = 1", "and which measurement decided");
	json_decref(p);
}

static void refused(json_t *rec, const char *says)
{
	ok(judge(rec, 0.5, &(bool){false}) == NULL, "refused: %s", says);
	is_int(err.code, VQ_EDATA, "as bad data");
	has_str(err.msg, says, "and says so");
}

int main(void)
{
	json_t *bundle = toy_bundle("a", "b", "0.1.0"), *e;
	char *text = json_dumps(bundle, 0);
	bool flagged;
	json_t *p;

	is_int(vq_model_parse(&model, text, strlen(text), &err), VQ_OK, "a model");
	free(text);
	json_decref(bundle);
	none();
	fields();
	flagged_text();
	both_flagged();
	readings();
	no_event();
	p = judge(record(0, 1, 0, json_array()), 0.5, &flagged);
	ok(!flagged, "no text: no text defect, whatever the model says");
	json_decref(p);
	p = judge(record(1, 1, 0, json_array()), 0.01, &flagged);
	ok(!flagged, "a lower threshold flags less");
	json_decref(p);

	e = event("NONE", 1, 1, "-");
	refused(record(1, 1, 0, json_pack("[o]", e)), "clip clip: events[0]: category \"NONE\"");
	e = event("TEXT_INCONSISTENCY", 1, 1, "-");
	json_object_del(e, "bbox");
	refused(record(1, 1, 0, json_pack("[o]", e)), "\"bbox\"");
	refused(record(1, 1, 0, json_object()), "\"events\"");
	vq_model_free(&model);
	return done_testing();
}
