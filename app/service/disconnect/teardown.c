/*
 * teardown: see teardown.h.
 */
#include <string.h>

#include "app/repo/connection.h"
#include "app/repo/grant.h"
#include "app/repo/job.h"
#include "app/repo/subscription.h"
#include "app/repo/tx.h"
#include "app/service/disconnect/teardown.h"
#include "app/service/disconnect/teardown_end.h"
#include "app/service/errand.h"
#include "app/service/subscription/removal.h"
#include "app/service/subscription/work_lease.h"
#include "app/service/token/token.h"
#include "lib/log.h"

enum cal_err
teardown_begin(struct tx *tx, const char *grant_id, int delay_seconds)
{
	enum cal_err	 rc;

	if ((rc = grant_mark_teardown(tx, grant_id)) != CAL_OK ||
	    (rc = endpoints_retire(tx, grant_id)) != CAL_OK)
		return rc;
	return job_enqueue(tx, JOB_TEARDOWN, grant_id, delay_seconds);
}

/*
 * Deletes the grant's subscriptions at Calendly and puts those that Calendly
 * refuses to delete into e->left.  CAL_DENIED: the grant is dead.
 * CAL_UNAUTHORIZED: Calendly refuses the access token even after a refresh, so
 * nothing can be deleted with it, but it can still be revoked.
 */
static enum cal_err
remove_all(const struct errand *e, const struct grant *g, const struct work *w,
    struct ending *end)
{
	struct removal	 r = { .g = g, .w = w };
	enum cal_err	 rc;

	/* A grant that never served a connection has no subscriptions. */
	if (g->connection_id == NULL)
		return CAL_OK;
	rc = token_use(e, g->id, removal_run, &r);
	end->left = removal_left(e->mem, &r);
	return rc;
}

/*
 * Does the steps of a teardown in turn: delete the subscriptions, revoke the
 * tokens, erase the secrets.  If the grant is dead, nothing can be revoked.
 * Once the teardown is overdue (after a day), a failure to delete or to revoke
 * no longer stops it; what may remain at Calendly is named in left_behind.
 */
static enum cal_err
work_off(const struct errand *e, const struct grant *g, const struct work *w)
{
	struct ending	 end = { .user_uri = g->user_uri };

	end.removed = remove_all(e, g, w, &end);
	if (end.removed == CAL_CONFLICT)
		return CAL_CONFLICT;
	if (end.removed == CAL_DENIED)
		return teardown_finish(e, g, &end);
	if (end.removed != CAL_OK && end.removed != CAL_UNAUTHORIZED &&
	    !g->overdue)
		return end.removed;
	end.revoked = teardown_revoke(e, g->id, &end);
	if (end.revoked == CAL_CONFLICT ||
	    (end.revoked != CAL_OK && !g->overdue))
		return end.revoked;
	return teardown_finish(e, g, &end);
}

enum cal_err
teardown_run(const struct errand *e, const char *grant_id)
{
	struct grant	 g;
	struct work	 w;
	struct errand	 about;
	enum cal_err	 rc;

	if ((rc = errand_grant(e, grant_id, &g)) != CAL_OK)
		return rc == CAL_NOTFOUND ? CAL_OK : rc;
	if (g.status != GRANT_TEARDOWN)
		return CAL_OK;
	about = errand_about(e, g.connection_id);
	about = errand_with_grant(&about, grant_id);
	rc = work_lease_begin(&about, grant_id, GRANT_TEARDOWN, &w);
	if (rc != CAL_OK)
		return rc;
	rc = work_off(&about, &g, &w);
	work_lease_end(&about, &w);
	return rc;
}

/* Erases the connection; "left" lists what of the user stays at Calendly. */
static enum cal_err
erase_connection(struct tx *tx, const char *connection_id,
    const char *const **left)
{
	enum cal_err	 rc;

	/*
	 * CAL_NOTFOUND: the user has connected again, or no erasure was asked
	 * for.  Then nothing is erased.
	 */
	rc = connection_lock_unwanted(tx, connection_id);
	if (rc == CAL_OK)
		rc = connection_note_left(tx, connection_id, left);
	return rc == CAL_OK ? connection_erase(tx, connection_id) : rc;
}

enum cal_err
erase_run(const struct errand *e, const char *connection_id)
{
	const char	*const *left = NULL;
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = tx_end(&tx, erase_connection(&tx, connection_id, &left));
	for (; rc == CAL_OK && *left != NULL; left++)
		log_warn("erase: of a user who is erased now, this is left at "
		    "Calendly: %s", *left);
	return rc == CAL_NOTFOUND ? CAL_OK : rc;
}
