/* lib/glitchregions: boxes between the frames that were read. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/glitchregions.h"
#include "../tap.h"

static struct vq_glitch_regions *r;
static struct vq_err err;

static enum vq_code give(const char *text)
{
	FILE *f = tmpfile();
	enum vq_code code;

	if (f == NULL || fputs(text, f) == EOF || fflush(f) != 0 || fseek(f, 0, SEEK_SET) != 0)
		abort();
	lseek(fileno(f), 0, SEEK_SET);
	vq_glitch_regions_free(&r);
	err.msg[0] = '\0';
	code = vq_glitch_regions_read(&r, fileno(f), &err);
	fclose(f);
	return code;
}

#define HEADER "{\"type\":\"header\",\"program\":\"t\",\"version\":\"1\"}\n"
#define END "{\"type\":\"end\"}\n"
#define REGION(track, x)                                                                           \
	"{\"track\":" #track ",\"box\":[" #x ",10,100,40],\"text\":\"\",\"confidence\":0}"
#define SAMPLE(time, more, regions)                                                                \
	"{\"type\":\"text\",\"frame\":0,\"time\":" #time more ",\"regions\":[" regions "]}\n"

static void at(double time, int n, double x, const char *what)
{
	struct vq_region out[4];
	int got = vq_glitch_regions_at(r, (int64_t)(time * 1e6 + 0.5), out, 4);

	is_int(got, n, "%s: %d regions", what, n);
	if (got > 0 && n > 0)
		is_real(out[0].box[0], x, 1e-3, "%s: its left side", what);
}

static void between(void)
{
	is_int(give(HEADER SAMPLE(0, "", "") SAMPLE(0.2, "", REGION(3, 20))
			       SAMPLE(0.4, "", REGION(3, 40)) SAMPLE(0.6, "", "")
				       SAMPLE(0.8, "", REGION(3, 60) "," REGION(1, 5))
					       SAMPLE(1.2, ",\"cut\":true", REGION(4, 70)) END),
		VQ_OK, "records are read");
	is_int(vq_glitch_regions_count(r), 5, "all regions");
	at(0.2, 1, 20, "at a sample");
	at(0.3, 1, 30, "half way");
	at(0.35, 1, 35, "three quarters");
	at(0.6, 1, 50, "over a sample that missed it");
	at(0.12, 1, 20, "shortly before it was seen first");
	at(0.05, 0, 0, "long before");
	at(0.75, 2, 5, "by track number");
	at(0.9, 0, 0, "not beyond a cut");
	at(1.1, 0, 0, "nor before it");
	at(1.2, 1, 70, "the new scene's");
	at(99, 1, 70, "after the last sample for good");
}

static void broken(void)
{
	is_int(give(HEADER SAMPLE(0, "", REGION(1, 2))), VQ_EDATA, "no end record");
	has_str(err.msg, "no end record", "it says so");
	is_int(give(HEADER SAMPLE(0.4, "", "") SAMPLE(0.2, "", "") END), VQ_EDATA,
		"time goes back");
	has_str(err.msg, "line 3: time goes back", "it says where");
	is_int(give(HEADER SAMPLE(0, "", "{\"track\":1}") END), VQ_EDATA, "no box");
	has_str(err.msg, "box", "it says what");
	is_int(give(HEADER SAMPLE(0, "", "7") END), VQ_EDATA, "a region that is no object");
	is_int(give("nonsense\n"), VQ_EDATA, "no JSON");
	ok(r == NULL, "nothing is left");
	is_int(give(HEADER END), VQ_OK, "no text at all");
	at(0, 0, 0, "no text");
}

int main(void)
{
	between();
	broken();
	vq_glitch_regions_free(&r);
	return done_testing();
}
