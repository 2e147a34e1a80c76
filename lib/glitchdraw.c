/* Kinds that draw text of their own: steady, replaced, counting, typed, moving; and text
 * whose letters are others each time. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "glitchfield.h"
#include "glitchfont.h"
#include "glitchkind.h"
#include "image.h"
#include "rng.h"

#define CHARS 120 /* of a line */
#define LINES 12
#define ROLL_LINES 6 /* in sight at a time */
#define CANVAS_MAX (1 << 26)
#define FILLS 0.8 /* of the box's height that a line takes */

/* Text as coverage, 0-255, stream pixels; halo is the same, wider. */
struct canvas {
	int w, h;
	uint8_t *alpha, *halo;
};

struct style {
	uint8_t ink[3], plate[3];
	double plate_opacity, halo_opacity;
};

/* Limited range, Y Cb Cr. */
static const struct style styles[] = {
	{{235, 128, 128}, {16, 128, 128}, 0.7, 0},
	{{235, 128, 128}, {16, 128, 128}, 0, 0.9},
	{{210, 30, 146}, {16, 128, 128}, 0, 0.9},
	{{30, 128, 128}, {220, 128, 128}, 0.9, 0},
};
#define STYLES ((int)(sizeof styles / sizeof *styles))

static const char *const words[] = {"OPEN", "Harbour", "Market", "Coffee", "Morning", "Station",
	"Garden", "Bakery", "Quiet", "Velvet", "Window", "Journey", "Planet", "Bridge", "Summer",
	"Thunder", "Copper", "Library", "Museum", "Forest", "Ginger", "Winter", "Kitchen",
	"Express"};
#define WORDS ((int)(sizeof words / sizeof *words))

struct drawn {
	struct vq_font *font;
	const struct style *style;
	char line[LINES][CHARS + 1]; /* the true text */
	int lines;
	char shown[CHARS + 1]; /* what the canvas holds */
	bool ready;
	struct canvas canvas;
	uint8_t *raster; /* one line in font pixels, CHARS wide letters at most */
};

/* ---- words ---------------------------------------------------------------------------- */

static void seeded_line(struct vq_glitch_job *job, int n, uint64_t which, char *out)
{
	uint64_t state = vq_rng_at(job->o.seed, 0x776f726473, which);

	*out = '\0';
	for (int i = 0; i < n; i++) {
		if (i > 0)
			strcat(out, " ");
		strcat(out, words[vq_rng_below(&state, WORDS)]);
	}
}

/* --text: lines parted by |. */
static enum vq_code given_lines(struct vq_glitch_job *job, struct drawn *d, struct vq_err *err)
{
	for (const char *s = job->o.text;; s++) {
		size_t n = strcspn(s, "|");

		if (n == 0 || n > CHARS || d->lines == LINES)
			return vq_fail(err, VQ_EUSAGE,
				"--text: expected 1 to %d lines of 1 to %d characters, parted by |",
				LINES, CHARS);
		for (size_t i = 0; i < n; i++)
			if (!vq_font_has(s[i]))
				return vq_fail(err, VQ_EUSAGE,
					"--text: character %zu is no printable ASCII",
					(size_t)(s - job->o.text) + i + 1);
		memcpy(d->line[d->lines], s, n);
		d->line[d->lines++][n] = '\0';
		s += n;
		if (*s == '\0')
			return VQ_OK;
	}
}

static enum vq_code take_lines(struct vq_glitch_job *job, struct drawn *d, struct vq_err *err)
{
	if (job->o.text != NULL)
		return given_lines(job, d, err);
	switch (job->kind->variant) {
	case VQ_DRAW_COUNTER:
		strcpy(d->line[0], "No. ");
		d->lines = 1;
		break;
	case VQ_DRAW_ROLL:
		for (d->lines = 0; d->lines < 10; d->lines++)
			seeded_line(job, 2, (uint64_t)d->lines, d->line[d->lines]);
		break;
	case VQ_DRAW_CHANGE:
		for (d->lines = 0; d->lines < LINES; d->lines++)
			seeded_line(job, 3, (uint64_t)d->lines, d->line[d->lines]);
		break;
	default:
		seeded_line(job, job->kind->variant == VQ_DRAW_TICKER ? 8 : 3, 0, d->line[0]);
		d->lines = 1;
	}
	return VQ_OK;
}

/* ---- pixels ----------------------------------------------------------------------------- */

static int line_width(const struct vq_font *f, const char *layout)
{
	int w = 0;

	for (; *layout != '\0'; layout++)
		w += vq_font_advance(f, *layout);
	return w < 1 ? 1 : w;
}

/* Letters of `shown`, each as wide as the layout's letter and in its place, as font
 * pixels. */
static void set_line(struct drawn *d, const char *shown, const char *layout, int width)
{
	int x = 0;

	memset(d->raster, 0, (size_t)width * (size_t)vq_font_height(d->font));
	for (size_t i = 0; layout[i] != '\0'; i++) {
		int advance = vq_font_advance(d->font, layout[i]);

		if (i < strlen(shown) && shown[i] != ' ')
			vq_font_put(d->font, shown[i], x, advance, d->raster, width);
		x += advance;
	}
}

/* The line, scaled into w x h pixels of the canvas at (x, y). */
static enum vq_code scale_line(
	struct drawn *d, int width, int x, int y, int w, int h, struct vq_err *err)
{
	struct vq_resize *r = NULL;
	struct canvas *c = &d->canvas;
	enum vq_code code = vq_resize_new(&r, width, vq_font_height(d->font), w, h, err);

	if (code == VQ_OK)
		vq_resize_run(r, d->raster, (size_t)width,
			c->alpha + (size_t)y * (size_t)c->w + (size_t)x, (size_t)c->w);
	vq_resize_free(&r);
	return code;
}

static void grow_halo(struct canvas *c, int r)
{
	for (int y = 0; y < c->h; y++)
		for (int x = 0; x < c->w; x++) {
			uint8_t most = 0;

			for (int j = y - r < 0 ? 0 : y - r; j <= y + r && j < c->h; j++)
				for (int i = x - r < 0 ? 0 : x - r; i <= x + r && i < c->w; i++) {
					uint8_t v = c->alpha[(size_t)j * (size_t)c->w + (size_t)i];

					if ((i - x) * (i - x) + (j - y) * (j - y) <= r * r + 1 &&
						v > most)
						most = v;
				}
			c->halo[(size_t)y * (size_t)c->w + (size_t)x] = most;
		}
}

static enum vq_code make_canvas(struct canvas *c, double w, double h, struct vq_err *err)
{
	if (w * h > CANVAS_MAX)
		return vq_fail(err, VQ_EUSAGE, "--text: too long for so high a --box");
	free(c->alpha);
	free(c->halo);
	c->w = w < 1 ? 1 : (int)w;
	c->h = h < 1 ? 1 : (int)h;
	c->alpha = calloc((size_t)c->w, (size_t)c->h);
	c->halo = calloc((size_t)c->w, (size_t)c->h);
	return c->alpha == NULL || c->halo == NULL ? vq_nomem(err) : VQ_OK;
}

/* A canvas of lines, all of them in the layout of `layout`, each `tall` high with a fifth
 * of that around it; made smaller when wider than `wide` (0: any width). */
static enum vq_code write_lines(struct drawn *d, const char (*shown)[CHARS + 1],
	const char (*layout)[CHARS + 1], int lines, double tall, double wide, struct vq_err *err)
{
	double scale = tall / vq_font_height(d->font), widest = 0, pad;
	enum vq_code code;

	for (int i = 0; i < lines; i++)
		widest = fmax(widest, line_width(d->font, layout[i]));
	if (wide > 0)
		scale = fmin(scale, wide / (widest + 0.4 * vq_font_height(d->font)));
	tall = fmax(1, scale * vq_font_height(d->font));
	pad = 0.2 * tall;
	code = make_canvas(
		&d->canvas, ceil(widest * scale + 2 * pad), ceil((tall + pad) * lines + pad), err);
	for (int i = 0; i < lines && code == VQ_OK; i++) {
		int width = line_width(d->font, layout[i]);
		int w = (int)fmax(1, width * scale);

		set_line(d, shown[i], layout[i], width);
		code = scale_line(d, width, (d->canvas.w - w) / 2, (int)(pad + i * (tall + pad)), w,
			(int)tall, err);
	}
	if (code == VQ_OK && d->style->halo_opacity > 0)
		grow_halo(&d->canvas, (int)fmax(1, tall / 16));
	return code;
}

/* Coverage at a place of the canvas, bilinear, 0..1. */
static double cover(const struct canvas *c, const uint8_t *p, double x, double y)
{
	int ix = (int)floor(x), iy = (int)floor(y);
	double fx = x - ix, fy = y - iy, sum = 0;

	for (int j = 0; j < 2; j++)
		for (int i = 0; i < 2; i++)
			if (ix + i >= 0 && iy + j >= 0 && ix + i < c->w && iy + j < c->h)
				sum += (i ? fx : 1 - fx) * (j ? fy : 1 - fy) *
				       p[(size_t)(iy + j) * (size_t)c->w + (size_t)(ix + i)];
	return sum / 255;
}

static uint8_t over(double v, double color, double opacity)
{
	return vq_to_u8(v + (color - v) * opacity);
}

/* Plate, halo and ink over the area, the canvas's corner at (left, top). */
static void paint(struct vq_glitch_job *job, struct drawn *d, struct vq_frame *f, double left,
	double top, double opacity)
{
	const struct vq_area *a = &job->area;
	const struct style *s = d->style;
	const struct canvas *c = &d->canvas;

	for (int p = 0; p < 3; p++) {
		int shift = p > 0, stride = f->width >> shift;
		/* Chroma's pixel lies between four of luma. */
		double off = shift ? 0.5 : 0;

		for (int y = a->y1 >> shift; y < a->y2 >> shift; y++)
			for (int x = a->x1 >> shift; x < a->x2 >> shift; x++) {
				uint8_t *to = &f->plane[p][(size_t)y * (size_t)stride + (size_t)x];
				double u = (x << shift) + off - left, v = (y << shift) + off - top;

				*to = over(*to, s->plate[p], opacity * s->plate_opacity);
				if (s->halo_opacity > 0)
					*to = over(*to, s->plate[p],
						opacity * s->halo_opacity *
							cover(c, c->halo, u, v));
				*to = over(*to, s->ink[p], opacity * cover(c, c->alpha, u, v));
			}
	}
}

/* ---- what is shown ---------------------------------------------------------------------- */

static char other_letter(uint64_t *state, char c)
{
	const char *alphabet = isdigit((unsigned char)c)   ? "0123456789"
			       : islower((unsigned char)c) ? "abcdefghijklmnopqrstuvwxyz"
							   : "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	char other;

	do
		other = alphabet[vq_rng_below(state, (int)strlen(alphabet))];
	while (other == c);
	return other;
}

/* So many of the letters are others in this cycle. */
static void mutate(struct vq_glitch_job *job, const char *text, long cycle, char *out)
{
	uint64_t state = vq_rng_at(job->o.seed, 0x6d7574617465, (uint64_t)cycle);
	int letters = 0, want;

	for (const char *s = text; *s != '\0'; s++)
		letters += *s != ' ';
	want = (int)ceil(job->o.strength * letters - 1e-9);
	strcpy(out, text);
	for (char *s = out; *s != '\0'; s++) {
		if (*s == ' ')
			continue;
		if (vq_rng_below(&state, letters--) < want) {
			*s = other_letter(&state, *s);
			want--;
		}
	}
}

/* The line as it shows in this cycle, and its layout. */
static void compose(struct vq_glitch_job *job, struct drawn *d, const struct vq_step *s,
	char *shown, char *layout)
{
	uint64_t state = vq_rng_at(job->o.seed, 0x636f756e74, 0);
	const char *line = d->line[s->cycle % d->lines];
	int n;

	strcpy(layout, line);
	strcpy(shown, line);
	switch (job->kind->variant) {
	case VQ_DRAW_MUTATE:
		strcpy(layout, d->line[0]);
		mutate(job, d->line[0], s->cycle, shown);
		break;
	case VQ_DRAW_TYPING:
		strcpy(layout, d->line[0]);
		strcpy(shown, d->line[0]);
		if (s->cycle + 1 < (long)strlen(shown))
			shown[s->cycle + 1] = '\0';
		break;
	case VQ_DRAW_COUNTER:
		/* Digits do not move when others take their place. */
		n = (int)strnlen(d->line[0], CHARS - 5);
		snprintf(layout, CHARS + 1, "%.*s00000", n, d->line[0]);
		snprintf(shown, CHARS + 1, "%.*s%05ld", n, d->line[0],
			(100 + vq_rng_below(&state, 80000) + s->cycle) % 100000);
		break;
	}
}

static enum vq_code show(struct vq_glitch_job *job, struct vq_glitch_now *now, struct vq_err *err)
{
	struct drawn *d = job->own;
	const struct vq_area *a = &job->area;
	char shown[1][CHARS + 1], layout[1][CHARS + 1];
	enum vq_code code = VQ_OK;

	compose(job, d, &now->step, shown[0], layout[0]);
	if (!d->ready || strcmp(shown[0], d->shown) != 0)
		code = write_lines(d, (const char(*)[CHARS + 1]) shown,
			(const char(*)[CHARS + 1]) layout, 1, FILLS * (a->y2 - a->y1),
			a->x2 - a->x1, err);
	if (code != VQ_OK)
		return code;
	d->ready = true;
	strcpy(d->shown, shown[0]);
	paint(job, d, now->frame, a->x1 + (a->x2 - a->x1 - d->canvas.w) / 2,
		a->y1 + (a->y2 - a->y1 - d->canvas.h) / 2,
		job->kind->variant == VQ_DRAW_MUTATE ? 1 : job->o.strength);
	now->text[0] = d->shown;
	now->text[1] = job->kind->variant == VQ_DRAW_MUTATE ? d->line[0] : NULL;
	return VQ_OK;
}

/* A canvas that runs through the box and comes again. */
static enum vq_code run(struct vq_glitch_job *job, struct vq_glitch_now *now, struct vq_err *err)
{
	struct drawn *d = job->own;
	const struct vq_area *a = &job->area;
	bool roll = job->kind->variant == VQ_DRAW_ROLL;
	double w = a->x2 - a->x1, h = a->y2 - a->y1,
	       tall = roll ? FILLS * h / ROLL_LINES : FILLS * h;
	double way, round;
	enum vq_code code = VQ_OK;

	if (!d->ready)
		code = write_lines(d, (const char(*)[CHARS + 1]) d->line,
			(const char(*)[CHARS + 1]) d->line, d->lines, tall, roll ? w : 0, err);
	if (code != VQ_OK)
		return code;
	d->ready = true;
	way = job->o.strength * (roll ? h / ROLL_LINES : h) * fmax(0, now->step.seconds);
	round = roll ? d->canvas.h + h : d->canvas.w + w;
	/* A third of the way in at first, so that short clips show text as well. */
	way = fmod(way + (roll ? h : w) / 3, round);
	way = way < 0 ? way + round : way;
	if (roll)
		paint(job, d, now->frame, floor(a->x1 + (w - d->canvas.w) / 2), a->y2 - way, 1);
	else
		paint(job, d, now->frame, a->x2 - way, floor(a->y1 + (h - d->canvas.h) / 2), 1);
	return VQ_OK;
}

/* ---- open, apply, close ------------------------------------------------------------------- */

static void default_box(struct vq_glitch_job *job)
{
	double w = job->stream.width, h = job->stream.height;
	double low[4] = {0.08 * w, 0.8 * h, 0.92 * w, 0.92 * h};
	double full[4] = {0.1 * w, 0.1 * h, 0.9 * w, 0.9 * h};

	vq_area_around(job->kind->variant == VQ_DRAW_ROLL ? full : low, &job->stream, &job->area);
}

enum vq_code vq_draw_open(struct vq_glitch_job *job, struct vq_err *err)
{
	struct drawn *d = job->own = calloc(1, sizeof *d);
	uint64_t state = vq_rng_at(job->o.seed, 0x7374796c65, 0);
	int widest = 0;
	enum vq_code code;

	if (d == NULL)
		return vq_nomem(err);
	d->style = &styles[vq_rng_below(&state, STYLES)];
	if (!job->o.has_box)
		default_box(job);
	code = vq_font_new(&d->font, err);
	if (code == VQ_OK)
		code = take_lines(job, d, err);
	if (code != VQ_OK)
		return code;
	for (char c = '!'; c <= '~'; c++)
		widest =
			vq_font_advance(d->font, c) > widest ? vq_font_advance(d->font, c) : widest;
	d->raster = calloc((size_t)(widest * CHARS), (size_t)vq_font_height(d->font));
	return d->raster == NULL ? vq_nomem(err) : VQ_OK;
}

void vq_draw_close(struct vq_glitch_job *job)
{
	struct drawn *d = job->own;

	if (d == NULL)
		return;
	vq_font_free(&d->font);
	free(d->canvas.alpha);
	free(d->canvas.halo);
	free(d->raster);
	free(d);
	job->own = NULL;
}

enum vq_code vq_draw_apply(struct vq_glitch_job *job, struct vq_glitch_now *now, struct vq_err *err)
{
	bool moves = job->kind->variant == VQ_DRAW_TICKER || job->kind->variant == VQ_DRAW_ROLL;

	if (!now->step.active)
		return VQ_OK;
	now->amplitude = job->o.strength;
	return moves ? run(job, now, err) : show(job, now, err);
}
