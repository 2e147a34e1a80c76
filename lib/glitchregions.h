/* Where text is, from text records: vidqc-ocr reads a few frames a second, and the boxes
 * of a track in the frames between lie between. */
#ifndef VQ_GLITCHREGIONS_H
#define VQ_GLITCHREGIONS_H

#include <stdint.h>

#include "err.h"

struct vq_glitch_regions;

/* A track's box at some time, in source pixels. */
struct vq_region {
	int track;
	double box[4];
};

/* Read all text records of a stream from an open descriptor (not owned).  VQ_EDATA with
 * the line for what is no stream of text records or has no end. */
enum vq_code vq_glitch_regions_read(struct vq_glitch_regions **r, int fd, struct vq_err *err);
void vq_glitch_regions_free(struct vq_glitch_regions **r);

/* Regions at a time, by track: between two samples of a track linearly, before its first
 * and after its last for half the way to the sample where it is missing, but not where
 * that one shows another scene.  At most max; the number of them. */
int vq_glitch_regions_at(
	const struct vq_glitch_regions *r, int64_t time_us, struct vq_region *out, int max);

/* Records with a region, all in all. */
long vq_glitch_regions_count(const struct vq_glitch_regions *r);

#endif
