/* Cuts, dissolves and fades from thumbnails. */
#include "../tap.h"

#include "../../lib/scene.h"

static struct vq_config *config;
static enum vq_scene_kind mark[200];
static int marks;

static void picture(uint8_t *thumb, int world, double gain, double mean)
{
	uint32_t seed = (uint32_t)world * 7919u + 1;

	for (int i = 0; i < VQ_SCENE_THUMB; i++) {
		double v;

		seed = seed * 1664525u + 1013904223u;
		v = mean + gain * ((double)(seed >> 24) - 128);
		thumb[i] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
	}
}

typedef void frame_fn(int n, uint8_t *thumb, double *ssim, double *unexplained);

static void run(frame_fn *frame, int n)
{
	struct vq_scene *s;
	struct vq_err err;
	long early = 0;

	marks = 0;
	if (vq_scene_new(&s, config, &err) != VQ_OK)
		exit(1);
	for (int i = 0; i < n; i++) {
		uint8_t thumb[VQ_SCENE_THUMB];
		double ssim, unexplained;

		frame(i, thumb, &ssim, &unexplained);
		vq_scene_add(s, thumb, ssim, unexplained);
		while (vq_scene_next(s, &mark[marks]))
			marks++;
		early = i + 1 - marks > early ? i + 1 - marks : early;
	}
	vq_scene_finish(s);
	while (vq_scene_next(s, &mark[marks]))
		marks++;
	is_int(marks, n, "a mark for every frame");
	ok(early <= VQ_SCENE_DELAY, "known after %ld frames at most", early);
	vq_scene_free(&s);
}

static int count(enum vq_scene_kind kind)
{
	int n = 0;

	for (int i = 0; i < marks; i++)
		n += mark[i] == kind;
	return n;
}

static void cut(int n, uint8_t *thumb, double *ssim, double *unexplained)
{
	picture(thumb, n < 30 ? 1 : 2, 0.5, 120);
	*ssim = n == 30 ? 0.1 : 0.9;
	*unexplained = n == 30 ? 0.9 : 0.15;
}

/* One foreign frame, then the same scene again. */
static void flash(int n, uint8_t *thumb, double *ssim, double *unexplained)
{
	picture(thumb, n == 30 ? 2 : 1, 0.5, n == 30 ? 200 : 120);
	*ssim = n == 30 || n == 31 ? 0.1 : 0.9;
	*unexplained = n == 30 || n == 31 ? 0.9 : 0.15;
}

/* Every frame drawn anew. */
static void storm(int n, uint8_t *thumb, double *ssim, double *unexplained)
{
	picture(thumb, n + 1, 0.5, 120);
	*ssim = 0.2;
	*unexplained = 0.8;
}

static void dissolve(int n, uint8_t *thumb, double *ssim, double *unexplained)
{
	uint8_t other[VQ_SCENE_THUMB];
	double share = n < 20 ? 0 : n < 35 ? (n - 20) / 15.0 : 1;

	picture(thumb, 1, 0.5, 120);
	picture(other, 2, 0.5, 120);
	for (int i = 0; i < VQ_SCENE_THUMB; i++)
		thumb[i] = (uint8_t)(thumb[i] + share * (other[i] - thumb[i]));
	*ssim = 0.8;
	*unexplained = 0.2;
}

static void fade(int n, uint8_t *thumb, double *ssim, double *unexplained)
{
	double gain = n < 20 ? 1 : n < 40 ? (40 - n) / 20.0 : 0;

	picture(thumb, 1, 0.5 * gain, 16 + 104 * gain);
	*ssim = 0.9;
	*unexplained = 0.2;
}

static void ramp(int n, uint8_t *thumb, double *ssim, double *unexplained)
{
	picture(thumb, 1, 0.4, 80 + (n < 20 ? 0 : n < 40 ? 2.0 * (n - 20) : 40));
	*ssim = 0.95;
	*unexplained = 0.1;
}

int main(void)
{
	struct vq_err err;

	if (vq_config_new(&config, &err) != VQ_OK)
		return 1;
	run(cut, 60);
	ok(mark[30] == VQ_SCENE_CUT && count(VQ_SCENE_CUT) == 1, "one cut, at its frame");
	run(flash, 60);
	is_int(count(VQ_SCENE_CUT), 0, "a flash that comes back is no cut");
	run(storm, 60);
	is_int(count(VQ_SCENE_CUT), 0, "frames that all differ are no cuts");
	run(dissolve, 70);
	ok(mark[27] == VQ_SCENE_DISSOLVE && mark[10] == VQ_SCENE_SAME && mark[45] == VQ_SCENE_SAME,
		"a dissolve, in its middle and not around it");
	is_int(count(VQ_SCENE_CUT), 0, "a dissolve is no cut");
	run(fade, 70);
	ok(mark[35] == VQ_SCENE_FADE && mark[10] == VQ_SCENE_SAME, "a fade to black");
	run(ramp, 70);
	ok(mark[30] == VQ_SCENE_RAMP && count(VQ_SCENE_FADE) + count(VQ_SCENE_DISSOLVE) == 0,
		"light that goes up within a scene");
	vq_config_free(&config);
	return done_testing();
}
