#include "reportpage.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "html.h"
#include "reportstyle.h"
#include "reporttime.h"

enum {
	ROWS = 100,    /* of a table; the rest is counted */
	READING = 120, /* characters of a reading */
	NOTES = 400,
};

struct page {
	FILE *out;
	const struct vq_reportdata *d;
	const json_t *p; /* the prediction */
	const struct vq_shots *shots;
};

/* ---- words ---- */

static bool is_flagged(const json_t *p)
{
	return json_is_true(json_object_get(p, "artifact"));
}

static bool has_events(const json_t *p, bool text)
{
	const json_t *e;
	size_t i;

	json_array_foreach(json_object_get(p, "events"), i, e)
	{
		if (vq_json_is_text(e) == text)
			return true;
	}
	return false;
}

const char *vq_verdict_class(const json_t *p)
{
	const char *category = vq_json_str(p, "artifact_category", "");

	if (!is_flagged(p))
		return "none";
	return strcmp(category, "TEXT_INCONSISTENCY") == 0 ? "text" : "flicker";
}

/* A threshold may flag what is less likely than not. */
static bool is_likely(const json_t *p)
{
	return vq_json_real(p, "confidence", 0) >= 0.5;
}

const char *vq_verdict_words(const json_t *p)
{
	/* by: text first, the other one too, more likely than not */
	static const char *const words[2][2][2] = {
		{{"The picture may flicker", "The picture flickers"},
			{"The picture may flicker, and text may change",
				"The picture flickers, and text changes"}},
		{{"Text may change", "Text changes"},
			{"Text may change, and the picture may flicker",
				"Text changes, and the picture flickers"}},
	};
	bool text = strcmp(vq_verdict_class(p), "text") == 0;

	if (!is_flagged(p))
		return "Nothing found";
	return words[text][has_events(p, !text)][is_likely(p)];
}

static const char *kind_words(const json_t *event)
{
	static const char *const words[][2] = {
		{"mutation", "Letters change"},
		{"luma", "Brightness flickers"},
		{"color", "Colour flickers"},
		{"texture", "Texture boils"},
		{"structure", "Structure pops"},
		{"flash", "A flash"},
		{"strobe", "A strobe"},
	};
	const char *kind = vq_json_str(event, "kind", "");

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(kind, words[i][0]) == 0)
			return words[i][1];
	return vq_json_is_text(event) ? "Text changes" : "The picture flickers";
}

static void put_reading(const struct page *g, const char *s)
{
	if (*s == '\0') {
		fputs("nothing", g->out);
		return;
	}
	fputs("<bdi class=\"reading\">", g->out);
	vq_html_text(g->out, s, READING);
	fputs("</bdi>", g->out);
}

/* A reason or measure as words. */
static void put_words(const struct page *g, const char *s)
{
	char words[80];
	size_t n = 0;

	for (; s[n] != '\0' && n + 1 < sizeof words; n++)
		words[n] = s[n] == '_' ? ' ' : s[n];
	words[n] = '\0';
	vq_html_text(g->out, words, 0);
}

/* ---- verdict ---- */

static void put_odds(const struct page *g, const char *name, const char *class, double p)
{
	p = fmin(fmax(0, p), 1);
	fprintf(g->out,
		"<dt>%s</dt><dd><svg width=\"100%%\" height=\"9\" aria-hidden=\"true\">"
		"<rect class=\"track\" width=\"100%%\" height=\"9\" rx=\"2\"/>"
		"<rect class=\"%s\" width=\"%.1f%%\" height=\"9\" rx=\"2\"/></svg></dd>"
		"<dd class=\"num\">%.1f&nbsp;%%</dd>\n",
		name, class, 100 * p, 100 * p);
}

static void put_defects(const struct page *g)
{
	const json_t *defects = json_object_get(g->p, "defects");
	const json_t *classes = json_object_get(g->p, "class_probabilities");

	fputs("<dl class=\"odds\">\n", g->out);
	put_odds(g, "any defect", "grayfill", vq_json_real(g->p, "confidence", 0));
	if (!json_is_object(defects))
		defects = classes;
	put_odds(g, "text changes", "textfill", vq_json_real(defects, "TEXT_INCONSISTENCY", 0));
	put_odds(g, "flicker", "flickerfill", vq_json_real(defects, "TEMPORAL_FLICKER", 0));
	fputs("</dl>\n", g->out);
}

/* What was not looked at is said beside the verdict. */
static void put_gaps(const struct page *g)
{
	const json_t *c = json_object_get(g->p, "coverage");
	const json_t *cut = json_object_get(c, "cut_short");
	long damaged = vq_json_int(c, "frames_damaged", 0);

	if (json_is_null(json_object_get(c, "text_frames")))
		fputs("<p class=\"warn\">Text was not looked at.</p>\n", g->out);
	if (damaged > 0)
		fprintf(g->out, "<p class=\"warn\">%ld damaged frame%s could not be judged.</p>\n",
			damaged, damaged == 1 ? "" : "s");
	if (json_is_object(cut))
		fprintf(g->out,
			"<p class=\"warn\">Only the first %.4g seconds were looked at.</p>\n",
			vq_json_real(cut, "limit_sec", 0));
}

static void put_photosensitive(const struct page *g)
{
	const json_t *flash = json_object_get(g->p, "photosensitive");

	if (json_is_object(flash))
		fprintf(g->out,
			"<p class=\"warn\">Warning: up to %.3g flashes a second. An aid for "
			"screening, no certification.</p>\n",
			vq_json_real(flash, "flashes_per_second", 0));
}

/* Nothing is certain: not even what rounds to all of a hundred, or to none. */
static void put_percent(const struct page *g, double p)
{
	if (p >= 0.995)
		fputs("<b>over 99&nbsp;%</b>", g->out);
	else if (p <= 0.005)
		fputs("<b>under 1&nbsp;%</b>", g->out);
	else
		fprintf(g->out, "<b>%.0f&nbsp;%%</b>", 100 * p);
}

static void put_verdict(const struct page *g)
{
	const json_t *evidence = json_object_get(g->p, "evidence");
	double p = vq_json_real(g->p, "confidence", 0);

	fprintf(g->out, "<section class=\"verdict %s\">\n<h2>%s</h2>\n", vq_verdict_class(g->p),
		vq_verdict_words(g->p));
	if (is_flagged(g->p) && is_likely(g->p)) {
		fputs("<p>A viewer would see a defect, with a probability of ", g->out);
		put_percent(g, p);
		fputs(".</p>\n", g->out);
	} else {
		fputs("<p>The probability that a viewer would see a defect is ", g->out);
		put_percent(g, p);
		fprintf(g->out, ", which is %s to flag the clip.</p>\n",
			is_flagged(g->p) ? "enough" : "not enough");
	}
	if (json_is_object(evidence)) {
		fputs("<p class=\"soft\"><bdi>", g->out);
		vq_html_text(g->out, vq_json_str(evidence, "notes", ""), 3 * NOTES);
		fputs("</bdi></p>\n", g->out);
	}
	put_gaps(g);
	put_photosensitive(g);
	put_defects(g);
	fputs("</section>\n", g->out);
}

/* ---- pictures ---- */

static void put_image(const struct page *g, const struct vq_shot *s, const char *what)
{
	fprintf(g->out,
		"<img width=\"%d\" height=\"%d\" alt=\"%s frame %ld, %.2f seconds\" "
		"src=\"data:image/png;base64,",
		s->w, s->h, what, s->number, s->time);
	vq_base64_encode(g->out, s->png, s->len);
	fputs("\">", g->out);
}

static bool same_frame(const struct vq_shot *a, const struct vq_shot *b)
{
	return a->kind == VQ_SHOT_STEP && b->kind == VQ_SHOT_STEP && a->event == b->event &&
	       a->number == b->number;
}

/* A step shows nothing when its neighbour on the way to the peak shows the same frame. */
static bool is_double(const struct vq_shots *s, size_t i)
{
	const struct vq_shot *shot = &s->shot[i];

	if (shot->step < 0)
		return i + 1 < s->count && same_frame(shot, &s->shot[i + 1]);
	return shot->step > 0 && same_frame(shot, &s->shot[i - 1]);
}

static void put_step(const struct page *g, const struct vq_shot *s, const json_t *event)
{
	long track = vq_json_int(event, "track", -1);
	const json_t *region = track < 0 ? NULL : vq_reportdata_region(g->d, track, s->number);

	fprintf(g->out, "<figure%s>", s->step == 0 ? " class=\"here\"" : "");
	put_image(g, s, s->step < 0 ? "before:" : s->step > 0 ? "after:" : "at the peak:");
	fprintf(g->out, "<figcaption><span class=\"num\">%.2f s, frame %ld</span>%s", s->time,
		s->number,
		s->step == 0  ? ", peak"
		: s->step < 0 ? ", before"
			      : ", after");
	if (region != NULL) {
		const char *read = vq_json_str(region, "text", "");

		fputs(": ", g->out);
		put_reading(g, read);
		if (*read == '\0')
			fputs(" read", g->out);
	}
	fputs("</figcaption></figure>\n", g->out);
}

static const char *const player =
	"<div class=\"player\" hidden><button type=\"button\" aria-pressed=\"false\">In one place"
	"</button><button type=\"button\" hidden>Back</button><button type=\"button\" hidden>Next"
	"</button><button type=\"button\">Play</button></div>\n";

/* Wide parts (a line of text) stand below each other, so that letters can be compared. */
static void put_steps(const struct page *g, size_t event, const json_t *json)
{
	const struct vq_shots *s = g->shots;
	bool open = false;

	for (size_t i = 0; s != NULL && i < s->count; i++) {
		const struct vq_shot *shot = &s->shot[i];

		if (shot->kind != VQ_SHOT_STEP || shot->event != event || shot->png == NULL ||
			is_double(s, i))
			continue;
		if (!open)
			fprintf(g->out, "%s<div class=\"shots%s\">\n", player,
				shot->w > 3 * shot->h	? " wide"
				: shot->w > 2 * shot->h ? " mid"
							: "");
		open = true;
		put_step(g, shot, json);
	}
	if (open)
		fputs("</div>\n", g->out);
}

static void put_overview(const struct page *g)
{
	const struct vq_shots *s = g->shots;

	if (s == NULL)
		return;
	fputs("<section><h2>The clip</h2>\n<div class=\"shots over\">\n", g->out);
	for (size_t i = 0; i < s->count; i++) {
		const struct vq_shot *shot = &s->shot[i];

		if (shot->kind == VQ_SHOT_STEP || shot->png == NULL)
			continue;
		fputs("<figure>", g->out);
		put_image(g, shot, shot->kind == VQ_SHOT_CONTEXT ? "an event:" : "the clip:");
		fprintf(g->out, "<figcaption><span class=\"num\">%.2f s</span>", shot->time);
		if (shot->kind == VQ_SHOT_CONTEXT)
			fprintf(g->out, ", <a href=\"#" VQ_REPORT_EVENT_ID "\">event %zu</a>",
				shot->event, shot->event + 1);
		fputs("</figcaption></figure>\n", g->out);
	}
	fputs("</div></section>\n", g->out);
}

/* ---- events ---- */

static void put_change(const struct page *g, const json_t *e)
{
	const char *before = vq_json_str(e, "before", NULL), *after = vq_json_str(e, "after", NULL);

	if (before == NULL || after == NULL)
		return;
	fputs("<p>Read as ", g->out);
	put_reading(g, before);
	if (strcmp(before, after) != 0) {
		fputs(", then ", g->out);
		put_reading(g, after);
	}
	if (vq_json_str(e, "consensus", NULL) != NULL) {
		fputs("; mostly ", g->out);
		put_reading(g, vq_json_str(e, "consensus", ""));
	}
	fputs(".</p>\n", g->out);
}

static void put_measure(const struct page *g, const json_t *e)
{
	const char *notes = vq_json_str(e, "notes", NULL), *between = "";
	double hz = vq_json_real(e, "frequency_hz", 0), depth = vq_json_real(e, "depth", 0);

	fputs("<p class=\"soft\">", g->out);
	if (notes != NULL) {
		fputs("<bdi>", g->out);
		vq_html_text(g->out, notes, NOTES);
		fputs("</bdi>", g->out);
		between = "; ";
	}
	if (vq_json_str(e, "measure", NULL) != NULL) {
		fputs(between, g->out);
		put_words(g, vq_json_str(e, "measure", ""));
		fprintf(g->out, " %.3g (threshold %.3g)", vq_json_real(e, "value", 0),
			vq_json_real(e, "threshold", 0));
		between = ", ";
	}
	if (hz > 0) {
		fprintf(g->out, "%s%.1f alternations a second", between, hz);
		between = ", ";
	}
	if (depth > 0)
		fprintf(g->out, "%s%.1f levels deep", between, depth);
	fputs(".</p>\n", g->out);
}

static void put_event(const struct page *g, const json_t *e, size_t i)
{
	double start = vq_json_real(e, "start", 0), end = vq_json_real(e, "end", 0);
	const json_t *box = json_object_get(e, "bbox");

	fprintf(g->out,
		"<article class=\"event %s\" id=\"" VQ_REPORT_EVENT_ID
		"\"><h3>%zu. %s, %.2f to %.2f s</h3>\n",
		vq_json_is_text(e) ? "text" : "flicker", i, i + 1, kind_words(e), start, end);
	fprintf(g->out,
		"<p class=\"num\">Severity %.2f of 1, strongest at %.2f s (frame %ld), "
		"at %.0f,%.0f to %.0f,%.0f pixels.</p>\n",
		vq_json_real(e, "severity", 0), vq_json_real(e, "peak_time", 0),
		vq_json_int(e, "peak_frame", 0), json_number_value(json_array_get(box, 0)),
		json_number_value(json_array_get(box, 1)),
		json_number_value(json_array_get(box, 2)),
		json_number_value(json_array_get(box, 3)));
	put_change(g, e);
	put_measure(g, e);
	put_steps(g, i, e);
	fputs("</article>\n", g->out);
}

static void put_more(const struct page *g, size_t all, size_t shown)
{
	if (all > shown)
		fprintf(g->out, "<p class=\"soft\">And %zu more.</p>\n", all - shown);
}

static void put_events(const struct page *g)
{
	const json_t *events = json_object_get(g->p, "events"), *e;
	size_t i, n = json_array_size(events);

	if (n == 0 && !is_flagged(g->p))
		return;
	fputs("<section><h2>Events</h2>\n", g->out);
	if (n == 0)
		fputs("<p>No single event stands out; the clip is flagged by its measurements as a "
		      "whole.</p>\n",
			g->out);
	json_array_foreach(events, i, e)
	{
		if (i < ROWS)
			put_event(g, e, i);
	}
	put_more(g, n, ROWS);
	if (g->shots != NULL && g->shots->events > 0 && g->shots->events < n)
		fprintf(g->out, "<p class=\"soft\">Pictures are of the strongest %zu.</p>\n",
			g->shots->events);
	fputs("</section>\n", g->out);
}

/* ---- text ---- */

/* One after the other, the different readings of a track. */
static void put_readings(const struct page *g, long track)
{
	const json_t *record, *region;
	const char *last = NULL;
	size_t i, j, n = 0;

	json_array_foreach(g->d->text, i, record)
	{
		json_array_foreach(json_object_get(record, "regions"), j, region)
		{
			const char *s = vq_json_str(region, "text", "");

			if (vq_json_int(region, "track", -1) != track ||
				(last != NULL && strcmp(s, last) == 0))
				continue;
			last = s;
			if (n++ >= 12)
				continue;
			fprintf(g->out, "%s<span class=\"num soft\">%.2f</span> ",
				n > 1 ? ", " : "", vq_json_real(record, "time", 0));
			put_reading(g, s);
		}
	}
	if (n > 12)
		fprintf(g->out, " and %zu more", n - 12);
}

static void put_track(const struct page *g, const json_t *t)
{
	long track = vq_json_int(t, "track", -1);

	fprintf(g->out,
		"<tr><td class=\"num\" data-label=\"track\">%ld</td>"
		"<td class=\"num\" data-label=\"seconds\">%.2f to %.2f</td>"
		"<td data-label=\"mostly\">",
		track, vq_json_real(t, "start", 0), vq_json_real(t, "end", 0));
	put_reading(g, vq_json_str(t, "consensus", ""));
	fprintf(g->out,
		"</td><td class=\"num\" data-label=\"stability\">%.2f</td>"
		"<td class=\"num\" data-label=\"evidence\">%.2f</td><td data-label=\"readings\">",
		vq_json_real(t, "stability", 0), vq_json_real(t, "evidence", 0));
	if (g->d->text != NULL)
		put_readings(g, track);
	fputs("</td></tr>\n", g->out);
}

static void put_tracks(const struct page *g)
{
	const json_t *tracks = json_object_get(g->d->features, "tracks"), *t;
	size_t i;

	if (g->d->features == NULL)
		return;
	fputs("<section><h2>Text that was read</h2>\n", g->out);
	if (json_array_size(tracks) == 0) {
		fputs("<p>None.</p></section>\n", g->out);
		return;
	}
	fputs("<table class=\"cards\"><thead><tr><th class=\"num\">track</th>"
	      "<th class=\"num\">seconds</th><th>most common reading</th>"
	      "<th class=\"num\">stability</th><th class=\"num\">evidence</th>"
	      "<th>readings, each when it changes</th></tr></thead><tbody>\n",
		g->out);
	json_array_foreach(tracks, i, t)
	{
		if (i < ROWS)
			put_track(g, t);
	}
	fputs("</tbody></table>\n", g->out);
	put_more(g, json_array_size(tracks), ROWS);
	fputs("<p class=\"soft small\">Stability: how alike the crops of a track stay, 1 is not a "
	      "pixel of change. Evidence: how sure it is that this is text, and enough of "
	      "it.</p></section>\n",
		g->out);
}

/* ---- let go ---- */

static void put_suppressed_row(const struct page *g, const json_t *e)
{
	fprintf(g->out,
		"<tr><td class=\"num\" data-label=\"seconds\">%.2f to %.2f</td>"
		"<td data-label=\"what\">%s</td><td data-label=\"why not\">",
		vq_json_real(e, "start", 0), vq_json_real(e, "end", 0),
		vq_json_str(e, "kind", NULL) != NULL ? kind_words(e)
		: vq_json_is_text(e)		     ? "text"
						     : "flicker");
	put_words(g, vq_json_str(e, "reason", ""));
	if (vq_json_str(e, "notes", NULL) != NULL) {
		fputs("<div class=\"meaning\"><bdi>", g->out);
		vq_html_text(g->out, vq_json_str(e, "notes", ""), NOTES);
		fputs("</bdi></div>", g->out);
	}
	fputs("</td><td class=\"num\" data-label=\"measured\">", g->out);
	if (vq_json_str(e, "measure", NULL) != NULL) {
		put_words(g, vq_json_str(e, "measure", ""));
		fprintf(g->out, " %.3g", vq_json_real(e, "value", 0));
	}
	fputs("</td></tr>\n", g->out);
}

static void put_suppressed(const struct page *g)
{
	const json_t *list = json_object_get(g->p, "suppressed"), *e;
	size_t i, n = json_array_size(list);

	fputs("<section><h2>Looked like a defect, and was let go</h2>\n", g->out);
	if (n == 0) {
		fputs("<p>Nothing.</p></section>\n", g->out);
		return;
	}
	fputs("<table class=\"cards\"><thead><tr><th class=\"num\">seconds</th><th>what</th>"
	      "<th>why not</th><th class=\"num\">measured</th></tr></thead><tbody>\n",
		g->out);
	json_array_foreach(list, i, e)
	{
		if (i < ROWS)
			put_suppressed_row(g, e);
	}
	fputs("</tbody></table>\n", g->out);
	put_more(g, n, ROWS);
	fputs("</section>\n", g->out);
}

/* ---- explanation ---- */

static double largest(const json_t *list)
{
	double most = 0;
	const json_t *e;
	size_t i;

	json_array_foreach(list, i, e) most = fmax(most, fabs(vq_json_real(e, "contribution", 0)));
	return most;
}

static void put_reason(const struct page *g, const json_t *e, double most)
{
	double c = vq_json_real(e, "contribution", 0), width = most > 0 ? 50 * fabs(c) / most : 0;

	fprintf(g->out,
		"<tr><td class=\"bar\"><svg width=\"100%%\" height=\"11\" aria-hidden=\"true\">"
		"<rect class=\"track\" width=\"100%%\" height=\"11\" rx=\"2\"/>"
		"<rect class=\"%s\" x=\"%.1f%%\" width=\"%.1f%%\" height=\"11\"/>"
		"<line class=\"tick\" x1=\"50%%\" x2=\"50%%\" y1=\"0\" y2=\"11\"/></svg></td>"
		"<td class=\"num\" data-label=\"log odds\">%+.2f</td><td><code>",
		c > 0 ? "pos" : "neg", c > 0 ? 50 : 50 - width, width, c);
	vq_html_text(g->out, vq_json_str(e, "feature", ""), 80);
	fprintf(g->out, "</code> = <span class=\"num\">%.4g</span>", vq_json_real(e, "value", 0));
	if (vq_json_str(e, "meaning", NULL) != NULL) {
		fputs("<div class=\"meaning\">", g->out);
		vq_html_text(g->out, vq_json_str(e, "meaning", ""), NOTES);
		fputs("</div>", g->out);
	}
	fprintf(g->out, "</td><td data-label=\"defect\">%s</td></tr>\n",
		strcmp(vq_json_str(e, "class", ""), "TEXT_INCONSISTENCY") == 0 ? "text"
									       : "flicker");
}

static void put_explanation(const struct page *g)
{
	const json_t *list = json_object_get(g->p, "explanation"), *e;
	double most = largest(list);
	size_t i;

	if (json_array_size(list) == 0)
		return;
	fputs("<section><h2>What moved the decision</h2>\n"
	      "<table class=\"cards\"><thead><tr><th>against, for a defect</th>"
	      "<th class=\"num\">log odds</th><th>measurement</th><th>defect</th></tr></thead>"
	      "<tbody>\n",
		g->out);
	json_array_foreach(list, i, e)
	{
		if (i < ROWS)
			put_reason(g, e, most);
	}
	fputs("</tbody></table></section>\n", g->out);
}

/* ---- coverage, versions ---- */

static void put_fact(const struct page *g, const char *name, const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	if (v == NULL || json_is_null(v) || json_is_object(v) || json_is_array(v))
		return;
	fprintf(g->out, "<dt>%s</dt><dd class=\"num\">", name);
	if (json_is_string(v))
		vq_html_text(g->out, json_string_value(v), 200);
	else if (json_is_number(v))
		fprintf(g->out, "%.10g", json_number_value(v));
	else
		fputs(json_is_true(v) ? "yes" : "no", g->out);
	fputs("</dd>\n", g->out);
}

/* Size, length and rate of the clip, which the prediction has, or the features. */
static void put_media(const struct page *g)
{
	const json_t *media = json_object_get(g->p, "media"), *rate;
	double rate_of_one;

	if (!json_is_object(media))
		media = json_object_get(g->d->features, "media");
	if (vq_json_int(media, "width", 0) > 0 && vq_json_int(media, "height", 0) > 0)
		fprintf(g->out, "<dt>size</dt><dd class=\"num\">%ld x %ld pixels</dd>\n",
			vq_json_int(media, "width", 0), vq_json_int(media, "height", 0));
	if (vq_json_real(media, "duration_sec", 0) > 0)
		fprintf(g->out, "<dt>length</dt><dd class=\"num\">%.2f seconds</dd>\n",
			vq_json_real(media, "duration_sec", 0));
	rate = json_object_get(media, "rate");
	rate_of_one = json_number_value(json_array_get(rate, 1));
	if (rate_of_one > 0)
		fprintf(g->out, "<dt>rate</dt><dd class=\"num\">%.4g frames a second%s</dd>\n",
			json_number_value(json_array_get(rate, 0)) / rate_of_one,
			json_is_true(json_object_get(media, "variable_rate")) ? ", varying" : "");
}

static void put_coverage(const struct page *g)
{
	const json_t *c = json_object_get(g->p, "coverage");
	const json_t *media = json_object_get(g->d->features, "media");

	fputs("<section><h2>What was looked at</h2>\n<dl class=\"facts\">\n", g->out);
	put_media(g);
	put_fact(g, "frames", c, "frames");
	put_fact(g, "different frames", c, "distinct");
	put_fact(g, "frames judged", c, "judged");
	put_fact(g, "frames in transitions", c, "transition");
	put_fact(g, "frames damaged", c, "frames_damaged");
	put_fact(g, "frames read for text", c, "text_frames");
	put_fact(g, "codec", media, "codec");
	put_fact(g, "container", media, "container");
	put_fact(g, "model", json_object_get(g->p, "model"), "version");
	put_fact(g, "model SHA-256", json_object_get(g->p, "model"), "sha256");
	put_fact(g, "vidqc", json_object_get(g->p, "vidqc"), "version");
	fputs("</dl></section>\n", g->out);
}

/* ---- all ---- */

static void put_body(const struct page *g)
{
	fputs("<body>\n<header>\n<p>vidqc report</p>\n<h1><bdi>", g->out);
	vq_html_text(g->out, vq_json_str(g->p, "clip_id", ""), 300);
	fputs("</bdi></h1>\n</header>\n<main>\n", g->out);
	put_verdict(g);
	fputs("<section><h2>Time line</h2>\n", g->out);
	vq_reporttime(g->out, g->d);
	fputs("</section>\n", g->out);
	if (g->shots == NULL)
		fputs("<p class=\"soft\">No frames were given, so there are no pictures.</p>\n",
			g->out);
	put_events(g);
	put_overview(g);
	put_tracks(g);
	put_suppressed(g);
	put_explanation(g);
	put_coverage(g);
	fputs("</main>\n<footer><p>Made by vidqc-report. Boxes are in pixels of the clip, times in "
	      "seconds. A verdict is a probability, and the pictures are the evidence for it: "
	      "look at them.</p></footer>\n",
		g->out);
}

/* "clip: text changes - vidqc"; the caller frees it. */
static char *make_title(const json_t *p)
{
	const char *id = vq_json_str(p, "clip_id", ""), *words = vq_verdict_words(p);
	size_t size = strlen(id) + strlen(words) + 16;
	char *title = malloc(size);

	if (title != NULL)
		snprintf(title, size, "%s: %s - vidqc", id, words);
	return title;
}

enum vq_code vq_reportpage(
	FILE *out, const struct vq_reportdata *d, const struct vq_shots *shots, struct vq_err *err)
{
	struct page g = {out, d, d->prediction, shots};
	char *title = make_title(d->prediction);
	enum vq_code code;

	if (title == NULL)
		return vq_nomem(err);
	code = vq_html_head(out, title, "data:", vq_report_style, vq_report_script, err);
	free(title);
	if (code != VQ_OK)
		return code;
	put_body(&g);
	vq_html_foot(out, vq_report_script);
	return VQ_OK;
}
