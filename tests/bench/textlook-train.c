/* Train the network of lib/textlook from pairs of frames: each file is a Y4M
 * stream of a frame as it was and the same with text drawn in.  Writes the
 * network as a C header; one file in eight is kept back to measure it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>

#include "../../lib/textfind.h"
#include "../../lib/textlook.h"
#include "../../lib/y4m.h"

#define IN VQ_TEXTLOOK_COUNT
#define HIDDEN 24
#define CELL 8
#define EPOCHS 20
#define BATCH 64
#define DOUBTFUL 0.8f /* a counter-example scored above it may be text of the clip */

struct example {
	float x[IN];
	int text, held, file;
	float weight;
};

struct net {
	float w1[HIDDEN][IN], b1[HIDDEN], w2[HIDDEN], b2;
};

static struct example *examples;
static size_t count, room;
static float mean[IN], scale[IN];
static unsigned long long state = 20240501;

static double uniform(void)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (double)(state >> 11) / 9007199254740992.0;
}

static void die(const char *what, const char *why)
{
	fprintf(stderr, "textlook-train: %s: %s\n", what, why);
	exit(1);
}

/* ---- examples ------------------------------------------------------------------------ */

static int differs(const struct vq_frame *a, const struct vq_frame *b, int x, int y)
{
	size_t i = (size_t)y * (size_t)a->width + (size_t)x;
	size_t j = (size_t)(y / 2) * (size_t)(a->width / 2) + (size_t)(x / 2);

	return abs(a->plane[0][i] - b->plane[0][i]) > 12 ||
	       abs(a->plane[1][j] - b->plane[1][j]) > 8 || abs(a->plane[2][j] - b->plane[2][j]) > 8;
}

/* Share of a box's cells that hold drawn pixels, and of its pixels. */
static void drawn(const struct vq_frame *a, const struct vq_frame *b, const double *box,
	double *cells, double *pixels)
{
	int x1 = (int)box[0], y1 = (int)box[1], x2 = (int)box[2], y2 = (int)box[3];
	double set = 0, all = 0, n = 0;

	for (int y = y1; y < y2; y += CELL)
		for (int x = x1; x < x2; x += CELL) {
			int any = 0;

			for (int v = y; v < y + CELL && v < y2; v++)
				for (int u = x; u < x + CELL && u < x2; u++) {
					int d = differs(a, b, u, v);

					any |= d;
					n += d;
				}
			set += any;
			all++;
		}
	*cells = all > 0 ? set / all : 0;
	*pixels = n / ((x2 - x1) * (double)(y2 - y1) + 1e-9);
}

static void keep(const float *x, int text, int file)
{
	if (count == room) {
		room = room * 2 + 4096;
		examples = realloc(examples, room * sizeof *examples);
		if (examples == NULL)
			die("memory", "none left");
	}
	memcpy(examples[count].x, x, sizeof examples[count].x);
	examples[count].text = text;
	examples[count].file = file;
	examples[count].held = file % 8 == 0;
	examples[count++].weight = 1;
}

static void collect(const char *path, int file)
{
	static struct vq_text_region rows[VQ_TEXTFIND_CANDIDATES];
	static float description[VQ_TEXTFIND_CANDIDATES * IN];
	struct vq_y4m_reader *in = NULL;
	struct vq_textfind *find = NULL;
	struct vq_frame clean, text;
	struct vq_stream s;
	struct vq_err err;
	int fd = open(path, O_RDONLY);
	size_t n;

	if (fd < 0 || vq_y4m_reader_new(&in, fd, &err) != VQ_OK ||
		vq_y4m_read_header(in, &s, &err) != VQ_OK ||
		vq_frame_init(&clean, s.width, s.height, &err) != VQ_OK ||
		vq_frame_init(&text, s.width, s.height, &err) != VQ_OK ||
		vq_y4m_read(in, &clean, &err) != VQ_OK || vq_y4m_read(in, &text, &err) != VQ_OK ||
		vq_textfind_new(&find, s.width, s.height, &err) != VQ_OK)
		die(path, fd < 0 ? "cannot open" : err.msg);
	n = vq_textfind_candidates(find, &text, rows, description);
	for (size_t i = 0; i < n; i++) {
		double cells, pixels;

		drawn(&clean, &text, rows[i].box, &cells, &pixels);
		if (cells >= 0.7 && pixels > 0.1 && pixels < 0.75)
			keep(description + i * IN, 1, file);
		else if (cells <= 0.1)
			keep(description + i * IN, 0, file);
	}
	vq_textfind_free(&find);
	vq_frame_clear(&clean);
	vq_frame_clear(&text);
	vq_y4m_reader_free(&in);
	close(fd);
}

static void standardise(void)
{
	for (int k = 0; k < IN; k++) {
		double sum = 0, square = 0;

		for (size_t i = 0; i < count; i++) {
			sum += examples[i].x[k];
			square += (double)examples[i].x[k] * examples[i].x[k];
		}
		sum /= (double)count;
		mean[k] = (float)sum;
		scale[k] = (float)(1 / sqrt(fmax(1e-6, square / (double)count - sum * sum)));
	}
	for (size_t i = 0; i < count; i++)
		for (int k = 0; k < IN; k++) {
			float v = (examples[i].x[k] - mean[k]) * scale[k];

			examples[i].x[k] = v > 4 ? 4 : v < -4 ? -4 : v;
		}
}

/* ---- training ------------------------------------------------------------------------ */

static float forward(const struct net *n, const float *x, float *hidden)
{
	float out = n->b2;

	for (int h = 0; h < HIDDEN; h++) {
		float s = n->b1[h];

		for (int k = 0; k < IN; k++)
			s += n->w1[h][k] * x[k];
		hidden[h] = s > 0 ? s : 0.01f * s;
		out += n->w2[h] * hidden[h];
	}
	return 1 / (1 + expf(-out));
}

static void backward(const struct net *n, const struct example *e, struct net *g)
{
	float hidden[HIDDEN], d = (forward(n, e->x, hidden) - (float)e->text) * e->weight;

	g->b2 += d;
	for (int h = 0; h < HIDDEN; h++) {
		float dh = d * n->w2[h] * (hidden[h] > 0 ? 1 : 0.01f);

		g->w2[h] += d * hidden[h];
		g->b1[h] += dh;
		for (int k = 0; k < IN; k++)
			g->w1[h][k] += dh * e->x[k];
	}
}

/* Adam (Kingma, Ba 2015) with a little weight decay. */
static void update(
	struct net *n, const struct net *g, struct net *m, struct net *v, long step, float rate)
{
	float *p = (float *)n, *a = (float *)m, *b = (float *)v;
	const float *d = (const float *)g;
	float c1 = 1 - powf(0.9f, (float)step), c2 = 1 - powf(0.999f, (float)step);

	for (size_t i = 0; i < sizeof *n / sizeof *p; i++) {
		float q = d[i] / BATCH + 1e-4f * p[i];

		a[i] += 0.1f * (q - a[i]);
		b[i] += 0.001f * (q * q - b[i]);
		p[i] -= rate * (a[i] / c1) / (sqrtf(b[i] / c2) + 1e-8f);
	}
}

static void train(struct net *n, const size_t *list, size_t total)
{
	struct net m = {0}, v = {0};
	long steps = (long)(total * EPOCHS / BATCH);

	for (int h = 0; h < HIDDEN; h++) {
		for (int k = 0; k < IN; k++)
			n->w1[h][k] = (float)((uniform() - 0.5) * 2 * sqrt(3.0 / IN));
		n->b1[h] = 0;
		n->w2[h] = (float)((uniform() - 0.5) * 2 * sqrt(3.0 / HIDDEN));
	}
	n->b2 = 0;
	for (long s = 1; s <= steps; s++) {
		struct net g = {0};

		for (int i = 0; i < BATCH; i++)
			backward(n, &examples[list[(size_t)(uniform() * (double)total)]], &g);
		update(n, &g, &m, &v, s, 0.003f * (1 - 0.95f * (float)s / (float)steps));
	}
}

static size_t choose(size_t *list, int held)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (examples[i].held == held && examples[i].weight > 0)
			list[n++] = i;
	return n;
}

static int by_score(const void *a, const void *b)
{
	const float *p = a, *q = b;

	return (p[0] > q[0]) - (p[0] < q[0]);
}

/* Area under the ROC curve on what was kept back. */
static double measure(const struct net *n, const size_t *list, size_t total)
{
	float(*s)[2] = malloc(total * sizeof *s), hidden[HIDDEN];
	double ranks = 0, positives = 0, negatives, area;

	for (size_t i = 0; i < total; i++) {
		s[i][0] = forward(n, examples[list[i]].x, hidden);
		s[i][1] = (float)examples[list[i]].text;
	}
	qsort(s, total, sizeof *s, by_score);
	for (size_t i = 0; i < total; i++)
		if (s[i][1] > 0) {
			ranks += (double)i + 1;
			positives++;
		}
	negatives = (double)total - positives;
	area = (ranks - positives * (positives + 1) / 2) / (positives * negatives);
	free(s);
	return area;
}

/* Both kinds weigh the same in sum. */
static void balance(void)
{
	double text = 0, other = 0;

	for (size_t i = 0; i < count; i++) {
		text += examples[i].text && examples[i].weight > 0;
		other += !examples[i].text && examples[i].weight > 0;
	}
	for (size_t i = 0; i < count; i++)
		if (examples[i].weight > 0 && examples[i].text)
			examples[i].weight = (float)fmin(4, 0.5 * other / text);
}

static size_t drop_doubtful(const struct net *n)
{
	float hidden[HIDDEN];
	size_t dropped = 0;

	for (size_t i = 0; i < count; i++)
		if (!examples[i].text && forward(n, examples[i].x, hidden) > DOUBTFUL) {
			examples[i].weight = 0;
			dropped++;
		}
	return dropped;
}

/* ---- the header ---------------------------------------------------------------------- */

static void print_list(const char *name, const float *v, int n)
{
	printf("static const float %s[%d] = {", name, n);
	for (int i = 0; i < n; i++)
		printf("%s%.4ef", i == 0 ? "" : i % 8 == 0 ? ",\n\t" : ", ", v[i]);
	printf("};\n");
}

static void print_net(const struct net *n, double area)
{
	printf("/* Made by tests/bench/textlook.sh from %zu rows; area under the ROC curve on\n"
	       " * drawn text that was kept back: %.4f. */\n"
	       "#ifndef VQ_TEXTLOOK_NET_H\n#define VQ_TEXTLOOK_NET_H\n\n/* clang-format off "
	       "*/\n#define HIDDEN %d\n\n",
		count, area, HIDDEN);
	print_list("net_mean", mean, IN);
	print_list("net_scale", scale, IN);
	print_list("net_w1", &n->w1[0][0], HIDDEN * IN);
	print_list("net_b1", n->b1, HIDDEN);
	print_list("net_w2", n->w2, HIDDEN);
	print_list("net_b2", &n->b2, 1);
	printf("\n#endif\n");
}

int main(int argc, char **argv)
{
	static struct net n;
	size_t *list, total, dropped;
	double area;

	for (int i = 1; i < argc; i++)
		collect(argv[i], i - 1);
	if (count < 1000)
		die("examples", "too few");
	standardise();
	balance();
	list = calloc(count, sizeof *list);
	total = choose(list, 0);
	train(&n, list, total);
	total = choose(list, 1);
	fprintf(stderr, "%zu rows, first round: area %.4f\n", count, measure(&n, list, total));
	dropped = drop_doubtful(&n);
	balance();
	total = choose(list, 0);
	train(&n, list, total);
	total = choose(list, 1);
	area = measure(&n, list, total);
	fprintf(stderr, "%zu doubtful counter-examples dropped: area %.4f\n", dropped, area);
	print_net(&n, area);
	free(list);
	free(examples);
	return 0;
}
