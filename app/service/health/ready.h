/*
 * ready: can calendlyd do its work on this host?
 *
 * The watcher (app/process/watch.h) looks, and leaves what it found in the
 * vitals (app/metric/vitals.h); who answers a health check reads them, and
 * never waits for the database.
 */
#ifndef APP_SERVICE_HEALTH_READY_H
#define APP_SERVICE_HEALTH_READY_H

#include <stdbool.h>

struct arena;
struct service;

/* Each is NULL if all is well, else what is wrong and what to do. */
struct ready {
	bool		 ready;
	const char	*database;
	const char	*migrations;
	const char	*newer;		/* no fault: how the database is */
	const char	*keys;
	const char	*deployment;	/* held: see gate.h */
};

/*
 * Look, and report; "anew": over a connection that is made for it, because
 * others had trouble with theirs.
 */
void	ready_look(struct service *, struct arena *, bool anew);
/* How it is at this moment. */
void	ready_read(struct arena *, struct ready *);

#endif
