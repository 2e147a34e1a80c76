/* What clients ask for, checked: the bodies of POST /predict and POST /batch.
 * Functions return whether all is well; if not, the problem says what the client is
 * told. */
#ifndef VQ_JOBREQUEST_H
#define VQ_JOBREQUEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "problem.h"

/* The largest clip that fits into a request.  API Gateway takes 10 MB, but Lambda's
 * event has 6 MB (6291456 bytes) at most, the body being base64 in it, a third longer, and the
 * rest of the event takes its place too: what holds is Lambda's limit. */
#define VQ_JOBREQUEST_MAX_VIDEO 4500000

/* The longest JSON: 100 keys of 1024 bytes, and some. */
#define VQ_JOBREQUEST_MAX_JSON (256u << 10)

#define VQ_JOBREQUEST_MAX_BATCH 100

/* "video/mp4" of "Video/MP4; codecs=avc1"; a longer one is cut. */
#define VQ_JOBREQUEST_TYPE 64
void vq_jobrequest_type(const char *header, char type[VQ_JOBREQUEST_TYPE]);

/* A clip as the body: size, type, first bytes. */
bool vq_jobrequest_video(const char *type, const void *body, size_t len, struct vq_problem *p);

/* One of the JSON bodies. */
struct vq_jobrequest {
	json_t *json;	  /* owns the strings below */
	const char *type; /* of an upload: not NULL */
	int64_t length;
	const char *uri; /* of a clip in S3: not NULL */
	json_t *uris;	 /* of a batch */
	char *overrides; /* config_overrides as JSON text, "{}" without */
};

bool vq_jobrequest_predict(
	const void *body, size_t len, struct vq_jobrequest *r, struct vq_problem *p);
bool vq_jobrequest_batch(
	const void *body, size_t len, struct vq_jobrequest *r, struct vq_problem *p);
void vq_jobrequest_free(struct vq_jobrequest *r);

/* "s3://bucket/key", of the clips' bucket (its uploads only) or of another bucket in the
 * list of names with spaces between them.  *bucket is the caller's, *key is in uri. */
bool vq_jobrequest_uri(const char *uri, const char *clips_bucket, const char *others, char **bucket,
	const char **key, struct vq_problem *p);

/* Whether a list with spaces between its words has that one. */
bool vq_jobrequest_listed(const char *list, const char *word, size_t len);

/* The header of that name: 1 to 255 printable characters of ASCII. */
bool vq_jobrequest_key(const char *key, struct vq_problem *p);

#endif
