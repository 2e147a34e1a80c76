#include "sigv4.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "sha256.h"

#define ALGORITHM "AWS4-HMAC-SHA256"

/* ---- text ---------------------------------------------------------------------------- */

char *vq_sigv4_encode(const char *text, bool slash_stays)
{
	static const char digit[] = "0123456789ABCDEF";
	char *out = malloc(3 * strlen(text) + 1), *p = out;

	if (out == NULL)
		return NULL;
	for (const unsigned char *s = (const unsigned char *)text; *s != '\0'; s++)
		if ((*s < 0x80 && isalnum(*s)) || strchr("-._~", *s) != NULL ||
			(*s == '/' && slash_stays)) {
			*p++ = (char)*s;
		} else {
			*p++ = '%';
			*p++ = digit[*s >> 4];
			*p++ = digit[*s & 15];
		}
	*p = '\0';
	return out;
}

/* The name in lower case; the value without white space around it, and one space for
 * each run of it inside. */
static char *lower(const char *name)
{
	char *out = strdup(name);

	for (char *p = out; p != NULL && *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return out;
}

static char *trimmed(const char *value)
{
	char *out = malloc(strlen(value) + 1), *p = out;

	if (out == NULL)
		return NULL;
	for (; *value != '\0'; value++)
		if (!isspace((unsigned char)*value))
			*p++ = *value;
		else if (p > out && p[-1] != ' ')
			*p++ = ' ';
	if (p > out && p[-1] == ' ')
		p--;
	*p = '\0';
	return out;
}

/* Dot segments (RFC 3986, 5.2.4) and empty ones go, a slash at the end stays. */
static char *normal(const char *path)
{
	char *out = malloc(strlen(path) + 2), *p = out;
	bool folder = true;

	if (out == NULL)
		return NULL;
	while (*path != '\0') {
		size_t n = strcspn(path, "/");

		folder = n == 0 || (n == 1 && path[0] == '.') ||
			 (n == 2 && path[0] == '.' && path[1] == '.');
		if (!folder) {
			*p++ = '/';
			memcpy(p, path, n);
			p += n;
		} else if (n == 2) {
			while (p > out && *--p != '/')
				;
		}
		path += n;
		if (*path == '/') {
			path++;
			folder = true;
		}
	}
	if (folder)
		*p++ = '/';
	*p = '\0';
	return out;
}

/* ---- sorted lists --------------------------------------------------------------------- */

struct owned {
	char *name, *value;
};

static void free_list(struct owned *list, size_t count)
{
	for (size_t i = 0; list != NULL && i < count; i++) {
		free(list[i].name);
		free(list[i].value);
	}
	free(list);
}

/* Stable, so that headers of one name keep their order; the lists are short. */
static void sort(struct owned *list, size_t count, bool by_value)
{
	for (size_t i = 1; i < count; i++)
		for (size_t j = i; j > 0; j--) {
			struct owned swap = list[j];
			int order = strcmp(list[j - 1].name, list[j].name);

			if (order == 0 && by_value)
				order = strcmp(list[j - 1].value, list[j].value);
			if (order <= 0)
				break;
			list[j] = list[j - 1];
			list[j - 1] = swap;
		}
}

static char *encoded(const char *text)
{
	return vq_sigv4_encode(text, false);
}

/* Both halves of every pair as these functions make them; NULL: out of memory. */
static struct owned *own(const struct vq_pair *pair, size_t count, char *(*name)(const char *),
	char *(*value)(const char *))
{
	struct owned *list = calloc(count + 1, sizeof *list);
	bool good = list != NULL;

	for (size_t i = 0; good && i < count; i++) {
		list[i].name = name(pair[i].name);
		list[i].value = value(pair[i].value);
		good = list[i].name != NULL && list[i].value != NULL;
	}
	if (good)
		return list;
	free_list(list, count);
	return NULL;
}

static struct owned *sorted_headers(const struct vq_pair *pair, size_t count)
{
	struct owned *list = own(pair, count, lower, trimmed);

	if (list != NULL)
		sort(list, count, false);
	return list;
}

/* ---- the steps ------------------------------------------------------------------------- */

/* "host;x-amz-date": the caller's to free, NULL: out of memory. */
static char *signed_names(const struct vq_pair *headers, size_t count)
{
	struct owned *list = sorted_headers(headers, count);
	char *text = NULL;
	size_t size;
	FILE *out = list == NULL ? NULL : open_memstream(&text, &size);

	for (size_t i = 0; out != NULL && i < count; i++)
		if (i == 0 || strcmp(list[i - 1].name, list[i].name) != 0)
			fprintf(out, "%s%s", i == 0 ? "" : ";", list[i].name);
	free_list(list, count);
	if (out == NULL || fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

static bool print_query(FILE *out, const struct vq_pair *query, size_t count)
{
	struct owned *list = own(query, count, encoded, encoded);

	if (list == NULL)
		return false;
	sort(list, count, true);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s%s=%s", i == 0 ? "" : "&", list[i].name, list[i].value);
	fputc('\n', out);
	free_list(list, count);
	return true;
}

static bool print_headers(FILE *out, const struct vq_pair *headers, size_t count)
{
	struct owned *list = sorted_headers(headers, count);

	if (list == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		bool more = i > 0 && strcmp(list[i - 1].name, list[i].name) == 0;

		if (!more)
			fprintf(out, "%s%s:", i == 0 ? "" : "\n", list[i].name);
		fprintf(out, "%s%s", more ? "," : "", list[i].value);
	}
	fputs("\n\n", out);
	free_list(list, count);
	return true;
}

static bool print_path(FILE *out, const struct vq_sigv4_request *r)
{
	char *path = r->normalize ? normal(r->path) : strdup(r->path);
	char *text = path == NULL ? NULL : vq_sigv4_encode(path, true);

	if (text != NULL)
		fprintf(out, "%s\n", text);
	free(path);
	free(text);
	return text != NULL;
}

static char *canonical(const struct vq_sigv4_request *r, const char *names)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	bool good;

	if (out == NULL)
		return NULL;
	fprintf(out, "%s\n", r->method);
	good = print_path(out, r) && print_query(out, r->query, r->query_count) &&
	       print_headers(out, r->headers, r->header_count);
	fprintf(out, "%s\n%s", names, r->payload);
	if (fclose(out) == 0 && good)
		return text;
	free(text);
	return NULL;
}

static bool hmac(const unsigned char *key, size_t len, const char *text, unsigned char out[32])
{
	unsigned char md[EVP_MAX_MD_SIZE];

	if (HMAC(EVP_sha256(), key, (int)len, (const unsigned char *)text, strlen(text), md,
		    NULL) == NULL)
		return false;
	memcpy(out, md, 32);
	return true;
}

/* The date, the region and the service narrow the key down, one after the other. */
static enum vq_code signature(
	const struct vq_sigv4_scope *s, struct vq_sigv4 *out, struct vq_err *err)
{
	static const char digit[] = "0123456789abcdef";
	unsigned char k[32];
	char *secret = NULL, day[9];
	bool good = asprintf(&secret, "AWS4%s", s->secret) > 0;

	memcpy(day, out->date, 8);
	day[8] = '\0';
	good = good && hmac((unsigned char *)secret, strlen(secret), day, k) &&
	       hmac(k, 32, s->region, k) && hmac(k, 32, s->service, k) &&
	       hmac(k, 32, "aws4_request", k) && hmac(k, 32, out->to_sign, k);
	free(secret);
	if (!good)
		return vq_fail(err, VQ_ETEMP, "HMAC failed");
	for (size_t i = 0; i < 32; i++) {
		out->signature[2 * i] = digit[k[i] >> 4];
		out->signature[2 * i + 1] = digit[k[i] & 15];
	}
	return VQ_OK;
}

/* From the whole request to its signature. */
static enum vq_code steps(const struct vq_sigv4_scope *s, const struct vq_sigv4_request *r,
	const char *names, struct vq_sigv4 *out, struct vq_err *err)
{
	char hex[VQ_SHA256_HEX];
	enum vq_code code;

	out->canonical = canonical(r, names);
	if (out->canonical == NULL)
		return vq_nomem(err);
	code = vq_sha256(out->canonical, strlen(out->canonical), hex, err);
	if (code != VQ_OK)
		return code;
	if (asprintf(&out->to_sign, ALGORITHM "\n%s\n%.8s/%s/%s/aws4_request\n%s", out->date,
		    out->date, s->region, s->service, hex) < 0) {
		out->to_sign = NULL;
		return vq_nomem(err);
	}
	return signature(s, out, err);
}

static bool has_token(const struct vq_sigv4_scope *s)
{
	return s->token != NULL && s->token[0] != '\0';
}

enum vq_code vq_sigv4_sign(const struct vq_sigv4_scope *scope,
	const struct vq_sigv4_request *request, struct vq_sigv4 *out, struct vq_err *err)
{
	struct vq_sigv4_request whole = *request;
	struct vq_pair *all = calloc(request->header_count + 2, sizeof *all);
	size_t n = request->header_count;
	char *names = NULL;
	enum vq_code code;

	memset(out, 0, sizeof *out);
	vq_utc_basic(scope->time, out->date);
	if (all == NULL)
		return vq_nomem(err);
	if (n > 0)
		memcpy(all, request->headers, n * sizeof *all);
	all[n++] = (struct vq_pair){"x-amz-date", out->date};
	if (has_token(scope))
		all[n++] = (struct vq_pair){"x-amz-security-token", scope->token};
	whole.headers = all;
	whole.header_count = n;
	names = signed_names(all, n);
	code = names == NULL ? vq_nomem(err) : steps(scope, &whole, names, out, err);
	if (code == VQ_OK &&
		asprintf(&out->authorization,
			ALGORITHM " Credential=%s/%.8s/%s/%s/aws4_request, SignedHeaders=%s, "
				  "Signature=%s",
			scope->key_id, out->date, scope->region, scope->service, names,
			out->signature) < 0) {
		out->authorization = NULL;
		code = vq_nomem(err);
	}
	free(names);
	free(all);
	return code;
}

/* The URL's query in the order in which it was put together, and the signature. */
static char *url_query(const struct vq_sigv4_request *r, const char *signature_hex)
{
	struct owned *list = own(r->query, r->query_count, encoded, encoded);
	char *text = NULL;
	size_t size;
	FILE *out = list == NULL ? NULL : open_memstream(&text, &size);

	for (size_t i = 0; out != NULL && i < r->query_count; i++)
		fprintf(out, "%s=%s&", list[i].name, list[i].value);
	free_list(list, r->query_count);
	if (out == NULL)
		return NULL;
	fprintf(out, "X-Amz-Signature=%s", signature_hex);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

enum vq_code vq_sigv4_presign(const struct vq_sigv4_scope *scope,
	const struct vq_sigv4_request *request, long expires, struct vq_sigv4 *out,
	struct vq_err *err)
{
	struct vq_sigv4_request whole = *request;
	struct vq_pair *all = calloc(request->query_count + 6, sizeof *all);
	char *names = signed_names(request->headers, request->header_count);
	char *credential = NULL, seconds[24];
	size_t n = request->query_count;
	enum vq_code code = VQ_ETEMP;

	memset(out, 0, sizeof *out);
	vq_utc_basic(scope->time, out->date);
	snprintf(seconds, sizeof seconds, "%ld", expires);
	if (asprintf(&credential, "%s/%.8s/%s/%s/aws4_request", scope->key_id, out->date,
		    scope->region, scope->service) < 0)
		credential = NULL;
	if (all == NULL || names == NULL || credential == NULL) {
		vq_nomem(err);
		goto end;
	}
	if (n > 0)
		memcpy(all, request->query, n * sizeof *all);
	all[n++] = (struct vq_pair){"X-Amz-Algorithm", ALGORITHM};
	all[n++] = (struct vq_pair){"X-Amz-Credential", credential};
	all[n++] = (struct vq_pair){"X-Amz-Date", out->date};
	all[n++] = (struct vq_pair){"X-Amz-Expires", seconds};
	all[n++] = (struct vq_pair){"X-Amz-SignedHeaders", names};
	if (has_token(scope))
		all[n++] = (struct vq_pair){"X-Amz-Security-Token", scope->token};
	whole.query = all;
	whole.query_count = n;
	code = steps(scope, &whole, names, out, err);
	if (code == VQ_OK && (out->query = url_query(&whole, out->signature)) == NULL)
		code = vq_nomem(err);
end:
	free(credential);
	free(names);
	free(all);
	return code;
}

void vq_sigv4_free(struct vq_sigv4 *out)
{
	free(out->canonical);
	free(out->to_sign);
	free(out->authorization);
	free(out->query);
	memset(out, 0, sizeof *out);
}
