/*
 * reconcile: drive one connection from whatever is to what should be.
 *
 * Safe at any time, any number of times, by anybody.  At rest Calendly holds
 * exactly one active subscription of ours per connected connection; a new
 * one is made before the old one goes, so that there is no gap.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_RECONCILE_H
#define APP_SERVICE_SUBSCRIPTION_RECONCILE_H

#include "lib/err.h"

struct errand;

/*
 * CAL_OK: as it should be, or not connected, or Calendly allows no webhook
 * (the connection's capability says why).  CAL_CONFLICT: somebody else is at
 * it, or Calendly is not settled: again soon.  CAL_DENIED: the grant is dead.
 * Not to be called within a transaction.
 */
enum cal_err	reconcile_run(const struct errand *, const char *connection_id)
		    ERR_CHECK;

#endif
