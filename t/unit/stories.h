/*
 * stories: what happens to some meetings, told by Calendly's events, and what
 * must be true of these meetings in the end.
 */
#ifndef T_UNIT_STORIES_H
#define T_UNIT_STORIES_H

#include "t/unit/sightings.h"

struct truth {
	int		 event;
	const char	*path, *value;
};

struct story {
	const char	*title;
	const struct said *said;
	int		 n;
	const struct truth *truth;
	int		 ntruth;
};

#define ONE	",\"invitees_counter\":{\"total\":1,\"active\":1,\"limit\":1}"
#define GROUP(n) ",\"invitees_counter\":{\"total\":" #n ",\"limit\":9}"
#define ACTIVE	",\"status\":\"active\""
#define GONE	",\"status\":\"canceled\""
#define BY(who)	",\"cancellation\":{\"canceled_by\":\"" who "\"}"
#define NO_SHOW(n, at) ",\"no_show\":{\"uri\":\"" API "/no_shows/" #n "\"," \
	"\"created_at\":\"" DAY "10:" at ".5Z\"}"
#define LINK(name, e, i) ",\"" name "\":\"" API "/scheduled_events/"	\
	"00000000-0000-4000-8000-00000000000" #e "/invitees/"		\
	"00000000-0000-4000-8000-00000000010" #i "\""
#define NAMED(n) ",\"name\":\"" n "\""

static const struct said	canceled[] = {
	{ "invitee.created", "01:00", 1, "00:59", ACTIVE ONE, 1, "00:59",
	    ACTIVE, "created" },
	{ "invitee.canceled", "02:00", 1, "01:59", GONE ONE, 1, "01:59",
	    GONE BY("Ivy"), "canceled" },
	{ "invitee_no_show.created", "03:00", 1, "01:59", GONE ONE, 1, "02:59",
	    GONE BY("Ivy") NO_SHOW(1, "02:59"), "no_show" },
};

static const struct truth	canceled_truth[] = {
	{ 1, "status", "canceled" },
	{ 1, "cancellation.canceled_by", "Ivy" },
	{ 1, "rescheduled", "false" },
	{ 1, "invitees.0.status", "canceled" },
	{ 1, "invitees.0.no_show.created_at", DAY "10:02:59.500000Z" },
};

static const struct said	rescheduled[] = {
	{ "invitee.created", "01:00", 2, "00:59", ACTIVE ONE, 2, "00:59",
	    ACTIVE, "created" },
	{ "invitee.canceled", "02:00", 2, "01:59", GONE ONE, 2, "01:59",
	    GONE BY("Ivy") ",\"rescheduled\":true" LINK("new_invitee", 3, 3),
	    "rescheduled" },
	{ "invitee.created", "02:00", 3, "01:59", ACTIVE ONE, 3, "01:59",
	    ACTIVE LINK("old_invitee", 2, 2), "created" },
	/*
	 * This event about the old invitee was sent later and lacks the
	 * cancellation and the reschedule, which must not get lost.
	 */
	{ "invitee_no_show.deleted", "04:00", 2, "03:00", GONE ONE, 2, "03:00",
	    GONE, "updated" },
};

static const struct truth	rescheduled_truth[] = {
	{ 2, "status", "canceled" },
	{ 2, "rescheduled", "true" },
	{ 2, "invitees.0.rescheduled", "true" },
	{ 2, "invitees.0.rescheduled_to.calendly_uri", API "/scheduled_events/"
	    "00000000-0000-4000-8000-000000000003/invitees/"
	    "00000000-0000-4000-8000-000000000103" },
	{ 3, "status", "active" },
	{ 3, "invitees.0.rescheduled_from.calendly_uri", API
	    "/scheduled_events/00000000-0000-4000-8000-000000000002/invitees/"
	    "00000000-0000-4000-8000-000000000102" },
};

/*
 * A no-show is set, cleared, and set again; the times at which the events were
 * sent have whole seconds.
 */
static const struct said	no_shows[] = {
	{ "invitee.created", "01:00", 4, "00:59", ACTIVE ONE, 4, "00:59",
	    ACTIVE, "created" },
	{ "invitee_no_show.created", "05:01", 4, "00:59", ACTIVE ONE, 4,
	    "05:00", ACTIVE NO_SHOW(1, "05:00"), "no_show" },
	{ "invitee_no_show.deleted", "05:00", 4, "00:59", ACTIVE ONE, 4,
	    "06:00", ACTIVE, "no_show" },
	{ "invitee_no_show.created", "07:00", 4, "00:59", ACTIVE ONE, 4,
	    "06:59", ACTIVE NO_SHOW(2, "06:59"), "no_show" },
	/*
	 * This clearing was sent late.  It names the no-show that it ends, and
	 * when that began, so it does not end the second one.
	 */
	{ "invitee_no_show.deleted", "09:00", 4, "00:59", ACTIVE ONE, 4,
	    "05:30", ACTIVE NO_SHOW(1, "05:00"), "-" },
};

static const struct truth	no_shows_truth[] = {
	{ 4, "status", "active" },
	{ 4, "invitees.0.no_show.created_at", DAY "10:06:59.500000Z" },
};

static const struct said	cleared[] = {
	{ "invitee_no_show.created", "05:01", 5, "00:59", ACTIVE ONE, 5,
	    "05:00", ACTIVE NO_SHOW(1, "05:00"), "created" },
	{ "invitee_no_show.deleted", "05:00", 5, "00:59", ACTIVE ONE, 5,
	    "05:00", ACTIVE NO_SHOW(1, "05:00"), "no_show" },
};

static const struct truth	cleared_truth[] = {
	{ 5, "invitees.0.no_show", "null" },
};

/*
 * Two invitees book a group event; one reschedules, then the host cancels for
 * all.
 */
static const struct said	group[] = {
	{ "invitee.created", "01:00", 6, "00:30", ACTIVE GROUP(1), 6, "00:59",
	    ACTIVE NAMED("A"), "created" },
	{ "invitee.created", "02:00", 6, "00:30", ACTIVE GROUP(2), 7, "01:59",
	    ACTIVE NAMED("B"), "updated" },
	{ "invitee.canceled", "03:00", 6, "00:30", ACTIVE GROUP(2), 6, "02:59",
	    GONE BY("A") ",\"rescheduled\":true", "updated" },
	{ "invitee.canceled", "04:00", 6, "03:59", GONE GROUP(2) BY("Olivia"),
	    7, "03:59", GONE BY("Olivia") NAMED("B"), "canceled" },
	{ "invitee_no_show.created", "05:00", 6, "03:59", GONE GROUP(2)
	    BY("Olivia"), 6, "04:59", GONE BY("A") ",\"rescheduled\":true"
	    NAMED("A") NO_SHOW(1, "04:59"), "no_show" },
};

static const struct truth	group_truth[] = {
	{ 6, "status", "canceled" },
	{ 6, "rescheduled", "false" },
	{ 6, "cancellation.canceled_by", "Olivia" },
	{ 6, "invitees_counter.total", "2" },
	{ 6, "invitees.0.name", "A" },
	{ 6, "invitees.0.rescheduled", "true" },
	{ 6, "invitees.1.status", "canceled" },
	{ 6, "invitees.1.name", "B" },
};

/*
 * The names of the event and of the invitee change, but updated_at does not, so
 * only the time at which an event was sent tells that it is newer.
 */
static const struct said	changed[] = {
	{ "invitee.created", "01:00", 7, "00:59", ACTIVE ONE NAMED("old"), 8,
	    "00:59", ACTIVE NAMED("x"), "created" },
	{ "invitee_no_show.created", "02:00", 7, "00:59", ACTIVE ONE
	    NAMED("new"), 8, "00:59", ACTIVE NAMED("y"), "no_show" },
	{ "invitee_no_show.created", "02:00", 7, "00:59", ACTIVE ONE
	    NAMED("new"), 8, "00:59", ACTIVE NAMED("y"), "-" },
};

static const struct truth	changed_truth[] = {
	{ 7, "name", "new" },
	{ 7, "invitees.0.name", "y" },
};

/*
 * These events tell no times, except when the last one was sent.  What happened
 * is known from their kinds, and the time at which an event was received stands
 * in for the missing ones.
 */
static const struct said	bare[] = {
	{ "invitee.canceled", NULL, 8, NULL, NULL, 9, NULL, "", "canceled" },
	{ "invitee.created", NULL, 8, NULL, ACTIVE NAMED("n"), 9, NULL,
	    NAMED("i"), "updated" },
	{ "invitee.created", "01:00", 8, NULL, ACTIVE NAMED("m"), 9, NULL,
	    NAMED("k"), "-" },
};

static const struct truth	bare_truth[] = {
	{ 8, "status", "active" },
	{ 8, "name", "n" },
	{ 8, "invitees.0.status", "canceled" },
	{ 8, "invitees.0.cancellation", "null" },
};

#include "t/unit/stories_odd.h"

#define STORY(title, s)	{ title, s, (int)(sizeof(s) / sizeof((s)[0])),	\
	s##_truth, (int)(sizeof(s##_truth) / sizeof(s##_truth[0])) }

static const struct story	stories[] = {
	STORY("canceled", canceled),
	STORY("rescheduled", rescheduled),
	STORY("a no-show, undone, again", no_shows),
	STORY("a no-show, undone", cleared),
	STORY("a group", group),
	STORY("changed", changed),
	STORY("without times", bare),
	STORY("booked within a second", crowd),
	STORY("alone, and canceled", alone),
	STORY("canceled in a group", left),
	STORY("nothing known of the event", unseen),
	STORY("no-shows of a second, by microseconds", sent),
	STORY("no-shows of a second, by arrival", came),
	{ .said = NULL },
};

#endif
