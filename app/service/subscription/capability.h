/*
 * capability: whether Calendly lets a connection have its webhook.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_CAPABILITY_H
#define APP_SERVICE_SUBSCRIPTION_CAPABILITY_H

#include "app/domain/status.h"
#include "lib/err.h"

struct errand;
struct grant;

/* Stores this capability, in a transaction of its own. */
enum cal_err	capability_note(const struct errand *,
		    const struct grant *, enum capability) ERR_CHECK;
/*
 * Called when the last call to Calendly has failed with this error.  If a later
 * try would fail in the same way, stores that the webhook is rejected or that
 * Calendly's answer is unreadable.  Returns the error it was given, or that of
 * storing.
 */
enum cal_err	capability_note_failure(const struct errand *,
		    const struct grant *, enum cal_err) ERR_CHECK;

#endif
