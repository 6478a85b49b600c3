/*
 * failing: subscriptions to which deliveries fail, and endpoints under
 * suspicion.
 */
#ifndef APP_REPO_FAILING_H
#define APP_REPO_FAILING_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/err.h"

struct arena;
struct db;
struct tx;

/* How Calendly says that deliveries to a subscription fail. */
struct failing {
	bool		 disabled;
	const char	*since;		/* it retries; NULL: it does not say
					 * since when */
};

/* Whose subscription fails no longer. */
struct failing_ended {
	const char	*connection_id;
	const char	*user_id;	/* NULL: that is no news */
};

/* An endpoint that a right delivery came to, and that was in trouble. */
struct heard {
	const char	*tenant_id;
	const char	*endpoint_id;
	const char	*grant_id;	/* NULL: gone */
};

/*
 * In a tenant's transaction.  "news": until now it did not fail, as far as we
 * knew.  What began before it last recovered is over, and no news.
 */
enum cal_err	failing_begin(struct tx *, const char *subscription_id,
		    const struct failing *, bool *news) ERR_CHECK;
/*
 * In a tenant's transaction: the grant's subscription at this endpoint (NULL:
 * at none) fails no longer, nor do those that were replaced by one that is
 * well.
 */
enum cal_err	failing_end(struct tx *, const char *grant_id,
		    const char *endpoint_id, struct failing_ended *)
		    ERR_CHECK;
/* Which of these deliveries, by their events' ids, are good news. */
enum cal_err	deliveries_heard(struct db *, struct arena *,
		    const char *const *event_ids, size_t n, struct heard **,
		    int *nheard) ERR_CHECK;
/* In a tenant's transaction: suspicion ends. */
enum cal_err	endpoint_trust(struct tx *, const char *endpoint_id) ERR_CHECK;

#endif
