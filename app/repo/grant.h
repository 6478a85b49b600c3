/*
 * grant: one authorization by one Calendly account: its sealed tokens, its
 * refresh lease, its work lease.
 *
 * All functions need a tenant's transaction.  "Generation" is the number of the
 * grant's token pair: "the generation moved" means that another process has
 * stored a newer pair.
 */
#ifndef APP_REPO_GRANT_H
#define APP_REPO_GRANT_H

#include <stdbool.h>
#include <stdint.h>

#include "app/domain/status.h"
#include "lib/buf.h"
#include "lib/err.h"

struct tx;

struct grant {
	const char	*id;
	const char	*connection_id;	/* NULL while pending */
	/* NULL while it is not known whose tokens they are. */
	const char	*account_id;
	enum grant_status status;
	const char	*user_uri;	/* NULL as account_id */
	const char	*organization_uri;	/* NULL as account_id */
	const char	*email;
	const char	*name;
	const char	*timezone;
	const char	*const *scopes;
	int64_t		 generation;
	struct bytes	 access_sealed;
	struct bytes	 refresh_sealed;
	int64_t		 access_seconds; /* seconds left; may be negative */
	int64_t		 access_life;	/* seconds when new; 0: not known */
	bool		 refreshing;	/* a process, on any host, holds
					 * the refresh lease */
	int64_t		 refresh_left_ms;	/* ms until that lease ends */
	int64_t		 not_before_ms;	/* ms until a refresh is allowed */
	bool		 started;	/* a refresh began, outcome unknown */
	int		 probes;
	int		 refusals;	/* in a row, without invalid_grant */
	bool		 fresh;		/* tokens at most a minute old */
	bool		 overdue;	/* its day for the teardown is over */
	const char	*access_expires_at;
};

/* A token pair, sealed for the row that the caller will store it in. */
struct sealed_pair {
	struct bytes	 access;
	struct bytes	 refresh;
	int64_t		 expires_in;	/* in seconds */
	const char	*const *scopes;
};

/*
 * Adds a pending grant.  The account and both URIs may be NULL: not known yet.
 */
enum cal_err	grant_add(struct tx *, const char *id, const char *account_id,
		    const char *user_uri, const char *organization_uri,
		    const struct sealed_pair *) ERR_CHECK;
enum cal_err	grant_load(struct tx *, const char *id, struct grant *)
		    ERR_CHECK;
/* Stores who the account is (the fields from user_uri to timezone). */
enum cal_err	grant_identify(struct tx *, const struct grant *) ERR_CHECK;
/*
 * Stores that the grant's user is now in this organization.  CAL_CONFLICT: the
 * grant is not live, or no longer in the organization that "g" names.
 */
enum cal_err	grant_move(struct tx *, const struct grant *g,
		    const char *organization_uri) ERR_CHECK;
/* Makes a pending grant the live one of this connection. */
enum cal_err	grant_bind(struct tx *, const char *id,
		    const char *connection_id) ERR_CHECK;
/* Stores the pair of a new consent.  CAL_CONFLICT: the generation moved. */
enum cal_err	grant_replace_tokens(struct tx *, const char *id,
		    int64_t generation, const struct sealed_pair *) ERR_CHECK;
/* Deletes a pending grant whose pair was stored in another grant. */
enum cal_err	grant_drop_pending(struct tx *, const char *id) ERR_CHECK;
enum cal_err	grant_mark_teardown(struct tx *, const char *id) ERR_CHECK;
/*
 * Erases the tokens of a grant under teardown.  CAL_CONFLICT: it is not under
 * teardown, or not of this generation; 0 stands for any.
 */
enum cal_err	grant_erase(struct tx *, const char *id, int64_t generation)
		    ERR_CHECK;

/*
 * Takes the refresh lease for so many seconds.  CAL_CONFLICT: another process
 * holds it, it is too early for a refresh, or the generation moved.  "grace" is
 * how many seconds to wait after a lease whose holder may have died during its
 * call.
 */
enum cal_err	lease_take(struct tx *, const struct grant *, const char *owner,
		    int seconds, int grace) ERR_CHECK;
/*
 * Stores the new pair and ends the lease.  CAL_CONFLICT: the generation moved.
 */
enum cal_err	lease_commit(struct tx *, const char *id, int64_t generation,
		    const struct sealed_pair *) ERR_CHECK;
/*
 * Keeps a reply that cannot be parsed but may hold the new pair, until a later
 * outcome settles the refresh.  CAL_CONFLICT: the generation moved.
 */
enum cal_err	lease_keep_reply(struct tx *, const char *id,
		    int64_t generation, struct bytes sealed) ERR_CHECK;
/*
 * Gives the lease back after a failure.  "definite": the call certainly did not
 * change the pair at Calendly.
 */
enum cal_err	lease_defer(struct tx *, const struct grant *,
		    const char *owner, int64_t pause_ms, bool definite)
		    ERR_CHECK;
/*
 * Gives the lease back after Calendly has refused a refresh without saying
 * invalid_grant, and counts that refusal.  Calendly has certainly not changed
 * the pair.  "lasting": the first of these refusals in a row was an hour ago or
 * more.
 */
enum cal_err	lease_note_refusal(struct tx *, const struct grant *,
		    const char *owner, int64_t pause_ms, bool *lasting)
		    ERR_CHECK;
/*
 * Sets a live grant to needs_reauth.  CAL_CONFLICT: it was not live, or the
 * generation moved.
 */
enum cal_err	grant_mark_refused(struct tx *, const char *id,
		    int64_t generation) ERR_CHECK;
/*
 * Called when Calendly answers invalid_grant: the grant needs a new consent.
 * CAL_CONFLICT: the generation moved.  "probed": the same token had been sent
 * more than once.
 */
enum cal_err	lease_refused(struct tx *, const char *id, int64_t generation,
		    bool *probed) ERR_CHECK;

/*
 * Takes the work lease for so many seconds, with a fencing number.
 * CAL_CONFLICT: another process holds it.
 */
enum cal_err	work_take(struct tx *, const char *grant_id, const char *owner,
		    int seconds, int64_t *fence) ERR_CHECK;
/*
 * Prolongs the work lease.  CAL_CONFLICT: the lease was lost, or the grant no
 * longer has this status.
 */
enum cal_err	work_hold(struct tx *, const char *grant_id, int64_t fence,
		    int seconds, enum grant_status) ERR_CHECK;
enum cal_err	work_drop(struct tx *, const char *grant_id, int64_t fence)
		    ERR_CHECK;

#endif
