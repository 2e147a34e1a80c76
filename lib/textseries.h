/* One text track over time, and how steady it is. */
#ifndef VQ_TEXTSERIES_H
#define VQ_TEXTSERIES_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

/* A track in one sampled frame.  Measurements that the producer did not give
 * are NAN. */
struct vq_text_sample {
	long index;    /* of the sampled frame, from 0 */
	long frame;    /* number in the source */
	double time;   /* seconds */
	double scene;  /* similarity of the whole frame to the sample before */
	double box[4]; /* source pixels */
	double confidence;
	bool found;  /* by the locator, not only by its looks from before */
	bool read;   /* text comes from this very crop */
	size_t text; /* which of the track's texts */
	double similarity, ring, around, worst, edge, stroke;
	double two, two_ring, four, four_ring;
	double match, visible, sharpness, contrast, score, letter_height;
	double motion[2];	       /* source pixels since the sample before */
	double noise, noise_deviation; /* of the reader on the track's crop, or NAN */
};

struct vq_text_series {
	long track;
	struct vq_text_sample *sample;
	size_t count, room;
	char **text; /* distinct readings, in order of appearance */
	size_t texts, text_room;
};

/* Append a sample with its text (copied). */
enum vq_code vq_text_series_add(struct vq_text_series *t, const struct vq_text_sample *s,
	const char *text, struct vq_err *err);
void vq_text_series_clear(struct vq_text_series *t);

/* What is measured of a track. */
enum vq_text_measure {
	VQ_TM_CHANGE,	  /* mean 1 - correlation of the aligned crop, weighted by trust */
	VQ_TM_EXCESS,	  /* mean of what the box changes more than its ring */
	VQ_TM_PEAK,	  /* 90th percentile of the change */
	VQ_TM_FLOOR,	  /* 10th percentile: what changes even in the quietest steps */
	VQ_TM_RING,	  /* mean change of the ring around it */
	VQ_TM_CELL,	  /* mean change of the letters that change most */
	VQ_TM_STROKE,	  /* mean share of strokes that differ */
	VQ_TM_EDGE,	  /* mean 1 - correlation of edges */
	VQ_TM_EDGE_FLOOR, /* 25th percentile of the same */
	VQ_TM_CHANGE2,	  /* change over two samples, ring's change subtracted */
	VQ_TM_CHANGE4,	  /* the same over four */
	VQ_TM_RATIO,	  /* mean change over the ring's mean change */
	VQ_TM_RETURN,	  /* mean of what the crop before last is more like than the last */
	VQ_TM_SCENE,	  /* mean change over the whole frame's mean change */
	VQ_TM_SHAPES,	  /* those above compare pictures */
	VQ_TM_BLUR = VQ_TM_SHAPES, /* how far sharpness swings: deviation over mean */
	VQ_TM_EDIT, /* mean normalised edit distance of consecutive readings, times confidence */
	VQ_TM_CONSENSUS, /* mean normalised distance to the consensus, by confidence */
	VQ_TM_NOISE_Z,	 /* the same beyond the reader's own noise, in its deviations */
	VQ_TM_SUBSTITUTED,
	VQ_TM_DELETED,
	VQ_TM_INSERTED,		   /* operations a code point, the same */
	VQ_TM_LENGTH,		   /* mean change of the number of code points, over the longest */
	VQ_TM_READINGS,		   /* distinct readings over readings */
	VQ_TM_ABA,		   /* share of changed readings that return to an earlier one */
	VQ_TM_CONFIDENCE_CHANGE,   /* mean change of the confidence, 0..1 */
	VQ_TM_CONFIDENCE_VARIANCE, /* mean variance over windows of five readings, 0..1 */
	VQ_TM_CONFIDENCE_TREND,	   /* net change over the sum of changes, 0..1 */
	VQ_TM_JITTER,		   /* mean change of the box's size and place, letter heights */
	VQ_TM_COUNT
};

struct vq_text_summary {
	double measure[VQ_TM_COUNT];
	double evidence;   /* 0..1: long, large, text-like */
	double confidence; /* best of its readings, 0..100 */
	double area;	   /* mean, square pixels */
	double most_edits; /* between consecutive readings, code points */
	double trust;	   /* mean weight of its steps, 0..1 */
	size_t consensus;  /* which text; only when texts > 0 */
	size_t peak;	   /* sample of the largest trusted change */
};

/* How far the step into sample i can be trusted, 0..1: 0 for the first and
 * when the alignment failed, less for blur and for what leaves the frame. */
double vq_text_step_trust(const struct vq_text_series *t, size_t i);

/* Change of the step into sample i: 1 - similarity, or the normalised edit
 * distance of the readings when no similarity is given. */
double vq_text_step_change(const struct vq_text_series *t, size_t i);

/* samples: sampled frames of the clip; pixels: area of its frame. */
enum vq_code vq_text_series_summarise(const struct vq_text_series *t, long samples, double pixels,
	struct vq_text_summary *out, struct vq_err *err);

#endif
