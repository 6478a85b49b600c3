/*
 * list: shows a connection's subscriptions as Calendly has them now.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_LIST_H
#define APP_SERVICE_SUBSCRIPTION_LIST_H

#include "app/domain/status.h"
#include "lib/err.h"

struct errand;
struct inventory;

/*
 * Lists the user's subscriptions at Calendly.  "state" tells how the current
 * one is there.  If that one is missing or unhealthy, or Calendly does not show
 * the list, a reconcile is asked for at once.  Not to be called within a
 * transaction.  CAL_NOTFOUND: this user has never had a connection.
 * CAL_DENIED: there is no working token to ask with.
 */
enum cal_err	list_run(const struct errand *, const char *user_id,
		    struct inventory *, enum webhook_state *) ERR_CHECK;

#endif
