/*
 * push_outcome: tests of app/service/push/outcome.h.
 */
#include "t/unit/helper.h"

#include "app/service/push/outcome.h"
#include "lib/arena.h"
#include "lib/http.h"
#include "lib/secret.h"
#include "lib/utf8.h"

static struct outcome
judge_whole(struct http_reply r)
{
	struct outcome	 o;

	outcome_read(mem, &r, NULL, 0, &o);
	return o;
}

static struct outcome
judge_status(int status, const char *name, const char *value)
{
	const struct http_header	 headers[] = {
		{ name, value }, { NULL, NULL }
	};

	return judge_whole((struct http_reply){ .status = status, .body = "",
	    .headers = headers });
}

static struct outcome
judge_body(const char *body, size_t n)
{
	return judge_whole((struct http_reply){ .status = 500, .body = body,
	    .bodysz = n });
}

static void
only_2xx_is_success(void **state)
{
	int	 status;

	(void)state;
	for (status = 200; status < 300; status++) {
		assert_true(judge_status(status, NULL, NULL).delivered);
		assert_null(judge_status(status, NULL, NULL).error);
	}
	for (status = 300; status < 600; status++) {
		assert_false(judge_status(status, NULL, NULL).delivered);
		assert_non_null(judge_status(status, NULL, NULL).error);
		assert_int_equal(judge_status(status, NULL, NULL).status,
		    status);
	}
}

static void
a_redirect_says_where_it_leads(void **state)
{
	struct outcome	 o;
	char		 url[4000];

	(void)state;
	o = judge_status(301, "Location", "https://a.example/hook");
	assert_string_equal(o.error, "answers 301 with Location "
	    "https://a.example/hook: give the final URL");
	o = judge_status(302, NULL, NULL);
	assert_string_equal(o.error, "answers 302, which is not a success: "
	    "give the final URL");
	memset(url, 'x', sizeof(url) - 1);
	url[sizeof(url) - 1] = '\0';
	o = judge_status(308, "location", url);
	assert_true(strlen(o.error) < 400);
	o = judge_status(308, "location", "a\xff\nb");
	assert_true(utf8_valid(o.error, strlen(o.error)));
	assert_null(strchr(o.error, '\n'));
}

static void
a_redirect_tells_no_secret_of_the_receiver(void **state)
{
	static const char *const	 cases[][2] = {
		{ "https://a.example/hook?token=xyzzy",
		    "https://a.example/hook?..." },
		{ "/hook#xyzzy", "/hook#..." },
		{ "https://me:xyzzy@a.example/hook", "https://a.example/hook" },
		{ "//xyzzy@a.example", "//a.example" },
		{ "https://a.example/@all//me@b",
		    "https://a.example/@all//me@b" },
		{ "?xyzzy", "?..." },
	};
	struct outcome			 o;
	size_t				 i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		o = judge_status(301, "Location", cases[i][0]);
		assert_string_equal(o.error, arena_printf(mem, "answers 301 "
		    "with Location %s: give the final URL", cases[i][1]));
	}
}

static void
gone_is_gone(void **state)
{
	(void)state;
	assert_true(judge_status(410, NULL, NULL).gone);
	assert_false(judge_status(404, NULL, NULL).gone);
}

static void
a_pause_is_asked_for_with_429_and_503(void **state)
{
	(void)state;
	assert_int_equal(judge_status(429, "Retry-After", "30").hold_ms,
	    30000);
	assert_int_equal(judge_status(503, "retry-after", "7").hold_ms, 7000);
	assert_int_equal(judge_status(503, "Retry-After", "0").hold_ms, 1);
	assert_int_equal(judge_status(500, "Retry-After", "30").hold_ms, 0);
	assert_int_equal(judge_status(200, "Retry-After", "30").hold_ms, 0);
	assert_int_equal(judge_status(429, "Retry-After", "soon").hold_ms, 0);
	assert_int_equal(judge_status(429, NULL, NULL).hold_ms, 0);
	assert_string_equal(judge_status(429, "Retry-After", "30").error,
	    "answers 429 and asks for a pause of 30 s");
}

static void
what_is_no_whole_answer_is_a_failure(void **state)
{
	struct http_reply	 r = { .fate = HTTP_AMBIGUOUS };
	struct outcome		 o;

	(void)state;
	r.body = "half";
	r.bodysz = strlen(r.body);
	r.error = "transfer closed with 96 bytes remaining to read";
	o = judge_whole(r);
	assert_false(o.delivered);
	assert_int_equal(o.status, 0);
	assert_string_equal(o.answer, "half");
	assert_string_equal(o.error,
	    "transfer closed with 96 bytes remaining to read");
}

static void
a_large_answer_is_a_success(void **state)
{
	char		 body[5000];
	struct outcome	 o;

	(void)state;
	memset(body, 'x', sizeof(body));
	o = judge_whole((struct http_reply){ .status = 200, .body = body,
	    .bodysz = sizeof(body), .too_large = true });
	assert_true(o.delivered);
	assert_int_equal(strlen(o.answer), 1024);
}

static void
an_answer_is_kept_as_text(void **state)
{
	char	 long_one[3000];
	size_t	 i;

	(void)state;
	assert_null(judge_body("", 0).answer);
	assert_string_equal(judge_body("no", 2).answer, "no");
	assert_string_equal(judge_body("a\xff\0b\x1b[31m", 9).answer,
	    "a\xef\xbf\xbd\xef\xbf\xbd" "b [31m");
	assert_string_equal(judge_body("\xc3\xa4", 2).answer, "\xc3\xa4");
	assert_string_equal(judge_body("\xc3", 1).answer, "\xef\xbf\xbd");
	/* It is cut between two characters. */
	for (i = 0; i < sizeof(long_one); i += 3)
		memcpy(long_one + i, "\xe2\x82\xac", 3);
	assert_int_equal(strlen(judge_body(long_one, sizeof(long_one))
	    .answer), 1023);
	/* Nothing but bytes that are no text. */
	memset(long_one, 0x80, sizeof(long_one));
	assert_true(utf8_valid(judge_body(long_one, sizeof(long_one)).answer,
	    1023));
}

static void
secrets_are_not_repeated(void **state)
{
	const struct secret	*hide[] = {
		secret_from_text(mem, "Bearer s3cr3t-token/x"),
		secret_from_text(mem, "s3cr3t-token/x"),
	};
	const struct http_header headers[] = {
		{ "Location", "https://a.example/s3cr3t-token/x" },
		{ NULL, NULL }
	};
	static const char	 body[] =
				    "{\"auth\":\"Bearer s3cr3t-token\\/x\"} "
				    "s3cr3t-token%2Fx s3cr3t-token/x";
	const struct http_reply	 r = { .status = 301, .body = body,
				    .bodysz = sizeof(body) - 1,
				    .headers = headers };
	struct outcome		 o;

	(void)state;
	outcome_read(mem, &r, hide, 2, &o);
	assert_null(strstr(o.answer, "s3cr3t"));
	assert_non_null(strstr(o.answer, "auth"));
	assert_null(strstr(o.error, "s3cr3t"));
}

/* The part of it that would stay would help to guess it. */
static void
a_secret_at_the_cut_is_not_repeated(void **state)
{
	const struct secret	*hide[] = {
		secret_from_text(mem, "0123456789abcdef"),
	};
	char			 body[1100];
	const struct http_reply	 r = { .status = 500, .body = body,
				    .bodysz = sizeof(body) };
	struct outcome		 o;
	size_t			 at;

	(void)state;
	for (at = 1000; at < 1030; at++) {
		memset(body, ' ', sizeof(body));
		memcpy(body + at, "0123456789abcdef", 16);
		outcome_read(mem, &r, hide, 1, &o);
		assert_null(strstr(o.answer, "0123"));
	}
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(only_2xx_is_success),
		promise(a_redirect_says_where_it_leads),
		promise(a_redirect_tells_no_secret_of_the_receiver),
		promise(gone_is_gone),
		promise(a_pause_is_asked_for_with_429_and_503),
		promise(what_is_no_whole_answer_is_a_failure),
		promise(a_large_answer_is_a_success),
		promise(an_answer_is_kept_as_text),
		promise(secrets_are_not_repeated),
		promise(a_secret_at_the_cut_is_not_repeated),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
