#include "../../lib/train.h"
#include "../../lib/trainreport.h"
#include "../tap.h"

enum { CLIPS = 120, SOURCES = 24 };

static struct vq_err err;
static const struct vq_train_options options = {
	.folds = 4, .repeats = 2, .seed = 42, .threshold = 0.5};

static double noise(unsigned *s)
{
	*s = *s * 1664525u + 1013904223u;
	return (double)(*s >> 16) / 65536 - 0.5;
}

/* Clip i: text defect in every fourth, flicker in every third of the others; feature
 * t and f show them through noise.  flip: this many clips are labelled wrongly. */
static struct vq_labels *make_labels(int flip)
{
	struct vq_labels *l;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	fputs("clip_id,path,artifact,artifact_category,source,agreement\n", f);
	for (int i = 0; i < CLIPS; i++) {
		enum vq_class c = i % 4 == 0 ? VQ_TEXT : i % 3 == 0 ? VQ_FLICKER : VQ_NONE;

		if (i % 5 == 1 && i / 5 < flip)
			c = c == VQ_NONE ? VQ_TEXT : VQ_NONE;
		fprintf(f, "c%03d,p,%s,%s,s%d,%s\n", i, c == VQ_NONE ? "false" : "true",
			vq_class_name(c), i * 7 % SOURCES, i % 40 == 39 ? "disputed" : "agreed");
	}
	fclose(f);
	vq_labels_parse(&l, text, len, &err);
	free(text);
	return l;
}

static json_t *make_record(int i)
{
	unsigned seed = (unsigned)i * 2654435761u + 1;
	int text = i % 4 == 0, flicker = !text && i % 3 == 0;
	char id[8];
	json_t *features = json_object();

	noise(&seed);
	snprintf(id, sizeof id, "c%03d", i);
	json_object_set_new(features, "has_text_regions", json_integer(i % 2 == 0 || text));
	json_object_set_new(features, "t", json_real(text + 1.4 * noise(&seed)));
	json_object_set_new(features, "f", json_real(flicker + 1.4 * noise(&seed)));
	json_object_set_new(features, "junk", json_real(noise(&seed)));
	return json_pack("{s:s,s:s,s:{s:s,s:s},s:o}", "type", "features", "clip_id", id,
		"extractor", "version", "0.1.0", "manifest", "m", "features", features);
}

static struct vq_dataset *make_data(const struct vq_labels *l, bool backwards)
{
	struct vq_dataset *d;

	vq_dataset_new(&d, l, &err);
	for (int i = 0; i < CLIPS; i++) {
		json_t *r = make_record(backwards ? CLIPS - 1 - i : i);

		vq_dataset_add(d, r, &err);
		json_decref(r);
	}
	vq_dataset_finish(d, false, &err);
	return d;
}

static char *model_text(const struct vq_training *t, const struct vq_dataset *d)
{
	json_t *model;
	char *s;

	vq_train_model(t, d, &model, &err);
	s = json_dumps(model, JSON_REAL_PRECISION(9));
	json_decref(model);
	return s;
}

static void dataset(void)
{
	struct vq_labels *l = make_labels(0);
	struct vq_dataset *d;
	json_t *r = make_record(3);

	vq_dataset_new(&d, l, &err);
	is_int(vq_dataset_add(d, r, &err), VQ_OK, "a record");
	is_int(vq_dataset_add(d, r, &err), VQ_EDATA, "the same clip again");
	has_str(err.msg, "clip c003", "is named");
	json_decref(r);
	r = make_record(4);
	json_object_del(json_object_get(r, "features"), "junk");
	is_int(vq_dataset_add(d, r, &err), VQ_EDATA, "a record without one of the features");
	has_str(err.msg, "\"junk\"", "it is named");
	json_decref(r);
	r = make_record(5);
	json_object_set_new(json_object_get(r, "extractor"), "manifest", json_string("other"));
	is_int(vq_dataset_add(d, r, &err), VQ_EDATA, "another manifest");
	json_object_set_new(json_object_get(r, "extractor"), "manifest", json_string("m"));
	json_object_set_new(r, "clip_id", json_string("stranger"));
	is_int(vq_dataset_add(d, r, &err), VQ_OK, "a clip without a label");
	is_int((long long)d->unlabelled, 1, "is counted and left out");
	json_decref(r);
	is_int(vq_dataset_finish(d, false, &err), VQ_EDATA, "labelled clips without features");
	has_str(err.msg, "119 labelled clips", "are counted");
	vq_dataset_free(&d);
	vq_dataset_new(&d, l, &err);
	r = make_record(3);
	vq_dataset_add(d, r, &err);
	json_decref(r);
	is_int(vq_dataset_finish(d, true, &err), VQ_OK, "unless that is allowed");
	is_int((long long)d->rows, 1, "one row");
	is_str(d->label[0]->clip_id, "c003", "is that clip's");
	vq_dataset_free(&d);
	vq_labels_free(&l);
}

static void honest(const struct vq_training *t, const struct vq_dataset *d)
{
	size_t split = 0, scored = 0;

	for (size_t i = 0; i < d->rows; i++) {
		scored += !d->label[i]->disputed;
		for (size_t k = 0; k < i; k++)
			split += strcmp(d->label[i]->source, d->label[k]->source) == 0 &&
				 t->fold[i] != t->fold[k];
	}
	is_int((long long)split, 0, "no source is on both sides of a fold");
	is_int((long long)t->scored_count, (long long)(2 * scored), "twice, as was asked for");
	ok(t->of_repeat[1].flag.brier != t->of_repeat[0].flag.brier, "in other folds");
	is_int((long long)t->of_repeat[0].flag.n, (long long)scored,
		"disputed clips are not scored");
	ok(t->of_repeat[0].flag.auc > 0.85, "it has learned: AUC %.3f", t->of_repeat[0].flag.auc);
	ok(t->drop[VQ_TEXT][vq_dataset_column(d, "t")] > 0.05 &&
			t->drop[VQ_TEXT][vq_dataset_column(d, "junk")] < 0.05,
		"the text booster rests on the text feature");
	ok(t->gain[VQ_FLICKER][vq_dataset_column(d, "f")] > 0.5,
		"the flicker booster on flicker's");
	for (size_t i = 0; i < d->rows; i++)
		if (d->x[i * d->cols + vq_dataset_column(d, "has_text_regions")] <= 0)
			split += t->judged[i].p[VQ_TEXT] > 0;
	is_int((long long)split, 0, "no text, no text defect");
}

static void whole(void)
{
	struct vq_labels *l = make_labels(0), *wrong = make_labels(16);
	struct vq_dataset *d = make_data(l, false), *back = make_data(l, true),
			  *bad = make_data(wrong, false);
	struct vq_training *t, *u, *w;
	char *a, *b;

	is_int(vq_train(&t, d, &options, &err), VQ_OK, "train");
	honest(t, d);
	is_int(vq_train(&u, back, &options, &err), VQ_OK, "train on the records in reverse");
	a = model_text(t, d);
	b = model_text(u, back);
	is_str(b, a, "the same model bytes");
	free(a);
	free(b);
	is_int(vq_train(&w, bad, &options, &err), VQ_OK, "train with 16 labels turned over");
	ok(w->of_repeat[0].flag.f1 < t->of_repeat[0].flag.f1 - 0.03 &&
			w->of_repeat[0].flag.auc < t->of_repeat[0].flag.auc,
		"wrong labels lower the score: F1 %.3f, was %.3f", w->of_repeat[0].flag.f1,
		t->of_repeat[0].flag.f1);
	vq_training_free(&t);
	vq_training_free(&u);
	vq_training_free(&w);
	vq_dataset_free(&d);
	vq_dataset_free(&back);
	vq_dataset_free(&bad);
	vq_labels_free(&l);
	vq_labels_free(&wrong);
}

static char *text_part(const struct vq_training *t)
{
	json_t *part = json_pack("[O,O]", json_object_get(t->boosters, vq_class_name(VQ_TEXT)),
		json_object_get(t->calibration, vq_class_name(VQ_TEXT)));
	char *s = json_dumps(part, JSON_REAL_PRECISION(9));

	json_decref(part);
	return s;
}

/* A feature that is 0 but for two in three of the clips with the text defect. */
static void proof(void)
{
	struct vq_labels *l = make_labels(0);
	struct vq_dataset *d = make_data(l, false);
	size_t column = vq_dataset_column(d, "junk"), shown = 0;
	struct vq_training *t, *u;
	double before = 1, after = 1;

	vq_train(&t, d, &options, &err);
	is_real(t->choice[VQ_TEXT].proof.half, 0, 0, "no such feature proves nothing");
	free(d->names[column]);
	d->names[column] = strdup(VQ_PROOF_FEATURE);
	vq_train(&u, d, &options, &err);
	is_real(u->choice[VQ_TEXT].proof.half, 0, 0, "nor does what every clip may show");
	vq_training_free(&u);
	for (size_t i = 0; i < d->rows; i++) {
		bool text = d->label[i]->category == VQ_TEXT && shown++ % 3 != 0;

		d->x[i * d->cols + column] = text ? 0.05F : 0;
	}
	vq_train(&u, d, &options, &err);
	ok(u->choice[VQ_TEXT].proof.half > 0 && u->choice[VQ_TEXT].proof.half < 0.05,
		"what only defects show proves them: from %.4f", u->choice[VQ_TEXT].proof.half);
	for (size_t i = 0; i < d->rows; i++)
		if (d->x[i * d->cols + column] > 0) {
			before = fmin(before, t->judged[i].p[VQ_TEXT]);
			after = fmin(after, u->judged[i].p[VQ_TEXT]);
		}
	ok(after > 0.9 && before < after, "out of fold, too: %.3f, was %.3f", after, before);
	vq_training_free(&t);
	vq_training_free(&u);
	vq_dataset_free(&d);
	vq_labels_free(&l);
}

/* The letters of a clip that flickers change for another reason. */
static void flicker_is_no_text(void)
{
	struct vq_labels *l = make_labels(0);
	struct vq_dataset *d = make_data(l, false);
	size_t column = vq_dataset_column(d, "t"), changed = 0;
	struct vq_training *t, *u;
	char *a, *b;

	vq_train(&t, d, &options, &err);
	for (size_t i = 0; i < d->rows; i++)
		if (d->label[i]->category == VQ_FLICKER) {
			d->x[i * d->cols + column] += 5;
			changed++;
		}
	vq_train(&u, d, &options, &err);
	a = text_part(t);
	b = text_part(u);
	ok(changed > 10 && strcmp(a, b) == 0, "clips that flicker teach the text booster nothing");
	ok(u->choice[VQ_TEXT].beside < t->choice[VQ_TEXT].beside,
		"but say how much it is worth beside flicker: %.3f, was %.3f",
		u->choice[VQ_TEXT].beside, t->choice[VQ_TEXT].beside);
	is_str(t->choice[VQ_TEXT].kind, "linear", "text is linear");
	free(a);
	free(b);
	vq_training_free(&t);
	vq_training_free(&u);
	vq_dataset_free(&d);
	vq_labels_free(&l);
}

/* Features that know nothing must not score above chance: a leak would. */
static void nothing_to_learn(void)
{
	struct vq_labels *l = make_labels(0);
	struct vq_dataset *d = make_data(l, false);
	struct vq_training *t;
	unsigned seed = 5;

	for (size_t i = 0; i < d->rows; i++)
		for (size_t j = 0; j < d->cols; j++)
			d->x[i * d->cols + j] = (float)noise(&seed) + 1;
	is_int(vq_train(&t, d, &options, &err), VQ_OK, "train on noise");
	ok(t->of_repeat[0].flag.auc < 0.65, "and score at chance: AUC %.3f",
		t->of_repeat[0].flag.auc);
	vq_training_free(&t);
	vq_dataset_free(&d);
	vq_labels_free(&l);
}

static void too_little(void)
{
	static const char text[] =
		"clip_id,path,artifact,artifact_category,source\n"
		"c000,p,true,TEXT_INCONSISTENCY,a\nc001,p,false,NONE,b\n"
		"c002,p,false,NONE,c\nc003,p,false,NONE,d\nc004,p,false,NONE,e\n";
	struct vq_labels *l;
	struct vq_dataset *d;
	struct vq_training *t;

	vq_labels_parse(&l, text, sizeof text - 1, &err);
	vq_dataset_new(&d, l, &err);
	for (int i = 0; i < 5; i++) {
		json_t *r = make_record(i);

		vq_dataset_add(d, r, &err);
		json_decref(r);
	}
	vq_dataset_finish(d, false, &err);
	is_int(vq_train(&t, d, &options, &err), VQ_EDATA, "one clip with a defect");
	has_str(err.msg, "TEXT_INCONSISTENCY: clips with and without it", "is too little");
	ok(t == NULL, "nothing is left");
	vq_dataset_free(&d);
	vq_labels_free(&l);
}

int main(void)
{
	dataset();
	whole();
	proof();
	flicker_is_no_text();
	nothing_to_learn();
	too_little();
	return done_testing();
}
