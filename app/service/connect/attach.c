/*
 * attach: see attach.h.
 */
#include <string.h>

#include "app/calendly/id.h"
#include "app/calendly/oauth.h"
#include "app/calendly/user.h"
#include "app/repo/connection.h"
#include "app/repo/grant.h"
#include "app/repo/job.h"
#include "app/repo/session.h"
#include "app/repo/tenant.h"
#include "app/service/brief.h"
#include "app/service/connect/attach.h"
#include "app/service/connect/finish.h"
#include "app/service/connect/story.h"
#include "app/service/disconnect/teardown.h"
#include "app/service/emit.h"
#include "app/service/keys/seal.h"
#include "app/service/service.h"
#include "app/service/subscription/organization.h"
#include "lib/arena.h"
#include "lib/log.h"

/* What is being put together. */
struct adoption {
	const char			*fresh_id;	/* the pending grant */
	const struct token_pair		*pair;
	const struct calendly_user	*user;
	struct connection		 connection;
	struct grant			 old;		/* id NULL: none */
	const char			*grant_id;	/* that serves */
	const char			*event;		/* NULL: nothing new */
	const char			*result;
};

static const char	NOTE_REPLACED[] = "The same account consented again: "
			    "these tokens replace those before them, which "
			    "were erased here and not revoked, for that might "
			    "have ended these.";

static enum cal_err
identify(struct service *cal, struct arena *mem, const struct adoption *a)
{
	const struct grant	 g = {
		.id = a->grant_id,
		.user_uri = a->user->uri,
		.organization_uri = a->user->organization,
		.email = a->user->email,
		.name = a->user->name,
		.timezone = a->user->timezone,
	};

	return grant_identify(cal->db, mem, &g);
}

/*
 * The same account: one grant, a new pair.  The old one is erased and not
 * revoked, because that may end the new one, too.
 */
static enum cal_err
renew(struct service *cal, struct arena *mem, struct adoption *a)
{
	struct sealed_pair	 sealed;
	enum cal_err		 rc;

	a->grant_id = a->old.id;
	a->result = "reconnected";
	if (strcmp(a->connection.status, "needs_reauth") == 0)
		a->event = "connection.recovered";
	seal_pair(cal, mem, a->old.id, a->old.generation + 1, a->pair,
	    &sealed);
	rc = grant_replace_tokens(cal->db, mem, a->old.id, a->old.generation,
	    &sealed);
	if (rc == CAL_OK)
		rc = grant_drop_pending(cal->db, mem, a->fresh_id);
	if (rc == CAL_OK)
		rc = api_call_note(cal->db, mem, log_request_id(),
		    "code_exchange", NOTE_REPLACED);
	if (rc == CAL_OK)
		rc = organization_tell(cal, mem, &a->old,
		    a->user->organization, a->connection.user_id);
	return rc;
}

/* Another account, or the first one. */
static enum cal_err
take_over(struct service *cal, struct arena *mem, struct adoption *a)
{
	enum cal_err	 rc;

	a->grant_id = a->fresh_id;
	a->result = a->old.id == NULL ? "connected" : "switched";
	a->event = a->old.id == NULL ? "connection.connected" :
	    "connection.account_changed";
	if (a->old.id != NULL &&
	    (rc = teardown_begin(cal, mem, a->old.id, 0)) != CAL_OK)
		return rc;
	/* First: what serves must be known, see grants_known_when_serving. */
	if ((rc = identify(cal, mem, a)) != CAL_OK)
		return rc;
	return grant_bind(cal->db, mem, a->fresh_id, a->connection.id);
}

static bool
same_account(struct arena *mem, const struct adoption *a)
{
	return a->old.id != NULL && id_same(mem, a->old.user_uri,
	    a->user->uri);
}

static enum cal_err
load(struct service *cal, struct arena *mem, const char *user_id,
    struct adoption *a)
{
	enum cal_err	 rc;

	if ((rc = connection_ensure(cal->db, mem, user_id)) != CAL_OK)
		return rc;
	rc = connection_lock(cal->db, mem, user_id, &a->connection);
	if (rc != CAL_OK || a->connection.grant_id == NULL)
		return rc;
	return grant_load(cal->db, mem, a->connection.grant_id, &a->old);
}

static enum cal_err
adopt(struct service *cal, struct arena *mem, const struct connect_session *s,
    struct adoption *a)
{
	enum cal_err	 rc;

	if ((rc = load(cal, mem, s->user_id, a)) != CAL_OK)
		return rc;
	rc = same_account(mem, a) ? renew(cal, mem, a) :
	    take_over(cal, mem, a);
	if (rc != CAL_OK || (rc = identify(cal, mem, a)) != CAL_OK)
		return rc;
	rc = connection_mark_connected(cal->db, mem, a->connection.id,
	    a->grant_id);
	if (rc == CAL_OK && a->event != NULL)
		rc = emit_connection(cal, mem, a->connection.id, s->user_id,
		    a->event, "connected", NULL);
	if (rc == CAL_OK)
		rc = session_mark(cal->db, mem, s->id, "done", a->result,
		    a->user->email);
	if (rc == CAL_OK)
		rc = story_add(cal, mem, s, STORY_CONNECTED, a->result);
	if (rc == CAL_OK)
		rc = job_enqueue(cal->db, mem, "reconcile", a->connection.id,
		    CONNECT_JOB_AFTER);
	if (rc == CAL_OK)
		rc = api_call_claim(cal->db, mem, a->connection.id,
		    log_request_id());
	if (rc == CAL_OK)
		rc = audit_add(cal->db, mem, "browser", a->result,
		    s->user_id);
	return rc;
}

/*
 * A commit whose answer was lost may have been one.  Then the fresh grant
 * serves, or its pair has moved and it is gone.
 */
static bool
has_happened(struct service *cal, struct arena *mem,
    const struct connect_session *s, const char *fresh_id)
{
	struct grant	 fresh = { .status = "" };
	enum cal_err	 rc;

	rc = brief_grant(cal, mem, s->tenant_id, fresh_id, &fresh);
	return rc == CAL_NOTFOUND || (rc == CAL_OK &&
	    strcmp(fresh.status, "live") == 0);
}

enum cal_err
attach_run(struct service *cal, struct arena *mem,
    const struct connect_session *s, const char *grant_id,
    const struct token_pair *pair, const struct calendly_user *user,
    const char **connection_id, const char **result)
{
	enum { TRIES = 3 };
	struct adoption	 a;
	enum cal_err	 rc = CAL_CONFLICT;
	int		 i;

	/* A refresh may move the old grant's generation in between. */
	for (i = 0; i < TRIES && rc == CAL_CONFLICT; i++) {
		a = (struct adoption){
			.fresh_id = grant_id,
			.pair = pair,
			.user = user,
		};
		rc = tenant_begin(cal->db, mem, s->tenant_id);
		if (rc == CAL_OK)
			rc = tenant_end(cal->db, adopt(cal, mem, s, &a));
	}
	if (rc != CAL_OK && (a.result == NULL ||
	    !has_happened(cal, mem, s, grant_id)))
		return rc;
	*connection_id = a.connection.id;
	*result = a.result;
	return CAL_OK;
}
