#include "textlegit.h"

#include <math.h>
#include <string.h>

#include "editdist.h"
#include "textstep.h"

#define SAME 0.25  /* normalised edits between readings of one text */
#define CERTAIN 80 /* confidence (0..100) of readings that are taken at their word */
#define SLIP 0.1   /* normalised edits between the letters of one row */
#define OTHERS 0.6 /* normalised edits between texts that have nothing in common but chance */

static bool all_digits(const char *s)
{
	bool any = false;

	for (; *s != '\0'; s++) {
		if (*s >= '0' && *s <= '9')
			any = true;
		else if (strchr(" :.,/-%", *s) == NULL)
			return false;
	}
	return any;
}

/* Confident readings that are numbers throughout and change. */
static bool is_counter(const struct vq_text_series *t)
{
	size_t numbers = 0, others = 0;

	for (size_t i = 0; i < t->count; i++) {
		const struct vq_text_sample *s = &t->sample[i];

		if (!s->read || s->confidence < 100 * VQ_TEXT_READING)
			continue;
		if (all_digits(t->text[s->text]))
			numbers++;
		else
			others++;
	}
	return numbers >= 3 && others * 4 <= numbers && t->texts >= 3;
}

/* Each confident reading begins with the one before, and the last is longer. */
static bool is_typing(const struct vq_text_series *t)
{
	const char *last = NULL, *first = NULL;
	size_t steps = 0;

	for (size_t i = 0; i < t->count; i++) {
		const struct vq_text_sample *s = &t->sample[i];
		const char *text = t->text[s->text];

		if (!s->read || s->confidence < 100 * VQ_TEXT_READING || *text == '\0')
			continue;
		if (last != NULL && strncmp(text, last, strlen(last)) != 0)
			return false;
		steps += last != NULL && strlen(text) > strlen(last);
		first = first == NULL ? text : first;
		last = text;
	}
	return steps >= 2 && strlen(last) >= strlen(first) + 2;
}

/* A few confident texts, one after the other, each steady for as long as it takes to
 * read it; the first and the last may be cut short. */
static bool is_replacement(const struct vq_text_series *t)
{
	const struct vq_text_sample *last = NULL;
	size_t changes = 0, steps = 0;
	double since = 0, value;

	for (size_t i = 0; i < t->count; i++) {
		const struct vq_text_sample *s = &t->sample[i];

		steps += i > 0 && vq_text_shows(t, i, VQ_TEXT_LOOK_MUTATION, &value);
		if (!s->read)
			continue;
		if (s->confidence < CERTAIN)
			return false;
		if (last != NULL &&
			vq_edit_normalised(t->text[last->text], t->text[s->text]) > SAME) {
			if (changes > 0 && s->time - since < VQ_TEXT_STAYS)
				return false;
			changes++;
			since = s->time;
		}
		last = s;
	}
	return changes > 0 && steps <= 2 * changes;
}

/* The same by the looks of it, whatever the reader makes of it: nothing else changes. */
static bool is_relabelled(const struct vq_text_series *t)
{
	size_t exchanges = 0;

	if (t->count == 0 || t->sample[t->count - 1].time - t->sample[0].time < VQ_TEXT_STAYS)
		return false;
	for (size_t i = 1; i < t->count; i++) {
		if (vq_text_step_change(t, i) < VQ_TEXT_CHANGE)
			continue;
		if (isnan(t->sample[i].similarity) || !vq_text_is_sure(t, i) ||
			!vq_text_is_exchange(t, i))
			return false;
		exchanges++;
	}
	return exchanges > 0;
}

/* Was the text of a sample read before? */
static bool is_back(const struct vq_text_series *t, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (t->sample[k].read && t->sample[k].text == t->sample[i].text)
			return true;
	return false;
}

/* A word or a few at a time: the reader is certain of most, and each is another text and no
 * variation of the one before; few come back. */
static bool is_word_by_word(const struct vq_text_series *t)
{
	const struct vq_text_sample *last = NULL;
	size_t certain = 0, others = 0, changes = 0, back = 0;
	double sum = 0;

	for (size_t i = 0; i < t->count; i++) {
		const struct vq_text_sample *s = &t->sample[i];
		double edits = 0;

		if (!s->read)
			continue;
		if (s->confidence < CERTAIN) {
			others++;
			continue;
		}
		certain++;
		if (last != NULL)
			edits = vq_edit_normalised(t->text[last->text], t->text[s->text]);
		if (edits > SLIP) {
			changes++;
			back += is_back(t, i);
			sum += edits;
		}
		last = s;
	}
	return changes >= 2 && others * 3 <= certain && back * 4 <= changes &&
	       sum >= OTHERS * (double)changes;
}

const char *vq_text_legitimate(const struct vq_text_series *t, const char **notes)
{
	if (is_counter(t)) {
		*notes = "the readings are numbers that count";
		return "counter";
	}
	if (is_typing(t)) {
		*notes = "each reading goes on where the one before ended";
		return "typing";
	}
	if (is_word_by_word(t)) {
		*notes = "each text has nothing in common with the one before";
		return "caption";
	}
	if (is_replacement(t) || is_relabelled(t)) {
		*notes = "one steady text gives way to another";
		return "caption";
	}
	return NULL;
}

/* A reading's letters, in lower case, and its digits; whatever else the reader saw is left
 * out. */
struct number {
	uint32_t letter[VQ_EDIT_MAX], digit[VQ_EDIT_MAX];
	size_t letters, digits;
};

static bool is_mark(uint32_t c)
{
	if (c < 0x80)
		return !((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
	return c < 0xc0 || c == 0xd7 || c == 0xf7 || (c >= 0x2000 && c < 0x2c00) ||
	       (c >= 0x3000 && c < 0x3040) || c == 0xfffd;
}

static void split(const char *text, struct number *o)
{
	uint32_t c[VQ_EDIT_MAX];
	size_t n = vq_code_points(text, c);

	o->letters = o->digits = 0;
	for (size_t i = 0; i < n; i++) {
		if (c[i] >= '0' && c[i] <= '9')
			o->digit[o->digits++] = c[i];
		else if (!is_mark(c[i]))
			o->letter[o->letters++] = c[i] < 0x80 ? c[i] | 0x20 : c[i];
	}
}

/* Below 0 when a is the smaller number, above 0 when b is, 0 when they are the same. */
static int compare(const struct number *a, const struct number *b)
{
	if (a->digits != b->digits)
		return a->digits < b->digits ? -1 : 1;
	for (size_t i = 0; i < a->digits; i++)
		if (a->digit[i] != b->digit[i])
			return a->digit[i] < b->digit[i] ? -1 : 1;
	return 0;
}

/* How the numbers of consecutive readings differ. */
struct counting {
	struct number first, last;
	size_t numbers, up, down;
};

static void count_on(struct counting *c, const struct number *n)
{
	int order = c->numbers > 0 ? compare(&c->last, n) : 0;

	if (c->numbers == 0)
		c->first = *n;
	c->up += order < 0;
	c->down += order > 0;
	c->last = *n;
	c->numbers++;
}

/* Nearly all steps go one way, as they would not if digits were only misdrawn. */
static bool one_way(const struct counting *c, size_t least)
{
	size_t most = c->up > c->down ? c->up : c->down;

	return most >= least && (c->up + c->down - most) * 4 <= most;
}

/* Numbers that go on in one direction, whatever marks the reader sees beside them, which
 * cost it its confidence. */
static bool is_marked_counter(const struct vq_text_series *t)
{
	struct counting c = {.numbers = 0};
	struct number n;
	size_t others = 0;

	for (size_t i = 0; i < t->count; i++) {
		if (!t->sample[i].read)
			continue;
		split(t->text[t->sample[i].text], &n);
		if (n.letters == 0 && n.digits >= 2)
			count_on(&c, &n);
		else
			others++;
	}
	return c.numbers >= 3 && others * 4 <= c.numbers && one_way(&c, 2);
}

/* A row of which the reader is certain: always the same letters, and a number that goes on
 * in one direction and is enough of the row to explain so much change. */
static bool is_numbered(const struct vq_text_series *t, double change)
{
	struct counting c = {.numbers = 0};
	struct number n;

	for (size_t i = 0; i < t->count; i++) {
		struct vq_edits e;
		size_t longest;

		if (!t->sample[i].read)
			continue;
		split(t->text[t->sample[i].text], &n);
		if (t->sample[i].confidence < CERTAIN || n.digits == 0)
			return false;
		count_on(&c, &n);
		e = vq_edit_distance(c.first.letter, c.first.letters, n.letter, n.letters);
		longest = n.letters > c.first.letters ? n.letters : c.first.letters;
		if (vq_edit_total(&e) > SLIP * (double)longest)
			return false;
	}
	return one_way(&c, 1) &&
	       change <= VQ_TEXT_CHANGE + (double)n.digits / (double)(n.digits + n.letters);
}

const char *vq_text_may_change(const struct vq_text_series *t, size_t peak, const char **notes)
{
	const char *reason = vq_text_legitimate(t, notes);

	if (reason != NULL)
		return reason;
	if (is_marked_counter(t)) {
		*notes = "the readings are numbers that count, with marks around them";
		return "counter";
	}
	if (is_numbered(t, vq_text_step_change(t, peak))) {
		*notes = "the letters stay and the number among them counts";
		return "counter";
	}
	return NULL;
}
