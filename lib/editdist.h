/* Strings as Unicode code points, and how far apart two of them are. */
#ifndef VQ_EDITDIST_H
#define VQ_EDITDIST_H

#include <stddef.h>
#include <stdint.h>

#define VQ_EDIT_MAX 256 /* code points of a string that are looked at */

/* Decode UTF-8; a broken byte becomes U+FFFD.  Writes at most VQ_EDIT_MAX code
 * points to out and returns how many. */
size_t vq_code_points(const char *utf8, uint32_t *out);

/* The operations of one cheapest way from a to b. */
struct vq_edits {
	int substituted, deleted, inserted;
};

/* Levenshtein's distance with its operations; of equally cheap ways the one
 * with most substitutions.  na and nb are at most VQ_EDIT_MAX. */
struct vq_edits vq_edit_distance(const uint32_t *a, size_t na, const uint32_t *b, size_t nb);

int vq_edit_total(const struct vq_edits *e);

/* Distance over the longer length, 0..1 (ICDAR 2019); two empty strings: 0. */
double vq_edit_normalised(const char *a, const char *b);

#endif
