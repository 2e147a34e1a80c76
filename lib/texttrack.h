/* The same text over time: regions found in each frame are joined into tracks,
 * and each track's crop is compared with its earlier crops. */
#ifndef VQ_TEXTTRACK_H
#define VQ_TEXTTRACK_H

#include <stdbool.h>
#include <stddef.h>

#include "pool.h"
#include "stability.h"
#include "textfind.h"

/* A track in one frame. */
struct vq_seen {
	int track;     /* from 1, in order of appearance */
	int samples;   /* frames it was seen in, with this one */
	bool found;    /* the locator found it; else its crop was found again */
	bool first;    /* no crop before: like, motion, match mean nothing */
	bool read;     /* this crop should be read */
	double box[4]; /* frame pixels */
	double letter, slope, score;
	int letters, plane;
	bool light, unsure;
	double motion[2]; /* of the box's middle since the sample before, frame pixels */
	/* Correlation of crop and ring after alignment, or that of the surroundings where letters
	 * became others and the surroundings stayed where they were expected. */
	double match;
	struct vq_likeness like;
	double around; /* of the surroundings, see vq_crop_surroundings() */
	/* Correlation in box and ring against the crop two and four samples
	 * before; NAN when there is none. */
	double two[2], four[2];
};

struct vq_texttrack_options {
	int max_regions;    /* a frame */
	double min_overlap; /* intersection over union of box and moved box */
	double skip;	    /* a crop this similar to the one read before is not read */
};

struct vq_texttrack;

/* pool is used, not owned; threads is its size. */
enum vq_code vq_texttrack_new(struct vq_texttrack **t, const struct vq_texttrack_options *o,
	struct vq_pool *pool, int threads, struct vq_err *err);
void vq_texttrack_free(struct vq_texttrack **t);

/* Next frame, shown at time (seconds).  cut: the scene changed, all tracks end.  out has
 * room for max_regions; returns how many are there, in order of track. */
size_t vq_texttrack_add(struct vq_texttrack *t, const struct vq_pyramid *p, double time,
	const struct vq_text_region *found, size_t count, bool cut, struct vq_seen *out);

/* Tracks so far. */
int vq_texttrack_count(const struct vq_texttrack *t);

#endif
