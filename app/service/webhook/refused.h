/*
 * refused: what an ingest worker remembers of deliveries that it refused, and
 * writes to the database once they are answered.
 *
 * Calendly sends a refused delivery again for a day, but only as long as its
 * subscription exists.  So a subscription whose endpoint refused something
 * lately is not deleted (subscription/replaced.h).  Wrong signatures are
 * counted for each endpoint; only several without a right one in between raise
 * an alarm and a reconcile.  A rightly signed delivery for an unknown endpoint
 * means that the database has lost something.
 *
 * Whoever knows an endpoint can send any number of forged deliveries.  So what
 * they make us write is bounded (migrations/functions/endpoint.sql), and requests
 * with good deliveries do not wait for it.
 */
#ifndef APP_SERVICE_WEBHOOK_REFUSED_H
#define APP_SERVICE_WEBHOOK_REFUSED_H

#include <stdbool.h>

#include "lib/buf.h"

struct arena;
struct service;
struct endpoint;

/*
 * Notes that an endpoint refused a delivery.  "wrong": because of its
 * signature.  The endpoint's id is borrowed until refused_write().
 */
void	refused_endpoint(struct service *, const struct endpoint *,
	    bool wrong);
/* Notes that a delivery was refused because it could not be stored. */
void	refused_unstored(struct service *);
/*
 * Notes a rightly signed delivery for an endpoint that is unknown, and the user
 * whom its body names as the maker of the subscription.
 */
void	refused_lost(struct service *, struct bytes body);
/*
 * Writes down what was noted.  To be called after the requests are answered,
 * but before their memory is freed.  What can't be written now is kept for the
 * next call, except for endpoints.
 */
void	refused_write(struct service *, struct arena *);
/* Says whether something was noted that is not written yet. */
bool	refused_is_noted(const struct service *);
/* Says whether something was kept for the next call. */
bool	refused_waits(const struct service *);

#endif
