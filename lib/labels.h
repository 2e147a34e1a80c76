/* labels.csv: which clips show which defect.  CSV as in RFC 4180 (quoted fields may
 * hold commas, quotes and line breaks), UTF-8, a byte order mark is skipped, lines
 * end in CRLF or LF, the first names the columns:
 *
 *   clip_id, path, artifact, artifact_category, source   required
 *   notes                                                any text
 *   agreement            "disputed": not for training or scores; "made": the defect
 *                        was put in, for training, not for scores; "both": both
 *                        defects are there
 *   text_inconsistency, temporal_flicker                 each defect on its own
 *
 * in any order; other columns are ignored.  artifact and the two defects are
 * true or false (or 1, 0), without regard to case; a defect's empty field follows
 * artifact_category. */
#ifndef VQ_LABELS_H
#define VQ_LABELS_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"
#include "model.h"
#include "sha256.h"

struct vq_label {
	const char *clip_id, *path, *source;
	enum vq_class category;
	bool defect[VQ_CLASSES]; /* [VQ_NONE]: no defect */
	bool disputed, made;
};

/* Does the clip count in scores? */
static inline bool vq_label_scores(const struct vq_label *l)
{
	return !l->disputed && !l->made;
}

struct vq_labels {
	struct vq_label *list; /* sorted by clip_id */
	size_t count;
	char sha256[VQ_SHA256_HEX]; /* of the file's bytes */
	char *text;		    /* holds the strings */
};

/* VQ_ENOENT; VQ_EDATA with the line: broken CSV, a missing column, an unknown
 * value, fields that contradict each other, an empty clip_id or source (clips are
 * grouped by it), a clip_id given twice. */
enum vq_code vq_labels_load(struct vq_labels **l, const char *path, struct vq_err *err);
enum vq_code vq_labels_parse(
	struct vq_labels **l, const char *text, size_t len, struct vq_err *err);
void vq_labels_free(struct vq_labels **l);

/* NULL when there is none. */
const struct vq_label *vq_labels_find(const struct vq_labels *l, const char *clip_id);

#endif
