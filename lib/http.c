#include "http.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#define CONNECT_MS 2000L

struct vq_http {
	CURL *curl;
	char *body;
	size_t len, size, max;
	bool too_long;
};

static size_t receive(char *data, size_t one, size_t count, void *to)
{
	struct vq_http *h = to;
	size_t n = one * count;

	if (n > h->max - h->len) {
		h->too_long = true;
		return 0;
	}
	if (n + 1 > h->size - h->len) {
		size_t size = h->size;
		char *p;

		while (size - h->len < n + 1)
			size *= 2;
		p = realloc(h->body, size);
		if (p == NULL)
			return 0;
		h->body = p;
		h->size = size;
	}
	memcpy(h->body + h->len, data, n);
	h->len += n;
	h->body[h->len] = '\0';
	return n;
}

enum vq_code vq_http_new(struct vq_http **h, struct vq_err *err)
{
	*h = calloc(1, sizeof **h);
	if (*h == NULL)
		return vq_nomem(err);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(*h);
		*h = NULL;
		return vq_fail(err, VQ_ETEMP, "libcurl cannot be set up");
	}
	(*h)->size = 16384;
	(*h)->body = malloc((*h)->size);
	(*h)->curl = curl_easy_init();
	if ((*h)->curl == NULL || (*h)->body == NULL) {
		vq_http_free(h);
		return vq_nomem(err);
	}
	return VQ_OK;
}

void vq_http_free(struct vq_http **h)
{
	if (*h == NULL)
		return;
	curl_easy_cleanup((*h)->curl);
	curl_global_cleanup();
	free((*h)->body);
	free(*h);
	*h = NULL;
}

/* False: out of memory. */
static bool add_header(struct curl_slist **list, const char *name, const char *value)
{
	char *line = NULL;
	struct curl_slist *more = NULL;

	if (asprintf(&line, "%s: %s", name, value) < 0)
		return false;
	more = curl_slist_append(*list, line);
	free(line);
	if (more != NULL)
		*list = more;
	return more != NULL;
}

/* libcurl's own additions are not wanted: it would ask whether a long body is
 * welcome, and wait a second for the answer. */
static struct curl_slist *header_list(const struct vq_http_request *r)
{
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");
	bool good = list != NULL;

	for (size_t i = 0; good && i < r->header_count; i++)
		good = add_header(&list, r->headers[i].name, r->headers[i].value);
	if (good)
		return list;
	curl_slist_free_all(list);
	return NULL;
}

static void set_up(struct vq_http *h, const struct vq_http_request *r, struct curl_slist *headers)
{
	CURL *c = h->curl;

	curl_easy_reset(c); /* the connections stay */
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, r->timeout_ms);
	curl_easy_setopt(c, CURLOPT_URL, r->url);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	if (r->body != NULL) {
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, r->body);
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->len);
	}
	curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, r->method);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, receive);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, h);
}

enum vq_code vq_http_send(struct vq_http *h, const struct vq_http_request *request,
	struct vq_http_reply *reply, struct vq_err *err)
{
	struct curl_slist *headers = header_list(request);
	CURLcode got;

	if (headers == NULL)
		return vq_nomem(err);
	h->len = 0;
	h->body[0] = '\0';
	h->max = request->max_reply;
	h->too_long = false;
	set_up(h, request, headers);
	got = curl_easy_perform(h->curl);
	curl_slist_free_all(headers);
	/* Without its query, which may hold a signature. */
	if (h->too_long)
		return vq_fail(err, VQ_EDATA, "%s %.*s: the reply has more than %zu bytes",
			request->method, (int)strcspn(request->url, "?"), request->url, h->max);
	if (got != CURLE_OK)
		return vq_fail(err, VQ_ETEMP, "%s %.*s: %s", request->method,
			(int)strcspn(request->url, "?"), request->url, curl_easy_strerror(got));
	curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &reply->status);
	reply->body = h->body;
	reply->len = h->len;
	return VQ_OK;
}

const char *vq_http_header(struct vq_http *h, const char *name)
{
	struct curl_header *header;

	if (curl_easy_header(h->curl, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
		return NULL;
	return header->value;
}
