/* Jobs: an item in the table of results, and a message in the queue.
 *
 * A job is a JSON object with the attributes of its item as plain values:
 *   job_id, status, created_at, expires_at (integer), config_overrides (JSON text),
 *   s3_bucket, s3_key, started_at, completed_at, prediction (JSON text),
 *   error {code, message},
 *   request (a hash of what was asked: the same key must not mean something else),
 *   sent_at (when its message was sent).
 *
 * Nothing is lost: the item is written before the message is sent, and sent_at after
 * it.  A queued job without sent_at is sent again by whoever comes across it; a message
 * that was sent twice is harmless, since a worker takes a job only once. */
#ifndef VQ_JOBS_H
#define VQ_JOBS_H

#include <jansson.h>
#include <stdint.h>

#include "aws.h"
#include "err.h"
#include "jsontext.h"

/* Strings are borrowed and outlive the vq_jobs. */
struct vq_jobs_options {
	const char *queue_url, *table, *clips_bucket; /* required */
};

/* The largest clip, in bytes. */
#define VQ_JOBS_MAX_CLIP (512ll << 20)

/* Where a clip goes that is uploaded under a job's id. */
#define VQ_JOBS_UPLOADS "uploads/"

/* An item lives so many seconds. */
#define VQ_JOBS_LIFE (90ll * 86400)

struct vq_jobs;

/* VQ_EUSAGE names what is missing.  The aws is borrowed. */
enum vq_code vq_jobs_new(struct vq_jobs **j, const struct vq_jobs_options *options,
	struct vq_aws *aws, struct vq_err *err);
void vq_jobs_free(struct vq_jobs **j);

/* The job with that id but for its prediction, a new reference; VQ_ENOENT: there is none. */
enum vq_code vq_jobs_get(struct vq_jobs *j, const char *id, json_t **job, struct vq_err *err);

/* The same and its prediction, as what stands inside of a JSON string (text NULL: it
 * has none), since it may be long: valid until the next call of AWS. */
enum vq_code vq_jobs_result(struct vq_jobs *j, const char *id, json_t **job,
	struct vq_jsontext *prediction, struct vq_err *err);

/* Write a new job; takes the reference to job.  *stored is what is in the table then, a
 * new reference: the job, or the one that was there before with the same "request".
 * VQ_EUSAGE: there was one with another. */
enum vq_code vq_jobs_create(struct vq_jobs *j, json_t *job, json_t **stored, struct vq_err *err);

/* Send the job's message when it is queued and was not sent. */
enum vq_code vq_jobs_send(struct vq_jobs *j, const json_t *job, int64_t now, struct vq_err *err);

/* The job's object has arrived: look at it, make the job queued (or failed, when it is no
 * video), and send it.  *job is what it is then, a new reference, or NULL.  VQ_ENOENT:
 * there is no such job. */
enum vq_code vq_jobs_arrived(
	struct vq_jobs *j, const char *id, int64_t now, json_t **job, struct vq_err *err);

/* Look at an object: a video of a container that is known and not too large?  VQ_OK with
 * *why NULL: yes, else why not, a code and a sentence.  VQ_ETEMP, VQ_EDATA: S3 failed. */
struct vq_jobs_reason {
	const char *code, *message;
};
enum vq_code vq_jobs_inspect(struct vq_jobs *j, const char *bucket, const char *key,
	const struct vq_jobs_reason **why, struct vq_err *err);

#endif
