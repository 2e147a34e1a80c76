/* Where scenes begin: hard cuts, dissolves, fades; flashes are none of these.
 *
 * Works on distinct frames, as a small picture each and two numbers a pair, with
 * a bounded delay: what a frame is gets known some frames later. */
#ifndef VQ_SCENE_H
#define VQ_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "err.h"

#define VQ_SCENE_THUMB_W 32
#define VQ_SCENE_THUMB_H 18
#define VQ_SCENE_THUMB (VQ_SCENE_THUMB_W * VQ_SCENE_THUMB_H)
/* A frame's mark is known at the latest when that many more frames came. */
#define VQ_SCENE_DELAY 34

enum vq_scene_kind {
	VQ_SCENE_SAME,	   /* goes on */
	VQ_SCENE_CUT,	   /* the first frame after a hard cut */
	VQ_SCENE_DISSOLVE, /* a mixture of the scene before and the one after */
	VQ_SCENE_FADE,	   /* on the way to or from one flat colour */
	VQ_SCENE_RAMP,	   /* brightness of one scene going steadily up or down */
};

const char *vq_scene_kind_name(enum vq_scene_kind kind);

struct vq_scene;

/* Keys used: temporal.scene_cut.{cut_ssim_threshold, post_cut_stability_window,
 * post_cut_stability_min}. */
enum vq_code vq_scene_new(struct vq_scene **s, const struct vq_config *config, struct vq_err *err);
void vq_scene_free(struct vq_scene **s);

/* The next frame: its luma at thumbnail size; SSIM to the frame before; the share
 * of the structure that motion does not explain (residuals after block matching
 * over texture, the larger of both directions).  The first frame's pair numbers
 * are not looked at. */
void vq_scene_add(
	struct vq_scene *s, const uint8_t thumb[VQ_SCENE_THUMB], double ssim, double unexplained);

/* No more frames come: all marks get known. */
void vq_scene_finish(struct vq_scene *s);

/* The mark of the next frame in order; false when it is not known yet.
 * DISSOLVE and FADE frames belong to no scene; a frame that follows them begins
 * one. */
bool vq_scene_next(struct vq_scene *s, enum vq_scene_kind *kind);

#endif
