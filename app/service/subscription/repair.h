/*
 * repair: reconcile a user's connection now, because somebody asks.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_REPAIR_H
#define APP_SERVICE_SUBSCRIPTION_REPAIR_H

#include <stdbool.h>

#include "lib/err.h"

struct arena;
struct service;
struct connection_view;

/*
 * CAL_OK: "done", or a job goes on with it; the connection as it is then.
 * CAL_NOTFOUND: a user never seen.  CAL_DENIED: needs a new consent.
 */
enum cal_err	repair_run(struct service *, struct arena *,
		    const char *tenant_id, const char *user_id,
		    struct connection_view *, bool *done) ERR_CHECK;

#endif
