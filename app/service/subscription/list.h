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
 * CAL_NOTFOUND: a user never seen.  CAL_DENIED: no working credential to ask
 * with.  Not to be called within a transaction.
 *
 * The state is how the one that counts is at Calendly.  If it is not as it
 * should be, or Calendly does not even show the list, a reconcile is asked for
 * at once.
 */
enum cal_err	list_run(const struct errand *, const char *user_id,
		    struct inventory *, enum webhook_state *) ERR_CHECK;

#endif
