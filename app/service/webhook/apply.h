/*
 * apply: turns stored deliveries into events and meetings, and gives events
 * their place in the feed.
 */
#ifndef APP_SERVICE_WEBHOOK_APPLY_H
#define APP_SERVICE_WEBHOOK_APPLY_H

#include <stdbool.h>

#include "lib/err.h"

struct arena;
struct service;

/*
 * Applies a batch of deliveries.  One that fails is set aside and tried again
 * later; after too many tries it is parked.  It does not hold up those behind
 * it.  "worked": there was something to do.
 */
enum cal_err	apply_some(struct service *, struct arena *, bool *worked)
		    ERR_CHECK;
/*
 * Numbers events that wait for their place in the feed.  "worked": there were
 * some.
 */
enum cal_err	apply_feed(struct service *, struct arena *, bool *worked)
		    ERR_CHECK;

#endif
