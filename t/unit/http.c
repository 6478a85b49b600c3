/*
 * http: tests of lib/http.h: what a call sends, and what its reply contains.
 */
#include "t/unit/http_server.h"

#include "lib/secret.h"

#define OK	"HTTP/1.1 200 OK\r\n"

static void
answer_ok(int fd)
{
	while (hear(fd))
		say(fd, OK "Content-Length: 2\r\nX-A:  b \r\n\r\nhi");
}

static struct http_reply
get(const char *where)
{
	const struct http_request	rq = { .method = "GET", .url = where };
	struct http_reply		r;

	if (http_call(client, mem, &rq, &r) != CAL_OK)
		fail_msg("%s: %s", where, r.error);
	return r;
}

static void
a_reply_has_status_body_and_headers(void **state)
{
	struct http_reply	r;

	(void)state;
	serve(answer_ok);
	r = get(url("/a?b=c"));
	assert_int_equal(r.fate, HTTP_ANSWERED);
	assert_int_equal(r.status, 200);
	assert_string_equal(r.body, "hi");
	assert_int_equal(r.bodysz, 2);
	assert_null(r.error);
	assert_in_range(r.ms, 0, 5000);
	assert_string_equal(http_header(&r, "x-a"), "b");
	assert_null(http_header(&r, "x-b"));
	assert_int_equal(strncmp(seen->request, "GET /a?b=c HTTP/1.1\r\n", 21),
	    0);
	assert_non_null(strstr(seen->request, "User-Agent: test/1\r\n"));
}

static void
sends_a_body_as_it_is_at_once(void **state)
{
	struct http_request	rq = { .method = "POST",
				    .content_type = "application/json" };
	struct http_reply	r;
	char			body[5000];
	const char		*q = seen->request;

	(void)state;
	memset(body, 0, sizeof(body));
	body[4999] = 'z';
	serve(answer_ok);
	rq.url = url("/");
	rq.body = body;
	rq.bodysz = sizeof(body);
	assert_int_equal(http_call(client, mem, &rq, &r), CAL_OK);
	assert_int_equal(strncmp(q, "POST / HTTP/1.1\r\n", 17), 0);
	assert_non_null(strstr(q, "Content-Type: application/json\r\n"));
	assert_null(strcasestr(q, "\nExpect:"));
	assert_null(strcasestr(q, "\nAccept-Encoding:"));
	assert_memory_equal(q + seen->n - 5000, body, 5000);
}

static void
sends_each_method_as_named(void **state)
{
	static const struct {
		const char	*method, *line, *length;
	} c[] = {
		{ "DELETE", "DELETE / HTTP/1.1\r\n", NULL },
		{ "HEAD", "HEAD / HTTP/1.1\r\n", NULL },
		{ "POST", "POST / HTTP/1.1\r\n", "Content-Length: 0\r\n" },
		{ "PATCH", "PATCH / HTTP/1.1\r\n", "Content-Length: 0\r\n" },
		{ "GET", "GET / HTTP/1.1\r\n", NULL },
	};
	struct http_request	rq = { .url = NULL };
	struct http_reply	r;
	size_t			i;

	(void)state;
	serve(answer_ok);
	rq.url = url("/");
	for (i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		rq.method = c[i].method;
		assert_int_equal(http_call(client, mem, &rq, &r), CAL_OK);
		assert_int_equal(strncmp(seen->request, c[i].line,
		    strlen(c[i].line)), 0);
		assert_null(strcasestr(seen->request, "\nContent-Type:"));
		if (c[i].length == NULL)
			assert_null(strcasestr(seen->request,
			    "\nContent-Length:"));
		else
			assert_non_null(strstr(seen->request, c[i].length));
	}
}

static void
credentials_go_with_their_own_call_alone(void **state)
{
	struct http_request	rq = { .method = "GET" };
	struct http_reply	r;

	(void)state;
	serve(answer_ok);
	rq.url = url("/");
	rq.bearer = secret_from_text(mem, "tok");
	assert_int_equal(http_call(client, mem, &rq, &r), CAL_OK);
	assert_non_null(strstr(seen->request,
	    "\nAuthorization: Bearer tok\r\n"));
	rq.bearer = NULL;
	rq.basic_user = "Aladdin";
	rq.basic_password = secret_from_text(mem, "open sesame");
	assert_int_equal(http_call(client, mem, &rq, &r), CAL_OK);
	assert_non_null(strstr(seen->request, "\nAuthorization: Basic "
	    "QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"));
	(void)get(url("/"));
	assert_null(strstr(seen->request, "Authorization"));
	assert_int_equal(seen->connections, 1);
}

static void
headers_are_sent_empty_ones_too(void **state)
{
	const struct http_header	h[] = {
		{ "Accept", "application/json" }, { "X-Empty", "" },
		{ NULL, NULL },
	};
	struct http_request		rq = { .method = "GET", .headers = h };
	struct http_reply		r;

	(void)state;
	serve(answer_ok);
	rq.url = url("/");
	assert_int_equal(http_call(client, mem, &rq, &r), CAL_OK);
	assert_non_null(strstr(seen->request,
	    "\nAccept: application/json\r\n"));
	assert_null(strstr(seen->request, "*/*"));
	assert_non_null(strstr(seen->request, "\nX-Empty:\r\n"));
}

static void
the_path_is_sent_as_it_is(void **state)
{
	(void)state;
	serve(answer_ok);
	(void)get(url("/a/../b/./c"));
	assert_int_equal(strncmp(seen->request, "GET /a/../b/./c HTTP", 20),
	    0);
}

static void
fresh_takes_a_connection_of_its_own(void **state)
{
	struct http_request	rq = { .method = "GET" };
	struct http_reply	r;

	(void)state;
	serve(answer_ok);
	rq.url = url("/");
	assert_int_equal(http_call(client, mem, &rq, &r), CAL_OK);
	assert_int_equal(http_call(client, mem, &rq, &r), CAL_OK);
	assert_int_equal(seen->connections, 1);
	/*
	 * The server serves one connection at a time, so the first one has to
	 * be closed before it can accept another.
	 */
	http_free(client);
	client = http_new(&limits);
	rq.fresh = true;
	assert_int_equal(http_call(client, mem, &rq, &r), CAL_OK);
	assert_int_equal(seen->connections, 2);
	assert_int_equal(seen->requests, 3);
}

static void
answer_and_close_silently(int fd)
{
	if (hear(fd))
		say(fd, OK "Content-Length: 2\r\n\r\nhi");
}

static void
a_connection_that_died_at_rest_is_made_anew(void **state)
{
	(void)state;
	serve(answer_and_close_silently);
	(void)get(url("/"));
	(void)get(url("/"));
	assert_int_equal(seen->connections, 2);
	assert_int_equal(seen->requests, 2);
}

static void
answer_redirect(int fd)
{
	while (hear(fd))
		say(fd, "HTTP/1.1 302 Found\r\nLocation: /other\r\n"
		    "Content-Length: 0\r\n\r\n");
}

static void
a_redirect_is_an_answer_and_not_followed(void **state)
{
	struct http_reply	r;

	(void)state;
	serve(answer_redirect);
	r = get(url("/"));
	assert_int_equal(r.status, 302);
	assert_string_equal(http_header(&r, "Location"), "/other");
	assert_int_equal(seen->requests, 1);
}

static void
answer_in_steps(int fd)
{
	if (hear(fd))
		say(fd, "HTTP/1.1 100 Continue\r\nX-First: 1\r\n\r\n" OK
		    "Transfer-Encoding: chunked\r\n\r\n"
		    "3\r\nabc\r\n1\r\nd\r\n0\r\nX-Trailer: 1\r\n\r\n");
}

static void
only_the_final_replys_headers_count(void **state)
{
	struct http_reply	r;

	(void)state;
	serve(answer_in_steps);
	r = get(url("/"));
	assert_string_equal(r.body, "abcd");
	assert_null(http_header(&r, "X-First"));
	assert_null(http_header(&r, "X-Trailer"));
	assert_string_equal(http_header(&r, "transfer-encoding"), "chunked");
}

static void
the_environment_names_no_proxy_for_us(void **state)
{
	(void)state;
	serve(answer_ok);
	assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
	assert_int_equal(setenv("ALL_PROXY", "http://127.0.0.1:1", 1), 0);
	assert_int_equal(get(url("/")).status, 200);
	(void)unsetenv("http_proxy");
	(void)unsetenv("ALL_PROXY");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		called(a_reply_has_status_body_and_headers),
		called(sends_a_body_as_it_is_at_once),
		called(sends_each_method_as_named),
		called(credentials_go_with_their_own_call_alone),
		called(headers_are_sent_empty_ones_too),
		called(the_path_is_sent_as_it_is),
		called(fresh_takes_a_connection_of_its_own),
		called(a_connection_that_died_at_rest_is_made_anew),
		called(a_redirect_is_an_answer_and_not_followed),
		called(only_the_final_replys_headers_count),
		called(the_environment_names_no_proxy_for_us),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, http_start, NULL);
}
