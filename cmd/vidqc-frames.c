/* vidqc-frames: one clip in, one or more raw frame streams out, from one decode. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "../lib/decode.h"
#include "../lib/distinct.h"
#include "../lib/num.h"
#include "../lib/record.h"
#include "../lib/sampler.h"
#include "../lib/y4m.h"
#include "cli.h"

#define OUTPUTS_MAX 12
#define PROBE_HEIGHT 360 /* of the picture in which repeats are looked for */

static const char usage[] =
	"usage: vidqc-frames [-o DEST[,KEY=VALUE]...]... [--info FILE]\n"
	"                    [--clip-id ID] [-j THREADS] [--config FILE] [--set KEY=VALUE]\n"
	"                    [CLIP|-]\n"
	"Decode a clip once and write it as YUV4MPEG2 streams.\n"
	"  -o, --output DEST,...  a stream to the file or fifo DEST, - for standard output;\n"
	"                         DEST ends at the first comma; without -o: -o -\n"
	"        fps=F            different frames only, at least F a second\n"
	"        samples=N        the same, and at least N in all where fps gives fewer\n"
	"        height=H         at most H pixels high\n"
	"        low=H            doubled where no higher than H, twice at most\n"
	"      --info FILE        write one record on the clip and its decoding\n"
	"      --clip-id ID       name in that record (default: the file's, without ending)\n"
	"  -j, --threads N        decoder threads, 0: one a core (default: video.threads)\n"
	"      --decoders         print which codecs can be decoded, and by what\n"
	"      --config FILE, --set KEY=VALUE   configuration, see vidqc.conf(5)\n"
	"  -h, --help, --version\n";

enum {
	OPT_INFO = CLI_OWN,
	OPT_CLIP_ID,
	OPT_DECODERS,
};

struct output {
	char *dest;
	double fps;
	long samples;
	struct vq_fit fit;
	bool sampled;
	int fd;
	size_t picture; /* index of the size that it shows */
	struct vq_sampler sampler;
};

/* One size that some output or the search for repeats needs. */
struct picture {
	struct vq_frame frame;
	bool ready; /* holds the frame on show */
};

struct job {
	struct cli cli;
	const char *clip, *clip_id, *info;
	struct output outputs[OUTPUTS_MAX];
	size_t output_count;
	struct picture pictures[OUTPUTS_MAX + 1];
	size_t picture_count;
	bool sampled;	      /* some output is */
	size_t probe;	      /* picture in which repeats are looked for */
	struct vq_frame last; /* the last new picture there */
	long distinct;	      /* new pictures so far */
	int threads;
	struct vq_decoder *decoder;
	const struct output *unwritten; /* the output that could not be written */
};

/* ---- options ---------------------------------------------------------------------- */

static void parse_key(const struct cli *cli, struct output *o, const char *spec, char *item)
{
	char *value = strchr(item, '=');

	if (value == NULL)
		cli_usage(
			cli, "-o %s: %s: expected fps=F, samples=N, height=H or low=H", spec, item);
	*value++ = '\0';
	if (strcmp(item, "fps") == 0) {
		if (!vq_num_real(value, 0.01, 1000, &o->fps))
			cli_usage(cli, "-o %s: fps %s: expected a number from 0.01 to 1000", spec,
				value);
		o->sampled = true;
	} else if (strcmp(item, "samples") == 0) {
		o->samples = cli_long(cli, "-o samples", value, 1, 1000000);
		o->sampled = true;
	} else if (strcmp(item, "height") == 0) {
		o->fit.max_height = (int)cli_long(cli, "-o height", value, 2, VQ_MAX_SIDE);
	} else if (strcmp(item, "low") == 0) {
		o->fit.low = (int)cli_long(cli, "-o low", value, 2, VQ_MAX_SIDE);
	} else {
		cli_usage(cli, "-o %s: %s: expected fps, samples, height or low", spec, item);
	}
}

static void add_output(struct job *j, const char *spec)
{
	struct output *o = &j->outputs[j->output_count];
	char *rest, *item;

	if (j->output_count == OUTPUTS_MAX)
		cli_usage(&j->cli, "-o: more than %d outputs", OUTPUTS_MAX);
	*o = (struct output){.dest = strdup(spec), .fd = -1};
	if (o->dest == NULL)
		exit(EX_TEMPFAIL);
	j->output_count++;
	rest = o->dest;
	strsep(&rest, ",");
	if (*o->dest == '\0')
		cli_usage(&j->cli, "-o %s: no destination before the first comma", spec);
	for (size_t i = 0; i + 1 < j->output_count; i++)
		if (strcmp(j->outputs[i].dest, o->dest) == 0)
			cli_usage(&j->cli, "-o %s: given twice", o->dest);
	while ((item = strsep(&rest, ",")) != NULL)
		parse_key(&j->cli, o, spec, item);
	j->sampled = j->sampled || o->sampled;
}

/* Prints the records and ends the program. */
_Noreturn static void list_decoders(struct job *j)
{
	enum vq_code code = VQ_OK;
	struct vq_codec c;
	char version[32];
	struct vq_err err;

	vq_decode_version(version, sizeof version);
	for (size_t i = 0; code == VQ_OK && vq_decode_codec(i, &c); i++)
		code = vq_record_write(stdout,
			json_pack("{s:s, s:s, s:s?, s:s}", "type", "decoder", "codec", c.codec,
				"decoder", c.decoder, "libavcodec", version),
			&err);
	exit(cli_close(&j->cli, code == VQ_OK ? EX_OK : cli_fail(&j->cli, "stdout", &err)));
}

static void parse(struct job *j, int argc, char **argv)
{
	static const struct option options[] = {CLI_OPTIONS,
		{"output", required_argument, NULL, 'o'},
		{"info", required_argument, NULL, OPT_INFO},
		{"clip-id", required_argument, NULL, OPT_CLIP_ID},
		{"decoders", no_argument, NULL, OPT_DECODERS},
		{"threads", required_argument, NULL, 'j'}, {NULL, 0, NULL, 0}};
	int opt;

	j->threads = -1;
	while ((opt = getopt_long(argc, argv, "ho:j:", options, NULL)) != -1) {
		switch (opt) {
		case 'o':
			add_output(j, optarg);
			break;
		case 'j':
			j->threads = (int)cli_long(&j->cli, "-j", optarg, 0, 64);
			break;
		case OPT_INFO:
			j->info = optarg;
			break;
		case OPT_CLIP_ID:
			j->clip_id = optarg;
			break;
		case OPT_DECODERS:
			list_decoders(j);
		default:
			cli_option(&j->cli, opt);
		}
	}
	if (argc - optind > 1)
		cli_usage(&j->cli, "%s: expected one clip", argv[optind + 1]);
	j->clip = optind < argc && strcmp(argv[optind], "-") != 0 ? argv[optind] : NULL;
	if (j->output_count == 0)
		add_output(j, "-");
	if (j->threads < 0)
		j->threads = vq_config_int(j->cli.config, VQ_CFG_VIDEO_THREADS);
}

/* ---- the record on the clip --------------------------------------------------------- */

static json_t *rate_json(struct vq_rate r)
{
	return r.num > 0 ? json_pack("[i,i]", (int)r.num, (int)r.den) : json_null();
}

static json_t *seconds_json(double v)
{
	return v < 0 ? json_null() : vq_record_number(v, 6);
}

/* A string from outside, where bytes that are no UTF-8 become '?'. */
static json_t *text_json(const char *s)
{
	json_t *v = json_string(s);
	char *copy;

	if (v != NULL || (copy = strdup(s)) == NULL)
		return v;
	for (char *p = copy; *p != '\0'; p++)
		if ((unsigned char)*p >= 0x80)
			*p = '?';
	v = json_string(copy);
	free(copy);
	return v;
}

static json_t *clip_id_json(const struct job *j)
{
	const char *name = j->clip == NULL ? "stdin" : j->clip, *slash = strrchr(name, '/');
	char *copy, *dot;
	json_t *v;

	if (j->clip_id != NULL)
		return text_json(j->clip_id);
	copy = strdup(slash == NULL ? name : slash + 1);
	if (copy == NULL)
		return NULL;
	dot = strrchr(copy, '.');
	if (dot != NULL && dot != copy)
		*dot = '\0';
	v = text_json(copy);
	free(copy);
	return v;
}

/* What a user should know before trusting the verdict; one line each. */
static size_t warnings(const struct vq_clip *c, double limit, char (*line)[120])
{
	size_t n = 0;

	if (c->cut_short && c->duration_sec > 0)
		snprintf(line[n++], sizeof *line, "only the first %g of %.2f seconds were decoded",
			limit, c->duration_sec);
	else if (c->cut_short)
		snprintf(line[n++], sizeof *line, "only the first %g seconds were decoded", limit);
	if (c->damaged > 0)
		snprintf(line[n++], sizeof *line, "%ld damaged frames left out", c->damaged);
	if (c->missing > 0)
		snprintf(line[n++], sizeof *line, "%ld frames missing: the file is truncated",
			c->missing);
	else if (c->broken_end || (!c->cut_short && c->duration_sec > c->end_sec + 0.5))
		snprintf(line[n++], sizeof *line, "the frames end at %.2f of %.2f seconds",
			c->end_sec, c->duration_sec);
	if (c->interlaced > 0)
		snprintf(line[n++], sizeof *line, "%ld interlaced frames, not deinterlaced",
			c->interlaced);
	if (c->size_changes > 0)
		snprintf(line[n++], sizeof *line,
			"the frame size changes %ld times, all scaled to the first",
			c->size_changes);
	if (c->times_repaired > 0)
		snprintf(line[n++], sizeof *line, "%ld frames with a missing or wrong time",
			c->times_repaired);
	return n;
}

static json_t *info_json(const struct job *j, const struct vq_clip *c)
{
	double limit = vq_config_real(j->cli.config, VQ_CFG_VIDEO_MAX_DURATION);
	json_t *cut = json_null(), *list = json_array();
	char line[8][120];
	size_t n = warnings(c, limit, line);

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_string(line[i]));
	if (c->cut_short)
		cut = json_pack("{s:o,s:o}", "limit_sec", vq_record_number(limit, 6),
			"duration_sec", seconds_json(c->duration_sec));
	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:s, s:s, s:s, s:s, s:s, s:s,"
			 "s:i, s:i, s:i, s:i, s:i, s:b, s:o, s:o, s:o, s:o, s:o, s:b,"
			 "s:I, s:I, s:I, s:o, s:I, s:I, s:I, s:o, s:o}",
		"type", "info", "program", "vidqc-frames", "version", VQ_VERSION, "clip_id",
		clip_id_json(j), "path", text_json(j->clip == NULL ? "-" : j->clip), "container",
		c->container, "codec", c->codec, "pixel_format", c->pixel_format, "color_range",
		c->color_range, "color_space", c->color_space, "color_transfer", c->color_transfer,
		"width", c->width, "height", c->height, "coded_width", c->coded_width,
		"coded_height", c->coded_height, "rotation", c->rotation, "mirrored", c->mirrored,
		"sample_aspect", rate_json(c->sample_aspect), "rate", rate_json(c->rate),
		"average_rate", rate_json(c->average_rate), "duration_sec",
		seconds_json(c->duration_sec), "time_start", vq_record_number(c->time_start, 6),
		"variable_rate", c->variable_rate, "frames_decoded", (json_int_t)c->frames,
		"frames_damaged", (json_int_t)c->damaged, "frames_missing", (json_int_t)c->missing,
		"frames_repeated", j->sampled ? json_integer(c->frames - j->distinct) : json_null(),
		"interlaced", (json_int_t)c->interlaced, "size_changes",
		(json_int_t)c->size_changes, "times_repaired", (json_int_t)c->times_repaired,
		"cut_short", cut, "warnings", list);
}

/* A new file appears under its name only when it is complete; into a fifo or a
 * device the record goes directly. */
static enum vq_code write_info(const struct job *j, const struct vq_clip *c, struct vq_err *err)
{
	struct stat st;
	char path[4096];
	int fd = cli_inherited(j->info);
	bool direct = fd >= 0 || (stat(j->info, &st) == 0 && !S_ISREG(st.st_mode));
	int n = direct ? snprintf(path, sizeof path, "%s", j->info)
		       : snprintf(path, sizeof path, "%s.%ld.tmp", j->info, (long)getpid());
	enum vq_code code;
	FILE *f;

	if (n < 0 || (size_t)n >= sizeof path)
		return vq_fail(err, VQ_EIO, "file name too long");
	f = fd < 0 ? fopen(path, "we") : fdopen(dup(fd), "w");
	if (f == NULL)
		return vq_fail(err, VQ_EIO, "open: ");
	code = vq_record_write(f, info_json(j, c), err);
	if (fclose(f) != 0 && code == VQ_OK)
		code = vq_fail(err, VQ_EIO, "write: ");
	if (code == VQ_OK && !direct && rename(path, j->info) != 0)
		code = vq_fail(err, VQ_EIO, "rename: ");
	if (code != VQ_OK && !direct)
		unlink(path);
	return code;
}

/* ---- the streams -------------------------------------------------------------------- */

static const char *output_name(const struct output *o)
{
	return strcmp(o->dest, "-") == 0 ? "stdout" : o->dest;
}

static int open_outputs(struct job *j)
{
	struct vq_err err;

	for (size_t i = 0; i < j->output_count; i++) {
		struct output *o = &j->outputs[i];

		o->fd = strcmp(o->dest, "-") == 0 ? STDOUT_FILENO : cli_inherited(o->dest);
		if (o->fd < 0)
			o->fd = open(o->dest, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (o->fd < 0) {
			vq_fail(&err, VQ_EIO, "open: ");
			return cli_fail(&j->cli, o->dest, &err);
		}
	}
	return EX_OK;
}

/* The index of the picture within these limits, a new one if there is none. */
static enum vq_code want_picture(
	struct job *j, struct vq_fit fit, size_t *index, struct vq_err *err)
{
	const struct vq_clip *c = vq_decoder_clip(j->decoder);
	int w, h;

	vq_frame_fit(c->width, c->height, fit, &w, &h);
	for (*index = 0; *index < j->picture_count; ++*index)
		if (j->pictures[*index].frame.width == w && j->pictures[*index].frame.height == h)
			return VQ_OK;
	j->picture_count++;
	return vq_frame_init(&j->pictures[*index].frame, w, h, err);
}

/* A sampled stream says how many frames a second it wants. */
static struct vq_rate sampled_rate(const struct vq_sampler *s, struct vq_rate native)
{
	struct vq_rate r = {lround(s->rate * 1000), 1000};

	if (s->all)
		return native;
	for (long a = r.num, b = r.den, rest; b > 0; a = b, b = rest)
		if ((rest = a % b) == 0)
			r = (struct vq_rate){r.num / b, r.den / b};
	return r.num > 0 ? r : (struct vq_rate){1, 1000};
}

/* Sizes, samplers and stream headers, once the clip is known. */
static enum vq_code start_output(struct job *j, struct output *o, struct vq_err *err)
{
	const struct vq_clip *c = vq_decoder_clip(j->decoder);
	double limit = vq_config_real(j->cli.config, VQ_CFG_VIDEO_MAX_DURATION);
	double duration = c->duration_sec > 0 ? fmin(c->duration_sec, limit) : limit;
	struct vq_rate native = c->average_rate.num > 0 ? c->average_rate : c->rate;
	struct vq_stream s = {.src_width = c->width, .src_height = c->height, .rate = c->rate};
	enum vq_code code;

	if ((code = want_picture(j, o->fit, &o->picture, err)) != VQ_OK)
		return code;
	s.width = j->pictures[o->picture].frame.width;
	s.height = j->pictures[o->picture].frame.height;
	if (o->sampled) {
		vq_sampler_init(&o->sampler, o->fps, o->samples, duration,
			(double)native.num / (double)native.den);
		s.rate = sampled_rate(&o->sampler, c->rate);
	}
	code = vq_y4m_write_header(o->fd, &s, err);
	if (code != VQ_OK)
		j->unwritten = o;
	return code;
}

static enum vq_code make_picture(struct job *j, size_t index, struct vq_err *err)
{
	struct picture *p = &j->pictures[index];
	enum vq_code code = VQ_OK;

	if (!p->ready)
		code = vq_decoder_picture(j->decoder, &p->frame, err);
	p->ready = code == VQ_OK;
	return code;
}

/* Whether the frame on show is a new picture. */
static enum vq_code look_for_repeat(struct job *j, bool *new_picture, struct vq_err *err)
{
	enum vq_code code = make_picture(j, j->probe, err);
	struct vq_frame *f = &j->pictures[j->probe].frame;

	if (code != VQ_OK)
		return code;
	*new_picture = j->distinct == 0 || !vq_frame_repeats(&j->last, f);
	if (*new_picture) {
		vq_frame_copy(&j->last, f);
		j->distinct++;
	}
	return VQ_OK;
}

static enum vq_code show(struct job *j, int64_t time_us, struct vq_err *err)
{
	bool new_picture = true;
	enum vq_code code;

	for (size_t i = 0; i < j->picture_count; i++)
		j->pictures[i].ready = false;
	if (j->sampled && (code = look_for_repeat(j, &new_picture, err)) != VQ_OK)
		return code;
	for (struct output *o = j->outputs; o < j->outputs + j->output_count; o++) {
		if (o->sampled && !vq_sampler_take(&o->sampler, (double)time_us / 1e6, new_picture))
			continue;
		if ((code = make_picture(j, o->picture, err)) != VQ_OK)
			return code;
		code = vq_y4m_write(o->fd, &j->pictures[o->picture].frame, err);
		if (code != VQ_OK) {
			j->unwritten = o;
			return code;
		}
	}
	return VQ_OK;
}

static enum vq_code stream(struct job *j, int fd, struct vq_err *err)
{
	struct vq_decode_limits limits = {
		.max_duration_sec = vq_config_real(j->cli.config, VQ_CFG_VIDEO_MAX_DURATION),
		.max_pixels = vq_config_int(j->cli.config, VQ_CFG_VIDEO_MAX_PIXELS),
		.threads = j->threads,
	};
	enum vq_code code = vq_decoder_open(&j->decoder, fd, &limits, err);
	bool started = false;
	int64_t time_us;
	long number;

	while (code == VQ_OK) {
		code = vq_decoder_next(j->decoder, &number, &time_us, err);
		if (code != VQ_OK)
			break;
		if (!started) {
			for (size_t i = 0; i < j->output_count && code == VQ_OK; i++)
				code = start_output(j, &j->outputs[i], err);
			if (code == VQ_OK && j->sampled)
				code = want_picture(
					j, (struct vq_fit){PROBE_HEIGHT, 0}, &j->probe, err);
			if (code == VQ_OK && j->sampled)
				code = vq_frame_init(&j->last, j->pictures[j->probe].frame.width,
					j->pictures[j->probe].frame.height, err);
			started = true;
		}
		if (code == VQ_OK)
			code = show(j, time_us, err);
	}
	return code == VQ_END ? VQ_OK : code;
}

/* Close what was opened; a failed close is a failed write. */
static int close_outputs(struct job *j, int status)
{
	struct vq_err err;

	for (size_t i = 0; i < j->output_count; i++) {
		struct output *o = &j->outputs[i];

		if (o->fd > STDERR_FILENO && close(o->fd) != 0 && status == EX_OK) {
			vq_fail(&err, VQ_EIO, "close: ");
			status = cli_fail(&j->cli, o->dest, &err);
		}
		free(o->dest);
	}
	return status;
}

static int run(struct job *j)
{
	const char *name = j->clip == NULL ? "stdin" : j->clip;
	double limit = vq_config_real(j->cli.config, VQ_CFG_VIDEO_MAX_DURATION);
	const struct vq_clip *c;
	char line[8][120];
	struct vq_err err;
	size_t n;
	int fd, status;

	fd = cli_open(j->clip, &err);
	if (fd < 0)
		return cli_fail(&j->cli, name, &err);
	status = open_outputs(j);
	if (status == EX_OK && stream(j, fd, &err) != VQ_OK)
		status = cli_fail(&j->cli, j->unwritten ? output_name(j->unwritten) : name, &err);
	if (status == EX_OK) {
		c = vq_decoder_clip(j->decoder);
		n = warnings(c, limit, line);
		for (size_t i = 0; i < n; i++)
			cli_warn(&j->cli, "%s: %s", name, line[i]);
		if (j->info != NULL && write_info(j, c, &err) != VQ_OK)
			status = cli_fail(&j->cli, j->info, &err);
	}
	vq_decoder_free(&j->decoder);
	if (fd != STDIN_FILENO)
		close(fd);
	return status;
}

int main(int argc, char **argv)
{
	static struct job j;
	int status;

	cli_init(&j.cli, "vidqc-frames", usage);
	parse(&j, argc, argv);
	status = close_outputs(&j, run(&j));
	for (size_t i = 0; i < j.picture_count; i++)
		vq_frame_clear(&j.pictures[i].frame);
	vq_frame_clear(&j.last);
	return cli_close(&j.cli, status);
}
