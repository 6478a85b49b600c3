/*
 * told: reads what a stored delivery says: the event that it becomes, and what
 * it tells about a meeting.
 */
#ifndef APP_SERVICE_WEBHOOK_TOLD_H
#define APP_SERVICE_WEBHOOK_TOLD_H

#include <stdbool.h>

#include "app/calendly/sighting.h"
#include "app/repo/event.h"

struct arena;
struct delivery;

struct told {
	const struct delivery *d;
	struct event_new ev;		/* the event; if this is another
					 * body about a known event,
					 * only its outcome is stored */
	bool		 is_sighting;
	struct sighting	 s;
};

/*
 * Reads a delivery.  Its parsed body lives in "scratch"; everything in the
 * result lives in "mem".
 */
void	told_read(struct told *, struct arena *mem, struct arena *scratch,
	    const struct delivery *);

#endif
