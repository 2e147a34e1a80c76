/* SHA-256 (FIPS 180-4) through OpenSSL's libcrypto. */
#ifndef VQ_SHA256_H
#define VQ_SHA256_H

#include <stddef.h>

#include "err.h"

#define VQ_SHA256_HEX 65 /* 64 digits and the NUL */

/* Lower-case hexadecimal digest of len bytes.  VQ_ETEMP when libcrypto fails. */
enum vq_code vq_sha256(const void *data, size_t len, char hex[VQ_SHA256_HEX], struct vq_err *err);

#endif
