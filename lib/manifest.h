/* The feature manifest: all features of all extractor modules, in order. */
#ifndef VQ_MANIFEST_H
#define VQ_MANIFEST_H

#include <jansson.h>

#include "err.h"
#include "feature.h"

struct vq_manifest;

/* Concatenate n sets (kept by reference: they must outlive the manifest).
 * VQ_EBUG: a name is used twice, is no lower-case snake_case or has an empty
 * range. */
enum vq_code vq_manifest_new(struct vq_manifest **m, const struct vq_feature_set *const *sets,
	size_t n, struct vq_err *err);
void vq_manifest_free(struct vq_manifest **m);

size_t vq_manifest_count(const struct vq_manifest *m);
const struct vq_feature *vq_manifest_at(const struct vq_manifest *m, size_t i);

/* NULL when there is no feature of that name. */
const struct vq_feature *vq_manifest_find(const struct vq_manifest *m, const char *name);

/* SHA-256 of the names, each followed by a newline: the features' version. */
const char *vq_manifest_version(const struct vq_manifest *m);

/* {"type":"manifest","version":..,"count":n,"features":[{name,group,unit,min,
 * max,meaning},..]}; a new reference, NULL when out of memory. */
json_t *vq_manifest_json(const struct vq_manifest *m);

#endif
