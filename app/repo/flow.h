/*
 * flow: the OAuth flows of a connect session: their states, the codes that
 * came back, and whose turn it is to connect.
 *
 * A session has as many flows as tabs that its link was opened in, and is
 * connected by one request at a time.
 */
#ifndef APP_REPO_FLOW_H
#define APP_REPO_FLOW_H

#include <stdbool.h>

#include "app/domain/status.h"
#include "lib/buf.h"
#include "lib/err.h"

struct arena;
struct db;
struct tx;

struct oauth_state {
	const char	*id;
	const char	*tenant_id;
	const char	*session_id;
	struct bytes	 verifier_sealed;	/* p NULL: no longer needed */
	bool		 same_browser;	/* the one that began the flow */
};

struct state_new {
	const char	*id;
	const char	*session_id;
	struct bytes	 hash;
	struct bytes	 browser_hash;
	struct bytes	 verifier_sealed;
};

/* Flows of one session that a browser has not come back from, at most: of
 * more, the oldest are forgotten. */
enum { STATES_MOST = 50 };

/* Good for as long as its session. */
enum cal_err	oauth_state_add(struct tx *, const struct state_new *)
		    ERR_CHECK;
/*
 * Before the tenant is known; changes nothing.  "browser_hash" may have a p
 * of NULL: then it is not the same browser.  CAL_NOTFOUND: unknown.
 */
enum cal_err	oauth_state_find(struct db *, struct arena *,
		    struct bytes hash, struct bytes browser_hash,
		    struct oauth_state *) ERR_CHECK;
/* CAL_NOTFOUND: this browser began no flow of the session. */
enum cal_err	oauth_state_of_browser(struct tx *, const char *session_id,
		    struct bytes browser_hash) ERR_CHECK;

enum turn {
	TURN_NONE,
	TURN_OURS,		/* taken, for so many seconds */
	TURN_BUSY,		/* another request connects just now */
	TURN_DONE,		/* the session is connected */
	TURN_EXPIRED,		/* its time is over */
	TURN__MAX
};

enum cal_err	turn_take(struct tx *, const char *session_id,
		    const char *owner, int seconds, enum turn *) ERR_CHECK;
enum cal_err	turn_give(struct tx *, const char *session_id,
		    const char *owner) ERR_CHECK;

/*
 * Codes are known by their hash and sent to Calendly once, ever.
 * code_add() says CAL_CONFLICT if this one was sent before, or if the state
 * has had "most" of them.
 */
enum cal_err	code_add(struct tx *, struct bytes hash, const char *state_id,
		    int most) ERR_CHECK;
/* How the connect ended to which it led. */
enum cal_err	code_end(struct tx *, struct bytes hash, enum session_result)
		    ERR_CHECK;
/* RESULT_NONE: that is not known (or the code is not). */
enum cal_err	code_result(struct tx *, struct bytes hash,
		    enum session_result *)
		    ERR_CHECK;
/* It was not sent after all. */
enum cal_err	code_drop(struct tx *, struct bytes hash) ERR_CHECK;

#endif
