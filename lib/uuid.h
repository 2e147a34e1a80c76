/* UUIDs (RFC 9562), as their 36 lower-case characters. */
#ifndef VQ_UUID_H
#define VQ_UUID_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

#define VQ_UUID_TEXT 37 /* 36 characters and the NUL */

/* Version 4: 122 random bits.  VQ_ETEMP when the system has none to give. */
enum vq_code vq_uuid_random(char text[VQ_UUID_TEXT], struct vq_err *err);

/* Version 5: the same name in the same name space (16 bytes) gives the same UUID.
 * VQ_ETEMP when libcrypto fails. */
enum vq_code vq_uuid_named(const unsigned char space[16], const void *name, size_t len,
	char text[VQ_UUID_TEXT], struct vq_err *err);

/* Whether the text is a UUID in lower case, whatever its version. */
bool vq_uuid_valid(const char *text);

#endif
