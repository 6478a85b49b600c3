/*
 * failing: it is news once that deliveries to a subscription fail, and once
 * that they do not fail any more.
 */
#include "t/repo/endpoints.h"

static const char	tenant[] = "1";

static bool
begun(const char *subscription, bool disabled, const char *since)
{
	const struct failing	 how = { disabled, since };
	struct tx		 tx;
	bool			 news;

	ok(tx_begin(&tx, db, mem, tenant));
	ok(tx_end(&tx, failing_begin(&tx, subscription, &how, &news)));
	return news;
}

static bool
ended(const char *endpoint_id)
{
	const char		*grant = "b2f5ff47-436671b6-e533d8dc-3614845d";
	struct failing_ended	 e;
	struct tx	 tx;

	ok(tx_begin(&tx, db, mem, tenant));
	ok(tx_end(&tx, failing_end(&tx, grant, endpoint_id, &e)));
	if (e.user_id != NULL)
		assert_string_equal(e.user_id, "u1");
	return e.user_id != NULL;
}

static void
what_is_over_does_not_begin_again(void **state)
{
	const char	*live = noted("live", 3);
	const char	*s = one(DB_QUERY(STATE, db_text("live"),
			    db_text("active")), 0);

	(void)state;
	assert_true(begun(s, false, "2026-01-01T00:00:00.000000Z"));
	assert_false(begun(s, false, "2026-01-01T00:00:00.000000Z"));
	assert_false(ended(NULL));
	assert_true(ended(live));
	assert_false(ended(live));
	assert_false(begun(s, false, "2026-01-01T00:00:00.000000Z"));
	assert_false(begun(s, false, NULL));
	assert_true(begun(s, false, "2126-01-01T00:00:00.000000Z"));
	right("live");
	assert_false(ended(live));
	assert_true(begun(s, true, NULL));
	assert_true(ended(live));
}

static void
one_that_was_replaced_recovers_with_its_successor(void **state)
{
	const char	*s = one(DB_QUERY(STATE, db_text("live"),
			    db_text("active")), 0);

	(void)state;
	assert_true(begun(s, true, NULL));
	(void)one(DB_QUERY(STATE, db_text("live"), db_text("replaced")), 0);
	assert_false(ended(NULL));
	(void)one(DB_QUERY(STATE, db_text("new"), db_text("active")), 0);
	assert_true(ended(NULL));
	assert_false(ended(NULL));
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(what_is_over_does_not_begin_again),
		promise(one_that_was_replaced_recovers_with_its_successor),
	};

	return run_with_endpoints(tests);
}
