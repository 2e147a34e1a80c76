#include "../../lib/scaling.h"
#include "../tap.h"

static struct vq_err err;

static void fit(void)
{
	/* mean 2 and deviation 1; a column that does not vary */
	static const float x[] = {1, 5, 3, 5, 1, 5, 3, 5};
	float row[] = {2.5f, 7}, far[] = {-90, 5}, again[] = {2.5f, 7};
	struct vq_scaling *s, *copy;
	json_t *json;

	is_int(vq_scaling_fit(&s, x, 4, 2, &err), VQ_OK, "four rows of two columns");
	vq_scaling_apply(s, row);
	is_real((double)row[0], 0.5, 1e-6, "half a deviation above the mean");
	is_real((double)row[1], 0, 0, "a column that never varied says nothing");
	vq_scaling_apply(s, far);
	is_real((double)far[0], -2, 1e-6, "no further than the limit");
	json = vq_scaling_json(s);
	is_int(vq_scaling_parse(&copy, json, 2, &err), VQ_OK, "read back");
	vq_scaling_apply(copy, again);
	ok(memcmp(again, row, sizeof row) == 0, "the same numbers");
	vq_scaling_free(&copy);
	is_int(vq_scaling_parse(&copy, json, 3, &err), VQ_EDATA, "another number of columns");
	has_str(err.msg, "\"center\" has 2 values, expected 3", "says so");
	ok(copy == NULL, "nothing is left");
	json_array_set_new(json_object_get(json, "spread"), 1, json_string("1"));
	is_int(vq_scaling_parse(&copy, json, 2, &err), VQ_EDATA, "text for a number");
	has_str(err.msg, "\"spread\"[1] is no number", "is named");
	json_object_del(json, "limit");
	is_int(vq_scaling_parse(&copy, json, 2, &err), VQ_EDATA, "no limit");
	json_decref(json);
	vq_scaling_free(&s);
	vq_scaling_free(&s);
}

int main(void)
{
	fit();
	return done_testing();
}
