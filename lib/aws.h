/* What the router asks of AWS: signed calls of SQS and DynamoDB (both speak the JSON
 * 1.0 protocol) and objects in S3.  A call that failed for the moment is made three
 * times. */
#ifndef VQ_AWS_H
#define VQ_AWS_H

#include <jansson.h>
#include <stdint.h>

#include "err.h"
#include "http.h"

#define VQ_AWS_FAULT 64

/* Strings are borrowed and outlive the vq_aws.  NULL or "": not given. */
struct vq_aws_options {
	const char *region;		 /* required */
	const char *key_id, *secret;	 /* required */
	const char *token;		 /* of temporary credentials */
	const char *s3, *sqs, *dynamodb; /* "http://127.0.0.1:5000" in place of AWS's own */
};

struct vq_aws;

/* VQ_EUSAGE names what is missing or wrong.  The http is borrowed. */
enum vq_code vq_aws_new(struct vq_aws **a, const struct vq_aws_options *options,
	struct vq_http *http, struct vq_err *err);
void vq_aws_free(struct vq_aws **a);

/* One call, e.g. "DynamoDB_20120810.GetItem" or "AmazonSQS.SendMessage".  Takes the
 * reference to request.  *reply, JSON as text, is valid until the next call.  VQ_ETEMP: no
 * answer, or one to try again; VQ_EDATA: refused, and fault is the service's name for
 * why ("ConditionalCheckFailedException"), else "". */
enum vq_code vq_aws_ask(struct vq_aws *a, const char *target, json_t *request,
	struct vq_http_reply *reply, char fault[VQ_AWS_FAULT], struct vq_err *err);

/* The same, with the reply as an object, the caller's; NULL unless VQ_OK.  VQ_ETEMP as well:
 * it is none. */
enum vq_code vq_aws_call(struct vq_aws *a, const char *target, json_t *request, json_t **reply,
	char fault[VQ_AWS_FAULT], struct vq_err *err);

/* Store an object. */
enum vq_code vq_aws_put(struct vq_aws *a, const char *bucket, const char *key, const char *type,
	const void *data, size_t len, struct vq_err *err);

/* The first bytes of an object: at most *len, and *size is how many it has in all.
 * The bytes are valid until the next call.  VQ_ENOENT: it is not there or may not be
 * read, which S3 does not tell apart for those who may not list. */
enum vq_code vq_aws_head(struct vq_aws *a, const char *bucket, const char *key, const void **head,
	size_t *len, int64_t *size, struct vq_err *err);

/* A URL by which anybody can store one object of that type and length, with these as
 * headers, for so many seconds from `now`.  *url is the caller's. */
enum vq_code vq_aws_presign(const struct vq_aws *a, const char *bucket, const char *key,
	const char *type, int64_t length, long expires, int64_t now, char **url,
	struct vq_err *err);

#endif
