/*
 * req: tests of lib/req.h: reading and answering requests, which a tiny web
 * server sends.
 */
#include "t/unit/req_world.h"

static void
tells_what_was_asked(void **state)
{
	const char *const	 params[] = { "REQUEST_METHOD", "GET",
		"PATH_INFO", "/v1/events", "QUERY_STRING", "a=1&b=x%20y&c=%zz",
		"REQUEST_ID", "abc-1", "CONTENT_LENGTH", "",
		"HTTP_COOKIE", "aa=1; a=2; b=; a=3", NULL };
	int			 fd = take(params, "");

	(void)state;
	assert_string_equal(r.method, "GET");
	assert_false(r.head);
	assert_string_equal(r.path, "/v1/events");
	assert_string_equal(r.id, "abc-1");
	assert_int_equal(r.length, 0);
	assert_string_equal(req_query(&r, "b"), "x y");
	assert_null(req_query(&r, "c"));
	assert_null(req_query(&r, "d"));
	assert_string_equal(req_cookie(&r, "a"), "2");
	assert_string_equal(req_cookie(&r, "b"), "");
	assert_null(req_cookie(&r, "c"));
	assert_null(req_param(&r, "HTTP_ORIGIN"));
	(void)finish(fd);
}

static void
tells_cookies_whose_names_begin_alike(void **state)
{
	const char *const	 params[] = { "HTTP_COOKIE",
		"cal=0; cal-b=1; x=cal-c=2; cal-a=3;cal-=4; cal-d", NULL };
	int			 fd = take(params, "");

	(void)state;
	assert_string_equal(req_cookie_nth(&r, "cal-", 0), "b");
	assert_string_equal(req_cookie_nth(&r, "cal-", 1), "a");
	assert_string_equal(req_cookie_nth(&r, "cal-", 2), "");
	assert_null(req_cookie_nth(&r, "cal-", 3));
	assert_null(req_cookie_nth(&r, "dal-", 0));
	(void)finish(fd);
}

static void
makes_an_id_where_the_given_one_could_forge_a_line(void **state)
{
	const char *const	 params[] = { "REQUEST_ID", "a\nb", NULL };
	int			 fd = take(params, "");

	(void)state;
	assert_int_equal(strlen(r.id), CRYPTO_UUIDSZ);
	(void)finish(fd);
}

static void
answers_with_status_headers_and_body(void **state)
{
	static const char	 expected[] =
	    "Status: 201\r\nx-one: 2\r\n"
	    "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
	    "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";
	int			 fd = take(get, "");

	(void)state;
	req_header(&r, "X-One", "1");
	req_header(&r, "x-one", "2");
	req_header(&r, "Set-Cookie", "a=1");
	req_header(&r, "Set-Cookie", "b=2");
	req_answer(&r, 201, "text/plain", "hello", 5);
	assert_string_equal(finish(fd), expected);
}

static void
a_header_with_a_line_break_is_not_sent(void **state)
{
	int	 fd = take(get, "");

	(void)state;
	req_header(&r, "Location", "https://x/\r\nSet-Cookie: a=1");
	req_answer(&r, 204, NULL, NULL, 0);
	assert_string_equal(finish(fd), "Status: 204\r\n\r\n");
}

static void
head_gets_the_headers_alone(void **state)
{
	static const char	 expected[] = "Status: 200\r\n"
	    "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\n";
	const char *const	 params[] = { "REQUEST_METHOD", "HEAD", NULL };
	int			 fd = take(params, "");

	(void)state;
	assert_true(r.head);
	req_answer(&r, 200, "text/plain", "hello", 5);
	assert_string_equal(finish(fd), expected);
}

static void
redirects_are_not_cached(void **state)
{
	static const char	 expected[] = "Status: 303\r\n"
	    "Location: https://example.com/\r\n"
	    "Cache-Control: no-store\r\n\r\n";
	int			 fd = take(get, "");

	(void)state;
	req_redirect(&r, "https://example.com/");
	assert_string_equal(finish(fd), expected);
}

static void
what_was_not_answered_is_a_500(void **state)
{
	(void)state;
	assert_string_equal(finish(take(get, "")), "Status: 500\r\n\r\n");
}

static void
reads_the_body_whole(void **state)
{
	static char		 body[100001];
	const char *const	 params[] = { "REQUEST_METHOD", "POST",
		"CONTENT_LENGTH", "100000", NULL };
	struct bytes		 got;
	int			 fd;

	(void)state;
	memset(body, 'x', sizeof(body) - 1);
	fd = take(params, body);
	assert_int_equal(req_body(&r, 100000, &got), CAL_OK);
	assert_int_equal(got.n, 100000);
	assert_string_equal(got.p, body);
	(void)finish(fd);
}

static void
refuses_a_body_over_the_bound(void **state)
{
	const char *const	 params[] = { "REQUEST_METHOD", "POST",
		"CONTENT_LENGTH", "6", NULL };
	struct bytes		 got;
	int			 fd = take(params, "123456");

	(void)state;
	assert_int_equal(req_body(&r, 5, &got), CAL_TOOLARGE);
	assert_string_equal(r.code, "too_large");
	assert_null(got.p);
	(void)finish(fd);
}

static void
a_body_cut_short_is_not_a_body(void **state)
{
	const char *const	 params[] = { "REQUEST_METHOD", "POST",
		"CONTENT_LENGTH", "10", NULL };
	struct bytes		 got;
	int			 fd = take(params, "123");

	(void)state;
	assert_int_equal(req_body(&r, 100, &got), CAL_UNAVAILABLE);
	assert_true(r.client_gone);
	(void)finish(fd);
}

static void
a_length_that_is_no_number_is_refused(void **state)
{
	static const char *const	 bad[] = { "-1", "1x", " 1",
		"99999999999999999999", NULL };
	struct bytes			 got;
	size_t				 i;
	int				 fd;

	(void)state;
	for (i = 0; bad[i] != NULL; i++) {
		const char *const	 params[] = { "REQUEST_METHOD", "POST",
			"CONTENT_LENGTH", bad[i], NULL };

		fd = take(params, "1");
		assert_int_equal(r.length, -1);
		assert_int_equal(req_body(&r, 100, &got), CAL_INVALID);
		(void)finish(fd);
	}
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(tells_what_was_asked),
		cmocka_unit_test(tells_cookies_whose_names_begin_alike),
		cmocka_unit_test(
		    makes_an_id_where_the_given_one_could_forge_a_line),
		cmocka_unit_test(answers_with_status_headers_and_body),
		cmocka_unit_test(a_header_with_a_line_break_is_not_sent),
		cmocka_unit_test(head_gets_the_headers_alone),
		cmocka_unit_test(redirects_are_not_cached),
		cmocka_unit_test(what_was_not_answered_is_a_500),
		cmocka_unit_test(reads_the_body_whole),
		cmocka_unit_test(refuses_a_body_over_the_bound),
		cmocka_unit_test(a_body_cut_short_is_not_a_body),
		cmocka_unit_test(a_length_that_is_no_number_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, open_queue, close_queue);
}
