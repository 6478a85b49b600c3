/*
 * event_kind: tests of app/domain/event_kind.h, the table of the kinds of
 * Calendly's events.
 */
#include "t/unit/helper.h"

#include <stdbool.h>
#include <string.h>

#include "app/domain/event_kind.h"

static const char *const	families[] = { EVENT_FAMILIES, NULL };

static bool
is_family(const char *word, size_t n)
{
	size_t	 i;

	for (i = 0; families[i] != NULL; i++)
		if (strlen(families[i]) == n &&
		    memcmp(families[i], word, n) == 0)
			return true;
	return false;
}

static void
each_kind_is_there_once_and_found(void **state)
{
	const struct event_kind	*k;

	(void)state;
	for (k = event_kinds; k->name != NULL; k++)
		assert_ptr_equal(event_kind_find(k->name, strlen(k->name)),
		    k);
	assert_null(event_kind_find("invitee.created ", 16));
	assert_null(event_kind_find("invitee.create", 14));
	assert_null(event_kind_find("", 0));
}

static void
each_kind_is_of_a_family_that_metrics_count(void **state)
{
	const struct event_kind	*k;

	(void)state;
	for (k = event_kinds; k->name != NULL; k++)
		assert_true(is_family(k->name, strcspn(k->name, ".")));
}

static void
what_is_updated_says_when(void **state)
{
	const struct event_kind	*k;

	(void)state;
	for (k = event_kinds; k->name != NULL; k++)
		assert_int_equal(k->apart == APART_UPDATED,
		    k->updated_at != NULL);
}

static void
each_kind_is_about_what_its_row_says(void **state)
{
	const struct event_kind	*k;

	(void)state;
	for (k = event_kinds; k->name != NULL; k++)
		assert_int_equal(event_kind_about(k->name), k->about);
}

static void
only_invitees_and_recaps_are_about_meetings(void **state)
{
	(void)state;
	assert_int_equal(event_kind_about("invitee.created"), ABOUT_INVITEE);
	assert_int_equal(event_kind_about("invitee_no_show.deleted"),
	    ABOUT_INVITEE);
	assert_int_equal(event_kind_about("meeting_recap.updated"),
	    ABOUT_MEETING);
	assert_int_equal(event_kind_about("event_type.created"),
	    ABOUT_NO_MEETING);
}

static void
an_unknown_kind_is_about_what_its_family_is_about(void **state)
{
	(void)state;
	assert_int_equal(event_kind_about("invitee.updated"), ABOUT_INVITEE);
	assert_int_equal(event_kind_about("invitees.created"),
	    ABOUT_NO_MEETING);
	assert_int_equal(event_kind_about("invitee"), ABOUT_NO_MEETING);
	assert_int_equal(event_kind_about(""), ABOUT_NO_MEETING);
	assert_int_equal(event_kind_about(NULL), ABOUT_NO_MEETING);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(each_kind_is_there_once_and_found),
		promise(each_kind_is_of_a_family_that_metrics_count),
		promise(what_is_updated_says_when),
		promise(each_kind_is_about_what_its_row_says),
		promise(only_invitees_and_recaps_are_about_meetings),
		promise(an_unknown_kind_is_about_what_its_family_is_about),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
