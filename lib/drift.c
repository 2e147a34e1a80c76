#include "drift.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"

static const double above = 2;

/* Real or made clips of one label. */
struct group {
	size_t n;
	double sum, square;
};

static void add(struct group *g, double v)
{
	g->n++;
	g->sum += v;
	g->square += v * v;
}

static double deviation(const struct group *a, const struct group *b)
{
	double n = (double)(a->n + b->n), sum = a->sum + b->sum;

	return sqrt(fmax(0, (a->square + b->square - sum * sum / n) / (n - 1)));
}

static double drift_of(const struct group *real, const struct group *made)
{
	static const struct group none = {0, 0, 0};
	double d, sd;

	if (real->n < 2 || made->n < 2)
		return NAN;
	d = made->sum / (double)made->n - real->sum / (double)real->n;
	sd = deviation(real, &none);
	/* Rounding leaves something of a deviation that is 0. */
	if (sd <= 1e-9 * fabs(real->sum) / (double)real->n)
		sd = deviation(real, made);
	return sd > 0 ? d / sd : 0;
}

struct drift {
	const char *name;
	double of[VQ_CLASSES], most;
};

static int by_most(const void *a, const void *b)
{
	const struct drift *x = a, *y = b;

	if (x->most != y->most)
		return x->most < y->most ? 1 : -1;
	return strcmp(x->name, y->name);
}

static void measure(const struct vq_dataset *d, size_t col, struct drift *out)
{
	struct group g[VQ_CLASSES][2] = {0};

	for (size_t i = 0; i < d->rows; i++)
		if (!d->label[i]->disputed)
			add(&g[d->label[i]->category][d->label[i]->made],
				(double)d->x[i * d->cols + col]);
	*out = (struct drift){.name = d->names[col]};
	for (int c = 0; c < VQ_CLASSES; c++) {
		out->of[c] = drift_of(&g[c][false], &g[c][true]);
		if (fabs(out->of[c]) > out->most)
			out->most = fabs(out->of[c]);
	}
}

static json_t *counts_json(const struct vq_dataset *d)
{
	json_t *o = json_object();

	for (int c = 0; c < VQ_CLASSES; c++) {
		int n[2] = {0, 0};

		for (size_t i = 0; i < d->rows; i++)
			if (!d->label[i]->disputed && d->label[i]->category == (enum vq_class)c)
				n[d->label[i]->made]++;
		json_object_set_new(o, vq_class_name((enum vq_class)c),
			json_pack("{s:i,s:i}", "real", n[false], "made", n[true]));
	}
	return o;
}

static json_t *feature_json(const struct drift *v)
{
	json_t *o = json_pack("{s:s}", "feature", v->name);

	for (int c = 0; c < VQ_CLASSES; c++)
		json_object_set_new(o, vq_class_name((enum vq_class)c),
			isfinite(v->of[c]) ? vq_record_number(v->of[c], 3) : json_null());
	json_object_set_new(o, "flagged", json_boolean(v->most > above));
	return o;
}

enum vq_code vq_drift_json(const struct vq_dataset *d, json_t **out, struct vq_err *err)
{
	struct drift *v = calloc(d->cols + 1, sizeof *v);
	json_t *list = json_array();
	int flagged = 0;

	*out = NULL;
	if (v != NULL) {
		for (size_t j = 0; j < d->cols; j++) {
			measure(d, j, &v[j]);
			flagged += v[j].most > above;
		}
		qsort(v, d->cols, sizeof *v, by_most);
		for (size_t j = 0; j < d->cols; j++)
			json_array_append_new(list, feature_json(&v[j]));
		*out = json_pack("{s:f,s:i,s:o,s:O}", "above", above, "flagged", flagged, "clips",
			counts_json(d), "features", list);
	}
	free(v);
	json_decref(list);
	return *out != NULL ? VQ_OK : vq_nomem(err);
}
