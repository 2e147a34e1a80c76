/* vidqc-glitch: frame stream in, the same with one known defect out. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "../lib/glitch.h"
#include "../lib/num.h"
#include "../lib/record.h"
#include "../lib/y4m.h"
#include "cli.h"

static const char usage[] =
	"usage: vidqc-glitch --kind KIND [options] [frames.y4m | -]\n"
	"       vidqc-glitch --list[=json]\n"
	"Put one known, seeded defect, or something harmless that looks like one, into a\n"
	"frame stream; write the stream, and the truth about it as records.\n"
	"\n"
	"  -k, --kind KIND     what; --list names them\n"
	"      --truth FILE    write truth records\n"
	"      --strength N    how much, in the kind's unit\n"
	"      --seed N        other seed, other defect; same seed, same bytes (default 1)\n"
	"      --start SEC     when it begins\n"
	"      --duration SEC  how long it lasts\n"
	"      --frames N      the same as a number of frames\n"
	"      --box X,Y,W,H   where, in pixels of the original clip\n"
	"      --boxes FILE    where text is: records of vidqc-ocr\n"
	"      --period N      a cycle of N frames\n"
	"      --on N          of which N are changed\n"
	"      --hz N          cycles a second of presentation time, instead of --period\n"
	"      --wave WAVE     square, sine or random\n"
	"      --smooth        glide from state to state\n"
	"      --distinct      frames that repeat a picture do not count for --period\n"
	"      --text STRING   what to draw (ASCII)\n"
	"      --list[=json]   print the kinds, one a line, and exit\n"
	"      --config FILE   merge a JSON configuration\n"
	"      --set KEY=VALUE set one configuration key\n"
	"  -h, --help          print this text\n"
	"      --version       print the version\n";

enum {
	OPT_TRUTH = CLI_OWN,
	OPT_STRENGTH,
	OPT_SEED,
	OPT_START,
	OPT_DURATION,
	OPT_FRAMES,
	OPT_BOX,
	OPT_BOXES,
	OPT_PERIOD,
	OPT_ON,
	OPT_HZ,
	OPT_WAVE,
	OPT_SMOOTH,
	OPT_DISTINCT,
	OPT_TEXT,
	OPT_LIST
};

static const struct option options[] = {
	CLI_OPTIONS,
	{"kind", required_argument, NULL, 'k'},
	{"truth", required_argument, NULL, OPT_TRUTH},
	{"strength", required_argument, NULL, OPT_STRENGTH},
	{"seed", required_argument, NULL, OPT_SEED},
	{"start", required_argument, NULL, OPT_START},
	{"duration", required_argument, NULL, OPT_DURATION},
	{"frames", required_argument, NULL, OPT_FRAMES},
	{"box", required_argument, NULL, OPT_BOX},
	{"boxes", required_argument, NULL, OPT_BOXES},
	{"period", required_argument, NULL, OPT_PERIOD},
	{"on", required_argument, NULL, OPT_ON},
	{"hz", required_argument, NULL, OPT_HZ},
	{"wave", required_argument, NULL, OPT_WAVE},
	{"smooth", no_argument, NULL, OPT_SMOOTH},
	{"distinct", no_argument, NULL, OPT_DISTINCT},
	{"text", required_argument, NULL, OPT_TEXT},
	{"list", optional_argument, NULL, OPT_LIST},
	{0},
};

struct job {
	struct vq_glitch_options o;
	const char *frames, *truth, *boxes;
};

static double real(
	const struct cli *c, const char *option, const char *value, double min, double max)
{
	double v;

	if (!vq_num_real(value, min, max, &v))
		cli_usage(c, "%s %s: expected a number from %g to %g", option, value, min, max);
	return v;
}

/* X,Y,W,H to corners. */
static void take_box(const struct cli *c, const char *value, double box[4])
{
	char part[32];
	const char *s = value;
	int i;

	for (i = 0; i < 4; i++) {
		size_t n = strcspn(s, ",");

		if (n >= sizeof part)
			break;
		memcpy(part, s, n);
		part[n] = '\0';
		if (!vq_num_real(part, i < 2 ? 0 : 1, 65536, &box[i]))
			break;
		s += n;
		if (*s == (i < 3 ? ',' : '\0'))
			s += i < 3;
		else
			break;
	}
	if (i < 4)
		cli_usage(c, "--box %s: expected X,Y,W,H in pixels", value);
	box[2] += box[0];
	box[3] += box[1];
}

static int take_wave(const struct cli *c, const char *value)
{
	static const char *const names[] = {"square", "sine", "random"};

	for (int i = 0; i < 3; i++)
		if (strcmp(value, names[i]) == 0)
			return i;
	cli_usage(c, "--wave %s: expected square, sine or random", value);
}

static int list(const struct cli *c, const char *format)
{
	struct vq_err err;
	enum vq_code code = VQ_OK;

	if (format != NULL && strcmp(format, "json") != 0)
		cli_usage(c, "--list=%s: expected json", format);
	for (int i = 0; i < vq_glitch_kinds() && code == VQ_OK; i++) {
		json_t *r = vq_glitch_kind_record(i);

		if (r != NULL && format == NULL) {
			printf("%-15s %-18s %s\n", json_string_value(json_object_get(r, "kind")),
				json_string_value(json_object_get(r, "class")),
				json_string_value(json_object_get(r, "help")));
			json_decref(r);
		} else {
			code = vq_record_write(stdout, r, &err);
		}
	}
	return code == VQ_OK ? EX_OK : cli_fail(c, "stdout", &err);
}

static enum vq_code put(FILE *truth, const char *name, json_t *record, struct vq_err *err)
{
	enum vq_code code;

	if (truth == NULL) {
		json_decref(record);
		return VQ_OK;
	}
	if ((code = vq_record_write(truth, record, err)) != VQ_OK)
		vq_fail_at(err, "%s", name);
	return code;
}

static json_t *header(const struct vq_stream *s)
{
	return json_pack("{s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:[I, I]}", "type", "header",
		"program", "vidqc-glitch", "version", VQ_VERSION, "width", s->width, "height",
		s->height, "source_width", s->src_width, "source_height", s->src_height, "rate",
		(json_int_t)s->rate.num, (json_int_t)s->rate.den);
}

/* All frames, each when the one after it is known. */
static enum vq_code pass(const char *name, struct vq_y4m_reader *in, struct vq_glitch *g,
	struct vq_frame frame[2], FILE *truth, const struct job *job, long *frames,
	struct vq_err *err)
{
	enum vq_code code, next;
	int now = 0;

	if ((code = vq_y4m_read(in, &frame[now], err)) != VQ_OK && code != VQ_END)
		vq_fail_at(err, "%s", name);
	for (; code == VQ_OK; now ^= 1) {
		json_t *record = NULL;

		next = vq_y4m_read(in, &frame[now ^ 1], err);
		if (next != VQ_OK && next != VQ_END) {
			vq_fail_at(err, "%s", name);
			return next;
		}
		code = vq_glitch_apply(
			g, &frame[now], next == VQ_OK ? &frame[now ^ 1] : NULL, &record, err);
		if (code == VQ_OK && record != NULL)
			code = put(truth, job->truth, record, err);
		if (code == VQ_OK &&
			(code = vq_y4m_write(STDOUT_FILENO, &frame[now], err)) != VQ_OK)
			vq_fail_at(err, "stdout");
		++*frames;
		if (code == VQ_OK)
			code = next;
	}
	return code == VQ_END ? VQ_OK : code;
}

static enum vq_code glitch(const char *name, struct vq_y4m_reader *in, const struct vq_stream *s,
	const struct job *job, FILE *truth, struct vq_err *err)
{
	struct vq_frame frame[2] = {0};
	struct vq_glitch *g = NULL;
	json_t *summary = NULL;
	long frames = 0;
	enum vq_code code = vq_glitch_new(&g, s, &job->o, err);

	for (int i = 0; i < 2 && code == VQ_OK; i++)
		code = vq_frame_init(&frame[i], s->width, s->height, err);
	if (code == VQ_OK)
		code = put(truth, job->truth, header(s), err);
	if (code == VQ_OK)
		code = put(truth, job->truth, vq_glitch_record(g), err);
	if (code == VQ_OK && (code = vq_y4m_write_header(STDOUT_FILENO, s, err)) != VQ_OK)
		vq_fail_at(err, "stdout");
	if (code == VQ_OK)
		code = pass(name, in, g, frame, truth, job, &frames, err);
	if (code == VQ_OK && (code = vq_glitch_finish(g, &summary, err)) != VQ_OK)
		vq_fail_at(err, "%s", name);
	if (code == VQ_OK)
		code = put(truth, job->truth, summary, err);
	if (code == VQ_OK)
		code = put(truth, job->truth,
			json_pack("{s:s, s:I}", "type", "end", "frames", (json_int_t)frames), err);
	vq_glitch_free(&g);
	vq_frame_clear(&frame[0]);
	vq_frame_clear(&frame[1]);
	return code;
}

static enum vq_code run_on(int fd, const struct job *job, FILE *truth, struct vq_err *err)
{
	const char *name =
		job->frames == NULL || strcmp(job->frames, "-") == 0 ? "stdin" : job->frames;
	struct vq_y4m_reader *in = NULL;
	struct vq_stream stream;
	enum vq_code code = vq_y4m_reader_new(&in, fd, err);

	if (code == VQ_OK && (code = vq_y4m_read_header(in, &stream, err)) != VQ_OK)
		vq_fail_at(err, "%s", name);
	if (code == VQ_OK)
		code = glitch(name, in, &stream, job, truth, err);
	vq_y4m_reader_free(&in);
	return code;
}

static enum vq_code read_boxes(const char *path, struct vq_glitch_regions **r, struct vq_err *err)
{
	int fd = cli_open(path, err);
	enum vq_code code = fd < 0 ? err->code : vq_glitch_regions_read(r, fd, err);

	if (code != VQ_OK)
		vq_fail_at(err, "%s", path);
	if (fd >= 0)
		close(fd);
	return code;
}

static int run(const struct cli *c, struct job *job)
{
	struct vq_glitch_regions *regions = NULL;
	struct vq_err err;
	FILE *truth = NULL;
	enum vq_code code = VQ_OK;
	int fd = -1;

	if (job->boxes != NULL)
		code = read_boxes(job->boxes, &regions, &err);
	job->o.regions = regions;
	if (code == VQ_OK && (code = vq_glitch_check(&job->o, &err)) == VQ_EUSAGE) {
		vq_glitch_regions_free(&regions);
		cli_usage(c, "%s", err.msg);
	}
	if (code == VQ_OK && (fd = cli_open(job->frames, &err)) < 0) {
		code = err.code;
		vq_fail_at(&err, "%s", job->frames);
	}
	if (code == VQ_OK && job->truth != NULL && (truth = fopen(job->truth, "w")) == NULL) {
		code = vq_fail(&err, VQ_EIO, "open: ");
		vq_fail_at(&err, "%s", job->truth);
	}
	if (code == VQ_OK)
		code = run_on(fd, job, truth, &err);
	if (truth != NULL && fclose(truth) != 0 && code == VQ_OK) {
		code = vq_fail(&err, VQ_EIO, "write: ");
		vq_fail_at(&err, "%s", job->truth);
	}
	if (fd > STDIN_FILENO)
		close(fd);
	vq_glitch_regions_free(&regions);
	return code == VQ_OK ? EX_OK : cli_fail(c, NULL, &err);
}

static void take(struct cli *c, struct job *job, int opt)
{
	struct vq_glitch_options *o = &job->o;

	switch (opt) {
	case 'k':
		o->kind = optarg;
		break;
	case OPT_TRUTH:
		job->truth = optarg;
		break;
	case OPT_STRENGTH:
		o->strength = real(c, "--strength", optarg, -1000, 1000);
		break;
	case OPT_SEED:
		o->seed = (uint64_t)cli_long(c, "--seed", optarg, 0, INT64_MAX);
		break;
	case OPT_START:
		o->start = real(c, "--start", optarg, 0, 86400);
		break;
	case OPT_DURATION:
		o->duration = real(c, "--duration", optarg, 0.001, 86400);
		break;
	case OPT_FRAMES:
		o->frames = cli_long(c, "--frames", optarg, 1, INT32_MAX);
		break;
	case OPT_BOX:
		take_box(c, optarg, o->box);
		o->has_box = true;
		break;
	case OPT_BOXES:
		job->boxes = optarg;
		break;
	case OPT_PERIOD:
		o->period = (int)cli_long(c, "--period", optarg, 1, 100000);
		break;
	case OPT_ON:
		o->on = (int)cli_long(c, "--on", optarg, 1, 100000);
		break;
	case OPT_HZ:
		o->hz = real(c, "--hz", optarg, 0.001, 1000);
		break;
	case OPT_WAVE:
		o->wave = take_wave(c, optarg);
		break;
	case OPT_SMOOTH:
		o->smooth = true;
		break;
	case OPT_DISTINCT:
		o->distinct = true;
		break;
	case OPT_TEXT:
		o->text = optarg;
		break;
	default:
		cli_option(c, opt);
	}
}

int main(int argc, char **argv)
{
	struct cli cli;
	struct job job = {0};
	int opt;

	cli_init(&cli, "vidqc-glitch", usage);
	vq_glitch_defaults(&job.o);
	while ((opt = getopt_long(argc, argv, "hk:", options, NULL)) != -1) {
		if (opt == OPT_LIST)
			return cli_close(&cli, list(&cli, optarg));
		take(&cli, &job, opt);
	}
	if (argc - optind > 1)
		cli_usage(&cli, "%d operands, expected one frame stream", argc - optind);
	job.frames = argv[optind];
	if (job.boxes != NULL && strcmp(job.boxes, "-") == 0)
		cli_usage(&cli, "--boxes -: standard input is for frames");
	if (job.truth != NULL && strcmp(job.truth, "-") == 0)
		cli_usage(&cli, "--truth -: standard output is for frames");
	return cli_close(&cli, run(&cli, &job));
}
