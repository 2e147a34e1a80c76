/* Nothing that a clip's name or a reading holds gets out of its place in a page. */
#include "../../lib/html.h"
#include "../tap.h"

static void shows(const char *s, size_t max, const char *want, const char *name)
{
	char *got = NULL;
	size_t size;
	FILE *f = open_memstream(&got, &size);

	vq_html_text(f, s, max);
	fclose(f);
	is_str(got, want, "%s", name);
	free(got);
}

static void leads(const char *path, const char *want, const char *name)
{
	char *got = NULL;
	size_t size;
	FILE *f = open_memstream(&got, &size);

	vq_html_path(f, path);
	fclose(f);
	is_str(got, want, "%s", name);
	free(got);
}

static void test_text(void)
{
	shows("OPEN 24 HOURS", 0, "OPEN 24 HOURS", "plain text");
	shows("<script>alert(1)</script>", 0, "&#60;script&#62;alert(1)&#60;/script&#62;",
		"markup");
	shows("\" onload='x' &amp;", 0, "&#34; onload=&#39;x&#39; &#38;amp;", "quotes");
	shows("a\x1b[31m\n\tb\x7f", 0, "a&#x241B;[31m&#x240A;&#x2409;b&#x2421;",
		"control characters are pictures of themselves");
	shows("\xC2\x85x", 0, "&#xFFFD;x", "a control character of Latin 1");
	shows("a\xE2\x80\xAEgpj.exe", 0, "a&#xFFFD;gpj.exe", "a mark that turns the direction");
	shows("\xE2\x81\xA6\xD8\x9C", 0, "&#xFFFD;&#xFFFD;", "two more");
	shows("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", 0, "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80",
		"two, three and four bytes");
}

static void test_broken(void)
{
	shows("\xFFz", 0, "&#xFFFD;z", "no UTF-8");
	shows("\xC3", 0, "&#xFFFD;", "a character that is cut off");
	shows("\xE2\x82<b>", 0, "&#xFFFD;&#xFFFD;&#60;b&#62;", "one that runs into markup");
	shows("\xC0\xBC", 0, "&#xFFFD;&#xFFFD;", "an overlong <");
	shows("\xED\xA0\x80", 0, "&#xFFFD;&#xFFFD;&#xFFFD;", "half of a pair");
	shows("\xF5\x80\x80\x80", 0, "&#xFFFD;&#xFFFD;&#xFFFD;&#xFFFD;", "beyond Unicode");
}

static void test_limit(void)
{
	shows("abcdef", 3, "abc&#x2026;", "cut, and it shows");
	shows("abc", 3, "abc", "just as long as may be");
	shows("\xC3\xA9\xC3\xA9\xC3\xA9", 2, "\xC3\xA9\xC3\xA9&#x2026;",
		"characters count, not bytes");
}

static void test_path(void)
{
	leads("clips/a.html", "./clips/a.html", "a path");
	leads("javascript:alert(1)", "./javascript%3Aalert%281%29", "a scheme is none");
	leads("//example.org/", ".///example.org/", "nor is a host");
	leads("a b\"<>#?%", "./a%20b%22%3C%3E%23%3F%25", "what has a meaning in addresses");
	leads("\xC3\xA9", "./%C3%A9", "bytes beyond ASCII");
}

static void test_page(void)
{
	char *page = NULL;
	size_t size;
	FILE *f = open_memstream(&page, &size);
	struct vq_err err;

	is_int(vq_html_head(f, "</title><script>", "data:", "p{}", "'use strict'", &err), VQ_OK,
		"a head");
	vq_html_foot(f, "'use strict'");
	fclose(f);
	has_str(page, "<title>&#60;/title&#62;&#60;script&#62;</title>", "the title is escaped");
	has_str(page, "default-src 'none'", "nothing is let in");
	/* printf %s "p{}" | openssl dgst -sha256 -binary | base64 */
	has_str(page, "style-src 'sha256-gG2yISYereRMiG2lMXrbiUgi0Ubw9p7QCeWcroOvy9Y='",
		"but this style");
	has_str(page, "script-src 'sha256-eRtaeqcVFyPImuIFClNdaosAhRufChL7+dumku9g1ew='",
		"and this script");
	free(page);
}

int main(void)
{
	test_text();
	test_broken();
	test_limit();
	test_path();
	test_page();
	return done_testing();
}
