/* vidqc-report: prediction + frames -> a page that shows why. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "../lib/png.h"
#include "../lib/record.h"
#include "../lib/reportindex.h"
#include "../lib/reportpage.h"
#include "../lib/y4m.h"
#include "cli.h"

static const char usage[] =
	"usage: vidqc-report [options] [prediction.jsonl | -]\n"
	"       vidqc-report --index [predictions.jsonl | -]\n"
	"Write one self-contained HTML page that shows why a clip got its verdict, or an\n"
	"index of many clips.\n"
	"\n"
	"  --frames FILE    the clip's frames, any rendition (- is standard input)\n"
	"  --features FILE  the clip's feature record: text tracks, media\n"
	"  --ocr FILE       the clip's text records: readings\n"
	"  --series FILE    the series of vidqc-features: the curve of the time line\n"
	"  --clip-id ID     take this clip's prediction of several\n"
	"  --events N       show pictures of the N strongest events (default 6)\n"
	"  --png DIR        write the frames of the events there, with boxes drawn\n"
	"  --sheet FILE     write a contact sheet (PNG)\n"
	"  --thumbnail FILE write the one most telling frame, small (PNG)\n"
	"  --index          a page with a row for each prediction\n"
	"  --config FILE    merge a JSON configuration\n"
	"  --set KEY=VALUE  set one configuration key\n"
	"  -h, --help       print this text\n"
	"  --version        print the version\n";

enum {
	OPT_FRAMES = CLI_OWN,
	OPT_FEATURES,
	OPT_OCR,
	OPT_SERIES,
	OPT_CLIP_ID,
	OPT_EVENTS,
	OPT_PNG,
	OPT_SHEET,
	OPT_THUMBNAIL,
	OPT_INDEX,
};

enum { EVENTS = 6, EVENTS_MAX = 40 };

static const struct option options[] = {
	CLI_OPTIONS,
	{"frames", required_argument, NULL, OPT_FRAMES},
	{"features", required_argument, NULL, OPT_FEATURES},
	{"ocr", required_argument, NULL, OPT_OCR},
	{"series", required_argument, NULL, OPT_SERIES},
	{"clip-id", required_argument, NULL, OPT_CLIP_ID},
	{"events", required_argument, NULL, OPT_EVENTS},
	{"png", required_argument, NULL, OPT_PNG},
	{"sheet", required_argument, NULL, OPT_SHEET},
	{"thumbnail", required_argument, NULL, OPT_THUMBNAIL},
	{"index", no_argument, NULL, OPT_INDEX},
	{0},
};

struct job {
	const char *prediction, *frames, *features, *ocr, *series, *clip_id, *png, *sheet,
		*thumbnail;
	long events;
	bool index;
};

static bool is_stdin(const char *path)
{
	return path != NULL && strcmp(path, "-") == 0;
}

/* The prefix of messages about an input. */
static const char *name_of(const char *path)
{
	return path == NULL || is_stdin(path) ? "stdin" : path;
}

/* Open an input, read it, and name it in what went wrong. */
static enum vq_code read_from(const char *path, struct vq_reportdata *d,
	enum vq_code (*read)(struct vq_reportdata *, int, struct vq_err *), struct vq_err *err)
{
	enum vq_code code;
	int fd;

	if (path == NULL)
		return VQ_OK;
	if ((fd = cli_open(path, err)) < 0)
		return vq_fail_at(err, "%s", name_of(path));
	if ((code = read(d, fd, err)) != VQ_OK)
		vq_fail_at(err, "%s", name_of(path));
	if (fd != STDIN_FILENO)
		close(fd);
	return code;
}

static enum vq_code read_prediction(
	const struct job *job, struct vq_reportdata *d, struct vq_err *err)
{
	int fd = cli_open(job->prediction, err);
	enum vq_code code;

	if (fd < 0)
		return vq_fail_at(err, "%s", name_of(job->prediction));
	if ((code = vq_reportdata_prediction(d, fd, job->clip_id, err)) != VQ_OK)
		vq_fail_at(err, "%s", name_of(job->prediction));
	if (fd != STDIN_FILENO)
		close(fd);
	return code;
}

/* ---- pictures ---- */

static enum vq_code write_png(const char *path, const struct vq_canvas *c, struct vq_err *err)
{
	uint8_t *png;
	size_t len;
	FILE *f;
	enum vq_code code = vq_png_encode(c->rgb, c->w, c->h, &png, &len, err);

	if (code != VQ_OK)
		return code;
	f = fopen(path, "we");
	if (f == NULL)
		code = vq_fail(err, VQ_EIO, "open: ");
	else if (fwrite(png, 1, len, f) != len)
		code = vq_fail(err, VQ_EIO, "write: ");
	if (f != NULL && fclose(f) != 0 && code == VQ_OK)
		code = vq_fail(err, VQ_EIO, "write: ");
	free(png);
	return code == VQ_OK ? code : vq_fail_at(err, "%s", path);
}

static enum vq_code write_evidence(
	void *ctx, long number, const struct vq_canvas *c, struct vq_err *err)
{
	const struct job *job = ctx;
	char path[PATH_MAX];

	if (snprintf(path, sizeof path, "%s/frame-%06ld.png", job->png, number) >= PATH_MAX)
		return vq_fail(err, VQ_EIO, "%s: too long a name", job->png);
	return write_png(path, c, err);
}

static enum vq_code write_sheet(
	const struct job *job, const struct vq_shots *shots, struct vq_err *err)
{
	struct vq_canvas sheet;
	enum vq_code code = vq_shots_sheet(shots, &sheet, err);

	if (code == VQ_OK)
		code = write_png(job->sheet, &sheet, err);
	vq_canvas_clear(&sheet);
	return code;
}

/* Every frame of the stream: one that is cut off must not look like a good one. */
static enum vq_code read_stream(struct vq_y4m_reader *r, struct vq_shots *shots,
	const struct vq_reportdata *d, struct vq_err *err)
{
	struct vq_frame frame = {0};
	struct vq_stream stream;
	enum vq_code code = vq_y4m_read_header(r, &stream, err);

	if (code == VQ_OK)
		code = vq_shots_begin(shots, &stream, d, err);
	if (code == VQ_OK)
		code = vq_frame_init(&frame, stream.width, stream.height, err);
	while (code == VQ_OK && (code = vq_y4m_read(r, &frame, err)) == VQ_OK)
		code = vq_shots_frame(shots, d, &frame, err);
	vq_frame_clear(&frame);
	return code == VQ_END ? vq_shots_end(shots, d, err) : code;
}

static enum vq_code read_frames(const struct job *job, struct vq_shots *shots,
	const struct vq_reportdata *d, struct vq_err *err)
{
	struct vq_y4m_reader *r = NULL;
	int fd = cli_open(job->frames, err);
	enum vq_code code;

	if (fd < 0)
		return vq_fail_at(err, "%s", name_of(job->frames));
	if ((code = vq_y4m_reader_new(&r, fd, err)) == VQ_OK)
		code = read_stream(r, shots, d, err);
	if (code != VQ_OK && code != VQ_EIO)
		vq_fail_at(err, "%s", name_of(job->frames));
	vq_y4m_reader_free(&r);
	if (fd != STDIN_FILENO)
		close(fd);
	return code;
}

/* ---- pages ---- */

static enum vq_code make_pictures(const struct job *job, struct vq_shots *shots,
	const struct vq_reportdata *d, struct vq_err *err)
{
	enum vq_code code = vq_shots_plan(shots, d, (size_t)job->events, err);

	if (job->png != NULL) {
		shots->evidence = write_evidence;
		shots->ctx = (void *)job;
	}
	if (code == VQ_OK)
		code = read_frames(job, shots, d, err);
	if (code == VQ_OK && job->sheet != NULL)
		code = write_sheet(job, shots, err);
	if (code == VQ_OK && job->thumbnail != NULL)
		code = write_png(job->thumbnail, &vq_shots_best(shots)->small, err);
	return code;
}

static int report(const struct cli *cli, const struct job *job)
{
	struct vq_reportdata d = {0};
	struct vq_shots shots = {0};
	struct vq_err err;
	enum vq_code code = read_prediction(job, &d, &err);

	if (code == VQ_OK)
		code = read_from(job->features, &d, vq_reportdata_features, &err);
	if (code == VQ_OK)
		code = read_from(job->ocr, &d, vq_reportdata_text, &err);
	if (code == VQ_OK)
		code = read_from(job->series, &d, vq_reportdata_moments, &err);
	if (code == VQ_OK && job->frames != NULL)
		code = make_pictures(job, &shots, &d, &err);
	if (code == VQ_OK)
		code = vq_reportpage(stdout, &d, job->frames != NULL ? &shots : NULL, &err);
	vq_shots_clear(&shots);
	vq_reportdata_clear(&d);
	return code == VQ_OK ? EX_OK : cli_fail(cli, NULL, &err);
}

static enum vq_code read_lines(int fd, json_t *lines, struct vq_err *err)
{
	struct vq_record_reader *r = NULL;
	enum vq_code code = vq_record_reader_new(&r, fd, err);
	json_t *line;

	if (code == VQ_OK)
		vq_record_untyped(r);
	while (code == VQ_OK && (code = vq_record_read(r, &line, err)) == VQ_OK) {
		if ((code = vq_reportindex_check(line, err)) != VQ_OK)
			vq_fail_at(err, "line %ld", vq_record_line(r));
		json_array_append_new(lines, line);
	}
	vq_record_reader_free(&r);
	if (code == VQ_END && json_array_size(lines) == 0)
		return vq_fail(err, VQ_EDATA, "empty input, expected predictions");
	return code == VQ_END ? VQ_OK : code;
}

static int index_page(const struct cli *cli, const struct job *job)
{
	json_t *lines = json_array();
	struct vq_err err;
	int fd = cli_open(job->prediction, &err);
	enum vq_code code;

	if (fd < 0) {
		json_decref(lines);
		return cli_fail(cli, name_of(job->prediction), &err);
	}
	if ((code = read_lines(fd, lines, &err)) != VQ_OK)
		vq_fail_at(&err, "%s", name_of(job->prediction));
	if (fd != STDIN_FILENO)
		close(fd);
	if (code == VQ_OK)
		code = vq_reportindex(stdout, lines, &err);
	json_decref(lines);
	return code == VQ_OK ? EX_OK : cli_fail(cli, NULL, &err);
}

static void check_job(const struct cli *cli, const struct job *job)
{
	int stdins = (job->prediction == NULL || is_stdin(job->prediction)) +
		     is_stdin(job->frames) + is_stdin(job->features) + is_stdin(job->ocr) +
		     is_stdin(job->series);

	if (stdins > 1)
		cli_usage(cli, "standard input can be one input only");
	if (job->frames == NULL && (job->png || job->sheet || job->thumbnail))
		cli_usage(cli, "--png, --sheet and --thumbnail need --frames");
	if (job->index && (job->frames || job->features || job->ocr || job->series || job->clip_id))
		cli_usage(cli, "--index takes predictions alone");
}

int main(int argc, char **argv)
{
	struct cli cli;
	struct job job = {.events = EVENTS};
	int opt;

	cli_init(&cli, "vidqc-report", usage);
	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1)
		switch (opt) {
		case OPT_FRAMES:
			job.frames = optarg;
			break;
		case OPT_FEATURES:
			job.features = optarg;
			break;
		case OPT_OCR:
			job.ocr = optarg;
			break;
		case OPT_SERIES:
			job.series = optarg;
			break;
		case OPT_CLIP_ID:
			job.clip_id = optarg;
			break;
		case OPT_EVENTS:
			job.events = cli_long(&cli, "--events", optarg, 0, EVENTS_MAX);
			break;
		case OPT_PNG:
			job.png = optarg;
			break;
		case OPT_SHEET:
			job.sheet = optarg;
			break;
		case OPT_THUMBNAIL:
			job.thumbnail = optarg;
			break;
		case OPT_INDEX:
			job.index = true;
			break;
		default:
			cli_option(&cli, opt);
		}
	if (argc - optind > 1)
		cli_usage(&cli, "%d operands, expected one file of predictions", argc - optind);
	job.prediction = argv[optind];
	check_job(&cli, &job);
	return cli_close(&cli, job.index ? index_page(&cli, &job) : report(&cli, &job));
}
