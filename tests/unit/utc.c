#include "../../lib/utc.h"
#include "../tap.h"

int main(void)
{
	char text[VQ_UTC_MAX];

	vq_utc(1440938160, text);
	is_str(text, "2015-08-30T12:36:00Z", "ISO 8601");
	vq_utc_basic(1440938160, text);
	is_str(text, "20150830T123600Z", "as AWS signs it");
	vq_utc(0, text);
	is_str(text, "1970-01-01T00:00:00Z", "the beginning");
	vq_utc(951782399, text);
	is_str(text, "2000-02-28T23:59:59Z", "before the leap day of 2000");
	vq_utc(951782400, text);
	is_str(text, "2000-02-29T00:00:00Z", "and the leap day");
	vq_utc(INT64_MAX, text);
	is_str(text, "", "no such year");
	return done_testing();
}
