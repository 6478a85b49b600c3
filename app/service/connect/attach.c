/*
 * attach: see attach.h.
 */
#include "app/calendly/id.h"
#include "app/calendly/oauth.h"
#include "app/calendly/user.h"
#include "app/repo/connection.h"
#include "app/repo/grant.h"
#include "app/repo/job.h"
#include "app/repo/session.h"
#include "app/repo/tenant.h"
#include "app/repo/tx.h"
#include "app/service/connect/attach.h"
#include "app/service/connect/finish.h"
#include "app/service/connect/story.h"
#include "app/service/disconnect/teardown.h"
#include "app/service/emit.h"
#include "app/service/errand.h"
#include "app/service/keys/seal.h"
#include "app/service/service.h"
#include "app/service/subscription/organization.h"
#include "lib/arena.h"
#include "lib/log.h"

/* What one attachment works with. */
struct adoption {
	const char			*fresh_id;	/* the pending
							 * grant that the
							 * callback stored */
	const struct token_pair		*pair;
	const struct calendly_user	*user;
	struct connection		 connection;
	struct grant			 old;		/* the connection's
							 * grant until now;
							 * id NULL: none */
	const char			*grant_id;	/* the grant that
							 * serves from now on */
	const char			*event;		/* event for the
							 * host app; NULL:
							 * nothing new */
	enum session_result		 result;
};

static const char	NOTE_REPLACED[] = "The same account consented again: "
			    "these tokens replace those before them, which "
			    "were erased here and not revoked, for that might "
			    "have ended these.";

static enum cal_err
attach_identify(struct tx *tx, const struct adoption *a)
{
	const struct grant	 g = {
		.id = a->grant_id,
		.user_uri = a->user->uri,
		.organization_uri = a->user->organization,
		.email = a->user->email,
		.name = a->user->name,
		.timezone = a->user->timezone,
	};

	return grant_identify(tx, &g);
}

/*
 * The same account: the grant stays, with the new pair.  The old pair is erased
 * here but not revoked at Calendly, because revoking it might end the new pair
 * as well.
 */
static enum cal_err
attach_renew(struct service *cal, struct tx *tx, struct adoption *a)
{
	struct sealed_pair	 sealed;
	enum cal_err		 rc;

	a->grant_id = a->old.id;
	a->result = RESULT_RECONNECTED;
	if (a->connection.status == CONNECTION_NEEDS_REAUTH)
		a->event = "connection.recovered";
	seal_pair(cal, tx->mem, a->old.id, a->old.generation + 1, a->pair,
	    &sealed);
	rc = grant_replace_tokens(tx, a->old.id, a->old.generation, &sealed);
	if (rc == CAL_OK)
		rc = grant_drop_pending(tx, a->fresh_id);
	if (rc == CAL_OK)
		rc = api_call_note(tx, log_request_id(), "code_exchange",
		    NOTE_REPLACED);
	if (rc == CAL_OK)
		rc = organization_tell(tx, &a->old, a->user->organization,
		    a->connection.user_id);
	return rc;
}

/*
 * Another account, or the connection's first one: the fresh grant takes the
 * connection.
 */
static enum cal_err
attach_replace(struct tx *tx, struct adoption *a)
{
	enum cal_err	 rc;

	a->grant_id = a->fresh_id;
	a->result = a->old.id == NULL ? RESULT_CONNECTED : RESULT_SWITCHED;
	a->event = a->old.id == NULL ? "connection.connected" :
	    "connection.account_changed";
	if (a->old.id != NULL && (rc = teardown_begin(tx, a->old.id, 0)) !=
	    CAL_OK)
		return rc;
	/*
	 * Identifies the grant before binding it, because a live grant must
	 * name its account (constraint grants_known_when_serving).
	 */
	if ((rc = attach_identify(tx, a)) != CAL_OK)
		return rc;
	return grant_bind(tx, a->fresh_id, a->connection.id);
}

static bool
same_account(struct arena *mem, const struct adoption *a)
{
	return a->old.id != NULL && id_same(mem, a->old.user_uri,
	    a->user->uri);
}

static enum cal_err
attach_load(struct tx *tx, const char *user_id, struct adoption *a)
{
	enum cal_err	 rc;

	if ((rc = connection_ensure(tx, user_id)) != CAL_OK)
		return rc;
	rc = connection_lock(tx, user_id, &a->connection);
	if (rc != CAL_OK || a->connection.grant_id == NULL)
		return rc;
	return grant_load(tx, a->connection.grant_id, &a->old);
}

static enum cal_err
attach_grant(struct service *cal, struct tx *tx,
    const struct connect_session *s, struct adoption *a)
{
	enum cal_err	 rc;

	if ((rc = attach_load(tx, s->user_id, a)) != CAL_OK)
		return rc;
	rc = same_account(tx->mem, a) ? attach_renew(cal, tx,
	    a) : attach_replace(tx, a);
	if (rc != CAL_OK || (rc = attach_identify(tx, a)) != CAL_OK)
		return rc;
	rc = connection_mark_connected(tx, a->connection.id, a->grant_id);
	if (rc == CAL_OK && a->event != NULL)
		rc = emit_connection(tx, a->connection.id, s->user_id,
		    a->event, CONNECTION_CONNECTED, REASON_NONE);
	if (rc == CAL_OK)
		rc = session_mark(tx, s->id, SESSION_DONE,
		    a->result, a->user->email);
	if (rc == CAL_OK)
		rc = story_add(tx, s->id, STORY_CONNECTED,
		    session_result_name(a->result));
	if (rc == CAL_OK)
		rc = job_enqueue(tx, JOB_RECONCILE, a->connection.id,
		    CONNECT_JOB_AFTER);
	if (rc == CAL_OK)
		rc = api_call_claim(tx, a->connection.id, log_request_id());
	if (rc == CAL_OK)
		rc = audit_add(tx, "browser",
		    session_result_name(a->result), s->user_id);
	return rc;
}

/*
 * Says whether the attachment was committed although its answer was lost.  If
 * it was, the fresh grant is live, or it is gone because its pair has moved to
 * the old grant.
 */
static bool
has_happened(const struct errand *e, const char *fresh_id)
{
	struct grant	 fresh = { .status = GRANT_NONE };
	enum cal_err	 rc;

	rc = errand_grant(e, fresh_id, &fresh);
	return rc == CAL_NOTFOUND || (rc == CAL_OK &&
	    fresh.status == GRANT_LIVE);
}

enum cal_err
attach_run(const struct errand *e,
    const struct connect_session *s, const char *grant_id,
    const struct token_pair *pair, const struct calendly_user *user,
    const char **connection_id, enum session_result *result)
{
	enum { TRIES = 3 };
	struct adoption	 a;
	struct tx	 tx;
	enum cal_err	 rc = CAL_CONFLICT;
	int		 i;

	/*
	 * A refresh may raise the old grant's generation between load and
	 * write, which is a CAL_CONFLICT: try again with the new generation.
	 */
	for (i = 0; i < TRIES && rc == CAL_CONFLICT; i++) {
		a = (struct adoption){
			.fresh_id = grant_id,
			.pair = pair,
			.user = user,
		};
		rc = errand_begin(e, &tx);
		if (rc == CAL_OK)
			rc = tx_end(&tx, attach_grant(e->cal, &tx, s, &a));
	}
	if (rc != CAL_OK && (a.result == RESULT_NONE ||
	    !has_happened(e, grant_id)))
		return rc;
	*connection_id = a.connection.id;
	*result = a.result;
	return CAL_OK;
}
