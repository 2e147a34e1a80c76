/* Known defects and harmless look-alikes, put into a stream of frames with a seed and
 * written down: the truth that a detector is measured by.  man vidqc-glitch(1). */
#ifndef VQ_GLITCH_H
#define VQ_GLITCH_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "frame.h"
#include "glitchregions.h"
#include "glitchtime.h"

/* A field that was not set takes the kind's default. */
struct vq_glitch_options {
	const char *kind;
	uint64_t seed;
	double strength;	/* in the kind's unit; NAN: default */
	double start, duration; /* seconds; NAN: default */
	long frames;		/* 0: no limit */
	int period, on;		/* frames; -1: default */
	double hz;		/* 0: by frames */
	int wave;		/* enum vq_wave; -1: default */
	bool smooth;
	bool distinct;				 /* frames that repeat a picture do not count */
	bool has_box;				 /* then */
	double box[4];				 /* x1, y1, x2, y2 in source pixels */
	const char *text;			 /* NULL: seeded words */
	const struct vq_glitch_regions *regions; /* NULL: none; not owned */
};

/* Everything unset. */
void vq_glitch_defaults(struct vq_glitch_options *o);

/* How many kinds there are, and record i of them:
 * {type, kind, class, unit, min, max, default, start, duration, period, on, options[],
 * help}; min, max and default are the strength's, duration is null without an end. */
int vq_glitch_kinds(void);
json_t *vq_glitch_kind_record(int i);

/* VQ_EUSAGE when the kind is unknown, a value is out of its range, or an option is
 * missing or means nothing to the kind. */
enum vq_code vq_glitch_check(const struct vq_glitch_options *o, struct vq_err *err);

struct vq_glitch;

/* The same check, and against the stream: a box outside of the picture and a frequency
 * above half the rate are VQ_EUSAGE.  o's texts and regions must outlive g. */
enum vq_code vq_glitch_new(struct vq_glitch **g, const struct vq_stream *s,
	const struct vq_glitch_options *o, struct vq_err *err);
void vq_glitch_free(struct vq_glitch **g);

/* The "glitch" record: kind, class, strength and the settings as they hold. */
json_t *vq_glitch_record(const struct vq_glitch *g);

/* Change f in place.  next is the frame after it as it came, NULL at the end.  *truth is
 * the caller's "truth" record of what was done, NULL when nothing was. */
enum vq_code vq_glitch_apply(struct vq_glitch *g, struct vq_frame *f, const struct vq_frame *next,
	json_t **truth, struct vq_err *err);

/* The "summary" record.  VQ_EDATA when the glitch never came to act, since the truth
 * would be a lie: the stream ended before it, or no region was there. */
enum vq_code vq_glitch_finish(struct vq_glitch *g, json_t **summary, struct vq_err *err);

#endif
