/* When a glitch acts: its span in presentation time and the beat inside it. */
#ifndef VQ_GLITCHTIME_H
#define VQ_GLITCHTIME_H

#include <stdbool.h>
#include <stdint.h>

enum vq_wave { VQ_WAVE_SQUARE, VQ_WAVE_SINE, VQ_WAVE_RANDOM };

/* A cycle lasts `period` frames, or 1 / hz seconds when hz is above 0; with neither
 * there is one cycle that never ends.  A cycle is "on" for its first `on` frames, or
 * for its first half when hz is set. */
struct vq_timing {
	double start, duration; /* seconds; duration may be INFINITY */
	long frames;		/* at most so many frames; 0: no limit */
	int period, on;
	double hz;
	enum vq_wave wave;
};

/* What holds at one frame. */
struct vq_step {
	bool active;	 /* inside the span */
	long index;	 /* frames since the span began, from 0; -1 before it */
	double progress; /* 0 before the span, 1 after it, linear between; 0 in an endless one */
	double seconds;	 /* since `start` */
	long cycle;	 /* number of the cycle, from 0 */
	double phase;	 /* place in the cycle, 0..1 */
	bool on;
	bool fresh;  /* the first frame of its cycle */
	double wave; /* -1..1: square +1 on and -1 off; random: a new value each cycle */
};

struct vq_beat {
	struct vq_timing timing;
	uint64_t seed;
	long index; /* of the last frame, -1 before the span */
	long acted; /* frames inside the span */
	long cycle; /* of the last frame, -1 before the span */
};

void vq_beat_init(struct vq_beat *b, const struct vq_timing *t, uint64_t seed);

/* The step of the next frame.  A frame that repeats the picture before it takes the
 * beat no further when beats are counted in frames. */
void vq_beat_next(struct vq_beat *b, int64_t time_us, bool repeats, struct vq_step *s);

#endif
