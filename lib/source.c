#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static ssize_t read_some(int fd, void *to, size_t n)
{
	ssize_t got;

	do
		got = read(fd, to, n);
	while (got < 0 && errno == EINTR);
	return got;
}

static bool write_all(int fd, const uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t put = write(fd, p, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		p += put;
		n -= (size_t)put;
	}
	return true;
}

/* A file that has no name, so that no end of the program can leave it behind. */
static int nameless_file(const char *dir)
{
	char path[4096];
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	int n;

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
		return fd;
	n = snprintf(path, sizeof path, "%s/vidqc-XXXXXX", dir);
	if (n < 0 || (size_t)n >= sizeof path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

static enum vq_code spool(struct vq_source *s, struct vq_err *err)
{
	const char *dir = getenv("TMPDIR");
	uint8_t buf[65536];
	size_t n = s->head_len;
	int64_t total = 0;
	ssize_t got;
	int fd;

	if (dir == NULL || *dir == '\0')
		dir = "/tmp";
	fd = nameless_file(dir);
	if (fd < 0)
		return vq_fail(err, VQ_ETEMP, "temporary file in %s: ", dir);
	memcpy(buf, s->head, n);
	for (;;) {
		if (!write_all(fd, buf, n)) {
			vq_fail(err, VQ_ETEMP, "temporary file in %s: ", dir);
			goto fail;
		}
		total += (int64_t)n;
		if (total > VQ_SPOOL_MAX) {
			vq_fail(err, VQ_EDATA, "more than %lld bytes from a pipe: give a file",
				(long long)VQ_SPOOL_MAX);
			goto fail;
		}
		got = read_some(s->fd, buf, sizeof buf);
		if (got < 0) {
			vq_fail(err, VQ_EIO, "read: ");
			goto fail;
		}
		if (got == 0)
			break;
		n = (size_t)got;
	}
	s->fd = fd;
	s->owned = true;
	s->seekable = true;
	return VQ_OK;
fail:
	close(fd);
	return err == NULL ? VQ_EIO : err->code;
}

enum vq_code vq_source_open(struct vq_source *s, int fd, struct vq_err *err)
{
	static const char raw[] = "YUV4MPEG2 ";
	struct stat st;
	ssize_t got;

	*s = (struct vq_source){.fd = fd};
	s->start = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? lseek(fd, 0, SEEK_CUR) : -1;
	if (s->start >= 0) {
		s->seekable = true;
		return VQ_OK;
	}
	s->start = 0;
	while (s->head_len < sizeof raw - 1) {
		got = read_some(fd, s->head + s->head_len, sizeof raw - 1 - s->head_len);
		if (got < 0)
			return vq_fail(err, VQ_EIO, "read: ");
		if (got == 0)
			break;
		s->head_len += (size_t)got;
	}
	if (s->head_len == sizeof raw - 1 && memcmp(s->head, raw, sizeof raw - 1) == 0)
		return VQ_OK;
	return spool(s, err);
}

void vq_source_close(struct vq_source *s)
{
	if (s->owned)
		close(s->fd);
	*s = (struct vq_source){.fd = -1};
}

ssize_t vq_source_read(struct vq_source *s, uint8_t *to, size_t n)
{
	ssize_t got;

	if (!s->seekable && s->head_at < s->head_len) {
		if (n > s->head_len - s->head_at)
			n = s->head_len - s->head_at;
		memcpy(to, s->head + s->head_at, n);
		s->head_at += n;
		s->pos += (int64_t)n;
		return (ssize_t)n;
	}
	do
		got = s->seekable ? pread(s->fd, to, n, s->start + s->pos) : read(s->fd, to, n);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		s->error = errno;
	else
		s->pos += got;
	return got;
}

int64_t vq_source_size(const struct vq_source *s)
{
	struct stat st;

	if (!s->seekable || fstat(s->fd, &st) != 0)
		return -1;
	return st.st_size > s->start ? st.st_size - s->start : 0;
}

int64_t vq_source_seek(struct vq_source *s, int64_t offset, int whence)
{
	int64_t from = whence == SEEK_CUR ? s->pos : whence == SEEK_END ? vq_source_size(s) : 0;

	if (!s->seekable || from < 0 || offset < -from || offset > INT64_MAX - from)
		return -1;
	s->pos = from + offset;
	return s->pos;
}
