/*
 * world: a small Calendly whose meetings change by chance, and what webhooks
 * and answers of its API say of them.
 *
 * Whatever is about a person contains the word "person".
 */
#ifndef T_UNIT_WORLD_H
#define T_UNIT_WORLD_H

#include "t/unit/sightings.h"

enum {
	EVENTS = 12,
	INVITEES = 3,		/* of one event */
	SECOND = 1000000,	/* in microseconds, like all times here */
	LAG = 60 * SECOND,	/* by which the API may be late */
};

struct w_invitee {
	int		 n;
	bool		 is_gone;
	bool		 is_canceled;
	int		 from, to;	/* numbers of invitees; 0: none */
	int64_t		 created, updated;
	int64_t		 no_show;	/* since when; 0: none */
	int		 salt;		/* what changes silently */
};

struct w_event {
	int		 n;
	bool		 is_gone;
	bool		 is_canceled;
	bool		 is_group;
	int64_t		 created, updated;
	int		 salt;
	int		 ninvitees;
	struct w_invitee v[INVITEES];
};

struct world {
	int64_t		 now;		/* since midnight */
	int		 nevents;
	struct w_event	 e[EVENTS];
};

/*
 * The test has its own random numbers, from a fixed seed, so that a failure can
 * be repeated.
 */
static uint32_t	seed = 1;

static inline int
below(int n)
{
	seed = seed * 1664525u + 1013904223u;
	return (int)((seed >> 8) % (uint32_t)n);
}

static inline const char *
w_time(int64_t at)
{
	const int64_t	 s = at / SECOND;

	return arena_printf(mem, DAY "%02d:%02d:%02d.%06dZ", (int)(s / 3600),
	    (int)(s / 60 % 60), (int)(s % 60), (int)(at % SECOND));
}

/* Times of events are in whole seconds; those of invitees are not. */
static inline int64_t
w_second(int64_t at)
{
	return at / SECOND * SECOND;
}

static inline const char *
w_event_uri(int event)
{
	return arena_printf(mem, API "/scheduled_events/EVENT%02d", event);
}

/* Each invitee belongs to one event: its number tells which. */
static inline const char *
w_invitee_uri(int invitee)
{
	return arena_printf(mem, "%s/invitees/INVITEE%03d",
	    w_event_uri(invitee / 10), invitee);
}

static inline const char *
w_event_json(const struct w_event *e)
{
	int	 i, active = 0;

	for (i = 0; i < e->ninvitees; i++)
		active += !e->v[i].is_canceled;
	return arena_printf(mem, "{\"uri\":\"%s\",\"name\":\"person %d\","
	    "\"status\":\"%s\",\"created_at\":\"%s\",\"updated_at\":\"%s\","
	    "\"location\":{\"type\":\"physical\",\"location\":\"person's\"},"
	    "\"event_memberships\":[{\"user\":\"" API "/users/U\","
	    "\"user_email\":\"person@host\"}],\"invitees_counter\":{"
	    "\"total\":%d,\"active\":%d,\"limit\":%d}%s}", w_event_uri(e->n),
	    e->salt, e->is_canceled ? "canceled" : "active",
	    w_time(w_second(e->created)), w_time(w_second(e->updated)),
	    e->ninvitees, active,
	    e->is_group ? INVITEES : 1, e->is_canceled ?
	    ",\"cancellation\":{\"canceled_by\":\"person\"}" : "");
}

static inline const char *
w_link(int invitee)
{
	return invitee == 0 ? "null" :
	    arena_printf(mem, "\"%s\"", w_invitee_uri(invitee));
}

static inline const char *
w_invitee_json(const struct w_invitee *v)
{
	const char	*no_show = v->no_show == 0 ? "null" :
			    arena_printf(mem, "{\"uri\":\"" API "/no_shows/1\""
			    ",\"created_at\":\"%s\"}", w_time(v->no_show));

	return arena_printf(mem, "{\"uri\":\"%s\",\"name\":\"person %d\","
	    "\"email\":\"person@%d\",\"status\":\"%s\",\"created_at\":\"%s\","
	    "\"updated_at\":\"%s\",\"rescheduled\":%s,\"old_invitee\":%s,"
	    "\"new_invitee\":%s,\"no_show\":%s,\"questions_and_answers\":[{"
	    "\"question\":\"?\",\"answer\":\"person\"}]%s}",
	    w_invitee_uri(v->n), v->salt, v->n,
	    v->is_canceled ? "canceled" : "active", w_time(v->created),
	    w_time(v->updated), v->to != 0 ? "true" : "false", w_link(v->from),
	    w_link(v->to), no_show, v->is_canceled ?
	    ",\"cancellation\":{\"canceled_by\":\"person\"}" : "");
}

/* What a webhook says of an invitee now. */
static inline struct sighting
w_told(const struct world *w, const char *kind, const struct w_event *e,
    const struct w_invitee *v)
{
	const bool		 exact = strstr(kind, "no_show") != NULL;
	const struct json_node	*invitee = json_of(w_invitee_json(v));
	const struct sighting_source	 src = {
		.connection_id = "c",
		.kind = kind,
		.sent_at = w_time(exact ? w->now : w_second(w->now)),
		.received_at = w_time(w->now + SECOND),
		.invitee = invitee,
		.event = json_of(w_event_json(e)),
	};
	struct sighting		 s;

	assert_true(sighting_read(mem, &src, &s));
	return s;
}

/* What answers of the API say that speak for these moments. */
static inline struct sighting
w_read(const struct w_event *e, int64_t event_at, const struct w_invitee *v,
    int64_t at)
{
	const struct sighting_source	 src = {
		.connection_id = "c",
		.sent_at = w_time(at),
		.event_sent_at = w_time(event_at),
		.received_at = w_time(at),
		.invitee = v == NULL ? NULL : json_of(w_invitee_json(v)),
		.event = json_of(w_event_json(e)),
	};
	struct sighting			 s;

	assert_true(sighting_read(mem, &src, &s));
	return s;
}

static inline struct sighting
w_missing(int event, int invitee, int64_t at)
{
	struct sighting	 s;

	assert_true(sighting_gone(mem, "c", w_event_uri(event),
	    invitee == 0 ? NULL : w_invitee_uri(invitee), w_time(at), &s));
	return s;
}

/* Books somebody into an event; "from" is who moved there, or 0. */
static inline struct w_invitee *
w_book(struct world *w, struct w_event *e, int from)
{
	struct w_invitee	*v = &e->v[e->ninvitees];

	*v = (struct w_invitee){
		.n = e->n * 10 + ++e->ninvitees,
		.from = from, .created = w->now, .updated = w->now,
	};
	return v;
}

static inline struct w_event *
w_event_new(struct world *w)
{
	struct w_event	*e = &w->e[w->nevents++];

	*e = (struct w_event){
		.n = w->nevents, .is_group = below(2) == 0,
		.created = w->now, .updated = w->now,
	};
	return e;
}

/* Ends an invitee's part, and with it the event if that was for one alone. */
static inline void
w_cancel(struct world *w, struct w_event *e, struct w_invitee *v)
{
	v->is_canceled = true;
	v->updated = w->now;
	if (!e->is_group) {
		e->is_canceled = true;
		e->updated = w->now;
	}
}

#endif
