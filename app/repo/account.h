/*
 * account: one Calendly user over all tenants: its rate limit.
 */
#ifndef APP_REPO_ACCOUNT_H
#define APP_REPO_ACCOUNT_H

#include <stdint.h>

#include "lib/err.h"

struct arena;
struct db;

/* Calendly wants no more calls for a connection's account for this long. */
enum cal_err	account_limit(struct db *, struct arena *,
		    const char *connection_id, long seconds) ERR_CHECK;
/* How long that still is; 0: calls may be made. */
enum cal_err	account_limited(struct db *, struct arena *,
		    const char *connection_id, int64_t *ms) ERR_CHECK;

#endif
