#include "sampler.h"

#include <math.h>

#define GOLDEN 0.6180339887498949

/* Instants owed beyond this are forgotten, so that the end of a still scene does
 * not start a burst. */
#define OWED_MAX 2

/* Rates are quotients of measured durations: this near to native is native. */
#define NEARLY 0.995

void vq_sampler_init(
	struct vq_sampler *s, double fps, long budget, double duration_sec, double native_fps)
{
	*s = (struct vq_sampler){.rate = fps};
	if ((double)budget > fps * duration_sec)
		s->rate = (double)budget / duration_sec;
	s->all = s->rate >= native_fps * NEARLY;
	if (s->all)
		s->rate = native_fps;
}

static double instant(const struct vq_sampler *s)
{
	double k = (double)s->next, phase = k * GOLDEN;

	return (k + phase - floor(phase)) / s->rate;
}

bool vq_sampler_take(struct vq_sampler *s, double time_sec, bool new_picture)
{
	s->fresh = s->fresh || new_picture || s->next == 0;
	if (s->all) {
		s->owed = 1;
		s->next = 1;
	}
	while (!s->all && instant(s) <= time_sec) {
		s->next++;
		if (s->owed < OWED_MAX)
			s->owed++;
	}
	if (s->owed == 0 || !s->fresh)
		return false;
	s->owed--;
	s->fresh = false;
	return true;
}
