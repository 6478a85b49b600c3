/*
 * reconcile: brings one connection's subscription from whatever state it is in
 * to the state that it should be in.
 *
 * It is safe to run at any time, any number of times, by any process.  When all
 * is done Calendly holds exactly one active subscription of ours for each
 * connected connection.  A new one is made before the old one is deleted, so
 * that no booking is missed in between.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_RECONCILE_H
#define APP_SERVICE_SUBSCRIPTION_RECONCILE_H

#include "lib/err.h"

struct errand;

/*
 * Compares the connection's subscription with what it should be, and repairs
 * the difference.  Not to be called within a transaction.  CAL_OK: the
 * subscription is as it should be, or the user is not connected, or Calendly
 * allows no webhook (then the connection's capability says why).  CAL_CONFLICT:
 * another process is working on this grant, or Calendly reported a conflict:
 * try again soon.  CAL_DENIED: the grant is dead.
 */
enum cal_err	reconcile_run(const struct errand *, const char *connection_id)
		    ERR_CHECK;

#endif
