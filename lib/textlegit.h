/* Text that changes as it may: counters, typing, captions. */
#ifndef VQ_TEXTLEGIT_H
#define VQ_TEXTLEGIT_H

#include "textseries.h"

/* The reason and a note when the track's text changes as it may: counter, typing, caption.
 * NULL otherwise. */
const char *vq_text_legitimate(const struct vq_text_series *t, const char **notes);

/* The same, and reasons that are no part of the features, which a model was trained on.
 * peak: the step that changes most. */
const char *vq_text_may_change(const struct vq_text_series *t, size_t peak, const char **notes);

#endif
