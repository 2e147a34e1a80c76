/* Spans, beats in frames and in Hz, waves. */
#include <math.h>
#include <string.h>

#include "../../lib/glitchtime.h"
#include "../tap.h"

/* "1" on, "0" off, "." inactive, for frames at a rate. */
static const char *pattern(struct vq_timing t, double fps, int frames)
{
	static char out[128];
	struct vq_beat b;
	struct vq_step s;

	vq_beat_init(&b, &t, 1);
	for (int i = 0; i < frames; i++) {
		vq_beat_next(&b, (int64_t)(i * 1e6 / fps + 0.5), false, &s);
		out[i] = !s.active ? '.' : s.on ? '1' : '0';
	}
	out[frames] = '\0';
	return out;
}

static struct vq_timing timing(int period, int on, double hz)
{
	return (struct vq_timing){0, INFINITY, 0, period, on, hz, VQ_WAVE_SQUARE};
}

static void spans(void)
{
	struct vq_timing t = timing(0, 0, 0);

	is_str(pattern(t, 24, 6), "111111", "no beat: always on");
	t.start = 0.125;
	is_str(pattern(t, 24, 6), "...111", "from the frame at the start on");
	t.duration = 2 / 24.0;
	is_str(pattern(t, 24, 7), "...11..", "for so many seconds");
	t.duration = INFINITY;
	t.frames = 1;
	is_str(pattern(t, 24, 6), "...1..", "or frames");
	t = timing(0, 1, 0);
	is_str(pattern(t, 24, 4), "1000", "one frame of an endless cycle");
}

static void beats(void)
{
	static const double rates[] = {8, 12, 24, 25, 30, 50, 60, 24000 / 1001.0, 30000 / 1001.0};
	struct vq_timing late = timing(2, 1, 0);

	is_str(pattern(timing(2, 1, 0), 30, 8), "10101010", "two-frame alternation");
	is_str(pattern(timing(3, 1, 0), 30, 8), "10010010", "three-frame alternation");
	is_str(pattern(timing(4, 2, 0), 30, 8), "11001100", "two on, two off");
	late.start = 0.1;
	is_str(pattern(late, 30, 8), "...10101", "the beat begins with the span");
	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
		is_str(pattern(timing(0, 0, rates[i] / 2), rates[i], 40),
			"1010101010101010101010101010101010101010",
			"half the rate of %g is a two-frame alternation", rates[i]);
	is_str(pattern(timing(0, 0, 3), 24, 16), "1111000011110000", "3 Hz at 24 fps");
	is_str(pattern(timing(0, 0, 3), 12, 16), "1100110011001100", "3 Hz at 12 fps");
}

/* A frequency follows presentation times, not frame numbers. */
static void uneven_times(void)
{
	static const int64_t us[] = {0, 100000, 150000, 400000, 500000, 600000, 999999, 1000000};
	struct vq_timing t = timing(0, 0, 2);
	struct vq_beat b;
	struct vq_step s;
	char got[9] = {0};

	vq_beat_init(&b, &t, 1);
	for (int i = 0; i < 8; i++) {
		vq_beat_next(&b, us[i], false, &s);
		got[i] = s.on ? '1' : '0';
	}
	is_str(got, "11101111", "2 Hz in uneven times");
}

static void repeats(void)
{
	struct vq_timing t = timing(2, 1, 0);
	struct vq_beat b;
	struct vq_step s;
	char got[9] = {0};

	vq_beat_init(&b, &t, 1);
	for (int i = 0; i < 8; i++) {
		vq_beat_next(&b, i * 40000, i % 2 == 1, &s);
		got[i] = s.on ? '1' : '0';
	}
	is_str(got, "11001100", "repeated pictures take the beat no further");
}

static void waves(void)
{
	struct vq_timing t = timing(4, 2, 0);
	struct vq_beat b;
	struct vq_step s;
	double first = 0, sum = 0, high = -1, low = 1;

	t.wave = VQ_WAVE_SINE;
	vq_beat_init(&b, &t, 1);
	for (int i = 0; i < 4; i++) {
		static const double want[] = {0, 1, 0, -1};

		vq_beat_next(&b, i * 40000, false, &s);
		is_real(s.wave, want[i], 1e-9, "sine at %d of 4", i);
	}
	t = timing(1, 1, 0);
	t.wave = VQ_WAVE_RANDOM;
	vq_beat_init(&b, &t, 7);
	for (int i = 0; i < 1000; i++) {
		vq_beat_next(&b, i * 40000, false, &s);
		first = i == 0 ? s.wave : first;
		sum += s.wave;
		high = fmax(high, s.wave);
		low = fmin(low, s.wave);
	}
	ok(fabs(sum / 1000) < 0.06 && high > 0.95 && low < -0.95 && high < 1 && low >= -1,
		"random values fill -1..1");
	vq_beat_init(&b, &t, 8);
	vq_beat_next(&b, 0, false, &s);
	ok(fabs(s.wave - first) > 1e-6, "another seed, another wave");
}

int main(void)
{
	spans();
	beats();
	uneven_times();
	repeats();
	waves();
	return done_testing();
}
