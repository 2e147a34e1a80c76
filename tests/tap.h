/* TAP for the unit tests: each is a program that prints one line a test, for
 * prove(1).  No plan beforehand: main ends with `return done_testing();`, so a
 * test that crashes or leaves early has no plan and fails. */
#ifndef TAP_H
#define TAP_H

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAP_FN(fmt, args) __attribute__((unused, format(printf, fmt, args))) static

static int tap_run, tap_failed;

TAP_FN(1, 2) void diag(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("# ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

static bool tap_result(bool good, const char *fmt, va_list ap)
{
	tap_run++;
	tap_failed += !good;
	printf("%sok %d - ", good ? "" : "not ", tap_run);
	vprintf(fmt, ap);
	putchar('\n');
	/* A crash later must not take the lines with it. */
	fflush(stdout);
	return good;
}

/* The test's name is a printf format.  All of them return whether it passed. */
TAP_FN(2, 3) bool tap_ok(bool good, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tap_result(good, fmt, ap);
	va_end(ap);
	return good;
}

/* A macro, so that a failure names its line. */
#define ok(cond, ...)                                                                              \
	(tap_ok((cond), __VA_ARGS__) ? true : (diag("%s:%d: %s", __FILE__, __LINE__, #cond), false))

TAP_FN(3, 4) bool is_int(long long got, long long want, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tap_result(got == want, fmt, ap);
	va_end(ap);
	if (got != want)
		diag("got %lld, want %lld", got, want);
	return got == want;
}

/* Equal within eps; NaN is never equal. */
TAP_FN(4, 5) bool is_real(double got, double want, double eps, const char *fmt, ...)
{
	bool good = fabs(got - want) <= eps;
	va_list ap;

	va_start(ap, fmt);
	tap_result(good, fmt, ap);
	va_end(ap);
	if (!good)
		diag("got %.17g, want %.17g within %g", got, want, eps);
	return good;
}

static bool tap_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* NULL equals only NULL. */
TAP_FN(3, 4) bool is_str(const char *got, const char *want, const char *fmt, ...)
{
	bool good = tap_same(got, want);
	va_list ap;

	va_start(ap, fmt);
	tap_result(good, fmt, ap);
	va_end(ap);
	if (!good)
		diag("got '%s', want '%s'", got ? got : "(null)", want ? want : "(null)");
	return good;
}

/* The text contains the part. */
TAP_FN(3, 4) bool has_str(const char *text, const char *part, const char *fmt, ...)
{
	bool good = text != NULL && strstr(text, part) != NULL;
	va_list ap;

	va_start(ap, fmt);
	tap_result(good, fmt, ap);
	va_end(ap);
	if (!good)
		diag("got '%s', want it to contain '%s'", text ? text : "(null)", part);
	return good;
}

__attribute__((unused)) static int done_testing(void)
{
	printf("1..%d\n", tap_run);
	return tap_failed == 0 && tap_run > 0 && fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
