#include "err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static void printable(char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = '?';
}

enum vq_code vq_fail(struct vq_err *err, enum vq_code code, const char *fmt, ...)
{
	int saved = errno;
	size_t used, fmt_len = strlen(fmt);
	va_list ap;

	if (err == NULL)
		return code;
	err->code = code;
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof err->msg, fmt, ap);
	va_end(ap);
	if (fmt_len >= 2 && strcmp(fmt + fmt_len - 2, ": ") == 0) {
		used = strlen(err->msg);
		snprintf(err->msg + used, sizeof err->msg - used, "%s", strerror(saved));
	}
	printable(err->msg);
	return code;
}

enum vq_code vq_fail_at(struct vq_err *err, const char *fmt, ...)
{
	char old[sizeof err->msg];
	size_t used;
	va_list ap;

	if (err == NULL)
		return VQ_EBUG;
	memcpy(old, err->msg, sizeof old);
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof err->msg, fmt, ap);
	va_end(ap);
	used = strlen(err->msg);
	snprintf(err->msg + used, sizeof err->msg - used, ": %s", old);
	printable(err->msg);
	return err->code;
}

enum vq_code vq_nomem(struct vq_err *err)
{
	return vq_fail(err, VQ_ETEMP, "out of memory");
}

int vq_exit_status(enum vq_code code)
{
	switch (code) {
	case VQ_OK:
	case VQ_END:
		return EX_OK;
	case VQ_EUSAGE:
		return EX_USAGE;
	case VQ_EDATA:
		return EX_DATAERR;
	case VQ_ENOENT:
		return EX_NOINPUT;
	case VQ_ETEMP:
		return EX_TEMPFAIL;
	case VQ_EIO:
		return EX_IOERR;
	case VQ_AGAIN:
	case VQ_EBUG:
		break;
	}
	return EX_SOFTWARE;
}
