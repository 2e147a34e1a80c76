/* One request of a client on its way to an answer: what the router hands to those who handle
 * it, and how they end it.  Of router.c and submit.c alone. */
#ifndef VQ_EXCHANGE_H
#define VQ_EXCHANGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "apievent.h"
#include "jobrequest.h"
#include "jsontext.h"
#include "problem.h"
#include "router.h"
#include "sha256.h"

struct vq_router {
	struct vq_router_options o; /* no list is NULL */
	struct vq_aws *aws;
	struct vq_jobs *jobs;
};

/* Zeros are a good beginning. */
struct vq_exchange {
	struct vq_router *r; /* NULL: there was no event to speak of */
	struct vq_apievent event;
	const char *key; /* Idempotency-Key, or NULL */
	char type[VQ_JOBREQUEST_TYPE];
	char request[VQ_SHA256_HEX]; /* of method, route, type and body */
	int64_t now;
	struct vq_problem problem;
	json_t *body;		       /* of the answer when all is well */
	struct vq_jsontext prediction; /* its last member; text NULL: none */
	int status, jobs;
	enum vq_code code; /* what failed on our side */
	struct vq_err *err;
};

/* A call of AWS went wrong: VQ_ETEMP may go well next time, VQ_EUSAGE is a key that came with
 * another request before.  Returns false, like vq_problem. */
bool vq_exchange_failed(struct vq_exchange *x, enum vq_code code);

/* Whether that member of a job is that text. */
bool vq_exchange_text_is(const json_t *job, const char *member, const char *text);

/* In one line; takes the reference to o.  NULL: out of memory, or o was NULL. */
char *vq_exchange_print(json_t *o);

/* The answer as API Gateway takes it: x's body, or its problem when it is not good.  allow is
 * the method to use instead, or NULL.  Takes the body. */
void vq_exchange_finish(
	struct vq_exchange *x, bool good, const char *allow, struct vq_answer *answer);

#endif
