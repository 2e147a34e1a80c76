#include "utc.h"

#include <time.h>

static void format(int64_t seconds, const char *how, char text[VQ_UTC_MAX])
{
	time_t t = (time_t)seconds;
	struct tm tm;

	/* A year that has no int is the only failure. */
	if (gmtime_r(&t, &tm) == NULL || strftime(text, VQ_UTC_MAX, how, &tm) == 0)
		text[0] = '\0';
}

void vq_utc(int64_t seconds, char text[VQ_UTC_MAX])
{
	format(seconds, "%Y-%m-%dT%H:%M:%SZ", text);
}

void vq_utc_basic(int64_t seconds, char text[VQ_UTC_MAX])
{
	format(seconds, "%Y%m%dT%H%M%SZ", text);
}
