/*
 * flight: an event on its way to a destination.
 */
#ifndef APP_SERVICE_PUSH_FLIGHT_H
#define APP_SERVICE_PUSH_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/repo/push.h"

struct arena;
struct guard;
struct http_many;
struct settings;
struct target;

struct flight {
	struct flight		*next;		/* of the same target */
	struct target		*target;
	struct arena		*mem;
	const char		*push_id;	/* NULL: it has no row */
	const char		*event_id;
	const char		*type;
	const char		*received_at;
	const char		*lane;
	int64_t			 seq;
	size_t			 size;		/* bytes to be sent */
	int64_t			 attempts;	/* before this one */
	int64_t			 first_answered_ms;
	int64_t			 at;		/* when it began, by the
						 * database's clock */
	bool			 is_new;	/* it has no row yet */
	bool			 replay;
	bool			 probe;
	bool			 ended;		/* "result" is there */
	struct push_result	 result;
};

/*
 * Makes a client for the calls, each of which ends after "total_ms", and which
 * keeps as many connections for later (0: as many as http_many.h says).  The
 * guard must outlive it.
 */
struct http_many *flight_client(const struct settings *, struct guard *,
		    long total_ms, int connections);
/*
 * Makes a flight of what was taken for this target, and adds it to the target's
 * flights.  Never NULL.
 */
struct flight	*flight_new(struct target *, const struct push_taken *,
		    bool probe, int64_t db_now);
/* Takes the flight out of its target's list and frees it. */
void		 flight_free(struct flight *);
/*
 * Signs and begins the call that pushes this event.  NULL, or why it can't be
 * made.
 */
const char	*flight_begin(struct http_many *, struct flight *,
		    const struct event *);

#endif
