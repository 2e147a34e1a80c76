/* Version 5 as RFC 9562 shows it (A.4: www.example.com in the name space of DNS). */
#include "../../lib/uuid.h"
#include "../tap.h"

int main(void)
{
	static const unsigned char dns[16] = {0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80,
		0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};
	static const char *const bad[] = {"", "2ed6657d-e927-568b-95e1-2665a8aea6a",
		"2ed6657d-e927-568b-95e1-2665a8aea6a22", "2ED6657D-e927-568b-95e1-2665a8aea6a2",
		"2ed6657dae927-568b-95e1-2665a8aea6a2", "2ed6657d-e927-568b-95e1-2665a8aea6ag",
		"2ed6657d-e927-568b-95e1-2665a8aea6a\n", "../6657d-e927-568b-95e1-2665a8aea6a2"};
	char a[VQ_UUID_TEXT], b[VQ_UUID_TEXT];
	struct vq_err err;

	is_int(vq_uuid_named(dns, "www.example.com", 15, a, &err), VQ_OK, "of a name");
	is_str(a, "2ed6657d-e927-568b-95e1-2665a8aea6a2", "as in RFC 9562");
	ok(vq_uuid_valid(a), "it is one");
	is_int(vq_uuid_random(a, &err), VQ_OK, "random");
	is_int(vq_uuid_random(b, &err), VQ_OK, "random again");
	ok(strcmp(a, b) != 0, "two are not the same");
	ok(vq_uuid_valid(a) && a[14] == '4' && strchr("89ab", a[19]) != NULL, "version 4: %s", a);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		ok(!vq_uuid_valid(bad[i]), "no UUID: row %zu", i);
	return done_testing();
}
