#include "reportstyle.h"

/* Each is the file as a C string, which the Makefile makes. */
const char vq_report_style[] =
#include "report.css.h"
	;
const char vq_report_script[] =
#include "report.js.h"
	;
const char vq_index_script[] =
#include "index.js.h"
	;
