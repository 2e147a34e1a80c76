/* What stands in a DynamoDB item, found and judged without parsing it. */
#include "../../lib/jsontext.h"
#include "../tap.h"

static const char *const path[] = {"Item", "prediction", "S", NULL};

static void finds(void)
{
	static const struct {
		const char *json, *want;
	} cases[] = {{"{\"Item\":{\"prediction\":{\"S\":\"{\\\"a\\\":1}\"}}}", "{\\\"a\\\":1}"},
		{" { \"Item\" : {\r\"prediction\"\t: { \"S\" : \"x\" } } } ", "x"},
		{"{\"a\":[{\"Item\":1},\"]\"],\"Item\":{\"b\":\"prediction\",\"prediction\":{"
		 "\"N\":\"S\",\"S\":\"x\"}}}",
			"x"},
		{"{\"Item\":{\"c\":{\"prediction\":{\"S\":\"no\"}},\"prediction\":{\"S\":\"yes\"}}"
		 "}",
			"yes"},
		{"{\"Item\":{\"d\":\"\\\\\",\"e\":\"\\\"prediction\\\":\",\"prediction\":{\"S\":"
		 "\"\\\\\"}}}",
			"\\\\"},
		{"{\"Item\":{\"prediction\":{\"S\":\"\"}}}", ""},
		{"{\"Item\":{\"prediction\":{\"S\":7}}}", NULL},
		{"{\"Item\":{\"prediction\":\"S\"}}", NULL},
		{"{\"Item\":{\"job_id\":{\"S\":\"prediction\"}}}", NULL},
		{"{\"Item\":{}, \"prediction\":{\"S\":\"x\"}}", NULL}, {"{}", NULL},
		{"[\"Item\"]", NULL}, {"", NULL}};
	struct vq_jsontext s;
	char got[64];

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *json = cases[i].json;
		bool found = vq_jsontext_find(json, strlen(json), path, &s);

		snprintf(got, sizeof got, "%.*s", found ? (int)s.len : 0, found ? s.text : "");
		is_str(found ? got : NULL, cases[i].want, "%s", json);
	}
}

/* Cut anywhere: never a part that is not there. */
static void cut(void)
{
	static const char json[] =
		"{\"a\":[\"\\\"\",{}],\"Item\":{\"prediction\":{\"S\":\"x\\\\\"}}}";
	struct vq_jsontext s;

	for (size_t n = 0; n < sizeof json; n++) {
		char *text = malloc(n + 1); /* so that a sanitizer sees a look beyond it */
		bool found;

		memcpy(text, json, n);
		found = vq_jsontext_find(text, n, path, &s);
		ok(!found || s.text + s.len < text + n, "cut after %zu", n);
		is_int(found, n >= sizeof json - 4, "found or not");
		free(text);
	}
}

/* As it stands inside of a string: with escapes of its own. */
static void is_json(const char *text, bool want)
{
	is_int(vq_jsontext_nested((struct vq_jsontext){text, strlen(text)}), want, "%s%s", text,
		want ? "" : ", which is none");
}

static void nested(const char *open, int depth, const char *close, bool want)
{
	char text[1024] = "";

	for (int i = 0; i < depth; i++)
		strcat(text, open);
	for (int i = 0; i < depth; i++)
		strcat(text, close);
	is_json(text, want);
}

static void judges(void)
{
	static const char *const good[] = {"{}", "[]", " { } ", "\\t[\\n1 ,\\r2]", "0", "-0",
		"10.25e-3", "1E+9", "-7", "true", "false", "null", "\\\"\\\"",
		"{\\\"a\\\":[1,{\\\"b\\\":null}],\\\"c\\\":\\\"d\\\"}",
		"\\u007b\\u0022\\u0061\\u0022:1\\u007d", /* {"a":1} in escapes of the outside */
		"\\\"\\\\\\\"\\\\\\\\\\\\/\\\\b\\\\f\\\\n\\\\r\\\\t\\\"", "\\\"\\/\\\"",
		"\\\"\\\\u00e4\\\\u0000\\\\uD83D\\\\uDE00\\\"", "\\\"\\u00e4\\uD83D\\uDE00\\\"",
		"\\\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf\\\""};
	static const char *const bad[] = {"", " ", "{", "}", "[1,]", "[,1]", "[1 2]", "[1}", "{]",
		"{1:2}", "{\\\"a\\\"}", "{\\\"a\\\":}", "{\\\"a\\\":1,}", "{\\\"a\\\" 1}", "{} {}",
		"tru", "truex", "nul", "01", "-", "1.", ".5", "1e", "1e+", "+1", "0x1", "\\\"",
		"\\\"a", "a\\\"", "\\\"\\n\\\"", "\\\"\\\\x\\\"", "\\\"\\\\u12\\\"",
		"\\\"\\\\u12g4\\\"", "\\\"\\\\uD83D\\\"", "\\\"\\\\uDE00\\\"",
		"\\\"\\\\uD83D\\\\u0041\\\"", "\\\"\\\\uD83Dx\\\"", "\\\"\\uD83D\\\"",
		"\\\"\\uDE00\\\"", "\\\"\\u0000\\\"", "\"\"", "\\x", "{}\\", "{}\\u00", "{}\x01",
		"\\\"\t\\\"", "\\\"\x80\\\"", "\\\"\xc3\\\"", "\\\"\xc0\xaf\\\"",
		"\\\"\xe0\x9f\xbf\\\"", "\\\"\xed\xa0\x80\\\"", "\\\"\xf0\x8f\xbf\xbf\\\"",
		"\\\"\xf4\x90\x80\x80\\\"", "\\\"\xf5\x80\x80\x80\\\"", "{}\xc3"};

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		is_json(good[i], true);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		is_json(bad[i], false);
	nested("[", 64, "]", true);
	nested("[", 65, "]", false);
	nested("{\\\"a\\\":", 65, "}", false);
}

int main(void)
{
	finds();
	cut();
	judges();
	return done_testing();
}
