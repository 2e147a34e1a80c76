#include "line.h"

#include <stdlib.h>
#include <string.h>

static bool put(struct vq_line *l, int c)
{
	if (l->len + 1 >= l->size) {
		size_t size = l->size == 0 ? 4096 : l->size * 2;
		char *p = realloc(l->text, size);

		if (p == NULL)
			return false;
		l->text = p;
		l->size = size;
	}
	l->text[l->len++] = (char)c;
	return true;
}

enum vq_code vq_line_read(FILE *in, size_t max, struct vq_line *line, struct vq_err *err)
{
	bool any = false;
	int c;

	line->len = 0;
	line->too_long = false;
	while ((c = getc_unlocked(in)) != EOF && c != '\n') {
		any = true;
		if (line->len == max)
			line->too_long = true;
		else if (!put(line, c))
			return vq_nomem(err);
	}
	if (ferror(in))
		return vq_fail(err, VQ_EIO, "read: ");
	if (c == EOF && !any)
		return VQ_END;
	if (!put(line, '\0'))
		return vq_nomem(err);
	line->len--;
	return VQ_OK;
}

void vq_line_free(struct vq_line *line)
{
	free(line->text);
	memset(line, 0, sizeof *line);
}
