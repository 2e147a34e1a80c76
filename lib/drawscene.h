/* Drawn scenes: frames made of nothing but a seed, to put known defects into.  Each is a
 * picture of soft shapes with fine texture, seen by a camera, with a little grain. */
#ifndef VQ_DRAWSCENE_H
#define VQ_DRAWSCENE_H

#include <stdint.h>

#include "frame.h"

struct vq_drawscene;

/* How many scenes there are, the name of number i, and one line about it. */
int vq_drawscene_count(void);
const char *vq_drawscene_name(int i);
const char *vq_drawscene_help(int i);

/* Frames of width x height pixels.  VQ_EUSAGE when no scene has that name; VQ_EDATA for a
 * size that vq_frame_init refuses. */
enum vq_code vq_drawscene_new(struct vq_drawscene **d, const char *name, int width, int height,
	uint64_t seed, struct vq_err *err);
void vq_drawscene_free(struct vq_drawscene **d);

/* The picture at that time in seconds into f's planes; f has the scene's size.  Frames can be
 * drawn in any order. */
void vq_drawscene_render(struct vq_drawscene *d, double time, struct vq_frame *f);

#endif
