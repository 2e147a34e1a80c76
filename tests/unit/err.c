#include "../../lib/err.h"
#include "../tap.h"

#include <errno.h>

static void messages(void)
{
	struct vq_err e;
	char want[600];

	is_int(vq_fail(&e, VQ_EDATA, "frame %d: bad", 7), VQ_EDATA, "vq_fail returns the code");
	is_str(e.msg, "frame 7: bad", "the message is formatted");
	is_int(e.code, VQ_EDATA, "the code is stored");
	errno = ENOENT;
	vq_fail(&e, VQ_ENOENT, "%s: ", "a.mp4");
	snprintf(want, sizeof want, "a.mp4: %s", strerror(ENOENT));
	is_str(e.msg, want, "a format ending in a colon gets errno's text");
	vq_fail(&e, VQ_EDATA, "%s", "a: ");
	is_str(e.msg, "a: ", "an argument ending in a colon does not");
	vq_fail(&e, VQ_EDATA, "name \"a\nb\t\x1b[31m\x7f\"");
	is_str(e.msg, "name \"a?b??[31m?\"", "control characters become question marks");
	vq_fail(&e, VQ_EDATA, "\xc3\xa9t\xc3\xa9");
	is_str(e.msg, "\xc3\xa9t\xc3\xa9", "UTF-8 stays");
	is_int(vq_fail(NULL, VQ_EIO, "x"), VQ_EIO, "no message wanted");
	is_int(vq_nomem(&e), VQ_ETEMP, "out of memory is temporary");
	is_str(e.msg, "out of memory", "and says so");
}

static void prefixes(void)
{
	struct vq_err e;
	char big[2000];

	vq_fail(&e, VQ_EIO, "read failed");
	is_int(vq_fail_at(&e, "line %d", 3), VQ_EIO, "vq_fail_at keeps the code");
	is_str(e.msg, "line 3: read failed", "and puts the place in front");
	is_int(vq_fail_at(NULL, "x"), VQ_EBUG, "without an error there is none to prefix");
	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	vq_fail(&e, VQ_EDATA, "%s", big);
	is_int((long long)strlen(e.msg), (long long)sizeof e.msg - 1, "a long message is cut");
	vq_fail_at(&e, "%s", big);
	is_int((long long)strlen(e.msg), (long long)sizeof e.msg - 1, "a long prefix is cut");
	errno = EIO;
	vq_fail(&e, VQ_EIO, "%s: ", big);
	is_int((long long)strlen(e.msg), (long long)sizeof e.msg - 1, "errno's text is cut");
}

static void statuses(void)
{
	static const struct {
		enum vq_code code;
		int status;
	} rows[] = {{VQ_OK, 0}, {VQ_END, 0}, {VQ_EUSAGE, 64}, {VQ_EDATA, 65}, {VQ_ENOENT, 66},
		{VQ_ETEMP, 75}, {VQ_EIO, 74}, {VQ_EBUG, 70}, {VQ_AGAIN, 70}};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		is_int(vq_exit_status(rows[i].code), rows[i].status, "exit status of code %d",
			rows[i].code);
}

int main(void)
{
	messages();
	prefixes();
	statuses();
	return done_testing();
}
