/* Text records in, features, events and causes out. */
#include "../tap.h"

#include "../../lib/record.h"
#include "../../lib/textfeat.h"

static const char header[] = "{\"type\":\"header\",\"width\":640,\"height\":360}";

/* What one track looks like in sample n. */
typedef void script(int n, char *text, double *confidence, char *more, size_t size);

static size_t feature(const char *name)
{
	for (size_t i = 0; i < vq_text_features.count; i++)
		if (strcmp(vq_text_features.list[i].name, name) == 0)
			return i;
	ok(false, "there is a feature %s", name);
	return 0;
}

static enum vq_code add(struct vq_textfeat *t, const char *line, struct vq_err *err)
{
	json_t *rec = json_loads(line, 0, NULL);
	enum vq_code code = vq_textfeat_add(t, rec, err);

	json_decref(rec);
	return code;
}

static json_t *run(script *s, int samples, double *values)
{
	struct vq_textfeat *t = NULL;
	struct vq_config *config = NULL;
	json_t *out = json_object();
	struct vq_err err;
	char line[2048];

	vq_config_new(&config, &err);
	vq_textfeat_new(&t, config, &err);
	add(t, header, &err);
	for (int n = 0; n < samples; n++) {
		char text[128] = "", more[1024] = "";
		double confidence = 90;

		if (s != NULL)
			s(n, text, &confidence, more, sizeof more);
		snprintf(line, sizeof line,
			"{\"type\":\"text\",\"frame\":%d,\"time\":%.2f,\"similarity\":0.99,"
			"\"regions\":[",
			n * 5, n * 0.2);
		if (s != NULL)
			snprintf(line + strlen(line), sizeof line - strlen(line),
				"{\"track\":1,\"box\":[100,100,300,140],\"text\":\"%s\","
				"\"confidence\":%g%s}",
				text, confidence, more);
		strcat(line, "]}");
		if (add(t, line, &err) != VQ_OK)
			diag("%s", err.msg);
	}
	add(t, "{\"type\":\"end\"}", &err);
	if (vq_textfeat_finish(t, values, out, &err) != VQ_OK)
		diag("%s", err.msg);
	vq_textfeat_free(&t);
	vq_config_free(&config);
	return out;
}

static void measured(char *more, size_t size, double similarity, double ring)
{
	snprintf(more, size,
		",\"score\":0.9,\"similarity\":%g,\"ring_similarity\":%g,\"match\":0.9,"
		"\"visible\":1,\"sharpness\":5",
		similarity, ring);
}

static void steady(int n, char *text, double *confidence, char *more, size_t size)
{
	(void)n;
	(void)confidence;
	strcpy(text, "OPEN LATE");
	measured(more, size, 0.99, 0.99);
}

static void mutating(int n, char *text, double *confidence, char *more, size_t size)
{
	static const char *const reading[3] = {"OPEN LATE", "QPFN IATE", "OPEH LAFE"};

	(void)confidence;
	strcpy(text, reading[n % 3]);
	measured(more, size, 0.6, 0.97);
}

static void scene(int n, char *text, double *confidence, char *more, size_t size)
{
	(void)n;
	(void)confidence;
	strcpy(text, "OPEN LATE");
	measured(more, size, 0.6, 0.55);
}

static void strings_only(int n, char *text, double *confidence, char *more, size_t size)
{
	(void)more;
	(void)size;
	(void)confidence;
	strcpy(text, n % 2 ? "OPEN LATE" : "QRFN IAFF");
}

static void counting(int n, char *text, double *confidence, char *more, size_t size)
{
	(void)confidence;
	sprintf(text, "00:%02d", 10 + n);
	measured(more, size, 0.6, 0.97);
}

/* A clock with an edge beside it that the reader takes for marks, and is put off by. */
static void marked_clock(int n, char *text, double *confidence, char *more, size_t size)
{
	*confidence = n % 3 ? 0 : 60;
	sprintf(text, "00:00:%02d.000%s", 7 + n, n % 2 ? " |~" : "\302\260");
	measured(more, size, 0.6, 0.97);
}

/* The same, but the digits only turn into others. */
static void digits_mutate(int n, char *text, double *confidence, char *more, size_t size)
{
	*confidence = 30;
	sprintf(text, "00:00:%02d.000 |", n % 2 ? 90 - n : 10 + n);
	measured(more, size, 0.6, 0.97);
}

/* The lines of a page that jumps. */
static void numbered(int n, char *text, double *confidence, char *more, size_t size)
{
	(void)confidence;
	sprintf(text, "%cine %d of the long report", n == 3 ? 'L' : 'l', 122 + 74 * n);
	measured(more, size, 0.85, 0.99);
}

/* The number counts, but a letter changes as well. */
static void numbered_mutates(int n, char *text, double *confidence, char *more, size_t size)
{
	(void)confidence;
	sprintf(text, n % 2 ? "%d line of reports" : "%d lime uf repcrts", 122 + 74 * n);
	measured(more, size, 0.85, 0.99);
}

/* Mutates, but where the locator finds no text any more. */
static void gone(int n, char *text, double *confidence, char *more, size_t size)
{
	if (n < 5) {
		steady(n, text, confidence, more, size);
		return;
	}
	mutating(n, text, confidence, more, size);
	*confidence = 20;
	strcat(more, ",\"found\":false");
}

/* Mutates, is cut by the frame's edge, and moves along it. */
static void cut_by_edge(int n, char *text, double *confidence, char *more, size_t size)
{
	mutating(n, text, confidence, more, size);
	snprintf(more, size,
		",\"score\":0.9,\"similarity\":0.6,\"ring_similarity\":0.97,\"match\":0.9,"
		"\"visible\":0.95,\"sharpness\":5,\"letter_height\":20,\"motion\":[%d,0]",
		n % 2 ? -9 : 9);
}

static void cut_and_still(int n, char *text, double *confidence, char *more, size_t size)
{
	mutating(n, text, confidence, more, size);
	snprintf(more, size,
		",\"score\":0.9,\"similarity\":0.6,\"ring_similarity\":0.97,\"match\":0.9,"
		"\"visible\":0.95,\"sharpness\":5,\"letter_height\":20,\"motion\":[1,0]");
}

static void typed(int n, char *text, double *confidence, char *more, size_t size)
{
	(void)confidence;
	sprintf(text, "%.*s", 3 + 2 * n, "Pink jellyfish swim in the sea");
	measured(more, size, 0.6, 0.97);
}

static void noisy(int n, char *text, double *confidence, char *more, size_t size)
{
	*confidence = 65;
	strcpy(text, n % 2 ? "0PEN LATE" : "QFFM 1ATF");
	measured(more, size, 0.99, 0.99);
}

/* A letter of a long row becomes another one. */
static void one_letter(int n, char *text, double *confidence, char *more, size_t size)
{
	(void)confidence;
	strcpy(text, n % 2 ? "RESTAURANT" : "RESTAUPANT");
	measured(more, size, 0.9, 0.99);
	strcat(more, ",\"worst_similarity\":0.1");
}

/* The same measures where the surroundings are not quite found again. */
static void one_cell(int n, char *text, double *confidence, char *more, size_t size)
{
	one_letter(n, text, confidence, more, size);
	measured(more, size, 0.87, 0.85);
	strcat(more, ",\"worst_similarity\":0.1");
}

/* Shaken by two letters' heights, and not found again. */
static void shaken(int n, char *text, double *confidence, char *more, size_t size)
{
	mutating(n, text, confidence, more, size);
	snprintf(more, size,
		",\"score\":0.9,\"similarity\":0.3,\"ring_similarity\":0.6,\"match\":0.5,"
		"\"visible\":1,\"sharpness\":5,\"letter_height\":20,\"motion\":[%d,9]",
		n % 2 ? 40 : -35);
}

/* Moves out of the frame, letter by letter. */
static void scrolling(int n, char *text, double *confidence, char *more, size_t size)
{
	(void)confidence;
	strcpy(text, &"BREAKING NEWS FROM OSLO AND KIEL"[3 * n]);
	snprintf(more, size,
		",\"score\":0.9,\"similarity\":0.98,\"ring_similarity\":0.98,\"match\":0.98,"
		"\"visible\":0.9,\"sharpness\":5,\"contrast\":50,\"letter_height\":20,"
		"\"motion\":[-21,0.1]");
}

/* Sharpness and contrast of a row that is readable at first. */
static void weaker(int n, char *text, char *more, size_t size, double sharp, double contrast)
{
	strcpy(text, n < 5 ? "GRAND HOTEL" : "(RAM) HOIFI");
	snprintf(more, size,
		",\"score\":0.9,\"similarity\":0.95,\"ring_similarity\":0.95,\"match\":0.95,"
		"\"visible\":1,\"sharpness\":%g,\"contrast\":%g",
		12 * sharp, 60 * contrast);
}

static void fading(int n, char *text, double *confidence, char *more, size_t size)
{
	*confidence = 90 - 9 * n;
	weaker(n, text, more, size, 1 - 0.09 * n, 1 - 0.09 * n);
}

static void blurring(int n, char *text, double *confidence, char *more, size_t size)
{
	*confidence = 90 - 9 * n;
	weaker(n, text, more, size, 1 - 0.09 * n, 1 - 0.03 * n);
}

static void caption(int n, char *text, double *confidence, char *more, size_t size)
{
	(void)confidence;
	strcpy(text, n < 4 ? "Where have you been" : "I went to the market");
	measured(more, size, n == 4 ? 0.3 : 0.99, 0.98);
}

/* The same two texts, but each only for a moment. */
static void restless(int n, char *text, double *confidence, char *more, size_t size)
{
	caption(n % 2 ? 0 : 9, text, confidence, more, size);
	measured(more, size, 0.3, 0.98);
}

/* Other words all the time, or variations of one. */
static void word_by_word(int n, char *text, double *confidence, char *more, size_t size)
{
	static const char *const word[] = {"NEVER", "look", "BACK", "when", "you climb"};

	(void)confidence;
	strcpy(text, word[n / 2 % 5]);
	measured(more, size, n % 2 ? 0.99 : 0.2, 0.98);
}

static void variations(int n, char *text, double *confidence, char *more, size_t size)
{
	static const char *const word[] = {"GRAND HOTEL", "CRANO HOIEL", "GBAMD HCTFL"};

	word_by_word(n, text, confidence, more, size);
	strcpy(text, word[n / 2 % 3]);
}

/* As caption(), but the reader is not sure of it. */
static void unread_label(int n, char *text, double *confidence, char *more, size_t size)
{
	caption(n, text, confidence, more, size);
	*confidence = 30;
}

/* As mutating(), but nobody sees the letters. */
static void faint(int n, char *text, double *confidence, char *more, size_t size)
{
	mutating(n, text, confidence, more, size);
	snprintf(more + strlen(more), size - strlen(more), ",\"contrast\":4");
}

/* As mutating(), but for every other sample the locator sees hardly any letters. */
static void half_text(int n, char *text, double *confidence, char *more, size_t size)
{
	mutating(n, text, confidence, more, size);
	snprintf(more + strlen(more), size - strlen(more), ",\"score\":%g", n % 2 ? 0.1 : 0.9);
}

/* As noisy as noisy(), but the reader is known to be sure of such a crop, or not. */
static void sure_reader(int n, char *text, double *confidence, char *more, size_t size)
{
	noisy(n, text, confidence, more, size);
	snprintf(more + strlen(more), size - strlen(more),
		",\"noise\":0.02,\"noise_deviation\":0.03");
}

static void unsure_reader(int n, char *text, double *confidence, char *more, size_t size)
{
	noisy(n, text, confidence, more, size);
	snprintf(
		more + strlen(more), size - strlen(more), ",\"noise\":0.6,\"noise_deviation\":0.2");
}

/* Steady, changing with the scene, known by strings alone, or for a reason. */
static script *const unproven[] = {steady, scene, strings_only, counting, typed, gone, cut_by_edge,
	shaken, caption, unread_label, faint};

static const char *reason(const json_t *out)
{
	return json_string_value(
		json_object_get(json_array_get(json_object_get(out, "suppressed"), 0), "reason"));
}

static size_t events(const json_t *out)
{
	return json_array_size(json_object_get(out, "events"));
}

static void test_event(const json_t *out)
{
	static const char *const strings[] = {
		"category", "kind", "before", "after", "consensus", "measure", "notes"};
	static const char *const numbers[] = {"track", "start", "end", "frame_start", "frame_end",
		"peak_frame", "peak_time", "severity", "value", "threshold", "z"};
	const json_t *e = json_array_get(json_object_get(out, "events"), 0);
	bool all = true;

	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
		all = all && json_is_string(json_object_get(e, strings[i]));
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		all = all && json_is_number(json_object_get(e, numbers[i]));
	ok(all, "the event has every field");
	is_int((long long)json_array_size(json_object_get(e, "bbox")), 4, "and a box");
}

static void test_cases(double *v)
{
	size_t change = feature("text_change_worst"), has = feature("has_text_regions");
	size_t edit = feature("text_edit"), sub = feature("text_substituted");
	double calm, zero = 0;
	json_t *out = run(NULL, 10, v);

	for (size_t i = 0; i < vq_text_features.count; i++)
		zero += fabs(v[i]);
	is_real(zero, 0, 0, "no text: every feature is 0");
	json_decref(out);

	out = run(steady, 10, v);
	calm = v[change];
	is_real(v[has], 1, 0, "there is text");
	ok(calm < 0.05 && events(out) == 0 && reason(out) == NULL, "steady text: nothing");
	is_str(json_string_value(json_object_get(
		       json_array_get(json_object_get(out, "tracks"), 0), "consensus")),
		"OPEN LATE", "its track has a consensus");
	json_decref(out);

	json_decref(run(sure_reader, 10, v));
	ok(v[feature("text_noise_z")] > 3, "readings that differ beyond the reader's noise: %.1f",
		v[feature("text_noise_z")]);
	json_decref(run(unsure_reader, 10, v));
	is_real(v[feature("text_noise_z")], 0, 0, "readings that differ as the reader does");

	out = run(mutating, 10, v);
	ok(v[change] > calm + 0.1 && v[edit] > 0.2 && v[sub] > 0.2, "mutating text changes");
	is_int((long long)events(out), 1, "and is an event");
	test_event(out);
	json_decref(out);

	out = run(scene, 10, v);
	ok(events(out) == 0, "what changes with its surroundings is none");
	is_str(reason(out), "scene_change", "and is let go");
	json_decref(out);

	out = run(strings_only, 10, v);
	ok(v[change] > 0.1, "strings alone are judged by their distance: %.3f", v[change]);
	json_decref(out);
}

static void test_causes(double *v)
{
	static const struct {
		script *s;
		const char *reason;
	} cases[] = {{counting, "counter"}, {typed, "typing"}, {noisy, "ocr_noise"},
		{caption, "caption"}, {scrolling, "scroll"}, {fading, "fade"}, {blurring, "blur"},
		{shaken, "motion"}, {marked_clock, "counter"}, {numbered, "counter"},
		{gone, "occlusion"}, {cut_by_edge, "motion"}, {unread_label, "caption"},
		{word_by_word, "caption"}};
	script *const defects[] = {digits_mutate, numbered_mutates, cut_and_still, variations};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		json_t *out = run(cases[i].s, 10, v);

		is_str(reason(out), cases[i].reason, "let go: %s", cases[i].reason);
		is_int((long long)events(out), 0, "no event");
		json_decref(out);
	}
	for (size_t i = 0; i < sizeof defects / sizeof *defects; i++) {
		json_t *out = run(defects[i], 10, v);

		is_int((long long)events(out), 1, "much like them, but an event");
		json_decref(out);
	}
}

static void test_letters(double *v)
{
	json_t *out = run(one_letter, 10, v);
	const json_t *e = json_array_get(json_object_get(out, "events"), 0);

	is_str(json_string_value(json_object_get(e, "measure")), "text_cell", "one letter of ten");
	json_decref(out);
	out = run(one_cell, 10, v);
	is_int((long long)events(out), 0, "not where the ring changes too");
	json_decref(out);
	out = run(restless, 10, v);
	is_int((long long)events(out), 1, "texts that take turns are no captions");
	json_decref(out);
}

static void test_proof(double *v)
{
	size_t proof = feature("text_proof");
	double proved;

	json_decref(run(mutating, 10, v));
	proved = v[proof];
	ok(proved > 0.1, "letters that change on their own prove it: %.3f", proved);
	json_decref(run(half_text, 10, v));
	ok(v[proof] < 0.2 * proved, "what is text now and then, hardly: %.3f", v[proof]);
	json_decref(run(restless, 10, v));
	ok(v[proof] > 0.1, "texts that do not stay to be read do as well: %.3f", v[proof]);
	json_decref(run(one_letter, 10, v));
	is_real(v[proof], 0, 0, "a row that changes little does not");
	for (size_t i = 0; i < sizeof unproven / sizeof *unproven; i++) {
		json_decref(run(unproven[i], 10, v));
		is_real(v[proof], 0, 0, "nor what happened in case %zu", i);
	}
}

static void refuses(const char *line, const char *message)
{
	struct vq_textfeat *t = NULL;
	struct vq_config *config = NULL;
	struct vq_err err = {0};

	vq_config_new(&config, &err);
	vq_textfeat_new(&t, config, &err);
	add(t, header, &err);
	is_int(add(t, line, &err), VQ_EDATA, "refused: %.60s", line);
	has_str(err.msg, message, "says why");
	vq_textfeat_free(&t);
	vq_config_free(&config);
}

static void test_refusals(double *v)
{
	struct vq_textfeat *t = NULL;
	struct vq_config *config = NULL;
	struct vq_err err = {0};
	json_t *out = json_object();

	refuses("{\"type\":\"text\",\"time\":0,\"regions\":[]}", "frame");
	refuses("{\"type\":\"text\",\"frame\":0,\"time\":0}", "regions");
	refuses("{\"type\":\"text\",\"frame\":0,\"time\":0,\"regions\":[{\"track\":1}]}", "box");
	refuses("{\"type\":\"text\",\"frame\":0,\"time\":0,\"regions\":[{\"track\":1,"
		"\"box\":[0,0,9,9],\"text\":\"a\",\"confidence\":101}]}",
		"confidence");
	refuses(header, "header");
	vq_config_new(&config, &err);
	vq_textfeat_new(&t, config, &err);
	is_int(add(t, "{\"type\":\"text\",\"frame\":0,\"time\":0,\"regions\":[]}", &err), VQ_EDATA,
		"no text before the header");
	add(t, header, &err);
	is_int(vq_textfeat_finish(t, v, out, &err), VQ_EDATA, "no end record");
	has_str(err.msg, "end", "says so");
	vq_textfeat_free(&t);
	vq_textfeat_free(&t);
	vq_config_free(&config);
	json_decref(out);
}

int main(void)
{
	double *v = calloc(vq_text_features.count, sizeof *v);

	is_str(vq_text_features.list[0].name, "has_text_regions", "the first feature");
	test_cases(v);
	test_causes(v);
	test_letters(v);
	test_proof(v);
	test_refusals(v);
	free(v);
	return done_testing();
}
