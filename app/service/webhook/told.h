/*
 * told: what one stored delivery says: the event that it becomes, and what it
 * tells of a meeting.
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
	struct event_new ev;		/* its own event; a telling's is not
					 * written, but its outcome is kept */
	bool		 is_sighting;
	struct sighting	 s;
};

/* What outlives the parsed body, in "scratch", is in "mem". */
void	told_read(struct told *, struct arena *mem, struct arena *scratch,
	    const struct delivery *);

#endif
