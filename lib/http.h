/* HTTP requests through libcurl, one after the other over connections that are kept.
 * Nothing of the environment (proxies) or of a home folder (.netrc) plays a part; no
 * redirection is followed. */
#ifndef VQ_HTTP_H
#define VQ_HTTP_H

#include <stddef.h>

#include "err.h"
#include "pair.h"

struct vq_http;

struct vq_http_request {
	const char *method, *url;
	const struct vq_pair *headers;
	size_t header_count;
	const void *body; /* NULL: none */
	size_t len;
	size_t max_reply; /* a longer body is VQ_EDATA */
	long timeout_ms;  /* for all of it; 0: it may take for ever */
};

/* Valid until the next request. */
struct vq_http_reply {
	long status;
	const char *body; /* a NUL follows its len bytes */
	size_t len;
};

enum vq_code vq_http_new(struct vq_http **h, struct vq_err *err);
void vq_http_free(struct vq_http **h);

/* Send it and wait for the reply, whatever its status.  VQ_ETEMP: no connection, no
 * reply in time; VQ_EDATA: the reply is too long. */
enum vq_code vq_http_send(struct vq_http *h, const struct vq_http_request *request,
	struct vq_http_reply *reply, struct vq_err *err);

/* A header of the last reply, whatever the case of its name; NULL: it has none. */
const char *vq_http_header(struct vq_http *h, const char *name);

#endif
