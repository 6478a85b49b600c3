/*
 * errand: one piece of work that is done for somebody.
 *
 * It says for whom (a tenant, and the connection or the connect session that
 * the work is about) and by when its calls to Calendly have to be over.  All
 * that works for a tenant outside of transactions is given one; within them it
 * is given the transaction (app/repo/tx.h).  An errand is a value and does not
 * change: who goes on about one connection, or in less time, makes another
 * errand from it.
 */
#ifndef APP_SERVICE_ERRAND_H
#define APP_SERVICE_ERRAND_H

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
	struct arena	*mem;		/* for what is read and made meanwhile */
	const char	*tenant_id;
	const char	*connection_id;	/* NULL: none, or none as yet */
	const char	*session_id;	/* of a connect session; NULL: none */
	int64_t		 until;		/* clock_ms(): then its calls are over;
					 * 0: each has its own time */
};

struct errand	 errand_for(struct service *, struct arena *,
		    const char *tenant_id);
/* What a browser with the link of a connect session asks for. */
struct errand	 errand_for_session(struct service *, struct arena *,
		    const char *tenant_id, const char *session_id);
/* The same, but about this connection. */
struct errand	 errand_about(const struct errand *, const char *connection_id);
/* The same, but with no more than so much time from now on for its calls. */
struct errand	 errand_within(const struct errand *, long ms);
/*
 * Milliseconds, at most "most", that are left for its calls: until its own
 * bound, or until the process has to be done with all of them.
 */
long		 errand_time_left(const struct errand *, long most);

/* For a call to Calendly; never within a transaction. */
struct behalf	 errand_behalf(const struct errand *);

/* Begin a transaction of its tenant. */
enum cal_err	 errand_begin(const struct errand *, struct tx *) ERR_CHECK;
/* The grant as it stands, in a transaction of its own. */
enum cal_err	 errand_grant(const struct errand *, const char *grant_id,
		    struct grant *) ERR_CHECK;
/*
 * The work of a job was tried at once, and went so: if it is done the job is
 * not needed, else it is to run soon.
 */
enum cal_err	 errand_settle_job(const struct errand *, enum job_kind,
		    const char *subject, enum cal_err tried) ERR_CHECK;

#endif
