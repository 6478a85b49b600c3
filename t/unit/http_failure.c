/*
 * http_failure: tests of lib/http.h: calls that fail.  A reply never says more
 * about the fate of its call than is known for sure.
 */
#include <poll.h>

#include "t/unit/http_server.h"

#include "lib/secret.h"

#define OK	"HTTP/1.1 200 OK\r\n"

static struct http_reply	reply;

/*
 * Makes a call whose token and body are the secret "hush" (some callers put it
 * into the URL, too); the error's text must not contain it.
 */
static enum cal_err
call(const char *where)
{
	struct http_request	rq = { .method = "POST",
				    .content_type = "text/plain",
				    .body = "hush", .bodysz = 4 };
	enum cal_err		rc;

	rq.url = where;
	rq.bearer = secret_from_text(mem, "hush");
	rq.fresh = true;
	rc = http_call(client, mem, &rq, &reply);
	assert_int_equal(rc == CAL_OK, reply.fate == HTTP_ANSWERED);
	assert_int_equal(rc == CAL_OK, reply.error == NULL);
	assert_non_null(reply.body);
	if (reply.error != NULL)
		assert_null(strstr(reply.error, "hush"));
	return rc;
}

static void
fails_as(const char *where, enum http_fate fate, const char *says)
{
	enum cal_err	rc = call(where);

	assert_int_equal(reply.status, 0);
	assert_int_equal(reply.fate, fate);
	assert_int_equal(rc, fate == HTTP_NOT_SENT ? CAL_UNAVAILABLE :
	    CAL_UPSTREAM);
	if (strstr(reply.error, says) == NULL)
		fail_msg("not \"%s\" but \"%s\"", says, reply.error);
}

static void
a_refused_connection_is_not_sent(void **state)
{
	int	fd = listen_anywhere();

	(void)state;
	(void)close(fd);
	fails_as(url("/?hush"), HTTP_NOT_SENT, "connect");
}

static void
hang(int fd)
{
	(void)fd;
	(void)pause();
}

static void
a_tls_handshake_that_hangs_is_not_sent(void **state)
{
	(void)state;
	serve(hang);
	limit(300, 5000);
	fails_as(arena_printf(mem, "https://127.0.0.1:%d/?hush", server_port),
	    HTTP_NOT_SENT, "timeout");
	assert_in_range(reply.ms, 200, 2000);
}

static void
talk_nonsense(int fd)
{
	say(fd, "220 this is not TLS\r\n");
}

static void
a_peer_that_talks_no_tls_is_not_sent(void **state)
{
	(void)state;
	serve(talk_nonsense);
	fails_as(arena_printf(mem, "https://127.0.0.1:%d/?hush", server_port),
	    HTTP_NOT_SENT, "");
}

static void
hear_and_hang(int fd)
{
	if (hear(fd))
		(void)pause();
}

static void
a_peer_that_never_answers_is_ambiguous_in_time(void **state)
{
	struct http_request	rq = { .method = "GET", .total_ms = 200 };

	(void)state;
	serve(hear_and_hang);
	limit(2000, 400);
	fails_as(url("/?hush"), HTTP_AMBIGUOUS, "timed out");
	assert_in_range(reply.ms, 300, 2000);
	stop_server();
	serve(hear_and_hang);
	limit(2000, 20000);	/* the call's own limit is lower */
	rq.url = url("/");
	assert_int_equal(http_call(client, mem, &rq, &reply), CAL_UPSTREAM);
	assert_in_range(reply.ms, 150, 10000);
}

static void
a_peer_that_falls_silent_is_given_up_half_way(void **state)
{
	(void)state;
	serve(hear_and_hang);
	limit(2000, 4000);
	fails_as(url("/?hush"), HTTP_AMBIGUOUS, "too slow");
	assert_in_range(reply.ms, 1500, 3900);
}

static void
answer_after_silence(int fd)
{
	if (!hear(fd))
		return;
	(void)poll(NULL, 0, 2500);
	say(fd, OK "Content-Length: 2\r\n\r\no");
	(void)poll(NULL, 0, 500);
	say(fd, "k");
}

static void
a_patient_call_waits_out_silence_to_its_end(void **state)
{
	struct http_request	rq = { .method = "GET", .patient = true };

	(void)state;
	serve(answer_after_silence);
	limit(2000, 4000);
	rq.url = url("/");
	assert_int_equal(http_call(client, mem, &rq, &reply), CAL_OK);
	assert_string_equal(reply.body, "ok");
}

static void
hear_and_close(int fd)
{
	(void)hear(fd);
}

static void
a_peer_that_hangs_up_is_ambiguous_and_asked_once(void **state)
{
	(void)state;
	serve(hear_and_close);
	fails_as(url("/?hush"), HTTP_AMBIGUOUS, "mpty reply");
	assert_int_equal(seen->requests, 1);
}

static void
cut_head(int fd)
{
	if (hear(fd))
		say(fd, OK "Content-Le");
}

static void
say_continue(int fd)
{
	if (hear(fd))
		say(fd, "HTTP/1.1 100 Continue\r\n\r\n");
}

static void
a_reply_without_the_end_of_its_head_is_ambiguous(void **state)
{
	(void)state;
	serve(cut_head);
	fails_as(url("/?hush"), HTTP_AMBIGUOUS, "ended before its body");
	stop_server();
	serve(say_continue);
	fails_as(url("/?hush"), HTTP_AMBIGUOUS, "mpty reply");
}

static void
cut(int fd)
{
	if (hear(fd))
		say(fd, OK "Content-Length: 10\r\n\r\nabc");
}

static void
a_reply_cut_short_is_ambiguous_with_what_came(void **state)
{
	(void)state;
	serve(cut);
	fails_as(url("/?hush"), HTTP_AMBIGUOUS, "closed with");
	assert_string_equal(reply.body, "abc");
	assert_int_equal(reply.bodysz, 3);
}

static void
cut_chunked(int fd)
{
	if (hear(fd))
		say(fd, OK "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
}

static void
a_chunked_reply_without_its_end_is_ambiguous(void **state)
{
	(void)state;
	serve(cut_chunked);
	fails_as(url("/"), HTTP_AMBIGUOUS, "");
}

static void
talk_for_ever(int fd)
{
	char	block[1024];

	memset(block, 'x', sizeof(block) - 1);
	block[sizeof(block) - 1] = '\0';
	if (!hear(fd))
		return;
	say(fd, OK "\r\n");
	while (send(fd, block, sizeof(block), MSG_NOSIGNAL) > 0)
		;
}

static void
a_reply_over_its_cap_is_ambiguous(void **state)
{
	(void)state;
	serve(talk_for_ever);
	fails_as(url("/"), HTTP_AMBIGUOUS, "over 4096 bytes in the reply");
	assert_in_range(reply.bodysz, 0, 4096);
}

static void
send_headers_for_ever(int fd)
{
	if (!hear(fd))
		return;
	say(fd, OK);
	while (send(fd, "A: b\r\n", 6, MSG_NOSIGNAL) > 0)
		;
}

static void
continue_for_ever(int fd)
{
	static const char	head[] = "HTTP/1.1 100 Continue\r\n"
				    "A: b\r\n\r\n";

	if (!hear(fd))
		return;
	while (send(fd, head, sizeof(head) - 1, MSG_NOSIGNAL) > 0)
		;
}

static void
headers_without_end_are_ambiguous(void **state)
{
	(void)state;
	serve(send_headers_for_ever);
	fails_as(url("/"), HTTP_AMBIGUOUS, "more than 100 headers");
	stop_server();
	serve(continue_for_ever);
	fails_as(url("/"), HTTP_AMBIGUOUS, "over 64 KiB of headers");
}

static void
talk_no_http(int fd)
{
	if (hear(fd))
		say(fd, "hello there\r\n");
}

static void
what_is_not_http_is_ambiguous(void **state)
{
	(void)state;
	serve(talk_no_http);
	fails_as(url("/"), HTTP_AMBIGUOUS, "");
}

static void
a_failure_does_not_colour_the_next_call(void **state)
{
	(void)state;
	serve(hear_and_close);
	fails_as(url("/"), HTTP_AMBIGUOUS, "");
	stop_server();
	fails_as(url("/"), HTTP_NOT_SENT, "connect");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		called(a_refused_connection_is_not_sent),
		called(a_tls_handshake_that_hangs_is_not_sent),
		called(a_peer_that_talks_no_tls_is_not_sent),
		called(a_peer_that_never_answers_is_ambiguous_in_time),
		called(a_peer_that_falls_silent_is_given_up_half_way),
		called(a_patient_call_waits_out_silence_to_its_end),
		called(a_peer_that_hangs_up_is_ambiguous_and_asked_once),
		called(a_reply_without_the_end_of_its_head_is_ambiguous),
		called(a_reply_cut_short_is_ambiguous_with_what_came),
		called(a_chunked_reply_without_its_end_is_ambiguous),
		called(a_reply_over_its_cap_is_ambiguous),
		called(headers_without_end_are_ambiguous),
		called(what_is_not_http_is_ambiguous),
		called(a_failure_does_not_colour_the_next_call),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, http_start, NULL);
}
