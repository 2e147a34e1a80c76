/* Result codes and messages.  Library functions return a code and, on failure,
 * write one line into the caller's struct vq_err; they never print or exit. */
#ifndef VQ_ERR_H
#define VQ_ERR_H

enum vq_code {
	VQ_OK = 0,
	VQ_END,	   /* clean end of a stream: nothing was read */
	VQ_AGAIN,  /* not complete yet, call again when the input is readable */
	VQ_EUSAGE, /* a wrong option, key or value */
	VQ_EDATA,  /* the input is broken: permanent */
	VQ_ENOENT, /* an input cannot be opened */
	VQ_ETEMP,  /* a resource failed: try again later */
	VQ_EIO,	   /* read or write failed */
	VQ_EBUG,   /* something that cannot happen */
};

struct vq_err {
	enum vq_code code;
	char msg[512]; /* one line, no newline, no program name */
};

/* Store the code and the message (cut at the buffer's end; control characters
 * become '?') and return the code.  A format that ends in ": " gets the text of
 * errno.  err may be NULL. */
enum vq_code vq_fail(struct vq_err *err, enum vq_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Put "prefix: " before the message that is there. */
enum vq_code vq_fail_at(struct vq_err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Out of memory, as an error of its own kind (VQ_ETEMP). */
enum vq_code vq_nomem(struct vq_err *err);

/* The sysexits(3) status of a code. */
int vq_exit_status(enum vq_code code);

#endif
