/*
 * worker: a process that answers requests, one at a time.
 */
#ifndef APP_PROCESS_WORKER_H
#define APP_PROCESS_WORKER_H

#include "app/service/service.h"

struct settings;

/*
 * Serve "listener" until the leash is let go or enough requests are done;
 * the exit status.  To be called in a fresh child, with signals blocked.
 */
int	worker_run(const struct settings *, enum service_role, int listener,
	    int leash);

#endif
