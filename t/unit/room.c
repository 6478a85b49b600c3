/*
 * room: tests of app/service/meeting/room.h.
 */
#include "t/unit/helper.h"

#include "app/repo/meeting.h"
#include "app/service/meeting/room.h"
#include "lib/when.h"

#define ROOM(status)	"{\"name\":\"x\",\"location\":{\"type\":\"zoom\"," \
			"\"status\":" status ",\"join_url\":null}}"

static bool
is_awaited(const char *content, const char *start_at)
{
	const struct meeting	 m = {
		.content.text = content, .start_at = start_at
	};

	return room_is_awaited(mem, &m);
}

static void
a_room_that_is_being_made_is_awaited(void **state)
{
	const char	*ahead = when_now(mem, 3600);

	(void)state;
	assert_true(is_awaited(ROOM("\"processing\""), ahead));
	assert_true(is_awaited(ROOM("\"initiated\""), ahead));
	assert_true(is_awaited(ROOM("\"processing\""), NULL));
	assert_false(is_awaited(ROOM("\"pushed\""), ahead));
	assert_false(is_awaited(ROOM("\"failed\""), ahead));
	assert_false(is_awaited(ROOM("null"), ahead));
	assert_false(is_awaited("{\"name\":\"\\\"status\\\":\\\"processing\\\""
	    "\",\"location\":null}", ahead));
}

static void
nobody_waits_for_the_room_of_what_will_not_be(void **state)
{
	struct meeting	 m = {
		.content.text = ROOM("\"processing\""),
		.start_at = when_now(mem, 3600),
	};

	(void)state;
	assert_false(is_awaited(m.content.text, when_now(mem, -1)));
	m.canceled.text = "{}";
	assert_false(room_is_awaited(mem, &m));
	m.canceled.text = NULL;
	m.presence.seen_at = "2026-11-20T10:00:00.000000Z";
	assert_true(room_is_awaited(mem, &m));
	m.presence.gone_at = "2026-11-20T11:00:00.000000Z";
	assert_false(room_is_awaited(mem, &m));
	m.content.text = NULL;
	m.presence.gone_at = NULL;
	assert_false(room_is_awaited(mem, &m));
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(a_room_that_is_being_made_is_awaited),
		promise(nobody_waits_for_the_room_of_what_will_not_be),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
