#include "../../lib/num.h"
#include "../tap.h"

static void longs(void)
{
	static const char *const bad[] = {"", " 1", "1 ", "+1", "1.0", "0x10", "1e3", "--1", "-",
		"abc", "9223372036854775808", "-9223372036854775809", "11", "-11"};
	long v = 77;

	ok(vq_num_long("10", -10, 10, &v) && v == 10, "the maximum");
	ok(vq_num_long("-10", -10, 10, &v) && v == -10, "the minimum");
	ok(vq_num_long("007", -10, 10, &v) && v == 7, "leading zeros are decimal");
	v = 77;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		ok(!vq_num_long(bad[i], -10, 10, &v) && v == 77, "no integer in range: \"%s\"",
			bad[i]);
	ok(!vq_num_long(NULL, 0, 1, &v), "no string");
}

static void reals(void)
{
	static const char *const bad[] = {"", " 1", "1 ", "nan", "inf", "-inf", "infinity", "1,5",
		"1..2", "1e999", "-", "x", "2.01", "-2.01"};
	double v = 77;

	ok(vq_num_real("1.5", -2, 2, &v) && v == 1.5, "a fraction");
	ok(vq_num_real(".5", -2, 2, &v) && v == 0.5, "no digit before the point");
	ok(vq_num_real("-2", -2, 2, &v) && v == -2, "the minimum");
	ok(vq_num_real("1e-3", -2, 2, &v) && v == 0.001, "an exponent");
	v = 77;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		ok(!vq_num_real(bad[i], -2, 2, &v) && v == 77, "no number in range: \"%s\"",
			bad[i]);
	ok(!vq_num_real(NULL, 0, 1, &v), "no string");
}

static void rounding(void)
{
	is_real(vq_num_round(0.125, 2), 0.13, 1e-15, "half away from zero");
	is_real(vq_num_round(-0.125, 2), -0.13, 1e-15, "also below zero");
	is_real(vq_num_round(1234.5678, 0), 1235, 0, "no decimals");
	is_real(vq_num_round(1.0 / 3, 6), 0.333333, 1e-15, "six decimals");
	ok(!signbit(vq_num_round(-1e-9, 6)), "no negative zero");
	is_real(vq_num_round(NAN, 3), 0, 0, "NaN becomes 0");
	is_real(vq_num_round(-INFINITY, 3), 0, 0, "infinity becomes 0");
	is_real(vq_num_round(vq_num_round(2.0 / 3, 6), 6), vq_num_round(2.0 / 3, 6), 0,
		"rounding again changes nothing");
}

int main(void)
{
	longs();
	reals();
	rounding();
	return done_testing();
}
