/*
 * unlisted: finds out about subscriptions of ours that Calendly's lists do not
 * show.
 *
 * A list may lag or be wrong.  So each subscription that is missing is asked
 * for by its URI before anything is concluded: it may exist after all, or be
 * gone (404, 410), or Calendly may not say.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_UNLISTED_H
#define APP_SERVICE_SUBSCRIPTION_UNLISTED_H

#include "lib/err.h"

struct errand;
struct inventory;
struct secret;
struct work;

/*
 * Seconds during which a subscription that complete lists do not show may still
 * turn up.
 */
enum { UNLISTED_MAX = 6 * 3600 };

/*
 * To be called after inventory_take(): adds what exists to h->found and what is
 * gone to h->gone.  A subscription that is listed although Calendly said once
 * that it is gone is asked for too, because the list may lag or the earlier
 * answer may have been wrong.  After an error nothing is known and nothing may
 * be concluded.
 */
enum cal_err	unlisted_ask(const struct errand *, const struct work *,
		    const struct secret *token, struct inventory *) ERR_CHECK;
/* Stores what unlisted_ask() found to be gone. */
enum cal_err	unlisted_note(const struct errand *, const struct inventory *)
		    ERR_CHECK;
/*
 * Counts in "waiting" the rows whose URI was never learned and which no list
 * shows.  Such a row counts until complete lists have not shown it for
 * UNLISTED_MAX; then, or at once with "forget", it is marked as gone.  If the
 * list of its organization is closed to us, nobody can tell whether it is gone,
 * so the row stays but counts no longer.
 *
 * Also notes since when a row whose URI is known has been neither listed nor
 * shown.
 */
enum cal_err	unlisted_wait(const struct errand *, const struct inventory *,
		    bool forget, int *waiting) ERR_CHECK;

#endif
