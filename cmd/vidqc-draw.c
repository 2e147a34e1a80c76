/* vidqc-draw: a drawn scene as a frame stream. */
#include <math.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "../lib/drawscene.h"
#include "../lib/num.h"
#include "../lib/y4m.h"
#include "cli.h"

static const char usage[] =
	"usage: vidqc-draw [--scene NAME] [options] >frames.y4m\n"
	"       vidqc-draw --list\n"
	"Draw a moving scene without a defect, as a frame stream.\n"
	"\n"
	"  -s, --scene NAME    what; --list names them (default pan)\n"
	"      --seed N        another picture; same seed, same bytes (default 1)\n"
	"      --size WxH      pixels, even (default 640x360)\n"
	"      --rate N        frames a second (default 24)\n"
	"      --duration SEC  how long (default 2)\n"
	"      --list          print the scenes, one a line, and exit\n"
	"      --config FILE   merge a JSON configuration\n"
	"      --set KEY=VALUE set one configuration key\n"
	"  -h, --help          print this text\n"
	"      --version       print the version\n";

enum { OPT_SEED = CLI_OWN, OPT_SIZE, OPT_RATE, OPT_DURATION, OPT_LIST };

static const struct option options[] = {
	CLI_OPTIONS,
	{"scene", required_argument, NULL, 's'},
	{"seed", required_argument, NULL, OPT_SEED},
	{"size", required_argument, NULL, OPT_SIZE},
	{"rate", required_argument, NULL, OPT_RATE},
	{"duration", required_argument, NULL, OPT_DURATION},
	{"list", no_argument, NULL, OPT_LIST},
	{0},
};

struct job {
	const char *scene;
	uint64_t seed;
	int width, height;
	long rate;
	double duration;
};

static void take_size(const struct cli *c, const char *value, struct job *job)
{
	char rest;

	if (sscanf(value, "%dx%d%c", &job->width, &job->height, &rest) != 2 || job->width < 16 ||
		job->height < 16 || job->width > 4096 || job->height > 4096 || job->width % 2 ||
		job->height % 2)
		cli_usage(c, "--size %s: expected WxH, even, from 16 to 4096", value);
}

static int list(void)
{
	for (int i = 0; i < vq_drawscene_count(); i++)
		printf("%-7s %s\n", vq_drawscene_name(i), vq_drawscene_help(i));
	return EX_OK;
}

static enum vq_code draw(struct vq_drawscene *scene, const struct job *job, struct vq_err *err)
{
	struct vq_stream stream = {
		job->width, job->height, job->width, job->height, {job->rate, 1}};
	struct vq_frame frame = {0};
	long frames = lround(job->duration * (double)job->rate);
	enum vq_code code = vq_frame_init(&frame, job->width, job->height, err);

	if (code == VQ_OK)
		code = vq_y4m_write_header(STDOUT_FILENO, &stream, err);
	for (long n = 0; n < frames && code == VQ_OK; n++) {
		double time = (double)n / (double)job->rate;

		frame.number = n;
		frame.time_us = llround(time * 1e6);
		vq_drawscene_render(scene, time, &frame);
		code = vq_y4m_write(STDOUT_FILENO, &frame, err);
	}
	vq_frame_clear(&frame);
	return code;
}

static int run(const struct cli *c, const struct job *job)
{
	struct vq_drawscene *scene = NULL;
	struct vq_err err;
	enum vq_code code =
		vq_drawscene_new(&scene, job->scene, job->width, job->height, job->seed, &err);

	if (code == VQ_EUSAGE)
		cli_usage(c, "--scene: %s", err.msg);
	if (code == VQ_OK && (code = draw(scene, job, &err)) != VQ_OK)
		vq_fail_at(&err, "stdout");
	vq_drawscene_free(&scene);
	return code == VQ_OK ? EX_OK : cli_fail(c, NULL, &err);
}

static void take(struct cli *c, struct job *job, int opt)
{
	switch (opt) {
	case 's':
		job->scene = optarg;
		break;
	case OPT_SEED:
		job->seed = (uint64_t)cli_long(c, "--seed", optarg, 0, INT64_MAX);
		break;
	case OPT_SIZE:
		take_size(c, optarg, job);
		break;
	case OPT_RATE:
		job->rate = cli_long(c, "--rate", optarg, 1, 240);
		break;
	case OPT_DURATION:
		if (!vq_num_real(optarg, 0.05, 3600, &job->duration))
			cli_usage(c, "--duration %s: expected a number from 0.05 to 3600", optarg);
		break;
	default:
		cli_option(c, opt);
	}
}

int main(int argc, char **argv)
{
	struct cli cli;
	struct job job = {"pan", 1, 640, 360, 24, 2};
	int opt;

	cli_init(&cli, "vidqc-draw", usage);
	while ((opt = getopt_long(argc, argv, "hs:", options, NULL)) != -1) {
		if (opt == OPT_LIST)
			return cli_close(&cli, list());
		take(&cli, &job, opt);
	}
	if (argc != optind)
		cli_usage(&cli, "unexpected operand '%s'", argv[optind]);
	return cli_close(&cli, run(&cli, &job));
}
