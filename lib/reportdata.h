/* The records that a report is made of: a prediction, and what else is there of the
 * same clip. */
#ifndef VQ_REPORTDATA_H
#define VQ_REPORTDATA_H

#include <jansson.h>
#include <stdbool.h>

#include "err.h"

/* No frame number in a prediction is larger. */
#define VQ_REPORT_FRAMES 1000000000L

/* All owned; NULL where nothing was given. */
struct vq_reportdata {
	json_t *prediction; /* checked, see below */
	json_t *features;   /* the clip's feature record: text tracks, media */
	json_t *text;	    /* array of text records: readings */
	json_t *moments;    /* array of moment records: the series of vidqc-features */
};

void vq_reportdata_clear(struct vq_reportdata *d);

/* Read a prediction from lines of them: that of clip_id, or, when that is NULL, the
 * only one there is.  VQ_EDATA: no such line, more than one, an error line (there is no
 * verdict to show), a field that is missing or of another kind. */
enum vq_code vq_reportdata_prediction(
	struct vq_reportdata *d, int fd, const char *clip_id, struct vq_err *err);

/* Read the other records, after the prediction.  VQ_EDATA: broken or unfinished
 * streams, and features of another clip. */
enum vq_code vq_reportdata_features(struct vq_reportdata *d, int fd, struct vq_err *err);
enum vq_code vq_reportdata_text(struct vq_reportdata *d, int fd, struct vq_err *err);
enum vq_code vq_reportdata_moments(struct vq_reportdata *d, int fd, struct vq_err *err);

/* Check what pages use of a prediction: clip_id, artifact, confidence,
 * artifact_category, class_probabilities, events, suppressed, explanation. */
enum vq_code vq_reportdata_check(const json_t *prediction, struct vq_err *err);

/* ---- fields; the record may lack them ---- */

double vq_json_real(const json_t *o, const char *key, double otherwise);
long vq_json_int(const json_t *o, const char *key, long otherwise);
const char *vq_json_str(const json_t *o, const char *key, const char *otherwise);

/* Whether the category of a prediction, event or suppressed entry is
 * TEXT_INCONSISTENCY. */
bool vq_json_is_text(const json_t *event);

/* Where the clip ends as far as the records tell, seconds, more than 0. */
double vq_reportdata_end(const struct vq_reportdata *d);

/* The region of a text track in the last text record up to a frame, or NULL. */
const json_t *vq_reportdata_region(const struct vq_reportdata *d, long track, long frame);

#endif
