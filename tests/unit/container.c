/* Kinds of files by their first bytes.  Real files of each kind go through the router in
 * tests/aws/router.t. */
#include "../../lib/container.h"
#include "../tap.h"

#define HEAD(s) s, sizeof s - 1

static void heads(void)
{
	static const struct {
		const char *head;
		size_t len;
		const char *container;
	} rows[] = {{HEAD("\0\0\0\x20"
			  "ftypisom"),
			    "mp4"},
		{HEAD("\0\0\0\x08wide\0\0\0\0mdat"), "mp4"}, {HEAD("\0\0\1\0moov"), "mp4"},
		{HEAD("\x1a\x45\xdf\xa3\1"), "matroska"}, {HEAD("RIFF\0\0\0\0AVI LIST"), "avi"},
		{HEAD("RIFF\0\0\0\0WAVEfmt "), NULL}, {HEAD("GIF89a\1"), "gif"},
		{HEAD("GIF90a\1"), NULL}, {HEAD("\0\0\1\xba\x44"), "mpeg"},
		{HEAD("FLV\1\5"), "flv"}, {HEAD("\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6"), "asf"},
		{HEAD("OggS\0"), "ogg"}, {HEAD(""), NULL},
		{HEAD("\0\0\0\x20"
		      "fty"),
			NULL},
		{HEAD("\x89PNG\r\n\x1a\n"), NULL}, {HEAD("{\"a\":1}"), NULL},
		{HEAD("<!DOCTYPE html>"), NULL}};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		is_str(vq_container_of(rows[i].head, rows[i].len), rows[i].container, "head %zu",
			i);
}

static void packets(void)
{
	unsigned char ts[1024] = {0};

	for (size_t i = 0; i < 3; i++)
		ts[188 * i] = 'G';
	is_str(vq_container_of(ts, sizeof ts), NULL, "three packets are not enough");
	ts[188 * 3] = 'G';
	is_str(vq_container_of(ts, sizeof ts), "mpegts", "four are");
	is_str(vq_container_of(ts, 188 * 3), NULL, "when they are all there");
	memset(ts, 0, sizeof ts);
	for (size_t i = 0; i < 4; i++)
		ts[4 + 192 * i] = 'G';
	is_str(vq_container_of(ts, sizeof ts), "mpegts", "packets with a time before each");
}

static void types(void)
{
	ok(vq_container_type("video/mp4"), "video/mp4 is taken");
	ok(!vq_container_type("video/MP4"), "in lower case only");
	ok(!vq_container_type("text/plain"), "text is not");
	ok(vq_container_fits("video/quicktime", "mp4"), "QuickTime is the same family");
	ok(!vq_container_fits("video/webm", "mp4"), "WebM is not");
	ok(vq_container_fits("application/octet-stream", "avi"), "anything may be bytes");
	ok(!vq_container_fits("text/plain", "avi"), "but no text");
}

int main(void)
{
	heads();
	packets();
	types();
	return done_testing();
}
