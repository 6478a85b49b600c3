/* Tests of pools: how many processes fit a machine. */
#include "t/unit/helper.h"

#include "app/settings/pools.h"
#include "app/settings/settings.h"

static struct settings
chosen_for(long processors)
{
	struct settings	 s = {
		.app_workers = CONF_AUTO, .ingest_workers = CONF_AUTO,
		.runners = CONF_AUTO, .pushers = CONF_AUTO,
	};

	pools_choose_for(&s, processors);
	return s;
}

static void
what_is_automatic_fits_the_processors(void **state)
{
	static const struct {
		long	 processors, app, ingest, runners, pushers;
	} c[] = {
		{ 1, 8, 1, 2, 1 },
		{ 2, 8, 1, 2, 1 },
		{ 4, 16, 2, 2, 1 },
		{ 6, 24, 3, 3, 1 },
		{ 8, 24, 4, 4, 2 },
		{ 1024, 24, 8, 4, 2 },
	};
	struct settings	 s;
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		s = chosen_for(c[i].processors);
		assert_int_equal(s.app_workers, c[i].app);
		assert_int_equal(s.ingest_workers, c[i].ingest);
		assert_int_equal(s.runners, c[i].runners);
		assert_int_equal(s.pushers, c[i].pushers);
	}
}

static void
what_is_given_stays(void **state)
{
	struct settings	 s = {
		.app_workers = 1, .ingest_workers = CONF_AUTO,
		.runners = 0, .pushers = 16,
	};

	(void)state;
	pools_choose_for(&s, 4);
	assert_int_equal(s.app_workers, 1);
	assert_int_equal(s.ingest_workers, 2);
	assert_int_equal(s.runners, 0);
	assert_int_equal(s.pushers, 16);
}

static void
this_machine_has_processors(void **state)
{
	struct settings	 s = { .app_workers = CONF_AUTO };

	(void)state;
	pools_choose(&s);
	assert_in_range(s.app_workers, 8, 24);
	assert_non_null(strstr(pools_words(mem, &s), " app workers, "));
	assert_null(strstr(pools_words(mem, &s), " on 0 processors"));
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(what_is_automatic_fits_the_processors),
		promise(what_is_given_stays),
		promise(this_machine_has_processors),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
