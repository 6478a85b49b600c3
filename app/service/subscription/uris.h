/*
 * uris: the URIs at Calendly that belong to one of our rows.
 *
 * Usually there is one.  There are more if somebody subscribed the same
 * endpoint again, or if an earlier one was never confirmed to be gone.  No URI
 * is forgotten before Calendly says that it is gone.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_URIS_H
#define APP_SERVICE_SUBSCRIPTION_URIS_H

#include "lib/err.h"

struct arena;
struct errand;
struct known;
struct inventory;

/* All URIs of a row, as a NULL-terminated list. */
const char	*const *uris_of(struct arena *, const struct known *);
/*
 * Stores the URIs of our subscriptions that were found at Calendly but are in
 * no row.
 */
enum cal_err	uris_note_seen(const struct errand *, const struct inventory *)
		    ERR_CHECK;
/*
 * Notes that Calendly says that a subscription is gone: removes the URI from
 * its row, and marks the row deleted if that was its last URI.  "uri" is NULL
 * for a row that has none.
 */
enum cal_err	uris_note_gone(const struct errand *, const struct inventory *,
		    struct known *, const char *uri) ERR_CHECK;

#endif
