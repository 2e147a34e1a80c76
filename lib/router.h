/* The service: an event in, an answer out.  Events are those of API Gateway (POST
 * /predict, GET /predict/{job_id}, POST /batch) and of S3 (an upload has arrived). */
#ifndef VQ_ROUTER_H
#define VQ_ROUTER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "aws.h"
#include "err.h"
#include "http.h"
#include "jobs.h"

/* Strings are borrowed and outlive the router. */
struct vq_router_options {
	struct vq_aws_options aws;
	struct vq_jobs_options jobs;
	const char *allowed_buckets; /* besides the clips' bucket, spaces between; NULL: none */
	const char *allowed_origins; /* of pages that may read answers; "*": all; NULL: none */
};

struct vq_router;

/* VQ_EUSAGE names what is missing or wrong.  The http is borrowed. */
enum vq_code vq_router_new(struct vq_router **r, const struct vq_router_options *options,
	struct vq_http *http, struct vq_err *err);
void vq_router_free(struct vq_router **r);

struct vq_answer {
	char *text;	   /* JSON in one line, the caller's; NULL: out of memory */
	bool again;	   /* no answer but a failure: the event is to be delivered again */
	int status;	   /* of HTTP; 0: it was no event of API Gateway */
	const char *route; /* "POST /predict", "s3", "unknown" */
	int jobs;	   /* that were accepted */
};

/* Whatever the event (NULL: it was no JSON), there is an answer.  VQ_OK, or what failed
 * on our side, for the log; the answer says no more than that something did. */
enum vq_code vq_router_answer(struct vq_router *r, const json_t *event, int64_t now,
	struct vq_answer *answer, struct vq_err *err);

/* The answer to what could not even be read. */
void vq_router_refuse(int status, const char *code, const char *detail, struct vq_answer *answer);

/* A line of the log in CloudWatch's embedded metric format. */
json_t *vq_router_metrics(const struct vq_answer *answer, double seconds, int64_t now_ms);

#endif
