/*
 * merge: see merge.h.
 */
#include <stdlib.h>
#include <string.h>

#include "app/calendly/no_show.h"
#include "app/calendly/sighting.h"
#include "app/repo/meeting.h"
#include "app/service/meeting/alone.h"
#include "app/service/meeting/merge.h"
#include "lib/arena.h"

static const char *const names[MEETING_CHANGE__MAX] = {
	[MEETING_CREATED] = "created",
	[MEETING_UPDATED] = "updated",
	[MEETING_CANCELED] = "canceled",
	[MEETING_RESCHEDULED] = "rescheduled",
	[MEETING_NO_SHOW] = "no_show",
};

const char *
meeting_change_name(enum meeting_change change)
{
	return names[change];
}

/*
 * Sorts invitees by the time of their booking; those without a time come last.
 */
static int
by_booking(const void *x, const void *y)
{
	const struct invitee	*a = x, *b = y;
	int			 c = 0;

	if (a->booked_at != NULL && b->booked_at != NULL)
		c = strcmp(a->booked_at, b->booked_at);
	else if (a->booked_at != b->booked_at)
		c = a->booked_at == NULL ? 1 : -1;
	return c != 0 ? c : strcmp(a->id, b->id);
}

static struct invitee *
invitee_in(const struct meeting *m, const char *id)
{
	int	 i;

	for (i = 0; i < m->ninvitees; i++)
		if (strcmp(m->invitees[i].id, id) == 0)
			return &m->invitees[i];
	return NULL;
}

static struct invitee *
invitee_add(struct arena *mem, struct meeting *m, const char *id)
{
	const size_t	 n = (size_t)m->ninvitees * sizeof(*m->invitees);
	struct invitee	*v;

	m->invitees = arena_grow(mem, m->invitees, n, n + sizeof(*v));
	v = &m->invitees[m->ninvitees++];
	v->id = id;
	return v;
}

/*
 * Writes "seen" into the register.  Returns whether hosts now see another value
 * than before; sets "newer" if the register took the write.
 */
static bool
merge_reg(struct reg *r, const struct reg *seen, bool *newer)
{
	const struct reg	 was = *r;

	if (!reg_write(r, seen))
		return false;
	*newer = true;
	return !reg_same(&was, r);
}

/* Notes a change that hosts see, and since when it is so. */
static void
news_note(struct news *news, const char *since)
{
	news->change = MEETING_UPDATED;
	if (since != NULL && (news->since == NULL ||
	    strcmp(since, news->since) > 0))
		news->since = since;
}

/*
 * The start and end times are kept beside the content, for sorting, and change
 * with it.
 */
static bool
see_content(struct meeting *m, const struct sighting *s)
{
	bool	 newer = false, shown;

	shown = merge_reg(&m->content, &s->meeting, &newer);
	if (newer) {
		m->start_at = s->start_at;
		m->end_at = s->end_at;
		m->altered = true;
	}
	return shown;
}

static bool
see_booking(struct invitee *v, const struct sighting *s)
{
	bool	 newer = false, shown;

	shown = merge_reg(&v->content, &s->invitee, &newer);
	if (newer) {
		v->booked_at = s->booked_at;
		v->altered = true;
	}
	return shown;
}

static bool
see_no_show(struct arena *mem, struct invitee *v, const struct reg *seen)
{
	const struct reg	 was = v->no_show;

	if (!no_show_write(mem, &v->no_show, seen))
		return false;
	v->altered = true;
	return !reg_same(&was, &v->no_show);
}

/*
 * Adds what was seen of an invitee, if anything, and notes what hosts see of
 * it.  Returns whether the no-show changed.
 */
static bool
merge_invitee(struct arena *mem, struct meeting *m, const struct sighting *s,
    struct news *news)
{
	struct invitee	*v;
	bool		 no_show, shown;

	if (s->invitee_id == NULL)
		return false;
	if ((v = invitee_in(m, s->invitee_id)) == NULL)
		v = invitee_add(mem, m, s->invitee_id);
	shown = see_booking(v, s);
	shown |= merge_reg(&v->canceled, &s->invitee_canceled, &v->altered);
	no_show = see_no_show(mem, v, &s->no_show);
	if (shown)
		news_note(news, s->invitee_since);
	if (no_show)
		news_note(news, s->no_show_since);
	if (shown || no_show)
		news->invitee_id = s->invitee_id;
	if (shown)
		qsort(m->invitees, (size_t)m->ninvitees, sizeof(*v),
		    by_booking);
	return no_show;
}

static void
merge_meeting(struct meeting *m, const struct sighting *s, struct news *news)
{
	bool	 shown;

	shown = see_content(m, s);
	shown |= merge_reg(&m->canceled, &s->meeting_canceled, &m->altered);
	if (shown)
		news_note(news, s->meeting_since);
}

struct news
meeting_see(struct arena *mem, struct meeting *m, const struct sighting *s)
{
	const bool	 was_new = m->content.version == NULL;
	const bool	 was_active = m->canceled.text == NULL;
	struct news	 news = { .change = MEETING_SAME };
	bool		 no_show, rescheduled = s->rescheduled;

	merge_meeting(m, s, &news);
	no_show = merge_invitee(mem, m, s, &news);
	if (meeting_see_alone(mem, m, &rescheduled))
		news_note(&news, NULL);
	if (news.change == MEETING_SAME)
		return news;
	if (was_active && m->canceled.text != NULL)
		news.change = rescheduled ? MEETING_RESCHEDULED :
		    MEETING_CANCELED;
	else if (was_new)
		news.change = MEETING_CREATED;
	else if (no_show)
		news.change = MEETING_NO_SHOW;
	return news;
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
	if (more->since != NULL && (sum->since == NULL ||
	    strcmp(more->since, sum->since) > 0))
		sum->since = more->since;
}
