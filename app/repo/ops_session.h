/*
 * ops_session: connect sessions and their stories, for operators.
 *
 * Runs as the owner of the tables, like ops.h.
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
	const char	*tenant;	/* the tenant's name */
	const char	*user_id;
	enum session_status status;
	enum session_result result;
	const char	*calendly_email; /* of who consented; or NULL */
	const char	*expected_email; /* NULL: any */
	const char	*created_at;
	const char	*expires_at;
	/* The user's connection at present; not set in lists. */
	enum connection_status connection_status;
	enum connection_reason connection_reason;
};

/* One line of a session's story: a step, or a call to Calendly. */
struct ops_story {
	const char	*at;
	const char	*step;		/* NULL: it is a call */
	const char	*detail;
	int64_t		 times;
	const char	*request_id;	/* NULL: not known */
	/* Set only for a call. */
	const char	*purpose;
	const char	*method;
	const char	*path;
	const char	*status;	/* decimal; NULL: no answer */
	const char	*error;
	const char	*duration_ms;	/* in decimal */
	const char	*reply;		/* redacted; kept for errors */
};

/* The number of sessions that one search may find. */
enum { OPS_SESSION_FOUND = 5 };

/*
 * Finds sessions with ids from "low" to "high".  If "n" is OPS_SESSION_FOUND +
 * 1, there may be more.
 */
enum cal_err	ops_session_find(struct db *, struct arena *, const char *low,
		    const char *high, struct ops_session **, int *n) ERR_CHECK;
/* Gives the session's story, in order of time. */
enum cal_err	ops_session_story(struct db *, struct arena *, const char *id,
		    struct ops_story **, int *n) ERR_CHECK;
/*
 * Lists failed sessions, newest first, without those where the user declined.
 */
enum cal_err	ops_session_list(struct db *, struct arena *,
		    const char *tenant, int limit, struct ops_session **,
		    int *n) ERR_CHECK;

#endif
