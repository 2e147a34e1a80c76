/* What all programs share: options, messages, exit status. */
#ifndef VQ_CLI_H
#define VQ_CLI_H

#include <getopt.h>

#include "../lib/config.h"
#include "../lib/err.h"
#include "../lib/version.h"

/* Long options without a letter begin here. */
enum {
	CLI_VERSION = 256,
	CLI_CONFIG,
	CLI_SET,
	CLI_OWN, /* first value for a program's own long options */
};

/* Put these at the head of a program's struct option table. */
#define CLI_OPTIONS                                                                                \
	{"help", no_argument, NULL, 'h'}, {"version", no_argument, NULL, CLI_VERSION},             \
		{"config", required_argument, NULL, CLI_CONFIG},                                   \
	{                                                                                          \
		"set", required_argument, NULL, CLI_SET                                            \
	}

struct cli {
	const char *program; /* "vidqc-ocr" */
	const char *usage;   /* the whole help text */
	struct vq_config *config;
};

/* Set up: default SIGPIPE (a closed pipe ends the program silently), C numbers,
 * the default configuration.  Exits 75 when that fails. */
void cli_init(struct cli *c, const char *program, const char *usage);

/* Handle an option that all programs share: --help and --version print and
 * exit 0, --config and --set merge or exit, an unknown option exits 64. */
void cli_option(struct cli *c, int opt);

/* Print "program: what: message" on standard error (what may be NULL) and
 * return the exit status of the error. */
int cli_fail(const struct cli *c, const char *what, const struct vq_err *err);

/* Print "program: warning: ...". */
void cli_warn(const struct cli *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Print "program: message; see program --help" and exit 64. */
_Noreturn void cli_usage(const struct cli *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* An option's number, or exit 64 naming the option, the value and the range. */
long cli_long(const struct cli *c, const char *option, const char *value, long min, long max);

/* N when path is /dev/fd/N and that descriptor is open, else -1.  Using it as it is,
 * like gawk does, never blocks; opening a fifo a second time may, when the program
 * at the other end has died. */
int cli_inherited(const char *path);

/* Open for reading; NULL or "-" is standard input.  A directory is refused.
 * Returns the descriptor, or -1 with err filled. */
int cli_open(const char *path, struct vq_err *err);

/* Flush and close standard output; a failed write turns status into 74.  Frees
 * the configuration.  Last call of main: `return cli_close(&cli, status);` */
int cli_close(struct cli *c, int status);

#endif
