#include "../../lib/gate.h"
#include "../tap.h"

static json_t *prediction(double text, double flicker, double threshold)
{
	struct vq_judgement j;
	enum vq_class c;

	vq_judgement_combine(&(struct vq_stages){text, flicker, 1, 0}, &j);
	c = vq_judgement_category(&j, threshold);
	return json_pack("{s:b,s:f,s:s,s:{s:f,s:f}}", "artifact", c != VQ_NONE, "confidence",
		1 - j.p[VQ_NONE], "artifact_category", vq_class_name(c), "defects",
		"TEXT_INCONSISTENCY", j.defect[VQ_TEXT], "TEMPORAL_FLICKER", j.defect[VQ_FLICKER]);
}

/* list may be NULL: both count. */
static bool stops(const char *list, double min, double text, double flicker)
{
	struct vq_gate g;
	json_t *p = prediction(text, flicker, 0.7);
	bool answer;

	vq_gate_init(&g);
	if (list != NULL && vq_gate_fail_on(&g, list, NULL) != VQ_OK)
		printf("# %s is refused\n", list);
	g.min_confidence = min;
	answer = vq_gate_stops(&g, p);
	json_decref(p);
	return answer;
}

static void lists(void)
{
	static const char *const wrong[] = {"", ",", "text,", ",text", "text,text", "none", "Text",
		"tex", "text flicker", "text,flicker,text"};
	struct vq_gate g;
	struct vq_err err;

	vq_gate_init(&g);
	ok(g.counts[VQ_TEXT] && g.counts[VQ_FLICKER] && g.min_confidence == 0, "both by default");
	ok(vq_gate_fail_on(&g, "flicker", &err) == VQ_OK && !g.counts[VQ_TEXT] &&
			g.counts[VQ_FLICKER],
		"one");
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		ok(vq_gate_fail_on(&g, wrong[i], &err) == VQ_EUSAGE && !g.counts[VQ_TEXT] &&
				g.counts[VQ_FLICKER],
			"refused, and nothing changed: '%s'", wrong[i]);
	ok(vq_gate_fail_on(&g, "flicker,text", &err) == VQ_OK && g.counts[VQ_TEXT] &&
			g.counts[VQ_FLICKER],
		"both, in any order");
}

int main(void)
{
	lists();
	ok(!stops(NULL, 0, 0.1, 0.1), "a clip that is not flagged");
	ok(stops(NULL, 0, 0.1, 0.9), "flicker");
	ok(stops(NULL, 0, 0.2, 0.3), "a category that is less likely than not");
	ok(!stops("text", 0, 0.1, 0.9), "flicker where only text counts");
	ok(stops("flicker", 0, 0.1, 0.9), "flicker where only flicker counts");
	ok(stops("text", 0, 0.6, 0.9), "text beside flicker that is likelier");
	ok(!stops("text", 0, 0.4, 0.9), "text beside it that is no more likely than not");
	ok(stops("text", 0, 0.3, 0.2), "text that names the category");
	ok(stops(NULL, 0.8, 0.6, 0.6), "the confidence that there is either");
	ok(!stops("flicker", 0.8, 0.6, 0.6), "of one its own");
	ok(stops("flicker", 0.6, 0.6, 0.6), "just enough");
	ok(!stops(NULL, 0.95, 0.1, 0.9), "not enough");
	return done_testing();
}
