/* What a training leaves behind: the model bundle, its manifest, a report that a
 * person can read, and the out-of-fold judgements. */
#ifndef VQ_TRAINREPORT_H
#define VQ_TRAINREPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "dataset.h"
#include "err.h"
#include "train.h"

/* The bundle (lib/model.h); a new reference. */
enum vq_code vq_train_model(const struct vq_training *t, const struct vq_dataset *d, json_t **model,
	struct vq_err *err);

/* The manifest: hashes, counts, metrics, choices, importances, the release gates
 * and whether they pass.  model_sha256 is that of the file as written. */
enum vq_code vq_train_manifest(const struct vq_training *t, const struct vq_dataset *d,
	const struct vq_train_options *o, const char *model_version, const char *model_sha256,
	json_t **manifest, struct vq_err *err);

/* The manifest's numbers as plain text. */
enum vq_code vq_train_report(FILE *out, const json_t *manifest, struct vq_err *err);

/* One record a clip: {"type":"oof","clip_id","source","fold","disputed","truth",
 * "text","flicker" (truths),"p_text","p_flicker","p_none","predicted"}. */
enum vq_code vq_train_oof(FILE *out, const struct vq_training *t, const struct vq_dataset *d,
	const struct vq_train_options *o, struct vq_err *err);

#endif
