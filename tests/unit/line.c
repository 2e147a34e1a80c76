#include "../../lib/line.h"
#include "../tap.h"

int main(void)
{
	static const char text[] = "one\n\n12345678\n123456789\nlast";
	static const struct {
		const char *text;
		bool too_long;
	} want[] = {{"one", false}, {"", false}, {"12345678", false}, {"12345678", true},
		{"last", false}};
	FILE *in = fmemopen((char *)text, sizeof text - 1, "r");
	struct vq_line line = {0};
	struct vq_err err;

	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
		is_int(vq_line_read(in, 8, &line, &err), VQ_OK, "line %zu", i + 1);
		is_str(line.text, want[i].text, "its text");
		is_int((long long)line.len, (long long)strlen(want[i].text), "its length");
		ok(line.too_long == want[i].too_long, "whether it is cut");
	}
	is_int(vq_line_read(in, 8, &line, &err), VQ_END, "the end");
	fclose(in);
	in = fmemopen((char *)"a\0b\n", 4, "r");
	is_int(vq_line_read(in, 8, &line, &err), VQ_OK, "a line with a NUL");
	is_int((long long)line.len, 3, "is whole");
	fclose(in);
	in = fopen("/", "r");
	is_int(vq_line_read(in, 8, &line, &err), VQ_EIO, "a folder cannot be read");
	has_str(err.msg, "read: ", "and the message says so");
	fclose(in);
	vq_line_free(&line);
	return done_testing();
}
