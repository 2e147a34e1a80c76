/* The picture of one row of text as a reader wants it: upright, dark on light,
 * letters about 32 pixels high. */
#ifndef VQ_ROWPICTURE_H
#define VQ_ROWPICTURE_H

#include <stdint.h>

#include "texttrack.h"

#define VQ_ROWPICTURE_PIXELS (96 * 1600)

struct vq_rowpicture {
	int width, height;
	uint8_t pixel[VQ_ROWPICTURE_PIXELS];
};

/* Small differences that a reader should not mind. */
struct vq_rowview {
	double dx, dy; /* shift, frame pixels */
	double scale;  /* of the picture */
	double gamma;  /* of its brightness */
};

/* As it is. */
extern const struct vq_rowview vq_rowview_plain;

/* Cut the row out of the plane that it stands out in, turned by its slope. */
void vq_rowpicture_cut(struct vq_rowpicture *o, const struct vq_frame *f, const struct vq_seen *row,
	const struct vq_rowview *view);

#endif
