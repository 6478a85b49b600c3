/*
 * callback: the browser comes back from Calendly's consent page.
 *
 * The code is always exchanged, even if the connection has a grant that could
 * be refreshed, because the user may have chosen another account.  The tokens
 * that Calendly returns are stored in a pending grant before anything else
 * happens, so that after a crash the database still knows of them.
 */
#include <string.h>
#include <strings.h>

#include "app/calendly/oauth.h"
#include "app/calendly/user.h"
#include "app/domain/policy.h"
#include "app/repo/session.h"
#include "app/service/connect/attach.h"
#include "app/service/connect/connect.h"
#include "app/service/connect/exchange.h"
#include "app/service/connect/finish.h"
#include "app/service/connect/flow.h"
#include "app/service/connect/pending.h"
#include "app/service/connect/story.h"
#include "app/service/errand.h"
#include "app/service/service.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/log.h"
#include "lib/secret.h"

static enum cal_err
callback_fail(const struct errand *e, enum connect_end end,
    const struct connect_session *s, const char *grant_id,
    const struct calendly_user *u, struct connect_outcome *out)
{
	enum cal_err	 rc;

	if (grant_id != NULL && (rc = pending_let_go(e, grant_id,
	    end != CONNECT_WRONG_ACCOUNT)) != CAL_OK)
		return rc;
	return finish_failed(e, end, s,
	    end == CONNECT_WRONG_ACCOUNT ? RESULT_WRONG_ACCOUNT : RESULT_ERROR,
	    u == NULL ? NULL : u->email, out);
}

/*
 * Connects with this code.  "exchanged" is set to false if Calendly has
 * certainly not taken the code, so that it may be sent again.
 */
static enum cal_err
connect_with_code(const struct errand *e, const struct flow *f,
    const char *code, bool *exchanged, struct connect_outcome *out)
{
	const struct connect_session	*s = &f->session;
	const char			*grant_id = crypto_uuid(e->mem);
	const char			*connection_id;
	enum session_result		 result;
	struct token_pair		 pair;
	struct calendly_user		 u;
	enum cal_err			 rc;

	rc = exchange_run(e, f, code, &pair);
	*exchanged = rc != CAL_UNAVAILABLE;
	if (rc != CAL_OK) {
		pending_keep_unread(e, pair.unread);
		return callback_fail(e, CONNECT_FAILED, s, NULL, NULL, out);
	}
	if (pending_receive(e, f, grant_id, &pair, &u) != CAL_OK)
		return callback_fail(e, CONNECT_FAILED, s, grant_id, NULL, out);
	if (s->expected_email != NULL &&
	    strcasecmp(s->expected_email, u.email) != 0) {
		story_note(e, STORY_WRONG_ACCOUNT, NULL);
		return callback_fail(e, CONNECT_WRONG_ACCOUNT, s, grant_id, &u,
		    out);
	}
	rc = attach_run(e, s, grant_id, &pair, &u, &connection_id, &result);
	if (rc != CAL_OK) {
		story_note(e, STORY_NOT_STORED, err_name(rc));
		return callback_fail(e, CONNECT_FAILED, s, grant_id, &u, out);
	}
	finish_settle(e, connection_id);
	finish_done(e, s, result, out);
	return CAL_OK;
}

/*
 * The result of the session, if it failed otherwise than by the user's denial;
 * else NULL.  It is needed if a process died after it had marked the session
 * and before it had noted the code's result.
 */
static enum session_result
result_of_failed(const struct connect_session *s)
{
	return s->status == SESSION_FAILED && s->result != RESULT_DENIED ?
	    s->result : RESULT_NONE;
}

/*
 * Answers a callback whose code was sent before without leading to a success:
 * the session ends as it ended then.
 */
static enum cal_err
end_as_before(const struct errand *e,
    const struct connect_session *s, enum session_result result,
    struct connect_outcome *out)
{
	if (result == RESULT_NONE)
		result = result_of_failed(s);
	story_note(e, STORY_CALLBACK_AGAIN, result == RESULT_NONE ?
	    "its code was sent before (how that ended is not known), or too "
	    "many codes were tried" : session_result_name(result));
	if (result == RESULT_NONE)
		return finish_failed(e, CONNECT_FAILED, s,
		    RESULT_ERROR, NULL, out);
	finish(e->cal, result == RESULT_WRONG_ACCOUNT ?
	    CONNECT_WRONG_ACCOUNT : CONNECT_FAILED, s, result, out);
	return CAL_OK;
}

/*
 * Tries one code.  A code is sent to Calendly at most once; another code of the
 * same flow is a new try.
 */
static enum cal_err
try_code(const struct errand *e, const struct flow *f, const char *code,
    struct connect_outcome *out)
{
	enum session_result	 result;
	bool		 exchanged = true;
	enum cal_err	 rc;

	rc = flow_add_code(e, f, code, &result);
	if (rc == CAL_CONFLICT)
		return end_as_before(e, &f->session, result, out);
	if (rc != CAL_OK)
		return rc;
	rc = connect_with_code(e, f, code, &exchanged, out);
	if (rc == CAL_OK && out->end != CONNECT_DONE)
		flow_end_code(e, f, code, exchanged ? out->result :
		    RESULT_NONE);
	return rc;
}

/*
 * Handles what Calendly sent the browser back with.  This request holds the
 * session's turn, so the outcome decides the session's state.
 */
static enum cal_err
take_answer(const struct errand *e, const struct connect_return *back,
    const struct flow *f, struct connect_outcome *out)
{
	if (back->error != NULL || back->code == NULL ||
	    (back->issuer != NULL && strcmp(back->issuer,
	    e->cal->set->auth_url) != 0))
		return finish_refused(e, &f->session, back, out);
	return try_code(e, f, back->code, out);
}

static enum cal_err
answer_in_turn(const struct errand *e, const struct connect_return *back,
    struct flow *f, struct connect_outcome *out)
{
	struct errand	 in_time;
	enum turn	 turn;
	enum cal_err	 rc;

	log_about("session", e->session_id);
	if (back->bounced)
		story_note(e, STORY_BOUNCED, NULL);
	rc = flow_take_turn(e, &f->session, &turn);
	if (rc != CAL_OK)
		return rc;
	if (turn != TURN_OURS) {
		finish_turn(e, turn, &f->session, out);
		return CAL_OK;
	}
	story_note(e, STORY_CALLBACK, back->error != NULL ? "with an error" :
	    back->code != NULL ? "with a code" :
	    "with neither a code nor an error");
	in_time = errand_within(e, POLICY_VISIT_MS);
	rc = take_answer(&in_time, back, f, out);
	flow_give_turn(e, &f->session);
	return rc;
}

enum cal_err
connect_return(struct service *cal, struct arena *mem,
    const struct connect_return *back, struct connect_outcome *out)
{
	struct errand	 e;
	struct flow	 f;
	enum cal_err	 rc;

	finish(cal, CONNECT_EXPIRED, NULL, RESULT_NONE, out);
	if (back->state == NULL)
		return CAL_OK;
	rc = flow_find(cal, mem, back->state, back->browser, &f);
	if (rc == CAL_NOTFOUND)
		return CAL_OK;
	if (rc != CAL_OK)
		return rc;
	e = errand_for_session(cal, mem, f.state.tenant_id,
	    f.state.session_id);
	if (f.state.same_browser)
		return answer_in_turn(&e, back, &f, out);
	story_note(&e, STORY_ANOTHER_BROWSER, back->browser == NULL ?
	    "it sent no cookie" : "it sent another cookie");
	out->end = CONNECT_OTHER_BROWSER;
	out->session_id = f.state.session_id;
	out->tenant_id = f.state.tenant_id;
	return CAL_OK;
}
