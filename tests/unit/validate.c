#include "../../lib/validate.h"
#include "../tap.h"

enum { N = 240 };

static struct vq_err err;

static unsigned next(unsigned *s)
{
	*s = *s * 1664525u + 1013904223u;
	return *s >> 16;
}

/* Clips of 30 sources of very different sizes, three strata. */
static void make_items(struct vq_fold_item *items, char names[30][16], unsigned seed)
{
	for (int g = 0; g < 30; g++)
		snprintf(names[g], sizeof names[g], "src%d", g);
	for (int i = 0; i < N; i++) {
		unsigned g = next(&seed) % 30;

		g = g * (next(&seed) % 30) / 30;
		items[i] = (struct vq_fold_item){names[g], (int)(next(&seed) % 5) / 2};
	}
}

static bool split_group(const struct vq_fold_item *items, const int *fold)
{
	for (int i = 0; i < N; i++)
		for (int k = 0; k < i; k++)
			if (strcmp(items[i].group, items[k].group) == 0 && fold[i] != fold[k])
				return true;
	return false;
}

static void folds(void)
{
	struct vq_fold_item items[N], other[N];
	int fold[N], again[N], bad = 0, empty = 0, uneven = 0, moved = 0, same = 0;
	char names[30][16];

	for (unsigned seed = 1; seed <= 200; seed++) {
		int count[5] = {0}, first[5] = {0}, all = 0;

		make_items(items, names, seed);
		if (vq_folds_assign(items, N, 5, seed, fold, &err) != VQ_OK)
			bad++;
		bad += split_group(items, fold);
		for (int i = 0; i < N; i++) {
			count[fold[i]]++;
			first[fold[i]] += items[i].stratum == 0;
			all += items[i].stratum == 0;
			other[N - 1 - i] = items[i];
		}
		for (int f = 0; f < 5; f++) {
			empty += count[f] == 0;
			uneven += first[f] < all / 12 || first[f] > all / 2;
		}
		vq_folds_assign(other, N, 5, seed, again, &err);
		for (int i = 0; i < N; i++)
			moved += again[N - 1 - i] != fold[i];
		vq_folds_assign(items, N, 5, seed + 1000, again, &err);
		same += memcmp(again, fold, sizeof fold) == 0;
	}
	is_int(bad, 0, "no clip of one source on both sides of a fold, 200 draws");
	is_int(empty, 0, "no fold is empty");
	is_int(uneven, 0, "each fold has its part of a stratum");
	is_int(moved, 0, "the order of the clips does not matter");
	ok(same < 100, "another seed gives other folds");
	is_int(vq_folds_assign(items, 1, 2, 1, fold, &err), VQ_EDATA, "fewer sources than folds");
	has_str(err.msg, "1 sources, but 2 folds", "says so");
}

static void binary(void)
{
	static const double score[] = {0.9, 0.8, 0.7, 0.4, 0.3, 0.5};
	static const bool truth[] = {true, true, false, true, false, false};
	static const bool none[6] = {false};
	struct vq_binary b;

	vq_binary(score, truth, 6, 0.5, &b);
	is_int((long long)b.true_positives, 2, "found");
	is_int((long long)b.false_positives, 1, "false alarms; 0.5 is not above 0.5");
	is_real(b.precision, 2.0 / 3, 1e-12, "precision");
	is_real(b.recall, 2.0 / 3, 1e-12, "recall");
	is_real(b.specificity, 2.0 / 3, 1e-12, "specificity");
	is_real(b.f1, 2.0 / 3, 1e-12, "F1");
	is_real(b.auc, 7.0 / 9, 1e-12, "AUC: 7 of 9 pairs in order");
	is_real(b.brier, (0.01 + 0.04 + 0.49 + 0.36 + 0.09 + 0.25) / 6, 1e-12, "Brier score");
	is_real(vq_precision_at(&b, 0.5), 2.0 / 3, 1e-12, "precision, half of the clips bad");
	is_real(vq_precision_at(&b, 0.01), 0.02 / (0.02 + 0.99), 1e-12, "1 in 100 bad");
	is_real(vq_auc((const double[]){1, 1}, (const bool[]){true, false}, 2), 0.5, 0, "a tie");
	ok(isnan(vq_auc(score, none, 6)), "no AUC without both kinds");
}

static struct vq_scored judged(enum vq_class truth, bool text, bool flicker, double pt, double pf)
{
	struct vq_scored s = {.truth = truth, .defect = {!text && !flicker, text, flicker}};

	vq_judgement_combine(&(struct vq_stages){pt, pf, 1, 0}, &s.judgement);
	return s;
}

static void metrics(void)
{
	const struct vq_scored s[] = {
		judged(VQ_NONE, false, false, 0.1, 0.1),
		judged(VQ_NONE, false, false, 0.9, 0.1),
		judged(VQ_TEXT, true, false, 0.9, 0),
		judged(VQ_FLICKER, false, true, 0.8, 0.2),
		judged(VQ_TEXT, true, true, 0.1, 0.9), /* called flicker: right as well */
		judged(VQ_FLICKER, false, true, 0, 0.1),
	};
	struct vq_metrics m;

	is_int(vq_metrics(s, 6, 0.5, &m, &err), VQ_OK, "six clips");
	is_real(m.flag.recall, 0.75, 1e-12, "three of four flagged");
	is_real(m.flag.precision, 0.75, 1e-12, "one false alarm");
	is_int((long long)m.confusion[VQ_FLICKER][VQ_FLICKER], 1, "either name is right for both");
	is_int((long long)m.confusion[VQ_FLICKER][VQ_TEXT], 1, "a wrong name");
	is_int((long long)m.confusion[VQ_FLICKER][VQ_NONE], 1, "a miss");
	is_int((long long)m.confusion[VQ_NONE][VQ_TEXT], 1, "a false alarm");
	is_real(m.category_f1[VQ_TEXT], 2.0 / (1 + 3), 1e-12, "F1 of text");
	is_real(m.category_f1[VQ_FLICKER], 2.0 / (3 + 1), 1e-12, "F1 of flicker");
	is_real(m.defect[VQ_FLICKER].recall, 1.0 / 3, 1e-12, "flicker by its own probability");
	is_real(m.defect[VQ_TEXT].recall, 0.5, 1e-12, "text by its own probability");
}

static void platt(void)
{
	double score[2000], slope, intercept;
	bool truth[2000];
	unsigned seed = 7;

	for (int i = 0; i < 2000; i++) {
		score[i] = (double)(next(&seed) % 4000) / 1000 - 2;
		truth[i] = (double)(next(&seed) % 65536) / 65536 <
			   1 / (1 + exp(-(1.5 * score[i] - 0.5)));
	}
	vq_platt(score, truth, 2000, &slope, &intercept);
	is_real(slope, 1.5, 0.2, "the slope that made the truth");
	is_real(intercept, -0.5, 0.15, "and its intercept");
	ok(vq_log_loss(score, truth, 2000, slope, intercept) <=
			vq_log_loss(score, truth, 2000, 1.5, -0.5) + 1e-3,
		"at least as likely as the truth's own");
	for (int i = 0; i < 2000; i++)
		truth[i] = score[i] > 0;
	vq_platt(score, truth, 2000, &slope, &intercept);
	ok(isfinite(slope) && slope > 5, "separable scores give a steep, finite slope");
	vq_platt(score, truth, 0, &slope, &intercept);
	is_real(intercept, 0, 1e-9, "nothing known: even odds");
}

int main(void)
{
	folds();
	binary();
	metrics();
	platt();
	return done_testing();
}
