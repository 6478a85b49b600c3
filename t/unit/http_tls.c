/*
 * http_tls: tests of lib/http.h: TLS, with the server of the openssl command.
 */
#include "t/unit/certificate.h"

static FILE	*said;		/* the server's output; must stay open while the
				 * server runs */

/* Returns the port that the server says it listens on. */
static int
port_from(FILE *f)
{
	static const char	says[] = "ACCEPT 127.0.0.1:";
	char			line[256];

	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, says, sizeof(says) - 1) == 0)
			return (int)strtol(line + sizeof(says) - 1, NULL, 10);
	fail_msg("openssl s_server does not start");
	return 0;
}

static void
serve_tls(const char *name, const char *option)
{
	const char	*args[] = { "openssl", "s_server", "-accept",
			    "127.0.0.1:0", "-key", key, "-cert", cert, "-www",
			    option, NULL };
	int		 fd[2];

	if (said != NULL)
		(void)fclose(said);
	make_certificate(name);
	assert_int_equal(pipe2(fd, O_CLOEXEC), 0);
	server = openssl(fd[1], args);
	(void)close(fd[1]);
	said = fdopen(fd[0], "r");
	assert_non_null(said);
	server_port = port_from(said);
}

static enum cal_err
call(const char *ca_file, struct http_reply *r)
{
	struct http_request	rq = { .method = "GET" };

	http_free(client);
	limits.reply_max = 1 << 20;
	limits.ca_file = ca_file;
	client = http_new(&limits);
	rq.url = arena_printf(mem, "https://127.0.0.1:%d/?hush", server_port);
	return http_call(client, mem, &rq, r);
}

static void
a_certificate_that_is_trusted_is_taken(void **state)
{
	struct http_reply	r;

	(void)state;
	serve_tls("IP:127.0.0.1", NULL);
	assert_int_equal(call(cert, &r), CAL_OK);
	assert_int_equal(r.status, 200);
}

static void
not_sent_because(enum cal_err rc, const struct http_reply *r,
    const char *says)
{
	assert_int_equal(rc, CAL_UNAVAILABLE);
	assert_int_equal(r->fate, HTTP_NOT_SENT);
	assert_null(strstr(r->error, "hush"));
	if (strstr(r->error, says) == NULL)
		fail_msg("not \"%s\" but \"%s\"", says, r->error);
}

static void
one_that_nobody_vouches_for_is_not(void **state)
{
	struct http_reply	r;
	enum cal_err		rc;

	(void)state;
	serve_tls("IP:127.0.0.1", NULL);
	rc = call(NULL, &r);
	not_sent_because(rc, &r, "certificate");
}

static void
one_for_another_name_is_not(void **state)
{
	struct http_reply	r;
	enum cal_err		rc;

	(void)state;
	serve_tls("DNS:example.com", NULL);
	rc = call(cert, &r);
	not_sent_because(rc, &r, "no alternative certificate");
}

static void
a_peer_with_nothing_newer_than_tls_1_1_is_refused(void **state)
{
	struct http_reply	r;
	enum cal_err		rc;

	(void)state;
	serve_tls("IP:127.0.0.1", "-tls1_1");
	rc = call(cert, &r);
	not_sent_because(rc, &r, "");
}

static void
a_missing_file_of_authorities_trusts_nobody(void **state)
{
	struct http_reply	r;
	enum cal_err		rc;

	(void)state;
	serve_tls("IP:127.0.0.1", NULL);
	rc = call("/nowhere/ca.pem", &r);
	not_sent_because(rc, &r, "/nowhere/ca.pem");
}

static int
close_output(void **state)
{
	if (said != NULL)
		(void)fclose(said);
	return certificate_stop(state);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		called(a_certificate_that_is_trusted_is_taken),
		called(one_that_nobody_vouches_for_is_not),
		called(one_for_another_name_is_not),
		called(a_peer_with_nothing_newer_than_tls_1_1_is_refused),
		called(a_missing_file_of_authorities_trusts_nobody),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, certificate_start,
	    close_output);
}
