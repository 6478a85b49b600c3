/*
 * connect: see connect.h.  Coming back from Calendly is callback.c.
 */
#include <string.h>
#include <strings.h>

#include "app/calendly/client.h"
#include "app/domain/policy.h"
#include "app/domain/scope.h"
#include "app/repo/connection.h"
#include "app/repo/grant.h"
#include "app/repo/job.h"
#include "app/repo/session.h"
#include "app/repo/tx.h"
#include "app/service/connect/connect.h"
#include "app/service/connect/consent.h"
#include "app/service/connect/finish.h"
#include "app/service/connect/flow.h"
#include "app/service/connect/session.h"
#include "app/service/connect/story.h"
#include "app/service/errand.h"
#include "app/service/service.h"
#include "app/service/subscription/organization.h"
#include "app/service/token/token.h"
#include "app/settings/settings.h"
#include "lib/clock.h"
#include "lib/crypto.h"
#include "lib/log.h"

/* What is loaded when the link is opened. */
struct opened {
	struct connect_session	 session;
	struct connection	 connection;	/* id NULL: the user
						 * has none yet */
	struct grant		 grant;		/* the connection's;
						 * id NULL: none */
};

static enum story_step
how_opened(const struct connect_session *s)
{
	if (s->status == SESSION_DONE)
		return STORY_OPENED_DONE;
	return s->expired ? STORY_EXPIRED : STORY_OPENED;
}

static enum cal_err
note_opening(struct tx *tx, struct connect_session *s)
{
	enum cal_err	 rc;

	rc = session_open(tx, s->id, POLICY_SESSION_MINUTES);
	if (rc != CAL_OK || (rc = session_load(tx, s->id, s)) != CAL_OK)
		return rc;
	return story_add(tx, s->id, how_opened(s), NULL);
}

/*
 * Loads the session, its connection and its grant, and notes the opening.  The
 * connection is locked before the session's row is written, in the same order
 * as an erasure locks them, so that the two cannot deadlock.
 */
static enum cal_err
load_session_in(struct tx *tx, struct opened *o)
{
	enum cal_err	 rc;

	rc = session_load(tx, o->session.id, &o->session);
	if (rc != CAL_OK)
		return rc;
	rc = connection_lock(tx, o->session.user_id, &o->connection);
	if (rc != CAL_OK && rc != CAL_NOTFOUND)	/* CAL_NOTFOUND: the
						 * user never connected */
		return rc;
	if ((rc = note_opening(tx, &o->session)) != CAL_OK ||
	    o->connection.grant_id == NULL)
		return rc;
	return grant_load(tx, o->connection.grant_id, &o->grant);
}

static enum cal_err
load_session(const struct errand *e, struct opened *o)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	return tx_end(&tx, load_session_in(&tx, o));
}

/*
 * Why the user has to be asked for consent, in words for the story; NULL if no
 * consent is needed.
 */
static const char *
needs_consent(const struct service *cal, const struct opened *o)
{
	const struct grant	*g = &o->grant;
	const char		*wanted = o->session.expected_email;

	if (g->id == NULL || g->status != GRANT_LIVE)
		return g->id == NULL ? "first time" : "needs_reauth";
	if (o->session.force)
		return "force";
	if (!scopes_cover(g->scopes, cal->set->scopes))
		return "scopes";
	if (wanted != NULL && (g->email == NULL ||
	    strcasecmp(wanted, g->email) != 0))
		return "another account is expected";
	return NULL;
}

static enum cal_err
mark_reconnected(const struct errand *e, const struct opened *o)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = session_mark(&tx, o->session.id, SESSION_DONE,
	    RESULT_RECONNECTED, o->grant.email);
	if (rc == CAL_OK)
		rc = story_add(&tx, o->session.id, STORY_CONNECTED,
		    session_result_name(RESULT_RECONNECTED));
	if (rc == CAL_OK)
		rc = job_enqueue(&tx, JOB_RECONCILE, o->connection.id,
		    CONNECT_JOB_AFTER);
	return tx_end(&tx, rc);
}

/*
 * Proves by a refresh that the grant still works.  No new refresh is needed if
 * there was one within the last minute or since the link was minted.
 *
 * If another process is refreshing, its end is waited for only as long as a
 * refresh of our own, which may take CLIENT_TOKEN_MS, would still fit into the
 * visit.
 */
static enum cal_err
prove_alive(const struct errand *e, const struct opened *o)
{
	const struct grant	*g = &o->grant;
	const bool		 proven = g->fresh ||
	    g->generation != o->session.generation;
	const struct errand	 in_time = errand_within(e, POLICY_VISIT_MS -
	    CLIENT_TOKEN_MS);
	struct secret		*token;
	int64_t			 generation;

	return token_fresh(&in_time, g->id, proven ? 0 : g->generation,
	    &token, &generation);
}

/*
 * Says whether Calendly refuses to refresh the grant without saying
 * invalid_grant.  A consent brings new tokens and so mends that, whatever the
 * cause is.
 */
static bool
is_refused(const struct errand *e, const struct opened *o)
{
	struct grant	 now;

	return errand_grant(e, o->grant.id, &now) == CAL_OK && now.refusals > 0;
}

/*
 * Reconnects without asking for consent.  CAL_DENIED: the grant is dead or
 * refused, so the caller must ask for consent.
 */
static enum cal_err
reconnect_silently(const struct errand *e, const struct opened *o,
    struct connect_outcome *out)
{
	const struct connect_session	*s = &o->session;
	enum cal_err			 rc;

	rc = prove_alive(e, o);
	if (rc == CAL_UNAVAILABLE && is_refused(e, o))
		rc = CAL_DENIED;
	story_note(e, rc == CAL_OK ? STORY_REFRESHED :
	    rc == CAL_DENIED ? STORY_REFRESH_REFUSED : STORY_REFRESH_FAILED,
	    rc == CAL_OK ? NULL : err_name(rc));
	if (rc == CAL_DENIED)
		return rc;
	if (rc != CAL_OK)
		return finish_failed(e, CONNECT_FAILED, s,
		    RESULT_ERROR, o->grant.email, out);
	if ((rc = mark_reconnected(e, o)) != CAL_OK)
		return rc;
	organization_look(e, &o->grant, o->connection.user_id);
	finish_settle(e, o->connection.id);
	finish_done(e, s, RESULT_RECONNECTED, out);
	return CAL_OK;
}

/*
 * Reconnects the session if this request gets its turn; other requests of the
 * session get the outcome of the one that did.  CAL_DENIED: as for
 * reconnect_silently().
 */
static enum cal_err
reconnect_in_turn(const struct errand *e, struct opened *o,
    struct connect_outcome *out)
{
	struct errand	 about = errand_about(e, o->connection.id);
	enum turn	 turn;
	enum cal_err	 rc;

	rc = flow_take_turn(e, &o->session, &turn);
	if (rc != CAL_OK)
		return rc;
	if (turn != TURN_OURS) {
		finish_turn(e, turn, &o->session, out);
		return CAL_OK;
	}
	rc = reconnect_silently(&about, o, out);
	flow_give_turn(e, &o->session);
	return rc;
}

static enum cal_err
open_link(const struct errand *e, const char *browser, struct opened *o,
    struct connect_outcome *out)
{
	const char	*why;
	enum cal_err	 rc;

	rc = load_session(e, o);	/* CAL_NOTFOUND: the user was erased
					 * meanwhile */
	if (rc != CAL_OK && rc != CAL_NOTFOUND)
		return rc;
	if (rc == CAL_OK && o->session.status == SESSION_DONE) {
		finish(e->cal, CONNECT_DONE, &o->session, RESULT_NONE, out);
		return CAL_OK;
	}
	if (rc == CAL_NOTFOUND || o->session.expired) {
		finish(e->cal, CONNECT_EXPIRED, rc == CAL_NOTFOUND ? NULL :
		    &o->session, RESULT_NONE,
		    out);
		return CAL_OK;
	}
	if ((why = needs_consent(e->cal, o)) == NULL) {
		rc = reconnect_in_turn(e, o, out);
		if (rc != CAL_DENIED)
			return rc;
		why = "the refresh was refused";
	}
	return consent_begin(e, &o->session, browser, why, out);
}

enum cal_err
connect_open(struct service *cal, struct arena *mem, const char *secret,
    const char *browser, struct connect_outcome *out)
{
	struct opened	 o = { .session = { .id = NULL } };
	struct errand	 e;
	enum cal_err	 rc;

	rc = session_find(cal->db, mem, crypto_hash_text(mem, secret),
	    &o.session);
	if (rc == CAL_NOTFOUND) {
		finish(cal, CONNECT_EXPIRED, NULL, RESULT_NONE, out);
		return CAL_OK;
	}
	if (rc != CAL_OK)
		return rc;
	e = errand_for_session(cal, mem, o.session.tenant_id, o.session.id);
	e = errand_within(&e, POLICY_VISIT_MS);
	log_about("session", e.session_id);
	return open_link(&e, browser, &o, out);
}
