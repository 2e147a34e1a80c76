#include "assign.h"

#include <stdbool.h>
#include <string.h>

#define N (VQ_ASSIGN_MAX + 1)

struct state {
	double u[N], v[N], least[N];
	size_t row_of[N], way[N], size;
	const double *gain;
	size_t rows, columns;
};

/* Cost of the square problem, 1-based; padding costs nothing. */
static double cost(const struct state *s, size_t r, size_t c)
{
	if (r > s->rows || c > s->columns)
		return 0;
	return -s->gain[(r - 1) * s->columns + c - 1];
}

/* Relax from column c0 and move to the cheapest free column. */
static size_t advance(struct state *s, bool *used, size_t c0)
{
	size_t next = 0, r = s->row_of[c0];
	double delta = 1e300;

	for (size_t c = 1; c <= s->size; c++) {
		double reduced;

		if (used[c])
			continue;
		reduced = cost(s, r, c) - s->u[r] - s->v[c];
		if (reduced < s->least[c]) {
			s->least[c] = reduced;
			s->way[c] = c0;
		}
		if (s->least[c] < delta) {
			delta = s->least[c];
			next = c;
		}
	}
	for (size_t c = 0; c <= s->size; c++) {
		if (used[c]) {
			s->u[s->row_of[c]] += delta;
			s->v[c] -= delta;
		} else {
			s->least[c] -= delta;
		}
	}
	return next;
}

static void place(struct state *s, size_t row)
{
	bool used[N] = {false};
	size_t c = 0;

	s->row_of[0] = row;
	for (size_t i = 0; i <= s->size; i++)
		s->least[i] = 1e300;
	do {
		used[c] = true;
		c = advance(s, used, c);
	} while (s->row_of[c] != 0);
	do {
		size_t from = s->way[c];

		s->row_of[c] = s->row_of[from];
		c = from;
	} while (c != 0);
}

void vq_assign(const double *gain, size_t rows, size_t columns, int *chosen)
{
	struct state s;

	memset(&s, 0, sizeof s);
	s.gain = gain;
	s.rows = rows;
	s.columns = columns;
	s.size = rows > columns ? rows : columns;
	for (size_t r = 0; r < rows; r++)
		chosen[r] = -1;
	for (size_t r = 1; r <= s.size; r++)
		place(&s, r);
	for (size_t c = 1; c <= columns; c++) {
		size_t r = s.row_of[c];

		if (r >= 1 && r <= rows && gain[(r - 1) * columns + c - 1] > 0)
			chosen[r - 1] = (int)(c - 1);
	}
}
