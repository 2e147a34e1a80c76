/* The time line of a report: scenes and cuts, flicker and change of text, events, what
 * was let go. */
#ifndef VQ_REPORTTIME_H
#define VQ_REPORTTIME_H

#include <stdio.h>

#include "reportdata.h"

/* Write it as one figure with an SVG picture that fits any width. */
void vq_reporttime(FILE *out, const struct vq_reportdata *d);

/* "#e3", where the page has event number 3 from 0. */
#define VQ_REPORT_EVENT_ID "e%zu"

#endif
