#include "../../lib/record.h"
#include "../tap.h"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

/* A descriptor from which that text can be read. */
static int text_fd(const char *text, size_t len)
{
	FILE *f = tmpfile();
	int fd;

	if (f == NULL || fwrite(text, 1, len, f) != len || fflush(f) != 0)
		exit(EXIT_FAILURE);
	fd = dup(fileno(f));
	fclose(f);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

/* Read all; how many records came, and with which code it ended. */
static int read_all(const char *text, size_t len, enum vq_code *code, struct vq_err *e)
{
	struct vq_record_reader *r = NULL;
	int fd = text_fd(text, len), n = 0;
	json_t *rec;

	*code = vq_record_reader_new(&r, fd, e);
	while (*code == VQ_OK && (*code = vq_record_read(r, &rec, e)) == VQ_OK) {
		json_decref(rec);
		n++;
	}
	vq_record_reader_free(&r);
	close(fd);
	return n;
}

static void reading(void)
{
	static const struct {
		const char *text;
		int records;
		enum vq_code code;
		const char *message, *name;
	} rows[] = {
		{"", 0, VQ_END, NULL, "nothing is a clean end"},
		{"{\"type\":\"a\"}\n", 1, VQ_END, NULL, "one record"},
		{"{\"type\":\"a\"}\n{\"type\":\"b\",\"x\":[1,{}]}\n", 2, VQ_END, NULL,
			"two records"},
		{"{\"type\":\"a\"}\r\n", 1, VQ_END, NULL, "a line may end in CRLF"},
		{"{\"type\":\"a\"}", 0, VQ_EDATA, "line 1: truncated", "no newline at the end"},
		{"{\"type\":\"a\"}\n{\"ty", 1, VQ_EDATA, "line 2: truncated", "cut in a record"},
		{"\n", 0, VQ_EDATA, "line 1: ", "an empty line"},
		{"[1]\n", 0, VQ_EDATA, "line 1: no object with a \"type\"", "an array"},
		{"{\"x\":1}\n", 0, VQ_EDATA, "line 1: no object with a \"type\"", "no type"},
		{"{\"type\":1}\n", 0, VQ_EDATA, "no object with a \"type\"",
			"a type that is a number"},
		{"{\"type\":\"a\"}\n{\"type\":\"a\"\n", 1, VQ_EDATA, "line 2: ", "broken JSON"},
		{"{\"type\":\"a\",\"type\":\"b\"}\n", 0, VQ_EDATA, "line 1: ", "a key given twice"},
		{"{\"type\":\"\xff\"}\n", 0, VQ_EDATA, "line 1: ", "no UTF-8"},
		{"{\"type\":\"a\"} x\n", 0, VQ_EDATA, "line 1: ", "something behind the object"},
	};
	struct vq_err e;
	enum vq_code code;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		is_int(read_all(rows[i].text, strlen(rows[i].text), &code, &e), rows[i].records,
			"%s: records", rows[i].name);
		is_int(code, rows[i].code, "%s: code", rows[i].name);
		if (rows[i].message != NULL)
			has_str(e.msg, rows[i].message, "%s: message", rows[i].name);
	}
	is_int(read_all("{\"type\":\"a\0b\"}\n", 15, &code, &e), 0, "a zero byte");
	is_int(code, VQ_EDATA, "is an error");
}

/* A stream cut anywhere but after a newline is an error, never a short success. */
static void cuts(void)
{
	static const char text[] = "{\"type\":\"a\",\"s\":\"\xc3\xa9\"}\n{\"type\":\"end\"}\n";
	enum vq_code code;
	struct vq_err e;
	bool good = true;

	for (size_t n = 0; n < sizeof text; n++) {
		bool whole = n == 0 || text[n - 1] == '\n';

		read_all(text, n < sizeof text - 1 ? n : sizeof text - 1, &code, &e);
		good = good && code == (whole || n == sizeof text - 1 ? VQ_END : VQ_EDATA);
	}
	ok(good, "cut at each of %zu offsets", sizeof text);
}

static void long_lines(void)
{
	size_t len = VQ_RECORD_MAX + 100;
	char *big = malloc(len);
	enum vq_code code;
	struct vq_err e;

	if (big == NULL)
		exit(EXIT_FAILURE);
	memset(big, 'x', len);
	memcpy(big, "{\"type\":\"", 9);
	memcpy(big + 1000000, "\"}\n", 3);
	is_int(read_all(big, 1000003, &code, &e), 1, "a line of a megabyte");
	is_int(code, VQ_END, "is read");
	memset(big + 1000000, 'x', 3);
	is_int(read_all(big, len, &code, &e), 0, "a line without end");
	is_int(code, VQ_EDATA, "is refused");
	has_str(e.msg, "line 1: longer than 16777216 bytes", "before memory runs out");
	free(big);
}

/* Bytes that come one by one through a pipe. */
static void steps(void)
{
	static const char text[] = "{\"type\":\"a\"}\n{\"type\":\"b\"}\n";
	struct vq_record_reader *r = NULL;
	struct vq_err e;
	json_t *rec = NULL;
	int p[2];

	if (pipe(p) != 0 || vq_record_reader_new(&r, p[0], &e) != VQ_OK)
		exit(EXIT_FAILURE);
	if (fork() == 0) {
		for (size_t i = 0; i < sizeof text - 1; i++)
			if (write(p[1], text + i, 1) != 1)
				_exit(EXIT_FAILURE);
		_exit(EXIT_SUCCESS);
	}
	close(p[1]);
	is_int(vq_record_read(r, &rec, &e), VQ_OK, "a record that comes byte by byte");
	ok(vq_record_is(rec, "a"), "is whole");
	json_decref(rec);
	is_int(vq_record_read(r, &rec, &e), VQ_OK, "and the next");
	json_decref(rec);
	is_int(vq_record_read(r, &rec, &e), VQ_END, "and a clean end");
	is_int(vq_record_line(r), 2, "lines are counted");
	vq_record_reader_free(&r);
	ok(r == NULL, "freed and cleared");
	vq_record_reader_free(&r);
	close(p[0]);
}

/* The same for a reader that polls. */
static void polled(void)
{
	static const char text[] = "{\"type\":\"a\"}\n{\"type\":\"b\"}\n";
	struct vq_record_reader *r = NULL;
	struct vq_err e;
	json_t *rec = NULL;
	int p[2], again = 0, got = 0;

	if (pipe(p) != 0 || vq_record_reader_new(&r, p[0], &e) != VQ_OK)
		exit(EXIT_FAILURE);
	is_int(vq_record_next(r, &rec, &e), VQ_AGAIN, "nothing is there yet");
	for (size_t i = 0; i < sizeof text - 1; i++) {
		if (write(p[1], text + i, 1) != 1 || vq_record_fill(r, &e) != VQ_OK)
			exit(EXIT_FAILURE);
		switch (vq_record_next(r, &rec, &e)) {
		case VQ_OK:
			got++;
			json_decref(rec);
			break;
		case VQ_AGAIN:
			again++;
			break;
		default:
			diag("%s", e.msg);
		}
	}
	is_int(got, 2, "two records byte by byte");
	is_int(again, (long long)sizeof text - 3, "VQ_AGAIN after every other byte");
	close(p[1]);
	is_int(vq_record_fill(r, &e), VQ_OK, "the writer closes");
	is_int(vq_record_next(r, &rec, &e), VQ_END, "and the end is clean");
	vq_record_reader_free(&r);
	close(p[0]);
}

static void bad_descriptor(void)
{
	struct vq_record_reader *r = NULL;
	struct vq_err e;
	json_t *rec;
	int fd = open("/tmp", O_RDONLY);

	if (vq_record_reader_new(&r, fd, &e) != VQ_OK)
		exit(EXIT_FAILURE);
	is_int(vq_record_read(r, &rec, &e), VQ_EIO, "a failed read is an I/O error");
	has_str(e.msg, "read: ", "with errno's text");
	vq_record_reader_free(&r);
	close(fd);
}

static void writing(void)
{
	FILE *f = tmpfile(), *full = fopen("/dev/full", "w");
	struct vq_err e;
	char line[256] = "";

	if (f == NULL || full == NULL)
		exit(EXIT_FAILURE);
	is_int(vq_record_write(f,
		       json_pack("{s:s, s:o, s:s}", "type", "a", "x", vq_record_number(1.0 / 3, 6),
			       "s", "\xc3\xa9\n"),
		       &e),
		VQ_OK, "write");
	rewind(f);
	is_str(fgets(line, sizeof line, f),
		"{\"type\":\"a\",\"x\":0.333333,\"s\":\"\xc3\xa9\\n\"}\n",
		"compact, in order, one line");
	is_int(vq_record_write(f, NULL, &e), VQ_ETEMP, "no record is out of memory");
	setvbuf(full, NULL, _IONBF, 0);
	is_int(vq_record_write(full, json_pack("{s:s}", "type", "a"), &e), VQ_EIO, "a full disk");
	fclose(f);
	fclose(full);
}

static void fields(void)
{
	json_t *rec =
		json_pack("{s:s, s:i, s:f, s:[], s:{}, s:n, s:[i,i,i,i], s:[i,i,i,i], s:[i,i]}",
			"type", "text", "i", 12, "r", 1.5, "a", "o", "null", "box", 1, 2, 3, 4,
			"flat", 1, 2, 1, 4, "pair", 1, 2);
	const json_t *v;
	const char *s;
	double d, box[4];
	struct vq_err e;
	long n;

	ok(vq_record_is(rec, "text") && !vq_record_is(rec, "end"), "vq_record_is");
	ok(vq_record_int(rec, "i", 0, 100, &n, &e) == VQ_OK && n == 12, "an integer");
	is_int(vq_record_int(rec, "i", 13, 100, &n, &e), VQ_EDATA, "below its range");
	is_int(vq_record_int(rec, "i", 0, 11, &n, &e), VQ_EDATA, "above its range");
	is_int(vq_record_int(rec, "r", 0, 100, &n, &e), VQ_EDATA, "a real is no integer");
	is_int(vq_record_int(rec, "none", 0, 100, &n, &e), VQ_EDATA, "missing");
	has_str(e.msg, "text record: field \"none\": missing", "and named");
	ok(vq_record_real(rec, "r", &d, &e) == VQ_OK && d == 1.5, "a real");
	ok(vq_record_real(rec, "i", &d, &e) == VQ_OK && d == 12, "an integer is a real");
	is_int(vq_record_real(rec, "null", &d, &e), VQ_EDATA, "null is none");
	has_str(e.msg, "field \"null\": wrong", "it is there, but wrong");
	ok(vq_record_str(rec, "type", &s, &e) == VQ_OK && strcmp(s, "text") == 0, "a string");
	is_int(vq_record_str(rec, "i", &s, &e), VQ_EDATA, "a number is no string");
	is_int(vq_record_array(rec, "a", &v, &e), VQ_OK, "an array");
	is_int(vq_record_array(rec, "o", &v, &e), VQ_EDATA, "an object is no array");
	is_int(vq_record_object(rec, "o", &v, &e), VQ_OK, "an object");
	is_int(vq_record_object(rec, "a", &v, &e), VQ_EDATA, "an array is no object");
	ok(vq_record_box(rec, "box", box, &e) == VQ_OK && box[3] == 4, "a box");
	is_int(vq_record_box(rec, "flat", box, &e), VQ_EDATA, "a box without width");
	is_int(vq_record_box(rec, "pair", box, &e), VQ_EDATA, "two numbers are no box");
	json_decref(rec);
}

int main(void)
{
	reading();
	cuts();
	long_lines();
	steps();
	polled();
	bad_descriptor();
	writing();
	fields();
	return done_testing();
}
