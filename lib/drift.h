/* How clips whose defect was put in differ from real ones of the same label, feature by
 * feature: what a model would learn from them that is not so in the wild. */
#ifndef VQ_DRIFT_H
#define VQ_DRIFT_H

#include <jansson.h>

#include "dataset.h"
#include "err.h"

/* {"above":2,"flagged":n,"clips":{"NONE":{"real":n,"made":n},..},
 *  "features":[{"feature":..,"NONE":..,"TEXT_INCONSISTENCY":..,"TEMPORAL_FLICKER":..,
 *  "flagged":bool},..]}, the largest drift first: mean of the made clips less mean of the
 * real ones in standard deviations of the real ones, null with less than two of either;
 * flagged when one is further from 0 than "above".  Where the real ones do not vary, the
 * deviation is that of both together.  A new reference; VQ_ENOMEM. */
enum vq_code vq_drift_json(const struct vq_dataset *d, json_t **out, struct vq_err *err);

#endif
