/*
 * ingest_check: who has signed a webhook, and when.  For ingest.c.
 */
#ifndef APP_SERVICE_WEBHOOK_INGEST_CHECK_H
#define APP_SERVICE_WEBHOOK_INGEST_CHECK_H

#include "app/service/webhook/ingest.h"
#include "lib/buf.h"

struct arena;
struct delivery_new;
struct endpoint;
struct service;
struct signature;

/* Which key made a signature, as it is stored with the delivery. */
enum {
	SIGNED_WITH_NONE = -1,
	SIGNED_WITH_OWN = 0,		/* the subscription's own key */
	SIGNED_WITH_APP = 1,		/* the app's current key;
					 * 2: its previous one */
};

/*
 * Returns which of the app's keys has made the signature, within the time
 * window; otherwise SIGNED_WITH_NONE.
 */
int			 check_with_app(const struct service *,
			    const struct signature *, struct bytes body);
/*
 * Judges a delivery to a known endpoint by all keys that Calendly may have
 * used, and notes which one it was.
 */
enum ingest_result	 check_with_all(struct service *, struct arena *,
			    const struct endpoint *, const struct signature *,
			    struct delivery_new *);
/*
 * Accepts what is rightly signed (INGEST_STORED), if it was signed within the
 * time window.
 */
enum ingest_result	 check_time(const struct service *,
			    const struct signature *);

#endif
