/*
 * replay: pushes events again, and tries again what was given up.
 *
 * All functions work within a tenant's transaction.
 */
#ifndef APP_SERVICE_PUSH_REPLAY_H
#define APP_SERVICE_PUSH_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "app/repo/destination.h"
#include "lib/err.h"

struct tx;

/* How much was done, and whether there is more. */
struct replayed {
	int64_t	 n;
	bool	 more;
	int64_t	 next;		/* after which event of the feed to go on */
};

/*
 * Has the events that the query names pushed again to this destination.
 * CAL_NOTFOUND: there is no such destination, or not the one event.
 */
enum cal_err	replay_events(struct tx *, const char *actor, const char *id,
		    const struct replay_query *, struct replayed *) ERR_CHECK;
/* Has the dead letters of a destination tried again. */
enum cal_err	redrive_all(struct tx *, const char *actor, const char *id,
		    struct replayed *) ERR_CHECK;
/*
 * Has one push tried again.  CAL_CONFLICT: it is delivered, or held behind
 * another, or its event is no longer kept; "out" tells how it stands in any
 * case.
 */
enum cal_err	redrive_one(struct tx *, const char *actor, const char *push_id,
		    struct push *out) ERR_CHECK;
/* Why a push cannot be tried again, and what to do instead. */
const char	*redrive_refusal(const struct push *);

#endif
