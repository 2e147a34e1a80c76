#include "num.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

bool vq_num_long(const char *s, long min, long max, long *out)
{
	char *end;
	long v;

	if (s == NULL || (!isdigit((unsigned char)*s) && *s != '-'))
		return false;
	errno = 0;
	v = strtol(s, &end, 10);
	if (errno != 0 || end == s || *end != '\0' || v < min || v > max)
		return false;
	*out = v;
	return true;
}

bool vq_num_real(const char *s, double min, double max, double *out)
{
	char *end;
	double v;

	if (s == NULL || (!isdigit((unsigned char)*s) && *s != '-' && *s != '.'))
		return false;
	errno = 0;
	v = strtod(s, &end);
	if (errno != 0 || end == s || *end != '\0' || !isfinite(v) || v < min || v > max)
		return false;
	*out = v;
	return true;
}

double vq_num_round(double v, int digits)
{
	double scale = 1.0;

	if (!isfinite(v))
		return 0.0;
	while (digits-- > 0)
		scale *= 10.0;
	v = round(v * scale) / scale;
	return v == 0.0 ? 0.0 : v;
}
