/*
 * http_check: tests of lib/http.h: calls that are refused before anything is
 * sent, because of their URL, a header or the method.
 */
#include "t/unit/http_server.h"

#include "lib/secret.h"

static struct http_reply	reply;

static void
refused(const struct http_request *rq)
{
	assert_int_equal(http_call(client, mem, rq, &reply), CAL_INVALID);
	assert_int_equal(reply.fate, HTTP_NOT_SENT);
	assert_int_equal(reply.status, 0);
	assert_string_equal(reply.body, "");
	assert_null(http_header(&reply, "X"));
	assert_null(strstr(reply.error, "hush"));
	assert_int_equal(strncmp(reply.error, "not called: ", 12), 0);
}

static void
what_is_no_url_or_not_https_is_not_called(void **state)
{
	static const char *const	bad[] = { "http://example.com/hush",
					    "ftp://127.0.0.1/", "hush",
					    "https://hush@127.0.0.1/",
					    "http://127.0.0.1/#hush",
					    "http://127.0.0.1/hu sh",
					    "http://127.1/", "" };
	struct http_request		rq = { .method = "GET" };
	size_t				i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		rq.url = bad[i];
		refused(&rq);
	}
}

static void
a_line_break_in_a_header_is_not_sent(void **state)
{
	const struct http_header	bad[][2] = {
		{ { "X", "hush\r\nY: b" }, { NULL, NULL } },
		{ { "X\nhush", "a" }, { NULL, NULL } },
	};
	struct http_request		rq = { .method = "GET",
					    .url = "http://127.0.0.1:1/" };
	size_t				i;

	(void)state;
	for (i = 0; i < 2; i++) {
		rq.headers = bad[i];
		refused(&rq);
	}
	rq.headers = NULL;
	rq.bearer = secret_from_text(mem, "hush\nb");
	refused(&rq);
	rq.bearer = NULL;
	rq.content_type = "a\r\nhush: b";
	refused(&rq);
}

static void
a_method_is_one_word_in_capitals(void **state)
{
	static const char *const	bad[] = { "GET /hush", "get", "",
					    "GET\r\n" };
	struct http_request		rq = { .url = "http://127.0.0.1:1/" };
	size_t				i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		rq.method = bad[i];
		refused(&rq);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		called(what_is_no_url_or_not_https_is_not_called),
		called(a_line_break_in_a_header_is_not_sent),
		called(a_method_is_one_word_in_capitals),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, http_start, NULL);
}
