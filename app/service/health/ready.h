/*
 * ready: whether calendlyd can do its work on this host.
 *
 * The watcher process (app/process/watch.h) checks regularly and leaves the
 * result in the vitals (app/metric/vitals.h).  A process that answers a health
 * check only reads the vitals, so it never waits for the database.
 */
#ifndef APP_SERVICE_HEALTH_READY_H
#define APP_SERVICE_HEALTH_READY_H

#include <stdbool.h>

struct arena;
struct service;

/*
 * Each text is NULL if all is well; else it says what is wrong and what to do.
 */
struct ready {
	bool		 ready;
	const char	*database;
	const char	*migrations;
	const char	*newer;		/* how the database is newer than this
					 * program, which is no fault */
	const char	*keys;
	const char	*deployment;	/* why the clone guard is shut:
					 * see keys/clone_guard.h */
};

/*
 * Checks everything and reports to the vitals.  "anew": over a new database
 * connection, because other processes had trouble with theirs.
 */
void	ready_look(struct service *, struct arena *, bool anew);
/* Reads from the vitals how things stand now. */
void	ready_read(struct arena *, struct ready *);

#endif
