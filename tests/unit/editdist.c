/* Edit distance by code point. */
#include "../tap.h"

#include "../../lib/editdist.h"

static void edits(const char *a, const char *b, int sub, int del, int ins)
{
	uint32_t p[VQ_EDIT_MAX], q[VQ_EDIT_MAX];
	size_t n = vq_code_points(a, p), m = vq_code_points(b, q);
	struct vq_edits e = vq_edit_distance(p, n, q, m);

	ok(e.substituted == sub && e.deleted == del && e.inserted == ins, "'%s' to '%s': %d %d %d",
		a, b, e.substituted, e.deleted, e.inserted);
}

int main(void)
{
	uint32_t p[VQ_EDIT_MAX];
	char lots[2000];

	is_int((long long)vq_code_points("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", p), 4,
		"one to four bytes");
	ok(p[0] == 'a' && p[1] == 0xe9 && p[2] == 0x20ac && p[3] == 0x1f600, "decoded");
	is_int((long long)vq_code_points("\xff\xc3(\xe2\x82", p), 5, "broken bytes");
	ok(p[0] == 0xfffd && p[1] == 0xfffd && p[2] == '(' && p[3] == 0xfffd, "become U+FFFD");
	vq_code_points("\xc0\xaf\xed\xa0\x80", p);
	ok(p[0] == 0xfffd && p[2] == 0xfffd, "overlong forms and surrogates too");
	memset(lots, 'x', sizeof lots - 1);
	lots[sizeof lots - 1] = '\0';
	is_int((long long)vq_code_points(lots, p), VQ_EDIT_MAX, "a long string is cut");

	edits("OPEN", "OPEN", 0, 0, 0);
	edits("OPEN", "OPFN", 1, 0, 0);
	edits("OPEN", "OEN", 0, 1, 0);
	edits("OPEN", "OPPEN", 0, 0, 1);
	edits("", "ab", 0, 0, 2);
	edits("kitten", "sitting", 2, 0, 1);
	edits("na\xc3\xafve", "naive", 1, 0, 0);

	is_real(vq_edit_normalised("", ""), 0, 0, "two empty strings");
	is_real(vq_edit_normalised("abcd", ""), 1, 0, "all gone");
	is_real(vq_edit_normalised("abcd", "abxd"), 0.25, 1e-12, "one of four");
	return done_testing();
}
