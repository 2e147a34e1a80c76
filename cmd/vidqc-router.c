/* vidqc-router: events of API Gateway and S3 -> answers, jobs in the queue. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "../lib/lambda.h"
#include "../lib/line.h"
#include "../lib/record.h"
#include "../lib/router.h"
#include "cli.h"

#define MAX_EVENT (8u << 20) /* Lambda's limit is 6 MB */

static const char usage[] =
	"usage: vidqc-router [--lambda] <events >answers\n"
	"Answer events of API Gateway (POST /predict, GET /predict/{job_id}, POST /batch) and\n"
	"of S3 (an upload has arrived), one JSON object a line, one answer a line.\n"
	"\n"
	"      --lambda        take the events from AWS Lambda (AWS_LAMBDA_RUNTIME_API) and give\n"
	"                      it the answers; standard output is a log of metrics\n"
	"      --config FILE   merge a JSON configuration\n"
	"      --set KEY=VALUE set one configuration key\n"
	"  -h, --help          print this text\n"
	"      --version       print the version\n"
	"\n"
	"Environment: AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN,\n"
	"VIDQC_QUEUE_URL, VIDQC_CLIPS_BUCKET, VIDQC_RESULTS_TABLE, VIDQC_ALLOWED_BUCKETS,\n"
	"VIDQC_ALLOWED_ORIGINS, VIDQC_ENDPOINT_SQS, VIDQC_ENDPOINT_S3, VIDQC_ENDPOINT_DYNAMODB\n";

enum { OPT_LAMBDA = CLI_OWN };

static const struct option options[] = {
	CLI_OPTIONS,
	{"lambda", no_argument, NULL, OPT_LAMBDA},
	{0},
};

struct job {
	struct cli cli;
	struct vq_http *http;
	struct vq_router *router;
	int status; /* of the exit */
};

static enum vq_code open_router(struct job *job, struct vq_err *err)
{
	struct vq_router_options o = {
		.aws =
			{
				.region = getenv("AWS_REGION"),
				.key_id = getenv("AWS_ACCESS_KEY_ID"),
				.secret = getenv("AWS_SECRET_ACCESS_KEY"),
				.token = getenv("AWS_SESSION_TOKEN"),
				.s3 = getenv("VIDQC_ENDPOINT_S3"),
				.sqs = getenv("VIDQC_ENDPOINT_SQS"),
				.dynamodb = getenv("VIDQC_ENDPOINT_DYNAMODB"),
			},
		.jobs =
			{
				.queue_url = getenv("VIDQC_QUEUE_URL"),
				.clips_bucket = getenv("VIDQC_CLIPS_BUCKET"),
				.table = getenv("VIDQC_RESULTS_TABLE"),
			},
		.allowed_buckets = getenv("VIDQC_ALLOWED_BUCKETS"),
		.allowed_origins = getenv("VIDQC_ALLOWED_ORIGINS"),
	};
	enum vq_code code = vq_http_new(&job->http, err);

	return code == VQ_OK ? vq_router_new(&job->router, &o, job->http, err) : code;
}

/* The answer to one event's text.  What failed is told on standard error, and by the
 * exit status of a filter. */
static void answer(struct job *job, const char *text, size_t len, struct vq_answer *a)
{
	/* A clip that came as text, for the gateway does not know its type, may hold NUL. */
	json_t *event = json_loadb(text, len, JSON_ALLOW_NUL, NULL);
	struct vq_err err;
	enum vq_code code = vq_router_answer(job->router, event, (int64_t)time(NULL), a, &err);

	if (code != VQ_OK)
		job->status = cli_fail(&job->cli, a->route, &err);
	json_decref(event);
}

/* ---- a filter -------------------------------------------------------------------------- */

static int filter(struct job *job)
{
	struct vq_line line = {0};
	struct vq_answer a;
	struct vq_err err;
	enum vq_code code;

	while ((code = vq_line_read(stdin, MAX_EVENT, &line, &err)) == VQ_OK) {
		if (line.too_long)
			vq_router_refuse(413, "event_too_large", "the event is too long", &a);
		else
			answer(job, line.text, line.len, &a);
		if (a.text == NULL)
			code = vq_nomem(&err);
		/* Whoever asks one thing after the other waits for it. */
		else if (puts(a.text) == EOF || fflush(stdout) == EOF)
			code = vq_fail(&err, VQ_EIO, "write: ");
		free(a.text);
		if (code != VQ_OK)
			break;
	}
	vq_line_free(&line);
	if (code == VQ_END)
		return job->status;
	return cli_fail(&job->cli, code == VQ_EIO && ferror(stdout) ? "stdout" : "stdin", &err);
}

/* ---- under Lambda ---------------------------------------------------------------------- */

static double seconds_of(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static enum vq_code serve_one(struct job *job, struct vq_lambda *lambda, struct vq_err *err)
{
	const char *event;
	size_t len;
	struct vq_answer a;
	double begin;
	enum vq_code code = vq_lambda_next(lambda, &event, &len, err);

	if (code != VQ_OK)
		return code;
	begin = seconds_of(CLOCK_MONOTONIC);
	answer(job, event, len, &a);
	code = a.text == NULL ? vq_nomem(err)
			      : vq_lambda_reply(lambda, a.text, strlen(a.text), a.again, err);
	free(a.text);
	if (code != VQ_OK)
		return code;
	code = vq_record_write(stdout,
		vq_router_metrics(&a, seconds_of(CLOCK_MONOTONIC) - begin,
			(int64_t)(seconds_of(CLOCK_REALTIME) * 1000)),
		err);
	fflush(stdout);
	return code;
}

static int serve(struct job *job, enum vq_code opened, const struct vq_err *why)
{
	struct vq_lambda *lambda = NULL;
	struct vq_err err;
	enum vq_code code = vq_lambda_new(&lambda, getenv("AWS_LAMBDA_RUNTIME_API"), &err);

	if (code == VQ_OK && opened != VQ_OK) {
		code = vq_lambda_refuse(lambda, why->msg, &err);
		vq_lambda_free(&lambda);
		return cli_fail(&job->cli, NULL, code == VQ_OK ? why : &err);
	}
	while (code == VQ_OK)
		code = serve_one(job, lambda, &err);
	vq_lambda_free(&lambda);
	return cli_fail(&job->cli, "lambda", &err);
}

int main(int argc, char **argv)
{
	struct job job = {0};
	struct vq_err err;
	bool lambda = false;
	enum vq_code code;
	int opt, status;

	cli_init(&job.cli, "vidqc-router", usage);
	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1)
		if (opt == OPT_LAMBDA)
			lambda = true;
		else
			cli_option(&job.cli, opt);
	if (optind < argc)
		cli_usage(&job.cli, "%s: events come on standard input", argv[optind]);
	code = open_router(&job, &err);
	if (lambda)
		status = serve(&job, code, &err);
	else
		status = code == VQ_OK ? filter(&job) : cli_fail(&job.cli, NULL, &err);
	vq_router_free(&job.router);
	vq_http_free(&job.http);
	return cli_close(&job.cli, status);
}
