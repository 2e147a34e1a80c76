/* vidqc-train: labelled feature records -> a model, its manifest and a report. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "../lib/dataset.h"
#include "../lib/extract.h"
#include "../lib/featstream.h"
#include "../lib/record.h"
#include "../lib/trainreport.h"
#include "cli.h"

static const char usage[] =
	"usage: vidqc-train --labels FILE --output-dir DIR [options] [feature-records...]\n"
	"Train a model on labelled feature records (standard input when none or - is given)\n"
	"and write model.json, manifest.json and report.txt.\n"
	"\n"
	"  --labels FILE     labels.csv: clip_id,path,artifact,artifact_category,source,...\n"
	"  --features FILE   feature records; the same as an operand, may be repeated\n"
	"  --output-dir DIR  where the results go; made when missing\n"
	"  --folds N         folds of the validation, 2 to 50 (default 5)\n"
	"  --seed N          seed of the folds (default 42)\n"
	"  --repeats N       validations, each with other folds, 1 to 100 (default 5)\n"
	"  --oof FILE        write each clip's out-of-fold judgement as records (-: stdout)\n"
	"  --list            print the labelled clips as records and train nothing\n"
	"  --allow-missing   leave out labelled clips that have no features\n"
	"  --config FILE     merge a JSON configuration\n"
	"  --set KEY=VALUE   set one configuration key (model.binary_threshold=0.5)\n"
	"  -h, --help        print this text\n"
	"  --version         print the version\n";

enum {
	OPT_LABELS = CLI_OWN,
	OPT_FEATURES,
	OPT_OUTPUT,
	OPT_FOLDS,
	OPT_SEED,
	OPT_REPEATS,
	OPT_OOF,
	OPT_MISSING,
	OPT_LIST
};

static const struct option options[] = {
	CLI_OPTIONS,
	{"labels", required_argument, NULL, OPT_LABELS},
	{"features", required_argument, NULL, OPT_FEATURES},
	{"output-dir", required_argument, NULL, OPT_OUTPUT},
	{"folds", required_argument, NULL, OPT_FOLDS},
	{"seed", required_argument, NULL, OPT_SEED},
	{"repeats", required_argument, NULL, OPT_REPEATS},
	{"oof", required_argument, NULL, OPT_OOF},
	{"allow-missing", no_argument, NULL, OPT_MISSING},
	{"list", no_argument, NULL, OPT_LIST},
	{0},
};

struct job {
	struct cli cli;
	const char *labels_path, *dir, *oof;
	const char **features;
	size_t features_count;
	bool allow_missing, list;
	struct vq_train_options train;
	struct vq_labels *labels;
	struct vq_dataset *data;
	struct vq_training *result;
};

static enum vq_code read_features(struct job *job, int fd, struct vq_err *err)
{
	struct vq_featstream *in = NULL;
	enum vq_code code = vq_featstream_new(&in, fd, err);
	json_t *rec;

	while (code == VQ_OK && (code = vq_featstream_next(in, &rec, err)) == VQ_OK) {
		code = vq_dataset_add(job->data, rec, err);
		if (code != VQ_OK)
			vq_fail_at(err, "line %ld", vq_featstream_line(in));
		json_decref(rec);
	}
	vq_featstream_free(&in);
	return code == VQ_END ? VQ_OK : code;
}

static int read_file(struct job *job, const char *path)
{
	struct vq_err err;
	enum vq_code code;
	int fd = cli_open(path, &err);

	if (fd < 0)
		return cli_fail(&job->cli, path, &err);
	code = read_features(job, fd, &err);
	if (fd != STDIN_FILENO)
		close(fd);
	if (code != VQ_OK)
		return cli_fail(&job->cli, strcmp(path, "-") == 0 ? "stdin" : path, &err);
	return EX_OK;
}

/* Results appear whole: written beside their place, then renamed. */
static enum vq_code open_result(
	const struct job *job, const char *name, char temp[PATH_MAX], FILE **f, struct vq_err *err)
{
	int n = snprintf(temp, PATH_MAX, "%s/.%s.part", job->dir, name);

	*f = n > 0 && n < PATH_MAX ? fopen(temp, "we") : NULL;
	return *f != NULL ? VQ_OK : vq_fail(err, VQ_EIO, "%s/%s: open: ", job->dir, name);
}

static enum vq_code close_result(const struct job *job, const char *name, const char *temp, FILE *f,
	enum vq_code code, struct vq_err *err)
{
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/%s", job->dir, name);
	if (code == VQ_OK && (fflush(f) != 0 || ferror(f)))
		code = vq_fail(err, VQ_EIO, "%s: write: ", path);
	if (fclose(f) != 0 && code == VQ_OK)
		code = vq_fail(err, VQ_EIO, "%s: write: ", path);
	if (code == VQ_OK && rename(temp, path) != 0)
		code = vq_fail(err, VQ_EIO, "%s: rename: ", path);
	if (code != VQ_OK)
		unlink(temp);
	return code;
}

static enum vq_code write_text(
	const struct job *job, const char *name, const char *text, struct vq_err *err)
{
	char temp[PATH_MAX];
	FILE *f;
	enum vq_code code = open_result(job, name, temp, &f, err);

	if (code != VQ_OK)
		return code;
	if (fputs(text, f) == EOF || fputc('\n', f) == EOF)
		code = vq_fail(err, VQ_EIO, "%s: write: ", name);
	return close_result(job, name, temp, f, code, err);
}

static enum vq_code write_report(const struct job *job, const json_t *manifest, struct vq_err *err)
{
	char temp[PATH_MAX];
	FILE *f;
	enum vq_code code = open_result(job, "report.txt", temp, &f, err);

	if (code != VQ_OK)
		return code;
	code = vq_train_report(f, manifest, err);
	return close_result(job, "report.txt", temp, f, code, err);
}

/* Model, manifest, report, in this order: a manifest never names a model that is
 * not there. */
static enum vq_code write_results(const struct job *job, struct vq_err *err)
{
	json_t *model = NULL, *manifest = NULL;
	char *text = NULL, *file = NULL, hash[VQ_SHA256_HEX];
	enum vq_code code;

	if ((code = vq_train_model(job->result, job->data, &model, err)) != VQ_OK)
		goto done;
	text = json_dumps(model, JSON_COMPACT | JSON_REAL_PRECISION(9));
	if (text == NULL || asprintf(&file, "%s\n", text) < 0) {
		file = NULL;
		code = vq_nomem(err);
		goto done;
	}
	if ((code = vq_sha256(file, strlen(file), hash, err)) != VQ_OK ||
		(code = vq_train_manifest(job->result, job->data, &job->train,
			 json_string_value(json_object_get(model, "version")), hash, &manifest,
			 err)) != VQ_OK ||
		(code = write_text(job, "model.json", text, err)) != VQ_OK)
		goto done;
	free(text);
	text = json_dumps(manifest, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	if (text == NULL)
		code = vq_nomem(err);
	else if ((code = write_text(job, "manifest.json", text, err)) == VQ_OK)
		code = write_report(job, manifest, err);
done:
	free(text);
	free(file);
	json_decref(model);
	json_decref(manifest);
	return code;
}

static enum vq_code write_oof(const struct job *job, struct vq_err *err)
{
	bool to_stdout = strcmp(job->oof, "-") == 0;
	FILE *f = to_stdout ? stdout : fopen(job->oof, "we");
	enum vq_code code;

	if (f == NULL)
		return vq_fail(err, VQ_EIO, "%s: open: ", job->oof);
	code = vq_train_oof(f, job->result, job->data, &job->train, err);
	if (!to_stdout && fclose(f) != 0 && code == VQ_OK)
		code = vq_fail(err, VQ_EIO, "%s: write: ", job->oof);
	return code;
}

/* For whoever has to make the features of all clips first. */
static int list_labels(struct job *job)
{
	struct vq_err err;
	enum vq_code code = VQ_OK;

	if (vq_labels_load(&job->labels, job->labels_path, &err) != VQ_OK)
		return cli_fail(&job->cli, job->labels_path, &err);
	for (size_t i = 0; i < job->labels->count && code == VQ_OK; i++) {
		const struct vq_label *l = &job->labels->list[i];

		code = vq_record_write(stdout,
			json_pack("{s:s, s:s, s:s, s:s, s:b}", "type", "label", "clip_id",
				l->clip_id, "path", l->path, "artifact_category",
				vq_class_name(l->category), "disputed", l->disputed),
			&err);
	}
	return code == VQ_OK ? EX_OK : cli_fail(&job->cli, "stdout", &err);
}

static int run(struct job *job)
{
	struct vq_err err;
	enum vq_code code;
	int status = EX_OK;

	if (vq_labels_load(&job->labels, job->labels_path, &err) != VQ_OK)
		return cli_fail(&job->cli, job->labels_path, &err);
	if ((code = vq_dataset_new(&job->data, job->labels, &err)) != VQ_OK)
		return cli_fail(&job->cli, NULL, &err);
	for (size_t i = 0; i < job->features_count && status == EX_OK; i++)
		status = read_file(job, job->features[i]);
	if (status != EX_OK)
		return status;
	if ((code = vq_dataset_finish(job->data, job->allow_missing, &err)) != VQ_OK)
		return cli_fail(&job->cli, job->labels_path, &err);
	if (strcmp(job->data->manifest, vq_manifest_version(job->train.manifest)) != 0)
		cli_warn(&job->cli,
			"the records have other features than this version's vidqc-features");
	if (job->data->missing > 0)
		cli_warn(&job->cli, "%zu labelled clips have no features", job->data->missing);
	if (mkdir(job->dir, 0777) != 0 && errno != EEXIST) {
		vq_fail(&err, VQ_EIO, "mkdir: ");
		return cli_fail(&job->cli, job->dir, &err);
	}
	if ((code = vq_train(&job->result, job->data, &job->train, &err)) == VQ_OK &&
		(code = write_results(job, &err)) == VQ_OK && job->oof != NULL)
		code = write_oof(job, &err);
	return code == VQ_OK ? EX_OK : cli_fail(&job->cli, NULL, &err);
}

static void parse(struct job *job, int argc, char **argv)
{
	int opt;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1)
		switch (opt) {
		case OPT_LABELS:
			job->labels_path = optarg;
			break;
		case OPT_FEATURES:
			job->features[job->features_count++] = optarg;
			break;
		case OPT_OUTPUT:
			job->dir = optarg;
			break;
		case OPT_FOLDS:
			job->train.folds =
				(int)cli_long(&job->cli, "--folds", optarg, 2, VQ_MAX_FOLDS);
			break;
		case OPT_SEED:
			job->train.seed =
				(uint64_t)cli_long(&job->cli, "--seed", optarg, 0, INT_MAX);
			break;
		case OPT_REPEATS:
			job->train.repeats = (int)cli_long(&job->cli, "--repeats", optarg, 1, 100);
			break;
		case OPT_OOF:
			job->oof = optarg;
			break;
		case OPT_LIST:
			job->list = true;
			break;
		case OPT_MISSING:
			job->allow_missing = true;
			break;
		default:
			cli_option(&job->cli, opt);
		}
	for (; optind < argc; optind++)
		job->features[job->features_count++] = argv[optind];
	if (job->features_count == 0)
		job->features[job->features_count++] = "-";
	if (job->labels_path == NULL)
		cli_usage(&job->cli, "--labels is missing");
	if (job->dir == NULL && !job->list)
		cli_usage(&job->cli, "--output-dir is missing");
}

int main(int argc, char **argv)
{
	struct job job = {.train = {.folds = 5, .repeats = 5, .seed = 42}};
	struct vq_manifest *manifest = NULL;
	struct vq_err err;
	int status;

	cli_init(&job.cli, "vidqc-train", usage);
	job.features = calloc((size_t)argc + 1, sizeof *job.features);
	if (job.features == NULL) {
		vq_nomem(&err);
		return cli_close(&job.cli, cli_fail(&job.cli, NULL, &err));
	}
	parse(&job, argc, argv);
	job.train.threshold = vq_config_real(job.cli.config, VQ_CFG_MODEL_THRESHOLD);
	if (vq_extract_manifest(&manifest, &err) != VQ_OK)
		return cli_close(&job.cli, cli_fail(&job.cli, NULL, &err));
	job.train.manifest = manifest;
	status = job.list ? list_labels(&job) : run(&job);
	vq_manifest_free(&manifest);
	vq_training_free(&job.result);
	vq_dataset_free(&job.data);
	vq_labels_free(&job.labels);
	free(job.features);
	return cli_close(&job.cli, status);
}
