/*
 * refusal: see refusal.h.
 */
#include <stdbool.h>
#include <stddef.h>

#include "app/repo/account.h"
#include "app/repo/connection.h"
#include "app/repo/grant.h"
#include "app/repo/tx.h"
#include "app/service/emit.h"
#include "app/service/errand.h"
#include "app/service/token/refusal.h"
#include "lib/log.h"

enum {
	TRIES = 3,			/* refusals, over an hour,
					 * before the grant is given up */
	PAUSE_MS = 30 * 1000,		/* pause before the
					 * next try, doubling */
	DOUBLINGS = 7,			/* at most, so that the pause
					 * grows to about an hour */
};

enum cal_err
refusal_tell(struct tx *tx, const struct grant *g,
    enum connection_reason reason)
{
	const char	*user_id;
	enum cal_err	 rc;

	if (g->connection_id == NULL)
		return CAL_OK;
	rc = connection_mark_broken(tx, g->connection_id, g->id, reason,
	    &user_id);
	if (rc == CAL_NOTFOUND)
		return CAL_OK;		/* the connection no
					 * longer uses this grant */
	if (rc != CAL_OK)
		return rc;
	return emit_connection(tx, g->connection_id, user_id,
	    "connection.needs_reauth", CONNECTION_NEEDS_REAUTH, reason);
}

/*
 * Decides what follows when Calendly has refused this grant's refreshes for an
 * hour.  If other accounts are refreshed meanwhile, the grant is to blame: it
 * and its connection become needs_reauth, and "final" is set.
 */
static enum cal_err
judge_refusal(struct tx *tx, const struct grant *g, bool *final)
{
	bool		 others = false;
	enum cal_err	 rc;

	rc = account_others_refresh(tx, g->id, &others);
	if (rc != CAL_OK)
		return rc;
	if (!others) {
		log_warn("refresh: grant %s: refused for over an hour, and no "
		    "other account refreshed within the last one: check the "
		    "app at Calendly; no user is touched", g->id);
		return CAL_OK;
	}
	rc = grant_mark_refused(tx, g->id, g->generation);
	if (rc == CAL_CONFLICT)
		return CAL_OK;		/* the grant is no longer live */
	*final = rc == CAL_OK;
	return rc == CAL_OK ? refusal_tell(tx, g, REASON_REFUSED) :
	    rc;
}

static enum cal_err
keep_refusal(struct tx *tx, const struct grant *g, const char *owner,
    bool *final)
{
	const int	 doublings = g->refusals < DOUBLINGS ? g->refusals :
	    DOUBLINGS;
	bool		 lasting = false;
	enum cal_err	 rc;

	rc = lease_note_refusal(tx, g, owner, (int64_t)PAUSE_MS << doublings,
	    &lasting);
	if (rc != CAL_OK || g->refusals + 1 < TRIES || !lasting)
		return rc;
	return judge_refusal(tx, g, final);
}

enum cal_err
refusal_note(const struct errand *e, const struct grant *g, const char *owner)
{
	bool		 final = false;
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = tx_end(&tx, keep_refusal(&tx, g, owner, &final));
	if (rc != CAL_OK)
		return rc;
	if (!final)
		return CAL_UNAVAILABLE;
	log_info("refresh: grant %s: %s: a new consent is needed", g->id,
	    connection_reason_name(REASON_REFUSED));
	return CAL_DENIED;
}
