/*
 * errand: one piece of work that is done for a tenant.
 *
 * An errand says for whom the work is done (a tenant, and the connection or the
 * connect session that it is about) and by when its calls to Calendly have to
 * be over.  Functions that work for a tenant outside of transactions take an
 * errand; functions that work inside one take the transaction (app/repo/tx.h).
 * An errand is a value that never changes: to go on about one connection, or
 * with less time, a function makes another errand from it.
 */
#ifndef APP_SERVICE_ERRAND_H
#define APP_SERVICE_ERRAND_H

#include <stdbool.h>
#include <stdint.h>

#include "app/calendly/client.h"
#include "app/domain/job_kind.h"
#include "app/repo/tx.h"
#include "lib/err.h"

struct arena;
struct grant;
struct service;

struct errand {
	struct service	*cal;
	struct arena	*mem;		/* holds what is read and made for it */
	const char	*tenant_id;
	const char	*connection_id;	/* NULL: about none, or not known yet */
	const char	*grant_id;	/* the grant whose tokens its calls use;
					 * NULL: the connection's */
	const char	*session_id;	/* the connect session; NULL: none */
	bool		 background;	/* nobody waits for it */
	int64_t		 until;		/* deadline of its calls, as clock_ms();
					 * 0: only each call's own limit */
};

struct errand	 errand_for(struct service *, struct arena *,
		    const char *tenant_id);
/* Makes the errand for a browser that has the link of a connect session. */
struct errand	 errand_for_session(struct service *, struct arena *,
		    const char *tenant_id, const char *session_id);
/* Returns the same errand, but about this connection. */
struct errand	 errand_about(const struct errand *, const char *connection_id);
/*
 * Returns the same errand, but its calls use the tokens of this grant, which
 * may be another than the connection's.
 */
struct errand	 errand_with_grant(const struct errand *, const char *grant_id);
/*
 * Returns the same errand, but as work for which nobody waits.  Of Calendly's
 * rate limit its calls leave some to others: see app/repo/budget.h.
 */
struct errand	 errand_in_background(const struct errand *);
/*
 * Returns the same errand, but with at most "ms" milliseconds from now for its
 * calls.  It never gets more time than it had.
 */
struct errand	 errand_within(const struct errand *, long ms);
/*
 * Returns the milliseconds, at most "most", that are left for the errand's
 * calls: until its own bound, or until the process must be done with all of
 * them.  0: none are left.
 */
long		 errand_time_left(const struct errand *, long most);

/*
 * Says for a call to Calendly on whose behalf it is made.  Calls are never made
 * within a transaction.
 */
struct behalf	 errand_behalf(const struct errand *);

/* Begins a transaction of the errand's tenant. */
enum cal_err	 errand_begin(const struct errand *, struct tx *) ERR_CHECK;
/* Reads the grant in a transaction of its own. */
enum cal_err	 errand_grant(const struct errand *, const char *grant_id,
		    struct grant *) ERR_CHECK;
/*
 * Called when the work of a job was tried without waiting for the job, with the
 * result "tried".  CAL_OK drops the job; after an error the job is asked for,
 * to run in a second.
 */
enum cal_err	 errand_settle_job(const struct errand *, enum job_kind,
		    const char *subject, enum cal_err tried) ERR_CHECK;

#endif
