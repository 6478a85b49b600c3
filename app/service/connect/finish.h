/*
 * finish: how a connect session ends, for connect.c and callback.c.
 */
#ifndef APP_SERVICE_CONNECT_FINISH_H
#define APP_SERVICE_CONNECT_FINISH_H

#include "app/domain/status.h"
#include "app/repo/flow.h"
#include "app/service/connect/connect.h"
#include "lib/err.h"

struct errand;

enum {
	CONNECT_JOB_AFTER = 45,		/* s; then the job reconciles */
};

/* An outcome of this session; with RESULT_NONE, the session's own result. */
void		finish(const struct service *, enum connect_end,
		    const struct connect_session *, enum session_result,
		    struct connect_outcome *);
/* A success of this very request, as the session stands when all is settled. */
void		finish_done(const struct errand *,
		    const struct connect_session *, enum session_result,
		    struct connect_outcome *);
/* Where it is not our turn: why not, and so how it ends. */
void		finish_turn(const struct errand *, enum turn,
		    const struct connect_session *, struct connect_outcome *);
/* An outcome, and noted: SESSION_FAILED, to be tried again. */
enum cal_err	finish_failed(const struct errand *,
		    enum connect_end, const struct connect_session *,
		    enum session_result, const char *email,
		    struct connect_outcome *) ERR_CHECK;
/*
 * The browser came back without a code that may be used: the user said no,
 * Calendly's consent page has an error, or another server answered (RFC 9207).
 */
enum cal_err	finish_refused(const struct errand *,
		    const struct connect_session *,
		    const struct connect_return *, struct connect_outcome *)
		    ERR_CHECK;
/*
 * After a connection was bound to a grant: reconcile it now, as far as
 * Calendly answers; the job that was enqueued does the rest.
 */
void		finish_settle(const struct errand *,
		    const char *connection_id);

#endif
