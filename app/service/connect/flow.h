/*
 * flow: lets one request at a time connect a session, and gives all requests of
 * the session the same outcome.
 *
 * Browsers send a callback twice, and people open a link in two tabs or press
 * reload.  The first request gets the session's turn.  The others wait for up
 * to a second, are then told to ask again, and in the end get the outcome of
 * the first.
 */
#ifndef APP_SERVICE_CONNECT_FLOW_H
#define APP_SERVICE_CONNECT_FLOW_H

#include "app/domain/status.h"
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
 * Finds the flow of this OAuth state.  "browser" is the binding cookie, or
 * NULL.  The session is loaded only if the cookie is that of the browser that
 * began the flow (state.same_browser).  Nothing is changed.  CAL_NOTFOUND: no
 * such state.
 */
enum cal_err	flow_find(struct service *, struct arena *,
		    const char *state, const char *browser, struct flow *)
		    ERR_CHECK;
/*
 * Asks for the session's turn, waiting for up to a second while another request
 * has it, and reloads the session unless the turn is still busy.  A TURN_OURS
 * must be given back with flow_give_turn(); if the process dies, it expires
 * after 60 seconds.
 */
enum cal_err	flow_take_turn(const struct errand *, struct connect_session *,
		    enum turn *) ERR_CHECK;
void		flow_give_turn(const struct errand *,
		    const struct connect_session *);

/*
 * Notes that this code is about to be sent.  CAL_CONFLICT: it was sent before,
 * or the state has had too many codes; "result" is then how that code ended, or
 * RESULT_NONE if nobody knows.
 */
enum cal_err	flow_add_code(const struct errand *,
		    const struct flow *, const char *code,
		    enum session_result *result) ERR_CHECK;
/*
 * Notes how the code ended.  RESULT_NONE: Calendly has not taken the code, so
 * it may be sent again.
 */
void		flow_end_code(const struct errand *,
		    const struct flow *, const char *code,
		    enum session_result);

#endif
