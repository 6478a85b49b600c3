/*
 * limit: what is read from Calendly's headers about its rate limit, in all the
 * forms that they may come in.
 */
#include "t/unit/helper.h"

#include "app/calendly/limit.h"
#include "lib/http.h"

enum { NO = LIMIT_UNSAID };

#define DATE	"Sun, 06 Nov 2026 08:49:30 GMT"

/* The headers' values; NULL: the header does not come. */
struct headers {
	const char	*limit, *left, *reset, *retry, *date;
};

static struct limit_said
said(int status, struct headers h)
{
	const struct http_header	 all[] = {
		{ "X-RateLimit-Limit", h.limit },
		{ "X-RateLimit-Remaining", h.left },
		{ "X-RateLimit-Reset", h.reset },
		{ "Retry-After", h.retry },
		{ "Date", h.date },
	};
	struct http_header		 came[6] = { { NULL, NULL } };
	struct http_reply		 r = { .status = status };
	struct limit_said		 l;
	size_t				 i, n = 0;

	for (i = 0; i < 5; i++)
		if (all[i].value != NULL)
			came[n++] = all[i];
	r.headers = came;
	limit_read(&r, &l);
	return l;
}

/* What a success with these headers says. */
static struct limit_said
ok_said(const char *limit, const char *left, const char *reset)
{
	return said(200, (struct headers){ limit, left, reset, NULL, NULL });
}

static void
reads_what_calendly_says(void **state)
{
	const struct limit_said	 l = ok_said("500", "499", "60");

	(void)state;
	assert_int_equal(l.calls, 500);
	assert_int_equal(l.left, 499);
	assert_int_equal(l.reset, 60);
	assert_int_equal(l.pause, 0);
}

static void
what_is_not_understood_is_not_said(void **state)
{
	static const char *const	odd[] = {
		NULL, "", "-1", "+5", "soon", "5 ", "1e3", "0x10", "5,5", "5.",
		".5", "5.5.5", "5.x", DATE, "1764420000",
		"99999999999999999999999999", "NaN", "\xd9\xa1",
	};
	struct limit_said		 l;
	size_t				 i;

	(void)state;
	for (i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		l = ok_said(odd[i], odd[i], odd[i]);
		assert_int_equal(l.calls, NO);
		assert_int_equal(l.left, NO);
		assert_int_equal(l.reset, NO);
		assert_int_equal(l.pause, 0);
	}
}

static void
a_fraction_is_rounded_up(void **state)
{
	const struct limit_said	 l = ok_said("50.0", "7.25", "59.001");

	(void)state;
	assert_int_equal(l.calls, 50);
	assert_int_equal(l.left, 8);
	assert_int_equal(l.reset, 60);
}

static void
no_limit_is_0_and_no_window_is_long(void **state)
{
	const struct limit_said	 l = ok_said("0", "3", "3601");

	(void)state;
	assert_int_equal(l.calls, NO);
	assert_int_equal(l.left, 3);
	assert_int_equal(l.reset, NO);
}

/* Expects this pause after a reply with these headers. */
static void
pauses(long pause, int status, const char *left, const char *reset,
    const char *retry, const char *date)
{
	assert_int_equal(said(status, (struct headers){ "500", left, reset,
	    retry, date }).pause, pause);
}

static void
the_last_call_and_a_429_ask_for_a_pause(void **state)
{
	(void)state;
	pauses(0, 200, "1", "37", NULL, NULL);
	pauses(37, 200, "0", "37", NULL, NULL);
	pauses(0, 200, "0", NULL, NULL, NULL);
	pauses(0, 200, NULL, "37", NULL, NULL);
	pauses(1, 200, "0", "0", NULL, NULL);
	pauses(37, 429, NULL, "37", NULL, NULL);
	pauses(5, 429, "0", "37", "5", NULL);
	pauses(37, 429, "0", "37", "soon", NULL);
	pauses(10, 429, "0", "soon", "soon", NULL);
	pauses(1, 429, "0", "37", "0", NULL);
	pauses(120, 429, "0", "37", "86400", NULL);
	pauses(120, 429, "0", "3600", NULL, NULL);
}

static void
retry_after_may_be_a_date(void **state)
{
	(void)state;
	pauses(7, 429, "0", "37", "Sun, 06 Nov 2026 08:49:37 GMT", DATE);
	pauses(7, 429, "0", "37", "Sunday, 06-Nov-26 08:49:37 GMT", DATE);
	pauses(7, 429, "0", "37", "Sun Nov  6 08:49:37 2026", DATE);
	pauses(1, 429, "0", "37", DATE, DATE);
	pauses(1, 429, "0", "37", "Sun, 06 Nov 1994 08:49:37 GMT", NULL);
	pauses(120, 429, "0", "37", "Sun, 06 Nov 2033 08:49:37 GMT", DATE);
	pauses(37, 429, "0", "37", "Sun, 06 Nov 2026 08:49:37 CET", DATE);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(reads_what_calendly_says),
		promise(what_is_not_understood_is_not_said),
		promise(a_fraction_is_rounded_up),
		promise(no_limit_is_0_and_no_window_is_long),
		promise(the_last_call_and_a_429_ask_for_a_pause),
		promise(retry_after_may_be_a_date),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
