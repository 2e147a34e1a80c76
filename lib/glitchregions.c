#include "glitchregions.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"

/* Times come rounded to microseconds. */
#define ROUNDING 1e-6

struct sample {
	double time;
	bool cut;
};

struct seen {
	int track;
	int sample; /* its number */
	double box[4];
};

struct vq_glitch_regions {
	struct sample *sample;
	int samples, sample_room;
	struct seen *seen; /* by track, then sample */
	size_t n, room;
};

static bool grow(void **p, size_t *room, size_t n, size_t size)
{
	size_t more = *room == 0 ? 256 : *room * 2;
	void *q;

	if (n < *room)
		return true;
	if (more > SIZE_MAX / size || (q = realloc(*p, more * size)) == NULL)
		return false;
	*p = q;
	*room = more;
	return true;
}

static enum vq_code take_region(
	struct vq_glitch_regions *r, const json_t *region, struct vq_err *err)
{
	struct seen s = {.sample = r->samples - 1};
	long track;
	enum vq_code code;

	if (!json_is_object(region))
		return vq_fail(err, VQ_EDATA, "a region is no object");
	code = vq_record_int(region, "track", 0, INT32_MAX, &track, err);
	if (code == VQ_OK)
		code = vq_record_box(region, "box", s.box, err);
	if (code != VQ_OK)
		return code;
	if (!grow((void **)&r->seen, &r->room, r->n, sizeof *r->seen))
		return vq_nomem(err);
	s.track = (int)track;
	r->seen[r->n++] = s;
	return VQ_OK;
}

static enum vq_code take_text(struct vq_glitch_regions *r, const json_t *rec, struct vq_err *err)
{
	const json_t *regions, *region;
	size_t i, room = (size_t)r->sample_room;
	struct sample s = {.cut = json_is_true(json_object_get(rec, "cut"))};
	enum vq_code code = vq_record_real(rec, "time", &s.time, err);

	if (code == VQ_OK)
		code = vq_record_array(rec, "regions", &regions, err);
	if (code != VQ_OK)
		return code;
	if (r->samples > 0 && s.time < r->sample[r->samples - 1].time)
		return vq_fail(err, VQ_EDATA, "time goes back");
	if (!grow((void **)&r->sample, &room, (size_t)r->samples, sizeof *r->sample))
		return vq_nomem(err);
	r->sample_room = (int)room;
	r->sample[r->samples++] = s;
	json_array_foreach(
		regions, i, region) if ((code = take_region(r, region, err)) != VQ_OK) return code;
	return VQ_OK;
}

static int by_track(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	if (x->track != y->track)
		return x->track < y->track ? -1 : 1;
	return (x->sample > y->sample) - (x->sample < y->sample);
}

enum vq_code vq_glitch_regions_read(struct vq_glitch_regions **r, int fd, struct vq_err *err)
{
	struct vq_record_reader *in = NULL;
	bool ended = false;
	enum vq_code code;

	*r = calloc(1, sizeof **r);
	if (*r == NULL)
		return vq_nomem(err);
	code = vq_record_reader_new(&in, fd, err);
	while (code == VQ_OK && !ended) {
		json_t *rec = NULL;

		if ((code = vq_record_read(in, &rec, err)) != VQ_OK)
			break;
		ended = vq_record_is(rec, "end");
		if (vq_record_is(rec, "text") && (code = take_text(*r, rec, err)) != VQ_OK)
			vq_fail_at(err, "line %ld", vq_record_line(in));
		json_decref(rec);
	}
	if (code == VQ_END)
		code = vq_fail(err, VQ_EDATA, "line %ld: no end record, the producer died",
			vq_record_line(in));
	vq_record_reader_free(&in);
	if (code != VQ_OK)
		vq_glitch_regions_free(r);
	else if ((*r)->n > 0)
		qsort((*r)->seen, (*r)->n, sizeof *(*r)->seen, by_track);
	return code;
}

void vq_glitch_regions_free(struct vq_glitch_regions **r)
{
	if (*r != NULL) {
		free((*r)->sample);
		free((*r)->seen);
	}
	free(*r);
	*r = NULL;
}

long vq_glitch_regions_count(const struct vq_glitch_regions *r)
{
	return (long)r->n;
}

/* How long a track's first (or last) box holds before (or after) its sample. */
static double reach(const struct vq_glitch_regions *r, int sample, bool after)
{
	int other = after ? sample + 1 : sample - 1;
	bool cut;

	if (other < 0 || other >= r->samples)
		return INFINITY;
	cut = r->sample[after ? other : sample].cut;
	return cut ? 0 : fabs(r->sample[other].time - r->sample[sample].time) / 2;
}

static bool box_at(
	const struct vq_glitch_regions *r, const struct seen *s, size_t n, double t, double box[4])
{
	size_t i = 0;
	double a, b, mix;

	while (i < n && r->sample[s[i].sample].time <= t)
		i++;
	if (i == 0 && r->sample[s[0].sample].time - t > reach(r, s[0].sample, false))
		return false;
	if (i == n && t - r->sample[s[n - 1].sample].time > reach(r, s[n - 1].sample, true))
		return false;
	if (i == 0 || i == n) {
		memcpy(box, s[i == 0 ? 0 : n - 1].box, sizeof s->box);
		return true;
	}
	a = r->sample[s[i - 1].sample].time;
	b = r->sample[s[i].sample].time;
	mix = b > a ? (t - a) / (b - a) : 0;
	for (int k = 0; k < 4; k++)
		box[k] = (1 - mix) * s[i - 1].box[k] + mix * s[i].box[k];
	return true;
}

int vq_glitch_regions_at(
	const struct vq_glitch_regions *r, int64_t time_us, struct vq_region *out, int max)
{
	double t = (double)time_us / 1e6 + ROUNDING;
	int found = 0;

	for (size_t i = 0, end; i < r->n && found < max; i = end) {
		for (end = i + 1; end < r->n && r->seen[end].track == r->seen[i].track;)
			end++;
		if (box_at(r, r->seen + i, end - i, t, out[found].box))
			out[found++].track = r->seen[i].track;
	}
	return found;
}
