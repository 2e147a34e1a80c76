#include "../../lib/config.h"
#include "../tap.h"

#include <unistd.h>

static struct vq_config *fresh(void)
{
	struct vq_config *c = NULL;
	struct vq_err e;

	if (vq_config_new(&c, &e) != VQ_OK) {
		diag("%s", e.msg);
		exit(EXIT_FAILURE);
	}
	return c;
}

/* The rows say what their defaults, ranges and helps are; they must be sane. */
static void table(void)
{
	struct vq_config *c = fresh();
	json_t *all = vq_config_json(c);

	for (int i = 0; i < VQ_CFG_COUNT; i++) {
		const struct vq_config_row *r = vq_config_row((enum vq_config_id)i);

		ok(strchr(r->key, '.') != NULL && r->help[0] != '\0', "%s has a group and a help",
			r->key);
		for (int j = 0; j < i; j++)
			if (strcmp(vq_config_row((enum vq_config_id)j)->key, r->key) == 0)
				ok(false, "%s is there twice", r->key);
		if (strcmp(r->type, "REAL") == 0 || strcmp(r->type, "INT") == 0) {
			double v = vq_config_real(c, (enum vq_config_id)i);

			ok(r->min < r->max && v >= r->min && v <= r->max,
				"%s: the default is in its range", r->key);
		}
	}
	is_int((long long)json_object_size(all) > 0, 1, "all values as JSON");
	is_real(json_real_value(json_object_get(json_object_get(all, "model"), "binary_threshold")),
		0.7, 0, "a default in its group");
	json_decref(all);
	vq_config_free(&c);
	ok(c == NULL, "freed and cleared");
	vq_config_free(&c);
}

static void values(void)
{
	struct vq_config *c = fresh();
	struct vq_err e;
	int columns = 0, rows = 0;

	is_int(vq_config_set(c, "video.sample_fps=7.5", &e), VQ_OK, "set a number");
	is_real(vq_config_real(c, VQ_CFG_VIDEO_SAMPLE_FPS), 7.5, 0, "and read it");
	is_int(vq_config_set(c, "video.sample_fps=8", &e), VQ_OK, "a later one wins");
	is_real(vq_config_real(c, VQ_CFG_VIDEO_SAMPLE_FPS), 8, 0, "an integer is a number");
	is_int(vq_config_set(c, "video.max_resolution=480", &e), VQ_OK, "set an integer");
	is_int(vq_config_int(c, VQ_CFG_VIDEO_MAX_RESOLUTION), 480, "and read it");
	is_int(vq_config_set(c, "text.language=deu+eng", &e), VQ_OK, "set a string, no quotes");
	is_str(vq_config_str(c, VQ_CFG_TEXT_LANGUAGE), "deu+eng", "and read it");
	is_int(vq_config_set(c, "temporal.patch_grid=[3,8]", &e), VQ_OK, "set a grid");
	vq_config_grid(c, VQ_CFG_TEMPORAL_GRID, &columns, &rows);
	ok(columns == 3 && rows == 8, "and read it");
	vq_config_free(&c);
}

static void refused(void)
{
	static const struct {
		const char *line, *message;
	} rows[] = {
		{"video.sample_fsp=5", "unknown key video.sample_fsp"},
		{"video=5", "unknown key video"},
		{"video.sample_fps", "expected key=value"},
		{"=5", "unknown key"},
		{"video.sample_fps=", "key video.sample_fps: expected a number from 0.1 to 240"},
		{"video.sample_fps=0", "expected a number from 0.1 to 240"},
		{"video.sample_fps=241", "expected a number from 0.1 to 240"},
		{"video.sample_fps=nan", "expected a number"},
		{"video.sample_fps=true", "expected a number"},
		{"video.sample_fps=\"5\"", "expected a number"},
		{"video.max_resolution=480.5", "expected an integer from 16 to 4320"},
		{"video.max_resolution=1e99", "expected an integer"},
		{"text.language=", "expected a string of 1 to 128 characters"},
		{"temporal.patch_grid=[4]", "expected [columns,rows]"},
		{"temporal.patch_grid=[4,0]", "each 1 to 64"},
		{"temporal.patch_grid=[4,4.5]", "expected [columns,rows]"},
		{"temporal.patch_grid=4", "expected [columns,rows]"},
	};
	struct vq_config *c = fresh();
	json_t *before = vq_config_json(c), *after;
	struct vq_err e;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		is_int(vq_config_set(c, rows[i].line, &e), VQ_EUSAGE, "refused: %s", rows[i].line);
		has_str(e.msg, rows[i].message, "and why");
	}
	after = vq_config_json(c);
	ok(json_equal(before, after), "nothing has changed");
	json_decref(before);
	json_decref(after);
	vq_config_free(&c);
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fputs(text, f) == EOF || fclose(f) != 0)
		exit(EXIT_FAILURE);
}

static void files(void)
{
	char path[] = "/tmp/vidqc-config.XXXXXX";
	struct vq_config *c = fresh();
	json_t *all, *list = json_array();
	struct vq_err e;
	int fd = mkstemp(path);

	if (fd < 0)
		exit(EXIT_FAILURE);
	close(fd);
	write_file(path, "{\"video\":{\"sample_fps\":6},\"video.threads\":2,"
			 "\"temporal\":{\"scene_cut\":{\"min_segment_frames\":9}}}");
	is_int(vq_config_load(c, path, &e), VQ_OK, "nested and dotted keys");
	is_real(vq_config_real(c, VQ_CFG_VIDEO_SAMPLE_FPS), 6, 0, "a nested one");
	is_int(vq_config_int(c, VQ_CFG_VIDEO_THREADS), 2, "a dotted one");
	is_int(vq_config_int(c, VQ_CFG_CUT_MIN_SEGMENT), 9, "two groups deep");

	write_file(path, "{\"video\":{\"sample_fps\":6,\"typo\":1}}");
	is_int(vq_config_load(c, path, &e), VQ_EUSAGE, "an unknown key");
	has_str(e.msg, "unknown key video.typo", "is named");
	has_str(e.msg, path, "with the file");
	write_file(path, "{\"video\":\n{\"sample_fps\":}}");
	is_int(vq_config_load(c, path, &e), VQ_EUSAGE, "broken JSON");
	has_str(e.msg, "line 2", "its line is named");
	write_file(path, "{\"video.threads\":1,\"video.threads\":2}");
	is_int(vq_config_load(c, path, &e), VQ_EUSAGE, "a key given twice");
	write_file(path, "[]");
	is_int(vq_config_load(c, path, &e), VQ_EUSAGE, "no object");
	write_file(path, "");
	is_int(vq_config_load(c, path, &e), VQ_EUSAGE, "an empty file");
	unlink(path);
	is_int(vq_config_load(c, path, &e), VQ_ENOENT, "no file");

	all = vq_config_json(c);
	is_int(vq_config_merge(c, all, &e), VQ_OK, "what is printed can be read");
	is_int(vq_config_merge(c, list, &e), VQ_EUSAGE, "an array is no configuration");
	json_decref(all);
	json_decref(list);
	vq_config_free(&c);
}

int main(void)
{
	table();
	values();
	refused();
	files();
	return done_testing();
}
