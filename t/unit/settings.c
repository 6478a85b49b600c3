/*
 * settings: tests of app/settings/settings.h.  Good values are taken as the
 * documentation says, and each wrong value is refused with advice on what to
 * write instead.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/secret.h"

#define REQUIRED \
	"CALENDLY_OAUTH_CLIENT_ID=id\n" \
	"CALENDLY_OAUTH_CLIENT_SECRET=secret\n" \
	"DATABASE_URL=postgresql:///calendlyd\n" \
	"CALENDLYD_KEYRING_FILE=/etc/calendlyd/keyring\n"
#define BACKEND		"BACKEND_URL=https://calendly.example.com\n"
#define KEY		"CALENDLY_WEBHOOK_SIGNING_KEY=key\n"

static struct settings			 s;
static const struct conf_message	*messages;

static int
make_arena(void **state)
{
	*state = arena_new(1 << 20);
	return clearenv();
}

static int
free_arena(void **state)
{
	arena_free(*state);
	return 0;
}

static enum cal_err
load(void **state, const char *text)
{
	char		 path[] = "/tmp/cal-settings-XXXXXX";
	int		 fd = mkstemp(path);
	enum cal_err	 rc;

	assert_true(fd != -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	(void)close(fd);
	rc = settings_load(*state, path, &s, &messages);
	(void)unlink(path);
	return rc;
}

static int
count(bool fault)
{
	const struct conf_message	*m;
	int				 n = 0;

	for (m = messages; m != NULL; m = m->next)
		n += m->fault == fault;
	return n;
}

/*
 * Loads settings in which "lines" hold the only fault, and returns the text of
 * the message about it.
 */
static const char *
fault(void **state, const char *lines)
{
	const struct conf_message	*m;
	char				 text[4096];

	(void)snprintf(text, sizeof(text), REQUIRED KEY "%s%s",
	    strstr(lines, "BACKEND_URL=") == NULL ? BACKEND : "", lines);
	assert_int_equal(load(state, text), CAL_INVALID);
	assert_int_equal(count(true), 1);
	for (m = messages; !m->fault; m = m->next)
		continue;
	return m->text;
}

static void
assert_says(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", text, part);
}

static void
the_least_is_enough(void **state)
{
	assert_int_equal(load(state, REQUIRED BACKEND KEY), CAL_OK);
	assert_null(messages);
	assert_string_equal(s.client_id, "id");
	assert_string_equal(secret_text(s.client_secret), "secret");
	assert_string_equal(s.auth_url, "https://auth.calendly.com");
	assert_string_equal(s.api_url, "https://api.calendly.com");
	assert_string_equal(s.scopes[0], "users:read");
	assert_string_equal(s.webhook_events[3], "invitee_no_show.deleted");
	assert_null(s.webhook_events[4]);
	assert_string_equal(s.app_socket, "/run/calendlyd/app.sock");
	assert_in_range(s.app_workers, 8, 24);
	assert_in_range(s.ingest_workers, 1, 8);
	assert_in_range(s.runners, 2, 4);
	assert_in_range(s.pushers, 1, 2);
	assert_int_equal(s.signature_skew, 180);
	assert_int_equal(s.signature_max_age, 90000);
	assert_int_equal(s.sync_past_days, 90);
	assert_null(s.frontend_url);
	assert_null(s.database_admin_url);
	assert_null(s.deliver_allow[0]);
}

static void
every_missing_setting_is_named_at_once(void **state)
{
	assert_int_equal(load(state, ""), CAL_INVALID);
	assert_int_equal(count(true), 5);
	assert_says(messages->text, "CALENDLY_OAUTH_CLIENT_ID");
}

static void
urls_lose_their_last_slash(void **state)
{
	assert_int_equal(load(state, REQUIRED KEY
	    "BACKEND_URL=https://c.example/\n"
	    "CALENDLY_API_URL=http://127.0.0.1:9/\n"), CAL_OK);
	assert_string_equal(s.backend_url, "https://c.example");
	assert_string_equal(s.api_url, "http://127.0.0.1:9");
}

static void
a_missing_signing_key_is_a_warning(void **state)
{
	assert_int_equal(load(state, REQUIRED BACKEND), CAL_OK);
	assert_int_equal(count(false), 1);
	assert_says(messages->text, "CALENDLY_WEBHOOK_SIGNING_KEY");
	assert_null(s.signing_keys[0]);
}

static void
two_signing_keys_are_a_rotation_and_three_a_mistake(void **state)
{
	assert_int_equal(load(state, REQUIRED BACKEND
	    "CALENDLY_WEBHOOK_SIGNING_KEY=new,old\n"), CAL_OK);
	assert_string_equal(secret_text(s.signing_keys[1]), "old");
	assert_int_equal(load(state, REQUIRED BACKEND
	    "CALENDLY_WEBHOOK_SIGNING_KEY=a,b,c\n"), CAL_INVALID);
}

static void
http_is_for_this_machine_alone(void **state)
{
	assert_says(fault(state, "BACKEND_URL=http://c.example\n"),
	    "https://");
	assert_says(fault(state, "CALENDLY_AUTH_URL=http://c.example\n"),
	    "https://");
	assert_int_equal(load(state, REQUIRED KEY
	    "BACKEND_URL=http://localhost:8080\n"), CAL_OK);
}

static void
urls_that_have_too_much_are_refused(void **state)
{
	assert_says(fault(state, "BACKEND_URL=https://c.example/?a=1\n"),
	    "https://c.example,");
	assert_says(fault(state, "BACKEND_URL=https://c.example/sub\n"),
	    "https://c.example,");
	assert_says(fault(state, "CALENDLY_API_URL=https://c.example/v2\n"),
	    "https://c.example,");
	assert_says(fault(state, "FRONTEND_URL=https://u:p@c.example/\n"),
	    "without user name");
	assert_says(fault(state, "FRONTEND_URL=javascript:alert(1)\n"),
	    "https://");
}

static void
scopes_and_events_must_be_calendlys(void **state)
{
	assert_says(fault(state, "CALENDLY_SCOPES=users:read webhooks:write "
	    "scheduled_events:read invitees:read\n"), "\"invitees:read\"");
	assert_says(fault(state, "CALENDLY_WEBHOOK_EVENTS=invitee.updated\n"),
	    "\"invitee.updated\"");
	assert_says(fault(state, "CALENDLY_WEBHOOK_EVENTS="
	    "routing_form_submission.created\n"), "organization");
}

static void
an_event_needs_its_scope(void **state)
{
	assert_says(fault(state, "CALENDLY_WEBHOOK_EVENTS=contact.created\n"),
	    "contacts:read");
	assert_int_equal(load(state, REQUIRED BACKEND KEY
	    "CALENDLY_WEBHOOK_EVENTS=contact.created\n"
	    "CALENDLY_SCOPES=users:read,webhooks:write,scheduled_events:read,"
	    "contacts:write\n"), CAL_OK);
}

static void
what_nothing_works_without_must_be_asked_for(void **state)
{
	assert_says(fault(state, "CALENDLY_SCOPES=users:read "
	    "scheduled_events:read\n"), "webhooks:write");
}

static void
database_urls_are_read_by_libpq(void **state)
{
	assert_says(fault(state, "DATABASE_ADMIN_URL=postgres//x\n"),
	    "postgresql://");
	assert_int_equal(load(state, REQUIRED BACKEND KEY
	    "DATABASE_ADMIN_URL=postgresql://owner@db.example/c\n"), CAL_OK);
	assert_says(messages->text, "sslmode=verify-full");
	assert_int_equal(load(state, REQUIRED BACKEND KEY
	    "DATABASE_ADMIN_URL=postgresql://owner@db.example/c"
	    "?sslmode=verify-full\n"), CAL_OK);
	assert_null(messages);
}

static void
sockets_and_files_have_whole_paths(void **state)
{
	assert_says(fault(state, "CALENDLYD_APP_SOCKET=app.sock\n"),
	    "/run/calendlyd/app.sock");
	assert_says(fault(state, "CALENDLYD_CA_FILE=ca.pem\n"),
	    "whole path");
	assert_says(fault(state, "CALENDLYD_INGEST_SOCKET="
	    "/run/calendlyd/app.sock\n"), "another path");
}

static void
ranges_are_addresses(void **state)
{
	static const char *const	 bad[] = { "10.0.0.0/33", "10.0.0/8",
		"fd00::/129", "host", "10.0.0.0/", "10.0.0.0/8x", NULL };
	char				 line[64];
	size_t				 i;

	for (i = 0; bad[i] != NULL; i++) {
		(void)snprintf(line, sizeof(line),
		    "CALENDLYD_DELIVER_ALLOW=%s\n", bad[i]);
		assert_says(fault(state, line), bad[i]);
	}
	assert_int_equal(load(state, REQUIRED BACKEND KEY
	    "CALENDLYD_DELIVER_ALLOW=10.0.0.0/8, fd00::/8 ::1\n"), CAL_OK);
	assert_string_equal(s.deliver_allow[2], "::1");
	assert_says(fault(state, "CALENDLYD_DELIVER_ALLOW=10/8, ::1 host\n"),
	    "\"10/8\", \"host\"");
}

/*
 * 604,800 s are seven days, but a webhook is accepted for as long as that and
 * the skew, so what is known of it must be kept for eight days.
 */
static void
a_webhook_is_known_for_as_long_as_it_is_taken(void **state)
{
	assert_says(fault(state, "CALENDLYD_SIGNATURE_MAX_AGE=604800\n"
	    "CALENDLYD_RETENTION_DELIVERIES=7\n"), "write at least 8");
	assert_says(fault(state, "CALENDLYD_SIGNATURE_MAX_AGE=604800\n"
	    "CALENDLYD_RETENTION_EVENTS=7\n"), "write at least 8");
	assert_int_equal(load(state, REQUIRED BACKEND KEY
	    "CALENDLYD_SIGNATURE_MAX_AGE=604800\n"
	    "CALENDLYD_RETENTION_EVENTS=8\n"
	    "CALENDLYD_RETENTION_DELIVERIES=8\n"), CAL_OK);
}

/* Else a walk would bring back what retention has removed. */
static void
meetings_are_kept_for_longer_than_walks_reach_back(void **state)
{
	assert_int_equal(load(state, REQUIRED BACKEND KEY), CAL_OK);
	assert_int_equal(s.retention_meetings, 0);
	assert_says(fault(state, "CALENDLYD_RETENTION_MEETINGS=96\n"),
	    "write 0, which keeps them until their user is erased, or at "
	    "least 97");
	assert_says(fault(state, "CALENDLYD_RETENTION_MEETINGS=400\n"
	    "CALENDLYD_SYNC_PAST=394\n"), "at least 401");
	assert_int_equal(load(state, REQUIRED BACKEND KEY
	    "CALENDLYD_RETENTION_MEETINGS=97\n"), CAL_OK);
	assert_int_equal(load(state, REQUIRED BACKEND KEY
	    "CALENDLYD_RETENTION_MEETINGS=7\nCALENDLYD_SYNC_PAST=0\n"),
	    CAL_OK);
	assert_int_equal(load(state, REQUIRED BACKEND KEY
	    "CALENDLYD_RETENTION_MEETINGS=3657\n"
	    "CALENDLYD_SYNC_PAST=3650\n"), CAL_OK);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(the_least_is_enough),
		cmocka_unit_test(every_missing_setting_is_named_at_once),
		cmocka_unit_test(urls_lose_their_last_slash),
		cmocka_unit_test(a_missing_signing_key_is_a_warning),
		cmocka_unit_test(
		    two_signing_keys_are_a_rotation_and_three_a_mistake),
		cmocka_unit_test(http_is_for_this_machine_alone),
		cmocka_unit_test(urls_that_have_too_much_are_refused),
		cmocka_unit_test(scopes_and_events_must_be_calendlys),
		cmocka_unit_test(an_event_needs_its_scope),
		cmocka_unit_test(what_nothing_works_without_must_be_asked_for),
		cmocka_unit_test(database_urls_are_read_by_libpq),
		cmocka_unit_test(sockets_and_files_have_whole_paths),
		cmocka_unit_test(ranges_are_addresses),
		cmocka_unit_test(
		    a_webhook_is_known_for_as_long_as_it_is_taken),
		cmocka_unit_test(
		    meetings_are_kept_for_longer_than_walks_reach_back),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_arena, free_arena);
}
