/* vidqc-eval: predictions and labels -> how good the model is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "../lib/evaluate.h"
#include "../lib/record.h"
#include "cli.h"

static const char usage[] =
	"usage: vidqc-eval --labels FILE [options] [predictions...]\n"
	"Score predictions (standard input when none or - is given) against labels of clips\n"
	"that the model has not seen.\n"
	"\n"
	"  --labels FILE     labels.csv: clip_id,path,artifact,artifact_category,source,...\n"
	"  --manifest FILE   the model's manifest; a model that was trained on these labels is\n"
	"                    refused\n"
	"  --json            write one record instead of a text\n"
	"  --gate            exit 1 when a release gate fails\n"
	"  --allow-missing   leave out labelled clips that have no prediction\n"
	"  --config FILE     merge a JSON configuration\n"
	"  --set KEY=VALUE   set one configuration key (model.binary_threshold=0.5)\n"
	"  -h, --help        print this text\n"
	"  --version         print the version\n";

enum { OPT_LABELS = CLI_OWN, OPT_MANIFEST, OPT_JSON, OPT_GATE, OPT_MISSING };

static const struct option options[] = {
	CLI_OPTIONS,
	{"labels", required_argument, NULL, OPT_LABELS},
	{"manifest", required_argument, NULL, OPT_MANIFEST},
	{"json", no_argument, NULL, OPT_JSON},
	{"gate", no_argument, NULL, OPT_GATE},
	{"allow-missing", no_argument, NULL, OPT_MISSING},
	{0},
};

struct job {
	struct cli cli;
	const char *labels_path, *manifest_path;
	bool json, gate, allow_missing;
	struct vq_labels *labels;
	struct vq_evaluation *eval;
	json_t *manifest, *result;
};

static enum vq_code read_predictions(struct job *job, int fd, struct vq_err *err)
{
	struct vq_record_reader *in = NULL;
	enum vq_code code = vq_record_reader_new(&in, fd, err);
	json_t *rec;

	while (code == VQ_OK && (code = vq_record_read(in, &rec, err)) == VQ_OK) {
		code = vq_evaluation_add(job->eval, rec, err);
		if (code != VQ_OK)
			vq_fail_at(err, "line %ld", vq_record_line(in));
		json_decref(rec);
	}
	vq_record_reader_free(&in);
	return code == VQ_END ? VQ_OK : code;
}

static int read_file(struct job *job, const char *path)
{
	struct vq_err err;
	enum vq_code code;
	int fd = cli_open(path, &err);

	if (fd < 0)
		return cli_fail(&job->cli, path, &err);
	code = read_predictions(job, fd, &err);
	if (fd != STDIN_FILENO)
		close(fd);
	if (code != VQ_OK)
		return cli_fail(&job->cli, strcmp(path, "-") == 0 ? "stdin" : path, &err);
	return EX_OK;
}

static enum vq_code load_manifest(struct job *job, struct vq_err *err)
{
	json_error_t je;
	FILE *f = fopen(job->manifest_path, "re");

	if (f == NULL)
		return vq_fail(err, VQ_ENOENT, "open: ");
	job->manifest = json_loadf(f, 0, &je);
	fclose(f);
	if (job->manifest == NULL)
		return vq_fail(err, VQ_EDATA, "line %d: %s", je.line, je.text);
	return vq_evaluation_check(job->eval, job->manifest, err);
}

static int finish(struct job *job)
{
	double threshold = vq_config_real(job->cli.config, VQ_CFG_MODEL_THRESHOLD);
	struct vq_err err;
	const json_t *pass;

	if (job->manifest_path != NULL && load_manifest(job, &err) != VQ_OK)
		return cli_fail(&job->cli, job->manifest_path, &err);
	if (vq_evaluation_trained(job->eval) > 0)
		cli_warn(&job->cli,
			"%zu of the %zu clips have names that the model was trained on: expect too "
			"good a score",
			vq_evaluation_trained(job->eval), job->labels->count);
	if (vq_evaluation_finish(job->eval, threshold, job->allow_missing, &job->result, &err) !=
		VQ_OK)
		return cli_fail(&job->cli, job->labels_path, &err);
	if (!job->json)
		vq_evaluation_print(stdout, job->result);
	else if (vq_record_write(stdout, json_incref(job->result), &err) != VQ_OK)
		return cli_fail(&job->cli, "stdout", &err);
	pass = json_object_get(json_object_get(job->result, "gate"), "pass");
	return job->gate && !json_is_true(pass) ? 1 : EX_OK;
}

static int run(struct job *job, int operands, char **operand)
{
	struct vq_err err;
	int status = EX_OK;

	if (vq_labels_load(&job->labels, job->labels_path, &err) != VQ_OK)
		return cli_fail(&job->cli, job->labels_path, &err);
	if (vq_evaluation_new(&job->eval, job->labels, &err) != VQ_OK)
		return cli_fail(&job->cli, NULL, &err);
	if (operands == 0)
		status = read_file(job, "-");
	for (int i = 0; i < operands && status == EX_OK; i++)
		status = read_file(job, operand[i]);
	return status == EX_OK ? finish(job) : status;
}

int main(int argc, char **argv)
{
	struct job job = {0};
	int opt, status;

	cli_init(&job.cli, "vidqc-eval", usage);
	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1)
		switch (opt) {
		case OPT_LABELS:
			job.labels_path = optarg;
			break;
		case OPT_MANIFEST:
			job.manifest_path = optarg;
			break;
		case OPT_JSON:
			job.json = true;
			break;
		case OPT_GATE:
			job.gate = true;
			break;
		case OPT_MISSING:
			job.allow_missing = true;
			break;
		default:
			cli_option(&job.cli, opt);
		}
	if (job.labels_path == NULL)
		cli_usage(&job.cli, "--labels is missing");
	status = run(&job, argc - optind, argv + optind);
	json_decref(job.manifest);
	json_decref(job.result);
	vq_evaluation_free(&job.eval);
	vq_labels_free(&job.labels);
	return cli_close(&job.cli, status);
}
