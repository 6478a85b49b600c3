/*
 * engine_own: what the files of the engine share.  For
 * app/service/push/engine*.c alone.
 */
#ifndef APP_SERVICE_PUSH_ENGINE_OWN_H
#define APP_SERVICE_PUSH_ENGINE_OWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/service/push/guard.h"
#include "app/service/push/target.h"
#include "lib/clock.h"

struct arena;
struct flight;
struct http_many;
struct service;

enum {
	ENGINE_CLAIM_SECONDS = 15,
	ENGINE_LOOK_MS = 100,		/* between looks for events */
	ENGINE_SOON_MS = 4,		/* in which results gather */
	ENGINE_AWAY_MS = 500,		/* pause while the database is away */
	ENGINE_HELD_MS = 100,		/* pause while rows are locked */
};

/* Times are by clock_ms(). */
struct engine {
	struct service	*cal;
	struct guard	*guard;
	struct http_many *many;
	struct arena	*mem;		/* of one turn */
	struct target	*targets;
	int		 in_flight;
	size_t		 bytes;		/* of these */
	int		 most;		/* in flight, by file descriptors */
	int64_t		 record_at;	/* when to record what is over;
					 * INT64_MAX: nothing is */
	bool		 leaving;	/* all claims are to be given up */
	int64_t		 db_ahead;	/* the database's clock less
					 * clock_ms() */
	int64_t		 due;		/* of the next statements */
	int64_t		 claim_at;
	int64_t		 connect_at;	/* next try to reach the database */
	int64_t		 ask_at;	/* when to ask the clone guard again */
	bool		 shut;		/* what it said last */
};

/* Returns the database's clock, in milliseconds of the Unix epoch. */
static inline int64_t
engine_db_now(const struct engine *e)
{
	return clock_ms() + e->db_ahead;
}

/* engine_settle.c: takes the calls that are over, and judges them. */
void		 engine_settle(struct engine *);
/* Judges a push that could not even begin. */
void		 engine_settle_unsent(struct engine *, struct flight *,
		    const char *why);
/* Judges a destination to which nothing can be sent. */
void		 engine_settle_unfit(struct engine *, struct target *);

/*
 * engine_record.c: writes down what has become of pushes, tells of it, and
 * gives up the claims of destinations that have nothing to do.  False: the
 * database can't be written to now.
 */
bool		 engine_record(struct engine *);
/* Returns when engine_record() has something to do. */
int64_t		 engine_record_due(const struct engine *);
/* Forgets all targets. */
void		 engine_forget(struct engine *);

/* engine_claim.c: claims destinations that have something to be pushed. */
void		 engine_claim(struct engine *);
/* False: the clone guard is shut. */
bool		 engine_may_push(struct engine *);

/*
 * engine_room.c: how many more may be in flight, and how many bytes are: an
 * event may be as large as a megabyte.  Those that may hang have half of the
 * places, and bytes of their own.
 */
struct budget {
	int	 all;
	int	 doubtful;
	size_t	 proven_bytes;
	size_t	 doubtful_bytes;
};

struct budget	 engine_budget(const struct engine *);
/* Returns how many pushes a target may get.  "probe": they are probes. */
int		 engine_room(const struct engine *, const struct budget *,
		    const struct target *, bool *probe);

/* engine_take.c: takes events for those that are claimed, and sends them. */
void		 engine_take(struct engine *);
/* Returns when engine_take() has something to do. */
int64_t		 engine_take_due(const struct engine *);

#endif
