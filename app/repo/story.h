/*
 * story: what happened to a connect session, step by step.
 */
#ifndef APP_REPO_STORY_H
#define APP_REPO_STORY_H

#include "lib/err.h"

struct tx;

/*
 * As many rows of each kind of step a session has at most: of more, the last
 * row counts them and tells of the newest.
 */
enum { SESSION_STEP_MOST = 10 };

/*
 * In a transaction of the session's tenant; "detail" (cut at 500 characters)
 * may be NULL.  CAL_INVALID: there is no such session any more.
 */
enum cal_err	session_step_add(struct tx *, const char *session_id,
		    const char *request_id, const char *step,
		    const char *detail) ERR_CHECK;

#endif
