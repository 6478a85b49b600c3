/*
 * history: what happens to some meetings by chance, and what reaches us of it:
 * webhooks, some of which are lost, full reads, reads that lag, and polls.
 */
#ifndef T_UNIT_HISTORY_H
#define T_UNIT_HISTORY_H

#include "t/unit/world.h"

enum {
	STEPS = 14,
	MOST = 600,		/* sightings of one history */
};

/* What happens in a world, and what reaches us of it. */
struct history {
	struct world	 w;
	struct world	 past[STEPS + 1];	/* after each step */
	int		 nsteps;
	struct sighting	 s[MOST];
	int		 n;
	bool		 is_told;	/* every change is told by a
					 * webhook, and none is lost */
};

static inline void
add(struct history *h, struct sighting s)
{
	assert_true(h->n < MOST);
	h->s[h->n++] = s;
}

/* Sends a webhook, which may be lost. */
static inline void
tell(struct history *h, const char *kind, const struct w_event *e,
    const struct w_invitee *v)
{
	if (h->is_told || below(3) != 0)
		add(h, w_told(&h->w, kind, e, v));
}

/* How the world was at this time. */
static inline const struct world *
world_at(const struct history *h, int64_t at)
{
	int	 i = h->nsteps - 1;

	while (i > 0 && h->past[i].now > at)
		i--;
	return &h->past[i];
}

/* A moment that an answer may show if it was asked for then. */
static inline int64_t
shown_moment(int64_t asked)
{
	return asked - (below(2) == 0 ? below(SECOND) : below(LAG));
}

/*
 * Reads an event's invitees, or asks for the event itself.  "e" is the event as
 * it was listed.
 */
static inline void
read_event(struct history *h, const struct w_event *e, int64_t listed,
    int64_t asked, const struct w_event *later)
{
	int	 i;

	if (later->is_gone) {
		add(h, w_missing(e->n, 0, asked - LAG));
		return;
	}
	add(h, w_read(e, listed - LAG, NULL, asked - LAG));
	for (i = 0; i < later->ninvitees; i++)
		if (later->v[i].is_gone)
			add(h, w_missing(e->n, later->v[i].n, asked - LAG));
		else
			add(h, w_read(e, listed - LAG, &later->v[i],
			    asked - LAG));
}

/*
 * Lists all events at "listed", which shows how they were at "then"; reads
 * their invitees at "asked", if this is no poll.
 */
static inline void
read_all(struct history *h, int64_t listed, int64_t then, int64_t asked,
    bool poll)
{
	const struct world	*w = world_at(h, then);
	const struct world	*later = world_at(h, then + asked - listed);
	int			 i;

	for (i = 0; i < w->nevents; i++)
		if (w->e[i].is_gone)
			add(h, w_missing(w->e[i].n, 0, listed - LAG));
		else if (poll)
			add(h, w_read(&w->e[i], listed - LAG, NULL,
			    listed - LAG));
		else
			read_event(h, &w->e[i], listed, asked, &later->e[i]);
}

static inline void
read_sometimes(struct history *h)
{
	const int64_t	 now = h->w.now + below(SECOND);

	if (below(3) == 0)
		read_all(h, now, shown_moment(now), now + below(LAG),
		    below(3) == 0);
}

static inline bool
is_there(const struct w_event *e)
{
	return !e->is_gone && !e->is_canceled;
}

static inline void
happen_booking(struct history *h, struct w_event *e, struct w_invitee *v)
{
	(void)v;
	if (e == NULL || !e->is_group || !is_there(e) || below(2) == 0) {
		if (h->w.nevents == EVENTS)
			return;
		e = w_event_new(&h->w);
	}
	if (e->ninvitees < INVITEES)
		tell(h, "invitee.created", e, w_book(&h->w, e, 0));
}

static inline void
happen_cancel(struct history *h, struct w_event *e, struct w_invitee *v)
{
	if (v->is_canceled || !is_there(e))
		return;
	w_cancel(&h->w, e, v);
	tell(h, "invitee.canceled", e, v);
}

/* The host calls a meeting off to which this invitee would have come. */
static inline void
happen_end(struct history *h, struct w_event *e, struct w_invitee *v)
{
	bool	 was[INVITEES];
	int	 i;

	if (v->is_canceled || !is_there(e))
		return;
	e->is_canceled = true;
	e->updated = h->w.now;
	for (i = 0; i < e->ninvitees; i++) {
		was[i] = e->v[i].is_canceled;
		if (!was[i])
			w_cancel(&h->w, e, &e->v[i]);
	}
	for (i = 0; i < e->ninvitees; i++)
		if (!was[i])
			tell(h, "invitee.canceled", e, &e->v[i]);
}

static inline void
happen_move(struct history *h, struct w_event *e, struct w_invitee *v)
{
	struct w_event		*next;
	struct w_invitee	*moved;

	if (v->is_canceled || !is_there(e) || h->w.nevents == EVENTS)
		return;
	next = w_event_new(&h->w);
	moved = w_book(&h->w, next, v->n);
	v->to = moved->n;
	w_cancel(&h->w, e, v);
	tell(h, "invitee.canceled", e, v);
	tell(h, "invitee.created", next, moved);
}

/* A no-show moves no updated_at.  A clearing names the no-show or does not. */
static inline void
happen_no_show(struct history *h, struct w_event *e, struct w_invitee *v)
{
	if (e->is_gone || v->is_gone)
		return;
	if (v->no_show == 0) {
		v->no_show = h->w.now - below(1000);
		tell(h, "invitee_no_show.created", e, v);
	} else if (below(2) == 0) {
		tell(h, "invitee_no_show.deleted", e, v);
		v->no_show = 0;
	} else {
		v->no_show = 0;
		tell(h, "invitee_no_show.deleted", e, v);
	}
}

/* Something changes of which no webhook tells. */
static inline void
happen_silently(struct history *h, struct w_event *e, struct w_invitee *v)
{
	if (h->is_told)
		return;
	e->salt++;
	v->salt += below(2);
	if (below(2) == 0)
		e->updated = h->w.now;
}

/*
 * A meeting or an invitee vanishes, or is there again.  Who vanishes from a
 * meeting of one alone takes the meeting along.
 */
static inline void
happen_gone(struct history *h, struct w_event *e, struct w_invitee *v)
{
	if (h->is_told)
		return;
	if (e->is_group && below(3) == 0)
		v->is_gone = !v->is_gone;
	else
		e->is_gone = !e->is_gone;
}

static inline void
step(struct history *h)
{
	static void (*const	 happen[])(struct history *, struct w_event *,
				    struct w_invitee *) = {
		happen_booking, happen_booking, happen_booking, happen_cancel,
		happen_end, happen_move, happen_no_show, happen_no_show,
		happen_no_show, happen_silently, happen_gone,
	};
	struct w_event		*e = NULL;
	struct w_invitee	*v = NULL;

	h->w.now += below(3) == 0 ? below(SECOND) : below(LAG);
	if (h->w.nevents > 0) {
		e = &h->w.e[below(h->w.nevents)];
		v = &e->v[below(e->ninvitees)];
	}
	happen[e == NULL ? 0 : below(11)](h, e, v);
	h->past[h->nsteps++] = h->w;
}

static inline struct history *
history_new(bool is_told)
{
	struct history	*h = arena_alloc(mem, sizeof(*h));
	int		 i;

	*h = (struct history){ .is_told = is_told };
	h->w.now = (int64_t)10 * 3600 * SECOND;
	for (i = 0; i < STEPS; i++) {
		step(h);
		read_sometimes(h);
	}
	return h;
}

#endif
