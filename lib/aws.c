#include "aws.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "num.h"
#include "sha256.h"
#include "sigv4.h"

#define ATTEMPTS 3
#define TIMEOUT_MS 5000L
#define MAX_REPLY (1u << 20) /* a DynamoDB item has 400 KB at most */
#define MAX_HEADERS 8

struct vq_aws {
	struct vq_aws_options o;
	struct vq_http *http;
	const char *domain; /* of AWS in this region */
};

/* Where a request goes; both are owned. */
struct place {
	char *origin; /* "https://dynamodb.eu-west-1.amazonaws.com" */
	char *path;   /* not encoded */
};

static bool given(const char *s)
{
	return s != NULL && s[0] != '\0';
}

static bool is_origin(const char *url)
{
	size_t scheme = strncmp(url, "http://", 7) == 0	   ? 7
			: strncmp(url, "https://", 8) == 0 ? 8
							   : 0;

	return scheme > 0 && url[scheme] != '\0' && strpbrk(url + scheme, "/?#@ ") == NULL;
}

enum vq_code vq_aws_new(struct vq_aws **a, const struct vq_aws_options *options,
	struct vq_http *http, struct vq_err *err)
{
	const char *const endpoints[] = {options->s3, options->sqs, options->dynamodb};

	*a = NULL;
	if (!given(options->region) ||
		options->region[strspn(options->region, "abcdefghijklmnopqrstuvwxyz0123456789-")] !=
			'\0')
		return vq_fail(err, VQ_EUSAGE, "AWS_REGION: expected a region like eu-west-1");
	if (!given(options->key_id) || !given(options->secret))
		return vq_fail(err, VQ_EUSAGE, "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY: missing");
	for (size_t i = 0; i < sizeof endpoints / sizeof endpoints[0]; i++)
		if (given(endpoints[i]) && !is_origin(endpoints[i]))
			return vq_fail(err, VQ_EUSAGE,
				"endpoint %.200s: expected http(s)://host:port", endpoints[i]);
	*a = calloc(1, sizeof **a);
	if (*a == NULL)
		return vq_nomem(err);
	(*a)->o = *options;
	(*a)->http = http;
	(*a)->domain =
		strncmp(options->region, "cn-", 3) == 0 ? "amazonaws.com.cn" : "amazonaws.com";
	return VQ_OK;
}

void vq_aws_free(struct vq_aws **a)
{
	free(*a);
	*a = NULL;
}

/* ---- places ---------------------------------------------------------------------------- */

static void free_place(struct place *p)
{
	free(p->origin);
	free(p->path);
}

/* NULL: out of memory. */
__attribute__((format(printf, 1, 2))) static char *print(const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	return text;
}

/* An object: the bucket is part of the path at endpoints of others and where its dots
 * would not fit the certificate, else of the host. */
static struct place object_place(const struct vq_aws *a, const char *bucket, const char *key)
{
	bool in_path = given(a->o.s3) || strchr(bucket, '.') != NULL;
	struct place p = {
		.path = in_path ? print("/%s/%s", bucket, key) : print("/%s", key),
	};

	if (given(a->o.s3))
		p.origin = print("%s", a->o.s3);
	else if (in_path)
		p.origin = print("https://s3.%s.%s", a->o.region, a->domain);
	else
		p.origin = print("https://%s.s3.%s.%s", bucket, a->o.region, a->domain);
	return p;
}

static struct place service_place(const struct vq_aws *a, const char *service)
{
	const char *other = strcmp(service, "sqs") == 0 ? a->o.sqs : a->o.dynamodb;
	struct place p = {.path = print("/")};

	if (given(other))
		p.origin = print("%s", other);
	else
		p.origin = print("https://%s.%s.%s", service, a->o.region, a->domain);
	return p;
}

static const char *host_of(const struct place *p)
{
	return strstr(p->origin, "://") + 3;
}

static struct vq_sigv4_scope scope(const struct vq_aws *a, const char *service, int64_t now)
{
	return (struct vq_sigv4_scope){
		.key_id = a->o.key_id,
		.secret = a->o.secret,
		.token = given(a->o.token) ? a->o.token : NULL,
		.region = a->o.region,
		.service = service,
		.time = now,
	};
}

/* ---- one signed request ---------------------------------------------------------------- */

struct call {
	const char *service, *method;
	struct place place;
	struct vq_pair headers[MAX_HEADERS]; /* all but those of the signature */
	size_t header_count;
	const void *body;
	size_t len;
	char hash[VQ_SHA256_HEX];
};

static enum vq_code sign(
	const struct vq_aws *a, const struct call *c, struct vq_sigv4 *s, struct vq_err *err)
{
	struct vq_sigv4_scope where = scope(a, c->service, time(NULL));
	struct vq_sigv4_request r = {
		.method = c->method,
		.path = c->place.path,
		.normalize = strcmp(c->service, "s3") != 0,
		.headers = c->headers,
		.header_count = c->header_count,
		.payload = c->hash,
	};

	return vq_sigv4_sign(&where, &r, s, err);
}

static enum vq_code send_once(
	struct vq_aws *a, const struct call *c, struct vq_http_reply *reply, struct vq_err *err)
{
	struct vq_pair headers[MAX_HEADERS + 3];
	size_t n = c->header_count;
	char *path = vq_sigv4_encode(c->place.path, true);
	char *url = path == NULL ? NULL : print("%s%s", c->place.origin, path);
	struct vq_sigv4 s = {0};
	enum vq_code code = url == NULL ? vq_nomem(err) : sign(a, c, &s, err);

	if (code == VQ_OK) {
		struct vq_http_request r = {
			.method = c->method,
			.url = url,
			.headers = headers,
			.body = c->body,
			.len = c->len,
			.max_reply = MAX_REPLY,
			.timeout_ms = TIMEOUT_MS,
		};

		memcpy(headers, c->headers, n * sizeof headers[0]);
		headers[n++] = (struct vq_pair){"X-Amz-Date", s.date};
		if (given(a->o.token))
			headers[n++] = (struct vq_pair){"X-Amz-Security-Token", a->o.token};
		headers[n++] = (struct vq_pair){"Authorization", s.authorization};
		r.header_count = n;
		code = vq_http_send(a->http, &r, reply, err);
	}
	vq_sigv4_free(&s);
	free(url);
	free(path);
	return code;
}

/* Whether the same request may succeed a little later. */
static bool passing(const struct vq_http_reply *r)
{
	static const char *const faults[] = {"ThrottlingException", "RequestThrottled",
		"ProvisionedThroughputExceededException", "RequestLimitExceeded",
		"TransactionInProgressException"};

	if (r->status >= 500 || r->status == 429)
		return true;
	for (size_t i = 0; r->status == 400 && i < sizeof faults / sizeof faults[0]; i++)
		if (strstr(r->body, faults[i]) != NULL)
			return true;
	return false;
}

static enum vq_code send_call(
	struct vq_aws *a, struct call *c, struct vq_http_reply *reply, struct vq_err *err)
{
	enum vq_code code = VQ_OK;

	if (c->place.origin == NULL || c->place.path == NULL)
		return vq_nomem(err);
	c->headers[c->header_count++] = (struct vq_pair){"Host", host_of(&c->place)};
	for (int i = 0; i < ATTEMPTS; i++) {
		struct timespec pause = {.tv_nsec = 50000000L << i};

		code = send_once(a, c, reply, err);
		if (code == VQ_OK && !passing(reply))
			return VQ_OK;
		if (code != VQ_OK && code != VQ_ETEMP)
			return code;
		if (i + 1 < ATTEMPTS)
			nanosleep(&pause, NULL);
	}
	if (code == VQ_OK)
		code = vq_fail(err, VQ_ETEMP, "%s %s: status %ld: %.160s", c->method,
			c->place.origin, reply->status, reply->body);
	return code;
}

/* ---- services -------------------------------------------------------------------------- */

/* "com.amazon.coral.service#Name": what comes after the last #. */
static void fault_of(const json_t *reply, char fault[VQ_AWS_FAULT])
{
	const char *type = json_string_value(json_object_get(reply, "__type"));
	const char *hash = type == NULL ? NULL : strrchr(type, '#');

	snprintf(fault, VQ_AWS_FAULT, "%s", hash != NULL ? hash + 1 : type != NULL ? type : "");
}

enum vq_code vq_aws_ask(struct vq_aws *a, const char *target, json_t *request,
	struct vq_http_reply *reply, char fault[VQ_AWS_FAULT], struct vq_err *err)
{
	const char *service = strncmp(target, "AmazonSQS.", 10) == 0 ? "sqs" : "dynamodb";
	struct call c = {
		.service = service,
		.method = "POST",
		.place = service_place(a, service),
		.headers = {{"Content-Type", "application/x-amz-json-1.0"},
			{"X-Amz-Target", target}},
		.header_count = 2,
	};
	char *body = request == NULL ? NULL : json_dumps(request, JSON_COMPACT);
	json_t *refusal;
	enum vq_code code;

	fault[0] = '\0';
	json_decref(request);
	if (body == NULL) {
		code = vq_nomem(err);
	} else {
		c.body = body;
		c.len = strlen(body);
		code = vq_sha256(body, c.len, c.hash, err);
		if (code == VQ_OK)
			code = send_call(a, &c, reply, err);
	}
	free(body);
	free_place(&c.place);
	if (code != VQ_OK || reply->status == 200)
		return code;
	refusal = json_loadb(reply->body, reply->len, 0, NULL);
	fault_of(refusal, fault);
	json_decref(refusal);
	return vq_fail(err, VQ_EDATA, "%s: status %ld: %.200s", target, reply->status, reply->body);
}

enum vq_code vq_aws_call(struct vq_aws *a, const char *target, json_t *request, json_t **reply,
	char fault[VQ_AWS_FAULT], struct vq_err *err)
{
	struct vq_http_reply got;
	enum vq_code code = vq_aws_ask(a, target, request, &got, fault, err);

	*reply = code == VQ_OK ? json_loadb(got.body, got.len, 0, NULL) : NULL;
	if (code != VQ_OK || json_is_object(*reply))
		return code;
	json_decref(*reply);
	*reply = NULL;
	return vq_fail(err, VQ_ETEMP, "%s: the reply is no JSON object", target);
}

/* S3 wants the body's hash in a header too. */
static enum vq_code s3_call(
	struct vq_aws *a, struct call *c, struct vq_http_reply *got, struct vq_err *err)
{
	enum vq_code code = vq_sha256(c->body == NULL ? "" : c->body, c->len, c->hash, err);

	c->service = "s3";
	c->headers[c->header_count++] = (struct vq_pair){"x-amz-content-sha256", c->hash};
	if (code == VQ_OK)
		code = send_call(a, c, got, err);
	free_place(&c->place);
	return code;
}

enum vq_code vq_aws_put(struct vq_aws *a, const char *bucket, const char *key, const char *type,
	const void *data, size_t len, struct vq_err *err)
{
	struct call c = {
		.method = "PUT",
		.place = object_place(a, bucket, key),
		.headers = {{"Content-Type", type}},
		.header_count = 1,
		.body = data,
		.len = len,
	};
	struct vq_http_reply got;
	enum vq_code code = s3_call(a, &c, &got, err);

	if (code == VQ_OK && got.status != 200)
		code = vq_fail(err, VQ_EDATA, "s3://%s/%s: status %ld: %.200s", bucket, key,
			got.status, got.body);
	return code;
}

/* "bytes 0-1023/52428800" */
static bool total(const char *range, int64_t *size)
{
	const char *slash = range == NULL ? NULL : strchr(range, '/');
	long n;

	if (slash == NULL || !vq_num_long(slash + 1, 0, INT64_MAX, &n))
		return false;
	*size = n;
	return true;
}

enum vq_code vq_aws_head(struct vq_aws *a, const char *bucket, const char *key, const void **head,
	size_t *len, int64_t *size, struct vq_err *err)
{
	char range[40];
	struct call c = {
		.method = "GET",
		.place = object_place(a, bucket, key),
		.headers = {{"Range", range}},
		.header_count = 1,
	};
	struct vq_http_reply got;
	enum vq_code code;

	snprintf(range, sizeof range, "bytes=0-%zu", *len - 1);
	code = s3_call(a, &c, &got, err);
	if (code != VQ_OK)
		return code;
	*head = got.body;
	if (got.status == 206 && got.len <= *len &&
		total(vq_http_header(a->http, "content-range"), size)) {
		*len = got.len;
		return VQ_OK;
	}
	if (got.status == 416) { /* it has no first byte */
		*len = 0;
		*size = 0;
		return VQ_OK;
	}
	if (got.status == 404 || got.status == 403)
		return vq_fail(
			err, VQ_ENOENT, "s3://%.200s/%.200s: status %ld", bucket, key, got.status);
	return vq_fail(err, VQ_EDATA, "s3://%.100s/%.100s: status %ld: %.200s", bucket, key,
		got.status, got.body);
}

enum vq_code vq_aws_presign(const struct vq_aws *a, const char *bucket, const char *key,
	const char *type, int64_t length, long expires, int64_t now, char **url, struct vq_err *err)
{
	struct vq_sigv4_scope where = scope(a, "s3", now);
	struct place place = object_place(a, bucket, key);
	char *path = place.path == NULL ? NULL : vq_sigv4_encode(place.path, true);
	struct vq_sigv4 s = {0};
	enum vq_code code = VQ_ETEMP;
	char bytes[24];

	*url = NULL;
	snprintf(bytes, sizeof bytes, "%" PRId64, length);
	if (path == NULL || place.origin == NULL) {
		vq_nomem(err);
	} else {
		struct vq_pair headers[] = {{"Host", host_of(&place)}, {"Content-Type", type},
			{"Content-Length", bytes}};
		struct vq_sigv4_request r = {
			.method = "PUT",
			.path = place.path,
			.headers = headers,
			.header_count = 3,
			.payload = VQ_SIGV4_UNSIGNED,
		};

		code = vq_sigv4_presign(&where, &r, expires, &s, err);
	}
	if (code == VQ_OK) {
		*url = print("%s%s?%s", place.origin, path, s.query);
		code = *url == NULL ? vq_nomem(err) : VQ_OK;
	}
	vq_sigv4_free(&s);
	free(path);
	free_place(&place);
	return code;
}
