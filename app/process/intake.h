/*
 * intake: how an ingest worker takes webhooks.
 *
 * It takes all that have come at once and stores them in one commit.  While
 * that is under way, it answers those that the commit before it has stored, and
 * takes, verifies and reads the next ones: so the worker and its backend work
 * at the same time, and a batch is as large as a commit is long.
 */
#ifndef APP_PROCESS_INTAKE_H
#define APP_PROCESS_INTAKE_H

#include "lib/err.h"

struct door;
struct service;

/*
 * Serves the requests of the door's queue until the master lets go of the worker, or it has served
 * about "max" of them (0: without end).  If some wait at that moment, they are
 * still served, because the kernel may have woken no other worker for them.
 * CAL_INTERNAL: it can't go on.
 */
enum cal_err	intake_serve(struct service *, struct door *, long max)
		    ERR_CHECK;

#endif
