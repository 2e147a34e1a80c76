/* Kinds of video files, by their names and by their first bytes. */
#ifndef VQ_CONTAINER_H
#define VQ_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>

/* So many of the first bytes tell the kinds apart. */
#define VQ_CONTAINER_HEAD 1024

/* The name of what begins like that ("mp4", "matroska", "avi", ...), NULL for
 * anything else.  Sources: ISO/IEC 14496-12 and the QuickTime file format, RFC 8794
 * (EBML), RIFF, GIF89a, ISO/IEC 13818-1 (transport and program streams), Adobe's FLV
 * and Microsoft's ASF specification, RFC 3533 (Ogg). */
const char *vq_container_of(const void *head, size_t len);

/* Whether the media type (lower case, no parameters) is one of a video that is taken. */
bool vq_container_type(const char *type);

/* Whether a file of that container may call itself so.  application/octet-stream may
 * be any of them. */
bool vq_container_fits(const char *type, const char *container);

#endif
