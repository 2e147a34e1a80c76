/* The rows that the locator finds, for training lib/textnet: standard input names
 * files, each a Y4M stream of a picture and, as a second frame, a mask whose luma is 128 + letter
 * height where text was drawn (without it nothing was).  To standard output, for each tile of a
 * row: 13 floats (file, row, tile, plane, box x1 y1 x2 y2, letter height, share of cells of the box
 * that hold drawn text, share of its pixels, textlook's score, height of the drawn letters), then
 * textlook's description, then the tile's two planes as bytes, the first times 40
 * plus 128. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../../lib/textfind.c" /* the rows are its own business */
#include "../../../lib/textnet.h"
#include "../../../lib/y4m.h"

#define CELL 8

static void die(const char *what, const char *why)
{
	fprintf(stderr, "rows: %s: %s\n", what, why);
	exit(1);
}

static void drawn(
	const struct vq_frame *mask, const double *box, float *cells, float *pixels, float *size)
{
	int x1 = (int)box[0], y1 = (int)box[1], x2 = (int)box[2], y2 = (int)box[3];
	double set = 0, all = 0, n = 0, sizes = 0;

	for (int y = y1; y < y2; y += CELL)
		for (int x = x1; x < x2; x += CELL) {
			int any = 0;

			for (int v = y; v < y + CELL && v < y2; v++)
				for (int u = x; u < x + CELL && u < x2; u++) {
					int d = mask->plane[0][(size_t)v * (size_t)mask->width +
							       (size_t)u];

					if (d < 128)
						continue;
					any = 1;
					n++;
					sizes += d - 128;
				}
			set += any;
			all++;
		}
	*cells = (float)(all > 0 ? set / all : 0);
	*pixels = (float)(n / ((x2 - x1) * (double)(y2 - y1) + 1e-9));
	*size = (float)(n > 0 ? sizes / n : 0);
}

static void put(struct vq_textfind *t, size_t i, int file, const struct vq_frame *mask)
{
	const struct row *r = &t->rows[i];
	const struct level *l = &t->plane[r->region.plane][r->level];
	const float *d = t->description + i * VQ_TEXTLOOK_COUNT;
	static float tile[VQ_TEXTNET_TILE];
	static uint8_t bytes[VQ_TEXTNET_TILE];
	float head[13] = {(float)file, (float)i, 0, (float)r->region.plane};

	for (int k = 0; k < 4; k++)
		head[4 + k] = (float)r->region.box[k];
	head[8] = (float)r->region.height;
	if (mask != NULL)
		drawn(mask, r->region.box, &head[9], &head[10], &head[12]);
	head[11] = (float)vq_textlook_score(d);
	for (int k = 0; k < vq_textnet_tiles(&r->look); k++) {
		vq_textnet_cut(l->pixel, l->width, l->height, &r->look, k, tile);
		for (int p = 0; p < VQ_TEXTNET_TILE / 2; p++) {
			bytes[p] = (uint8_t)(tile[2 * p] * 40 + 128.5f);
			bytes[VQ_TEXTNET_TILE / 2 + p] = (uint8_t)(tile[2 * p + 1] > 0.5f);
		}
		head[2] = (float)k;
		fwrite(head, sizeof head, 1, stdout);
		fwrite(d, sizeof *d, VQ_TEXTLOOK_COUNT, stdout);
		fwrite(bytes, sizeof bytes, 1, stdout);
	}
}

static void search_file(const char *path, int file)
{
	struct vq_y4m_reader *in = NULL;
	struct vq_textfind *find = NULL;
	struct vq_frame picture, mask;
	struct vq_stream s;
	struct vq_err err;
	int fd = open(path, O_RDONLY);
	bool masked;
	size_t n;

	if (fd < 0 || vq_y4m_reader_new(&in, fd, &err) != VQ_OK ||
		vq_y4m_read_header(in, &s, &err) != VQ_OK ||
		vq_frame_init(&picture, s.width, s.height, &err) != VQ_OK ||
		vq_frame_init(&mask, s.width, s.height, &err) != VQ_OK ||
		vq_y4m_read(in, &picture, &err) != VQ_OK ||
		vq_textfind_new(&find, s.width, s.height, &err) != VQ_OK)
		die(path, fd < 0 ? "cannot open" : err.msg);
	masked = vq_y4m_read(in, &mask, &err) == VQ_OK;
	n = vq_textfind_candidates(find, &picture, find->candidates, find->description);
	for (size_t i = 0; i < n; i++)
		put(find, i, file, masked ? &mask : NULL);
	vq_textfind_free(&find);
	vq_frame_clear(&picture);
	vq_frame_clear(&mask);
	vq_y4m_reader_free(&in);
	close(fd);
}

int main(void)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	for (int file = 0; (n = getline(&line, &room, stdin)) > 0; file++) {
		line[strcspn(line, "\n")] = '\0';
		search_file(line, file);
	}
	free(line);
	return fflush(stdout) != 0 || ferror(stdout);
}
