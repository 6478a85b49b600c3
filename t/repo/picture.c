/*
 * picture: sightings of several meetings are added to what is stored of them
 * (app/service/meeting/picture.h), and what is gone is forgotten in the
 * database, too.
 */
#include "t/repo/grants.h"

#include "app/calendly/sighting.h"
#include "app/repo/meeting.h"
#include "app/service/meeting/picture.h"
#include "app/settings/settings.h"
#include "lib/json.h"
#include "lib/when.h"

#define API	"https://api.calendly.com/scheduled_events/"
#define AT(s)	"2026-11-20T10:00:" s ".000000Z"

enum { CROWD = 30 };

static const char	*connection, *user;
static struct settings	 set;

static const struct json_node *
json_of(const char *text)
{
	static const struct json_caps	 caps = { 1 << 20, 32, 1 << 16 };
	const struct json_node		*root;
	const char			*why;

	ok(json_parse(mem, text, strlen(text), &caps, &root, &why));
	return root;
}

/* An event, and its invitee with this number (0: none), as they were read. */
static struct sighting
read_of(const char *event, int invitee, const char *at)
{
	const struct sighting_source	 src = {
		.connection_id = connection,
		.sent_at = at,
		.received_at = at,
		.event = json_of(arena_printf(mem, "{\"uri\":\"" API "%s\","
		    "\"name\":\"person\",\"status\":\"active\"}", event)),
		.invitee = invitee == 0 ? NULL : json_of(arena_printf(mem,
		    "{\"uri\":\"" API "%s/invitees/I%d\",\"name\":\"person\","
		    "\"no_show\":null}", event, invitee)),
	};
	struct sighting			 s;

	assert_true(sighting_read(mem, &src, &s));
	return s;
}

/* Adds the sightings to what is stored; returns the news of all of them. */
static struct news
apply(const struct sighting *s, size_t n)
{
	struct picture_item	*items = arena_array(mem, n, sizeof(*items));
	struct news		 sum = { .change = MEETING_SAME }, one;
	struct picture		 p;
	struct tx		*tx = tx_of(a);
	size_t			 i;

	for (i = 0; i < n; i++)
		items[i] = (struct picture_item){ &s[i], connection, user };
	tenant_begins(a);
	ok(picture_open(&p, tx, &set, items, n));
	for (i = 0; i < n; i++) {
		one = picture_see(&p, mem, &s[i]);
		news_add(&sum, &one);
	}
	ok(picture_save(&p, tx));
	ok(db_end(a, CAL_OK));
	return sum;
}

static struct meeting
stored(const struct sighting *s)
{
	struct meeting	 m;

	ok(in_tenant(a, meeting_find(tx_of(a), s->meeting_id, &m)));
	return m;
}

static void
several_meetings_are_stored_together(void **state)
{
	struct sighting	 s[] = {
		read_of("E2", 1, AT("01")), read_of("E1", 1, AT("01")),
		read_of("E2", 2, AT("01")), read_of("E3", 0, AT("01")),
	};

	(void)state;
	assert_int_equal(apply(s, 4).change, MEETING_CREATED);
	assert_int_equal(stored(&s[0]).ninvitees, 2);
	assert_int_equal(stored(&s[1]).ninvitees, 1);
	assert_int_equal(stored(&s[3]).ninvitees, 0);
	assert_string_equal(stored(&s[0]).presence.seen_at, AT("01"));
	assert_int_equal(apply(s, 4).change, MEETING_SAME);
	assert_int_equal(apply(s, 0).change, MEETING_SAME);
}

static void
all_of_a_crowd_is_forgotten(void **state)
{
	struct meeting_filter	 f = { .limit = 9,
		.status = MEETING_STATUS_GONE };
	struct sighting		 s[CROWD], gone;
	struct meeting		 m, *list;
	int			 i, n;

	(void)state;
	for (i = 0; i < CROWD; i++)
		s[i] = read_of("E4", i + 1, AT("01"));
	assert_int_equal(apply(s, CROWD).change, MEETING_CREATED);
	assert_true(sighting_gone(mem, connection, API "E4", NULL, AT("02"),
	    &gone));
	assert_int_equal(apply(&gone, 1).change, MEETING_GONE);
	m = stored(&gone);
	assert_null(strstr(m.content.text, "person"));
	assert_int_equal(m.ninvitees, CROWD);
	for (i = 0; i < CROWD; i++)
		assert_null(strstr(m.invitees[i].content.text, "person"));
	ok(in_tenant(a, meeting_list(tx_of(a), &f, &list, &n)));
	assert_int_equal(n, 1);
	assert_string_equal(list[0].id, gone.meeting_id);
	s[0] = read_of("E4", 1, AT("03"));
	assert_int_equal(apply(s, 1).change, MEETING_UPDATED);
	assert_non_null(strstr(stored(&gone).content.text, "person"));
	ok(in_tenant(a, meeting_list(tx_of(a), &f, &list, &n)));
	assert_int_equal(n, 0);
}

static void
what_is_told_has_the_change_and_the_meeting(void **state)
{
	struct sighting	 s = read_of("E5", 1, AT("01"));
	struct meeting	 m;
	const char	*told;

	(void)state;
	(void)apply(&s, 1);
	m = stored(&s);
	told = picture_told(mem, &m, MEETING_CREATED, NULL);
	assert_string_equal(json_text(json_of(told), "change"), "created");
	assert_int_equal(json_find(json_of(told), "invitee_id")->type,
	    JSON_NULL);
	assert_string_equal(json_text(json_of(told), "meeting.id"),
	    s.meeting_id);
}

/* A meeting that began and ended so many days ago (negative: ahead). */
static struct sighting
held_on(const char *event, int days, const char *at)
{
	struct sighting	 s = read_of(event, 1, at);

	s.start_at = when_now(mem, -(int64_t)days * 86400 - 1800);
	s.end_at = when_now(mem, -(int64_t)days * 86400);
	return s;
}

static enum cal_err
found(const struct sighting *s)
{
	struct meeting	 m;

	return in_tenant(a, meeting_find(tx_of(a), s->meeting_id, &m));
}

static void
what_is_past_keeping_is_left_alone(void **state)
{
	struct sighting	 s[] = {
		held_on("P1", 9, AT("01")), held_on("P2", 10, AT("01")),
		held_on("P3", 11, AT("01")), held_on("P4", 0, AT("01")),
	}, late, gone;

	(void)state;
	set.retention_meetings = 10;
	s[3].start_at = s[3].end_at = NULL;
	assert_int_equal(apply(s, 4).change, MEETING_CREATED);
	ok(found(&s[0]));
	assert_int_equal(found(&s[1]), CAL_NOTFOUND);
	assert_int_equal(found(&s[2]), CAL_NOTFOUND);
	ok(found(&s[3]));
	set.retention_meetings = 0;
	assert_int_equal(apply(&s[2], 1).change, MEETING_CREATED);
	set.retention_meetings = 10;
	late = held_on("P3", 11, AT("02"));
	assert_int_equal(apply(&late, 1).change, MEETING_SAME);
	assert_string_equal(stored(&late).presence.seen_at, AT("01"));
	assert_true(sighting_gone(mem, connection, API "P3", NULL, AT("03"),
	    &gone));
	assert_int_equal(apply(&gone, 1).change, MEETING_SAME);
	assert_non_null(strstr(stored(&gone).content.text, "person"));
	set.retention_meetings = 0;
}

/* Calendly may say later that it was, or will be, at another time. */
static void
a_meeting_that_was_moved_is_kept_by_its_last_time(void **state)
{
	struct sighting	 s = held_on("P5", 11, AT("01")), moved, back;

	(void)state;
	assert_int_equal(apply(&s, 1).change, MEETING_CREATED);
	set.retention_meetings = 10;
	moved = held_on("P5", -3, AT("02"));
	(void)apply(&moved, 1);
	assert_string_equal(stored(&s).end_at, moved.end_at);
	back = held_on("P5", 11, AT("03"));
	(void)apply(&back, 1);
	assert_string_equal(stored(&s).end_at, back.end_at);
	set.retention_meetings = 0;
}

static int
setup(void **state)
{
	if (grants_setup(state) != 0)
		return -1;
	connection = new_connection(a, &user);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(several_meetings_are_stored_together),
		promise(all_of_a_crowd_is_forgotten),
		promise(what_is_told_has_the_change_and_the_meeting),
		promise(what_is_past_keeping_is_left_alone),
		promise(a_meeting_that_was_moved_is_kept_by_its_last_time),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, grants_teardown);
}
