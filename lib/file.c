#include "file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static enum vq_code grow(char **text, size_t *size, struct vq_err *err)
{
	size_t want = *size == 0 ? 65536 : *size * 2;
	char *p = realloc(*text, want);

	if (p == NULL)
		return vq_nomem(err);
	*text = p;
	*size = want;
	return VQ_OK;
}

enum vq_code vq_file_read(
	const char *path, size_t max, char **text, size_t *len, struct vq_err *err)
{
	enum vq_code code = VQ_OK;
	FILE *f = fopen(path, "re");
	size_t size = 0, got;

	*text = NULL;
	*len = 0;
	if (f == NULL)
		return vq_fail(err, VQ_ENOENT, "open: ");
	do {
		if (*len + 1 >= size && (code = grow(text, &size, err)) != VQ_OK)
			break;
		got = fread(*text + *len, 1, size - 1 - *len, f);
		*len += got;
	} while (got > 0 && *len <= max);
	if (code == VQ_OK && ferror(f))
		code = vq_fail(err, errno == EISDIR ? VQ_ENOENT : VQ_EIO, "read: ");
	else if (code == VQ_OK && *len > max)
		code = vq_fail(err, VQ_EDATA, "larger than %zu bytes", max);
	fclose(f);
	if (code != VQ_OK) {
		free(*text);
		*text = NULL;
		return code;
	}
	(*text)[*len] = '\0';
	return VQ_OK;
}
