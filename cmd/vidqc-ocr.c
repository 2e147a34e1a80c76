/* vidqc-ocr: frame stream in, text records out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "../lib/record.h"
#include "../lib/textscan.h"
#include "../lib/y4m.h"
#include "cli.h"

static const char usage[] =
	"usage: vidqc-ocr [-j threads] [-l language] [--max-regions n] [file.y4m]\n"
	"Find, follow and read the text in a YUV4MPEG2 stream; writes text records\n"
	"(man vidqc-streams).  No file, or -: standard input.\n"
	"  -j, --jobs=N         threads (1 to 64; default: one a core); the records do\n"
	"                       not depend on it\n"
	"  -l, --language=LANG  Tesseract languages, joined by + (text.language)\n"
	"      --max-regions=N  text regions kept in one frame (text.max_regions)\n"
	"      --config=FILE    read a configuration\n"
	"      --set=KEY=VALUE  set one key\n"
	"  -h, --help           print this\n"
	"      --version        print the version\n";

enum { OPT_MAX_REGIONS = CLI_OWN };

static enum vq_code emit(void *context, json_t *record, struct vq_err *err)
{
	return vq_record_write(context, record, err);
}

/* Set a key from an option; a bad value ends the program. */
static void set_key(struct cli *c, const char *option, const char *key, const char *value)
{
	char assignment[512];
	struct vq_err err;

	if (snprintf(assignment, sizeof assignment, "%s=%s", key, value) >= (int)sizeof assignment)
		cli_usage(c, "%s: too long", option);
	if (vq_config_set(c->config, assignment, &err) != VQ_OK)
		exit(cli_fail(c, option, &err));
}

static enum vq_code scan(struct vq_y4m_reader *in, struct vq_textscan *s, struct vq_err *err)
{
	enum vq_code code = vq_textscan_begin(s, "vidqc-ocr", VQ_VERSION, err);

	while (code == VQ_OK) {
		code = vq_y4m_read(in, vq_textscan_frame(s), err);
		if (code == VQ_OK)
			code = vq_textscan_add(s, err);
	}
	return code == VQ_END ? vq_textscan_finish(s, err) : code;
}

static int run(const struct cli *c, int fd, const char *name, int threads)
{
	struct vq_y4m_reader *in = NULL;
	struct vq_textscan *s = NULL;
	struct vq_stream stream;
	struct vq_err err;
	enum vq_code code = vq_y4m_reader_new(&in, fd, &err);

	if (code == VQ_OK)
		code = vq_y4m_read_header(in, &stream, &err);
	if (code == VQ_OK) {
		name = name == NULL ? "stdin" : name;
		code = vq_textscan_new(&s, &stream, c->config, threads, emit, stdout, &err);
	}
	if (code == VQ_OK)
		code = scan(in, s, &err);
	vq_textscan_free(&s);
	vq_y4m_reader_free(&in);
	return code == VQ_OK ? EX_OK : cli_fail(c, name == NULL ? "stdin" : name, &err);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {CLI_OPTIONS, {"jobs", required_argument, NULL, 'j'},
		{"language", required_argument, NULL, 'l'},
		{"max-regions", required_argument, NULL, OPT_MAX_REGIONS}, {NULL, 0, NULL, 0}};
	long threads = sysconf(_SC_NPROCESSORS_ONLN);
	const char *path;
	struct vq_err err;
	struct cli cli;
	int opt, fd;

	cli_init(&cli, "vidqc-ocr", usage);
	threads = threads < 1 ? 1 : threads > 64 ? 64 : threads;
	while ((opt = getopt_long(argc, argv, "hj:l:", options, NULL)) != -1)
		switch (opt) {
		case 'j':
			threads = cli_long(&cli, "--jobs", optarg, 1, 64);
			break;
		case 'l':
			set_key(&cli, "--language", "text.language", optarg);
			break;
		case OPT_MAX_REGIONS:
			set_key(&cli, "--max-regions", "text.max_regions", optarg);
			break;
		default:
			cli_option(&cli, opt);
		}
	if (optind + 1 < argc)
		cli_usage(&cli, "one file at most");
	path = argv[optind];
	fd = cli_open(path, &err);
	if (fd < 0)
		return cli_close(&cli, cli_fail(&cli, path, &err));
	return cli_close(&cli,
		run(&cli, fd, path == NULL || strcmp(path, "-") == 0 ? NULL : path, (int)threads));
}
