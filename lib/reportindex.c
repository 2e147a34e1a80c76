#include "reportindex.h"

#include <string.h>

#include "html.h"
#include "record.h"
#include "reportdata.h"
#include "reportpage.h"
#include "reportstyle.h"

static bool is_error(const json_t *line)
{
	return json_object_get(line, "error") != NULL;
}

enum vq_code vq_reportindex_check(const json_t *line, struct vq_err *err)
{
	const char *s;

	if (is_error(line))
		return vq_record_str(line, "clip_id", &s, err);
	if (!vq_record_is(line, "prediction"))
		return vq_fail(err, VQ_EDATA, "neither a prediction nor an error line");
	return vq_reportdata_check(line, err);
}

static const char *class_of(const json_t *line)
{
	return is_error(line) ? "failed" : vq_verdict_class(line);
}

static const char *words_of(const json_t *line)
{
	return is_error(line) ? "Error: not judged" : vq_verdict_words(line);
}

/* ---- the head ---- */

static void put_count(
	FILE *out, const json_t *lines, const char *class, const char *one, const char *many)
{
	const json_t *line;
	size_t i, n = 0;

	json_array_foreach(lines, i, line) n += strcmp(class_of(line), class) == 0;
	fprintf(out, "<dt class=\"%s\">%s</dt><dd class=\"num\">%zu</dd>\n", class,
		n == 1 ? one : many, n);
}

static void put_head(FILE *out, const json_t *lines)
{
	size_t n = json_array_size(lines);

	fprintf(out,
		"<body>\n<header>\n<p>vidqc report</p>\n<h1>%zu clip%s</h1>\n</header>\n<main>\n"
		"<dl class=\"facts counts\">\n",
		n, n == 1 ? "" : "s");
	put_count(out, lines, "text", "text changes", "text changes");
	put_count(out, lines, "flicker", "the picture flickers", "the picture flickers");
	put_count(out, lines, "none", "nothing found", "nothing found");
	put_count(out, lines, "failed", "error, not judged", "errors, not judged");
	fputs("</dl>\n<h2>Clips</h2>\n<table class=\"clips\"><thead><tr><th></th>"
	      "<th data-key=\"name\">clip</th><th data-key=\"verdict\">verdict</th>"
	      "<th class=\"num\" data-key=\"confidence\">confidence</th>"
	      "<th class=\"num\" data-key=\"text\">text</th>"
	      "<th class=\"num\" data-key=\"flicker\">flicker</th>"
	      "<th class=\"num\" data-key=\"events\">events</th></tr></thead><tbody>\n",
		out);
}

/* ---- rows ---- */

static void put_thumbnail(FILE *out, const json_t *line)
{
	const char *path = vq_json_str(line, "thumbnail", NULL);

	fputs("<td class=\"pic\">", out);
	if (path != NULL) {
		fputs("<img loading=\"lazy\" alt=\"\" src=\"", out);
		vq_html_path(out, path);
		fputs("\">", out);
	}
	fputs("</td>", out);
}

static void put_name(FILE *out, const json_t *line)
{
	const char *page = vq_json_str(line, "page", NULL);

	fputs("<td class=\"name\">", out);
	if (page != NULL) {
		fputs("<a href=\"", out);
		vq_html_path(out, page);
		fputs("\">", out);
	}
	fputs("<bdi>", out);
	vq_html_text(out, vq_json_str(line, "clip_id", ""), 200);
	fprintf(out, "</bdi>%s</td>", page != NULL ? "</a>" : "");
}

/* What an error object, or a string, says. */
static void put_message(FILE *out, const json_t *line)
{
	const json_t *error = json_object_get(line, "error");
	const char *s = json_is_string(error) ? json_string_value(error)
					      : vq_json_str(error, "message", "no message");

	fputs("<div class=\"meaning\"><bdi>", out);
	vq_html_text(out, s, 300);
	fputs("</bdi></div>", out);
}

static void put_share(FILE *out, const char *label, double p)
{
	fprintf(out, "<td class=\"num\" data-label=\"%s\">%.1f&nbsp;%%</td>", label, 100 * p);
}

static void put_numbers(FILE *out, const json_t *line)
{
	const json_t *defects = json_object_get(line, "defects");

	put_share(out, "confidence", vq_json_real(line, "confidence", 0));
	put_share(out, "text", vq_json_real(defects, "TEXT_INCONSISTENCY", 0));
	put_share(out, "flicker", vq_json_real(defects, "TEMPORAL_FLICKER", 0));
	fprintf(out, "<td class=\"num\" data-label=\"events\">%zu</td>",
		json_array_size(json_object_get(line, "events")));
}

/* The numbers to sort by; an error sorts before everything as the first thing to see. */
static void put_keys(FILE *out, const json_t *line)
{
	const json_t *defects = json_object_get(line, "defects");
	double otherwise = is_error(line) ? 2 : 0;

	fputs("<tr data-name=\"", out);
	vq_html_text(out, vq_json_str(line, "clip_id", ""), 200);
	fprintf(out,
		"\" data-verdict=\"%s\" data-confidence=\"%.6f\" data-text=\"%.6f\" "
		"data-flicker=\"%.6f\" data-events=\"%zu\">",
		class_of(line), is_error(line) ? 2 : vq_json_real(line, "confidence", 0),
		vq_json_real(defects, "TEXT_INCONSISTENCY", otherwise),
		vq_json_real(defects, "TEMPORAL_FLICKER", otherwise),
		json_array_size(json_object_get(line, "events")));
}

static void put_row(FILE *out, const json_t *line)
{
	put_keys(out, line);
	put_thumbnail(out, line);
	put_name(out, line);
	fprintf(out, "<td class=\"verdictword %s\">%s", class_of(line), words_of(line));
	if (is_error(line)) {
		put_message(out, line);
		fputs("</td><td></td><td></td><td></td><td></td></tr>\n", out);
		return;
	}
	fputs("</td>", out);
	put_numbers(out, line);
	fputs("</tr>\n", out);
}

enum vq_code vq_reportindex(FILE *out, const json_t *lines, struct vq_err *err)
{
	enum vq_code code =
		vq_html_head(out, "Clips - vidqc", "'self'", vq_report_style, vq_index_script, err);
	const json_t *line;
	size_t i;

	if (code != VQ_OK)
		return code;
	put_head(out, lines);
	json_array_foreach(lines, i, line) put_row(out, line);
	fputs("</tbody></table>\n</main>\n<footer><p>Made by vidqc-report. Confidence is the "
	      "probability that a viewer would see a defect.</p></footer>\n",
		out);
	vq_html_foot(out, vq_index_script);
	return VQ_OK;
}
