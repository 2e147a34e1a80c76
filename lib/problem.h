/* An error that a client of the API is told of (RFC 9457). */
#ifndef VQ_PROBLEM_H
#define VQ_PROBLEM_H

#include <jansson.h>
#include <stdbool.h>

struct vq_problem {
	int status;	  /* of HTTP */
	const char *code; /* for programs: "unknown_field" */
	char detail[512]; /* for people */
};

/* Fill it and return false, for `return vq_problem(...)` of what asks "all well?". */
bool vq_problem(struct vq_problem *p, int status, const char *code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* The body of the answer; request_id may be NULL.  A new reference. */
json_t *vq_problem_json(const struct vq_problem *p, const char *request_id);

#endif
