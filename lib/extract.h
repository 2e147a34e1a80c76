/* The feature record of one clip: every native frame through lib/temporal, every
 * text record through lib/textfeat, put together with what is known of the clip. */
#ifndef VQ_EXTRACT_H
#define VQ_EXTRACT_H

#include <jansson.h>
#include <stdbool.h>

#include "config.h"
#include "manifest.h"
#include "pump.h"

struct vq_extract;

/* The manifest of all features in the record: text, then temporal. */
enum vq_code vq_extract_manifest(struct vq_manifest **m, struct vq_err *err);

/* with_text: text records will come.  series: where the per-frame measures go as
 * records, or NULL; not owned. */
enum vq_code vq_extract_new(struct vq_extract **x, const struct vq_config *config, bool with_text,
	FILE *series, struct vq_err *err);
void vq_extract_free(struct vq_extract **x);

/* The sink to hand to vq_pump. */
struct vq_pump_sink vq_extract_sink(struct vq_extract *x);

/* After the pump: the "features" record.  clip_id overrides the info record's;
 * info may be NULL.  VQ_EDATA: no frame came, or the text records have no end. */
enum vq_code vq_extract_finish(struct vq_extract *x, const char *clip_id, const json_t *info,
	json_t **record, struct vq_err *err);

#endif
