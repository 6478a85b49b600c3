/* story: what happened to a connect session, step by step. */
#ifndef APP_REPO_STORY_H
#define APP_REPO_STORY_H

#include "lib/err.h"

struct tx;

/*
 * The most rows that a session has for each kind of step.  If there are more
 * steps, the last row counts them and shows the newest.
 */
enum { SESSION_STEP_MOST = 10 };

/*
 * In a transaction of the session's tenant: adds a step.  "detail" may be NULL
 * and is cut at 500 characters.  CAL_INVALID: the session no longer exists.
 */
enum cal_err	session_step_add(struct tx *, const char *session_id,
		    const char *request_id, const char *step,
		    const char *detail) ERR_CHECK;

#endif
