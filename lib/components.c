#include "components.h"

#include <stdlib.h>
#include <string.h>

struct run {
	int x1, x2, label;
};

struct vq_components {
	struct vq_component *list;
	int count, max_count;
	struct run *row[2];
	int runs[2];
};

enum vq_code vq_components_new(
	struct vq_components **c, int max_width, int max_count, struct vq_err *err)
{
	size_t runs = (size_t)max_width + 1;

	*c = calloc(1, sizeof **c);
	if (*c == NULL)
		return vq_nomem(err);
	(*c)->max_count = max_count;
	(*c)->list = calloc((size_t)max_count, sizeof *(*c)->list);
	(*c)->row[0] = calloc(runs, sizeof *(*c)->row[0]);
	(*c)->row[1] = calloc(runs, sizeof *(*c)->row[1]);
	if ((*c)->list == NULL || (*c)->row[0] == NULL || (*c)->row[1] == NULL) {
		vq_components_free(c);
		return vq_nomem(err);
	}
	return VQ_OK;
}

void vq_components_free(struct vq_components **c)
{
	if (*c == NULL)
		return;
	free((*c)->list);
	free((*c)->row[0]);
	free((*c)->row[1]);
	free(*c);
	*c = NULL;
}

static int find_root(struct vq_component *list, int i)
{
	while (list[i].parent != i) {
		list[i].parent = list[list[i].parent].parent;
		i = list[i].parent;
	}
	return i;
}

/* The lower index stays root, so that the order of the list does not depend on
 * how runs meet. */
static int unite(struct vq_component *list, int a, int b)
{
	a = find_root(list, a);
	b = find_root(list, b);
	if (a < b)
		list[b].parent = a;
	else
		list[a].parent = b;
	return a < b ? a : b;
}

static void fold(struct vq_component *to, const struct vq_component *from)
{
	if (from->x1 < to->x1)
		to->x1 = from->x1;
	if (from->x2 > to->x2)
		to->x2 = from->x2;
	if (from->y1 < to->y1)
		to->y1 = from->y1;
	if (from->y2 > to->y2)
		to->y2 = from->y2;
	to->area += from->area;
	to->value += from->value;
	to->sx += from->sx;
	to->sy += from->sy;
	to->sxx += from->sxx;
	to->sxy += from->sxy;
	to->syy += from->syy;
}

/* The label of the runs of equal class above a run, made one, or -1. */
static int join_above(struct vq_components *c, const struct run *above, int n, int *from, int x1,
	int x2, uint8_t cls)
{
	int label = -1, i = *from;

	while (i < n && above[i].x2 < x1)
		i++;
	*from = i;
	for (; i < n && above[i].x1 <= x2; i++) {
		if (above[i].label < 0 || c->list[above[i].label].cls != cls)
			continue;
		label = label < 0 ? find_root(c->list, above[i].label)
				  : unite(c->list, label, above[i].label);
	}
	return label;
}

static int add_run(struct vq_components *c, int label, const struct vq_component *run)
{
	if (label >= 0) {
		fold(&c->list[label], run);
		return label;
	}
	if (c->count == c->max_count)
		return -1;
	c->list[c->count] = *run;
	c->list[c->count].parent = c->count;
	return c->count++;
}

static int next_run(const uint8_t *map, int x, int width)
{
	uint64_t eight;

	while (x < width && map[x] == 0) {
		if (x + 8 <= width) {
			memcpy(&eight, map + x, 8);
			if (eight == 0) {
				x += 8;
				continue;
			}
		}
		x++;
	}
	return x;
}

static void label_row(
	struct vq_components *c, const uint8_t *map, const uint8_t *value, int y, int width)
{
	const struct run *above = c->row[(y + 1) & 1];
	struct run *here = c->row[y & 1];
	int n_above = c->runs[(y + 1) & 1], from = 0, n = 0;

	for (int x = next_run(map, 0, width); x < width; x = next_run(map, x, width)) {
		struct vq_component run = {.x1 = x, .y1 = y, .y2 = y + 1, .cls = map[x]};
		int label;

		for (; x < width && map[x] == run.cls; x++) {
			run.value += value[x];
			run.sx += x;
			run.sxx += (int64_t)x * x;
		}
		run.x2 = x;
		run.area = x - run.x1;
		run.sy = (int64_t)run.area * y;
		run.sxy = run.sx * y;
		run.syy = run.sy * y;
		label = join_above(c, above, n_above, &from, run.x1, run.x2, run.cls);
		here[n].x1 = run.x1;
		here[n].x2 = run.x2;
		here[n++].label = add_run(c, label, &run);
	}
	c->runs[y & 1] = n;
}

size_t vq_components_label(struct vq_components *c, const uint8_t *map, const uint8_t *value,
	int width, int height, const struct vq_component **list)
{
	int n = 0;

	c->count = 0;
	c->runs[0] = c->runs[1] = 0;
	for (int y = 0; y < height; y++)
		label_row(c, map + (size_t)y * (size_t)width, value + (size_t)y * (size_t)width, y,
			width);
	for (int i = 0; i < c->count; i++) {
		int root = find_root(c->list, i);

		if (root != i)
			fold(&c->list[root], &c->list[i]);
	}
	for (int i = 0; i < c->count; i++)
		if (c->list[i].parent == i)
			c->list[n++] = c->list[i];
	*list = c->list;
	return (size_t)n;
}
