/* Numbers over time: series, turning points, abrupt changes. */
#ifndef VQ_SIGNAL_H
#define VQ_SIGNAL_H

#include <stddef.h>

#include "err.h"

/* ---- a list of numbers that grows; zeroed is empty ---- */
struct vq_series {
	double *v;
	size_t n, room;
};

enum vq_code vq_series_add(struct vq_series *s, double v, struct vq_err *err);
void vq_series_free(struct vq_series *s);
double vq_series_mean(const struct vq_series *s);      /* 0 of none */
double vq_series_most(const struct vq_series *s);      /* the largest, at least 0 */
double vq_series_mean_step(const struct vq_series *s); /* mean |v[i] - v[i-1]| */
enum vq_code vq_series_quantile(
	const struct vq_series *s, double q, double *out, struct vq_err *err);

/* The median, blended between the middle two; 0 of none.  Changes the order. */
double vq_median(double *v, size_t n);

/* Sort, and the quantile of sorted numbers, blended between neighbours; 0 of none. */
void vq_sort(double *v, size_t n);
double vq_quantile(const double *sorted, size_t n, double q);

/* ---- turning points of a level that is followed ----
 * A turn counts when the swings on both sides of it reach the hysteresis.  A plain
 * test of signs misses changes that hold for two frames; this does not.  Zeroed is
 * the start. */
struct vq_swing {
	double level, turn, extreme, before; /* last turning point, the swing before it */
	double total;			     /* the smaller swing at each turn, added up */
	int direction, turns;
};

void vq_swing_follow(struct vq_swing *s, double change, double hysteresis);
/* The swing that is going on ends here. */
void vq_swing_end(struct vq_swing *s);

/* ---- abrupt changes ----
 * A change is abrupt when neither the one before nor the one after goes the same
 * way at half its size or more: steps that hold, alternations and pops are, motion
 * of light, fades and passing edges are not.  Known one change late. */
struct vq_abrupt {
	double before, here;
};

/* |here| if that is abrupt, else 0. */
double vq_abrupt_size(double before, double here, double after);

/* The next change; returns |the one before it| if that was abrupt, else 0. */
double vq_abrupt_follow(struct vq_abrupt *a, double change);

/* By how much a change goes and comes back at once. */
double vq_alternation(double back, double ahead);

#endif
