/*
 * refused: what an ingest worker remembers of deliveries that it refused, and
 * writes down once they are answered.
 *
 * Calendly sends again what was refused, for a day, but only as long as the
 * subscription exists: who would delete one looks here first.  Wrong
 * signatures are counted for each endpoint; only several without a right one
 * between make an alarm and a look.  A delivery that is rightly signed but for
 * an endpoint that nobody knows tells that the database has lost something.
 *
 * Whoever knows an endpoint can send any number of forged deliveries, so what
 * they make us write is bounded (migrations/0017_refusals.sql), and is not
 * waited for by anybody whose delivery is good.
 */
#ifndef APP_SERVICE_WEBHOOK_REFUSED_H
#define APP_SERVICE_WEBHOOK_REFUSED_H

#include <stdbool.h>

#include "lib/buf.h"

struct arena;
struct service;
struct endpoint;

/* An endpoint refused a delivery; "wrong": for its signature. */
void	refused_endpoint(struct service *, const struct endpoint *,
	    bool wrong);
/* A delivery was refused because it could not be stored. */
void	refused_unstored(struct service *);
/* One was rightly signed, for an endpoint that nobody knows. */
void	refused_lost(struct service *, struct bytes body);
/*
 * Write down what there is; after the answers, but before the memory of the
 * requests goes.  What the database does not take is kept for the next time.
 */
void	refused_write(struct service *, struct arena *);
/* Something was kept. */
bool	refused_waits(const struct service *);

#endif
