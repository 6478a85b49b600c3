/*
 * news: see news.h.
 */
#include <string.h>

#include "app/service/meeting/news.h"

static const char *const names[MEETING_CHANGE__MAX] = {
	[MEETING_CREATED] = "created",
	[MEETING_UPDATED] = "updated",
	[MEETING_CANCELED] = "canceled",
	[MEETING_RESCHEDULED] = "rescheduled",
	[MEETING_NO_SHOW] = "no_show",
	[MEETING_GONE] = "gone",
};

const char *
meeting_change_name(enum meeting_change change)
{
	return names[change];
}

/* Moves a time on; either may be NULL. */
static void
move_on(const char **time, const char *at)
{
	if (at != NULL && (*time == NULL || strcmp(at, *time) > 0))
		*time = at;
}

void
news_note(struct news *news, const char *since)
{
	news->change = MEETING_UPDATED;
	move_on(&news->since, since);
}

void
news_note_webhook(struct news *news, const char *since)
{
	move_on(&news->webhook_since, since);
}

/* How much a change matters beside another one of the same meeting. */
static int
rank_of(enum meeting_change change)
{
	static const int	 rank[MEETING_CHANGE__MAX] = {
		[MEETING_UPDATED] = 1,
		[MEETING_NO_SHOW] = 2,
		[MEETING_CREATED] = 3,
		[MEETING_CANCELED] = 4,
		[MEETING_RESCHEDULED] = 5,
		[MEETING_GONE] = 6,
	};

	return rank[change];
}

void
news_add(struct news *sum, const struct news *more)
{
	if (more->change == MEETING_SAME)
		return;
	if (rank_of(more->change) > rank_of(sum->change))
		sum->change = more->change;
	if (more->several || (sum->invitee_id != NULL &&
	    more->invitee_id != NULL && strcmp(sum->invitee_id,
	    more->invitee_id) != 0))
		sum->several = true;
	if (sum->several)
		sum->invitee_id = NULL;
	else if (more->invitee_id != NULL)
		sum->invitee_id = more->invitee_id;
	move_on(&sum->since, more->since);
	move_on(&sum->webhook_since, more->webhook_since);
}
