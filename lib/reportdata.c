#include "reportdata.h"

#include <math.h>
#include <string.h>

#include "featstream.h"
#include "record.h"

void vq_reportdata_clear(struct vq_reportdata *d)
{
	json_decref(d->prediction);
	json_decref(d->features);
	json_decref(d->text);
	json_decref(d->moments);
	*d = (struct vq_reportdata){0};
}

/* ---- fields ---- */

double vq_json_real(const json_t *o, const char *key, double otherwise)
{
	const json_t *v = json_object_get(o, key);

	return json_is_number(v) ? json_number_value(v) : otherwise;
}

long vq_json_int(const json_t *o, const char *key, long otherwise)
{
	const json_t *v = json_object_get(o, key);

	return json_is_integer(v) ? (long)json_integer_value(v) : otherwise;
}

const char *vq_json_str(const json_t *o, const char *key, const char *otherwise)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL ? s : otherwise;
}

bool vq_json_is_text(const json_t *event)
{
	return strcmp(vq_json_str(event, "category", ""), "TEXT_INCONSISTENCY") == 0;
}

/* ---- the prediction ---- */

static enum vq_code check_event(const json_t *e, bool happened, struct vq_err *err)
{
	enum vq_code code;
	const char *s;
	double v, box[4];
	long n;

	if ((code = vq_record_str(e, "category", &s, err)) != VQ_OK ||
		(code = vq_record_real(e, "start", &v, err)) != VQ_OK ||
		(code = vq_record_real(e, "end", &v, err)) != VQ_OK)
		return code;
	if (!happened)
		return vq_record_str(e, "reason", &s, err);
	if ((code = vq_record_box(e, "bbox", box, err)) != VQ_OK ||
		(code = vq_record_int(e, "peak_frame", 0, VQ_REPORT_FRAMES, &n, err)) != VQ_OK)
		return code;
	return vq_record_real(e, "peak_time", &v, err);
}

static enum vq_code check_events(
	const json_t *p, const char *key, bool happened, struct vq_err *err)
{
	const json_t *list, *e;
	enum vq_code code = vq_record_array(p, key, &list, err);
	size_t i;

	if (code != VQ_OK)
		return code;
	json_array_foreach(list, i, e)
	{
		if ((code = check_event(e, happened, err)) != VQ_OK) {
			vq_fail_at(err, "%s[%zu]", key, i);
			return code;
		}
	}
	return VQ_OK;
}

static enum vq_code check_explanation(const json_t *p, struct vq_err *err)
{
	const json_t *list, *e;
	enum vq_code code = vq_record_array(p, "explanation", &list, err);
	const char *s;
	double v;
	size_t i;

	if (code != VQ_OK)
		return code;
	json_array_foreach(list, i, e)
	{
		if ((code = vq_record_str(e, "feature", &s, err)) != VQ_OK ||
			(code = vq_record_real(e, "contribution", &v, err)) != VQ_OK) {
			vq_fail_at(err, "explanation[%zu]", i);
			return code;
		}
	}
	return VQ_OK;
}

enum vq_code vq_reportdata_check(const json_t *p, struct vq_err *err)
{
	const json_t *o;
	const char *s;
	enum vq_code code;
	double v;

	if ((code = vq_record_str(p, "clip_id", &s, err)) != VQ_OK ||
		(code = vq_record_real(p, "confidence", &v, err)) != VQ_OK ||
		(code = vq_record_str(p, "artifact_category", &s, err)) != VQ_OK ||
		(code = vq_record_object(p, "class_probabilities", &o, err)) != VQ_OK ||
		(code = check_events(p, "events", true, err)) != VQ_OK ||
		(code = check_events(p, "suppressed", false, err)) != VQ_OK ||
		(code = check_explanation(p, err)) != VQ_OK)
		return code;
	if (!json_is_boolean(json_object_get(p, "artifact")))
		return vq_fail(err, VQ_EDATA, "field \"artifact\": expected true or false");
	return VQ_OK;
}

/* Take a line when it is the one. */
static enum vq_code take_prediction(
	struct vq_reportdata *d, json_t *rec, const char *clip_id, struct vq_err *err)
{
	const char *id = vq_json_str(rec, "clip_id", "");

	if (clip_id != NULL && strcmp(id, clip_id) != 0)
		return VQ_OK;
	if (json_object_get(rec, "error") != NULL)
		return vq_fail(err, VQ_EDATA, "clip %.100s: an error, no verdict to show", id);
	if (!vq_record_is(rec, "prediction"))
		return vq_fail(err, VQ_EDATA, "no prediction record");
	if (d->prediction != NULL)
		return vq_fail(err, VQ_EDATA, "a second prediction%s",
			clip_id == NULL ? ", expected one: choose with --clip-id"
					: " of the same clip");
	d->prediction = json_incref(rec);
	return vq_reportdata_check(rec, err);
}

enum vq_code vq_reportdata_prediction(
	struct vq_reportdata *d, int fd, const char *clip_id, struct vq_err *err)
{
	struct vq_record_reader *r = NULL;
	enum vq_code code = vq_record_reader_new(&r, fd, err);
	json_t *rec;

	if (code == VQ_OK)
		vq_record_untyped(r);
	while (code == VQ_OK && (code = vq_record_read(r, &rec, err)) == VQ_OK) {
		code = take_prediction(d, rec, clip_id, err);
		json_decref(rec);
		if (code != VQ_OK)
			vq_fail_at(err, "line %ld", vq_record_line(r));
	}
	vq_record_reader_free(&r);
	if (code != VQ_END)
		return code;
	if (d->prediction == NULL && clip_id != NULL)
		return vq_fail(err, VQ_EDATA, "no prediction of clip %.100s", clip_id);
	if (d->prediction == NULL)
		return vq_fail(err, VQ_EDATA, "empty input, expected a prediction");
	return VQ_OK;
}

/* ---- the others ---- */

enum vq_code vq_reportdata_features(struct vq_reportdata *d, int fd, struct vq_err *err)
{
	const char *id, *want = vq_json_str(d->prediction, "clip_id", "");
	struct vq_featstream *s = NULL;
	enum vq_code code = vq_featstream_new(&s, fd, err);
	json_t *rec;

	while (code == VQ_OK && (code = vq_featstream_next(s, &rec, err)) == VQ_OK) {
		id = vq_json_str(rec, "clip_id", "");
		if (d->features == NULL && strcmp(id, want) == 0)
			d->features = json_incref(rec);
		json_decref(rec);
	}
	vq_featstream_free(&s);
	if (code == VQ_END && d->features == NULL)
		return vq_fail(err, VQ_EDATA, "no features of clip %.100s", want);
	return code == VQ_END ? VQ_OK : code;
}

static enum vq_code check_text(const json_t *rec, struct vq_err *err)
{
	const json_t *regions, *region;
	enum vq_code code;
	const char *s;
	double v, box[4];
	size_t i;
	long n;

	if ((code = vq_record_int(rec, "frame", 0, VQ_REPORT_FRAMES, &n, err)) != VQ_OK ||
		(code = vq_record_real(rec, "time", &v, err)) != VQ_OK ||
		(code = vq_record_array(rec, "regions", &regions, err)) != VQ_OK)
		return code;
	json_array_foreach(regions, i, region)
	{
		if ((code = vq_record_int(region, "track", 0, VQ_REPORT_FRAMES, &n, err)) !=
				VQ_OK ||
			(code = vq_record_str(region, "text", &s, err)) != VQ_OK ||
			(code = vq_record_box(region, "box", box, err)) != VQ_OK) {
			vq_fail_at(err, "regions[%zu]", i);
			return code;
		}
	}
	return VQ_OK;
}

static enum vq_code check_moment(const json_t *rec, struct vq_err *err)
{
	enum vq_code code;
	double v;
	long n;

	if ((code = vq_record_int(rec, "frame", 0, VQ_REPORT_FRAMES, &n, err)) != VQ_OK)
		return code;
	return vq_record_real(rec, "time", &v, err);
}

/* All records of a type, checked; *ended: the last of all was an end record. */
static enum vq_code collect(int fd, const char *type,
	enum vq_code (*check)(const json_t *, struct vq_err *), json_t **list, bool *ended,
	struct vq_err *err)
{
	struct vq_record_reader *r = NULL;
	enum vq_code code = vq_record_reader_new(&r, fd, err);
	json_t *rec;

	*ended = false;
	*list = json_array();
	if (*list == NULL && code == VQ_OK)
		code = vq_nomem(err);
	while (code == VQ_OK && (code = vq_record_read(r, &rec, err)) == VQ_OK) {
		*ended = vq_record_is(rec, "end");
		if (vq_record_is(rec, type)) {
			if ((code = check(rec, err)) != VQ_OK)
				vq_fail_at(err, "line %ld", vq_record_line(r));
			else if (json_array_append(*list, rec) < 0)
				code = vq_nomem(err);
		}
		json_decref(rec);
	}
	vq_record_reader_free(&r);
	return code == VQ_END ? VQ_OK : code;
}

enum vq_code vq_reportdata_text(struct vq_reportdata *d, int fd, struct vq_err *err)
{
	bool ended;
	enum vq_code code = collect(fd, "text", check_text, &d->text, &ended, err);

	if (code == VQ_OK && !ended)
		return vq_fail(err, VQ_EDATA, "ends without an end record: the producer died");
	return code;
}

enum vq_code vq_reportdata_moments(struct vq_reportdata *d, int fd, struct vq_err *err)
{
	bool ended;
	enum vq_code code = collect(fd, "moment", check_moment, &d->moments, &ended, err);

	if (code == VQ_OK && json_array_size(d->moments) == 0)
		return vq_fail(err, VQ_EDATA, "no moment record, expected a series");
	return code;
}

/* ---- what they say together ---- */

static double last(const json_t *list, const char *key, double so_far)
{
	const json_t *e;
	size_t i;

	json_array_foreach(list, i, e) so_far = fmax(so_far, vq_json_real(e, key, 0));
	return so_far;
}

double vq_reportdata_end(const struct vq_reportdata *d)
{
	double end = 0;

	end = last(json_object_get(d->prediction, "scenes"), "end", end);
	end = last(json_object_get(d->prediction, "events"), "end", end);
	end = last(json_object_get(d->prediction, "suppressed"), "end", end);
	end = last(d->text, "time", end);
	end = last(d->moments, "time", end);
	return end > 0 ? end : 1;
}

const json_t *vq_reportdata_region(const struct vq_reportdata *d, long track, long frame)
{
	const json_t *record, *region, *found = NULL;
	size_t i, j;

	json_array_foreach(d->text, i, record)
	{
		if (vq_json_int(record, "frame", 0) > frame)
			break;
		found = NULL;
		json_array_foreach(json_object_get(record, "regions"), j, region)
		{
			if (vq_json_int(region, "track", -1) == track)
				found = region;
		}
	}
	return found;
}
