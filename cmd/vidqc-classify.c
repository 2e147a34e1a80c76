/* vidqc-classify: feature records -> predictions. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "../lib/extract.h"
#include "../lib/featstream.h"
#include "../lib/gate.h"
#include "../lib/num.h"
#include "../lib/record.h"
#include "../lib/verdict.h"
#include "cli.h"

static const char usage[] =
	"usage: vidqc-classify [options] [feature-records...]\n"
	"Judge each clip of feature records (standard input when none or - is given) and\n"
	"write one prediction a line.\n"
	"\n"
	"  --model FILE    the model: a vidqc-train bundle or an XGBoost JSON model\n"
	"                  (default: $VIDQC_MODEL, else ../share/vidqc/model.json beside\n"
	"                  the program's folder)\n"
	"  --gate          exit 1 when a clip is flagged\n"
	"  --fail-on LIST  the defects that count for that: text, flicker or text,flicker\n"
	"                  (default: both)\n"
	"  --min-confidence X\n"
	"                  and only with at least this confidence, 0 to 1\n"
	"  --config FILE   merge a JSON configuration\n"
	"  --set KEY=VALUE set one configuration key (model.binary_threshold=0.5)\n"
	"  -h, --help      print this text\n"
	"  --version       print the version\n";

enum { OPT_MODEL = CLI_OWN, OPT_GATE, OPT_FAIL_ON, OPT_MIN_CONFIDENCE };

static const struct option options[] = {
	CLI_OPTIONS,
	{"model", required_argument, NULL, OPT_MODEL},
	{"gate", no_argument, NULL, OPT_GATE},
	{"fail-on", required_argument, NULL, OPT_FAIL_ON},
	{"min-confidence", required_argument, NULL, OPT_MIN_CONFIDENCE},
	{0},
};

struct job {
	struct cli cli;
	struct vq_model *model;
	struct vq_verdict_options verdict;
	bool gated; /* --gate, or an option that only makes sense with it */
	struct vq_gate gate;
	bool any_stopped;
};

/* share/vidqc/model.json of the tree in which this program's bin/ lies. */
static const char *default_model(char *path, size_t size)
{
	const char *env = getenv("VIDQC_MODEL");
	static const char tail[] = "share/vidqc/model.json";
	ssize_t n;

	if (env != NULL && *env != '\0')
		return env;
	n = readlink("/proc/self/exe", path, size - sizeof tail);
	path[n > 0 ? n : 0] = '\0';
	for (int up = 0; up < 2; up++) {
		char *slash = strrchr(path, '/');

		if (slash != NULL)
			*slash = '\0';
	}
	strcat(path, "/");
	strcat(path, tail);
	return path;
}

/* A gate that stops says where: the predictions may go into a file. */
static void tell_stop(const json_t *prediction)
{
	struct vq_err said; /* a message without control characters, whatever the name */

	vq_fail(&said, VQ_EDATA, "gate: %s: %s, confidence %.2f",
		json_string_value(json_object_get(prediction, "clip_id")),
		json_string_value(json_object_get(prediction, "artifact_category")),
		json_number_value(json_object_get(prediction, "confidence")));
	fprintf(stderr, "vidqc-classify: %s\n", said.msg);
}

static enum vq_code classify(struct job *job, int fd, struct vq_err *err)
{
	struct vq_featstream *in = NULL;
	enum vq_code code = vq_featstream_new(&in, fd, err);
	json_t *rec, *prediction;
	bool flagged;

	while (code == VQ_OK && (code = vq_featstream_next(in, &rec, err)) == VQ_OK) {
		code = vq_verdict(rec, job->model, &job->verdict, &prediction, &flagged, err);
		if (code != VQ_OK)
			vq_fail_at(err, "line %ld", vq_featstream_line(in));
		json_decref(rec);
		if (code != VQ_OK)
			break;
		if (job->gated && vq_gate_stops(&job->gate, prediction)) {
			job->any_stopped = true;
			tell_stop(prediction);
		}
		code = vq_record_write(stdout, prediction, err);
		/* A reader of the pipe gets each verdict when it is made. */
		if (code == VQ_OK && fflush(stdout) != 0)
			code = vq_fail(err, VQ_EIO, "write: ");
	}
	vq_featstream_free(&in);
	return code == VQ_END ? VQ_OK : code;
}

static int classify_file(struct job *job, const char *path)
{
	const char *name = strcmp(path, "-") == 0 ? "stdin" : path;
	struct vq_err err;
	enum vq_code code;
	int fd = cli_open(path, &err);

	if (fd < 0)
		return cli_fail(&job->cli, name, &err);
	code = classify(job, fd, &err);
	if (fd != STDIN_FILENO)
		close(fd);
	if (code == VQ_EIO && ferror(stdout))
		name = "stdout";
	return code == VQ_OK ? EX_OK : cli_fail(&job->cli, name, &err);
}

/* Read the options into job and path. */
static void read_options(struct job *job, int argc, char **argv, const char **path)
{
	struct vq_err err;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1)
		switch (opt) {
		case OPT_MODEL:
			*path = optarg;
			break;
		case OPT_GATE:
			job->gated = true;
			break;
		case OPT_FAIL_ON:
			job->gated = true;
			if (vq_gate_fail_on(&job->gate, optarg, &err) != VQ_OK)
				exit(cli_fail(&job->cli, "--fail-on", &err));
			break;
		case OPT_MIN_CONFIDENCE:
			job->gated = true;
			if (!vq_num_real(optarg, 0, 1, &job->gate.min_confidence))
				cli_usage(&job->cli,
					"--min-confidence %s: expected a number from 0 to 1",
					optarg);
			break;
		default:
			cli_option(&job->cli, opt);
		}
}

int main(int argc, char **argv)
{
	struct job job = {.verdict = {.version = VQ_VERSION}};
	struct vq_manifest *manifest = NULL;
	const char *path = NULL;
	char buf[PATH_MAX];
	struct vq_err err;
	int status = EX_OK;

	cli_init(&job.cli, "vidqc-classify", usage);
	vq_gate_init(&job.gate);
	read_options(&job, argc, argv, &path);
	job.verdict.threshold = vq_config_real(job.cli.config, VQ_CFG_MODEL_THRESHOLD);
	if (path == NULL)
		path = default_model(buf, sizeof buf);
	if (vq_extract_manifest(&manifest, &err) != VQ_OK)
		status = cli_fail(&job.cli, NULL, &err);
	else if (vq_model_load(&job.model, path, &err) != VQ_OK)
		status = cli_fail(&job.cli, path, &err);
	job.verdict.manifest = manifest;
	if (status == EX_OK && optind == argc)
		status = classify_file(&job, "-");
	for (; status == EX_OK && optind < argc; optind++)
		status = classify_file(&job, argv[optind]);
	vq_model_free(&job.model);
	vq_manifest_free(&manifest);
	if (status == EX_OK && job.any_stopped)
		status = 1;
	return cli_close(&job.cli, status);
}
