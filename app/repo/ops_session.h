/*
 * ops_session: connect sessions and their stories, for operators.
 *
 * For the owner of the tables, as ops.h.
 */
#ifndef APP_REPO_OPS_SESSION_H
#define APP_REPO_OPS_SESSION_H

#include <stdint.h>

#include "app/domain/status.h"
#include "lib/err.h"

struct arena;
struct db;

struct ops_session {
	const char	*id;
	const char	*tenant;	/* its name */
	const char	*user_id;
	enum session_status	 status;
	enum session_result	 result;
	const char	*calendly_email;/* of who consented; NULL: not known */
	const char	*expected_email;/* NULL: any */
	const char	*created_at;
	const char	*expires_at;
	/* The user's connection by now; not filled in a list. */
	enum connection_status	 connection_status;
	enum connection_reason	 connection_reason;
};

/* A step, or a call to Calendly. */
struct ops_story {
	const char	*at;
	const char	*step;		/* NULL: a call */
	const char	*detail;
	int64_t		 times;
	const char	*request_id;	/* NULL: not known */
	/* Of a call. */
	const char	*purpose;
	const char	*method;
	const char	*path;
	const char	*status;	/* decimal; NULL: no answer */
	const char	*error;
	const char	*duration_ms;	/* decimal */
	const char	*reply;		/* redacted; on errors */
};

/* At most so many are found at once. */
enum { OPS_SESSION_FOUND = 5 };

/*
 * Those with ids from "low" to "high"; "n" may be OPS_SESSION_FOUND + 1, for
 * more than that.
 */
enum cal_err	ops_session_find(struct db *, struct arena *, const char *low,
		    const char *high, struct ops_session **, int *n) ERR_CHECK;
/* In its order. */
enum cal_err	ops_session_story(struct db *, struct arena *, const char *id,
		    struct ops_story **, int *n) ERR_CHECK;
/* That failed, but for users who said no, newest first. */
enum cal_err	ops_session_list(struct db *, struct arena *,
		    const char *tenant, int limit, struct ops_session **,
		    int *n) ERR_CHECK;

#endif
