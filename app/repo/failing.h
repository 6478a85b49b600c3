/*
 * failing: subscriptions whose deliveries fail, and endpoints with wrong
 * signatures.
 */
#ifndef APP_REPO_FAILING_H
#define APP_REPO_FAILING_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/err.h"

struct arena;
struct db;
struct tx;

/* What Calendly says about the failing deliveries of a subscription. */
struct failing {
	bool		 disabled;
	const char	*since;		/* start of its retries; NULL:
					 * unknown */
};

/* The connection whose subscription is no longer failing. */
struct failing_ended {
	const char	*connection_id;
	const char	*user_id;	/* NULL: it was not failing before */
};

/* An endpoint that was in trouble and got a delivery with a right signature. */
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
 * In a tenant's transaction: ends the failing of the grant's subscription at
 * this endpoint (NULL: of none), and of those that a healthy subscription has
 * replaced.
 */
enum cal_err	failing_end(struct tx *, const char *grant_id,
		    const char *endpoint_id, struct failing_ended *)
		    ERR_CHECK;
/*
 * Given the event ids of deliveries with right signatures, finds the endpoints
 * that were suspected or whose subscription was failing.
 */
enum cal_err	deliveries_heard(struct db *, struct arena *,
		    const char *const *event_ids, size_t n, struct heard **,
		    int *nheard) ERR_CHECK;
/* In a tenant's transaction: forgets the endpoint's wrong signatures. */
enum cal_err	endpoint_trust(struct tx *, const char *endpoint_id) ERR_CHECK;

#endif
