#include "jsontext.h"

#include <string.h>

#define MAX_DEPTH 64

/* ---- where it is ------------------------------------------------------------------------- */

static const char *blank(const char *s, const char *end)
{
	while (s < end && (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r'))
		s++;
	return s;
}

/* The closing quote of the string that begins at s; NULL: there is none. */
static const char *closing(const char *s, const char *end)
{
	for (; s < end && *s != '"'; s++)
		if (*s == '\\' && s + 1 < end)
			s++;
	return s < end ? s : NULL;
}

/* The value of the object's member of that name, which begins at its brace; NULL: it has
 * none. */
static const char *member(const char *s, const char *end, const char *name)
{
	const size_t n = strlen(name);
	bool names = true; /* and no values, at depth 1 */
	int depth = 0;

	for (; s < end; s++) {
		const char *begin = s + 1;

		if (*s == '{' || *s == '[') {
			depth++;
		} else if (*s == '}' || *s == ']') {
			if (--depth == 0)
				return NULL;
		} else if (*s == ',' || *s == ':') {
			names = depth == 1 ? *s == ',' : names;
		} else if (*s == '"') {
			s = closing(begin, end);
			if (s == NULL)
				return NULL;
			if (depth == 1 && names && (size_t)(s - begin) == n &&
				memcmp(begin, name, n) == 0) {
				s = blank(s + 1, end);
				return s < end && *s == ':' ? blank(s + 1, end) : NULL;
			}
		}
	}
	return NULL;
}

bool vq_jsontext_find(
	const char *text, size_t len, const char *const *path, struct vq_jsontext *string)
{
	const char *end = text + len, *s = blank(text, end), *close;

	for (; *path != NULL; path++) {
		if (s == end || *s != '{')
			return false;
		s = member(s, end, *path);
		if (s == NULL)
			return false;
	}
	if (s == end || *s != '"' || (close = closing(s + 1, end)) == NULL)
		return false;
	*string = (struct vq_jsontext){s + 1, (size_t)(close - s - 1)};
	return true;
}

/* ---- whether it is JSON ------------------------------------------------------------------ */

/* No code point. */
enum { BAD = -2, END = -1 };

struct reader {
	const unsigned char *s, *end;
	int c; /* what is looked at: a code point of what the string says, or one of these */
};

/* The rest of a code point of several bytes of UTF-8. */
static int wide(struct reader *r, int first)
{
	int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
	const int least[] = {0, 0x80, 0x800, 0x10000};
	int c = first & (0x3f >> more);

	if (first < 0xc2 || first > 0xf4 || r->end - r->s < more)
		return BAD;
	for (int i = 0; i < more; i++, r->s++) {
		if ((*r->s & 0xc0) != 0x80)
			return BAD;
		c = c << 6 | (*r->s & 0x3f);
	}
	return c < least[more] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? BAD : c;
}

/* The next code point as it is written. */
static int written(struct reader *r)
{
	int c;

	if (r->s == r->end)
		return END;
	c = *r->s++;
	if (c >= 0x80)
		return wide(r, c);
	return c >= 0x20 ? c : BAD;
}

typedef int source(struct reader *r);

static int hex4(struct reader *r, source *get)
{
	int n = 0;

	for (int i = 0; i < 4; i++) {
		int c = get(r);

		if (c >= '0' && c <= '9')
			n = n << 4 | (c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			n = n << 4 | ((c | 0x20) - 'a' + 10);
		else
			return BAD;
	}
	return n;
}

/* What \u begins, of which the second half of a pair may follow. */
static int unit(struct reader *r, source *get)
{
	int c = hex4(r, get), low;

	if (c < 0xd800 || c > 0xdfff)
		return c;
	if (c > 0xdbff || get(r) != '\\' || get(r) != 'u')
		return BAD;
	low = hex4(r, get);
	return low < 0xdc00 || low > 0xdfff ? BAD : 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

/* What a backslash and what follows it stand for. */
static int escaped(struct reader *r, source *get)
{
	int c = get(r);

	switch (c) {
	case '"':
	case '\\':
	case '/':
		return c;
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case 'u':
		return unit(r, get);
	default:
		return BAD;
	}
}

/* The next code point of what the string says. */
static int said(struct reader *r)
{
	int c = written(r);

	if (c == '\\')
		return escaped(r, written);
	return c == '"' ? BAD : c;
}

static void next(struct reader *r)
{
	r->c = said(r);
}

static void skip_blank(struct reader *r)
{
	while (r->c == ' ' || r->c == '\t' || r->c == '\n' || r->c == '\r')
		next(r);
}

static bool skip_string(struct reader *r)
{
	if (r->c != '"')
		return false;
	for (next(r); r->c != '"'; next(r)) {
		if (r->c < 0x20)
			return false;
		if (r->c == '\\' && escaped(r, said) < 0)
			return false;
	}
	next(r);
	return true;
}

static bool skip_word(struct reader *r, const char *word)
{
	for (; *word != '\0'; word++, next(r))
		if (r->c != *word)
			return false;
	return true;
}

static bool skip_digits(struct reader *r)
{
	bool any = false;

	for (; r->c >= '0' && r->c <= '9'; next(r))
		any = true;
	return any;
}

static bool skip_number(struct reader *r)
{
	if (r->c == '-')
		next(r);
	if (r->c == '0')
		next(r);
	else if (!skip_digits(r))
		return false;
	if (r->c == '.') {
		next(r);
		if (!skip_digits(r))
			return false;
	}
	if (r->c != 'e' && r->c != 'E')
		return true;
	next(r);
	if (r->c == '+' || r->c == '-')
		next(r);
	return skip_digits(r);
}

static bool skip_value(struct reader *r, int depth);

static bool skip_name(struct reader *r)
{
	if (!skip_string(r))
		return false;
	skip_blank(r);
	if (r->c != ':')
		return false;
	next(r);
	skip_blank(r);
	return true;
}

/* The members of an object or the elements of an array. */
static bool skip_list(struct reader *r, int depth, int close)
{
	bool first = true;

	if (depth > MAX_DEPTH)
		return false;
	for (next(r);; next(r), first = false) {
		skip_blank(r);
		if (first && r->c == close)
			break;
		if ((close == '}' && !skip_name(r)) || !skip_value(r, depth))
			return false;
		skip_blank(r);
		if (r->c == close)
			break;
		if (r->c != ',')
			return false;
	}
	next(r);
	return true;
}

static bool skip_value(struct reader *r, int depth)
{
	switch (r->c) {
	case '{':
		return skip_list(r, depth + 1, '}');
	case '[':
		return skip_list(r, depth + 1, ']');
	case '"':
		return skip_string(r);
	case 't':
		return skip_word(r, "true");
	case 'f':
		return skip_word(r, "false");
	case 'n':
		return skip_word(r, "null");
	default:
		return skip_number(r);
	}
}

bool vq_jsontext_nested(struct vq_jsontext string)
{
	struct reader r = {
		.s = (const unsigned char *)string.text,
		.end = (const unsigned char *)string.text + string.len,
	};

	next(&r);
	skip_blank(&r);
	if (!skip_value(&r, 0))
		return false;
	skip_blank(&r);
	return r.c == END;
}
