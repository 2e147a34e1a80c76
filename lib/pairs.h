/* What pairs of neighbouring distinct frames of one scene differ by, with no
 * regard to motion: the measures of the public v0.1. */
#ifndef VQ_PAIRS_H
#define VQ_PAIRS_H

#include "signal.h"

/* X(id, name, unit, min, max, meaning) */
#define VQ_PAIRS_TABLE(X)                                                                          \
	X(SSIM_MEAN, "ssim_loss_mean", "1 - SSIM", 0, 2, "mean 1 - SSIM of distinct neighbours")   \
	X(SSIM_MAX, "ssim_loss_max", "1 - SSIM", 0, 2, "the largest of them")                      \
	X(PATCH_MAX, "patch_difference_max", "luma levels", 0, 255,                                \
		"largest mean difference of a coarse patch (temporal.patch_grid) to the frame "    \
		"before")                                                                          \
	X(MAE_MEAN, "frame_difference_mean", "luma levels", 0, 255,                                \
		"mean absolute difference between distinct neighbours")                            \
	X(MAE_MAX, "frame_difference_max", "luma levels", 0, 255, "the largest of them")           \
	X(MAE_ACCEL, "frame_difference_acceleration", "luma levels", 0, 255,                       \
		"mean change of that difference from pair to pair")                                \
	X(HIST_MEAN, "histogram_loss_mean", "1 - correlation", 0, 2,                               \
		"mean 1 - correlation of the luma histograms of distinct neighbours")              \
	X(HIST_MAX, "histogram_loss_max", "1 - correlation", 0, 2, "the largest of them")          \
	X(UNEXPLAINED_MEAN, "unexplained_structure_mean", "share", 0, 2,                           \
		"residual of block matching over texture, mean over pairs")                        \
	X(SPIKE_SHARE, "spike_share", "share", 0, 1,                                               \
		"share of pairs with an SSIM below temporal.ssim_spike_threshold")                 \
	X(SPIKE_DURATION, "instability_duration", "seconds", 0, 3600, "longest run of such pairs") \
	X(SPIKE_AFTER, "ssim_loss_after_spike", "1 - SSIM", 0, 2,                                  \
		"mean 1 - SSIM of the three pairs after the worst")                                \
	X(SPIKE_CONTENT, "content_loss_at_spike", "1 - correlation", 0, 2,                         \
		"unlikeness of the thumbnails before and after the worst pair")                    \
	X(SPIKE_HIST, "histogram_loss_at_spike", "1 - correlation", 0, 2,                          \
		"unlikeness of the luma histograms before and after the worst pair")

enum vq_pairs_id {
#define X(id, name, unit, min, max, meaning) VQ_PAIRS_##id,
	VQ_PAIRS_TABLE(X)
#undef X
		VQ_PAIRS_COUNT
};

/* One pair: a frame against the distinct frame before it. */
struct vq_pair {
	double ssim, patch, mae, hist; /* SSIM, largest patch difference, mean difference,
					  correlation of histograms */
	double unexplained;	       /* structure that motion does not explain */
	double unlike;	 /* 1 - correlation of the thumbnail with that of two frames before */
	double hist_two; /* correlation of the histogram with that of two frames before */
	double coarse, coarse_two; /* difference of structure from the frame before, from that
				      of two frames before, levels squared */
	double length;		   /* seconds that the frame stands */
};

/* ---- frames that trade places ----
 * What moves on is nearer to the next frame than to the one after that, even where it turns
 * back; of frames 1 3 2 4 the middle ones are not.  Where that goes on from frame to frame it
 * is a shaken camera or light.  Zeroed is the start. */
#define VQ_ORDER_AROUND 3 /* pairs on either side that are to be in order */
#define VQ_ORDER_DELAY (VQ_ORDER_AROUND + 1)
#define VQ_ORDER_LEVEL 0.35 /* of what is followed below: less is no defect */

struct vq_order {
	struct vq_pair pair[2];			  /* the last two, the later one first */
	int pairs;				  /* how many there were, 2 at the most */
	double disorder[2 * VQ_ORDER_AROUND + 1]; /* of the last ones, the latest first */
};

/* The scene's next pair, or NULL after its last one.  Returns how much the frames of the
 * pair that came VQ_ORDER_DELAY pairs before traded places, 0 to 1; differences of less than
 * 3 levels count less. */
double vq_order_follow(struct vq_order *o, const struct vq_pair *pair);

/* Zeroed, but for spike, is a scene without pairs. */
struct vq_pairs {
	double spike; /* 1 - SSIM above which a pair is one */
	struct vq_series ssim, patch, mae, hist, unexplained, unlike, hist_two, length;
};

enum vq_code vq_pairs_add(struct vq_pairs *p, const struct vq_pair *pair, struct vq_err *err);
void vq_pairs_reset(struct vq_pairs *p);
void vq_pairs_free(struct vq_pairs *p);

/* All zero when there are none. */
void vq_pairs_values(const struct vq_pairs *p, double values[VQ_PAIRS_COUNT]);

#endif
