#include "uuid.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <openssl/evp.h>

static void print(unsigned char id[16], int version, char text[VQ_UUID_TEXT])
{
	static const char digit[] = "0123456789abcdef";
	size_t at = 0;

	id[6] = (unsigned char)((id[6] & 0x0f) | version << 4);
	id[8] = (unsigned char)((id[8] & 0x3f) | 0x80); /* the variant of RFC 9562 */
	for (size_t i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			text[at++] = '-';
		text[at++] = digit[id[i] >> 4];
		text[at++] = digit[id[i] & 15];
	}
	text[at] = '\0';
}

enum vq_code vq_uuid_random(char text[VQ_UUID_TEXT], struct vq_err *err)
{
	unsigned char id[16];

	if (getrandom(id, sizeof id, 0) != (ssize_t)sizeof id)
		return vq_fail(err, VQ_ETEMP, "random numbers: ");
	print(id, 4, text);
	return VQ_OK;
}

enum vq_code vq_uuid_named(const unsigned char space[16], const void *name, size_t len,
	char text[VQ_UUID_TEXT], struct vq_err *err)
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned char *whole = malloc(16 + len);
	int good;

	if (whole == NULL)
		return vq_nomem(err);
	memcpy(whole, space, 16);
	memcpy(whole + 16, name, len);
	good = EVP_Digest(whole, 16 + len, md, NULL, EVP_sha1(), NULL);
	free(whole);
	if (good != 1)
		return vq_fail(err, VQ_ETEMP, "SHA-1 failed");
	print(md, 5, text);
	return VQ_OK;
}

bool vq_uuid_valid(const char *text)
{
	if (strlen(text) != 36)
		return false;
	for (size_t i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : strchr("0123456789abcdef", text[i]) == NULL)
			return false;
	}
	return true;
}
