/* AWS Signature Version 4: who sent a request, and that nobody changed it.
 * Source: "AWS Signature Version 4 for API requests" in the IAM user guide; for S3 and
 * presigned URLs "Authenticating Requests" in the S3 API reference. */
#ifndef VQ_SIGV4_H
#define VQ_SIGV4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "pair.h"
#include "utc.h"

/* In place of the body's hash, where the signature does not cover the body. */
#define VQ_SIGV4_UNSIGNED "UNSIGNED-PAYLOAD"

struct vq_sigv4_scope {
	const char *key_id, *secret;
	const char *token; /* of temporary credentials; NULL: none */
	const char *region, *service;
	int64_t time; /* seconds since 1970 */
};

struct vq_sigv4_request {
	const char *method;
	const char *path;	     /* not encoded, begins with a slash */
	bool normalize;		     /* dot segments and doubled slashes go; not so for S3 */
	const struct vq_pair *query; /* not encoded */
	size_t query_count;
	const struct vq_pair *headers; /* Host among them; all of them are signed */
	size_t header_count;
	const char *payload; /* the body's SHA-256 in hexadecimal, or VQ_SIGV4_UNSIGNED */
};

/* What came of it, the steps in between for whoever looks for a difference. */
struct vq_sigv4 {
	char date[VQ_UTC_MAX];
	char *canonical, *to_sign;
	char signature[65];
	char *authorization; /* vq_sigv4_sign: the value of that header */
	char *query;	     /* vq_sigv4_presign: the URL's, encoded, without its "?" */
};

/* Sign with headers.  The request is to be sent with X-Amz-Date (out->date),
 * X-Amz-Security-Token (the token, if there is one) and Authorization besides its own;
 * these are signed too and must not be among the request's headers.
 * VQ_ETEMP: out of memory or libcrypto failed.  Free out either way. */
enum vq_code vq_sigv4_sign(const struct vq_sigv4_scope *scope,
	const struct vq_sigv4_request *request, struct vq_sigv4 *out, struct vq_err *err);

/* Sign with the query: a URL that is good for so many seconds, for whoever sends the
 * request's headers with it. */
enum vq_code vq_sigv4_presign(const struct vq_sigv4_scope *scope,
	const struct vq_sigv4_request *request, long expires, struct vq_sigv4 *out,
	struct vq_err *err);

void vq_sigv4_free(struct vq_sigv4 *out);

/* Percent-encode all but A-Z a-z 0-9 - . _ ~, and the slash if it is to stay.  The
 * caller's to free; NULL: out of memory. */
char *vq_sigv4_encode(const char *text, bool slash_stays);

#endif
