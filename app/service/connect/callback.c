/*
 * callback: the browser is back from Calendly's consent page.
 *
 * The code is exchanged, never refreshed instead: the user may have chosen
 * another account.  What Calendly hands out is stored, as a pending grant,
 * before anything else is asked, so that a crash leaves nothing behind that
 * nobody knows of.
 */
#include <string.h>
#include <strings.h>

#include "app/calendly/client.h"
#include "app/calendly/oauth.h"
#include "app/calendly/user.h"
#include "app/domain/policy.h"
#include "app/repo/session.h"
#include "app/repo/tenant.h"
#include "app/service/connect/attach.h"
#include "app/service/connect/connect.h"
#include "app/service/connect/exchange.h"
#include "app/service/connect/finish.h"
#include "app/service/connect/flow.h"
#include "app/service/connect/pending.h"
#include "app/service/connect/story.h"
#include "app/service/service.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/log.h"
#include "lib/secret.h"

static enum cal_err
fail(struct service *cal, struct arena *mem, enum connect_end end,
    const struct connect_session *s, const char *grant_id,
    const struct calendly_user *u, struct connect_outcome *out)
{
	enum cal_err	 rc;

	if (grant_id != NULL && (rc = pending_let_go(cal, mem, grant_id,
	    end != CONNECT_WRONG_ACCOUNT)) != CAL_OK)
		return rc;
	return finish_failed(cal, mem, end, s,
	    end == CONNECT_WRONG_ACCOUNT ? RESULT_WRONG_ACCOUNT : RESULT_ERROR,
	    u == NULL ? NULL : u->email, out);
}

/* "exchanged" says false where the code was certainly not taken. */
static enum cal_err
connect_with_code(struct service *cal, struct arena *mem,
    const struct flow *f, const char *code, bool *exchanged,
    struct connect_outcome *out)
{
	const struct connect_session	*s = &f->session;
	const char			*grant_id = crypto_uuid(mem);
	const char			*connection_id;
	enum session_result		 result;
	struct token_pair		 pair;
	struct calendly_user		 u;
	enum cal_err			 rc;

	rc = exchange_run(cal, mem, f, code, &pair);
	*exchanged = rc != CAL_UNAVAILABLE;
	if (rc != CAL_OK) {
		pending_keep_unread(cal, mem, pair.unread);
		return fail(cal, mem, CONNECT_FAILED, s, NULL, NULL, out);
	}
	if (pending_receive(cal, mem, f, grant_id, &pair, &u) != CAL_OK)
		return fail(cal, mem, CONNECT_FAILED, s, grant_id, NULL, out);
	if (s->expected_email != NULL &&
	    strcasecmp(s->expected_email, u.email) != 0) {
		story_note(cal, mem, s, STORY_WRONG_ACCOUNT, NULL);
		return fail(cal, mem, CONNECT_WRONG_ACCOUNT, s, grant_id, &u,
		    out);
	}
	rc = attach_run(cal, mem, s, grant_id, &pair, &u, &connection_id,
	    &result);
	if (rc != CAL_OK) {
		story_note(cal, mem, s, STORY_NOT_STORED, err_name(rc));
		return fail(cal, mem, CONNECT_FAILED, s, grant_id, &u, out);
	}
	finish_settle(cal, mem, s, connection_id);
	finish_done(cal, mem, s, result, out);
	return CAL_OK;
}

/* A process that ended in between may have noted the one and not the other. */
static enum session_result
result_of_failed(const struct connect_session *s)
{
	return s->status == SESSION_FAILED && s->result != RESULT_DENIED ?
	    s->result : RESULT_NONE;
}

/* The code was sent before, and did not lead to a success. */
static enum cal_err
end_as_before(struct service *cal, struct arena *mem,
    const struct connect_session *s, enum session_result result,
    struct connect_outcome *out)
{
	if (result == RESULT_NONE)
		result = result_of_failed(s);
	story_note(cal, mem, s, STORY_CALLBACK_AGAIN, result == RESULT_NONE ?
	    "its code was sent before (how that ended is not known), or too "
	    "many codes were tried" : session_result_name(result));
	if (result == RESULT_NONE)
		return finish_failed(cal, mem, CONNECT_FAILED, s,
		    RESULT_ERROR, NULL, out);
	finish(cal, result == RESULT_WRONG_ACCOUNT ?
	    CONNECT_WRONG_ACCOUNT : CONNECT_FAILED, s, result, out);
	return CAL_OK;
}

/* A code is sent once, ever; a later one of the same flow is another try. */
static enum cal_err
try_code(struct service *cal, struct arena *mem, const struct flow *f,
    const char *code, struct connect_outcome *out)
{
	enum session_result	 result;
	bool		 exchanged = true;
	enum cal_err	 rc;

	rc = flow_add_code(cal, mem, f, code, &result);
	if (rc == CAL_CONFLICT)
		return end_as_before(cal, mem, &f->session, result, out);
	if (rc != CAL_OK)
		return rc;
	rc = connect_with_code(cal, mem, f, code, &exchanged, out);
	if (rc == CAL_OK && out->end != CONNECT_DONE)
		flow_end_code(cal, mem, f, code, exchanged ? out->result :
		    RESULT_NONE);
	return rc;
}

/* The turn is ours, so what comes back decides how the session stands. */
static enum cal_err
take_answer(struct service *cal, struct arena *mem,
    const struct connect_return *back, const struct flow *f,
    struct connect_outcome *out)
{
	if (back->error != NULL || back->code == NULL ||
	    (back->issuer != NULL &&
	    strcmp(back->issuer, cal->set->auth_url) != 0))
		return finish_refused(cal, mem, &f->session, back, out);
	return try_code(cal, mem, f, back->code, out);
}

static enum cal_err
answer_in_turn(struct service *cal, struct arena *mem,
    const struct connect_return *back, struct flow *f,
    struct connect_outcome *out)
{
	enum turn	 turn;
	enum cal_err	 rc;

	service_act_for_session(cal, f->session.tenant_id, f->session.id,
	    NULL);
	if (back->bounced)
		story_note(cal, mem, &f->session, STORY_BOUNCED, NULL);
	rc = flow_take_turn(cal, mem, &f->session, &turn);
	if (rc != CAL_OK)
		return rc;
	if (turn != TURN_OURS) {
		finish_turn(cal, mem, turn, &f->session, out);
		return CAL_OK;
	}
	story_note(cal, mem, &f->session, STORY_CALLBACK,
	    back->error != NULL ? "with an error" : back->code != NULL ?
	    "with a code" : "with neither a code nor an error");
	client_set_deadline(cal->api, POLICY_VISIT_MS);
	rc = take_answer(cal, mem, back, f, out);
	client_set_deadline(cal->api, 0);
	flow_give_turn(cal, mem, &f->session);
	return rc;
}

enum cal_err
connect_return(struct service *cal, struct arena *mem,
    const struct connect_return *back, struct connect_outcome *out)
{
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
	if (f.state.same_browser)
		return answer_in_turn(cal, mem, back, &f, out);
	f.session.id = f.state.session_id;
	f.session.tenant_id = f.state.tenant_id;
	story_note(cal, mem, &f.session, STORY_ANOTHER_BROWSER,
	    back->browser == NULL ? "it sent no cookie" :
	    "it sent another cookie");
	out->end = CONNECT_OTHER_BROWSER;
	out->session_id = f.state.session_id;
	out->tenant_id = f.state.tenant_id;
	return CAL_OK;
}
