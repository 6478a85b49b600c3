/*
 * capability: whether Calendly lets a connection have its webhook.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_CAPABILITY_H
#define APP_SERVICE_SUBSCRIPTION_CAPABILITY_H

#include "app/domain/status.h"
#include "lib/err.h"

struct errand;
struct grant;

/* Stores the word, in a transaction of its own. */
enum cal_err	capability_note(const struct errand *,
		    const struct grant *, enum capability) ERR_CHECK;
/*
 * The last call to Calendly has failed with this error: note that it is
 * rejected or unreadable if it says something that a later try will hear
 * again.  Gives the error back.
 */
enum cal_err	capability_note_failure(const struct errand *,
		    const struct grant *, enum cal_err) ERR_CHECK;

#endif
