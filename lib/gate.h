/* Does a clip stop what is behind a gate (vidqc-classify --gate)?  A question to a
 * prediction record alone, so that one that was written earlier gets the same answer. */
#ifndef VQ_GATE_H
#define VQ_GATE_H

#include <jansson.h>
#include <stdbool.h>

#include "err.h"
#include "model.h"

struct vq_gate {
	bool counts[VQ_CLASSES]; /* the defects that stop a clip; [VQ_NONE] is not used */
	double min_confidence;	 /* 0 to 1 */
};

/* Both defects count, whatever the confidence: what is flagged is stopped. */
void vq_gate_init(struct vq_gate *g);

/* Count only the defects of a list, "text", "flicker" or "text,flicker".  VQ_EUSAGE:
 * another word, one twice, none; g is then as it was. */
enum vq_code vq_gate_fail_on(struct vq_gate *g, const char *list, struct vq_err *err);

/* Whether a "prediction" record of vq_verdict is stopped: it is flagged, a defect that
 * counts is its category or has a probability of its own of at least 0.5, and the
 * confidence in it is at least min_confidence.  That is the record's confidence when
 * both defects count, and the one's own probability when one does. */
bool vq_gate_stops(const struct vq_gate *g, const json_t *prediction);

#endif
