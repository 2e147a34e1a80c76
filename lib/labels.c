#include "labels.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "file.h"

enum { MAX_COLUMNS = 256, MAX_BYTES = 256 << 20 };

/* The text is decoded in place: a field's value is never longer than the field. */
struct csv {
	char *at, *end;
	long line, next_line; /* of the row read last, and where the next one starts */
	char *cell[MAX_COLUMNS];
	size_t cells;
};

static enum vq_code bad(const struct csv *c, struct vq_err *err, const char *what)
{
	return vq_fail(err, VQ_EDATA, "line %ld: %s", c->line, what);
}

/* A quoted field, c->at behind the opening quote. */
static enum vq_code quoted(struct csv *c, struct vq_err *err)
{
	char *out = c->at;

	c->cell[c->cells++] = out;
	for (;; c->at++) {
		if (c->at == c->end)
			return bad(c, err, "a quote is not closed");
		if (*c->at == '"') {
			c->at++;
			if (c->at == c->end || *c->at != '"')
				break;
		}
		c->next_line += *c->at == '\n';
		*out++ = *c->at;
	}
	if (c->at < c->end && *c->at != ',' && *c->at != '\n' && *c->at != '\r')
		return bad(c, err, "text behind a closing quote");
	*out = '\0';
	return VQ_OK;
}

static enum vq_code plain(struct csv *c, struct vq_err *err)
{
	c->cell[c->cells++] = c->at;
	while (c->at < c->end && *c->at != ',' && *c->at != '\n' &&
		!(*c->at == '\r' && c->at + 1 < c->end && c->at[1] == '\n')) {
		if (*c->at == '"')
			return bad(c, err, "a quote inside a field that is not quoted");
		c->at++;
	}
	return VQ_OK;
}

/* End of a field: cut it off there; *more when another one follows in the row. */
static enum vq_code separator(struct csv *c, bool *more, struct vq_err *err)
{
	char *cut = c->at;

	*more = false;
	if (c->at == c->end)
		return VQ_OK; /* a NUL stands there */
	if (*c->at == '\r')
		c->at++;
	if (*c->at != ',' && *c->at != '\n')
		return bad(c, err, "a carriage return without a line feed");
	*more = *c->at == ',';
	c->next_line += !*more;
	c->at++;
	*cut = '\0';
	return VQ_OK;
}

/* The next row that is not empty.  VQ_END behind the last. */
static enum vq_code next_row(struct csv *c, struct vq_err *err)
{
	enum vq_code code = VQ_OK;
	bool more = true;

	while (c->at < c->end && (*c->at == '\n' || (*c->at == '\r' && c->at[1] == '\n'))) {
		c->next_line += *c->at == '\n';
		c->at++;
	}
	if (c->at == c->end)
		return VQ_END;
	c->line = c->next_line;
	for (c->cells = 0; code == VQ_OK && more;) {
		if (c->cells == MAX_COLUMNS)
			return bad(c, err, "too many columns");
		if (c->at < c->end && *c->at == '"') {
			c->at++;
			code = quoted(c, err);
		} else {
			code = plain(c, err);
		}
		if (code == VQ_OK)
			code = separator(c, &more, err);
	}
	return code;
}

enum column {
	CLIP_ID,
	PATH,
	ARTIFACT,
	CATEGORY,
	SOURCE,
	REQUIRED,
	AGREEMENT = REQUIRED,
	TEXT,
	FLICKER,
	COLUMNS
};

static const char *const column_names[COLUMNS] = {"clip_id", "path", "artifact",
	"artifact_category", "source", "agreement", "text_inconsistency", "temporal_flicker"};

static enum vq_code read_header(struct csv *c, size_t place[COLUMNS], struct vq_err *err)
{
	enum vq_code code = next_row(c, err);

	if (code == VQ_END)
		return vq_fail(err, VQ_EDATA, "empty, expected a line of column names");
	if (code != VQ_OK)
		return code;
	for (int k = 0; k < COLUMNS; k++) {
		place[k] = c->cells;
		for (size_t i = 0; i < c->cells; i++)
			if (strcmp(c->cell[i], column_names[k]) == 0) {
				if (place[k] != c->cells)
					return vq_fail(
						err, VQ_EDATA, "column %s twice", column_names[k]);
				place[k] = i;
			}
		if (place[k] == c->cells && k < REQUIRED)
			return vq_fail(err, VQ_EDATA, "column %s is missing", column_names[k]);
	}
	return VQ_OK;
}

static enum vq_code boolean(
	const struct csv *c, enum column k, const char *s, bool *out, struct vq_err *err)
{
	*out = strcasecmp(s, "true") == 0 || strcmp(s, "1") == 0;
	if (*out || strcasecmp(s, "false") == 0 || strcmp(s, "0") == 0)
		return VQ_OK;
	return vq_fail(err, VQ_EDATA, "line %ld: %s \"%.40s\": expected true or false", c->line,
		column_names[k], s);
}

static enum vq_code defects(
	const struct csv *c, const size_t place[COLUMNS], struct vq_label *l, struct vq_err *err)
{
	static const enum column column[VQ_CLASSES] = {[VQ_TEXT] = TEXT, [VQ_FLICKER] = FLICKER};
	bool both = place[AGREEMENT] < c->cells && strcmp(c->cell[place[AGREEMENT]], "both") == 0;
	enum vq_code code;

	if (both && l->category == VQ_NONE)
		return bad(c, err, "agreement both, but artifact_category NONE");
	l->defect[VQ_NONE] = true;
	for (int d = VQ_TEXT; d < VQ_CLASSES; d++) {
		enum column k = column[d];
		bool own = place[k] < c->cells && *c->cell[place[k]] != '\0';

		l->defect[d] = both || l->category == (enum vq_class)d;
		if (own && (code = boolean(c, k, c->cell[place[k]], &l->defect[d], err)) != VQ_OK)
			return code;
		l->defect[VQ_NONE] = l->defect[VQ_NONE] && !l->defect[d];
	}
	if (!l->defect[l->category])
		return vq_fail(err, VQ_EDATA, "line %ld: artifact_category %s contradicts %s",
			c->line, vq_class_name(l->category),
			l->category == VQ_NONE ? "the defects' columns"
					       : column_names[column[l->category]]);
	return VQ_OK;
}

static enum vq_code read_label(
	const struct csv *c, const size_t place[COLUMNS], struct vq_label *l, struct vq_err *err)
{
	const char *category = c->cell[place[CATEGORY]];
	enum vq_code code;
	bool artifact;

	*l = (struct vq_label){.clip_id = c->cell[place[CLIP_ID]],
		.path = c->cell[place[PATH]],
		.source = c->cell[place[SOURCE]],
		.category = vq_class_find(category)};
	if (*l->clip_id == '\0')
		return bad(c, err, "clip_id is empty");
	if (*l->source == '\0')
		return bad(c, err, "source is empty; clips are grouped by it");
	if (l->category == VQ_CLASSES)
		return vq_fail(err, VQ_EDATA, "line %ld: artifact_category \"%.40s\" is not known",
			c->line, category);
	if ((code = boolean(c, ARTIFACT, c->cell[place[ARTIFACT]], &artifact, err)) != VQ_OK)
		return code;
	if (artifact == (l->category == VQ_NONE))
		return vq_fail(err, VQ_EDATA, "line %ld: artifact %s contradicts %s", c->line,
			artifact ? "true" : "false", vq_class_name(l->category));
	if (place[AGREEMENT] < c->cells) {
		l->disputed = strcmp(c->cell[place[AGREEMENT]], "disputed") == 0;
		l->made = strcmp(c->cell[place[AGREEMENT]], "made") == 0;
	}
	return defects(c, place, l, err);
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct vq_label *)a)->clip_id, ((const struct vq_label *)b)->clip_id);
}

static enum vq_code append(struct vq_labels *l, size_t *room, struct vq_err *err)
{
	struct vq_label *p;

	if (l->count < *room)
		return VQ_OK;
	*room = *room == 0 ? 256 : *room * 2;
	p = realloc(l->list, *room * sizeof *p);
	if (p == NULL)
		return vq_nomem(err);
	l->list = p;
	return VQ_OK;
}

static enum vq_code read_all(struct vq_labels *l, struct csv *c, struct vq_err *err)
{
	size_t place[COLUMNS], columns, room = 0;
	enum vq_code code = read_header(c, place, err);

	columns = c->cells;
	while (code == VQ_OK && (code = next_row(c, err)) == VQ_OK) {
		if (c->cells != columns)
			return vq_fail(err, VQ_EDATA, "line %ld: %zu fields, expected %zu", c->line,
				c->cells, columns);
		if ((code = append(l, &room, err)) == VQ_OK)
			code = read_label(c, place, &l->list[l->count], err);
		l->count += code == VQ_OK;
	}
	if (code != VQ_END)
		return code;
	if (l->count == 0)
		return vq_fail(err, VQ_EDATA, "no clips");
	qsort(l->list, l->count, sizeof *l->list, by_id);
	for (size_t i = 1; i < l->count; i++)
		if (by_id(&l->list[i - 1], &l->list[i]) == 0)
			return vq_fail(
				err, VQ_EDATA, "clip_id %.100s is there twice", l->list[i].clip_id);
	return VQ_OK;
}

enum vq_code vq_labels_parse(struct vq_labels **l, const char *text, size_t len, struct vq_err *err)
{
	static const char bom[] = "\xEF\xBB\xBF";
	struct csv c = {.next_line = 1};
	enum vq_code code;

	if (memchr(text, '\0', len) != NULL) {
		*l = NULL;
		return vq_fail(err, VQ_EDATA, "a NUL byte in the text");
	}
	*l = calloc(1, sizeof **l);
	if (*l == NULL || ((*l)->text = malloc(len + 1)) == NULL) {
		vq_labels_free(l);
		return vq_nomem(err);
	}
	memcpy((*l)->text, text, len);
	(*l)->text[len] = '\0';
	c.at = (*l)->text;
	c.end = c.at + len;
	if (strncmp(c.at, bom, 3) == 0)
		c.at += 3;
	if ((code = vq_sha256(text, len, (*l)->sha256, err)) == VQ_OK)
		code = read_all(*l, &c, err);
	if (code != VQ_OK)
		vq_labels_free(l);
	return code;
}

enum vq_code vq_labels_load(struct vq_labels **l, const char *path, struct vq_err *err)
{
	size_t len;
	char *text;
	enum vq_code code = vq_file_read(path, MAX_BYTES, &text, &len, err);

	*l = NULL;
	if (code == VQ_OK)
		code = vq_labels_parse(l, text, len, err);
	free(text);
	return code;
}

void vq_labels_free(struct vq_labels **l)
{
	if (*l == NULL)
		return;
	free((*l)->list);
	free((*l)->text);
	free(*l);
	*l = NULL;
}

const struct vq_label *vq_labels_find(const struct vq_labels *l, const char *clip_id)
{
	struct vq_label key = {.clip_id = clip_id};

	return bsearch(&key, l->list, l->count, sizeof *l->list, by_id);
}
