/*
 * health: whether a destination answers, and what follows from it.
 *
 * Pure functions on a struct destination_health (app/repo/push.h).  "now" is
 * the database's clock, in milliseconds of the Unix epoch.
 *
 * - A push that fails is tried again after a pause that grows with each try.
 * - After 5 failures in a row, over at least 3 different events, the breaker
 *   opens: then only probes are sent, one at a time, after pauses of 5 s to
 *   5 min.  Any success closes it.  So a dead destination costs next to
 *   nothing, while a single event that it can't digest opens nothing.
 * - A destination that asks for a pause (Retry-After) gets it.
 * - A clock runs while the destination answers, and until an hour after its
 *   last success.  A push is given up 72 hours after its first failure by that
 *   clock, so an outage makes no dead letters however long it lasts.
 * - Who fails for an hour is told so, and who fails for five days is disabled.
 *   Time in which nothing was tried does not count.
 */
#ifndef APP_SERVICE_PUSH_HEALTH_H
#define APP_SERVICE_PUSH_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

struct destination_health;

enum {
	HEALTH_IN_FLIGHT = 10,		/* most at one destination */
	HEALTH_NEVER_FAILED = -1,
};

/* What has to be told, or done, about a destination. */
enum health_news {
	HEALTH_SAME,
	HEALTH_FAILING,		/* it has failed for an hour */
	HEALTH_RECOVERED,	/* it was said to be failing, and answers */
	HEALTH_DISABLE,		/* it has failed for five days */
	HEALTH_NEWS__MAX
};

struct health_failure {
	const char	*why;		/* borrowed as long as the health is */
	bool		 first;		/* the event's first try */
	bool		 probe;		/* it was sent as a probe */
	int64_t		 hold_ms;	/* the pause that was asked for; 0:
					 * none */
};

/*
 * Each returns what has to be told.  It says so again at the next result,
 * until "told_failing" is set to what was told.
 */
enum health_news	health_success(struct destination_health *, bool probe,
			    int64_t now);
enum health_news	health_failure(struct destination_health *,
			    const struct health_failure *, int64_t now);

/*
 * Returns how many pushes may be sent besides those in flight.  "probe": the
 * breaker is open, and they are probes.
 */
int			health_room(const struct destination_health *,
			    int in_flight, int64_t now, bool *probe);
/* The time for which the destination has answered, in milliseconds. */
int64_t			health_clock(const struct destination_health *,
			    int64_t now);
/*
 * Whether a push is given up that failed first when the destination's clock
 * showed "first"; HEALTH_NEVER_FAILED: this is its first failure.
 */
bool			health_gives_up(const struct destination_health *,
			    int64_t first, int64_t now);
/*
 * When a push is tried next that has failed "attempts" times, lately with this
 * failure.
 */
int64_t			health_next(const struct destination_health *,
			    const struct health_failure *, int64_t attempts,
			    int64_t now);

#endif
