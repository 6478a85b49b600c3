/*
 * refused: what an endpoint answers, what is noted of the deliveries that it
 * refused, and when somebody is told.  Anybody can forge a delivery, so little
 * is written however many of them come.
 */
#include "t/repo/endpoints.h"

#include "app/repo/job.h"

/* Returns what an endpoint answers to a delivery with a right signature. */
static char
answer(const char *name)
{
	static int			 serial;
	const char			*known = arena_printf(mem, "%d",
					    ++serial);
	const struct delivery_new	 d = {
		.endpoint = crypto_hash_text(mem, name),
		.known = { known, strlen(known) + 1 },
		.kind = "invitee.created",
		.signed_with = 1,
		.body = { "{}", 2 },
	};
	enum delivery_fate		 fate;

	ok(ingest_store(db, mem, &d, 1, &fate));
	if (fate != DELIVERY_UNKNOWN)
		assert_int_equal(met(name).retired, fate == DELIVERY_RETIRED);
	return (char)fate;
}

/* The table has each endpoint of endpoints.h by its name, and its answer. */
static void
only_what_was_let_go_of_is_gone(void **state)
{
	static const struct {
		const char	*name;
		char		 fate;
	} all[] = {
		{ "live", 's' }, { "new", 's' }, { "drains", 's' },
		{ "drains, gone", 's' }, { "late", 's' },
		{ "late, creating", 's' }, { "late, unknown", 's' },
		{ "late, gone", 'r' }, { "retired", 'r' }, { "erased", 'r' },
		{ "nobody's", 'u' },
	};
	const struct sweep_days	 days = { 30, 30, 30, 400, 30 };
	size_t			 i;
	bool			 more;
	int			 round;

	(void)state;
	for (round = 0; round < 2; round++) {
		for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
			if (answer(all[i].name) != all[i].fate)
				fail_msg("round %d: %s: not '%c'", round,
				    all[i].name, all[i].fate);
		/*
		 * Sweeping endpoints that have drained must not change any
		 * answer.
		 */
		ok(sweep(db, mem, 500, &days, &more));
	}
}

static long
jobs(void)
{
	return strtol(one(DB_QUERY0(JOBS), 0), NULL, 10);
}

/*
 * Refuses "n" deliveries, "wrong" of them for a wrong signature; returns how
 * many endpoints are suspected now.
 */
static int
refuse(const char *name, size_t n, size_t wrong)
{
	const char		*ids[64];
	bool			 flags[64];
	const char *const	*suspected;
	size_t			 i;
	int			 nsuspected;

	for (i = 0; i < n; i++) {
		ids[i] = met(name).id;
		flags[i] = i < wrong;
	}
	ok(endpoints_refused(db, mem, ids, flags, n, &suspected, &nsuspected));
	if (nsuspected > 0)
		assert_string_equal(suspected[0], ids[0]);
	return nsuspected;
}

static void
several_wrong_ones_in_a_row_are_told_once_an_hour(void **state)
{
	(void)state;
	assert_int_equal(refuse("live", 1, 1), 0);
	assert_int_equal(refuse("live", 1, 1), 0);
	right("live");
	assert_string_equal(noted("live", 0), "0");
	assert_int_equal(refuse("live", 2, 2), 0);
	assert_int_equal(refuse("live", 1, 1), 1);
	assert_int_equal(refuse("live", 50, 50), 0);
	assert_string_equal(one(DB_QUERY0(JOBS), 0), "1");
	ok(db_run(owner, mem, DB_QUERY0(AGE), NULL));
	assert_int_equal(refuse("live", 1, 1), 1);
	assert_string_equal(one(DB_QUERY0(JOBS), 0), "2");
	right("live");
	assert_int_equal(refuse("live", 2, 2), 0);
	right("live");
}

static void
thousands_of_forged_ones_write_nothing(void **state)
{
	const char	*before;
	int		 i;

	(void)state;
	(void)refuse("live", 3, 3);
	before = noted("live", 4);
	for (i = 0; i < 100; i++)
		assert_int_equal(refuse("live", 32, 32), 0);
	assert_string_equal(noted("live", 4), before);
	assert_false(met("live").note_refused);
	assert_false(met("live").note_wrong);
	right("live");
}

static void
a_right_one_with_nothing_to_clear_writes_nothing(void **state)
{
	const char	*before = noted("live", 4);

	(void)state;
	right("live");
	assert_string_equal(noted("live", 4), before);
}

static void
what_is_rightly_signed_but_refused_is_not_suspect(void **state)
{
	(void)state;
	assert_int_equal(refuse("new", 40, 0), 0);
	assert_string_equal(noted("new", 0), "0");
	assert_string_equal(noted("new", 1), "t");
	assert_false(met("new").note_refused);
	assert_int_equal(refuse("drains", 40, 40), 0);
	assert_string_equal(noted("drains", 0), "0");
	assert_string_equal(noted("drains", 1), "t");
}

/*
 * Notes that "n" more deliveries for Calendly's user olivia came to endpoints
 * that nobody knows; returns whether to tell somebody.
 */
static bool
lost(int n)
{
	const char	*user[] = { "olivia", "nobody" };
	bool		 tell;

	ok(deliveries_lost(db, mem, n, user, 2, &tell));
	return tell;
}

static int64_t
spread(void)
{
	int64_t	 n, sum = 0;

	do {
		ok(checks_spread(db, mem, 4, &n));
		sum += n;
	} while (n == 4);
	return sum;
}

static void
what_nobody_takes_has_everybody_looked_at_once_a_day(void **state)
{
	const long	 before = jobs();

	(void)state;
	assert_int_equal(spread(), 0);
	assert_true(lost(2));
	assert_false(lost(1));
	assert_string_equal(one(DB_QUERY0(WRITES), 0), "3");
	assert_int_equal(jobs(), before + 1);
	assert_int_equal(spread(), 10);
	assert_string_equal(one(DB_QUERY0(SPREAD), 0), "10");
	assert_false(lost(1));
	assert_int_equal(spread(), 0);
	ok(db_run(owner, mem, DB_QUERY0(LOST), NULL));
	assert_true(lost(1));
	assert_int_equal(jobs(), before + 1);
	assert_int_equal(spread(), 10);
	ok(db_run(owner, mem, DB_QUERY0(LOST), NULL));
	assert_int_equal(spread(), 0);
}

static void
an_outage_is_noted_once(void **state)
{
	const char	*before;

	(void)state;
	ok(deployment_refused(db, mem));
	assert_string_not_equal(one(DB_QUERY0(WRITES), 1), "");
	before = one(DB_QUERY0(WRITES), 2);
	ok(deployment_refused(db, mem));
	assert_string_equal(one(DB_QUERY0(WRITES), 2), before);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(only_what_was_let_go_of_is_gone),
		promise(several_wrong_ones_in_a_row_are_told_once_an_hour),
		promise(thousands_of_forged_ones_write_nothing),
		promise(a_right_one_with_nothing_to_clear_writes_nothing),
		promise(what_is_rightly_signed_but_refused_is_not_suspect),
		promise(what_nobody_takes_has_everybody_looked_at_once_a_day),
		promise(an_outage_is_noted_once),
	};

	return run_with_endpoints(tests);
}
