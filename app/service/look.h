/*
 * look: a connection's subscriptions, as Calendly has them now.
 */
#ifndef APP_SERVICE_LOOK_H
#define APP_SERVICE_LOOK_H

#include "lib/err.h"

struct arena;
struct calendly;
struct hooks;

/*
 * CAL_NOTFOUND: a user never seen.  CAL_DENIED: no working credential to ask
 * with.  Not to be called within a transaction.
 */
enum cal_err	look_run(struct calendly *, struct arena *,
		    const char *tenant_id, const char *user_id,
		    struct hooks *) ERR_CHECK;

#endif
