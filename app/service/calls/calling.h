/*
 * calling: limits how many app workers may wait for Calendly at once.
 *
 * While Calendly hangs, each request that needs it occupies a worker for many
 * seconds.  The limit keeps some workers free for requests that do not need
 * Calendly.  A request that finds no place under the limit has to wait, but
 * without occupying a worker.
 */
#ifndef APP_SERVICE_CALLS_CALLING_H
#define APP_SERVICE_CALLS_CALLING_H

#include <stdbool.h>
#include <stdint.h>

struct service;

enum {
	CALLING_WAIT_MS = 12 * 1000,	/* longest wait for a place */
};

/*
 * Takes a place under the limit; false means that none is free now.  A place
 * that was taken is given back with calling_end().
 */
bool	calling_begin(struct service *);
void	calling_end(struct service *);
/*
 * Milliseconds until a request that has waited for "waited_ms" should look for
 * a place again: soon at first, then after half the time waited, at most 500
 * ms.
 */
long	calling_next_look(int64_t waited_ms);

#endif
