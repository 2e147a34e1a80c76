/* What API Gateway hands to a Lambda function: the event of a REST API's proxy
 * integration ("Input format of a Lambda function for proxy integration"). */
#ifndef VQ_APIEVENT_H
#define VQ_APIEVENT_H

#include <jansson.h>
#include <stdbool.h>

#include "err.h"

/* Strings are the event's, and so live as long as it does; NULL: not there. */
struct vq_apievent {
	const char *method;
	const char *resource;	/* "/predict/{job_id}", as the API is described */
	const char *job_id;	/* that parameter of the path */
	const char *caller;	/* the user (Cognito's sub), else the id of the API key */
	const char *request_id; /* of API Gateway, for its logs */
	const json_t *headers;
	void *body; /* decoded; a NUL follows its len bytes */
	size_t len;
};

/* Whether it is such an event at all. */
bool vq_apievent_is(const json_t *event);

/* VQ_EDATA: no such event, or its body is not what it says it is; what was read before
 * is there all the same.  Free e either way. */
enum vq_code vq_apievent_read(const json_t *event, struct vq_apievent *e, struct vq_err *err);
void vq_apievent_free(struct vq_apievent *e);

/* The header of that name, whatever its case. */
const char *vq_apievent_header(const struct vq_apievent *e, const char *name);

#endif
