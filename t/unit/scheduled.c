/*
 * scheduled: tests of app/calendly/scheduled.h by way of payload_about(): to
 * which scheduled event an invitee belongs.
 */
#include "t/unit/helper.h"

#include "app/calendly/payload.h"

#define A	"3c9e4e9f-21c0-4bb4-a5d5-1d5a6b0f2a77"
#define B	"ABCDEFGHIJKLMNO7"
#define URI(x)	"\"uri\":\"https://api.calendly.com/things/" x "\""

/*
 * Returns a body with an event of this kind, created at this second, about this
 * payload.
 */
static const char *
envelope(const char *kind, const char *second, const char *payload)
{
	return arena_printf(mem, "{\"event\":\"%s\",\"created_at\":"
	    "\"2026-11-20T10:00:%sZ\",\"payload\":{%s}}", kind, second,
	    payload);
}

static struct payload
payload_of(const char *text)
{
	struct payload	p;

	payload_read(mem, (struct bytes){ text, strlen(text) }, &p);
	return p;
}

/*
 * Returns the id of the scheduled event to which the invitee belongs, or NULL
 * if the body names none.
 */
static const char *
event_of(const char *kind, const char *invitee)
{
	struct payload	 p = payload_of(envelope(kind, "00", invitee));

	return payload_about(mem, &p);
}

#define EVENTS	"https://api.calendly.com/scheduled_events/"
#define OF(id)	"\"event\":\"" EVENTS id "\""
#define C	"ABCDEFGHIJKLMNO8"
#define D	"ABCDEFGHIJKLMNO9"

static void
an_invitee_is_of_the_event_that_its_path_names(void **state)
{
	static const char	 path[] = "\"uri\":\"" EVENTS A "/invitees/" B
	    "\"";
	static const char	 bare[] = "\"uri\":\"" EVENTS "/invitees/" B
	    "\"";
	static const char	 shown[] = "\"scheduled_event\":{" URI(D) "}";
	static const char	 kind[] = "invitee.created";

	(void)state;
	assert_string_equal(event_of(kind, arena_printf(mem, "%s,%s,%s", path,
	    OF(C), shown)), A);
	assert_string_equal(event_of("invitee_no_show.deleted", path), A);
	assert_string_equal(event_of(kind, arena_printf(mem, "%s,%s,%s",
	    URI(B), OF(C), shown)), C);
	assert_string_equal(event_of(kind, arena_printf(mem, "%s,%s,%s", bare,
	    "\"event\":null", shown)), D);
	assert_null(event_of(kind, URI(B)));
	assert_null(event_of("event_type.created", path));
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(an_invitee_is_of_the_event_that_its_path_names),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
