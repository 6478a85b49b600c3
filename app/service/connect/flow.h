/*
 * flow: one connect at a time for a session, and one ending for all who ask.
 *
 * Browsers send a callback twice, people open a link in two tabs and press
 * reload.  Whoever comes first gets the turn; the others wait for a moment,
 * then are told to ask again in a second, and end as the first one ended.
 */
#ifndef APP_SERVICE_CONNECT_FLOW_H
#define APP_SERVICE_CONNECT_FLOW_H

#include "app/repo/flow.h"
#include "app/repo/session.h"
#include "lib/err.h"

struct arena;
struct errand;
struct service;

struct flow {
	struct oauth_state	 state;
	struct connect_session	 session;
};

/*
 * The flow that this state belongs to; "browser" is the binding cookie, or
 * NULL.  The session is loaded only if it is the same browser.
 * CAL_NOTFOUND: no such state.  Changes nothing.
 */
enum cal_err	flow_find(struct service *, struct arena *,
		    const char *state, const char *browser, struct flow *)
		    ERR_CHECK;
/*
 * Ask for the session's turn, waiting for up to a second while another
 * request has it, and load the session as it then is.  TURN_OURS is to be
 * given back; else it runs out with the request's longest time.
 */
enum cal_err	flow_take_turn(const struct errand *, struct connect_session *,
		    enum turn *) ERR_CHECK;
void		flow_give_turn(const struct errand *,
		    const struct connect_session *);

/*
 * Note that this code is sent now.  CAL_CONFLICT: it was sent before; then
 * "result" is how that ended, if anybody knows.
 */
enum cal_err	flow_add_code(const struct errand *,
		    const struct flow *, const char *code,
		    enum session_result *result) ERR_CHECK;
/* How it ended; NULL: it was not sent, and may be sent later. */
void		flow_end_code(const struct errand *,
		    const struct flow *, const char *code,
		    enum session_result);

#endif
