#include "verdict.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "num.h"
#include "record.h"

enum { SCHEMA_VERSION = 1, MAX_EVIDENCE = 10, MAX_REASONS = 8 };

/* One event, in the form that evidence needs. */
struct event {
	const json_t *json;
	enum vq_class cls;
	double severity, time;
	size_t place; /* in the record */
};

struct verdict {
	const json_t *rec;
	const char *clip;
	struct vq_judgement judgement;
	enum vq_class category;
	int wanted[VQ_CLASSES]; /* the defects that are flagged */
	struct event *events;	/* flagged ones, strongest first */
	size_t count;
	struct vq_reason reason[MAX_REASONS];
	size_t reasons;
};

static int stronger(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	if (x->severity != y->severity)
		return x->severity < y->severity ? 1 : -1;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

static enum vq_code read_event(
	const json_t *json, size_t place, struct event *e, struct vq_err *err)
{
	const char *category;
	double box[4], v;
	enum vq_code code;
	long n;

	if ((code = vq_record_str(json, "category", &category, err)) != VQ_OK ||
		(code = vq_record_real(json, "start", &v, err)) != VQ_OK ||
		(code = vq_record_real(json, "end", &v, err)) != VQ_OK ||
		(code = vq_record_int(json, "peak_frame", 0, LONG_MAX, &n, err)) != VQ_OK ||
		(code = vq_record_real(json, "peak_time", &e->time, err)) != VQ_OK ||
		(code = vq_record_box(json, "bbox", box, err)) != VQ_OK ||
		(code = vq_record_real(json, "severity", &e->severity, err)) != VQ_OK)
		return code;
	e->cls = vq_class_find(category);
	e->json = json;
	e->place = place;
	if (e->cls != VQ_TEXT && e->cls != VQ_FLICKER)
		return vq_fail(err, VQ_EDATA, "category \"%.40s\" is not known", category);
	return VQ_OK;
}

/* The defect that names the verdict shows its strongest event first. */
static void lead_with_category(struct verdict *v)
{
	struct event first;
	size_t i = 0;

	while (i < v->count && v->events[i].cls != v->category)
		i++;
	if (i == v->count)
		return;
	first = v->events[i];
	memmove(v->events + 1, v->events, i * sizeof *v->events);
	v->events[0] = first;
}

/* Sort the record's events into the flagged defects' and the others, which go to
 * the end of suppressed. */
static enum vq_code sort_events(struct verdict *v, json_t *suppressed, struct vq_err *err)
{
	const json_t *events, *json;
	enum vq_code code;
	size_t i;

	if ((code = vq_record_array(v->rec, "events", &events, err)) != VQ_OK)
		return code;
	if ((v->events = calloc(json_array_size(events) + 1, sizeof *v->events)) == NULL)
		return vq_nomem(err);
	json_array_foreach(events, i, json)
	{
		struct event *e = &v->events[v->count];
		json_t *let_go;

		if ((code = read_event(json, i, e, err)) != VQ_OK) {
			vq_fail_at(err, "events[%zu]", i);
			return code;
		}
		if (v->wanted[e->cls]) {
			v->count++;
			continue;
		}
		let_go = json_copy((json_t *)json);
		if (let_go == NULL ||
			json_object_set_new(
				let_go, "reason", json_string("below the model's threshold")) < 0 ||
			json_array_append_new(suppressed, let_go) < 0)
			return vq_nomem(err);
	}
	qsort(v->events, v->count, sizeof *v->events, stronger);
	lead_with_category(v);
	return VQ_OK;
}

/* Append an event's time, box and frame to the evidence's arrays. */
static void add_evidence(json_t *evidence, const json_t *event)
{
	json_array_append(
		json_object_get(evidence, "timestamps"), json_object_get(event, "peak_time"));
	json_array_append(
		json_object_get(evidence, "bounding_boxes"), json_object_get(event, "bbox"));
	json_array_append(
		json_object_get(evidence, "frames"), json_object_get(event, "peak_frame"));
}

/* Bytes of s, at most max, that end between two characters. */
static int whole(const char *s, size_t max)
{
	size_t n = strlen(s);

	if (n > max)
		for (n = max; n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80; n--)
			;
	return (int)n;
}

static void quote(const char *reading, char *text, size_t size)
{
	if (*reading == '\0')
		snprintf(text, size, "nothing");
	else
		snprintf(text, size, "\"%.*s\"", whole(reading, 80), reading);
}

/* ", read \"OPEN\" then \"OPFN\"" when the event has two readings that differ. */
static void describe_readings(const json_t *event, char *text, size_t size)
{
	char first[96], then[96];
	const char *before = json_string_value(json_object_get(event, "before"));
	const char *after = json_string_value(json_object_get(event, "after"));

	text[0] = '\0';
	if (before == NULL || after == NULL || strcmp(before, after) == 0)
		return;
	quote(before, first, sizeof first);
	quote(after, then, sizeof then);
	snprintf(text, size, ", read %s then %s", first, then);
}

/* "2 events of TEXT_INCONSISTENCY, 1 event of TEMPORAL_FLICKER; strongest at 1.20 s,
 * mutation: notes", the category's own strongest. */
static void describe(const struct verdict *v, char *text, size_t size)
{
	const struct event *best = &v->events[0];
	const char *notes = json_string_value(json_object_get(best->json, "notes"));
	const char *kind = json_string_value(json_object_get(best->json, "kind"));
	size_t n[VQ_CLASSES] = {0}, at = 0;
	char readings[256];

	for (size_t i = 0; i < v->count; i++)
		n[v->events[i].cls]++;
	for (int c = VQ_TEXT; c < VQ_CLASSES; c++)
		if (n[c] > 0)
			at += (size_t)snprintf(text + at, size - at, "%s%zu event%s of %s",
				at > 0 ? ", " : "", n[c], n[c] == 1 ? "" : "s",
				vq_class_name((enum vq_class)c));
	describe_readings(best->json, readings, sizeof readings);
	snprintf(text + at, size - at, "; strongest at %.2f s%s%.40s%s%.*s%s", best->time,
		kind ? ", " : "", kind ? kind : "", notes ? ": " : "",
		notes ? whole(notes, 300) : 0, notes ? notes : "", readings);
}

/* Nothing was singled out as an event: say which measurements decided. */
static void describe_reasons(const struct verdict *v, char *text, size_t size)
{
	size_t at = (size_t)snprintf(text, size,
		"no single event stands out; flagged by the clip's measurements as a whole");

	for (size_t i = 0, n = 0; i < v->reasons && n < 3; i++)
		if (v->reason[i].contribution > 0 && at < size)
			at += (size_t)snprintf(text + at, size - at, "%s %s = %.4g",
				n++ == 0 ? ":" : ",", v->reason[i].feature, v->reason[i].value);
}

static json_t *make_evidence(const struct verdict *v)
{
	json_t *evidence = json_pack("{s:[],s:[],s:[]}", "timestamps", "bounding_boxes", "frames");
	char notes[1024];

	for (size_t i = 0; i < v->count && i < MAX_EVIDENCE; i++)
		add_evidence(evidence, v->events[i].json);
	if (v->count > 0)
		describe(v, notes, sizeof notes);
	else
		describe_reasons(v, notes, sizeof notes);
	json_object_set_new(evidence, "notes", json_string(notes));
	return evidence;
}

static json_t *make_events(const struct verdict *v)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->count; i++)
		json_array_append(list, (json_t *)v->events[i].json);
	return list;
}

static json_t *make_explanation(const struct verdict *v, const struct vq_manifest *manifest)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->reasons; i++) {
		const struct vq_reason *r = &v->reason[i];
		const struct vq_feature *f =
			manifest != NULL ? vq_manifest_find(manifest, r->feature) : NULL;

		json_array_append_new(list,
			json_pack("{s:s,s:o,s:o,s:s,s:s?}", "feature", r->feature, "value",
				vq_record_number(r->value, 6), "contribution",
				vq_record_number(r->contribution, 6), "class",
				vq_class_name(r->cls), "meaning", f != NULL ? f->meaning : NULL));
	}
	return list;
}

/* A copy of the record's field, or an empty value of its kind. */
static json_t *carry(const json_t *rec, const char *key, json_t *otherwise)
{
	json_t *v = json_object_get(rec, key);

	if (v == NULL)
		return otherwise;
	json_decref(otherwise);
	return json_incref(v);
}

/* What a reader needs to turn boxes and frame numbers into other units. */
static json_t *make_media(const json_t *rec)
{
	static const char *const keys[] = {
		"width", "height", "rate", "variable_rate", "duration_sec"};
	const json_t *media = json_object_get(rec, "media");
	json_t *o = json_object();

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		json_object_set_new(o, keys[i], carry(media, keys[i], json_null()));
	return o;
}

static json_t *probabilities(const double *p, int first)
{
	json_t *o = json_object();

	for (int c = first; c < VQ_CLASSES; c++)
		json_object_set_new(o, vq_class_name((enum vq_class)c), vq_record_number(p[c], 6));
	return o;
}

static json_t *make_record(const struct verdict *v, const struct vq_model *m,
	const struct vq_verdict_options *o, json_t *suppressed)
{
	bool artifact = v->category != VQ_NONE;
	json_t *r = json_pack("{s:s,s:i,s:s,s:b,s:o,s:s,s:o}", "type", "prediction",
		"schema_version", SCHEMA_VERSION, "clip_id", v->clip, "artifact", artifact,
		"confidence", vq_record_number(1 - v->judgement.p[VQ_NONE], 6), "artifact_category",
		vq_class_name(v->category), "class_probabilities",
		probabilities(v->judgement.p, VQ_NONE));

	json_object_set_new(r, "evidence", artifact ? make_evidence(v) : json_null());
	json_object_set_new(r, "events", make_events(v));
	json_object_set_new(r, "explanation", make_explanation(v, o->manifest));
	json_object_set_new(r, "defects", probabilities(v->judgement.defect, VQ_TEXT));
	json_object_set(r, "suppressed", suppressed);
	json_object_set_new(r, "media", make_media(v->rec));
	json_object_set_new(r, "coverage", carry(v->rec, "coverage", json_object()));
	json_object_set_new(r, "scenes", carry(v->rec, "scenes", json_array()));
	json_object_set_new(r, "photosensitive", carry(v->rec, "photosensitive", json_null()));
	json_object_set_new(r, "model",
		json_pack(
			"{s:s,s:s}", "version", vq_model_version(m), "sha256", vq_model_sha256(m)));
	json_object_set_new(r, "vidqc", json_pack("{s:s}", "version", o->version));
	return r;
}

/* The category's defect, and the other one when it is likelier than not. */
static void choose(struct verdict *v, double threshold)
{
	v->category = vq_judgement_category(&v->judgement, threshold);
	for (int c = VQ_TEXT; c < VQ_CLASSES; c++)
		v->wanted[c] = v->category != VQ_NONE &&
			       (v->category == (enum vq_class)c || v->judgement.defect[c] >= 0.5);
}

static enum vq_code suppressed_of(const json_t *rec, json_t **list, struct vq_err *err)
{
	json_t *v = json_object_get(rec, "suppressed");

	if (v != NULL && !json_is_array(v))
		return vq_fail(err, VQ_EDATA, "field \"suppressed\": wrong, expected an array");
	*list = v != NULL ? json_copy(v) : json_array();
	return *list != NULL ? VQ_OK : vq_nomem(err);
}

enum vq_code vq_verdict(const json_t *rec, struct vq_model *m, const struct vq_verdict_options *o,
	json_t **out, bool *flagged, struct vq_err *err)
{
	static const int all[VQ_CLASSES] = {0, 1, 1};
	struct verdict v = {.rec = rec};
	json_t *suppressed = NULL;
	enum vq_code code;

	*out = NULL;
	if ((code = vq_record_str(rec, "clip_id", &v.clip, err)) != VQ_OK)
		return code;
	if ((code = vq_model_judge(m, rec, &v.judgement, err)) != VQ_OK)
		goto done;
	choose(&v, o->threshold);
	if ((code = vq_model_reasons(m, v.category == VQ_NONE ? all : v.wanted, v.reason,
		     MAX_REASONS, &v.reasons, err)) != VQ_OK ||
		(code = suppressed_of(rec, &suppressed, err)) != VQ_OK ||
		(code = sort_events(&v, suppressed, err)) != VQ_OK)
		goto done;
	*out = make_record(&v, m, o, suppressed);
	if (*out == NULL)
		code = vq_nomem(err);
	*flagged = v.category != VQ_NONE;
done:
	if (code != VQ_OK)
		vq_fail_at(err, "clip %.100s", v.clip);
	free(v.events);
	json_decref(suppressed);
	return code;
}
