/* Moments as text, in UTC. */
#ifndef VQ_UTC_H
#define VQ_UTC_H

#include <stdint.h>

#define VQ_UTC_MAX 32

/* "2015-08-30T12:36:00Z" (ISO 8601) of seconds since 1970. */
void vq_utc(int64_t seconds, char text[VQ_UTC_MAX]);

/* "20150830T123600Z", the form that AWS signs. */
void vq_utc_basic(int64_t seconds, char text[VQ_UTC_MAX]);

#endif
