/*
 * unlisted: subscriptions of ours that Calendly's list does not show.
 *
 * A list may lag or lie.  So each is asked for by its URI before anything is
 * concluded: it may be there after all, or be gone (404, 410), or Calendly
 * will not say.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_UNLISTED_H
#define APP_SERVICE_SUBSCRIPTION_UNLISTED_H

#include "lib/err.h"

struct errand;
struct inventory;
struct secret;
struct work;

/* s: for so long what complete lists do not show may yet be there. */
enum { UNLISTED_MAX = 6 * 3600 };

/*
 * After inventory_take(): what is there is added to h->found, what is gone to
 * h->gone.  What is listed although we were told once that it is gone is asked
 * for, too: the list may lag, or what we were told was wrong.  An error: not
 * known, so that nothing may be concluded.
 */
enum cal_err	unlisted_ask(const struct errand *, const struct work *,
		    const struct secret *token, struct inventory *) ERR_CHECK;
/* Store what unlisted_ask() found to be gone. */
enum cal_err	unlisted_note(const struct errand *, const struct inventory *)
		    ERR_CHECK;
/*
 * Rows whose URI was never learned and which no list shows.  They count as
 * being there until complete lists have not shown them for six hours, or
 * ("forget") at once.  Where lists are closed to us it is not known whether
 * they are gone: their rows stay, but count no longer.  For how long Calendly
 * has neither listed nor shown one whose URI is known is noted, too.
 */
enum cal_err	unlisted_wait(const struct errand *, const struct inventory *,
		    bool forget, int *waiting) ERR_CHECK;

#endif
