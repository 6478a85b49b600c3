/*
 * push: what a pusher reads and writes (docs/design.md, "Push").
 *
 * These functions look at all tenants, and each is one statement of its own,
 * which may be run twice.  None waits for a row that somebody else has locked.
 * Times are milliseconds of the Unix epoch by the database's clock.
 *
 * A pusher claims destinations, takes events for them, records what became of
 * these, and gives a claim up as soon as nothing is in flight and nothing more
 * is to be taken: push_claim() finds the destination again when there is.
 */
#ifndef APP_REPO_PUSH_H
#define APP_REPO_PUSH_H

#include <stdbool.h>
#include <stdint.h>

#include "app/domain/status.h"
#include "app/repo/event.h"
#include "lib/buf.h"
#include "lib/err.h"

struct arena;
struct db;

/* How a destination answers; app/service/push/health.h has the rules. */
struct destination_health {
	int64_t		 failures;	/* since the last success */
	int64_t		 events_failed;	/* of these failures, those at an
					 * event's first try */
	int64_t		 probes;	/* since the breaker opened */
	bool		 is_open;	/* the breaker is */
	int64_t		 not_before;	/* nothing is sent before; 0: now */
	int64_t		 failing_since;	/* 0: it does not fail */
	bool		 told_failing;
	int64_t		 success_at;	/* 0: never */
	int64_t		 failure_at;
	const char	*failure;	/* why the last one failed, or NULL */
	int64_t		 answered_ms;	/* its clock, without what runs */
	int64_t		 answering_since;	/* 0: the clock stands */
};

/* A destination that this pusher has claimed. */
struct push_target {
	int64_t		 now;		/* the database's clock */
	const char	*id;
	const char	*tenant_id;
	int64_t		 version;
	const char	*url;
	struct bytes	 headers_sealed;	/* p NULL: none */
	struct bytes	 secret_sealed;
	struct bytes	 former_sealed;		/* p NULL: none that is valid */
	int64_t		 former_until;		/* when it ends to be valid */
	int64_t		 cursor;
	struct destination_health health;
};

/*
 * Claims destinations that have something to be pushed, or whose pusher is
 * lost, for "seconds": at most "most", first those whose last claim ended
 * first.
 */
enum cal_err	push_claim(struct db *, struct arena *, const char *owner,
		    int seconds, int most, struct push_target **, int *n)
		    ERR_CHECK;

/* What a pusher has room for, at one destination. */
struct push_room {
	const char	*destination_id;
	int64_t		 version;
	int64_t		 after;		/* events up to this number were taken;
					 * the cursor at first */
	int		 room;		/* 0: only the claim is renewed */
	bool		 probe;		/* events never tried come first, then
					 * those that wait; else they take
					 * turns, beginning with one that
					 * waits */
};

/* What is in flight: it is not taken again, and its lane must wait. */
struct push_busy {
	const char	*destination_id;
	const char	*push_id;	/* NULL: it has no row */
	const char	*lane;
	bool		 replay;
};

/* An event to be pushed, or (event.id NULL) news of the destination alone. */
struct push_taken {
	const char	*destination_id;
	bool		 lost;		/* the claim is: it was deleted, paused,
					 * changed, or is another pusher's.
					 * Nothing more is taken; once nothing
					 * is in flight, release it */
	int64_t		 after;		/* events up to this number are taken
					 * now, or need no push */
	/*
	 * Retention has removed events in this range of the feed before they
	 * could be delivered: call destination_missed().  0: none.
	 */
	int64_t		 missed_from;
	int64_t		 missed_to;
	bool		 more;		/* more could be taken now, with more
					 * room or by another call */
	const char	*push_id;	/* NULL: it has no row yet */
	bool		 replay;
	const char	*lane;
	int64_t		 attempts;
	int64_t		 first_answered_ms;	/* -1: it has not failed */
	struct event	 event;
};

/*
 * Takes events for these destinations: waiting ones that are due, and those of
 * the feed after "after" that match and have no row.  Those whose lane is busy
 * are written down as held.  Renews the claims.  At least one row for each
 * destination; one call takes at most 500 events and 8 MB, but at least one
 * event.  "now": the database's clock; 0 without any room.
 */
enum cal_err	push_take(struct db *, struct arena *, const char *owner,
		    int seconds, const struct push_room *, int nroom,
		    const struct push_busy *, int nbusy,
		    struct push_taken **, int *n, int64_t *now) ERR_CHECK;

/* What became of an attempt. */
struct push_result {
	const char	*destination_id;
	const char	*tenant_id;
	const char	*push_id;	/* NULL: it had no row */
	const char	*event_id;
	int64_t		 seq;
	const char	*lane;
	bool		 replay;
	enum push_status status;	/* delivered, waiting or dead */
	int64_t		 at;		/* when it began */
	int		 answer_status;	/* 0: no answer */
	int64_t		 ms;
	const char	*answer;	/* UTF-8, at most 1 kB, or NULL */
	const char	*error;		/* NULL: delivered */
	int64_t		 next_at;	/* of one that waits */
	int64_t		 answered_ms;	/* the destination's clock */
};

/* What is known of a destination after these attempts. */
struct push_progress {
	const char	*destination_id;
	int64_t		 version;	/* that it was claimed with: the health
					 * of an older one is dropped */
	int64_t		 cursor;	/* never goes back */
	bool		 release;	/* the claim is given up */
	struct destination_health health;
};

/*
 * Records attempts and how their destinations stand.  A result whose event has
 * been erased leaves nothing.  A delivered or dead one lets the next of its
 * lane go.  A claim that was lost records what was delivered, and nothing else.
 * "left" lists the destinations whose row somebody has locked: nothing of
 * theirs was recorded, so record it again, with the next call.  To record
 * anything twice does no harm.
 */
enum cal_err	push_record(struct db *, struct arena *, const char *owner,
		    const struct push_result *, int nresult,
		    const struct push_progress *, int nprogress,
		    const char *const **left) ERR_CHECK;

#endif
