/*
 * accept: tests of lib/accept.h, which tells from a client's Accept header how
 * much it wants a media type.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/accept.h"

#define HTML	"text/html"

static const char	firefox[] = "text/html,application/xhtml+xml,"
    "application/xml;q=0.9,*/*;q=0.8";

static void
who_says_nothing_takes_anything(void **state)
{
	(void)state;
	assert_int_equal(accept_weight(NULL, HTML), 1000);
	assert_int_equal(accept_weight("*/*", HTML), 1000);
	assert_int_equal(accept_weight("", HTML), 0);
}

static void
what_is_not_named_is_not_wanted(void **state)
{
	(void)state;
	assert_int_equal(accept_weight("application/json", HTML), 0);
	assert_int_equal(accept_weight("text/htm", HTML), 0);
	assert_int_equal(accept_weight("text/html2", HTML), 0);
	assert_int_equal(accept_weight("text/*", HTML), 1000);
	assert_int_equal(accept_weight("texts/*", HTML), 0);
	assert_int_equal(accept_weight("*/html", HTML), 0);
}

static void
a_browser_prefers_pages(void **state)
{
	(void)state;
	assert_int_equal(accept_weight(firefox, HTML), 1000);
	assert_int_equal(accept_weight(firefox, "application/json"), 800);
}

static void
the_closest_range_counts_wherever_it_stands(void **state)
{
	(void)state;
	assert_int_equal(accept_weight("*/*, text/*;q=0.5, text/html;q=0.1",
	    HTML), 100);
	assert_int_equal(accept_weight("text/html;q=0.1, text/*;q=0.5, */*",
	    HTML), 100);
	assert_int_equal(accept_weight("*/*, text/html;q=0", HTML), 0);
}

static void
weights_have_up_to_three_digits(void **state)
{
	(void)state;
	assert_int_equal(accept_weight("text/html;q=0.123", HTML), 123);
	assert_int_equal(accept_weight("text/html;q=0.12", HTML), 120);
	assert_int_equal(accept_weight("text/html;q=0.", HTML), 0);
	assert_int_equal(accept_weight("text/html;q=1.000", HTML), 1000);
	assert_int_equal(accept_weight("TEXT/HTML ; Q=0.3", HTML), 300);
	assert_int_equal(accept_weight(" text/html;level=1;q=0.7 , x", HTML),
	    700);
}

/*
 * A range whose q value is malformed is skipped, and the other ranges still
 * count.
 */
static void
what_makes_no_sense_does_not_count(void **state)
{
	static const char *const	 odd[] = { "2", "1.001", "0.1234",
		"-1", "0,5", "x", "", "0.x", "00", "1x", NULL };
	char				 text[64];
	size_t				 i;

	(void)state;
	for (i = 0; odd[i] != NULL; i++) {
		(void)strcpy(text, "*/*;q=0.2, text/html;q=");
		(void)strcat(text, odd[i]);
		/*
		 * The comma splits "0,5" into q=0 and an element "5", which is
		 * no media range and is skipped.
		 */
		assert_int_equal(accept_weight(text, HTML),
		    strcmp(odd[i], "0,5") == 0 ? 0 : 200);
	}
	assert_int_equal(accept_weight(",,;,;q=1,text/html", HTML), 1000);
	assert_int_equal(accept_weight(";;;q", HTML), 0);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(who_says_nothing_takes_anything),
		cmocka_unit_test(what_is_not_named_is_not_wanted),
		cmocka_unit_test(a_browser_prefers_pages),
		cmocka_unit_test(the_closest_range_counts_wherever_it_stands),
		cmocka_unit_test(weights_have_up_to_three_digits),
		cmocka_unit_test(what_makes_no_sense_does_not_count),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
