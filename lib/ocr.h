/* Reading one row of text with Tesseract.  The only module that sees Tesseract
 * and Leptonica. */
#ifndef VQ_OCR_H
#define VQ_OCR_H

#include <stdint.h>

#include "err.h"

struct vq_ocr;

/* An engine for one thread: LSTM, dictionaries off (they would repair the very
 * letters that we want to see).  language: Tesseract names joined by '+'.
 * VQ_ETEMP with the Debian package to install when one is missing. */
enum vq_code vq_ocr_new(struct vq_ocr **o, const char *language, struct vq_err *err);
void vq_ocr_free(struct vq_ocr **o);

/* Read a tightly packed grey picture of one row, letters dark on light, about
 * 30-40 pixels high.  text: a new string (free it), UTF-8, trimmed, white space
 * folded; "" when nothing is read.  confidence: 0..100, mean of the words. */
enum vq_code vq_ocr_read(struct vq_ocr *o, const uint8_t *grey, int width, int height, char **text,
	double *confidence, struct vq_err *err);

#endif
