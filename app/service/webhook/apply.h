/*
 * apply: stored deliveries become events, and events get their place in the
 * feed.
 */
#ifndef APP_SERVICE_WEBHOOK_APPLY_H
#define APP_SERVICE_WEBHOOK_APPLY_H

#include <stdbool.h>

#include "lib/err.h"

struct arena;
struct service;

/*
 * Apply a batch.  One that fails is set aside for later, and parked after
 * too many tries; it does not hold up those behind it.
 */
enum cal_err	apply_some(struct service *, struct arena *, bool *worked)
		    ERR_CHECK;
/* Number what waits for the feed. */
enum cal_err	apply_feed(struct service *, struct arena *, bool *worked)
		    ERR_CHECK;

#endif
