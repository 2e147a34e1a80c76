#include "extract.h"

#include <stdlib.h>

#include "manifest.h"
#include "record.h"
#include "temporal.h"
#include "textfeat.h"
#include "version.h"

struct vq_extract {
	const struct vq_config *config;
	FILE *series;
	bool with_text;
	long frames;
	struct vq_stream stream;
	struct vq_temporal *temporal;
	struct vq_textfeat *text;
	struct vq_manifest *manifest;
	double *values; /* in manifest order: text, then temporal */
};

enum vq_code vq_extract_manifest(struct vq_manifest **m, struct vq_err *err)
{
	static const struct vq_feature_set *const sets[] = {
		&vq_text_features, &vq_temporal_features};

	return vq_manifest_new(m, sets, sizeof sets / sizeof *sets, err);
}

enum vq_code vq_extract_new(struct vq_extract **x, const struct vq_config *config, bool with_text,
	FILE *series, struct vq_err *err)
{
	enum vq_code code;

	*x = calloc(1, sizeof **x);
	if (*x == NULL)
		return vq_nomem(err);
	(*x)->config = config;
	(*x)->series = series;
	(*x)->with_text = with_text;
	code = vq_extract_manifest(&(*x)->manifest, err);
	if (code != VQ_OK)
		goto fail;
	(*x)->values = calloc(vq_manifest_count((*x)->manifest), sizeof *(*x)->values);
	code = (*x)->values == NULL ? vq_nomem(err) : vq_textfeat_new(&(*x)->text, config, err);
	if (code == VQ_OK)
		return VQ_OK;
fail:
	vq_extract_free(x);
	return code;
}

void vq_extract_free(struct vq_extract **x)
{
	if (*x == NULL)
		return;
	vq_temporal_free(&(*x)->temporal);
	vq_textfeat_free(&(*x)->text);
	vq_manifest_free(&(*x)->manifest);
	free((*x)->values);
	free(*x);
	*x = NULL;
}

static enum vq_code on_stream(void *ctx, const struct vq_stream *s, struct vq_err *err)
{
	struct vq_extract *x = ctx;

	x->stream = *s;
	return vq_temporal_new(&x->temporal, s, x->config, x->series, err);
}

static enum vq_code on_frame(void *ctx, const struct vq_frame *f, struct vq_err *err)
{
	struct vq_extract *x = ctx;

	x->frames++;
	return vq_temporal_add(x->temporal, f, err);
}

static enum vq_code on_record(void *ctx, const json_t *rec, struct vq_err *err)
{
	struct vq_extract *x = ctx;

	return vq_textfeat_add(x->text, rec, err);
}

struct vq_pump_sink vq_extract_sink(struct vq_extract *x)
{
	return (struct vq_pump_sink){x, on_stream, on_frame, on_record};
}

static json_t *feature_object(const struct vq_extract *x)
{
	json_t *o = json_object();

	for (size_t i = 0; i < vq_manifest_count(x->manifest); i++)
		json_object_set_new(
			o, vq_manifest_at(x->manifest, i)->name, vq_record_number(x->values[i], 6));
	return o;
}

/* Strongest first, whatever module found them; the order of equals is kept. */
static void sort_events(json_t *events)
{
	size_t n = json_array_size(events);

	for (size_t i = 1; i < n; i++) {
		json_t *e = json_incref(json_array_get(events, i));
		double s = json_number_value(json_object_get(e, "severity"));
		size_t j = i;

		while (j > 0 && json_number_value(json_object_get(
					json_array_get(events, j - 1), "severity")) < s)
			j--;
		json_array_remove(events, i);
		json_array_insert_new(events, j, e);
	}
}

static const char *const info_counts[] = {
	"frames_decoded", "frames_damaged", "frames_repeated", "cut_short"};

static void add_info(json_t *rec, const json_t *info)
{
	json_t *coverage = json_object_get(rec, "coverage");

	for (size_t i = 0; i < sizeof info_counts / sizeof *info_counts; i++) {
		json_t *v = json_object_get(info, info_counts[i]);

		if (v != NULL)
			json_object_set(coverage, info_counts[i], v);
	}
	json_object_set(rec, "media", (json_t *)info);
}

/* Without an info record this much is known from the frame stream. */
static json_t *stream_media(const struct vq_stream *s)
{
	return json_pack("{s:i,s:i,s:[i,i]}", "width", s->src_width, "height", s->src_height,
		"rate", (int)s->rate.num, (int)s->rate.den);
}

enum vq_code vq_extract_finish(struct vq_extract *x, const char *clip_id, const json_t *info,
	json_t **record, struct vq_err *err)
{
	enum vq_code code;
	json_t *rec, *coverage;

	*record = NULL;
	if (x->frames == 0)
		return vq_fail(err, VQ_EDATA, "the frame stream holds no frame");
	if (clip_id == NULL)
		clip_id = json_string_value(json_object_get(info, "clip_id"));
	rec = json_pack("{s:s, s:s, s:{s:s, s:s}, s:{}, s:[], s:[], s:[], s:[], s:n, s:{}}", "type",
		"features", "clip_id", clip_id ? clip_id : "stdin", "extractor", "version",
		VQ_VERSION, "manifest", vq_manifest_version(x->manifest), "features", "events",
		"suppressed", "scenes", "tracks", "photosensitive", "coverage");
	if (rec == NULL)
		return vq_nomem(err);
	coverage = json_object_get(rec, "coverage");
	json_object_set_new(coverage, "text_frames", json_null());
	code = vq_temporal_finish(x->temporal, x->values + vq_text_features.count, rec, err);
	json_object_update(coverage, json_object_get(rec, "temporal_coverage"));
	json_object_del(rec, "temporal_coverage");
	if (code == VQ_OK && x->with_text)
		code = vq_textfeat_finish(x->text, x->values, rec, err);
	if (code != VQ_OK) {
		json_decref(rec);
		return code;
	}
	json_object_set_new(rec, "features", feature_object(x));
	sort_events(json_object_get(rec, "events"));
	if (info != NULL)
		add_info(rec, info);
	else
		json_object_set_new(rec, "media", stream_media(&x->stream));
	*record = rec;
	return VQ_OK;
}
