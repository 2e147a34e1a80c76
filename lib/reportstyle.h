/* What pages look like and do: lib/data/report.css, report.js and index.js. */
#ifndef VQ_REPORTSTYLE_H
#define VQ_REPORTSTYLE_H

extern const char vq_report_style[], vq_report_script[], vq_index_script[];

#endif
