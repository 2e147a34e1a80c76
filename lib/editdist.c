#include "editdist.h"

static uint32_t next_point(const unsigned char **s)
{
	static const uint32_t least[4] = {0, 0x80, 0x800, 0x10000};
	const unsigned char *p = *s;
	uint32_t c = *p++;
	int more = c < 0x80 ? 0 : c >= 0xf0 && c < 0xf8 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : -1;
	int n = more;

	*s = p;
	if (more == 0)
		return c;
	if (more < 0 || c >= 0xf8)
		return 0xfffd;
	c &= 0x3fu >> more;
	for (; more > 0; more--, p++) {
		if ((*p & 0xc0) != 0x80)
			return 0xfffd;
		c = c << 6 | (*p & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0xfffd;
	*s = p;
	return c;
}

size_t vq_code_points(const char *utf8, uint32_t *out)
{
	const unsigned char *s = (const unsigned char *)utf8;
	size_t n = 0;

	while (*s != '\0' && n < VQ_EDIT_MAX)
		out[n++] = next_point(&s);
	return n;
}

int vq_edit_total(const struct vq_edits *e)
{
	return e->substituted + e->deleted + e->inserted;
}

static struct vq_edits cheapest(struct vq_edits sub, struct vq_edits del, struct vq_edits ins)
{
	int s = vq_edit_total(&sub), d = vq_edit_total(&del), i = vq_edit_total(&ins);

	if (s <= d && s <= i)
		return sub;
	return d <= i ? del : ins;
}

struct vq_edits vq_edit_distance(const uint32_t *a, size_t na, const uint32_t *b, size_t nb)
{
	struct vq_edits row[VQ_EDIT_MAX + 1];

	for (size_t j = 0; j <= nb; j++)
		row[j] = (struct vq_edits){0, 0, (int)j};
	for (size_t i = 1; i <= na; i++) {
		struct vq_edits diagonal = row[0];

		row[0] = (struct vq_edits){0, (int)i, 0};
		for (size_t j = 1; j <= nb; j++) {
			struct vq_edits sub = diagonal, del = row[j], ins = row[j - 1];

			diagonal = row[j];
			if (a[i - 1] == b[j - 1]) {
				row[j] = sub;
				continue;
			}
			sub.substituted++;
			del.deleted++;
			ins.inserted++;
			row[j] = cheapest(sub, del, ins);
		}
	}
	return row[nb];
}

double vq_edit_normalised(const char *a, const char *b)
{
	uint32_t p[VQ_EDIT_MAX], q[VQ_EDIT_MAX];
	size_t n = vq_code_points(a, p), m = vq_code_points(b, q), longest = n > m ? n : m;
	struct vq_edits e;

	if (longest == 0)
		return 0;
	e = vq_edit_distance(p, n, q, m);
	return (double)vq_edit_total(&e) / (double)longest;
}
