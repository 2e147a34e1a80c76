#include "base64.h"

void vq_base64(FILE *out, const void *data, size_t len)
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
