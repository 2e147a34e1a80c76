#include "base64.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void vq_base64_encode(FILE *out, const void *data, size_t len)
{
	static const char digit[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = data;

	for (size_t i = 0; i < len; i += 3) {
		size_t n = len - i < 3 ? len - i : 3;
		unsigned int v = (unsigned int)p[i] << 16;

		v |= n > 1 ? (unsigned int)p[i + 1] << 8 : 0;
		v |= n > 2 ? p[i + 2] : 0;
		putc(digit[v >> 18], out);
		putc(digit[v >> 12 & 63], out);
		putc(n > 1 ? digit[v >> 6 & 63] : '=', out);
		putc(n > 2 ? digit[v & 63] : '=', out);
	}
}

static int value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four characters, the last `pad` of them padding, to 3 - pad bytes. */
static int group(const char *s, size_t pad, unsigned char *out)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < 4; i++) {
		int d = i < 4 - pad ? value(s[i]) : 0;

		if (d < 0)
			return -1;
		bits = bits << 6 | (uint32_t)d;
	}
	if (bits & (pad == 2 ? 0xffffu : pad == 1 ? 0xffu : 0))
		return -1;
	for (size_t i = 0; i < 3 - pad; i++)
		out[i] = (unsigned char)(bits >> (16 - 8 * i));
	return 0;
}

enum vq_code vq_base64_decode(
	const char *text, size_t len, void **data, size_t *size, struct vq_err *err)
{
	size_t pad = 0;
	unsigned char *out;

	*data = NULL;
	if (len % 4 != 0)
		return vq_fail(err, VQ_EDATA, "base64: %zu characters are no multiple of 4", len);
	while (pad < 2 && pad < len && text[len - 1 - pad] == '=')
		pad++;
	out = malloc(len / 4 * 3 + 1);
	if (out == NULL)
		return vq_nomem(err);
	for (size_t i = 0; i < len; i += 4)
		if (group(text + i, i + 4 == len ? pad : 0, out + i / 4 * 3) != 0) {
			free(out);
			return vq_fail(err, VQ_EDATA, "base64: wrong near character %zu", i + 1);
		}
	*size = len / 4 * 3 - pad;
	out[*size] = '\0';
	*data = out;
	return VQ_OK;
}
