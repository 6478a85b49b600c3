/*
 * finish: ends a connect session's request; for connect.c and callback.c.
 */
#ifndef APP_SERVICE_CONNECT_FINISH_H
#define APP_SERVICE_CONNECT_FINISH_H

#include "app/domain/status.h"
#include "app/repo/flow.h"
#include "app/service/connect/connect.h"
#include "lib/err.h"

struct errand;

enum {
	CONNECT_JOB_AFTER = 45,		/* seconds until the job reconciles,
					 * if this request has not done it */
};

/*
 * Fills in an outcome for this session, which may be NULL.  With RESULT_NONE
 * the outcome has the session's own result.
 */
void		finish(const struct service *, enum connect_end,
		    const struct connect_session *, enum session_result,
		    struct connect_outcome *);
/*
 * Fills in CONNECT_DONE for a success of this request.  The session is loaded
 * again, because reconciling has meanwhile told whether webhooks will come.
 */
void		finish_done(const struct errand *,
		    const struct connect_session *, enum session_result,
		    struct connect_outcome *);
/*
 * Fills in the outcome for a request that did not get the session's turn, from
 * the reason why it did not.
 */
void		finish_turn(const struct errand *, enum turn,
		    const struct connect_session *, struct connect_outcome *);
/*
 * Marks the session as SESSION_FAILED, so that the user can try again, and
 * fills in the outcome.
 */
enum cal_err	finish_failed(const struct errand *,
		    enum connect_end, const struct connect_session *,
		    enum session_result, const char *email,
		    struct connect_outcome *) ERR_CHECK;
/*
 * Ends a callback that brought no usable code: the user denied consent,
 * Calendly's consent page reports an error, or the answer's issuer is not
 * Calendly (RFC 9207).
 */
enum cal_err	finish_refused(const struct errand *,
		    const struct connect_session *,
		    const struct connect_return *, struct connect_outcome *)
		    ERR_CHECK;
/*
 * Reconciles a connection that has just been bound to a grant, within the time
 * that is left of the visit.  The job that was enqueued with the bond does what
 * remains.
 */
void		finish_settle(const struct errand *,
		    const char *connection_id);

#endif
