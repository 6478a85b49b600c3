/* worker: a process that answers requests. */
#ifndef APP_PROCESS_WORKER_H
#define APP_PROCESS_WORKER_H

#include "app/service/service.h"

struct settings;

/*
 * Serves "listener" until the leash is let go or the worker has served its
 * number of requests; returns the exit status.  Call it in a freshly forked
 * child with all signals blocked.
 */
int	worker_run(const struct settings *, enum service_role, int listener,
	    int leash);

#endif
