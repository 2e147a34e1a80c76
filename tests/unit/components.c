/* Connected components. */
#include "../tap.h"

#include "../../lib/components.h"

static void test_shapes(struct vq_components *c)
{
	static const uint8_t map[6 * 5] = {
		1, 1, 0, 0, 2, 2, /* a step, a bar */
		0, 1, 0, 0, 0, 0, /* */
		0, 0, 1, 0, 2, 0, /* joined by a corner */
		2, 0, 0, 0, 2, 0, /* */
		2, 2, 2, 2, 2, 0, /* a cup */
	};
	uint8_t value[30];
	const struct vq_component *list;

	for (int i = 0; i < 30; i++)
		value[i] = (uint8_t)i;
	is_int((long long)vq_components_label(c, map, value, 6, 5, &list), 3, "three pieces");
	is_int(list[0].area, 4, "a corner joins");
	is_int(list[0].x2 * 10 + list[0].y2, 33, "its box");
	is_int(list[0].value, 0 + 1 + 7 + 14, "its values");
	is_int(list[0].sx * 10 + list[0].sy, 0 * 10 + 0 + 10 + 11 + 22, "sums of x and of y");
	is_int(list[0].sxx, 0 + 1 + 1 + 4, "of x squared");
	is_int(list[0].sxy, 0 + 0 + 1 + 4, "of x times y");
	is_int(list[0].syy, 0 + 0 + 1 + 4, "of y squared");
	is_int(list[1].cls, 2, "classes do not mix");
	is_int(list[1].area, 2, "the bar");
	is_int(list[2].area, 8, "arms that meet below are one piece");
	is_int(list[2].x1 * 100 + list[2].y1 * 10 + list[2].x2, 25, "its box");
}

static void test_limits(struct vq_components *c)
{
	uint8_t map[64];
	const struct vq_component *list;

	memset(map, 0, sizeof map);
	is_int((long long)vq_components_label(c, map, map, 8, 8, &list), 0, "an empty map");
	for (int i = 0; i < 64; i++)
		map[i] = (uint8_t)(i % 2 == 0 && i / 8 % 2 == 0);
	is_int((long long)vq_components_label(c, map, map, 8, 8, &list), 10,
		"no more than there is room for");
	memset(map, 1, sizeof map);
	is_int((long long)vq_components_label(c, map, map, 8, 8, &list), 1, "a full map");
	is_int(list[0].sx * 1000 + list[0].sy, 224 * 1000 + 224, "its sums");
	is_int((long long)vq_components_label(c, map, map, 1, 1, &list), 1, "one pixel");
}

int main(void)
{
	struct vq_components *c;
	struct vq_err err;

	ok(vq_components_new(&c, 8, 10, &err) == VQ_OK, "room for ten");
	test_shapes(c);
	test_limits(c);
	vq_components_free(&c);
	ok(c == NULL, "freed");
	vq_components_free(&c);
	return done_testing();
}
