#include "../../lib/jobrequest.h"
#include "../../lib/err.h"
#include "../tap.h"

/* code NULL: it is taken. */
struct row {
	const char *text;
	int status;
	const char *code, *detail;
};

static void outcome(const struct row *row, bool good, const struct vq_problem *p)
{
	struct vq_err name;

	/* The text without its control characters. */
	vq_fail(&name, VQ_OK, "%.90s", row->text);
	ok(good == (row->code == NULL), "%s", name.msg);
	if (good || row->code == NULL)
		return;
	is_int(p->status, row->status, "its status");
	is_str(p->code, row->code, "its code");
	has_str(p->detail, row->detail, "and detail");
}

static void predict(void)
{
	static const struct row rows[] = {
		{"{\"s3_uri\":\"s3://a/b\"}", 0, NULL, NULL},
		{"{\"s3_uri\":\"s3://a/b\",\"config_overrides\":{\"video\":{\"sample_fps\":3}}}", 0,
			NULL, NULL},
		{"{\"s3_uri\":\"s3://a/b\",\"config_overrides\":{\"video.sample_fps\":3}}", 0, NULL,
			NULL},
		{"{\"upload\":true,\"content_type\":\"video/mp4\",\"content_length\":1}", 0, NULL,
			NULL},
		{"{\"upload\":true,\"content_type\":\"video/webm\",\"content_length\":536870912,"
		 "\"config_overrides\":{}}",
			0, NULL, NULL},
		{"", 400, "empty_body", "is empty"},
		{"{", 400, "malformed_json", "line 1"},
		{"[]", 400, "malformed_json", "no JSON object"},
		{"\"s3://a/b\"", 400, "malformed_json", ""},
		{"{\"s3_uri\":\"a\",\"s3_uri\":\"b\"}", 400, "malformed_json", "duplicate"},
		{"{}", 400, "invalid_field", "s3_uri"},
		{"{\"s3_uri\":7}", 400, "invalid_field", "s3_uri"},
		{"{\"s3_uri\":\"s3://a/b\",\"priority\":1}", 400, "unknown_field", "\"priority\""},
		{"{\"s3_uri\":\"s3://a/b\",\"content_length\":1}", 400, "unknown_field",
			"content_length"},
		{"{\"s3_uri\":\"s3://a/b\",\"config_overrides\":null}", 400, "invalid_config",
			"object"},
		{"{\"s3_uri\":\"s3://a/b\",\"config_overrides\":{\"video.sample_fps\":0}}", 400,
			"invalid_config", "video.sample_fps: expected a number from 0.1"},
		{"{\"s3_uri\":\"s3://a/b\",\"config_overrides\":{\"nonsense\":0}}", 400,
			"invalid_config", "unknown key nonsense"},
		{"{\"upload\":false,\"content_type\":\"video/mp4\",\"content_length\":1}", 400,
			"invalid_field", "upload"},
		{"{\"upload\":true,\"content_length\":1}", 400, "invalid_field", "content_type"},
		{"{\"upload\":true,\"content_type\":\"text/plain\",\"content_length\":1}", 415,
			"unsupported_type", "text/plain"},
		{"{\"upload\":true,\"content_type\":\"video/mp4\\r\\nA: b\",\"content_length\":1}",
			415, "unsupported_type", ""},
		{"{\"upload\":true,\"content_type\":\"video/mp4\"}", 400, "invalid_field",
			"content_length"},
		{"{\"upload\":true,\"content_type\":\"video/mp4\",\"content_length\":0}", 400,
			"invalid_field", "content_length"},
		{"{\"upload\":true,\"content_type\":\"video/mp4\",\"content_length\":1.5}", 400,
			"invalid_field", "content_length"},
		{"{\"upload\":true,\"content_type\":\"video/mp4\",\"content_length\":536870913}",
			413, "clip_too_large", "536870912"},
		{"{\"upload\":true,\"content_type\":\"video/"
		 "mp4\",\"content_length\":1,\"s3_uri\":1}",
			400, "unknown_field", "s3_uri"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct vq_jobrequest r;
		struct vq_problem p;

		outcome(&rows[i], vq_jobrequest_predict(rows[i].text, strlen(rows[i].text), &r, &p),
			&p);
		vq_jobrequest_free(&r);
	}
}

static void fields(void)
{
	static const char text[] = "{\"s3_uri\":\"s3://a/b\",\"config_overrides\":"
				   "{\"text.bbox_iou_threshold\":0.3}}";
	struct vq_jobrequest r;
	struct vq_problem p;

	vq_jobrequest_predict(text, sizeof text - 1, &r, &p);
	is_str(r.uri, "s3://a/b", "the clip");
	is_str(r.overrides, "{\"text.bbox_iou_threshold\":0.3}", "overrides as they were");
	vq_jobrequest_free(&r);
	ok(r.json == NULL && r.overrides == NULL, "free clears");
}

static void batch(void)
{
	static const struct row rows[] = {
		{"{\"s3_uris\":[\"s3://a/b\"]}", 0, NULL, NULL},
		{"{\"s3_uris\":[\"\"],\"config_overrides\":{}}", 0, NULL, NULL},
		{"{\"s3_uris\":[]}", 400, "invalid_field", "1 to 100"},
		{"{\"s3_uris\":\"s3://a/b\"}", 400, "invalid_field", "1 to 100"},
		{"{\"s3_uris\":[\"s3://a/b\",null]}", 400, "invalid_field", "s3_uris[1]"},
		{"{\"s3_uris\":[\"s3://a/b\"],\"upload\":true}", 400, "unknown_field", "upload"},
		{"{\"s3_uris\":[\"s3://a/b\"],\"config_overrides\":[]}", 400, "invalid_config",
			"object"},
	};
	json_t *list = json_array();
	json_t *whole = json_pack("{s:o}", "s3_uris", list);

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct vq_jobrequest r;
		struct vq_problem p;

		outcome(&rows[i], vq_jobrequest_batch(rows[i].text, strlen(rows[i].text), &r, &p),
			&p);
		vq_jobrequest_free(&r);
	}
	for (int i = 1; i <= 101; i++) {
		struct vq_jobrequest r;
		struct vq_problem p;
		char *text;

		json_array_append_new(list, json_string("s3://a/b"));
		text = json_dumps(whole, 0);
		if (i >= 100)
			ok(vq_jobrequest_batch(text, strlen(text), &r, &p) == (i == 100),
				"%d clips", i);
		else
			vq_jobrequest_batch(text, strlen(text), &r, &p);
		vq_jobrequest_free(&r);
		free(text);
	}
	json_decref(whole);
}

static void long_json(void)
{
	size_t len = VQ_JOBREQUEST_MAX_JSON + 1;
	char *text = malloc(len);
	struct vq_jobrequest r;
	struct vq_problem p;

	memset(text, ' ', len);
	memcpy(text, "{\"s3_uri\":\"s3://a/b\"}", 21);
	ok(vq_jobrequest_predict(text, len - 1, &r, &p), "the longest JSON");
	vq_jobrequest_free(&r);
	ok(!vq_jobrequest_predict(text, len, &r, &p), "one byte more");
	is_int(p.status, 413, "is too large");
	vq_jobrequest_free(&r);
	free(text);
}

static void uris(void)
{
	static const struct row rows[] = {
		{"s3://clips/uploads/a.mp4", 0, NULL, NULL},
		{"s3://other/a", 0, NULL, NULL},
		{"s3://more/any/where/a b.mp4", 0, NULL, NULL},
		{"s3://other/\xc3\xa9..mp4", 0, NULL, NULL},
		{"", 400, "invalid_uri", "s3://bucket/key"},
		{"https://other/a", 400, "invalid_uri", "s3://bucket/key"},
		{"s3://other", 400, "invalid_uri", "s3://bucket/key"},
		{"s3:///a", 400, "invalid_uri", "s3://bucket/key"},
		{"s3://other/", 400, "invalid_uri", "key"},
		{"s3://nobody/a", 403, "bucket_not_allowed", "bucket"},
		{"s3://othe/a", 403, "bucket_not_allowed", "bucket"},
		{"s3://others/a", 403, "bucket_not_allowed", "bucket"},
		{"s3://other more/a", 403, "bucket_not_allowed", "bucket"},
		{"s3:// /a", 403, "bucket_not_allowed", "bucket"},
		{"s3://clips/results/a", 403, "key_not_allowed", "uploads/"},
		{"s3://clips/uploads", 403, "key_not_allowed", "uploads/"},
		{"s3://clips/uploads/", 400, "invalid_uri", "key"},
		{"s3://clips/uploads/../secret", 400, "invalid_uri", "key"},
		{"s3://other/a/./b", 400, "invalid_uri", "key"},
		{"s3://other/a//b", 400, "invalid_uri", "key"},
		{"s3://other/..", 400, "invalid_uri", "key"},
		{"s3://other/a\\b", 400, "invalid_uri", "key"},
		{"s3://other/a\nb", 400, "invalid_uri", "key"},
		{"s3://other/a\x7f", 400, "invalid_uri", "key"},
	};
	char lengthy[1200] = "s3://other/";
	struct vq_problem p;
	const char *key;
	char *bucket;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		outcome(&rows[i],
			vq_jobrequest_uri(rows[i].text, "clips", "other more", &bucket, &key, &p),
			&p);
		free(bucket);
	}
	vq_jobrequest_uri("s3://more/x/y", "clips", " other  more ", &bucket, &key, &p);
	is_str(bucket, "more", "the bucket");
	is_str(key, "x/y", "the key");
	free(bucket);
	memset(lengthy + 11, 'k', 1024);
	ok(vq_jobrequest_uri(lengthy, "clips", "other", &bucket, &key, &p), "a key of 1024 bytes");
	free(bucket);
	lengthy[11 + 1024] = 'k';
	ok(!vq_jobrequest_uri(lengthy, "clips", "other", &bucket, &key, &p), "and of 1025");
}

static void video(void)
{
	static const char mp4[] = "\0\0\0\x20"
				  "ftypisom";
	char *big = calloc(1, VQ_JOBREQUEST_MAX_VIDEO + 1);
	struct vq_problem p;

	memcpy(big, mp4, sizeof mp4);
	ok(vq_jobrequest_video("video/mp4", big, VQ_JOBREQUEST_MAX_VIDEO, &p), "the largest clip");
	ok(!vq_jobrequest_video("video/mp4", big, VQ_JOBREQUEST_MAX_VIDEO + 1, &p), "a larger one");
	is_int(p.status, 413, "is too large");
	ok(!vq_jobrequest_video("video/mp4", big, 0, &p), "an empty one");
	is_str(p.code, "empty_body", "is empty");
	ok(!vq_jobrequest_video("text/html", big, 100, &p), "another type");
	is_int(p.status, 415, "is not taken");
	ok(!vq_jobrequest_video("video/webm", big, 100, &p), "another kind");
	is_str(p.code, "type_mismatch", "does not fit");
	has_str(p.detail, "of kind mp4, not video/webm", "and is named");
	ok(!vq_jobrequest_video("video/mp4", big + 8, 100, &p), "no video");
	is_str(p.code, "not_a_video", "is none");
	free(big);
}

static void headers(void)
{
	char type[VQ_JOBREQUEST_TYPE], key[300];
	struct vq_problem p;

	vq_jobrequest_type("Video/MP4; codecs=avc1", type);
	is_str(type, "video/mp4", "a media type with a parameter");
	vq_jobrequest_type("", type);
	is_str(type, "", "none");
	memset(key, 'x', sizeof key);
	key[255] = '\0';
	ok(vq_jobrequest_key(key, &p), "a key of 255 characters");
	vq_jobrequest_type(key, type);
	is_int((long long)strlen(type), VQ_JOBREQUEST_TYPE - 1, "a long type is cut");
	key[255] = 'x';
	key[256] = '\0';
	ok(!vq_jobrequest_key(key, &p), "of 256");
	is_str(p.code, "invalid_idempotency_key", "is refused");
	ok(!vq_jobrequest_key("", &p), "an empty key");
	ok(!vq_jobrequest_key("a\tb", &p), "a tab");
	ok(!vq_jobrequest_key("\xc3\xa9", &p), "no ASCII");
	ok(vq_jobrequest_key("\"a b\"", &p), "a quoted string");
}

int main(void)
{
	predict();
	fields();
	batch();
	long_json();
	uris();
	video();
	headers();
	return done_testing();
}
