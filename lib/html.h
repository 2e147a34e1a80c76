/* Text of unknown origin in an HTML page.  Names of clips and readings of text may
 * hold anything: markup, quotes, control characters, marks that turn the direction of
 * writing.  All strings are UTF-8; a failed write shows in ferror(out). */
#ifndef VQ_HTML_H
#define VQ_HTML_H

#include <stddef.h>
#include <stdio.h>

#include "err.h"

/* Write a string for element content or a quoted attribute: & < > " ' become
 * references, control characters their pictures (U+2400 and on), what only turns the
 * direction and bytes that are no UTF-8 the replacement character.  After max characters
 * (0: no limit) comes an ellipsis. */
void vq_html_text(FILE *out, const char *s, size_t max);

/* Write a relative path as an address: "./" and the path, every byte but letters,
 * digits and -._~/ percent-encoded, so that it can name no scheme and no host. */
void vq_html_path(FILE *out, const char *path);

/* Write the head of a page up to its body: a policy that lets nothing in but the
 * style and the script given here, by their hashes, and pictures from `images` (sources of
 * the policy's img-src); script NULL: none.  Returns VQ_OK, or what hashing said. */
enum vq_code vq_html_head(FILE *out, const char *title, const char *images, const char *style,
	const char *script, struct vq_err *err);

/* Write the script and the end of the page. */
void vq_html_foot(FILE *out, const char *script);

#endif
