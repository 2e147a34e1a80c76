/* Between the table of kinds (glitch.c) and those who carry them out: glitchlight.c,
 * glitchtexture.c, glitchscene.c, glitchtext.c, glitchdraw.c. */
#ifndef VQ_GLITCHKIND_H
#define VQ_GLITCHKIND_H

#include "glitch.h"

/* Regions of one frame. */
#define VQ_GLITCH_BOXES 64

/* What a kind takes. */
enum {
	VQ_TAKES_BOX = 1,
	VQ_TAKES_REGIONS = 2, /* and needs them, or a box */
	VQ_TAKES_CYCLE = 4,
	VQ_TAKES_WAVE = 8,
	VQ_TAKES_TEXT = 16,
	VQ_TAKES_SMOOTH = 32,
};

/* A rectangle of the stream's pixels, even on all sides, x2 and y2 just outside, and how
 * much of the effect its pixels get: weight is NULL (all of it) or 0-255, (x2-x1)x(y2-y1). */
struct vq_area {
	int x1, y1, x2, y2;
	uint8_t *weight;
};

struct vq_glitch_kind;

/* One run of one kind. */
struct vq_glitch_job {
	const struct vq_glitch_kind *kind;
	struct vq_glitch_options o; /* resolved: every value is set */
	struct vq_stream stream;
	struct vq_area area; /* the box, or the whole picture */
	void *own;	     /* the kind's */
};

/* One frame of it. */
struct vq_glitch_now {
	struct vq_step step;
	struct vq_frame *frame;
	const struct vq_frame *next;   /* NULL at the end */
	const struct vq_frame *before; /* the frame as it came */
	/* What the kind tells: */
	double amplitude;		/* signed, in the kind's unit */
	double box[VQ_GLITCH_BOXES][4]; /* stream pixels */
	int boxes;			/* 0: where the picture changed is the area */
	int track[VQ_GLITCH_BOXES];	/* of the box; -1: none */
	const char *text[2];		/* drawn text, and what it was drawn instead of; NULL */
};

struct vq_glitch_kind {
	const char *name, *class;
	const char *unit;
	double min, max, strength;
	double start, duration;
	int period, on;
	enum vq_wave wave;
	unsigned takes;
	/* Allocate job->own and more; may be NULL.  What it has made is closed also when it
	 * fails. */
	enum vq_code (*open)(struct vq_glitch_job *job, struct vq_err *err);
	/* Called for every frame, inside the span or not. */
	enum vq_code (*apply)(
		struct vq_glitch_job *job, struct vq_glitch_now *now, struct vq_err *err);
	void (*close)(struct vq_glitch_job *job);
	int variant; /* for one function with several names */
	const char *help;
};

/* 0..1 of a place in the area, by its weight. */
static inline double vq_area_weight(const struct vq_area *a, int x, int y)
{
	return a->weight == NULL ? 1
				 : a->weight[(size_t)(y - a->y1) * (size_t)(a->x2 - a->x1) +
					     (size_t)(x - a->x1)] /
					   255.0;
}

/* An even area around a box in stream pixels, cut at the picture. */
void vq_area_around(const double box[4], const struct vq_stream *s, struct vq_area *a);
/* Give it a border that fades over a part of its smaller side. */
enum vq_code vq_area_feather(struct vq_area *a, double part, struct vq_err *err);
/* 0 to 1 smoothly for 0..1. */
double vq_ease(double t);

/* glitchlight.c */
enum vq_code vq_light_apply(
	struct vq_glitch_job *job, struct vq_glitch_now *now, struct vq_err *err);
enum {
	VQ_LIGHT_LUMA,
	VQ_LIGHT_COLOR,
	VQ_LIGHT_POP,
	VQ_LIGHT_STROBE,
	VQ_LIGHT_EXPOSURE,
	VQ_LIGHT_FADE,
	VQ_LIGHT_NOISE
};

/* glitchtexture.c */
enum vq_code vq_texture_open(struct vq_glitch_job *job, struct vq_err *err);
enum vq_code vq_texture_apply(
	struct vq_glitch_job *job, struct vq_glitch_now *now, struct vq_err *err);
void vq_texture_close(struct vq_glitch_job *job);
enum { VQ_TEXTURE_BOIL, VQ_TEXTURE_STRUCTURE };

/* glitchorder.c */
enum vq_code vq_order_open(struct vq_glitch_job *job, struct vq_err *err);
enum vq_code vq_order_apply(
	struct vq_glitch_job *job, struct vq_glitch_now *now, struct vq_err *err);
void vq_order_close(struct vq_glitch_job *job);
enum { VQ_ORDER_SWAP, VQ_ORDER_HOLD };

/* glitchscene.c */
enum vq_code vq_scene_open(struct vq_glitch_job *job, struct vq_err *err);
enum vq_code vq_scene_apply(
	struct vq_glitch_job *job, struct vq_glitch_now *now, struct vq_err *err);
void vq_scene_close(struct vq_glitch_job *job);
enum {
	VQ_SCENE_CUT,
	VQ_SCENE_DISSOLVE,
	VQ_SCENE_PAN,
	VQ_SCENE_ZOOM,
	VQ_SCENE_SHAKE,
	VQ_SCENE_DEFOCUS,
	VQ_SCENE_OCCLUDE
};

/* glitchtext.c */
enum vq_code vq_text_open(struct vq_glitch_job *job, struct vq_err *err);
enum vq_code vq_text_apply(
	struct vq_glitch_job *job, struct vq_glitch_now *now, struct vq_err *err);
void vq_text_close(struct vq_glitch_job *job);
enum {
	VQ_TEXT_SWAP = 1,
	VQ_TEXT_MORPH = 2,
	VQ_TEXT_ERASE = 4,
	VQ_TEXT_WEIGHT = 8,
	VQ_TEXT_JITTER = 16
};

/* glitchdraw.c */
enum vq_code vq_draw_open(struct vq_glitch_job *job, struct vq_err *err);
enum vq_code vq_draw_apply(
	struct vq_glitch_job *job, struct vq_glitch_now *now, struct vq_err *err);
void vq_draw_close(struct vq_glitch_job *job);
enum {
	VQ_DRAW_CAPTION,
	VQ_DRAW_MUTATE,
	VQ_DRAW_CHANGE,
	VQ_DRAW_COUNTER,
	VQ_DRAW_TYPING,
	VQ_DRAW_TICKER,
	VQ_DRAW_ROLL
};

#endif
