#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "../lib/num.h"

void cli_init(struct cli *c, const char *program, const char *usage)
{
	struct vq_err err;

	signal(SIGPIPE, SIG_DFL);
	setlocale(LC_ALL, "C");
	c->program = program;
	c->usage = usage;
	if (vq_config_new(&c->config, &err) != VQ_OK)
		exit(cli_fail(c, NULL, &err));
}

int cli_fail(const struct cli *c, const char *what, const struct vq_err *err)
{
	fprintf(stderr, "%s: %s%s%s\n", c->program, what ? what : "", what ? ": " : "", err->msg);
	return vq_exit_status(err->code);
}

void cli_warn(const struct cli *c, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: warning: ", c->program);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

_Noreturn void cli_usage(const struct cli *c, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: ", c->program);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "; see %s --help\n", c->program);
	exit(EX_USAGE);
}

void cli_option(struct cli *c, int opt)
{
	struct vq_err err;
	enum vq_code code = VQ_OK;

	switch (opt) {
	case 'h':
		fputs(c->usage, stdout);
		exit(cli_close(c, EX_OK));
	case CLI_VERSION:
		printf("%s %s\n", c->program, VQ_VERSION);
		exit(cli_close(c, EX_OK));
	case CLI_CONFIG:
		code = vq_config_load(c->config, optarg, &err);
		break;
	case CLI_SET:
		code = vq_config_set(c->config, optarg, &err);
		break;
	default: /* getopt_long has printed what is wrong */
		exit(EX_USAGE);
	}
	if (code != VQ_OK)
		exit(cli_fail(c, opt == CLI_SET ? "--set" : "--config", &err));
}

long cli_long(const struct cli *c, const char *option, const char *value, long min, long max)
{
	long v;

	if (!vq_num_long(value, min, max, &v))
		cli_usage(c, "%s %s: expected an integer from %ld to %ld", option, value, min, max);
	return v;
}

int cli_inherited(const char *path)
{
	long n;

	if (strncmp(path, "/dev/fd/", 8) == 0 && vq_num_long(path + 8, 0, INT_MAX, &n) &&
		fcntl((int)n, F_GETFD) != -1)
		return (int)n;
	return -1;
}

int cli_open(const char *path, struct vq_err *err)
{
	struct stat st;
	int fd = STDIN_FILENO;

	if (path != NULL && strcmp(path, "-") != 0 && (fd = cli_inherited(path)) < 0)
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		vq_fail(err, VQ_ENOENT, "open: ");
		return -1;
	}
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		if (fd != STDIN_FILENO)
			close(fd);
		vq_fail(err, VQ_ENOENT, "is a directory");
		return -1;
	}
	return fd;
}

int cli_close(struct cli *c, int status)
{
	vq_config_free(&c->config);
	if (fflush(stdout) != 0 || ferror(stdout) || fclose(stdout) != 0) {
		if (errno != EPIPE)
			fprintf(stderr, "%s: stdout: write: %s\n", c->program, strerror(errno));
		return status == EX_OK ? EX_IOERR : status;
	}
	return status;
}
