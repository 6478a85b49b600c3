/*
 * repair: reconcile a user's connection now, because somebody asks.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_REPAIR_H
#define APP_SERVICE_SUBSCRIPTION_REPAIR_H

#include <stdbool.h>

#include "lib/err.h"

struct errand;
struct connection_view;

/*
 * CAL_OK: "done", or a job goes on with it; the connection as it is then.
 * CAL_NOTFOUND: a user never seen.  CAL_DENIED: needs a new consent.
 */
enum cal_err	repair_run(const struct errand *, const char *user_id,
		    struct connection_view *, bool *done) ERR_CHECK;

#endif
