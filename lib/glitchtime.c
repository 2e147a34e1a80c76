#include "glitchtime.h"

#include <math.h>

#include "rng.h"

/* Times come rounded to microseconds: a beat that falls on a frame must not be
 * missed by that. */
#define ROUNDING 1.5e-6

void vq_beat_init(struct vq_beat *b, const struct vq_timing *t, uint64_t seed)
{
	*b = (struct vq_beat){.timing = *t, .seed = seed, .index = -1, .cycle = -1};
}

static void cycle_of(const struct vq_timing *t, struct vq_step *s)
{
	if (t->hz > 0) {
		double cycles = fmax(0, s->seconds + ROUNDING) * t->hz;

		s->cycle = (long)cycles;
		s->phase = cycles - (double)s->cycle;
		s->on = s->phase < 0.5;
	} else if (t->period > 0 && s->index >= 0) {
		s->cycle = s->index / t->period;
		s->phase = (double)(s->index % t->period) / t->period;
		s->on = s->index % t->period < t->on;
	} else {
		s->on = t->on == 0 || s->index < t->on;
	}
}

void vq_beat_next(struct vq_beat *b, int64_t time_us, bool repeats, struct vq_step *s)
{
	const struct vq_timing *t = &b->timing;
	uint64_t state;

	*s = (struct vq_step){.index = -1};
	s->seconds = (double)time_us / 1e6 - t->start;
	if (s->seconds + ROUNDING < 0)
		return;
	if (b->index < 0 || !repeats)
		b->index++;
	b->acted++;
	s->index = b->index;
	s->active =
		s->seconds + ROUNDING < t->duration && (t->frames == 0 || b->acted <= t->frames);
	if (t->frames > 0)
		s->progress = fmin(1, (double)(b->acted - 1) / (double)t->frames);
	else if (isfinite(t->duration))
		s->progress = t->duration <= 0 ? 1 : fmin(1, fmax(0, s->seconds) / t->duration);
	cycle_of(t, s);
	s->fresh = s->cycle != b->cycle;
	b->cycle = s->cycle;
	switch (t->wave) {
	case VQ_WAVE_SQUARE:
		s->wave = s->on ? 1 : -1;
		break;
	case VQ_WAVE_SINE:
		s->wave = sin(2 * 3.14159265358979323846 * s->phase);
		break;
	case VQ_WAVE_RANDOM:
		state = vq_rng_at(b->seed, 0x77617665, (uint64_t)s->cycle);
		s->wave = vq_rng_signed(&state);
		break;
	}
}
