/*
 * The promises of lib/names.h, app/domain/status.h and app/domain/job_kind.h.
 */
#include "t/unit/helper.h"

#include <stdbool.h>
#include <string.h>

#include "app/domain/job_kind.h"
#include "app/domain/status.h"

static const struct names *const	tables[] = {
	&connection_status_names, &connection_reason_names,
	&capability_names, &grant_status_names, &grant_trouble_names,
	&endpoint_state_names, &subscription_state_names,
	&subscription_trouble_names, &webhook_state_names,
	&webhook_failure_names, &session_status_names,
	&session_result_names, &event_source_names, &event_outcome_names,
	&delivery_state_names, &job_state_names, &meeting_status_names,
	&check_result_names, &job_kind_names,
};
enum { TABLES = sizeof(tables) / sizeof(tables[0]) };

/* So a value that somebody adds to an enum alone is found. */
static void
every_value_but_none_has_a_name_and_is_found_by_it(void **state)
{
	const char	*name;
	unsigned	 i, value, found;

	(void)state;
	for (i = 0; i < TABLES; i++)
		for (value = 1; value < tables[i]->n; value++) {
			name = names_at(tables[i], value);
			assert_non_null(name);
			assert_true(names_find(tables[i], name, &found));
			assert_int_equal(found, value);
		}
}

static void
none_is_null(void **state)
{
	unsigned	 i, value = 1;

	(void)state;
	for (i = 0; i < TABLES; i++) {
		assert_null(names_at(tables[i], 0));
		assert_true(names_find(tables[i], NULL, &value));
		assert_int_equal(value, 0);
	}
}

static void
what_is_almost_a_name_is_none(void **state)
{
	static const char *const	 odd[] = {
		"", "connecte", "connectedd", " connected", "CONNECTED",
	};
	unsigned			 i, value = 1;

	(void)state;
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		assert_false(names_find(&connection_status_names, odd[i],
		    &value));
		assert_int_equal(value, 0);
	}
}

static void
a_name_is_of_its_own_enum(void **state)
{
	(void)state;
	assert_string_equal(connection_status_name(CONNECTION_CONNECTED),
	    "connected");
	assert_string_equal(session_result_name(RESULT_CONNECTED),
	    "connected");
	assert_string_equal(grant_status_name(GRANT_NEEDS_REAUTH),
	    "needs_reauth");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(every_value_but_none_has_a_name_and_is_found_by_it),
		promise(none_is_null),
		promise(what_is_almost_a_name_is_none),
		promise(a_name_is_of_its_own_enum),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
