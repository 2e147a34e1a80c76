/* SHA-256 (FIPS 180-4) through OpenSSL's libcrypto. */
#ifndef VQ_SHA256_H
#define VQ_SHA256_H

#include <stddef.h>

#include "err.h"

#define VQ_SHA256_HEX 65 /* 64 digits and the NUL */

#define VQ_SHA256_BYTES 32

/* The digest of len bytes.  VQ_ETEMP when libcrypto fails. */
enum vq_code vq_sha256_raw(
	const void *data, size_t len, unsigned char digest[VQ_SHA256_BYTES], struct vq_err *err);

/* Lower-case hexadecimal digest of len bytes.  Errors as above. */
enum vq_code vq_sha256(const void *data, size_t len, char hex[VQ_SHA256_HEX], struct vq_err *err);

#endif
