/*
 * convergence: webhooks, full reads, reads that lag and polls of the same
 * meetings are applied in any order, and some again.  The rows are always the
 * same, a read never undoes what a webhook told later, and a read that comes
 * after everything leaves the truth, whatever was lost before it.
 */
#include "t/unit/history.h"
#include "t/unit/pictures.h"

enum {
	HISTORIES = 250,
	ORDERS = 4,		/* of each history */
};

/* The picture after the sightings in some order, a third of them again. */
static const char *
in_some_order(const struct history *h, struct picture *p)
{
	int	 order[MOST + MOST / 3], i, k, n = h->n, t;

	for (i = 0; i < n; i++)
		order[i] = i;
	for (; n < h->n + h->n / 3; n++)
		order[n] = below(h->n);
	for (i = n - 1; i > 0; i--) {
		k = below(i + 1);
		t = order[i];
		order[i] = order[k];
		order[k] = t;
	}
	*p = (struct picture){ .n = 0 };
	for (i = 0; i < n; i++)
		(void)seen_in(p, &h->s[order[i]]);
	return text_of(p);
}

static void
every_order_ends_in_the_same_rows(void **state)
{
	struct arena		*whole = mem;
	const struct history	*h;
	struct picture		 p;
	const char		*want;
	int			 i, k;

	(void)state;
	for (i = 0; i < HISTORIES; i++) {
		mem = arena_new(HELPER_CAP * 4);
		h = history_new(false);
		want = in_some_order(h, &p);
		for (k = 0; k < ORDERS; k++)
			assert_string_equal(in_some_order(h, &p), want);
		arena_free(mem);
	}
	mem = whole;
}

/*
 * Returns a meeting as hosts see it, but without the invitees that are gone, of
 * whom nobody is seen.
 */
static const char *
shown_of(const struct meeting *m)
{
	struct meeting	 there = *m;
	struct json	*j = json_new(mem);
	int		 i;

	there.invitees = arena_array(mem, (size_t)m->ninvitees,
	    sizeof(*there.invitees));
	there.ninvitees = 0;
	for (i = 0; i < m->ninvitees; i++)
		if (!presence_is_gone(&m->invitees[i].presence))
			there.invitees[there.ninvitees++] = m->invitees[i];
		else
			assert_null(strstr(m->invitees[i].content.text,
			    "person"));
	meeting_write(j, NULL, &there);
	return json_done(j, NULL);
}

/* Texts are long: on a failure, shows where they differ. */
static void
check_same(const char *got, const char *want)
{
	size_t	 i = 0, from;

	while (got[i] != '\0' && got[i] == want[i])
		i++;
	from = i < 300 ? 0 : i - 300;
	if (got[i] != want[i])
		fail_msg("%.400s\nis not\n%.400s", got + from, want + from);
}

/*
 * Compares what hosts see with what they would see if only the last read had
 * been applied; of what is gone, they see no person.
 */
static void
check_truth(struct picture *got, struct picture *truth)
{
	int	 i;

	(void)text_of(truth);
	(void)text_of(got);
	assert_int_equal(got->n, truth->n);
	for (i = 0; i < got->n; i++) {
		const struct meeting	*m = &got->meetings[i];

		if (presence_is_gone(&truth->meetings[i].presence)) {
			assert_true(presence_is_gone(&m->presence));
			assert_null(strstr(shown_of(m), "person"));
			continue;
		}
		check_same(shown_of(m), shown_of(&truth->meetings[i]));
	}
}

static void
check_after_all(struct history *h)
{
	const int64_t	 late = h->w.now + 3 * LAG;
	struct history	*last = arena_alloc(mem, sizeof(*last));
	struct picture	 got, truth;
	int		 i;

	*last = *h;
	last->n = 0;
	read_all(last, late, late, late, false);
	(void)in_some_order(last, &truth);
	for (i = 0; i < last->n; i++)
		add(h, last->s[i]);
	(void)in_some_order(h, &got);
	check_truth(&got, &truth);
}

static void
a_read_after_everything_leaves_the_truth(void **state)
{
	struct arena	*whole = mem;
	int		 i;

	(void)state;
	for (i = 0; i < HISTORIES; i++) {
		mem = arena_new(HELPER_CAP * 4);
		check_after_all(history_new(false));
		arena_free(mem);
	}
	mem = whole;
}

/*
 * If no webhook is lost, the truth is known without reads, and whatever reads
 * there were must not have undone it.
 */
static void
a_read_undoes_nothing_that_a_webhook_told(void **state)
{
	struct arena	*whole = mem;
	struct history	*h, *last;
	struct picture	 got, truth;
	int		 i;

	(void)state;
	for (i = 0; i < HISTORIES; i++) {
		mem = arena_new(HELPER_CAP * 4);
		h = history_new(true);
		last = arena_alloc(mem, sizeof(*last));
		*last = *h;
		last->n = 0;
		read_all(last, h->w.now + LAG, h->w.now, h->w.now + LAG,
		    false);
		(void)in_some_order(last, &truth);
		(void)in_some_order(h, &got);
		check_truth(&got, &truth);
		arena_free(mem);
	}
	mem = whole;
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(every_order_ends_in_the_same_rows),
		promise(a_read_after_everything_leaves_the_truth),
		promise(a_read_undoes_nothing_that_a_webhook_told),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return crypto_init() != CAL_OK ||
	    cmocka_run_group_tests(tests, NULL, NULL);
}
