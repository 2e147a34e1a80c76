#include "gate.h"

#include <string.h>

static const char *const words[VQ_CLASSES] = {[VQ_TEXT] = "text", [VQ_FLICKER] = "flicker"};

void vq_gate_init(struct vq_gate *g)
{
	*g = (struct vq_gate){.counts = {[VQ_TEXT] = true, [VQ_FLICKER] = true}};
}

enum vq_code vq_gate_fail_on(struct vq_gate *g, const char *list, struct vq_err *err)
{
	bool counts[VQ_CLASSES] = {false};
	const char *word = list;

	for (;;) {
		size_t n = strcspn(word, ",");
		int c = VQ_TEXT;

		while (c < VQ_CLASSES && (strlen(words[c]) != n || strncmp(word, words[c], n) != 0))
			c++;
		if (c == VQ_CLASSES || counts[c])
			return vq_fail(err, VQ_EUSAGE,
				"%.40s: expected text, flicker or text,flicker", list);
		counts[c] = true;
		if (word[n] == '\0')
			break;
		word += n + 1;
	}
	memcpy(g->counts, counts, sizeof counts);
	return VQ_OK;
}

bool vq_gate_stops(const struct vq_gate *g, const json_t *prediction)
{
	const json_t *defects = json_object_get(prediction, "defects");
	const char *category = json_string_value(json_object_get(prediction, "artifact_category"));
	double confidence = json_number_value(json_object_get(prediction, "confidence"));
	bool all = g->counts[VQ_TEXT] && g->counts[VQ_FLICKER];

	if (!json_is_true(json_object_get(prediction, "artifact")))
		return false;
	for (int c = VQ_TEXT; c < VQ_CLASSES; c++) {
		const char *name = vq_class_name((enum vq_class)c);
		double own = json_number_value(json_object_get(defects, name));
		bool shows = own >= 0.5 || (category != NULL && strcmp(category, name) == 0);

		if (g->counts[c] && shows && (all ? confidence : own) >= g->min_confidence)
			return true;
	}
	return false;
}
