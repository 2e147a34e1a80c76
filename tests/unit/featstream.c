#include "../../lib/featstream.h"
#include "../tap.h"

#include <unistd.h>

#define HEAD "{\"type\":\"header\"}\n"
#define REC(id) "{\"type\":\"features\",\"clip_id\":\"" id "\"}\n"
#define END(n) "{\"type\":\"end\",\"records\":" n "}\n"

static struct vq_err err;

/* Read a text as a stream; the ids of the records joined, and how it ended. */
static enum vq_code read_all(const char *text, char *ids, size_t size)
{
	struct vq_featstream *s;
	enum vq_code code;
	json_t *rec;
	FILE *f = tmpfile();

	ids[0] = '\0';
	err.msg[0] = '\0';
	fputs(text, f);
	fflush(f);
	lseek(fileno(f), 0, SEEK_SET);
	vq_featstream_new(&s, fileno(f), &err);
	while ((code = vq_featstream_next(s, &rec, &err)) == VQ_OK) {
		strncat(ids, json_string_value(json_object_get(rec, "clip_id")), size - 1);
		json_decref(rec);
	}
	vq_featstream_free(&s);
	fclose(f);
	return code;
}

static void good(const char *text, const char *want, const char *name)
{
	char ids[64];

	is_int(read_all(text, ids, sizeof ids - 40), VQ_END, "%s", name);
	is_str(ids, want, "its clips");
}

static void bad(const char *text, const char *says)
{
	char ids[64];

	is_int(read_all(text, ids, sizeof ids - 40), VQ_EDATA, "refused: %s", says);
	has_str(err.msg, says, "and says so");
}

int main(void)
{
	static const char whole[] = HEAD REC("a") REC("b") END("2");
	char ids[64], part[sizeof whole];
	size_t wrong = 0;

	good(whole, "ab", "one stream");
	good(HEAD REC("a") END("1") HEAD REC("b") REC("c") END("2"), "abc", "two streams");
	good(HEAD END("0"), "", "a stream without clips");
	good(HEAD "{\"type\":\"note\"}\n" REC("a") END("1"), "a", "an unknown record is skipped");
	bad("", "empty input");
	bad(REC("a"), "line 1: \"features\" record, expected a header");
	bad(HEAD REC("a") REC("b"), "without an end record, after 2 feature records");
	bad(HEAD REC("a") END("2"), "line 3: end record counts 2 feature records, 1 came");
	bad(HEAD REC("a") "{\"type\":\"end\"}\n", "\"records\"");
	bad(HEAD HEAD END("0"), "line 2: header record before the end");
	bad(HEAD END("0") REC("a"), "line 3: \"features\" record");
	bad(HEAD "{\"type\":\"features\"}\n", "line 2: features record: field \"clip_id\"");
	bad(HEAD "{\"type\":\"features\",\"clip_id\":\"x\",\"error\":{}}\n", "error record of x");
	bad(HEAD "{\"type\":\"error\"}\n", "an error record");
	bad("{\"clip_id\":\"x\",\"error\":{}}\n", "line 1");
	bad(HEAD "nonsense\n", "line 2");
	for (size_t cut = 0; cut < sizeof whole - 1; cut++) {
		memcpy(part, whole, cut);
		part[cut] = '\0';
		wrong += read_all(part, ids, sizeof ids - 40) != VQ_EDATA;
	}
	is_int((long long)wrong, 0, "cut at any of %zu bytes: an error", sizeof whole - 1);
	return done_testing();
}
