/* Which frames are new pictures.  Many clips hold 8 or 12 real frames a second
 * in a 24 to 30 fps container, each stored two to four times and encoded anew
 * with loss, so a repeat is equal up to coding noise and not byte for byte. */
#ifndef VQ_DISTINCT_H
#define VQ_DISTINCT_H

#include <stdbool.h>
#include <stddef.h>

#include "frame.h"

/* Whether plane b shows the same picture as plane a.  Both are 8 bit, width x
 * height pixels with `stride` bytes from row to row (any size from 1x1; made for
 * heights up to about 360, where 8x8 tiles average the coding noise away).
 * True when no 8x8 tile's mean, no 32x32 tile's mean and not the mean of the
 * whole plane moved by more than re-encoding moves them; the allowance of a small
 * tile grows with its contrast, as a coder's error does.  Global flicker of one
 * level or more, and a letter that changes, make a new picture.
 * Compare with the last DISTINCT frame, not with the frame just before: then slow
 * motion and slow fades add up to new pictures and cannot creep past the test.
 * No allocation, stops at the first tile that differs. */
bool vq_plane_repeats(const uint8_t *a, const uint8_t *b, int width, int height, size_t stride);

/* The same for all three planes of two frames of one size. */
bool vq_frame_repeats(const struct vq_frame *a, const struct vq_frame *b);

#endif
