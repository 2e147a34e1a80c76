/* Metrics of judged clips as JSON and as text: what a training's manifest and an
 * evaluation share. */
#ifndef VQ_SCORECARD_H
#define VQ_SCORECARD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "err.h"
#include "validate.h"

/* The numbers of a vq_metrics, in an order of their own. */
enum { VQ_NUMBERS = 18 };
extern const char *const vq_number_names[VQ_NUMBERS];
void vq_numbers(const struct vq_metrics *m, double v[VQ_NUMBERS]);
double vq_number(const double v[VQ_NUMBERS], const char *name); /* NAN when unknown */

/* {"precision":..,..}; null where a number is not defined.  A new reference. */
json_t *vq_numbers_json(const double v[VQ_NUMBERS]);

/* {"pooled":numbers,"confusion","precision_at_prevalence","reliability",
 * "thresholds","uses"} of n judged clips; a new reference. */
enum vq_code vq_scorecard(
	const struct vq_scored *s, size_t n, double threshold, json_t **card, struct vq_err *err);

/* The public release gates: recall >= 0.85, precision >= 0.70, F1 of each category
 * >= 0.70, and, when f1_spread is not NULL, that below 0.15.  {"recall":{"value",
 * "at_least","pass"},..,"pass":bool}; a new reference. */
json_t *vq_gates_json(const double v[VQ_NUMBERS], const double *f1_spread);

/* Parts of a text report, from those objects. */
void vq_print_value(FILE *out, const json_t *v);
void vq_print_scorecard(FILE *out, const json_t *card); /* all but "pooled" */
void vq_print_gates(FILE *out, const json_t *gates);

#endif
