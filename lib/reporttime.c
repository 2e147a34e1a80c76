#include "reporttime.h"

#include <math.h>
#include <string.h>

#include "html.h"

/* Heights of the lanes, pixels; a lane that has nothing to show is left out. */
enum { HEAD = 16, SCENES = 10, PLOT = 54, ROW = 15, AXIS = 26, GAP = 9 };

struct line {
	FILE *out;
	const struct vq_reportdata *d;
	double end; /* seconds */
	int y;	    /* pixels */
};

/* Percent of the width. */
static double at(const struct line *l, double time)
{
	return fmin(fmax(0, 100 * time / l->end), 100);
}

static void label(struct line *l, const char *s)
{
	l->y += HEAD;
	fprintf(l->out, "<text x=\"0\" y=\"%d\">%s</text>\n", l->y - 4, s);
}

static void put_scenes(struct line *l)
{
	const json_t *scenes = json_object_get(l->d->prediction, "scenes"), *s;
	size_t i;

	if (json_array_size(scenes) == 0)
		return;
	label(l, "scenes");
	json_array_foreach(scenes, i, s)
	{
		double from = vq_json_real(s, "start", 0), to = vq_json_real(s, "end", l->end);

		fprintf(l->out,
			"<rect class=\"scene%s\" x=\"%.2f%%\" y=\"%d\" width=\"%.2f%%\" "
			"height=\"%d\"><title>scene %zu, %.2f to %.2f s, begins by ",
			i % 2 ? " odd" : "", at(l, from), l->y, fmax(0, at(l, to) - at(l, from)),
			SCENES, i + 1, from, to);
		vq_html_text(l->out, vq_json_str(s, "transition", "?"), 40);
		fputs("</title></rect>\n", l->out);
	}
	l->y += SCENES + GAP;
}

static double worst(const json_t *moments, const char *key)
{
	double most = 0;
	const json_t *m;
	size_t i;

	json_array_foreach(moments, i, m) most = fmax(most, vq_json_real(m, key, 0));
	return most;
}

/* One closed area for each run of moments that have a number. */
static void put_curve(struct line *l, double scale)
{
	const json_t *m;
	double x = 0;
	bool open = false;
	size_t i;

	fprintf(l->out,
		"<svg x=\"0\" y=\"%d\" width=\"100%%\" height=\"%d\" viewBox=\"0 0 1000 100\" "
		"preserveAspectRatio=\"none\"><path class=\"curve\" "
		"vector-effect=\"non-scaling-stroke\" d=\"",
		l->y, PLOT);
	json_array_foreach(l->d->moments, i, m)
	{
		double v = vq_json_real(m, "unsteadiness", -1);

		if (v < 0) {
			if (open)
				fprintf(l->out, "L%.1f 100Z", x);
			open = false;
			continue;
		}
		x = 10 * at(l, vq_json_real(m, "time", 0));
		if (!open)
			fprintf(l->out, "M%.1f 100", x);
		fprintf(l->out, "L%.1f %.1f", x, 100 - 100 * fmin(1, v / scale));
		open = true;
	}
	if (open)
		fprintf(l->out, "L%.1f 100Z", x);
	fputs("\"/></svg>\n", l->out);
}

static void put_floor(struct line *l)
{
	l->y += PLOT;
	fprintf(l->out, "<line class=\"floor\" x1=\"0\" x2=\"100%%\" y1=\"%d\" y2=\"%d\"/>\n", l->y,
		l->y);
	l->y += GAP;
}

/* Levels at which a curve fills its lane at least: less is no flicker to speak of. */
#define LEAST_SCALE 10.0

static void put_flicker(struct line *l)
{
	double most = worst(l->d->moments, "unsteadiness");
	char s[96];

	if (l->d->moments == NULL)
		return;
	snprintf(s, sizeof s, "unsteady light and colour, up to %.1f levels", most);
	label(l, s);
	put_curve(l, fmax(LEAST_SCALE, most));
	put_floor(l);
}

/* How much more than its surroundings a region changed, 0 to 1; -1 when nobody knows. */
static double excess(const json_t *region)
{
	double crop = vq_json_real(region, "similarity", -2);
	double ring = vq_json_real(region, "ring_similarity", -2);

	return crop < -1 || ring < -1 ? -1 : fmin(1, fmax(0, ring - crop));
}

/* The region that changed most in a text record. */
static const json_t *most_changed(const json_t *record, double *much)
{
	const json_t *region, *found = NULL;
	size_t i;

	*much = -1;
	json_array_foreach(json_object_get(record, "regions"), i, region)
	{
		if (found == NULL || excess(region) > *much) {
			found = region;
			*much = excess(region);
		}
	}
	return found;
}

static void put_stem(struct line *l, const json_t *record, double scale)
{
	double much, x = at(l, vq_json_real(record, "time", 0));
	const json_t *region = most_changed(record, &much);

	if (region == NULL)
		return;
	fprintf(l->out,
		"<line class=\"stem%s\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"%d\" "
		"y2=\"%.1f\"><title>%.2f s, "
		"read ",
		much < 0 ? " none" : "", x, x, l->y + PLOT,
		l->y + PLOT - 2 - fmax(0, much) / scale * (PLOT - 2),
		vq_json_real(record, "time", 0));
	vq_html_text(l->out, vq_json_str(region, "text", ""), 80);
	fputs("</title></line>\n", l->out);
}

/* And the same for text. */
#define LEAST_EXCESS 0.2

static void put_text(struct line *l)
{
	const json_t *record;
	double most = 0, much;
	char s[96];
	size_t i;

	if (l->d->text == NULL)
		return;
	json_array_foreach(l->d->text, i, record)
	{
		most_changed(record, &much);
		most = fmax(most, much);
	}
	snprintf(s, sizeof s, "text: change beyond its surroundings, up to %.2f of 1", most);
	label(l, s);
	json_array_foreach(l->d->text, i, record) put_stem(l, record, fmax(LEAST_EXCESS, most));
	put_floor(l);
}

static void put_span(struct line *l, const json_t *e, const char *class, const char *what)
{
	double from = vq_json_real(e, "start", 0), to = vq_json_real(e, "end", 0);

	fprintf(l->out,
		"<line class=\"span %s\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"%d\" y2=\"%d\"><title>"
		"%.2f to %.2f s: ",
		class, at(l, from), at(l, to) + 0.01, l->y + ROW / 2, l->y + ROW / 2, from, to);
	vq_html_text(l->out, vq_json_str(e, what, ""), 80);
	fputs("</title></line>\n", l->out);
}

/* Events of one category in a row, with marks at their peaks. */
static void put_events(struct line *l, bool text)
{
	const json_t *e;
	bool labelled = false;
	size_t i;

	json_array_foreach(json_object_get(l->d->prediction, "events"), i, e)
	{
		if (vq_json_is_text(e) != text)
			continue;
		if (!labelled)
			label(l, text ? "events: text" : "events: flicker");
		labelled = true;
		fprintf(l->out, "<a href=\"#" VQ_REPORT_EVENT_ID "\">", i);
		put_span(l, e, text ? "text" : "flicker", "kind");
		fprintf(l->out, "<circle class=\"peak\" cx=\"%.2f%%\" cy=\"%d\" r=\"2\"/></a>\n",
			at(l, vq_json_real(e, "peak_time", 0)), l->y + ROW / 2);
	}
	l->y += labelled ? ROW : 0;
}

static void put_suppressed(struct line *l)
{
	const json_t *list = json_object_get(l->d->prediction, "suppressed"), *e;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	label(l, "let go");
	json_array_foreach(list, i, e) put_span(l, e, "gray", "reason");
	l->y += ROW;
}

static void put_cuts(struct line *l)
{
	const json_t *s;
	size_t i;

	json_array_foreach(json_object_get(l->d->prediction, "scenes"), i, s)
	{
		double x = at(l, vq_json_real(s, "start", 0));

		if (strcmp(vq_json_str(s, "transition", ""), "cut") == 0)
			fprintf(l->out,
				"<line class=\"cut\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"%d\" "
				"y2=\"%d\"><title>cut at %.2f s</title></line>\n",
				x, x, HEAD, l->y, vq_json_real(s, "start", 0));
	}
}

/* A round step that gives four to eight ticks. */
static double tick_step(double end)
{
	double unit = pow(10, floor(log10(end / 4)));

	return end / 4 >= 5 * unit ? 5 * unit : end / 4 >= 2 * unit ? 2 * unit : unit;
}

static void put_axis(struct line *l)
{
	double step = tick_step(l->end);
	int digits = step < 0.1 ? 2 : step < 1 ? 1 : 0;

	for (int i = 0; i * step <= l->end * 1.0001; i++) {
		double x = at(l, i * step);

		fprintf(l->out,
			"<line class=\"tick\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"%d\" y2=\"%d\"/>"
			"<text%s x=\"%.2f%%\" y=\"%d\" text-anchor=\"%s\">%.*f%s</text>\n",
			x, x, l->y + 2, l->y + 7, i % 2 ? " class=\"odd\"" : "", x, l->y + 20,
			i == 0	   ? "start"
			: x > 96.0 ? "end"
				   : "middle",
			digits, i * step, i == 0 ? " s" : "");
	}
	l->y += AXIS;
}

/* The height comes first in the picture, and is known last. */
static int height_of(const struct vq_reportdata *d)
{
	const json_t *p = d->prediction, *e;
	int h = AXIS;
	bool row[2] = {false, false};
	size_t i;

	json_array_foreach(json_object_get(p, "events"), i, e) row[vq_json_is_text(e)] = true;
	h += (row[0] + row[1]) * (HEAD + ROW);
	h += json_array_size(json_object_get(p, "scenes")) > 0 ? HEAD + SCENES + GAP : 0;
	h += (d->moments != NULL) * (HEAD + PLOT + GAP);
	h += (d->text != NULL) * (HEAD + PLOT + GAP);
	return h + (json_array_size(json_object_get(p, "suppressed")) > 0 ? HEAD + ROW : 0);
}

void vq_reporttime(FILE *out, const struct vq_reportdata *d)
{
	struct line l = {out, d, vq_reportdata_end(d), 0};

	fprintf(out,
		"<figure class=\"time\">\n<svg width=\"100%%\" height=\"%d\" role=\"img\" "
		"aria-label=\"Time line of %.2f seconds; the tables below have the same "
		"events\">\n",
		height_of(d), l.end);
	put_scenes(&l);
	put_flicker(&l);
	put_text(&l);
	put_events(&l, true);
	put_events(&l, false);
	put_suppressed(&l);
	put_cuts(&l);
	put_axis(&l);
	fputs("</svg>\n<figcaption>Seconds. Dashed lines are cuts, dots the peaks of "
	      "events.</figcaption>\n</figure>\n",
		out);
}
