/* The bytes of a clip, from a descriptor that the caller opened: nothing else can
 * be reached through it.  A file is read in place.  A pipe is copied into an
 * unlinked file in $TMPDIR first, because an MP4 may keep its index at the end and
 * a GIF its length nowhere; only Y4M, which is raw and has no index, is read from
 * the pipe as it comes. */
#ifndef VQ_SOURCE_H
#define VQ_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "err.h"

/* A longer clip must come as a file. */
#define VQ_SPOOL_MAX ((int64_t)4 << 30)

struct vq_source {
	int fd;
	bool owned; /* fd is our temporary file */
	bool seekable;
	int64_t start, pos;	  /* offset of the clip's first byte; next byte, from there */
	int error;		  /* errno of a read that failed, 0 for none */
	size_t head_len, head_at; /* bytes of a pipe read ahead, handed out so far */
	uint8_t head[16];
};

/* Take the clip behind an open descriptor, which stays the caller's.  VQ_EIO: the
 * pipe cannot be read; VQ_ETEMP: no room in $TMPDIR (/tmp); VQ_EDATA: a pipe with
 * more than VQ_SPOOL_MAX bytes. */
enum vq_code vq_source_open(struct vq_source *s, int fd, struct vq_err *err);
void vq_source_close(struct vq_source *s);

/* Up to n bytes; 0 at the end, -1 on failure with s->error set. */
ssize_t vq_source_read(struct vq_source *s, uint8_t *to, size_t n);

/* Go to an offset; whence as in lseek(2).  The new offset, or -1. */
int64_t vq_source_seek(struct vq_source *s, int64_t offset, int whence);

/* Bytes in all, or -1 when that is not known. */
int64_t vq_source_size(const struct vq_source *s);

#endif
