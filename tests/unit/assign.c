/* Optimal assignment, against trying all ways. */
#include "../tap.h"

#include "../../lib/assign.h"

static double best(const double *gain, size_t rows, size_t columns, size_t r, unsigned used)
{
	double most;

	if (r == rows)
		return 0;
	most = best(gain, rows, columns, r + 1, used);
	for (size_t c = 0; c < columns; c++)
		if (!(used & 1u << c)) {
			double v = gain[r * columns + c] +
				   best(gain, rows, columns, r + 1, used | 1u << c);

			most = v > most ? v : most;
		}
	return most;
}

static double total(const double *gain, size_t rows, size_t columns, const int *chosen, bool *valid)
{
	unsigned used = 0;
	double sum = 0;

	*valid = true;
	for (size_t r = 0; r < rows; r++) {
		if (chosen[r] < 0)
			continue;
		if (chosen[r] >= (int)columns || used & 1u << chosen[r] ||
			gain[r * columns + (size_t)chosen[r]] <= 0)
			*valid = false;
		used |= 1u << chosen[r];
		sum += gain[r * columns + (size_t)chosen[r]];
	}
	return sum;
}

int main(void)
{
	static const double cross[4] = {0.9, 0.8, 0.8, 0.1};
	double gain[64];
	unsigned seed = 1;
	int chosen[8], bad = 0, invalid = 0;

	vq_assign(cross, 2, 2, chosen);
	ok(chosen[0] == 1 && chosen[1] == 0, "the sum counts, not the best pair");
	memset(gain, 0, sizeof gain);
	vq_assign(gain, 3, 3, chosen);
	ok(chosen[0] == -1 && chosen[1] == -1 && chosen[2] == -1, "no gain, no pair");
	vq_assign(gain, 2, 0, chosen);
	ok(chosen[0] == -1 && chosen[1] == -1, "no columns");
	vq_assign(gain, 0, 3, chosen);
	for (int t = 0; t < 300; t++) {
		size_t rows = 1 + (size_t)t % 6, columns = 1 + (size_t)t / 7 % 6;
		bool valid;

		for (size_t i = 0; i < rows * columns; i++) {
			seed = seed * 1103515245u + 12345u;
			gain[i] = seed >> 16 & 1 ? (seed >> 17 & 255) / 255.0 : 0;
		}
		vq_assign(gain, rows, columns, chosen);
		bad += fabs(total(gain, rows, columns, chosen, &valid) -
			       best(gain, rows, columns, 0, 0)) > 1e-9;
		invalid += !valid;
	}
	is_int(bad, 0, "300 random problems: the largest sum");
	is_int(invalid, 0, "no column twice, no pair without gain");
	return done_testing();
}
