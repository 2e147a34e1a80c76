/* The examples of RFC 4648, section 10, and what is not base64. */
#include "../../lib/base64.h"
#include "../tap.h"

static char *encoded(const void *data, size_t len)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	vq_base64_encode(f, data, len);
	fclose(f);
	return text;
}

static void gives(const void *data, size_t len, const char *want, const char *name)
{
	char *got = encoded(data, len);

	is_str(got, want, "%s", name);
	free(got);
}

static void encodes(void)
{
	static const unsigned char high[] = {0xFB, 0xEF, 0xFF, 0xFF};

	gives("", 0, "", "nothing");
	gives("f", 1, "Zg==", "one byte");
	gives("fo", 2, "Zm8=", "two");
	gives("foo", 3, "Zm9v", "three");
	gives("foob", 4, "Zm9vYg==", "four");
	gives("fooba", 5, "Zm9vYmE=", "five");
	gives("foobar", 6, "Zm9vYmFy", "six");
	gives(high, sizeof high, "++///w==", "the last two digits");
}

static void decodes(void)
{
	static const struct {
		const char *text, *data;
	} good[] = {{"", ""}, {"Zg==", "f"}, {"Zm8=", "fo"}, {"Zm9v", "foo"}, {"Zm9vYg==", "foob"},
		{"Zm9vYmE=", "fooba"}, {"Zm9vYmFy", "foobar"}, {"+/+/", "\xfb\xff\xbf"}};
	static const char *const bad[] = {"Z", "Zg",
		"Zg=", "Zh==", "Zm9=", "====", "Zg==Zg==", "Zm9v\n", "Zm 9", "Zm-_", "Z===", "=Zm9",
		"Zm=v"};
	unsigned char all[256];
	struct vq_err err;
	void *data;
	size_t n = 0;

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		is_int(vq_base64_decode(good[i].text, strlen(good[i].text), &data, &n, &err), VQ_OK,
			"\"%s\"", good[i].text);
		is_str(data, good[i].data, "is \"%s\"", good[i].data);
		is_int((long long)n, (long long)strlen(good[i].data), "its length");
		free(data);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		is_int(vq_base64_decode(bad[i], strlen(bad[i]), &data, &n, &err), VQ_EDATA,
			"refused: row %zu", i);
		ok(data == NULL, "and nothing is left");
	}
	for (size_t i = 0; i < sizeof all; i++)
		all[i] = 0xff;
	is_int(vq_base64_decode((char *)all, sizeof all, &data, &n, &err), VQ_EDATA, "bytes");
}

int main(void)
{
	encodes();
	decodes();
	return done_testing();
}
