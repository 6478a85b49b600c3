/*
 * stories_odd: more stories, included by stories.h, whose macros they use:
 * several events within one second, and bodies that leave much out.
 */
#ifndef T_UNIT_STORIES_ODD_H
#define T_UNIT_STORIES_ODD_H

/*
 * Five invitees book within one second, so only the invitees' own times tell
 * who came last.
 */
static const struct said	crowd[] = {
	{ "invitee.created", "01:00", 9, "00:59", ACTIVE GROUP(1), 1,
	    "00:59.1", ACTIVE, "created" },
	{ "invitee.created", "01:00", 9, "00:59", ACTIVE GROUP(2), 2,
	    "00:59.2", ACTIVE, "updated" },
	{ "invitee.created", "00:59", 9, "00:59", ACTIVE GROUP(3), 3,
	    "00:59.3", ACTIVE, "updated" },
	{ "invitee.created", "01:00", 9, "00:59", ACTIVE GROUP(4), 4,
	    "00:59.4", ACTIVE, "updated" },
	{ "invitee.created", "01:00", 9, "00:59", ACTIVE GROUP(5), 5,
	    "00:59.5", ACTIVE, "updated" },
};

static const struct truth	crowd_truth[] = {
	{ 9, "invitees_counter.total", "5" },
};

/* The only invitee cancels, in a body that says nothing of the event. */
static const struct said	alone[] = {
	{ "invitee.created", "01:00", 1, "00:59", ACTIVE ONE NAMED("n"), 7,
	    "00:59", ACTIVE, "created" },
	{ "invitee.canceled", "02:00", 1, NULL, NULL, 7, "01:59",
	    GONE BY("Ivy") ",\"rescheduled\":true", "rescheduled" },
};

static const struct truth	alone_truth[] = {
	{ 1, "status", "canceled" },
	{ 1, "name", "n" },
	{ 1, "rescheduled", "true" },
	{ 1, "cancellation.canceled_by", "Ivy" },
};

/*
 * One invitee of a group cancels, in a body that says nothing of the event,
 * which goes on.
 */
static const struct said	left[] = {
	{ "invitee.created", "01:00", 2, "00:59", ACTIVE GROUP(1) NAMED("n"),
	    8, "00:59", ACTIVE, "created" },
	{ "invitee.canceled", "02:00", 2, NULL, NULL, 8, "01:59",
	    GONE BY("Ivy"), "updated" },
};

static const struct truth	left_truth[] = {
	{ 2, "status", "active" },
	{ 2, "name", "n" },
	{ 2, "invitees.0.status", "canceled" },
};

/*
 * No body says anything of the event, so its status follows from its invitees:
 * one books and cancels, then another one does.
 */
static const struct said	unseen[] = {
	{ "invitee.created", "01:00", 3, NULL, NULL, 1, "00:59", ACTIVE,
	    "created" },
	{ "invitee.canceled", "02:00", 3, NULL, NULL, 1, "01:59", GONE,
	    "canceled" },
	{ "invitee.created", "03:00", 3, NULL, NULL, 2, "02:59", ACTIVE,
	    "updated" },
	{ "invitee.canceled", "04:00", 3, NULL, NULL, 2, "03:59", GONE
	    BY("Zoe"), "canceled" },
};

static const struct truth	unseen_truth[] = {
	{ 3, "status", "canceled" },
	{ 3, "cancellation.canceled_by", "Zoe" },
};

/*
 * No-shows are set and cleared within one second; the microseconds of the times
 * at which the events were sent tell their order.
 */
static const struct said	sent[] = {
	{ "invitee_no_show.created", "05:00.2", 4, "00:59", ACTIVE ONE, 3,
	    "00:59", ACTIVE NO_SHOW(1, "05:00"), "created" },
	{ "invitee_no_show.deleted", "05:00.6", 4, "00:59", ACTIVE ONE, 3,
	    "00:59", ACTIVE, "no_show" },
	{ "invitee_no_show.created", "05:00.8", 4, "00:59", ACTIVE ONE, 3,
	    "00:59", ACTIVE NO_SHOW(2, "05:00"), "no_show" },
	{ "invitee_no_show.created", "05:00.7", 4, "00:59", ACTIVE ONE, 4,
	    "00:59", ACTIVE NO_SHOW(3, "05:00"), "no_show" },
	{ "invitee_no_show.deleted", "05:00.9", 4, "00:59", ACTIVE ONE, 4,
	    "00:59", ACTIVE, "no_show" },
};

static const struct truth	sent_truth[] = {
	{ 4, "invitees.0.no_show.uri", API "/no_shows/2" },
	{ 4, "invitees.1.no_show", "null" },
};

/*
 * No-shows are set and cleared within one second, and the times of sending have
 * whole seconds, so only the order of arrival tells.
 */
static const struct said	came[] = {
	{ "invitee_no_show.created", "05:00@01", 5, "00:59", ACTIVE ONE, 3,
	    "00:59", ACTIVE NO_SHOW(1, "05:00"), "created" },
	{ "invitee_no_show.deleted", "05:00@02", 5, "00:59", ACTIVE ONE, 3,
	    "00:59", ACTIVE, "no_show" },
	{ "invitee_no_show.created", "05:00@03", 5, "00:59", ACTIVE ONE, 3,
	    "00:59", ACTIVE NO_SHOW(2, "05:00"), "no_show" },
	{ "invitee_no_show.created", "05:00@04", 5, "00:59", ACTIVE ONE, 4,
	    "00:59", ACTIVE NO_SHOW(3, "05:00"), "no_show" },
	{ "invitee_no_show.deleted", "05:00@05", 5, "00:59", ACTIVE ONE, 4,
	    "00:59", ACTIVE, "no_show" },
};

static const struct truth	came_truth[] = {
	{ 5, "invitees.0.no_show.uri", API "/no_shows/2" },
	{ 5, "invitees.1.no_show", "null" },
};

#endif
