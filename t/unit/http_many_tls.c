/*
 * http_many_tls: tests of lib/http_many.h: TLS and HTTP/2, with nginx, whose
 * answers tell the protocol, the connection, and whether its TLS session was
 * resumed.
 */
#include "t/unit/certificate.h"
#include "t/unit/many_server.h"

/* nginx's servers, each on a port of its own. */
enum server {
	BOTH,		/* HTTP/2 and HTTP/1.1 */
	FEW,		/* the same, with ten requests on a connection */
	OLD,		/* HTTP/1.1 */
	BRIEF,		/* the same, with one request on a connection */
	SERVERS
};

enum { CALLS = 60, LONG = 4 << 20 };

static int	holders[SERVERS];	/* sockets that hold the ports */
static int	ports[SERVERS];

static const char	*const listens[SERVERS] = {
	[BOTH] = "reuseport ssl http2; keepalive_requests 1000;",
	[FEW] = "reuseport ssl http2; keepalive_requests 10;",
	[OLD] = "reuseport ssl;",
	[BRIEF] = "reuseport ssl; keepalive_timeout 0;",
};

static const char	*
path_in_dir(const char *name)
{
	return arena_printf(mem, "%s/%s", dir, name);
}

static void
write_configuration(void)
{
	static const char *const	modules[] = { "client_body", "proxy",
					    "fastcgi", "uwsgi", "scgi" };
	FILE				*f = fopen(path_in_dir("conf"), "w");
	size_t				 i;

	assert_non_null(f);
	(void)fprintf(f, "daemon off; master_process off; pid %s/pid;\n"
	    "error_log /dev/null; events { worker_connections 512; }\n"
	    "http { access_log off;\n", dir);
	(void)fprintf(f, "ssl_certificate %s; ssl_certificate_key %s;\n"
	    "ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:s:1m;\n",
	    cert, key);
	for (i = 0; i < 5; i++)
		(void)fprintf(f, "%s_temp_path %s/tmp;\n", modules[i], dir);
	for (i = 0; i < SERVERS; i++)
		(void)fprintf(f, "server { listen 127.0.0.1:%d %s location / "
		    "{ return 200 \"$server_protocol $connection "
		    "$ssl_session_reused\"; } "
		    "add_header connection-number $connection; }\n",
		    ports[i], listens[i]);
	(void)fprintf(f, "}\n");
	assert_int_equal(fclose(f), 0);
}

/* Returns a socket that holds a port for a server to listen on. */
static int
hold_port(int *port)
{
	struct sockaddr_in	 sin = { .sin_family = AF_INET };
	socklen_t		 len = sizeof(sin);
	int			 yes = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes,
	    sizeof(yes)), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&sin, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sin, &len), 0);
	*port = ntohs(sin.sin_port);
	return fd;
}

static void
await_listener(int port)
{
	const int64_t		 until = clock_ms() + 60 * 1000;
	struct sockaddr_in	 sin = { .sin_family = AF_INET };
	int			 fd, rc;

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sin.sin_port = htons((uint16_t)port);
	do {
		fd = socket(AF_INET, SOCK_STREAM, 0);
		rc = connect(fd, (struct sockaddr *)&sin, sizeof(sin));
		(void)close(fd);
		if (rc != 0)
			(void)poll(NULL, 0, 10);
	} while (rc != 0 && clock_ms() < until);
	assert_int_equal(rc, 0);
}

static void
nginx_start(void)
{
	pid_t	 test = getpid();
	int	 i;

	if ((server = fork()) == 0) {
		end_with(test);
		(void)execlp("nginx", "nginx", "-e", "/dev/null", "-c",
		    path_in_dir("conf"), (char *)NULL);
		_exit(127);
	}
	assert_int_not_equal(server, -1);
	for (i = 0; i < SERVERS; i++)
		await_listener(ports[i]);
}

static int
nginx_setup(void **state)
{
	const int	 rc = many_setup(state);
	int		 i;

	make_certificate("IP:127.0.0.1");
	for (i = 0; i < SERVERS; i++)
		holders[i] = hold_port(&ports[i]);
	write_configuration();
	nginx_start();
	limits.ca_file = cert;
	many_renew();
	return rc;
}

static int
nginx_teardown(void **state)
{
	int	 i;

	(void)unlink(path_in_dir("conf"));
	(void)unlink(path_in_dir("pid"));
	(void)rmdir(path_in_dir("tmp"));
	for (i = 0; i < SERVERS; i++)
		(void)close(holders[i]);
	return many_teardown(state);
}

static struct one *
begin_to(enum server s)
{
	return begin_in(mem, arena_printf(mem, "https://127.0.0.1:%d/",
	    ports[s]));
}

/* Makes a call and expects its answer to begin so; returns it. */
static const char *
answer_of(enum server s, const char *protocol)
{
	struct one	*o = begin_to(s);

	turn_until_landed();
	if (o->rc != CAL_OK)
		fail_msg("%s", o->reply.error);
	assert_int_equal(o->reply.status, 200);
	assert_memory_equal(o->reply.body, protocol, strlen(protocol));
	return o->reply.body;
}

static void
begin_all(struct one **o, enum server s)
{
	int	 i;

	for (i = 0; i < CALLS; i++)
		o[i] = begin_to(s);
	turn_until_landed();
}

/* Makes many calls at once; returns how many connections they used. */
static int
connections_for(enum server s, const char *protocol)
{
	struct one	*o[CALLS];
	int		 i, k, n = 0;

	begin_all(o, s);
	for (i = 0; i < CALLS; i++) {
		if (o[i]->rc != CAL_OK)
			fail_msg("%s", o[i]->reply.error);
		assert_memory_equal(o[i]->reply.body, protocol,
		    strlen(protocol));
		for (k = 0; k < i && strcmp(o[k]->reply.body,
		    o[i]->reply.body) != 0; k++)
			;
		n += k == i;
	}
	return n;
}

static void
calls_to_a_peer_share_a_connection(void **state)
{
	(void)state;
	assert_int_equal(connections_for(BOTH, "HTTP/2.0 "), 1);
	assert_int_equal(connections_for(BOTH, "HTTP/2.0 "), 1);
	assert_string_equal(answer_of(BOTH, "HTTP/2.0 "),
	    answer_of(BOTH, "HTTP/2.0 "));
}

static void
a_peer_without_it_is_asked_the_old_way(void **state)
{
	(void)state;
	assert_string_equal(answer_of(OLD, "HTTP/1.1 "),
	    answer_of(OLD, "HTTP/1.1 "));
	assert_in_range(connections_for(OLD, "HTTP/1.1 "), 1, CALLS);
}

/*
 * A reply may be cut when the peer ends the connection at that moment: libcurl
 * 7.88 then gives its headers alone.  A push is sent again for that; but none
 * may fail because its connection was at its end before it was sent.
 */
static bool
is_whole(const struct one *o)
{
	if (o->rc == CAL_OK) {
		assert_memory_equal(o->reply.body, "HTTP/2.0 ", 9);
		return true;
	}
	if (o->reply.fate == HTTP_AMBIGUOUS && http_header(&o->reply,
	    "connection-number") != NULL)
		return false;
	fail_msg("%s", o->reply.error);
	return false;
}

static void
a_peer_that_ends_connections_makes_no_failure(void **state)
{
	struct one	*o[CALLS];
	int		 i, k, cut = 0;

	(void)state;
	for (i = 0; i < 5; i++) {
		begin_all(o, FEW);
		for (k = 0; k < CALLS; k++)
			cut += !is_whole(o[k]);
	}
	assert_in_range(cut, 0, CALLS / 10);
	for (i = 0; i < 50; i++)
		(void)answer_of(FEW, "HTTP/2.0 ");
}

static void
a_peer_that_comes_back_is_called_again(void **state)
{
	int	 i;

	(void)state;
	(void)answer_of(BOTH, "HTTP/2.0 ");
	(void)answer_of(OLD, "HTTP/1.1 ");
	for (i = 0; i < 3; i++) {
		stop_server();
		nginx_start();
		(void)answer_of(BOTH, "HTTP/2.0 ");
		(void)answer_of(OLD, "HTTP/1.1 ");
	}
}

static void
a_tls_session_is_resumed(void **state)
{
	(void)state;
	assert_null(strstr(answer_of(BRIEF, "HTTP/1.1 "), " r"));
	assert_non_null(strstr(answer_of(BRIEF, "HTTP/1.1 "), " r"));
}

static void
a_long_body_does_not_cost_the_connection(void **state)
{
	struct one	*o, *again;

	(void)state;
	rules.keep = limits.reply_max = 5;
	many_renew();
	o = begin_to(BOTH);
	turn_until_landed();
	assert_int_equal(o->rc, CAL_OK);
	assert_true(o->reply.too_large);
	assert_string_equal(o->reply.body, "HTTP/");
	again = begin_to(BOTH);
	turn_until_landed();
	assert_string_equal(http_header(&o->reply, "connection-number"),
	    http_header(&again->reply, "connection-number"));
}

/* nginx refuses the body when it has read its announced length. */
static void
a_peer_may_answer_before_it_has_read_the_request(void **state)
{
	char			*body = arena_alloc(mem, LONG);
	struct http_request	 rq = { .method = "POST", .body = body,
				    .content_type = "a/b", .bodysz = LONG };
	struct one		*o = arena_alloc(mem, sizeof(*o));
	const char		*why;

	(void)state;
	rq.url = arena_printf(mem, "https://127.0.0.1:%d/", ports[BOTH]);
	assert_int_equal(http_many_begin(many, mem, &rq, o, &why), CAL_OK);
	turn_until_landed();
	assert_int_equal(o->rc, CAL_OK);
	assert_int_equal(o->reply.status, 413);
	(void)answer_of(BOTH, "HTTP/2.0 ");
}

static void
a_peer_that_nobody_vouches_for_gets_nothing(void **state)
{
	struct one	*o;

	(void)state;
	limits.ca_file = NULL;
	many_renew();
	o = begin_to(BOTH);
	turn_until_landed();
	assert_int_equal(o->rc, CAL_UNAVAILABLE);
	assert_int_equal(o->reply.fate, HTTP_NOT_SENT);
	assert_non_null(strstr(o->reply.error, "certificate"));
}

#define secure(f)	cmocka_unit_test_setup_teardown(f, nginx_setup, \
			    nginx_teardown)

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		secure(calls_to_a_peer_share_a_connection),
		secure(a_peer_without_it_is_asked_the_old_way),
		secure(a_peer_that_ends_connections_makes_no_failure),
		secure(a_peer_that_comes_back_is_called_again),
		secure(a_tls_session_is_resumed),
		secure(a_long_body_does_not_cost_the_connection),
		secure(a_peer_may_answer_before_it_has_read_the_request),
		secure(a_peer_that_nobody_vouches_for_gets_nothing),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, certificate_start,
	    certificate_stop);
}
