/*
 * uris: which URIs at Calendly one of our rows stands for.
 *
 * Usually that is one.  There are more when somebody subscribed the same
 * endpoint again, or an earlier one was never confirmed to be gone.  None is
 * forgotten before Calendly says that it is gone.
 */
#ifndef APP_SERVICE_SUBSCRIPTION_URIS_H
#define APP_SERVICE_SUBSCRIPTION_URIS_H

#include "lib/err.h"

struct arena;
struct errand;
struct known;
struct inventory;

/* All of them, NULL-terminated. */
const char	*const *uris_of(struct arena *, const struct known *);
/* Store what the list shows of ours and no row has. */
enum cal_err	uris_note_seen(const struct errand *, const struct inventory *)
		    ERR_CHECK;
/*
 * Calendly says that this one is gone.  With the last of them the row's
 * subscription is deleted.
 */
enum cal_err	uris_note_gone(const struct errand *, const struct inventory *,
		    struct known *, const char *uri) ERR_CHECK;

#endif
