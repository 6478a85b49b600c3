/*
 * budget: asks about the budget of calls to Calendly that an errand uses
 * (app/repo/budget.h).
 */
#ifndef APP_SERVICE_CALLS_BUDGET_H
#define APP_SERVICE_CALLS_BUDGET_H

#include <stdint.h>

#include "lib/err.h"

struct errand;

/*
 * Tells in how many ms a call of this errand's may be made; 0: now.  It takes
 * no call, so another may still be faster; then the call itself fails with
 * CAL_UNAVAILABLE, without having been sent.
 */
enum cal_err	budget_wait(const struct errand *, int64_t *ms) ERR_CHECK;

#endif
