/* The published example of a presigned URL and the derivation of keys; what the test suite
 * of AWS does not show is compared with botocore in tests/aws/sigv4.t. */
#include "../../lib/sigv4.h"
#include "../tap.h"

/* "Example: a presigned URL" of the S3 API reference, "Authenticating requests: using
 * query parameters". */
static void presigned(void)
{
	static const struct vq_pair headers[] = {{"host", "examplebucket.s3.amazonaws.com"}};
	const struct vq_sigv4_scope scope = {
		.key_id = "AKIAIOSFODNN7EXAMPLE",
		.secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
		.region = "us-east-1",
		.service = "s3",
		.time = 1369353600, /* 2013-05-24 */
	};
	const struct vq_sigv4_request request = {
		.method = "GET",
		.path = "/test.txt",
		.headers = headers,
		.header_count = 1,
		.payload = VQ_SIGV4_UNSIGNED,
	};
	struct vq_sigv4 s;
	struct vq_err err;

	is_int(vq_sigv4_presign(&scope, &request, 86400, &s, &err), VQ_OK, "presigned");
	is_str(s.query,
		"X-Amz-Algorithm=AWS4-HMAC-SHA256"
		"&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
		"&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
		"&X-Amz-Signature="
		"aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
		"the URL of the example");
	vq_sigv4_free(&s);
	ok(s.query == NULL && s.canonical == NULL, "free clears");
}

/* "Example: GET object" of the same chapter, "Authorization header". */
static void authorized(void)
{
	static const char empty[] =
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
	const struct vq_pair headers[] = {{"Host", "examplebucket.s3.amazonaws.com"},
		{"Range", "bytes=0-9"}, {"x-amz-content-sha256", empty}};
	const struct vq_sigv4_scope scope = {
		.key_id = "AKIAIOSFODNN7EXAMPLE",
		.secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
		.token = "",
		.region = "us-east-1",
		.service = "s3",
		.time = 1369353600,
	};
	const struct vq_sigv4_request request = {
		.method = "GET",
		.path = "/test.txt",
		.headers = headers,
		.header_count = 3,
		.payload = empty,
	};
	struct vq_sigv4 s;
	struct vq_err err;

	is_int(vq_sigv4_sign(&scope, &request, &s, &err), VQ_OK, "signed");
	is_str(s.date, "20130524T000000Z", "the date to send");
	is_str(s.authorization,
		"AWS4-HMAC-SHA256 "
		"Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
		"SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
		"Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
		"the header of the example");
	vq_sigv4_free(&s);
}

static void paths(void)
{
	static const struct {
		const char *path, *canonical;
	} rows[] = {{"/", "/"}, {"/a", "/a"}, {"/a/", "/a/"}, {"//a//b", "/a/b"}, {"/a/.", "/a/"},
		{"/a/..", "/"}, {"/a/b/../c", "/a/c"}, {"/../../a", "/a"}, {"/a/...", "/a/..."},
		{"", "/"}, {"/a b", "/a%20b"}};
	static const struct vq_pair host[] = {{"host", "x"}};
	const struct vq_sigv4_scope scope = {
		.key_id = "i", .secret = "s", .region = "r", .service = "v"};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct vq_sigv4_request r = {.method = "GET",
			.path = rows[i].path,
			.normalize = true,
			.headers = host,
			.header_count = 1,
			.payload = "p"};
		struct vq_sigv4 s;
		struct vq_err err;
		char *end;

		vq_sigv4_sign(&scope, &r, &s, &err);
		end = strchr(s.canonical + 4, '\n');
		*end = '\0';
		is_str(s.canonical + 4, rows[i].canonical, "path \"%s\"", rows[i].path);
		vq_sigv4_free(&s);
	}
}

static void encoding(void)
{
	char *s = vq_sigv4_encode("aZ09-._~/ +\xc3\xa9", true);

	is_str(s, "aZ09-._~/%20%2B%C3%A9", "what stays and what is encoded");
	free(s);
	s = vq_sigv4_encode("a/b", false);
	is_str(s, "a%2Fb", "a slash in a query");
	free(s);
}

int main(void)
{
	presigned();
	authorized();
	paths();
	encoding();
	return done_testing();
}
