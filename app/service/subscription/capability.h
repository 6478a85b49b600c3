/*
 * capability: whether Calendly lets a connection have its webhook, in the
 * word that the API shows (connections.capability).
 */
#ifndef APP_SERVICE_SUBSCRIPTION_CAPABILITY_H
#define APP_SERVICE_SUBSCRIPTION_CAPABILITY_H

#include "lib/err.h"

struct arena;
struct service;
struct grant;

/* In a transaction of its own. */
enum cal_err	capability_note(struct service *, struct arena *,
		    const struct grant *, const char *word) ERR_CHECK;
/*
 * The last call to Calendly has failed with this error: note "rejected" or
 * "unreadable" if it says something that a later try will hear again.  Gives
 * the error back.
 */
enum cal_err	capability_note_failure(struct service *, struct arena *,
		    const struct grant *, enum cal_err) ERR_CHECK;

#endif
