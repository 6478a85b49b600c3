/*
 * repair: reconciles a user's connection at once, on request.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_REPAIR_H
#define APP_SERVICE_SUBSCRIPTION_REPAIR_H

#include <stdbool.h>

#include "lib/err.h"

struct errand;
struct connection_view;

/*
 * Tries for up to 15 s.  CAL_OK: "done" says whether the reconcile finished; if
 * not, a job continues it.  The view is the connection after that.
 * CAL_NOTFOUND: the user was never seen.  CAL_DENIED: the user must consent
 * again.
 */
enum cal_err	repair_run(const struct errand *, const char *user_id,
		    struct connection_view *, bool *done) ERR_CHECK;

#endif
