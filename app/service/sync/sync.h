/*
 * sync: keeps the picture of a user's meetings complete, whatever webhooks have
 * brought (docs/design.md, "Sync").
 */
#ifndef APP_SERVICE_SYNC_SYNC_H
#define APP_SERVICE_SYNC_SYNC_H

#include "lib/err.h"

struct errand;

/*
 * Makes one slice of the connection's walk, or begins the walk that is asked
 * for.  It can be repeated at any time.  "again_ms": in how many milliseconds
 * the next slice should be made; -1: there is nothing left to do.
 */
enum cal_err	sync_run(const struct errand *, const char *connection_id,
		    long *again_ms) ERR_CHECK;

#endif
