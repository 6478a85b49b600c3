/*
 * http_many_peers: tests of lib/http_many.h: which peers are called, and what
 * is kept of the connections to them.
 *
 * Names are looked up by the test itself, so that they can lead anywhere, and
 * elsewhere when they are looked up again.
 */
#include <netdb.h>

#include "t/unit/many_server.h"

enum { SOON_MS = 20 * 1000 };

static atomic_int	 lookups;
static const char	*leads_to[2];	/* of any name: addresses with ","
					 * between; when it is looked up first,
					 * and later */
static char		 asked[256];	/* addresses that the rule was asked
					 * about */
static const char	*allowed;	/* the only one; NULL: all */
static bool		 asked_tls;

static struct addrinfo *
address_of(const char *text, size_t n, const char *port)
{
	struct both {
		struct addrinfo		 ai;
		struct sockaddr_in	 sin;
	}	*a = calloc(1, sizeof(*a));
	char	 word[INET_ADDRSTRLEN];

	if (a == NULL)
		abort();
	(void)snprintf(word, sizeof(word), "%.*s", (int)n, text);
	a->sin.sin_family = AF_INET;
	a->sin.sin_port = htons((uint16_t)strtol(port, NULL, 10));
	(void)inet_pton(AF_INET, word, &a->sin.sin_addr);
	a->ai = (struct addrinfo){ .ai_family = AF_INET,
		.ai_socktype = SOCK_STREAM, .ai_protocol = IPPROTO_TCP,
		.ai_addrlen = sizeof(a->sin),
		.ai_addr = (struct sockaddr *)&a->sin };
	return &a->ai;
}

/* Replaces the C library's function, for libcurl too. */
int
getaddrinfo(const char *name, const char *service,
    const struct addrinfo *hints, struct addrinfo **res)
{
	const char	*p = leads_to[lookups++ > 0];
	size_t		 n;

	(void)hints;
	if (strcmp(name, "hangs.example") == 0)
		(void)sleep(60);
	*res = NULL;
	for (; p != NULL && *p != '\0'; p += n + (p[n] == ',')) {
		n = strcspn(p, ",");
		*res = address_of(p, n, service);
		res = &(*res)->ai_next;
	}
	return p == NULL ? EAI_AGAIN : 0;
}

static const char *
allow_one(void *arg, const struct sockaddr *sa, bool tls)
{
	char	 text[INET6_ADDRSTRLEN];

	assert_ptr_equal(arg, &rules);
	(void)getnameinfo(sa, sa->sa_family == AF_INET6 ?
	    sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in), text,
	    sizeof(text), NULL, 0, NI_NUMERICHOST);
	(void)snprintf(asked + strlen(asked), sizeof(asked) - strlen(asked),
	    "%s ", text);
	asked_tls = tls;
	return allowed == NULL || strcmp(text, allowed) == 0 ? NULL :
	    "that is not allowed";
}

/* Listens on all addresses of this host, IPv4 and IPv6. */
static int
listen_everywhere(void)
{
	struct sockaddr_in6	 sin6 = { .sin6_family = AF_INET6 };
	socklen_t		 len = sizeof(sin6);
	int			 no = 0, fd = socket(AF_INET6, SOCK_STREAM, 0);

	assert_int_equal(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no,
	    sizeof(no)), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&sin6, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sin6, &len), 0);
	server_port = ntohs(sin6.sin6_port);
	return fd;
}

static int
peers_setup(void **state)
{
	const int	 rc = many_setup(state);

	lookups = 0;
	leads_to[0] = leads_to[1] = NULL;
	asked[0] = '\0';
	allowed = NULL;
	rules = (struct http_many_rules){ .may_connect = allow_one,
		.arg = &rules, .keep = 1024, .idle = 1,
		.http_elsewhere = true };
	many_renew();
	serve_crowd(listen_everywhere());
	return rc;
}

static struct one *
begin_at(const char *host, const char *path)
{
	return begin_in(mem, arena_printf(mem, "http://%s:%d%s", host,
	    server_port, path));
}

static struct one *
landed_at(const char *host, const char *path)
{
	struct one	*o = begin_at(host, path);

	turn_until_landed();
	return o;
}

static void
not_sent(const struct one *o, const char *says)
{
	assert_int_equal(o->rc, CAL_UNAVAILABLE);
	assert_int_equal(o->reply.fate, HTTP_NOT_SENT);
	if (strstr(o->reply.error, says) == NULL)
		fail_msg("not \"%s\" but \"%s\"", says, o->reply.error);
}

static void
no_address_is_called_that_is_not_allowed(void **state)
{
	(void)state;
	allowed = "192.0.2.1";
	leads_to[0] = leads_to[1] = "127.0.0.1";
	not_sent(landed_at("test.example", "/"), "that is not allowed");
	not_sent(landed_at("127.0.0.2", "/"), "that is not allowed");
	not_sent(landed_at("[::1]", "/"), "that is not allowed");
	not_sent(landed_at("[::ffff:127.0.0.1]", "/"), "that is not allowed");
	assert_string_equal(asked,
	    "127.0.0.1 127.0.0.2 ::1 ::ffff:127.0.0.1 ");
	assert_int_equal(peer->connections, 0);
}

static void
a_name_that_leads_elsewhere_later_gets_nowhere(void **state)
{
	(void)state;
	allowed = "127.0.0.1";
	leads_to[0] = "127.0.0.1";
	leads_to[1] = "127.0.0.2";
	assert_int_equal(landed_at("test.example", "/once")->rc, CAL_OK);
	(void)poll(NULL, 0, 2100);
	not_sent(landed_at("test.example", "/"), "that is not allowed");
	assert_int_equal(lookups, 2);
	assert_int_equal(peer->connections, 1);
}

static void
of_several_addresses_one_that_is_allowed_is_called(void **state)
{
	(void)state;
	allowed = "127.0.0.1";
	leads_to[0] = leads_to[1] = "127.0.0.3,127.0.0.1,127.0.0.2";
	assert_int_equal(landed_at("test.example", "/")->rc, CAL_OK);
	assert_string_equal(asked, "127.0.0.3 127.0.0.1 ");
}

static void
if_one_is_tried_its_failure_is_told(void **state)
{
	(void)state;
	stop_server();
	allowed = "127.0.0.1";
	leads_to[0] = leads_to[1] = "127.0.0.3,127.0.0.1,127.0.0.2";
	not_sent(landed_at("test.example", "/"), "connect");
}

static void
both_kinds_of_addresses_are_called(void **state)
{
	(void)state;
	assert_int_equal(landed_at("[::1]", "/")->reply.status, 200);
	assert_int_equal(landed_at("127.0.0.1", "/")->reply.status, 200);
	assert_string_equal(asked, "::1 127.0.0.1 ");
	assert_false(asked_tls);
}

static void
the_rule_is_told_of_tls(void **state)
{
	struct one	*o;

	(void)state;
	allowed = "192.0.2.1";
	o = begin_in(mem, "https://127.0.0.1:1/");
	turn_until_landed();
	not_sent(o, "that is not allowed");
	assert_true(asked_tls);
}

static void
http_is_for_loopback_unless_it_may_go_elsewhere(void **state)
{
	struct http_request	 rq = { .method = "GET",
				    .url = "http://test.example/" };
	const char		*why = NULL;
	int			 tag;

	(void)state;
	rules.http_elsewhere = false;
	many_renew();
	assert_int_equal(http_many_begin(many, mem, &rq, &tag, &why),
	    CAL_INVALID);
	assert_string_equal(why, "not called: the URL is not https");
	rq.url = "ftp://test.example/";
	assert_int_equal(http_many_begin(many, mem, &rq, &tag, &why),
	    CAL_INVALID);
	assert_int_equal(http_many_calls(many), 0);
	assert_int_equal(landed_at("127.0.0.1", "/")->rc, CAL_OK);
	assert_int_equal(lookups, 0);
}

static void
a_name_that_hangs_delays_nobody_and_is_looked_up_once(void **state)
{
	const int64_t	 begun = clock_ms();
	struct one	*hang[5], *good[5];
	int		 i;

	(void)state;
	for (i = 0; i < 5; i++) {
		hang[i] = begin_at("hangs.example", "/");
		good[i] = begin_at("127.0.0.1", "/slow");
	}
	while (http_many_calls(many) > 5) {
		http_many_turn(many, 1000, -1);
		take_landed();
	}
	for (i = 0; i < 5; i++)
		assert_int_equal(good[i]->rc, CAL_OK);
	http_many_give_up(many, "enough");
	take_landed();
	for (i = 0; i < 5; i++)
		not_sent(hang[i], "enough");
	assert_int_equal(lookups, 1);
	assert_true(clock_ms() - begun < SOON_MS);
}

static void
a_name_that_is_not_found_is_not_sent(void **state)
{
	(void)state;
	not_sent(landed_at("test.example", "/"), "resolve");
}

static void
a_connection_is_used_again(void **state)
{
	int	 i;

	(void)state;
	for (i = 0; i < 10; i++)
		assert_int_equal(landed_at("127.0.0.1", "/")->rc, CAL_OK);
	assert_int_equal(peer->requests, 10);
	assert_int_equal(peer->connections, 1);
}

/* The peer closes the connection while nobody calls it. */
static void
one_that_the_peer_closed_makes_no_failure(void **state)
{
	int	 i;

	(void)state;
	for (i = 0; i < 20; i++) {
		assert_int_equal(landed_at("127.0.0.1", "/once")->rc, CAL_OK);
		assert_int_equal(landed_at("127.0.0.1", "/once")->rc, CAL_OK);
		while (peer->open > 0)
			(void)poll(NULL, 0, 1);
	}
	assert_int_equal(peer->requests, 40);
}

static void
an_unused_one_is_closed(void **state)
{
	const int64_t	 until = clock_ms() + 60 * 1000;

	(void)state;
	assert_int_equal(landed_at("127.0.0.1", "/")->rc, CAL_OK);
	assert_int_equal(peer->open, 1);
	while (peer->open > 0 && clock_ms() < until)
		http_many_turn(many, 100, -1);
	assert_int_equal(peer->open, 0);
}

static void
an_unused_one_is_closed_while_others_are_called(void **state)
{
	const int64_t	 until = clock_ms() + 60 * 1000;

	(void)state;
	assert_int_equal(landed_at("127.0.0.1", "/")->rc, CAL_OK);
	do {
		assert_int_equal(landed_at("127.0.0.2", "/slow")->rc, CAL_OK);
	} while (peer->open > 1 && clock_ms() < until);
	assert_int_equal(peer->open, 1);
	assert_int_equal(peer->connections, 2);
}

#define peers(f)	cmocka_unit_test_setup_teardown(f, peers_setup, \
			    many_teardown)

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		peers(no_address_is_called_that_is_not_allowed),
		peers(a_name_that_leads_elsewhere_later_gets_nowhere),
		peers(of_several_addresses_one_that_is_allowed_is_called),
		peers(if_one_is_tried_its_failure_is_told),
		peers(both_kinds_of_addresses_are_called),
		peers(the_rule_is_told_of_tls),
		peers(http_is_for_loopback_unless_it_may_go_elsewhere),
		peers(a_name_that_hangs_delays_nobody_and_is_looked_up_once),
		peers(a_name_that_is_not_found_is_not_sent),
		peers(a_connection_is_used_again),
		peers(one_that_the_peer_closed_makes_no_failure),
		peers(an_unused_one_is_closed),
		peers(an_unused_one_is_closed_while_others_are_called),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, many_start, NULL);
}
