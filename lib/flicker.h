/* How unsteady one scene is: sums over its blocks and frames, and the numbers
 * made of them. */
#ifndef VQ_FLICKER_H
#define VQ_FLICKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "change.h"
#include "pairs.h"
#include "scene.h"

/* X(id, name, unit, min, max, meaning).  "Along motion": between a block and its
 * matches in the frames before and after.  "Alternates": goes one way and comes
 * back at the next distinct frame. */
#define VQ_FLICKER_TABLE(X)                                                                        \
	X(ABRUPT_P50, "abrupt_p50", "share", 0, 1,                                                 \
		"share of pairs at which a block's mean luma (by 4 levels) or chroma (by 2) "      \
		"changes along motion and neither the pair before nor after goes on the "          \
		"same way, median block")                                                          \
	X(ABRUPT_P75, "abrupt_p75", "share", 0, 1,                                                 \
		"share of pairs at which a block's mean luma (by 4 levels) or chroma (by 2) "      \
		"changes along motion and neither the pair before nor after goes on the "          \
		"same way, 75th percentile of the blocks")                                         \
	X(ABRUPT_P90, "abrupt_p90", "share", 0, 1,                                                 \
		"share of pairs at which a block's mean luma (by 4 levels) or chroma (by 2) "      \
		"changes along motion and neither the pair before nor after goes on the "          \
		"same way, 90th percentile of the blocks")                                         \
	X(ABRUPT_REGION, "abrupt_region", "share", 0, 1,                                           \
		"share of pairs at which a block's mean luma (by 4 levels) or chroma (by 2) "      \
		"changes along motion and neither the pair before nor after goes on the "          \
		"same way, mean of the worst 3x3 blocks")                                          \
	X(ABRUPT_FINE_P50, "abrupt_fine_p50", "share", 0, 1,                                       \
		"share of pairs at which a block's mean luma (by 2 levels) or chroma (by 1) "      \
		"changes along motion and neither the pair before nor after goes on the "          \
		"same way, median block")                                                          \
	X(ABRUPT_FINE_P75, "abrupt_fine_p75", "share", 0, 1,                                       \
		"share of pairs at which a block's mean luma (by 2 levels) or chroma (by 1) "      \
		"changes along motion and neither the pair before nor after goes on the "          \
		"same way, 75th percentile of the blocks")                                         \
	X(ABRUPT_LUMA_P75, "abrupt_luma_p75", "share", 0, 1,                                       \
		"abrupt changes of luma alone, 75th percentile")                                   \
	X(ABRUPT_CHROMA_P75, "abrupt_chroma_p75", "share", 0, 1,                                   \
		"abrupt changes of chroma alone, 75th percentile")                                 \
	X(ABRUPT_JOINT_P75, "abrupt_joint_p75", "share", 0, 1,                                     \
		"abrupt changes that three or more of the eight blocks around share, 75th "        \
		"percentile of the blocks")                                                        \
	X(ABRUPT_JOINT_P90, "abrupt_joint_p90", "share", 0, 1,                                     \
		"abrupt changes that three or more of the eight blocks around share, 90th "        \
		"percentile of the blocks")                                                        \
	X(ABRUPT_HZ, "abrupt_hz_p75", "Hz", 0, 240, "abrupt changes a second, 75th percentile")    \
	X(ABRUPT_LEVEL, "abrupt_level_p75", "luma levels", 0, 128,                                 \
		"size of the abrupt luma changes a pair, 75th percentile")                         \
	X(ABRUPT_AREA_Q50, "abrupt_area_q50", "share", 0, 1,                                       \
		"share of the picture that changes abruptly, median over time")                    \
	X(ABRUPT_AREA_Q90, "abrupt_area_q90", "share", 0, 1,                                       \
		"share of the picture that changes abruptly, 90th percentile over time")           \
	X(ABRUPT_TIME, "abrupt_time", "share", 0, 1,                                               \
		"share of pairs at which a fifth of the picture or more changes abruptly")         \
	X(UNSTEADY, "unsteady", "share", 0, 1,                                                     \
		"the largest of six: share of pairs with an abrupt change or a step of "           \
		"tone, 75th percentile of the blocks; share of the picture that changes "          \
		"abruptly, root mean square over the pairs; share of pairs at which the "          \
		"tone of the worst part of the picture steps; root of pop; 0.8 of boil; "          \
		"out_of_order from 0.35 to 0.45; all but the last three down to 0.6 of it "        \
		"where veil or sparkle tell of rain")                                              \
	X(TONE_STEPS, "tone_steps", "share", 0, 1,                                                 \
		"share of pairs at which the picture's tone (median change of the blocks' "        \
		"luma or chroma) steps by 2 levels and twice the blocks' spread, and "             \
		"neither neighbour goes on")                                                       \
	X(PART_STEPS, "part_steps", "share", 0, 1,                                                 \
		"share of pairs at which the tone of a part of the picture (a quarter wide "       \
		"and high; median change of its blocks' luma or chroma) steps by 2 levels "        \
		"and twice the blocks' spread, worst part")                                        \
	X(UNSTEADY_PART, "unsteady_part", "share", 0, 1,                                           \
		"the largest of four: share of a part of the picture (a quarter wide and "         \
		"high) that changes abruptly, root mean square over the pairs, worst part, down "  \
		"to 0.6 of it where veil or sparkle tell of rain; the last three of unsteady")     \
	X(OUT_OF_ORDER, "out_of_order", "share", 0, 1,                                             \
		"how much two neighbouring frames trade places: the share by which each is "       \
		"nearer to the frame beyond the other than to the one beside it, worst pair")      \
	X(POP, "pop", "share", 0, 1,                                                               \
		"share of the picture that is alike lighter, darker or of another colour for "     \
		"one frame and then as before, times depth (16 levels of luma or 8 of chroma: "    \
		"1), worst frame; 1 for a dark frame as deep as a strobe")                         \
	X(BOIL, "boil", "share", 0, 1,                                                             \
		"share of what 4x4 pixels change by along motion that is in one frame alone and "  \
		"goes back at the next, 75th percentile of the blocks, median over time; less "    \
		"where sparkle is beyond 0.8 or veil above 0.1")                                   \
	X(VEIL, "veil", "ratio", -1, 1,                                                            \
		"what changes in front of what stays (rain, snow): difference of the changes of "  \
		"the lighter and of the darker of two frames over their sum, median over time")    \
	X(SPARKLE, "sparkle", "ratio", -16, 16,                                                    \
		"skewness of what pixels are in one frame alone, median over time: above 0 "       \
		"for light specks (rain, snow, sparks), below for dark ones")                      \
	X(STRUCTURE_SHARE_P75, "structure_share_p75", "share", 0, 1,                               \
		"share of moments at which a block's structure fits neither neighbour "            \
		"(second difference 0.5 and mismatch 0.4 of the edges), 75th percentile")          \
	X(ALT_LUMA_P50, "alternation_luma_p50", "luma levels", 0, 128,                             \
		"luma that alternates along motion, mean over time, median block")                 \
	X(ALT_LUMA_P75, "alternation_luma_p75", "luma levels", 0, 128,                             \
		"luma that alternates along motion, mean over time, 75th percentile of the "       \
		"blocks")                                                                          \
	X(ALT_LUMA_REGION, "alternation_luma_region", "luma levels", 0, 128,                       \
		"luma that alternates along motion, mean over time, mean of the worst 3x3 "        \
		"blocks")                                                                          \
	X(ALT_CHROMA_P50, "alternation_chroma_p50", "chroma levels", 0, 128,                       \
		"chroma that alternates along motion (Cb + Cr), median block")                     \
	X(ALT_CHROMA_P90, "alternation_chroma_p90", "chroma levels", 0, 128,                       \
		"chroma that alternates along motion (Cb + Cr), 90th percentile of the "           \
		"blocks")                                                                          \
	X(ALT_CHROMA_REGION, "alternation_chroma_region", "chroma levels", 0, 128,                 \
		"chroma that alternates along motion (Cb + Cr), mean of the worst 3x3 "            \
		"blocks")                                                                          \
	X(ACCEL_LUMA_P75, "acceleration_luma_p75", "luma levels", 0, 128,                          \
		"second difference of a block's mean luma along motion, halved, 75th "             \
		"percentile of the blocks")                                                        \
	X(TOP_BAND_P50, "top_band_luma_p50", "share", 0, 1,                                        \
		"share of the luma change's energy in the top temporal band, median block")        \
	X(SECOND_EDGE_P50, "second_difference_over_edges_p50", "ratio", 0, 16,                     \
		"second difference of the pixels along motion over the block's edge "              \
		"strength, median block")                                                          \
	X(SECOND_EDGE_P75, "second_difference_over_edges_p75", "ratio", 0, 16,                     \
		"second difference of the pixels along motion over the block's edge "              \
		"strength, 75th percentile of the blocks")                                         \
	X(SECOND_EDGE_P90, "second_difference_over_edges_p90", "ratio", 0, 16,                     \
		"second difference of the pixels along motion over the block's edge "              \
		"strength, 90th percentile of the blocks")                                         \
	X(STRUCTURE_TEXTURE_P50, "structure_over_texture_p50", "ratio", 0, 16,                     \
		"second difference along motion without the blocks' means, over texture, "         \
		"median block")                                                                    \
	X(STRUCTURE_TEXTURE_P90, "structure_over_texture_p90", "ratio", 0, 16,                     \
		"second difference along motion without the blocks' means, over texture, "         \
		"90th percentile of the blocks")                                                   \
	X(MISMATCH_P50, "mismatch_over_edges_p50", "ratio", 0, 16,                                 \
		"what motion explains neither from before nor from after, over edge "              \
		"strength, median block")                                                          \
	X(MISMATCH_P90, "mismatch_over_edges_p90", "ratio", 0, 16,                                 \
		"what motion explains neither from before nor from after, over edge "              \
		"strength, 90th percentile of the blocks")                                         \
	X(MISMATCH_REGION, "mismatch_over_edges_region", "ratio", 0, 16,                           \
		"what motion explains neither from before nor from after, over edge "              \
		"strength, mean of the worst 3x3 blocks")                                          \
	X(ONE_SIDED_P75, "one_sided_mismatch_p75", "ratio", 0, 16,                                 \
		"mismatch with the worse neighbour minus with the better, over edges: "            \
		"occlusion")                                                                       \
	X(RETURN_P50, "return_share_p50", "share", 0, 1,                                           \
		"share of the change along motion that is gone after two frames, median "          \
		"block")                                                                           \
	X(RETURN_P90, "return_share_p90", "share", 0, 1,                                           \
		"share of the change along motion that is gone after two frames, 90th "            \
		"percentile of the blocks")                                                        \
	X(SPEED_P50, "speed_p50", "pixels of 180", 0, 256,                                         \
		"motion a distinct frame, at the working size, median block")                      \
	X(BEND_SPEED_P50, "bend_over_speed_p50", "ratio", 0, 16,                                   \
		"how much motion bends from pair to pair, over speed: erratic matches, "           \
		"median block")                                                                    \
	X(REVERSALS_P75, "reversals_frame_p75", "share", 0, 1,                                     \
		"turning points of a block's luma along motion, with swings of 3 levels and "      \
		"more, a distinct frame, 75th percentile of the blocks")                           \
	X(REVERSALS_P90, "reversals_frame_p90", "share", 0, 1,                                     \
		"turning points of a block's luma along motion, with swings of 3 levels and "      \
		"more, a distinct frame, 90th percentile of the blocks")                           \
	X(REVERSALS_REGION, "reversals_frame_region", "share", 0, 1,                               \
		"turning points of a block's luma along motion, with swings of 3 levels and "      \
		"more, a distinct frame, mean of the worst 3x3 blocks")                            \
	X(REVERSALS_HZ_P50, "reversals_hz_p50", "Hz", 0, 240,                                      \
		"turning points of a block's luma along motion, with swings of 3 levels and "      \
		"more, a second, median block")                                                    \
	X(FINE_P50, "reversals_fine_frame_p50", "share", 0, 1,                                     \
		"turning points of a block's luma along motion, with swings of 1 level and "       \
		"more, a distinct frame, median block")                                            \
	X(CHROMA_TURNS_P50, "reversals_chroma_frame_p50", "share", 0, 1,                           \
		"turning points of Cb or Cr (the more of both, swings of 1 level and more) "       \
		"a distinct frame, median block")                                                  \
	X(CHROMA_TURNS_P90, "reversals_chroma_frame_p90", "share", 0, 1,                           \
		"turning points of Cb or Cr (the more of both, swings of 1 level and more) "       \
		"a distinct frame, 90th percentile of the blocks")                                 \
	X(ANY_P50, "reversals_any_frame_p50", "share", 0, 1,                                       \
		"turning points of luma (3 levels) or chroma (1.5 levels), the more of "           \
		"them, a distinct frame, median block")                                            \
	X(ANY_P75, "reversals_any_frame_p75", "share", 0, 1,                                       \
		"turning points of luma (3 levels) or chroma (1.5 levels), the more of "           \
		"them, a distinct frame, 75th percentile of the blocks")                           \
	X(ANY_P90, "reversals_any_frame_p90", "share", 0, 1,                                       \
		"turning points of luma (3 levels) or chroma (1.5 levels), the more of "           \
		"them, a distinct frame, 90th percentile of the blocks")                           \
	X(SWING_P50, "swing_luma_p50", "luma levels", 0, 128,                                      \
		"levels that a block's luma goes and comes back along motion (turning "            \
		"points with 1 level and more) a distinct frame, median block")                    \
	X(SWING_P75, "swing_luma_p75", "luma levels", 0, 128,                                      \
		"levels that a block's luma goes and comes back along motion (turning "            \
		"points with 1 level and more) a distinct frame, 75th percentile of the "          \
		"blocks")                                                                          \
	X(SWING_P90, "swing_luma_p90", "luma levels", 0, 128,                                      \
		"levels that a block's luma goes and comes back along motion (turning "            \
		"points with 1 level and more) a distinct frame, 90th percentile of the "          \
		"blocks")                                                                          \
	X(SWING_REGION, "swing_luma_region", "luma levels", 0, 128,                                \
		"levels that a block's luma goes and comes back along motion (turning "            \
		"points with 1 level and more) a distinct frame, mean of the worst 3x3 "           \
		"blocks")                                                                          \
	X(SWING_CHROMA_P50, "swing_chroma_p50", "chroma levels", 0, 128,                           \
		"levels that a block's Cb and Cr go and come back along motion, added, a "         \
		"distinct frame, median block")                                                    \
	X(SWING_CHROMA_P90, "swing_chroma_p90", "chroma levels", 0, 128,                           \
		"levels that a block's Cb and Cr go and come back along motion, added, a "         \
		"distinct frame, 90th percentile of the blocks")                                   \
	X(FRAME_TURNS, "whole_frame_reversals", "share", 0, 1,                                     \
		"turning points of the whole picture's luma (0.7 levels and more) a "              \
		"distinct frame")                                                                  \
	X(FRAME_TURNS_HZ, "whole_frame_reversals_hz", "Hz", 0, 240,                                \
		"turning points of the whole picture's luma (0.7 levels and more) a second")       \
	X(FRAME_SWING, "whole_frame_swing", "luma levels", 0, 128,                                 \
		"levels that the whole picture's luma goes and comes back, a distinct frame")      \
	X(FRAME_PATH, "whole_frame_path", "luma levels a second", 0, 10000,                        \
		"the whole picture's luma changes along motion, added up, a second")               \
	X(FRAME_ROUGH, "whole_frame_rough", "ratio", 0, 16,                                        \
		"how much the whole picture's luma change differs from pair to pair, over "        \
		"its mean")                                                                        \
	X(ALT_AREA_MEAN, "alternating_area_mean", "share", 0, 1,                                   \
		"share of the picture that alternates by 2 levels or more, mean over time")        \
	X(ALT_AREA_MAX, "alternating_area_max", "share", 0, 1,                                     \
		"share of the picture that alternates by 2 levels or more, worst moment")          \
	X(FRAME_ALT_LEVEL, "whole_frame_alternation", "luma levels", 0, 128,                       \
		"luma by which the whole picture alternates, mean over time")                      \
	X(FRAME_ALT_PEAK, "whole_frame_alternation_peak", "luma levels", 0, 128,                   \
		"luma by which the whole picture alternates, worst moment")                        \
	X(CHANGE_LUMA_Q90, "change_luma_q90", "luma levels", 0, 128,                               \
		"90th percentile over time of the median block's luma change along motion")        \
	X(WARP_ERROR, "warping_error", "share", 0, 1,                                              \
		"mean squared difference along motion where both directions agree (after "         \
		"Lai et al. 2018)")

enum vq_flicker_id {
#define X(id, name, unit, min, max, meaning) VQ_FLICKER_##id,
	VQ_FLICKER_TABLE(X)
#undef X
		VQ_FLICKER_COUNT
};

/* A distinct frame as the measures see it. */
struct vq_moment {
	long number;	     /* of the source frame */
	double time;	     /* seconds */
	double until;	     /* time of the next distinct frame, or the end */
	struct vq_pair pair; /* with the distinct frame before */
	struct vq_change_block *blocks;
	struct vq_change_tone back, ahead; /* of the blocks */
	bool measured; /* blocks are filled: there are frames before and after */
	uint8_t thumb[VQ_SCENE_THUMB];
};

struct vq_flicker;

/* For fields of columns x rows blocks.  strobe_counts: deep steps of the whole picture's
 * light are unsteady like any other; else nothing is said of such a pair. */
enum vq_code vq_flicker_new(
	struct vq_flicker **f, int columns, int rows, bool strobe_counts, struct vq_err *err);
void vq_flicker_free(struct vq_flicker **f);

/* Forget what was added: a scene begins. */
void vq_flicker_begin(struct vq_flicker *f);

/* The scene's next distinct frame.  inner: both its neighbours are in the scene
 * too, and its blocks count. */
enum vq_code vq_flicker_add(
	struct vq_flicker *f, const struct vq_moment *m, bool inner, struct vq_err *err);

/* The numbers of the scene, which ends here: all finite and in range, zero where
 * there is nothing to measure. */
enum vq_code vq_flicker_values(
	struct vq_flicker *f, double values[VQ_FLICKER_COUNT], struct vq_err *err);

/* The one number by which scenes are compared; larger is worse. */
double vq_flicker_badness(const double values[VQ_FLICKER_COUNT]);

#endif
