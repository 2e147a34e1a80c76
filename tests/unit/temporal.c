/* The temporal half on synthetic clips whose truth is known. */
#include "../tap.h"

#include "../../lib/temporal.h"

#define W 192
#define H 128
#define FPS 24

/* What a synthetic clip shows at frame n. */
struct shot {
	double x, y;	     /* where the camera looks */
	double zoom;	     /* scale, 0 as 1 */
	double gain, offset; /* light */
	double local;	     /* light in the lower right corner */
	double blue;	     /* colour */
	int world, other;    /* which texture; mixed with another by share */
	double share;
	double grain;	   /* levels, of each pixel alone */
	int specks, frame; /* light spots of 4x8 pixels, elsewhere in each frame */
	int streaks;	   /* light lines of 1x8 pixels, elsewhere in each frame */
};

typedef struct shot shot_fn(int n);

static double lattice(int x, int y, int octave)
{
	uint32_t h = (uint32_t)x * 374761393u + (uint32_t)y * 668265263u + (uint32_t)octave * 9781u;

	h = (h ^ (h >> 13)) * 1274126177u;
	return ((h ^ (h >> 16)) & 0xffffff) / 16777216.0;
}

static double texture(double x, double y, int world)
{
	double sum = 0;

	for (int o = 0; o < 3; o++) {
		double cell = 7 << o, u = x / cell + 1000, v = y / cell + 1000;
		int i = (int)u, j = (int)v, k = o + 8 * world;
		double fu = u - i, fv = v - j;

		fu = fu * fu * (3 - 2 * fu);
		fv = fv * fv * (3 - 2 * fv);
		sum += (lattice(i, j, k) * (1 - fu) + lattice(i + 1, j, k) * fu) * (1 - fv) +
		       (lattice(i, j + 1, k) * (1 - fu) + lattice(i + 1, j + 1, k) * fu) * fv;
	}
	return sum / 3;
}

static uint8_t level(double v)
{
	return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v + 0.5);
}

static void paint(struct vq_frame *f, const struct shot *s)
{
	for (int y = 0; y < f->height; y++) {
		for (int x = 0; x < f->width; x++) {
			double zoom = s->zoom > 0 ? s->zoom : 1;
			double v = texture((x - f->width / 2) / zoom + f->width / 2 + s->x,
				(y - f->height / 2) / zoom + f->height / 2 + s->y, s->world);
			bool corner = x >= f->width * 2 / 3 && y >= f->height / 2;

			if (s->share > 0)
				v += s->share * (texture(x, y, s->other) - v);
			v = s->gain * (30 + 190 * v) + s->offset + (corner ? s->local : 0);
			v += s->grain * (2 * lattice(x, y, 100 + s->frame) - 1);
			f->plane[0][y * f->width + x] = level(v);
		}
	}
	for (int i = 0; i < s->specks; i++) {
		int x = (int)(lattice(i, s->frame, 7) * (f->width - 4));
		int y = (int)(lattice(i, s->frame, 8) * (f->height - 8));

		for (int j = 0; j < 32; j++)
			f->plane[0][(y + j / 4) * f->width + x + j % 4] = 235;
	}
	for (int i = 0; i < s->streaks; i++) {
		int x = (int)(lattice(i, s->frame, 9) * f->width);
		int y = (int)(lattice(i, s->frame, 10) * (f->height - 8));

		for (int j = 0; j < 8; j++) {
			uint8_t *p = &f->plane[0][(y + j) * f->width + x];

			*p = level(*p + 50);
		}
	}
	memset(f->plane[1], level(128 + s->blue), (size_t)(f->width / 2) * (size_t)(f->height / 2));
	memset(f->plane[2], 128, (size_t)(f->width / 2) * (size_t)(f->height / 2));
}

static const struct shot plain = {.gain = 1, .world = 1};

static struct vq_config *config;

struct result {
	double values[256];
	json_t *out;
};

/* Run `frames` pictures, each stored `times` times. */
static struct result run_size(shot_fn *shot, int frames, int times, int w, int h)
{
	struct vq_stream stream = {w, h, 2 * w, 2 * h, {FPS * times, 1}};
	struct vq_temporal *t;
	struct vq_frame f;
	struct vq_err err = {0};
	struct result r = {.out = json_object()};

	if (vq_temporal_new(&t, &stream, config, NULL, &err) != VQ_OK ||
		vq_frame_init(&f, w, h, &err) != VQ_OK)
		exit(1);
	for (int n = 0; n < frames * times; n++) {
		struct shot s = shot(n / times);

		if (n % times == 0)
			paint(&f, &s);
		f.number = n;
		f.time_us = (int64_t)n * 1000000 / (FPS * times);
		if (vq_temporal_add(t, &f, &err) != VQ_OK)
			exit(1);
	}
	if (vq_temporal_finish(t, r.values, r.out, &err) != VQ_OK)
		exit(1);
	vq_temporal_free(&t);
	vq_frame_clear(&f);
	return r;
}

static struct result run(shot_fn *shot, int frames)
{
	return run_size(shot, frames, 1, W, H);
}

static double value(const struct result *r, const char *name)
{
	for (size_t i = 0; i < vq_temporal_features.count; i++) {
		if (strcmp(vq_temporal_features.list[i].name, name) == 0)
			return r->values[i];
	}
	diag("no feature %s", name);
	exit(1);
}

static json_t *first(const struct result *r, const char *list)
{
	return json_array_get(json_object_get(r->out, list), 0);
}

static double number(const json_t *o, const char *key)
{
	return json_number_value(json_object_get(o, key));
}

static const char *string(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static bool suppressed(const struct result *r, const char *reason)
{
	size_t i;
	json_t *span;

	json_array_foreach(json_object_get(r->out, "suppressed"), i, span)
	{
		if (strcmp(string(span, "reason"), reason) == 0)
			return true;
	}
	return false;
}

static size_t size(const struct result *r, const char *list)
{
	return json_array_size(json_object_get(r->out, list));
}

/* ---- what must stay silent ---- */

static struct shot still(int n)
{
	(void)n;
	return plain;
}

static struct shot pan(int n)
{
	struct shot s = plain;

	s.x = 3.3 * n;
	s.y = 1.2 * n;
	return s;
}

static struct shot fast_pan(int n)
{
	struct shot s = plain;

	s.x = 20.0 * n;
	return s;
}

static struct shot shake(int n)
{
	static const int step[] = {0, 3, -2, 4, -4, 1, -3, 2};
	struct shot s = plain;

	s.x = 50 + step[n % 8];
	s.y = 50 + step[(n + 3) % 8];
	return s;
}

static struct shot pulse(int n)
{
	struct shot s = pan(n);

	s.offset = 20 * sin(2 * 3.14159265 * 0.5 * n / FPS);
	return s;
}

static struct shot fade_out(int n)
{
	struct shot s = pan(n);

	s.gain = n < 20 ? 1 : n < 40 ? (40 - n) / 20.0 : 0;
	s.offset = 16 * (1 - s.gain);
	return s;
}

static struct shot dissolve(int n)
{
	struct shot s = plain;

	s.other = 5;
	s.share = n < 20 ? 0 : n < 36 ? (n - 20) / 16.0 : 1;
	return s;
}

static struct shot cuts(int n)
{
	struct shot s = pan(n);

	s.world = 1 + n / 16;
	return s;
}

static struct shot zoom(int n)
{
	struct shot s = plain;

	s.zoom = pow(1.02, n);
	return s;
}

/* Automatic exposure after a change of view: 60 levels within a third of a second. */
static struct shot exposure(int n)
{
	struct shot s = pan(n);

	s.offset = n < 16 ? -30 : n < 24 ? -30 + 60 * (n - 15) / 9.0 : 30;
	return s;
}

/* A white balance that drifts. */
static struct shot tint(int n)
{
	struct shot s = pan(n);

	s.blue = n < 12 ? 0 : n < 24 ? 2.0 * (n - 12) : 24;
	return s;
}

static void quiet(shot_fn *shot, int frames, const char *what)
{
	struct result r = run(shot, frames);

	ok(value(&r, "abrupt_p75") <= 0.05, "%s: abrupt_p75 %.3f", what, value(&r, "abrupt_p75"));
	ok(value(&r, "unsteady") <= 0.05, "%s: unsteady %.3f", what, value(&r, "unsteady"));
	is_real(value(&r, "tone_steps"), 0, 0, "%s: no step of tone", what);
	is_int((long long)size(&r, "events"), 0, "%s: no event", what);
	json_decref(r.out);
}

static void test_quiet(void)
{
	struct result r;

	quiet(still, 40, "still");
	quiet(pan, 40, "pan");
	quiet(fast_pan, 40, "pan of 20 px a frame");
	quiet(shake, 40, "shake");
	quiet(zoom, 40, "zoom of 2% a frame");
	quiet(exposure, 40, "exposure ramp");
	quiet(tint, 40, "white balance ramp");
	quiet(pulse, 48, "light that pulses at 0.5 Hz");
	quiet(fade_out, 48, "fade to black");
	quiet(dissolve, 56, "dissolve");
	quiet(cuts, 48, "cuts");
	r = run(fade_out, 48);
	ok(suppressed(&r, "fade"), "the fade is told");
	json_decref(r.out);
	r = run(dissolve, 56);
	ok(suppressed(&r, "dissolve"), "the dissolve is told");
	is_int((long long)size(&r, "scenes"), 2, "two scenes around the dissolve");
	is_str(string(json_array_get(json_object_get(r.out, "scenes"), 1), "transition"),
		"dissolve", "the second began with it");
	json_decref(r.out);
	r = run(cuts, 48);
	is_int((long long)size(&r, "scenes"), 3, "three scenes between two cuts");
	is_int((long long)number(
		       json_array_get(json_object_get(r.out, "scenes"), 1), "frame_start"),
		16, "the second scene begins at its first frame");
	is_real(value(&r, "scene_cuts"), 2, 0, "two cuts counted");
	ok(suppressed(&r, "cut"), "cuts are told");
	json_decref(r.out);
}

/* ---- what must be found ---- */

static int period;
static double depth;

static struct shot alternate(int n)
{
	struct shot s = pan(n);

	s.offset = n % period < period / 2 || (period == 3 && n % 3 == 0) ? depth : 0;
	return s;
}

static struct shot corner(int n)
{
	struct shot s = plain;

	s.local = n % 2 ? 12 : 0;
	return s;
}

static struct shot pop(int n)
{
	struct shot s = pan(n);

	s.offset = n == 21 ? 15 : 0;
	return s;
}

static struct shot color(int n)
{
	struct shot s = pan(n);

	s.blue = n % 2 ? 8 : 0;
	return s;
}

static struct shot boil(int n)
{
	struct shot s = plain;

	/* mixed with another texture of the same mean in every frame */
	s.other = 10 + n;
	s.share = 0.4;
	return s;
}

/* Drops that fall past. */
static struct shot rain(int n)
{
	struct shot s = plain;

	s.frame = n;
	s.specks = 60;
	return s;
}

static struct shot grain(int n)
{
	struct shot s = pan(n);

	s.frame = n;
	s.grain = 20;
	return s;
}

static struct shot hold(int n)
{
	struct shot s = plain;

	s.offset = n % 4 < 2 ? 10 : 0;
	return s;
}

static void test_alternation(void)
{
	static const double depths[] = {8, 20, 40};
	struct vq_err err;

	/* alternation that is deep and covers the picture is a strobe by definition */
	if (vq_config_set(config, "temporal.strobe=flag", &err) != VQ_OK)
		exit(1);
	for (period = 2; period <= 4; period++) {
		for (int d = 0; d < 3; d++) {
			struct result r;
			json_t *e;

			depth = depths[d];
			r = run(alternate, 40);
			e = first(&r, "events");
			ok(value(&r, "abrupt_p75") >= 0.4, "period %d, depth %g: abrupt_p75 %.3f",
				period, depth, value(&r, "abrupt_p75"));
			ok(e != NULL, "period %d, depth %g: an event", period, depth);
			is_int((long long)size(&r, "scenes"), 1, "period %d, depth %g: no cut",
				period, depth);
			json_decref(r.out);
		}
	}
}

static void test_found(void)
{
	struct result r = run(corner, 40);
	json_t *e = first(&r, "events"), *box = json_object_get(e, "bbox");

	is_str(string(e, "kind"), "luma", "corner: kind");
	ok(json_integer_value(json_array_get(box, 0)) >= 2 * W * 2 / 3 - 34 &&
			json_integer_value(json_array_get(box, 1)) >= H - 34 &&
			json_integer_value(json_array_get(box, 2)) == 2 * W &&
			json_integer_value(json_array_get(box, 3)) == 2 * H,
		"corner: the box is in the corner, in source pixels");
	ok(value(&r, "abrupt_p50") == 0 && value(&r, "abrupt_region") > 0.9,
		"corner: the worst region tells, the median block does not");
	ok(fabs(number(e, "frequency_hz") - FPS / 2.0) < 1.5, "corner: %g Hz",
		number(e, "frequency_hz"));
	json_decref(r.out);

	r = run(pop, 40);
	e = first(&r, "events");
	ok(number(e, "peak_frame") == 21 || number(e, "peak_frame") == 22,
		"pop: the peak is at the frame or the way back");
	ok(number(e, "frame_end") - number(e, "frame_start") <= 1, "pop: no longer than that");
	is_real(value(&r, "pop"), 15.0 / 16, 0.05, "pop: by its depth");
	ok(value(&r, "unsteady") > 0.9, "pop: one of forty is enough");
	ok(value(&r, "histogram_loss_max") > 0.1 && value(&r, "histogram_loss_at_spike") < 0.05,
		"pop: the histogram comes back: %.3f, %.3f", value(&r, "histogram_loss_max"),
		value(&r, "histogram_loss_at_spike"));
	json_decref(r.out);

	r = run(color, 40);
	is_str(string(first(&r, "events"), "kind"), "color", "colour: kind");
	json_decref(r.out);

	r = run(boil, 40);
	e = first(&r, "events");
	ok(e != NULL && (strcmp(string(e, "kind"), "texture") == 0 ||
				strcmp(string(e, "kind"), "luma") == 0),
		"boiling texture: kind %s", e ? string(e, "kind") : "none");
	ok(value(&r, "mismatch_over_edges_p50") > 0.3, "boiling texture: no match either way");
	ok(value(&r, "boil") > 0.5, "boiling texture: boil %.3f", value(&r, "boil"));
	ok(fabs(value(&r, "sparkle")) < 0.8, "boiling texture: sparkle %.3f", value(&r, "sparkle"));
	json_decref(r.out);

	r = run(hold, 40);
	ok(value(&r, "abrupt_p75") >= 0.45 && value(&r, "reversals_frame_p75") >= 0.4,
		"two on, two off: steps and turning points are seen");
	json_decref(r.out);
}

/* Light of 2.5 levels, or tint of 3, that takes another value every six frames. */
static struct shot light_steps(int n)
{
	static const double level[] = {0, 2.5, 0, -2.5, 0, 2.5, 5};
	struct shot s = pan(n);

	s.offset = level[n / 6];
	return s;
}

static struct shot tint_steps(int n)
{
	struct shot s = pan(n);

	s.blue = n / 6 % 2 ? 3 : 0;
	return s;
}

/* Another picture in every frame, in the light of another exposure. */
static struct shot lapse(int n)
{
	static const double level[] = {40, -40, 60, 0, -50, 20, -30, 55};
	struct shot s = plain;

	s.world = 1 + n;
	s.gain = 0.5;
	s.offset = 60 + level[n % 8];
	return s;
}

/* The whole picture pops once in ten frames. */
static struct shot rare_pops(int n)
{
	struct shot s = pan(n);

	s.offset = n % 10 == 5 ? 12 : 0;
	return s;
}

/* A cloudburst: a quarter of the picture at a time. */
static struct shot downpour(int n)
{
	struct shot s = plain;

	s.frame = n;
	s.streaks = 760;
	return s;
}

/* Specks and grain are new in each frame as well, and no boiling. */
static void test_not_boiling(void)
{
	struct result r = run(rain, 40);

	ok(value(&r, "sparkle") > 1.3, "rain: sparkle %.3f", value(&r, "sparkle"));
	is_real(value(&r, "boil"), 0, 0, "rain: does not boil");
	json_decref(r.out);
	r = run(downpour, 40);
	ok(value(&r, "veil") > 0.2, "dense rain: veil %.3f, sparkle %.3f", value(&r, "veil"),
		value(&r, "sparkle"));
	is_real(value(&r, "boil"), 0, 0, "dense rain: does not boil");
	ok(suppressed(&r, "rain"), "dense rain: told");
	json_decref(r.out);
	r = run(boil, 40);
	ok(fabs(value(&r, "veil")) < 0.1, "boiling texture: veil %.3f", value(&r, "veil"));
	is_int((long long)size(&r, "suppressed"), 0, "boiling texture: nothing is let go");
	json_decref(r.out);
	r = run(grain, 40);
	ok(value(&r, "boil") < 0.05, "grain: boil %.3f", value(&r, "boil"));
	json_decref(r.out);
	r = run(pan, 40);
	ok(value(&r, "boil") < 0.01, "pan: boil %.3f", value(&r, "boil"));
	json_decref(r.out);
}

static void test_tone(void)
{
	struct result r = run(light_steps, 42);

	is_real(value(&r, "tone_steps"), 6.0 / 41, 1e-6, "light of 2.5 levels: six steps in 41");
	is_real(value(&r, "unsteady"), 6.0 / 41, 1e-6, "... of every block");
	ok(value(&r, "abrupt_p75") < 0.02, "... that blocks alone do not tell from noise (%.3f)",
		value(&r, "abrupt_p75"));
	json_decref(r.out);
	r = run(tint_steps, 42);
	is_real(value(&r, "tone_steps"), 6.0 / 41, 1e-6, "tint of 3 levels: six steps in 41");
	json_decref(r.out);
	r = run(rare_pops, 41);
	ok(fabs(value(&r, "abrupt_p75") - 0.2) < 0.01 && value(&r, "unsteady") > 0.35,
		"a few pops of everything weigh more than as many here and there: %.3f, %.3f",
		value(&r, "abrupt_p75"), value(&r, "unsteady"));
	json_decref(r.out);
	r = run(lapse, 40);
	ok(value(&r, "histogram_loss_at_spike") > 0.2, "jumps of light: it does not: %.3f",
		value(&r, "histogram_loss_at_spike"));
	ok(value(&r, "abrupt_p75") <= 0.2 && value(&r, "tone_steps") == 0,
		"jumps of light with the structure lost say little: abrupt_p75 %.3f",
		value(&r, "abrupt_p75"));
	json_decref(r.out);
}

/* ---- frames that trade places ---- */

static struct shot swap(int n)
{
	return pan(n == 20 ? 21 : n == 21 ? 20 : n);
}

static struct shot swap_early(int n)
{
	return pan(n == 1 ? 2 : n == 2 ? 1 : n);
}

static struct shot swap_late(int n)
{
	return pan(n == 37 ? 38 : n == 38 ? 37 : n);
}

static void test_order(void)
{
	struct result r = run(swap, 40);
	const json_t *e = first(&r, "events");

	ok(value(&r, "out_of_order") > 0.4, "two frames trade places: %.3f",
		value(&r, "out_of_order"));
	ok(value(&r, "unsteady") > 0.6 && value(&r, "unsteady_part") > 0.6,
		"... once is enough: %.3f", value(&r, "unsteady"));
	is_str(string(e, "measure"), "out_of_order", "... an event");
	is_str(string(e, "kind"), "structure", "... of the picture's structure");
	is_int((long long)number(e, "frame_start"), 20, "... from the first of them");
	is_int((long long)number(e, "frame_end"), 21, "... to the second");
	json_decref(r.out);
	r = run(swap_early, 40);
	ok(value(&r, "out_of_order") > 0.4, "the second and third frame: %.3f",
		value(&r, "out_of_order"));
	json_decref(r.out);
	r = run(swap_late, 40);
	ok(value(&r, "out_of_order") > 0.4, "the last but two and the last but one: %.3f",
		value(&r, "out_of_order"));
	json_decref(r.out);
	r = run(pan, 40);
	is_real(value(&r, "out_of_order"), 0, 0, "a pan is in order");
	json_decref(r.out);
	r = run(shake, 40);
	ok(value(&r, "out_of_order") < 0.2, "a shaken camera is, too: %.3f",
		value(&r, "out_of_order"));
	json_decref(r.out);
	r = run(pop, 40);
	ok(value(&r, "out_of_order") < 0.2, "light is no matter of order: %.3f",
		value(&r, "out_of_order"));
	json_decref(r.out);
}

/* What papers compare by. */
static void test_figures(void)
{
	struct result r = run(hold, 40);

	/* 19 of 39 neighbours differ by 10 levels */
	is_real(value(&r, "vbench_temporal_flickering"), 1 - 19 * 10 / 39.0 / 255, 1e-9,
		"VBench's temporal_flickering");
	is_real(value(&r, "warping_error"), 100 / (255.0 * 255.0), 2e-5,
		"the warping error of distinct frames");
	json_decref(r.out);
	r = run(still, 40);
	is_real(value(&r, "vbench_temporal_flickering"), 1, 0, "... 1 where nothing moves");
	is_real(value(&r, "warping_error"), 0, 0, "... 0 where nothing moves");
	json_decref(r.out);
}

static struct shot black_frame(int n)
{
	struct shot s = plain;

	s.gain = 0.5;
	s.offset = n == 20 ? -60 : 60;
	return s;
}

static struct shot strobe_begins(int n)
{
	struct shot s = plain;

	s.gain = 0.5;
	s.offset = n >= 20 && n < 31 && n % 2 == 0 ? -60 : 60;
	return s;
}

static struct shot strobe(int n)
{
	struct shot s = plain;

	s.offset = n % 4 < 2 ? 70 : -20;
	return s;
}

static void test_strobe(void)
{
	struct vq_err err;
	struct result r;

	if (vq_config_set(config, "temporal.strobe=note", &err) != VQ_OK)
		exit(1);
	r = run(strobe, 72);
	ok(suppressed(&r, "strobe"), "strobe, note: suppressed with its reason");
	is_real(value(&r, "pop"), 0, 0, "strobe: no pop");
	ok(json_is_object(json_object_get(r.out, "photosensitive")), "6 flashes a second: a risk");
	ok(value(&r, "flashes_per_second") >= 5, "%g flashes a second",
		value(&r, "flashes_per_second"));
	json_decref(r.out);
	r = run(strobe_begins, 40);
	is_real(value(&r, "pop"), 0, 0, "strobe that begins and ends: no pop");
	json_decref(r.out);
	r = run(black_frame, 40);
	is_real(value(&r, "pop"), 1, 0, "a dark frame: a pop");
	json_decref(r.out);
	if (vq_config_set(config, "temporal.strobe=flag", &err) != VQ_OK)
		exit(1);
	r = run(strobe, 72);
	is_str(string(first(&r, "events"), "kind"), "strobe", "strobe, flag: an event");
	is_real(value(&r, "pop"), 0, 0, "strobe: no pop");
	json_decref(r.out);
	if (vq_config_set(config, "temporal.strobe=ignore", &err) != VQ_OK)
		exit(1);
	r = run(strobe, 72);
	ok(!suppressed(&r, "strobe") &&
			(first(&r, "events") == NULL ||
				strcmp(string(first(&r, "events"), "kind"), "strobe") != 0),
		"strobe, ignore: gone");
	json_decref(r.out);
	r = run(pulse, 48);
	ok(json_is_null(json_object_get(r.out, "photosensitive")), "a slow pulse is no risk");
	json_decref(r.out);
}

/* Frames that are stored three times give what they give once. */
static void test_repeats(void)
{
	struct result a, b;
	double worst = 0;

	period = 2;
	depth = 10;
	a = run_size(alternate, 30, 1, W, H);
	b = run_size(alternate, 30, 3, W, H);
	for (size_t i = 0; i < vq_temporal_features.count; i++) {
		const char *name = vq_temporal_features.list[i].name;

		if (strcmp(name, "repeated_share") == 0 ||
			strcmp(name, "vbench_temporal_flickering") == 0)
			continue;
		if (fabs(a.values[i] - b.values[i]) > 1e-4 * (1 + fabs(a.values[i])))
			diag("%s: %g, %g", name, a.values[i], b.values[i]);
		worst = fmax(worst, fabs(a.values[i] - b.values[i]) / (1 + fabs(a.values[i])));
	}
	ok(worst <= 1e-4, "every frame three times: the same numbers (%g)", worst);
	is_real(value(&b, "repeated_share"), 2.0 / 3, 1e-6, "two of three are repeats");
	json_decref(a.out);
	json_decref(b.out);
}

static void test_small(void)
{
	static const int sizes[][2] = {{2, 2}, {16, 16}, {18, 300}, {400, 20}, {64, 48}};
	static const int lengths[] = {1, 2, 3, 4};
	int wrong = 0, missing = 0;

	for (size_t i = 0; i < 5; i++) {
		for (size_t k = 0; k < 4; k++) {
			struct result r = run_size(cuts, lengths[k], 1, sizes[i][0], sizes[i][1]);

			for (size_t j = 0; j < vq_temporal_features.count; j++) {
				const struct vq_feature *f = &vq_temporal_features.list[j];

				wrong += !isfinite(r.values[j]) || r.values[j] < f->min ||
					 r.values[j] > f->max;
			}
			missing += !json_is_array(json_object_get(r.out, "events")) ||
				   !json_is_array(json_object_get(r.out, "suppressed")) ||
				   size(&r, "scenes") != 1 ||
				   !json_is_object(json_object_get(r.out, "coverage"));
			json_decref(r.out);
		}
	}
	is_int(wrong, 0, "clips of 1 to 4 frames, odd shapes: finite and in range");
	is_int(missing, 0, "... and every part of the record is there");
}

static void test_same(void)
{
	struct result a = run(boil, 30), b = run(boil, 30);

	ok(memcmp(a.values, b.values, vq_temporal_features.count * sizeof *a.values) == 0 &&
			json_equal(a.out, b.out),
		"twice the same");
	json_decref(a.out);
	json_decref(b.out);
}

static void test_table(void)
{
	int bad = 0;

	for (size_t i = 0; i < vq_temporal_features.count; i++) {
		const struct vq_feature *f = &vq_temporal_features.list[i];

		bad += f->max <= f->min ||
		       (strcmp(f->group, "temporal") != 0 && strcmp(f->group, "clip") != 0) ||
		       f->unit[0] == 0 || f->meaning[0] == 0;
		for (size_t j = 0; j < i; j++)
			bad += strcmp(f->name, vq_temporal_features.list[j].name) == 0;
	}
	is_int(bad, 0, "%zu features: named once, with unit, range and meaning",
		vq_temporal_features.count);
	ok(vq_temporal_features.count <= sizeof((struct result *)0)->values / sizeof(double),
		"room in this test");
}

int main(void)
{
	struct vq_err err;

	if (vq_config_new(&config, &err) != VQ_OK)
		return 1;
	test_table();
	test_quiet();
	test_alternation();
	test_found();
	test_not_boiling();
	test_tone();
	test_order();
	test_figures();
	test_strobe();
	test_repeats();
	test_small();
	test_same();
	vq_config_free(&config);
	return done_testing();
}
