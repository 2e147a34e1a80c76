/* JSON that is passed on as it stands.  A prediction is text in its item, so that DynamoDB
 * writes it inside of a string; the answer of a Lambda function has its body inside of a
 * string too.  Both have the same escapes: what stands in one can stand in the other, and is
 * neither parsed nor printed, which would cost ten times all else that a GET does.
 *
 * Source of the grammar: RFC 8259. */
#ifndef VQ_JSONTEXT_H
#define VQ_JSONTEXT_H

#include <stdbool.h>
#include <stddef.h>

/* What stands between the quotes of a string, escapes and all; borrowed. */
struct vq_jsontext {
	const char *text;
	size_t len;
};

/* The string that a path of keys (NULL at the end) leads to, through objects.  False: there
 * is none.  The text is taken as valid: of one that is not, any part may come, but never one
 * outside of it. */
bool vq_jsontext_find(
	const char *text, size_t len, const char *const *path, struct vq_jsontext *string);

/* Whether the string is one, and what it says is one JSON value: UTF-8, no half of a
 * surrogate pair, nested 64 deep at most. */
bool vq_jsontext_nested(struct vq_jsontext string);

#endif
