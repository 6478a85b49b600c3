/*
 * webhook: the webhooks that an ingest worker has taken together, so that one
 * commit stores them all.  For the router.
 */
#ifndef APP_ROUTE_WEBHOOK_H
#define APP_ROUTE_WEBHOOK_H

#include <stddef.h>

#include "lib/err.h"

struct arena;
struct req;
struct service;
struct webhooks;

/* Makes a list for at most so many; it is the arena's. */
struct webhooks	*webhooks_new(struct arena *, size_t most);
/* Takes a request, as far as that needs no database. */
void		 webhooks_add(struct service *, struct webhooks *,
		    struct req *);
/* Stores all of them; to be called once. */
void		 webhooks_store(struct service *, struct webhooks *);
/* Answers the i-th; an error is for the caller to answer. */
enum cal_err	 webhooks_answer(struct webhooks *, size_t i);

#endif
