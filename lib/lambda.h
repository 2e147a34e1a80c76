/* The AWS Lambda Runtime API (version 2018-06-01): events in, answers out.
 * Source: "Using the Lambda runtime API for custom runtimes". */
#ifndef VQ_LAMBDA_H
#define VQ_LAMBDA_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

struct vq_lambda;

/* The address is that of AWS_LAMBDA_RUNTIME_API, "host:port"; VQ_EUSAGE: it is none. */
enum vq_code vq_lambda_new(struct vq_lambda **l, const char *address, struct vq_err *err);
void vq_lambda_free(struct vq_lambda **l);

/* The next event, whenever it comes; valid until the next call of any function here.
 * VQ_ETEMP: Lambda does not answer, or not as it should: end. */
enum vq_code vq_lambda_next(
	struct vq_lambda *l, const char **event, size_t *len, struct vq_err *err);

/* Answer it.  `failed`: the text is {"errorType","errorMessage"} and Lambda is to treat
 * the event as not handled.  An answer that Lambda refuses becomes such an error. */
enum vq_code vq_lambda_reply(
	struct vq_lambda *l, const char *text, size_t len, bool failed, struct vq_err *err);

/* There will be no service: say why. */
enum vq_code vq_lambda_refuse(struct vq_lambda *l, const char *message, struct vq_err *err);

#endif
