/* vidqc-features: frame stream + text records -> one feature record. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "../lib/extract.h"
#include "../lib/manifest.h"
#include "../lib/record.h"
#include "cli.h"

static const char usage[] =
	"usage: vidqc-features [options] [frames.y4m | -]\n"
	"Measure flicker in every frame of a frame stream and text changes in the text\n"
	"records that belong to it, and write one feature record.\n"
	"\n"
	"  --ocr FILE      text records of the same clip (a fifo works)\n"
	"  --info FILE     the info record of vidqc-frames, read after the last frame\n"
	"  --clip-id ID    name of the clip in the record (default: from --info, or stdin)\n"
	"  --series FILE   write the measures of every frame as records\n"
	"  --manifest      print the feature manifest as one record and exit\n"
	"  --config FILE   merge a JSON configuration\n"
	"  --set KEY=VALUE set one configuration key\n"
	"  -h, --help      print this text\n"
	"  --version       print the version\n";

enum { OPT_OCR = CLI_OWN, OPT_INFO, OPT_CLIP_ID, OPT_SERIES, OPT_MANIFEST };

static const struct option options[] = {
	CLI_OPTIONS,
	{"ocr", required_argument, NULL, OPT_OCR},
	{"info", required_argument, NULL, OPT_INFO},
	{"clip-id", required_argument, NULL, OPT_CLIP_ID},
	{"series", required_argument, NULL, OPT_SERIES},
	{"manifest", no_argument, NULL, OPT_MANIFEST},
	{0},
};

struct job {
	const char *frames, *ocr, *info, *clip_id, *series;
};

static enum vq_code read_info(const char *path, json_t **info, struct vq_err *err)
{
	struct vq_record_reader *r = NULL;
	enum vq_code code;
	int fd = cli_open(path, err);

	if (fd < 0)
		return vq_fail_at(err, "%s", path);
	code = vq_record_reader_new(&r, fd, err);
	if (code == VQ_OK)
		code = vq_record_read(r, info, err);
	if (code == VQ_END)
		code = vq_fail(err, VQ_EDATA, "empty, expected an info record");
	else if (code == VQ_OK && !vq_record_is(*info, "info"))
		code = vq_fail(err, VQ_EDATA, "no info record");
	if (code != VQ_OK)
		vq_fail_at(err, "%s", path);
	vq_record_reader_free(&r);
	close(fd);
	return code;
}

static enum vq_code write_records(json_t *record, struct vq_err *err)
{
	enum vq_code code = vq_record_write(stdout,
		json_pack("{s:s, s:s, s:s}", "type", "header", "program", "vidqc-features",
			"version", VQ_VERSION),
		err);

	if (code == VQ_OK)
		code = vq_record_write(stdout, json_incref(record), err);
	if (code == VQ_OK)
		code = vq_record_write(
			stdout, json_pack("{s:s, s:i}", "type", "end", "records", 1), err);
	return code;
}

static enum vq_code extract(const struct cli *cli, const struct job *job, int frame_fd, int ocr_fd,
	FILE *series, struct vq_err *err)
{
	const char *name =
		job->frames == NULL || strcmp(job->frames, "-") == 0 ? "stdin" : job->frames;
	struct vq_extract *x = NULL;
	struct vq_pump_sink sink;
	json_t *info = NULL, *record = NULL;
	enum vq_code code = vq_extract_new(&x, cli->config, ocr_fd >= 0, series, err);

	if (code != VQ_OK)
		return code;
	sink = vq_extract_sink(x);
	code = vq_pump(frame_fd, name, ocr_fd, job->ocr, &sink, err);
	if (code == VQ_OK && job->info != NULL)
		code = read_info(job->info, &info, err);
	if (code == VQ_OK &&
		(code = vq_extract_finish(x, job->clip_id, info, &record, err)) != VQ_OK)
		vq_fail_at(err, "%s", name);
	if (code == VQ_OK)
		code = write_records(record, err);
	json_decref(record);
	json_decref(info);
	vq_extract_free(&x);
	return code;
}

static int run(const struct cli *cli, const struct job *job)
{
	struct vq_err err;
	FILE *series = NULL;
	enum vq_code code;
	int frame_fd, ocr_fd = -1;

	if (job->ocr != NULL && (ocr_fd = cli_open(job->ocr, &err)) < 0)
		return cli_fail(cli, job->ocr, &err);
	if ((frame_fd = cli_open(job->frames, &err)) < 0)
		return cli_fail(cli, job->frames, &err);
	if (job->series != NULL && (series = fopen(job->series, "w")) == NULL) {
		vq_fail(&err, VQ_EIO, "open: ");
		return cli_fail(cli, job->series, &err);
	}
	code = extract(cli, job, frame_fd, ocr_fd, series, &err);
	if (series != NULL && fclose(series) != 0 && code == VQ_OK) {
		code = vq_fail(&err, VQ_EIO, "write: ");
		vq_fail_at(&err, "%s", job->series);
	}
	if (ocr_fd > STDIN_FILENO)
		close(ocr_fd);
	if (frame_fd > STDIN_FILENO)
		close(frame_fd);
	return code == VQ_OK ? EX_OK : cli_fail(cli, NULL, &err);
}

static int print_manifest(const struct cli *cli)
{
	struct vq_manifest *m = NULL;
	struct vq_err err;
	enum vq_code code = vq_extract_manifest(&m, &err);

	if (code == VQ_OK)
		code = vq_record_write(stdout, vq_manifest_json(m), &err);
	vq_manifest_free(&m);
	return code == VQ_OK ? EX_OK : cli_fail(cli, "stdout", &err);
}

int main(int argc, char **argv)
{
	struct cli cli;
	struct job job = {0};
	int opt;

	cli_init(&cli, "vidqc-features", usage);
	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1)
		switch (opt) {
		case OPT_OCR:
			job.ocr = optarg;
			break;
		case OPT_INFO:
			job.info = optarg;
			break;
		case OPT_CLIP_ID:
			job.clip_id = optarg;
			break;
		case OPT_SERIES:
			job.series = optarg;
			break;
		case OPT_MANIFEST:
			return cli_close(&cli, print_manifest(&cli));
		default:
			cli_option(&cli, opt);
		}
	if (argc - optind > 1)
		cli_usage(&cli, "%d operands, expected one frame stream", argc - optind);
	job.frames = argv[optind];
	if (job.ocr != NULL && strcmp(job.ocr, "-") == 0 &&
		(job.frames == NULL || strcmp(job.frames, "-") == 0))
		cli_usage(&cli, "standard input cannot be both frames and --ocr");
	return cli_close(&cli, run(&cli, &job));
}
