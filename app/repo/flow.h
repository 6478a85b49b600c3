/*
 * flow: the OAuth flows of a connect session: their states, the codes that came
 * back, and whose turn it is to connect.
 *
 * A session has a flow for each tab in which its link was opened, but only one
 * request at a time may connect it.
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
	bool		 same_browser;	/* the browser that began the flow */
};

struct state_new {
	const char	*id;
	const char	*session_id;
	struct bytes	 hash;
	struct bytes	 browser_hash;
	struct bytes	 verifier_sealed;
};

/*
 * The most flows of one session from which no browser has come back; if there
 * are more, the oldest are deleted.
 */
enum { STATES_MOST = 50 };

/*
 * Adds a state.  It is valid for as long as its session, but for 30 minutes at
 * least.
 */
enum cal_err	oauth_state_add(struct tx *, const struct state_new *)
		    ERR_CHECK;
/*
 * Finds a state before the tenant is known, and changes nothing.  If the p of
 * "browser_hash" is NULL, it counts as another browser.  CAL_NOTFOUND: no such
 * state.
 */
enum cal_err	oauth_state_find(struct db *, struct arena *,
		    struct bytes hash, struct bytes browser_hash,
		    struct oauth_state *) ERR_CHECK;
/*
 * CAL_OK: this browser began a flow of the session.  CAL_NOTFOUND: it did not.
 */
enum cal_err	oauth_state_of_browser(struct tx *, const char *session_id,
		    struct bytes browser_hash) ERR_CHECK;

enum turn {
	TURN_NONE,
	TURN_OURS,		/* taken, for the seconds asked for */
	TURN_BUSY,		/* another request connects it */
	TURN_DONE,		/* the session is connected */
	TURN_EXPIRED,		/* the session has expired */
	TURN__MAX
};

enum cal_err	turn_take(struct tx *, const char *session_id,
		    const char *owner, int seconds, enum turn *) ERR_CHECK;
enum cal_err	turn_give(struct tx *, const char *session_id,
		    const char *owner) ERR_CHECK;

/*
 * An authorization code is known by its hash and sent to Calendly only once.
 * CAL_CONFLICT: this code was sent before, or the state has had "most" codes.
 */
enum cal_err	code_add(struct tx *, struct bytes hash, const char *state_id,
		    int most) ERR_CHECK;
/* Stores the result of the connect for which the code was used. */
enum cal_err	code_end(struct tx *, struct bytes hash, enum session_result)
		    ERR_CHECK;
/*
 * Reads the result that code_end() stored for a code.  RESULT_NONE: no result
 * is known, or the code itself is not.
 */
enum cal_err	code_result(struct tx *, struct bytes hash,
		    enum session_result *)
		    ERR_CHECK;
/* Forgets a code that was not sent after all. */
enum cal_err	code_drop(struct tx *, struct bytes hash) ERR_CHECK;

#endif
