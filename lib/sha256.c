#include "sha256.h"

#include <openssl/evp.h>

enum vq_code vq_sha256_raw(
	const void *data, size_t len, unsigned char digest[VQ_SHA256_BYTES], struct vq_err *err)
{
	unsigned int n = 0;

	if (EVP_Digest(data, len, digest, &n, EVP_sha256(), NULL) != 1 || n != VQ_SHA256_BYTES)
		return vq_fail(err, VQ_ETEMP, "SHA-256 failed");
	return VQ_OK;
}

enum vq_code vq_sha256(const void *data, size_t len, char hex[VQ_SHA256_HEX], struct vq_err *err)
{
	static const char digit[] = "0123456789abcdef";
	unsigned char md[VQ_SHA256_BYTES];
	enum vq_code code = vq_sha256_raw(data, len, md, err);

	if (code != VQ_OK)
		return code;
	for (size_t i = 0; i < VQ_SHA256_BYTES; i++) {
		hex[2 * i] = digit[md[i] >> 4];
		hex[2 * i + 1] = digit[md[i] & 15];
	}
	hex[64] = '\0';
	return VQ_OK;
}
