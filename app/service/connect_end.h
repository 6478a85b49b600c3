/*
 * connect_end: how a connect session ends, for connect.c and callback.c.
 */
#ifndef APP_SERVICE_CONNECT_END_H
#define APP_SERVICE_CONNECT_END_H

#include "app/service/connect.h"
#include "lib/err.h"

/* An outcome of this session; "result" NULL: the session's own. */
void		connect_end(const struct calendly *, enum connect_end,
		    const struct connect_session *, const char *result,
		    struct connect_outcome *);
/* The same, and noted: status "failed", to be tried again. */
enum cal_err	connect_end_failed(struct calendly *, struct arena *,
		    enum connect_end, const struct connect_session *,
		    const char *result, const char *email,
		    struct connect_outcome *) ERR_CHECK;
/*
 * After a connection was bound to a grant: reconcile it now, as far as
 * Calendly answers; the job that was enqueued does the rest.
 */
void		connect_settle(struct calendly *, struct arena *,
		    const char *tenant_id, const char *connection_id);

enum { CONNECT_JOB_AFTER = 45 };	/* s; then the job reconciles */

#endif
