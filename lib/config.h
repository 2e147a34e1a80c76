/* The configuration: one table of keys, with type, default, range and help,
 * that every program and the batch and cloud parts share.  man vidqc.conf(5). */
#ifndef VQ_CONFIG_H
#define VQ_CONFIG_H

#include <jansson.h>

#include "err.h"

/* X(id, key, type, default, min, max, help); types are REAL, INT, STR (min and
 * max are its length), GRID ([columns,rows]), CHOICE (help starts with the
 * choices, "a|b|c: text"). */
#define VQ_CONFIG_TABLE(X)                                                                         \
	X(VIDEO_SAMPLE_FPS, "video.sample_fps", REAL, "5", 0.1, 240,                               \
		"frames a second read for text, at least")                                         \
	X(VIDEO_SAMPLE_BUDGET, "video.sample_budget", INT, "50", 1, 10000,                         \
		"frames of a clip read for text when sample_fps gives fewer")                      \
	X(VIDEO_MAX_DURATION, "video.max_duration_sec", REAL, "10", 0.01, 86400,                   \
		"seconds of a clip that are looked at; the rest is reported as cut off")           \
	X(VIDEO_MAX_RESOLUTION, "video.max_resolution", INT, "720", 16, 4320,                      \
		"height in pixels of the frames read for text, at most")                           \
	X(VIDEO_LOW_RESOLUTION, "video.low_resolution", INT, "320", 2, 4320,                       \
		"frames no higher than this, in pixels, are doubled before they are read")         \
	X(VIDEO_ANALYSIS_HEIGHT, "video.analysis_height", INT, "360", 16, 2160,                    \
		"height in pixels of the frames measured for flicker, never enlarged")             \
	X(VIDEO_MAX_PIXELS, "video.max_pixels", INT, "35389440", 4, 268435456,                     \
		"pixels of a frame; a clip with larger ones is refused")                           \
	X(VIDEO_THREADS, "video.threads", INT, "0", 0, 64, "decoder threads, 0: one a core")       \
	X(TEXT_LANGUAGE, "text.language", STR, "eng", 1, 128, "Tesseract languages, joined by +")  \
	X(TEXT_SKIP, "text.ocr_skip_ssim_threshold", REAL, "0.995", 0, 1,                          \
		"a crop this similar to the one read before is not read again")                    \
	X(TEXT_IOU, "text.bbox_iou_threshold", REAL, "0.3", 0, 1,                                  \
		"overlap of boxes of one track in consecutive samples")                            \
	X(TEXT_EDIT, "text.edit_distance_threshold", REAL, "2", 0, 1000,                           \
		"edits between readings that count as a change")                                   \
	X(TEXT_MAX_REGIONS, "text.max_regions", INT, "15", 1, 1000,                                \
		"text regions kept in one frame, best first")                                      \
	X(TEMPORAL_SPIKE, "temporal.ssim_spike_threshold", REAL, "0.85", 0, 1,                     \
		"SSIM between neighbours below which a spike begins")                              \
	X(TEMPORAL_GRID, "temporal.patch_grid", GRID, "[4,4]", 1, 64,                              \
		"columns and rows of the coarse patches")                                          \
	X(TEMPORAL_STROBE, "temporal.strobe", CHOICE, "note", 0, 0,                                \
		"flag|note|ignore: deep (60 levels) light changes of the whole picture count, "    \
		"are let go with a note where periodic, or without a word")                        \
	X(CUT_SSIM, "temporal.scene_cut.cut_ssim_threshold", REAL, "0.4", 0, 1,                    \
		"SSIM between neighbours below which a cut is considered")                         \
	X(CUT_WINDOW, "temporal.scene_cut.post_cut_stability_window", INT, "3", 1, 100,            \
		"pairs after a cut that must be stable")                                           \
	X(CUT_STABILITY, "temporal.scene_cut.post_cut_stability_min", REAL, "0.8", 0, 1,           \
		"SSIM of a stable pair after a cut")                                               \
	X(CUT_MIN_SEGMENT, "temporal.scene_cut.min_segment_frames", INT, "5", 1, 1000,             \
		"distinct frames of the shortest scene that is judged")                            \
	X(MODEL_THRESHOLD, "model.binary_threshold", REAL, "0.7", 0, 1,                            \
		"a clip is flagged when P(NONE) is below it")

enum vq_config_id {
#define X(id, key, type, def, min, max, help) VQ_CFG_##id,
	VQ_CONFIG_TABLE(X)
#undef X
		VQ_CFG_COUNT
};

struct vq_config;

/* A configuration with the defaults. */
enum vq_code vq_config_new(struct vq_config **c, struct vq_err *err);
void vq_config_free(struct vq_config **c);

/* Merge a JSON file / one "key=value" / a JSON object over what is there.
 * Objects may be nested or have dotted keys.  VQ_EUSAGE names an unknown key, a
 * value of the wrong type or out of range, and what was expected; VQ_ENOENT:
 * the file cannot be opened; VQ_EUSAGE also for a file that is no JSON object. */
enum vq_code vq_config_load(struct vq_config *c, const char *path, struct vq_err *err);
enum vq_code vq_config_set(struct vq_config *c, const char *assignment, struct vq_err *err);
enum vq_code vq_config_merge(struct vq_config *c, const json_t *object, struct vq_err *err);

/* Values.  The id's type must fit the call. */
double vq_config_real(const struct vq_config *c, enum vq_config_id id); /* REAL and INT */
int vq_config_int(const struct vq_config *c, enum vq_config_id id);
const char *vq_config_str(const struct vq_config *c, enum vq_config_id id); /* STR and CHOICE */
void vq_config_grid(const struct vq_config *c, enum vq_config_id id, int *columns, int *rows);

/* All values as one nested object; a new reference. */
json_t *vq_config_json(const struct vq_config *c);

/* A row of the table, for help texts. */
struct vq_config_row {
	const char *key, *type, *def, *help;
	double min, max;
};
const struct vq_config_row *vq_config_row(enum vq_config_id id);

#endif
