/*
 * ready: can this process do its work?
 */
#ifndef APP_SERVICE_READY_H
#define APP_SERVICE_READY_H

#include <stdbool.h>

struct arena;
struct calendly;

/* Each is NULL if all is well, else what is wrong and what to do. */
struct ready {
	bool		 ready;
	const char	*database;
	const char	*migrations;
	const char	*keys;
	const char	*deployment;	/* held: see gate.h */
};

void	ready_look(struct calendly *, struct arena *, struct ready *);

#endif
