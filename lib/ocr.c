#include "ocr.h"

#include <leptonica/allheaders.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tesseract/capi.h>
#include <unistd.h>

/* From libgomp; its header would tie us to one compiler.  Tesseract asks for four
 * threads by name in its loops, which omp_set_num_threads does not override; with no
 * active level allowed they run in the thread that calls.  Holds for that thread only. */
void omp_set_max_active_levels(int n);

#define DPI 300

struct vq_ocr {
	TessBaseAPI *api;
};

/* The first language of the list whose data file is not there. */
static bool missing(const char *folder, const char *language, char *name, size_t size)
{
	char path[4096];

	while (*language != '\0') {
		size_t n = strcspn(language, "+");

		snprintf(name, size, "%.*s", (int)n, language);
		snprintf(path, sizeof path, "%s/%s.traineddata", folder, name);
		if (n > 0 && access(path, R_OK) != 0)
			return true;
		language += n + (language[n] == '+');
	}
	return false;
}

static bool plain_name(const char *language)
{
	return language[0] != '\0' &&
	       strspn(language,
		       "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/") ==
		       strlen(language) &&
	       strstr(language, "//") == NULL && language[0] != '/';
}

/* Debian's packages write chi_sim as chi-sim and scripts as script-latn; the
 * latter have no simple rule and are named as they are. */
static enum vq_code no_language(const char *name, struct vq_err *err)
{
	char package[128];

	snprintf(package, sizeof package, "%s", name);
	for (char *p = package; *p != '\0'; p++)
		if (*p == '_')
			*p = '-';
	return vq_fail(err, VQ_ETEMP,
		"language \"%s\" is not installed; on Debian: apt-get install tesseract-ocr-%s",
		name, package);
}

/* Tesseract's own data folder: where an engine without a language looks. */
static void data_folder(char *folder, size_t size)
{
	TessBaseAPI *api = TessBaseAPICreate();
	const char *set = getenv("TESSDATA_PREFIX");

	folder[0] = '\0';
	if (api != NULL && TessBaseAPIInit3(api, NULL, "eng") == 0)
		snprintf(folder, size, "%s", TessBaseAPIGetDatapath(api));
	else if (set != NULL)
		snprintf(folder, size, "%s", set);
	if (api != NULL)
		TessBaseAPIDelete(api);
}

static enum vq_code start_engine(struct vq_ocr *o, const char *language, struct vq_err *err)
{
	char *names[] = {"load_system_dawg", "load_freq_dawg", "debug_file", "tessedit_do_invert"};
	char *values[] = {"0", "0", "/dev/null", "0"};
	char folder[4000], name[128];

	omp_set_max_active_levels(0);
	setMsgSeverity(L_SEVERITY_NONE);
	o->api = TessBaseAPICreate();
	if (o->api == NULL)
		return vq_nomem(err);
	if (TessBaseAPIInit4(o->api, NULL, language, OEM_LSTM_ONLY, NULL, 0, names, values, 4, 0) ==
		0) {
		TessBaseAPISetPageSegMode(o->api, PSM_SINGLE_LINE);
		/* An engine starts with those languages that it finds. */
		if (!missing(TessBaseAPIGetDatapath(o->api), language, name, sizeof name))
			return VQ_OK;
		return no_language(name, err);
	}
	data_folder(folder, sizeof folder);
	if (missing(folder, language, name, sizeof name))
		return no_language(name, err);
	return vq_fail(err, VQ_ETEMP, "Tesseract cannot start with language \"%s\"", language);
}

enum vq_code vq_ocr_new(struct vq_ocr **o, const char *language, struct vq_err *err)
{
	enum vq_code code;

	*o = NULL;
	if (!plain_name(language))
		return vq_fail(err, VQ_EUSAGE,
			"language \"%s\": expected Tesseract names joined by '+'", language);
	*o = calloc(1, sizeof **o);
	if (*o == NULL)
		return vq_nomem(err);
	code = start_engine(*o, language, err);
	if (code != VQ_OK)
		vq_ocr_free(o);
	return code;
}

void vq_ocr_free(struct vq_ocr **o)
{
	if (*o == NULL)
		return;
	if ((*o)->api != NULL) {
		TessBaseAPIEnd((*o)->api);
		TessBaseAPIDelete((*o)->api);
	}
	free(*o);
	*o = NULL;
}

/* Trim, and fold white space and control bytes to single spaces. */
static void tidy(char *s)
{
	char *to = s;

	for (const char *from = s; *from != '\0'; from++) {
		if ((unsigned char)*from > ' ' && *from != 0x7f)
			*to++ = *from;
		else if (to > s && to[-1] != ' ')
			*to++ = ' ';
	}
	if (to > s && to[-1] == ' ')
		to--;
	*to = '\0';
}

enum vq_code vq_ocr_read(struct vq_ocr *o, const uint8_t *grey, int width, int height, char **text,
	double *confidence, struct vq_err *err)
{
	char *got;
	int mean;

	*text = NULL;
	*confidence = 0;
	omp_set_max_active_levels(0);
	TessBaseAPISetImage(o->api, grey, width, height, 1, width);
	TessBaseAPISetSourceResolution(o->api, DPI);
	if (TessBaseAPIRecognize(o->api, NULL) != 0)
		return vq_fail(
			err, VQ_ETEMP, "Tesseract gave up on a crop of %dx%d", width, height);
	got = TessBaseAPIGetUTF8Text(o->api);
	mean = TessBaseAPIMeanTextConf(o->api);
	TessBaseAPIClear(o->api);
	*text = strdup(got == NULL ? "" : got);
	TessDeleteText(got);
	if (*text == NULL)
		return vq_nomem(err);
	tidy(*text);
	*confidence = **text == '\0' ? 0 : mean;
	return VQ_OK;
}
