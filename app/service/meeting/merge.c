/*
 * merge: see merge.h.
 */
#include <string.h>

#include "app/calendly/no_show.h"
#include "app/calendly/sighting.h"
#include "app/repo/meeting.h"
#include "app/service/meeting/alone.h"
#include "app/service/meeting/merge.h"
#include "app/service/meeting/news.h"
#include "app/service/meeting/strip.h"
#include "lib/arena.h"

/*
 * Orders invitees by the time of their booking; those without a time come last.
 */
static int
by_booking(const struct invitee *a, const struct invitee *b)
{
	int	 c = 0;

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
	const size_t	 size = sizeof(*m->invitees);
	struct invitee	*v;

	if (m->ninvitees >= m->room) {
		m->room = m->ninvitees * 2 + 8;
		m->invitees = arena_grow(mem, m->invitees,
		    (size_t)m->ninvitees * size, (size_t)m->room * size);
	}
	v = &m->invitees[m->ninvitees++];
	*v = (struct invitee){ .id = id };
	return v;
}

/*
 * Moves an invitee to its place, after its booking has changed.  The others are
 * in order, and may be thousands.
 */
static void
invitee_place(struct meeting *m, struct invitee *v)
{
	const struct invitee	 one = *v;

	for (; v > m->invitees && by_booking(v - 1, &one) > 0; v--)
		*v = v[-1];
	for (; v < m->invitees + m->ninvitees - 1 &&
	    by_booking(v + 1, &one) < 0; v++)
		*v = v[1];
	*v = one;
}

/* The later of two times, either of which may be NULL. */
static const char *
later_of(const char *a, const char *b)
{
	(void)presence_move(&a, b);
	return a;
}

/*
 * Writes "seen", without personal data if that was gone at "gone_at", into the
 * register.  Returns whether hosts now see another value than before; sets
 * "newer" if the register took the write.
 */
static bool
merge_reg(struct arena *mem, struct reg *r, const struct reg *seen,
    const char *gone_at, bool *newer)
{
	const struct reg	 was = *r;
	const struct reg	 kept = strip_reg(mem, seen, gone_at);

	if (!reg_write(r, &kept))
		return false;
	*newer = true;
	return !reg_same(&was, r);
}

/* Strips what the register holds; like merge_reg() otherwise. */
static bool
merge_gone(struct arena *mem, struct reg *r, const char *gone_at, bool *newer)
{
	const struct reg	 was = *r;

	*r = strip_reg(mem, &was, gone_at);
	if (reg_same(&was, r))
		return false;
	*newer = true;
	return true;
}

/*
 * Moves a presence on.  Returns whether it is gone now and was not, or the
 * other way round; sets "newer" if any of its times has moved.
 */
static bool
merge_presence(struct presence *p, const struct presence *seen, bool *newer)
{
	const bool	 was_gone = presence_is_gone(p);

	*newer |= presence_move(&p->seen_at, seen->seen_at);
	*newer |= presence_move(&p->gone_at, seen->gone_at);
	return presence_is_gone(p) != was_gone;
}

static bool
forget_invitee(struct arena *mem, struct invitee *v, const char *gone_at)
{
	bool	 shown;

	gone_at = later_of(v->presence.gone_at, gone_at);
	shown = merge_gone(mem, &v->content, gone_at, &v->altered);
	shown |= merge_gone(mem, &v->canceled, gone_at, &v->altered);
	return shown;
}

/*
 * Forgets who met if the meeting was gone later than was known before.  All its
 * invitees must have been loaded.
 */
static bool
forget_people(struct arena *mem, struct meeting *m)
{
	const char	*gone_at = m->presence.gone_at;
	bool		 shown;
	int		 i;

	shown = merge_gone(mem, &m->content, gone_at, &m->altered);
	shown |= merge_gone(mem, &m->canceled, gone_at, &m->altered);
	for (i = 0; i < m->ninvitees; i++)
		shown |= forget_invitee(mem, &m->invitees[i], gone_at);
	return shown;
}

/*
 * The start and end times are kept beside the content, for sorting, and change
 * with it.
 */
static bool
see_content(struct arena *mem, struct meeting *m, const struct sighting *s)
{
	bool	 newer = false, shown;

	shown = merge_reg(mem, &m->content, &s->meeting, m->presence.gone_at,
	    &newer);
	if (newer) {
		m->start_at = s->start_at;
		m->end_at = s->end_at;
		m->altered = true;
	}
	return shown;
}

static bool
see_booking(struct arena *mem, struct invitee *v, const struct sighting *s,
    const char *gone_at)
{
	bool	 newer = false, shown;

	shown = merge_reg(mem, &v->content, &s->invitee, gone_at, &newer);
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

/* Adds all but the no-show; returns whether hosts see a change. */
static bool
see_invitee(struct arena *mem, struct meeting *m, struct invitee *v,
    const struct sighting *s)
{
	const char	*gone_at;
	bool		 shown;

	shown = merge_presence(&v->presence, &s->invitee_presence,
	    &v->altered);
	gone_at = later_of(v->presence.gone_at, m->presence.gone_at);
	if (s->invitee_presence.gone_at != NULL)
		shown |= forget_invitee(mem, v, gone_at);
	shown |= see_booking(mem, v, s, gone_at);
	shown |= merge_reg(mem, &v->canceled, &s->invitee_canceled, gone_at,
	    &v->altered);
	return shown;
}

/* Says whether an invitee was booked or canceled by now. */
static bool
is_booked_or_canceled(const struct invitee *was, const struct invitee *v)
{
	return (was->content.version == NULL && v->content.version != NULL) ||
	    (was->canceled.text == NULL && v->canceled.text != NULL);
}

/*
 * Adds what was seen of an invitee, if anything, and notes what hosts see of
 * it.  Returns whether the no-show changed.
 */
static bool
merge_invitee(struct arena *mem, struct meeting *m, const struct sighting *s,
    struct news *news)
{
	struct invitee	*v, was;
	bool		 no_show, shown;

	if (s->invitee_id == NULL)
		return false;
	if ((v = invitee_in(m, s->invitee_id)) == NULL)
		v = invitee_add(mem, m, s->invitee_id);
	was = *v;
	shown = see_invitee(mem, m, v, s);
	no_show = see_no_show(mem, v, &s->no_show);
	if (shown)
		news_note(news, s->invitee_since);
	if (no_show)
		news_note(news, s->no_show_since);
	if (is_booked_or_canceled(&was, v))
		news_note_webhook(news, s->invitee_since);
	if (no_show)
		news_note_webhook(news, s->no_show_since);
	if (shown || no_show)
		news->invitee_id = s->invitee_id;
	if (shown)
		invitee_place(m, v);
	return no_show;
}

/*
 * Since when a meeting is as it is seen now.  NULL: not known, because it has
 * changed without its updated_at, with which the versions begin.
 */
static const char *
meeting_since(const char *was_version, const struct sighting *s)
{
	const size_t	 n = strcspn(s->meeting.version, "|");

	return was_version != NULL && strncmp(was_version,
	    s->meeting.version, n + 1) == 0 ? NULL : s->meeting_since;
}

static void
merge_meeting(struct arena *mem, struct meeting *m, const struct sighting *s,
    struct news *news)
{
	const char	*was_version = m->content.version;
	bool		 shown;

	shown = merge_presence(&m->presence, &s->meeting_presence,
	    &m->altered);
	if (s->meeting_presence.gone_at != NULL)
		shown |= forget_people(mem, m);
	shown |= see_content(mem, m, s);
	shown |= merge_reg(mem, &m->canceled, &s->meeting_canceled,
	    m->presence.gone_at, &m->altered);
	if (shown)
		news_note(news, meeting_since(was_version, s));
}

/* Names a change that hosts see for what happened. */
static enum meeting_change
change_from(const struct meeting *was, const struct meeting *m, bool no_show,
    bool rescheduled)
{
	if (presence_is_gone(&m->presence))
		return presence_is_gone(&was->presence) ? MEETING_UPDATED :
		    MEETING_GONE;
	if (was->canceled.text == NULL && m->canceled.text != NULL)
		return rescheduled ? MEETING_RESCHEDULED : MEETING_CANCELED;
	if (was->content.version == NULL)
		return MEETING_CREATED;
	return no_show ? MEETING_NO_SHOW : MEETING_UPDATED;
}

struct news
meeting_see(struct arena *mem, struct meeting *m, const struct sighting *s)
{
	const struct meeting	 was = *m;
	struct news		 news = { .change = MEETING_SAME };
	bool			 no_show, rescheduled = s->rescheduled;

	merge_meeting(mem, m, s, &news);
	no_show = merge_invitee(mem, m, s, &news);
	if (meeting_see_alone(mem, m, &rescheduled))
		news_note(&news, NULL);
	if (news.change != MEETING_SAME)
		news.change = change_from(&was, m, no_show, rescheduled);
	return news;
}
