#include "glitchlayer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "glitchfield.h"

#define MARGIN 0.4	/* around the box, of its height or its width */
#define MARGIN_MIN 6	/* pixels */
#define REACH 0.12	/* letters may stick out of the box so far, of its height */
#define BAND 0.1	/* around the box, of its height, where its ground goes on */
#define CHROMA_WINS 1.5 /* a chroma plane is taken when it parts so much better */
#define INK_MIN 12	/* pixels that are worth it */
#define GROUND_MIN 0.02 /* share of the layer that must be known ground */
#define FLATTEN 0.75	/* reach of the mean that is taken away, of the box's height */
#define SOFTEN 12	/* rounds of smoothing of the filled ground */
#define LINE_MIN 5	/* pixels; lower lines belong to a neighbour */
#define CELL_MAX 1.3	/* of the line's height; wider ones are split */
#define CELL_AIM 0.75

enum vq_code vq_layer_reserve(struct vq_layer *l, int width, int height, struct vq_err *err)
{
	size_t n = (size_t)width * (size_t)height;

	if (n <= l->room)
		return VQ_OK;
	vq_layer_clear(l);
	for (int p = 0; p < 3; p++) {
		l->ground[p] = malloc(n * sizeof *l->ground[p]);
		l->ink[p] = malloc(n * sizeof *l->ink[p]);
		l->edit[p] = malloc(n * sizeof *l->edit[p]);
	}
	l->mask = malloc(n);
	l->wide = malloc(n);
	/* A pyramid: n + n/4 + ..., and what odd sides add. */
	l->value = malloc((2 * n + 64) * sizeof *l->value);
	l->weight = malloc((2 * n + 64) * sizeof *l->weight);
	l->stack = malloc(n * sizeof *l->stack);
	l->room = n;
	for (int p = 0; p < 3; p++)
		if (l->ground[p] == NULL || l->ink[p] == NULL || l->edit[p] == NULL)
			l->room = 0;
	if (l->room == 0 || l->mask == NULL || l->wide == NULL || l->value == NULL ||
		l->weight == NULL || l->stack == NULL) {
		vq_layer_clear(l);
		return vq_nomem(err);
	}
	return VQ_OK;
}

void vq_layer_clear(struct vq_layer *l)
{
	for (int p = 0; p < 3; p++) {
		free(l->ground[p]);
		free(l->ink[p]);
		free(l->edit[p]);
	}
	free(l->mask);
	free(l->wide);
	free(l->value);
	free(l->weight);
	free(l->stack);
	memset(l, 0, sizeof *l);
}

/* Otsu's threshold (values below it are one class), the variance between the classes, and
 * its share of all. */
static int otsu(const uint8_t *p, size_t stride, int w, int h, double *between, double *parted)
{
	double count[256] = {0}, n = (double)w * h, all = 0, square = 0, low = 0, low_sum = 0;
	int best = 128;

	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++)
			count[p[(size_t)y * stride + (size_t)x]]++;
	for (int i = 0; i < 256; i++) {
		all += i * count[i];
		square += i * i * count[i];
	}
	*between = 0;
	for (int i = 0; i < 255; i++) {
		double high, d, v;

		low += count[i];
		low_sum += i * count[i];
		high = n - low;
		if (low == 0 || high == 0)
			continue;
		d = low_sum / low - (all - low_sum) / high;
		v = low / n * (high / n) * d * d;
		if (v > *between) {
			*between = v;
			best = i + 1;
		}
	}
	square = square / n - all / n * (all / n);
	*parted = square > 0 ? *between / square : 0;
	return best;
}

/* The plane whose pixels in the box part best, into value[]. */
static void take_plane(struct vq_layer *l, const struct vq_frame *f, const double box[4])
{
	double best = 0, between, parted;
	int plane = 0, shift, x1 = (int)box[0], y1 = (int)box[1];
	int w = (int)box[2] - x1, h = (int)box[3] - y1;

	for (int p = 0; p < 3; p++) {
		int s = p > 0;
		size_t stride = (size_t)(f->width >> s);

		otsu(f->plane[p] + (size_t)(y1 >> s) * stride + (x1 >> s), stride, w >> s, h >> s,
			&between, &parted);
		if (p == 0 || between > CHROMA_WINS * best) {
			best = between;
			plane = p;
		}
	}
	shift = plane > 0;
	for (int y = 0; y < l->h; y++)
		for (int x = 0; x < l->w; x++)
			l->value[(size_t)y * (size_t)l->w + (size_t)x] =
				f->plane[plane][(size_t)((l->y + y) >> shift) *
							(size_t)(f->width >> shift) +
						(size_t)((l->x + x) >> shift)];
}

/* In the box or close around it, where its ground goes on. */
static bool near_box(const struct vq_layer *l, const double in[4], int x, int y)
{
	double band = BAND * l->tall + 2;

	return x >= in[0] - band && x < in[2] + band && y >= in[1] - band && y < in[3] + band;
}

/* The mask shall be 1 for letters: the class that is rarer in the box and close around
 * it.  Fat letters may cover most of their box, but then not what is around it. */
static void choose_side(struct vq_layer *l, const double in[4])
{
	size_t n = (size_t)l->w * (size_t)l->h, all[2] = {0}, ones[2] = {0};

	for (int y = 0; y < l->h; y++)
		for (int x = 0; x < l->w; x++) {
			bool inside = x >= in[0] && x < in[2] && y >= in[1] && y < in[3];

			if (!near_box(l, in, x, y))
				continue;
			all[inside]++;
			ones[inside] += l->mask[(size_t)y * (size_t)l->w + (size_t)x];
		}
	for (int k = 0; k < 2; k++)
		all[k] += all[k] == 0;
	if ((double)ones[0] / (double)all[0] + (double)ones[1] / (double)all[1] <= 1)
		return;
	for (size_t i = 0; i < n; i++)
		l->mask[i] ^= 1;
}

/* Part value[] by the threshold of the box: letters are 1 in the mask. */
static void part(struct vq_layer *l, const double in[4])
{
	size_t n = (size_t)l->w * (size_t)l->h;
	int x1 = (int)in[0], y1 = (int)in[1], level;
	double between;

	for (size_t i = 0; i < n; i++)
		l->wide[i] = vq_to_u8(l->value[i]);
	level = otsu(l->wide + (size_t)y1 * (size_t)l->w + (size_t)x1, (size_t)l->w,
		(int)in[2] - x1, (int)in[3] - y1, &between, &l->parted);
	for (size_t i = 0; i < n; i++)
		l->mask[i] = l->wide[i] >= level;
	choose_side(l, in);
}

/* Means of the values within reach, step apart, as far as there are any. */
static void running_mean(const float *v, int n, int step, int reach, float *out)
{
	double sum = 0;
	int from = 0, to = 0;

	for (int i = 0; i < n; i++) {
		for (; to < n && to <= i + reach; to++)
			sum += v[to * step];
		for (; from < i - reach; from++)
			sum -= v[from * step];
		out[i * step] = (float)(sum / (to - from));
	}
}

/* Light falls off across a sign: take away what value[] is on average around each pixel,
 * over the box and its band, and part. */
static void flatten(struct vq_layer *l, const double in[4])
{
	double band = BAND * l->tall + 2;
	int x1 = (int)fmax(0, in[0] - band), x2 = (int)fmin(l->w, in[2] + band);
	int y1 = (int)fmax(0, in[1] - band), y2 = (int)fmin(l->h, in[3] + band);
	int reach = (int)(FLATTEN * l->tall) + 1;
	float *across = l->weight, *mean = l->ground[0];

	for (int y = y1; y < y2; y++)
		running_mean(l->value + y * l->w + x1, x2 - x1, 1, reach, across + y * l->w + x1);
	for (int x = x1; x < x2; x++)
		running_mean(across + y1 * l->w + x, y2 - y1, l->w, reach, mean + y1 * l->w + x);
	for (int y = 0; y < l->h; y++)
		for (int x = 0; x < l->w; x++) {
			int near_x = x < x1 ? x1 : x >= x2 ? x2 - 1 : x;
			int near_y = y < y1 ? y1 : y >= y2 ? y2 - 1 : y;

			l->value[y * l->w + x] += 128 - mean[near_y * l->w + near_x];
		}
	part(l, in);
}

static void push(struct vq_layer *l, size_t *top, int x, int y)
{
	size_t i = (size_t)y * (size_t)l->w + (size_t)x;

	if (x < 0 || y < 0 || x >= l->w || y >= l->h || l->mask[i] != 1)
		return;
	l->mask[i] = 0;
	l->stack[(*top)++] = (int)i;
}

/* What goes on beyond the margin is no letter, unless the picture itself ends there. */
static void drop_outsiders(struct vq_layer *l, const struct vq_frame *f)
{
	size_t top = 0;

	for (int x = 0; x < l->w; x++) {
		if (l->y > 0)
			push(l, &top, x, 0);
		if (l->y + l->h < f->height)
			push(l, &top, x, l->h - 1);
	}
	for (int y = 0; y < l->h; y++) {
		if (l->x > 0)
			push(l, &top, 0, y);
		if (l->x + l->w < f->width)
			push(l, &top, l->w - 1, y);
	}
	while (top > 0) {
		int i = l->stack[--top], x = i % l->w, y = i / l->w;

		push(l, &top, x - 1, y);
		push(l, &top, x + 1, y);
		push(l, &top, x, y - 1);
		push(l, &top, x, y + 1);
	}
}

/* Twice the area over the outline. */
static double stroke_width(const struct vq_layer *l)
{
	size_t area = 0, edges = 0, w = (size_t)l->w;

	for (int y = 1; y + 1 < l->h; y++)
		for (int x = 1; x + 1 < l->w; x++) {
			const uint8_t *m = &l->mask[(size_t)y * w + (size_t)x];

			if (!*m)
				continue;
			area++;
			edges += (size_t)(!m[-1] + !m[1] + !*(m - w) + !m[w]);
		}
	return edges == 0 ? 1 : 2.0 * (double)area / (double)edges;
}

/* Only what is in the box or sticks out a little; the number of letter pixels. */
static size_t keep_inside(struct vq_layer *l, const double in[4])
{
	double reach = REACH * (in[3] - in[1]) + 1;
	size_t n = 0;

	for (int y = 0; y < l->h; y++)
		for (int x = 0; x < l->w; x++) {
			uint8_t *m = &l->mask[(size_t)y * (size_t)l->w + (size_t)x];

			*m = *m && x >= in[0] - reach && x < in[2] + reach && y >= in[1] - reach &&
			     y < in[3] + reach;
			n += *m;
		}
	return n;
}

/* Soft edges and a coder's ringing belong to the letters.  Returns the number of pixels
 * that are ground for certain. */
static size_t widen(struct vq_layer *l, int r)
{
	size_t w = (size_t)l->w, ground = 0;
	uint8_t *across = (uint8_t *)l->stack;

	for (int y = 0; y < l->h; y++)
		for (int x = 0, last = -1000; x < l->w + r; x++) {
			if (x < l->w && l->mask[(size_t)y * w + (size_t)x])
				last = x;
			if (x >= r)
				across[(size_t)y * w + (size_t)(x - r)] = x - last <= 2 * r;
		}
	for (int x = 0; x < l->w; x++)
		for (int y = 0, last = -1000; y < l->h + r; y++) {
			if (y < l->h && across[(size_t)y * w + (size_t)x])
				last = y;
			if (y >= r)
				l->wide[(size_t)(y - r) * w + (size_t)x] = y - last <= 2 * r;
		}
	for (size_t i = 0; i < w * (size_t)l->h; i++)
		ground += !l->wide[i];
	return ground;
}

/* Halve a level of the pyramid: means of the known pixels. */
static void pull(const float *v, const float *k, int w, int h, float *ov, float *ok)
{
	int ow = (w + 1) / 2, oh = (h + 1) / 2;

	for (int y = 0; y < oh; y++)
		for (int x = 0; x < ow; x++) {
			float sum = 0, known = 0;

			for (int j = 2 * y; j < 2 * y + 2 && j < h; j++)
				for (int i = 2 * x; i < 2 * x + 2 && i < w; i++) {
					sum += v[j * w + i] * k[j * w + i];
					known += k[j * w + i];
				}
			ov[y * ow + x] = known > 0 ? sum / known : 0;
			ok[y * ow + x] = known > 0 ? 1 : 0;
		}
}

/* Unknown pixels from the level above it, bilinear. */
static void give_back(float *v, const float *k, int w, int h, const float *from)
{
	int fw = (w + 1) / 2, fh = (h + 1) / 2;

	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++) {
			int x0 = (x - 1) / 2 - (x == 0), y0 = (y - 1) / 2 - (y == 0);
			int x1 = x0 + 1 < fw ? x0 + 1 : fw - 1, y1 = y0 + 1 < fh ? y0 + 1 : fh - 1;
			float ax = x % 2 == 0 ? 0.75f : 0.25f, ay = y % 2 == 0 ? 0.75f : 0.25f;

			if (k[y * w + x] > 0)
				continue;
			x0 = x0 < 0 ? 0 : x0;
			y0 = y0 < 0 ? 0 : y0;
			v[y * w + x] =
				(1 - ay) *
					((1 - ax) * from[y0 * fw + x0] + ax * from[y0 * fw + x1]) +
				ay * ((1 - ax) * from[y1 * fw + x0] + ax * from[y1 * fw + x1]);
		}
}

/* A smooth surface through the known pixels: push-pull (Gortler et al. 1996, doi
 * 10.1145/237170.237200), then a few rounds of means of neighbours. */
static void fill(struct vq_layer *l, int w, int h, float *out)
{
	int width[20] = {w}, height[20] = {h}, top = 0;
	size_t at[20] = {0}, n = (size_t)w * (size_t)h;

	while (width[top] > 1 || height[top] > 1) {
		at[top + 1] = at[top] + (size_t)width[top] * (size_t)height[top];
		width[top + 1] = (width[top] + 1) / 2;
		height[top + 1] = (height[top] + 1) / 2;
		pull(l->value + at[top], l->weight + at[top], width[top], height[top],
			l->value + at[top + 1], l->weight + at[top + 1]);
		top++;
	}
	while (top-- > 0)
		give_back(l->value + at[top], l->weight + at[top], width[top], height[top],
			l->value + at[top + 1]);
	for (int round = 0; round < SOFTEN; round++)
		for (int y = 0; y < h; y++)
			for (int x = 0; x < w; x++) {
				float *v = &l->value[y * w + x];

				if (l->weight[y * w + x] > 0)
					continue;
				*v = (v[x > 0 ? -1 : 0] + v[x + 1 < w ? 1 : 0] + v[y > 0 ? -w : 0] +
					     v[y + 1 < h ? w : 0]) /
				     4;
			}
	memcpy(out, l->value, n * sizeof *out);
}

static void lift(struct vq_layer *l, const struct vq_frame *f, int plane)
{
	int s = plane > 0, w = l->w >> s, h = l->h >> s;

	l->low[plane] = 255;
	l->high[plane] = 0;
	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++) {
			size_t i = (size_t)y * (size_t)w + (size_t)x;
			const uint8_t *m =
				l->wide + ((size_t)y << s) * (size_t)l->w + ((size_t)x << s);
			bool ink = m[0] || (s && (m[1] || m[l->w] || m[l->w + 1]));

			l->value[i] = f->plane[plane]
					      [(size_t)((l->y >> s) + y) * (size_t)(f->width >> s) +
						      (size_t)((l->x >> s) + x)];
			l->ink[plane][i] = l->value[i];
			l->low[plane] = fminf(l->low[plane], l->value[i]);
			l->high[plane] = fmaxf(l->high[plane], l->value[i]);
			l->weight[i] = ink ? 0 : 1;
		}
	fill(l, w, h, l->ground[plane]);
	for (size_t i = 0; i < (size_t)w * (size_t)h; i++)
		l->ink[plane][i] -= l->ground[plane][i];
}

int vq_layer_pad(const struct vq_layer *l)
{
	return 1 + (int)(fmin(l->tall, 200) / 24);
}

bool vq_layer_cut(
	struct vq_layer *l, const struct vq_frame *f, const double box[4], struct vq_err *err)
{
	double tall = box[3] - box[1];
	double margin = fmax(MARGIN_MIN, MARGIN * fmin(tall, box[2] - box[0])), in[4];
	int x1 = (int)floor(fmax(0, box[0] - margin)) & ~1,
	    y1 = (int)floor(fmax(0, box[1] - margin)) & ~1;
	int x2 = ((int)ceil(fmin(f->width, box[2] + margin)) + 1) & ~1;
	int y2 = ((int)ceil(fmin(f->height, box[3] + margin)) + 1) & ~1;

	err->code = VQ_OK;
	if (tall < 2 || box[2] - box[0] < 2 || x2 - x1 < 8 || y2 - y1 < 8 ||
		vq_layer_reserve(l, x2 - x1, y2 - y1, err) != VQ_OK)
		return false;
	l->x = x1;
	l->y = y1;
	l->w = x2 - x1;
	l->h = y2 - y1;
	l->tall = tall;
	in[0] = box[0] - x1;
	in[1] = box[1] - y1;
	in[2] = box[2] - x1;
	in[3] = box[3] - y1;
	take_plane(l, f, box);
	flatten(l, in);
	drop_outsiders(l, f);
	if (keep_inside(l, in) < INK_MIN ||
		(double)widen(l, vq_layer_pad(l)) < GROUND_MIN * l->w * l->h)
		return false;
	l->stroke = stroke_width(l);
	for (int p = 0; p < 3; p++)
		lift(l, f, p);
	return true;
}

/* ---- cells ------------------------------------------------------------------------------ */

static int ink_in_row(const struct vq_layer *l, int y)
{
	int n = 0;

	for (int x = 0; x < l->w; x++)
		n += l->mask[(size_t)y * (size_t)l->w + (size_t)x];
	return n;
}

static int ink_in_column(const struct vq_layer *l, int x, int y1, int y2)
{
	int n = 0;

	for (int y = y1; y < y2; y++)
		n += l->mask[(size_t)y * (size_t)l->w + (size_t)x];
	return n;
}

/* One cell from columns x1..x2 of a line, as high as its ink. */
static int add_cell(const struct vq_layer *l, int x1, int x2, int y1, int y2, int line,
	struct vq_cell *out, int n, int max)
{
	int top = y2, bottom = y1;

	for (int y = y1; y < y2; y++)
		for (int x = x1; x < x2; x++)
			if (l->mask[(size_t)y * (size_t)l->w + (size_t)x]) {
				top = y < top ? y : top;
				bottom = y + 1;
			}
	if (n >= max || bottom <= top || (x2 - x1) * (bottom - top) < 4)
		return n;
	out[n] = (struct vq_cell){x1, top, x2, bottom, line, 0, bottom - top};
	return n + 1;
}

/* A run of columns with ink, split where there is least. */
static int split_run(const struct vq_layer *l, int x1, int x2, int y1, int y2, double tall,
	int line, struct vq_cell *out, int n, int max)
{
	while (x2 - x1 > CELL_MAX * tall) {
		int from = x1 + (int)(0.5 * CELL_AIM * tall),
		    to = x1 + (int)(1.5 * CELL_AIM * tall);
		int best = from, least = y2 - y1 + 1;

		if (from <= x1)
			break;
		for (int x = from; x < to && x < x2; x++) {
			int ink = ink_in_column(l, x, y1, y2);

			if (ink < least) {
				least = ink;
				best = x;
			}
		}
		n = add_cell(l, x1, best, y1, y2, line, out, n, max);
		x1 = best;
	}
	return add_cell(l, x1, x2, y1, y2, line, out, n, max);
}

/* Least squares of the cells' middles, and the middle one of their heights. */
static void measure_line(struct vq_cell *c, int n)
{
	double sx = 0, sy = 0, sxx = 0, sxy = 0, d, slope = 0, tall = 0;

	for (int i = 0; i < n; i++) {
		double x = (c[i].x1 + c[i].x2) / 2.0, y = (c[i].y1 + c[i].y2) / 2.0;

		sx += x;
		sy += y;
		sxx += x * x;
		sxy += x * y;
		tall = fmax(tall, c[i].y2 - c[i].y1);
	}
	d = n * sxx - sx * sx;
	if (n > 2 && d > 0)
		slope = (n * sxy - sx * sy) / d;
	for (int i = 0; i < n; i++) {
		c[i].slope = fabs(slope) < 0.5 ? slope : 0;
		c[i].tall = tall;
	}
}

static int cells_of_line(
	const struct vq_layer *l, int y1, int y2, int line, struct vq_cell *out, int n, int max)
{
	int first = n, begin = -1;
	double tall = y2 - y1;

	for (int x = 0; x <= l->w; x++) {
		bool ink = x < l->w && ink_in_column(l, x, y1, y2) > 0;

		if (ink && begin < 0)
			begin = x;
		if (!ink && begin >= 0) {
			n = split_run(l, begin, x, y1, y2, tall, line, out, n, max);
			begin = -1;
		}
	}
	measure_line(out + first, n - first);
	return n;
}

int vq_layer_cells(const struct vq_layer *l, struct vq_cell *out, int max)
{
	int n = 0, begin = -1, line = 0;

	for (int y = 0; y <= l->h; y++) {
		bool ink = y < l->h && ink_in_row(l, y) > 0;

		if (ink && begin < 0)
			begin = y;
		/* An i's dot is no line. */
		if (!ink && begin >= 0 && (y - begin >= LINE_MIN || y == l->h)) {
			int before = n;

			n = cells_of_line(l, begin, y, line, out, n, max);
			line += n > before;
			begin = -1;
		}
	}
	return n;
}

void vq_layer_paste(const struct vq_layer *l, struct vq_frame *f)
{
	for (int p = 0; p < 3; p++) {
		int s = p > 0, w = l->w >> s, h = l->h >> s;

		for (int y = 0; y < h; y++) {
			uint8_t *row = f->plane[p] +
				       (size_t)((l->y >> s) + y) * (size_t)(f->width >> s) +
				       (l->x >> s);

			for (int x = 0; x < w; x++) {
				size_t i = (size_t)y * (size_t)w + (size_t)x;

				if (fabsf(l->edit[p][i] - l->ink[p][i]) >= 0.5f)
					row[x] = vq_to_u8(fminf(l->high[p],
						fmaxf(l->low[p], l->ground[p][i] + l->edit[p][i])));
			}
		}
	}
}
