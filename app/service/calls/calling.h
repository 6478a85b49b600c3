/*
 * calling: how many app workers may wait for Calendly at once.
 *
 * When Calendly hangs, each request that needs it holds a worker for many
 * seconds.  So some workers are kept for those that do not need it: who finds
 * no place among the others has to wait, but not in a worker.
 */
#ifndef APP_SERVICE_CALLS_CALLING_H
#define APP_SERVICE_CALLS_CALLING_H

#include <stdbool.h>
#include <stdint.h>

struct service;

enum {
	CALLING_WAIT_MS = 12 * 1000,	/* nobody waits longer for a place */
};

/* Take a place; false: there is none now. */
bool	calling_begin(struct service *);
void	calling_end(struct service *);
/*
 * When to look again, for who has waited so long: soon at first, then no more
 * often than is of use.
 */
long	calling_next_look(int64_t waited_ms);

#endif
