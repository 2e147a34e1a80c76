/* Which frames of a clip are read: enough of them, all different, and never in
 * step with an alternation.  A fixed stride of an even number of frames always
 * hits the same phase of a two-frame flicker; here the wanted instants move inside
 * their interval by the golden-ratio sequence, which is spread evenly and has no
 * period. */
#ifndef VQ_SAMPLER_H
#define VQ_SAMPLER_H

#include <stdbool.h>

struct vq_sampler {
	double rate; /* wanted instants a second */
	bool all;    /* every new picture is taken */
	long next;   /* number of the next wanted instant */
	int owed;    /* instants that have passed and got no frame yet */
	bool fresh;  /* the picture on show has not been taken */
};

/* At least `fps` frames a second (0: no such wish); when that gives fewer than
 * `budget` frames (0: no budget) in duration_sec, the rate rises to
 * budget / duration_sec.  A rate of native_fps or more takes every new picture.
 * duration_sec and native_fps are positive. */
void vq_sampler_init(
	struct vq_sampler *s, double fps, long budget, double duration_sec, double native_fps);

/* Whether to take the frame shown at time_sec, in order of time; the first frame is
 * always taken.  new_picture: it does not repeat the picture before
 * (vq_frame_repeats).  Instant k is (k + frac(k * 0.618...)) / rate; a frame is
 * taken when an instant has passed and its picture was not taken before, so a
 * still scene gives one frame, and the mean rate holds wherever pictures change
 * fast enough. */
bool vq_sampler_take(struct vq_sampler *s, double time_sec, bool new_picture);

#endif
