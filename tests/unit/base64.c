/* The test vectors of RFC 4648, section 10, and every byte. */
#include "../../lib/base64.h"
#include "../tap.h"

static char *encoded(const void *data, size_t len)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	vq_base64(f, data, len);
	fclose(f);
	return text;
}

static void gives(const void *data, size_t len, const char *want, const char *name)
{
	char *got = encoded(data, len);

	is_str(got, want, "%s", name);
	free(got);
}

int main(void)
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
	return done_testing();
}
