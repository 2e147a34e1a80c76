/* The rows that the locator finds, for training lib/textnet: standard input names files,
 * each a Y4M stream of a picture and, as a second frame, a mask whose luma is 128 + row
 * height (at most 127) where rows of text were drawn.  To standard output, for each tile
 * of a row: 13 floats (file, row, tile, plane, box x1 y1 x2 y2, letter height, share of
 * the box that holds drawn rows, 0, the locator's score, mean height of the drawn rows),
 * then the tile's two planes as bytes, the first times 40 plus 128. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../../lib/textfind.h"
#include "../../../lib/textnet.h"
#include "../../../lib/y4m.h"

#define MOST 512

static void die(const char *what, const char *why)
{
	fprintf(stderr, "rows: %s: %s\n", what, why);
	exit(1);
}

static void drawn(const struct vq_frame *mask, const double *box, float *share, float *height)
{
	double n = 0, all = 0, sum = 0;

	for (int y = (int)box[1]; y < (int)box[3]; y++)
		for (int x = (int)box[0]; x < (int)box[2]; x++) {
			int d = mask->plane[0][(size_t)y * (size_t)mask->width + (size_t)x] - 128;

			all++;
			n += d > 0;
			sum += d > 0 ? d : 0;
		}
	*share = (float)(all > 0 ? n / all : 0);
	*height = (float)(n > 0 ? sum / n : 0);
}

static void put(const struct vq_frame *f, const struct vq_frame *mask,
	const struct vq_text_region *r, int file, int index)
{
	static float tile[VQ_TEXTNET_TILE];
	static uint8_t bytes[VQ_TEXTNET_TILE];
	int shift = r->plane > 0;
	double part = 1.0 / (1 << shift);
	float head[13] = {(float)file, (float)index, 0, (float)r->plane};
	struct vq_textnet_row row = {
		.letter = r->height * part, .slope = r->slope, .light = r->light};

	for (int k = 0; k < 4; k++) {
		head[4 + k] = (float)r->box[k];
		row.box[k] = r->box[k] * part;
	}
	head[8] = (float)r->height;
	head[11] = (float)r->score;
	if (mask != NULL)
		drawn(mask, r->box, &head[9], &head[12]);
	for (int k = 0; k < vq_textnet_tiles(&row); k++) {
		vq_textnet_cut(
			f->plane[r->plane], f->width >> shift, f->height >> shift, &row, k, tile);
		for (int p = 0; p < VQ_TEXTNET_TILE / 2; p++) {
			bytes[p] = (uint8_t)(tile[2 * p] * 40 + 128.5f);
			bytes[VQ_TEXTNET_TILE / 2 + p] = (uint8_t)(tile[2 * p + 1] > 0.5f);
		}
		head[2] = (float)k;
		fwrite(head, sizeof head, 1, stdout);
		fwrite(bytes, sizeof bytes, 1, stdout);
	}
}

static void search_file(const char *path, int file)
{
	static struct vq_text_region region[MOST];
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
	n = vq_textfind_run(find, &picture, region, MOST);
	for (size_t i = 0; i < n; i++)
		put(&picture, masked ? &mask : NULL, &region[i], file, (int)i);
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

	for (int file = 0; getline(&line, &room, stdin) > 0; file++) {
		line[strcspn(line, "\n")] = '\0';
		search_file(line, file);
	}
	free(line);
	return fflush(stdout) != 0 || ferror(stdout);
}
