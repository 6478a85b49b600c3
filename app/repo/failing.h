/*
 * failing: which subscriptions' deliveries fail, and which endpoints got
 * deliveries with wrong signatures.
 */
#ifndef APP_REPO_FAILING_H
#define APP_REPO_FAILING_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/err.h"

struct arena;
struct db;
struct tx;

/* What Calendly says about a subscription whose deliveries fail. */
struct failing {
	bool		 disabled;
	const char	*since;		/* start of its retries; NULL:
					 * unknown */
};

/* The connection to whose subscription deliveries no longer fail. */
struct failing_ended {
	const char	*connection_id;
	const char	*user_id;	/* NULL: it was not failing before */
};

/*
 * An endpoint that had wrong signatures before, or whose deliveries failed, and
 * that got a delivery with a right signature.
 */
struct heard {
	const char	*tenant_id;
	const char	*endpoint_id;
	const char	*grant_id;	/* NULL: the grant is gone */
};

/*
 * In a tenant's transaction: notes that deliveries to the subscription fail.
 * Failures that began before it last recovered are ignored.  "news": it was not
 * known to fail until now.
 */
enum cal_err	failing_begin(struct tx *, const char *subscription_id,
		    const struct failing *, bool *news) ERR_CHECK;
/*
 * In a tenant's transaction: notes that deliveries no longer fail, for the
 * grant's subscription at this endpoint and for all that it or another healthy
 * subscription has replaced.  "endpoint_id" may be NULL: then only for replaced
 * ones.  Nothing is noted while the active subscription itself still fails.
 */
enum cal_err	failing_end(struct tx *, const char *grant_id,
		    const char *endpoint_id, struct failing_ended *)
		    ERR_CHECK;
/*
 * Given the event ids of deliveries with right signatures, finds those of their
 * endpoints that had wrong signatures before, or whose deliveries failed.
 */
enum cal_err	deliveries_heard(struct db *, struct arena *,
		    const char *const *event_ids, size_t n, struct heard **,
		    int *nheard) ERR_CHECK;
/* In a tenant's transaction: forgets the endpoint's wrong signatures. */
enum cal_err	endpoint_trust(struct tx *, const char *endpoint_id) ERR_CHECK;

#endif
