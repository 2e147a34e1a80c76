#include "container.h"

#include <string.h>

#define TS_PACKET 188

struct head {
	const unsigned char *at;
	size_t len;
};

static bool has(struct head h, size_t offset, const char *bytes, size_t n)
{
	return h.len >= offset + n && memcmp(h.at + offset, bytes, n) == 0;
}

/* The first box: its length, then what it is.  Old QuickTime files have no ftyp. */
static bool is_mp4(struct head h)
{
	static const char *const box[] = {"ftyp", "moov", "mdat", "wide", "free", "skip", "pnot"};

	for (size_t i = 0; i < sizeof box / sizeof box[0]; i++)
		if (has(h, 4, box[i], 4))
			return true;
	return false;
}

static bool is_matroska(struct head h)
{
	return has(h, 0, "\x1a\x45\xdf\xa3", 4);
}

static bool is_avi(struct head h)
{
	return has(h, 0, "RIFF", 4) && has(h, 8, "AVI ", 4);
}

static bool is_gif(struct head h)
{
	return has(h, 0, "GIF87a", 6) || has(h, 0, "GIF89a", 6);
}

/* Four packets in a row begin with the same byte: one alone is the letter G.  Packets
 * of Blu-ray discs have four bytes of time before it. */
static bool is_mpegts(struct head h)
{
	for (size_t extra = 0; extra <= 4; extra += 4) {
		size_t n = 0;

		while (n < 4 && has(h, extra + n * (TS_PACKET + extra), "G", 1))
			n++;
		if (n == 4)
			return true;
	}
	return false;
}

static bool is_mpeg(struct head h)
{
	return has(h, 0, "\0\0\1\xba", 4) || has(h, 0, "\0\0\1\xb3", 4);
}

static bool is_flv(struct head h)
{
	return has(h, 0, "FLV\1", 4);
}

static bool is_asf(struct head h)
{
	return has(h, 0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11", 8);
}

static bool is_ogg(struct head h)
{
	return has(h, 0, "OggS", 4);
}

static const struct {
	const char *name;
	bool (*is)(struct head h);
} containers[] = {
	{"mp4", is_mp4},
	{"matroska", is_matroska},
	{"avi", is_avi},
	{"gif", is_gif},
	{"mpegts", is_mpegts},
	{"mpeg", is_mpeg},
	{"flv", is_flv},
	{"asf", is_asf},
	{"ogg", is_ogg},
};

static const struct {
	const char *type, *container;
} types[] = {
	{"video/mp4", "mp4"},
	{"video/quicktime", "mp4"},
	{"video/x-m4v", "mp4"},
	{"video/3gpp", "mp4"},
	{"video/webm", "matroska"},
	{"video/matroska", "matroska"},
	{"video/x-matroska", "matroska"},
	{"video/x-msvideo", "avi"},
	{"video/avi", "avi"},
	{"image/gif", "gif"},
	{"video/mp2t", "mpegts"},
	{"video/mpeg", "mpeg"},
	{"video/x-flv", "flv"},
	{"video/x-ms-wmv", "asf"},
	{"video/x-ms-asf", "asf"},
	{"video/ogg", "ogg"},
	{"application/octet-stream", NULL},
};

const char *vq_container_of(const void *head, size_t len)
{
	struct head h = {head, len};

	for (size_t i = 0; i < sizeof containers / sizeof containers[0]; i++)
		if (containers[i].is(h))
			return containers[i].name;
	return NULL;
}

bool vq_container_type(const char *type)
{
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strcmp(types[i].type, type) == 0)
			return true;
	return false;
}

bool vq_container_fits(const char *type, const char *container)
{
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strcmp(types[i].type, type) == 0)
			return types[i].container == NULL ||
			       strcmp(types[i].container, container) == 0;
	return false;
}
