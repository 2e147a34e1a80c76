#include "sha256.h"

#include <openssl/evp.h>

enum vq_code vq_sha256(const void *data, size_t len, char hex[VQ_SHA256_HEX], struct vq_err *err)
{
	static const char digit[] = "0123456789abcdef";
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	if (EVP_Digest(data, len, md, &n, EVP_sha256(), NULL) != 1 || n != 32)
		return vq_fail(err, VQ_ETEMP, "SHA-256 failed");
	for (size_t i = 0; i < 32; i++) {
		hex[2 * i] = digit[md[i] >> 4];
		hex[2 * i + 1] = digit[md[i] & 15];
	}
	hex[64] = '\0';
	return VQ_OK;
}
