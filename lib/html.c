#include "html.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base64.h"
#include "sha256.h"

#define REPLACEMENT 0xFFFDu

/* The character at s; *n bytes long.  What is no UTF-8 is one replacement a byte. */
static unsigned long decode(const unsigned char *s, size_t *n)
{
	static const unsigned long least[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned long c = *s;
	size_t len = c < 0x80 ? 1 : c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;

	*n = 1;
	if (len == 1)
		return c;
	if (c < 0xC2 || c > 0xF4)
		return REPLACEMENT;
	c &= 0xFFu >> (len + 1);
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xC0) != 0x80)
			return REPLACEMENT;
		c = c << 6 | (s[i] & 0x3F);
	}
	if (c < least[len] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		return REPLACEMENT;
	*n = len;
	return c;
}

static bool turns_direction(unsigned long c)
{
	return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
	       (c >= 0x2066 && c <= 0x2069);
}

static void put(FILE *out, unsigned long c, const unsigned char *s, size_t n)
{
	static const char special[] = "&<>\"'";

	if (c < 0x80 && c != 0 && strchr(special, (int)c) != NULL)
		fprintf(out, "&#%lu;", c);
	else if (c < 0x20)
		fprintf(out, "&#x%lX;", 0x2400 + c);
	else if (c == 0x7F)
		fputs("&#x2421;", out);
	else if (c == REPLACEMENT || (c >= 0x80 && c < 0xA0) || turns_direction(c))
		fputs("&#xFFFD;", out);
	else
		fwrite(s, 1, n, out);
}

void vq_html_text(FILE *out, const char *s, size_t max)
{
	const unsigned char *p = (const unsigned char *)s;

	for (size_t done = 0, n; *p != '\0'; p += n, done++) {
		unsigned long c = decode(p, &n);

		if (max != 0 && done == max) {
			fputs("&#x2026;", out);
			return;
		}
		put(out, c, p, n);
	}
}

void vq_html_path(FILE *out, const char *path)
{
	fputs("./", out);
	for (const unsigned char *p = (const unsigned char *)path; *p != '\0'; p++) {
		if (isalnum(*p) || strchr("-._~/", *p) != NULL)
			putc(*p, out);
		else
			fprintf(out, "%%%02X", *p);
	}
}

/* "'sha256-...'", the source of a policy that allows exactly this text. */
static enum vq_code put_hash(FILE *out, const char *text, struct vq_err *err)
{
	unsigned char digest[VQ_SHA256_BYTES];
	enum vq_code code = vq_sha256_raw(text, strlen(text), digest, err);

	if (code != VQ_OK)
		return code;
	fputs("'sha256-", out);
	vq_base64_encode(out, digest, sizeof digest);
	putc('\'', out);
	return VQ_OK;
}

enum vq_code vq_html_head(FILE *out, const char *title, const char *images, const char *style,
	const char *script, struct vq_err *err)
{
	enum vq_code code;

	fprintf(out,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"base-uri 'none'; form-action 'none'; img-src %s; style-src ",
		images);
	if ((code = put_hash(out, style, err)) != VQ_OK)
		return code;
	if (script != NULL) {
		fputs("; script-src ", out);
		if ((code = put_hash(out, script, err)) != VQ_OK)
			return code;
	}
	fputs("\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>",
		out);
	vq_html_text(out, title, 200);
	fprintf(out, "</title>\n<style>%s</style>\n</head>\n", style);
	return VQ_OK;
}

void vq_html_foot(FILE *out, const char *script)
{
	if (script != NULL)
		fprintf(out, "<script>%s</script>\n", script);
	fputs("</body>\n</html>\n", out);
}
