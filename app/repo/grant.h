/*
 * grant: one authorization by one Calendly account: its sealed tokens, its
 * refresh lease, its work lease.
 *
 * All of it needs a tenant's transaction.
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
	/* NULL while it is not known whose the tokens are. */
	const char	*account_id;
	enum grant_status	 status;
	const char	*user_uri;	/* NULL, too */
	const char	*organization_uri;	/* NULL, too */
	const char	*email;
	const char	*name;
	const char	*timezone;
	const char	*const *scopes;
	int64_t		 generation;
	struct bytes	 access_sealed;
	struct bytes	 refresh_sealed;
	int64_t		 access_seconds;/* left; may be negative */
	int64_t		 access_life;	/* s, when it was new; 0: not known */
	bool		 refreshing;	/* somebody holds the refresh lease */
	int64_t		 refresh_left_ms;	/* until that lease runs out */
	int64_t		 not_before_ms;	/* until a refresh may be tried */
	bool		 started;	/* a refresh with an unknown outcome */
	int		 probes;
	int		 refusals;	/* without invalid_grant, in a row */
	bool		 fresh;		/* refreshed within a minute */
	bool		 overdue;	/* teardown has had its day */
	const char	*access_expires_at;
};

/* A token pair, sealed for a place that the caller chose. */
struct sealed_pair {
	struct bytes	 access;
	struct bytes	 refresh;
	int64_t		 expires_in;	/* seconds */
	const char	*const *scopes;
};

/* A pending one; the account and both URIs may not be known yet (NULL). */
enum cal_err	grant_add(struct tx *, const char *id, const char *account_id,
		    const char *user_uri, const char *organization_uri,
		    const struct sealed_pair *) ERR_CHECK;
enum cal_err	grant_load(struct tx *, const char *id, struct grant *)
		    ERR_CHECK;
/* Write back who the account is (user_uri … timezone). */
enum cal_err	grant_identify(struct tx *, const struct grant *) ERR_CHECK;
/*
 * Its user is in this organization now.  CAL_CONFLICT if it is not, or no
 * longer, live in the one that "g" says.
 */
enum cal_err	grant_move(struct tx *, const struct grant *g,
		    const char *organization_uri) ERR_CHECK;
/* A pending grant becomes the live one of this connection. */
enum cal_err	grant_bind(struct tx *, const char *id,
		    const char *connection_id) ERR_CHECK;
/* CAL_CONFLICT if the generation moved. */
enum cal_err	grant_replace_tokens(struct tx *, const char *id,
		    int64_t generation, const struct sealed_pair *) ERR_CHECK;
/* Its pair has moved to another row. */
enum cal_err	grant_drop_pending(struct tx *, const char *id) ERR_CHECK;
enum cal_err	grant_mark_teardown(struct tx *, const char *id) ERR_CHECK;
/* CAL_CONFLICT, too, if this is not its generation; 0: whichever it is. */
enum cal_err	grant_erase(struct tx *, const char *id, int64_t generation)
		    ERR_CHECK;

/*
 * The refresh lease.  CAL_CONFLICT: somebody holds it, it is too early, or
 * the generation moved.
 */
enum cal_err	lease_take(struct tx *, const struct grant *, const char *owner,
		    int seconds, int grace) ERR_CHECK;
/* CAL_CONFLICT if the generation moved. */
enum cal_err	lease_commit(struct tx *, const char *id, int64_t generation,
		    const struct sealed_pair *) ERR_CHECK;
/*
 * Keep a reply that may hold the new pair but can't be read, until a later
 * outcome settles it.  CAL_CONFLICT if the generation moved.
 */
enum cal_err	lease_keep_reply(struct tx *, const char *id,
		    int64_t generation, struct bytes sealed) ERR_CHECK;
/* Give it back after a failure; "definite": nothing can have happened. */
enum cal_err	lease_defer(struct tx *, const struct grant *,
		    const char *owner, int64_t pause_ms, bool definite)
		    ERR_CHECK;
/*
 * Give it back after a refusal without invalid_grant, which counts; as
 * definite as lease_defer's.  "lasting": the first of them was an hour ago.
 */
enum cal_err	lease_note_refusal(struct tx *, const struct grant *,
		    const char *owner, int64_t pause_ms, bool *lasting)
		    ERR_CHECK;
/* No longer live; CAL_CONFLICT if it was not, or the generation moved. */
enum cal_err	grant_mark_refused(struct tx *, const char *id,
		    int64_t generation) ERR_CHECK;
/*
 * Calendly says invalid_grant.  CAL_CONFLICT if the generation moved.
 * "probed": it was asked more than once for the same token.
 */
enum cal_err	lease_refused(struct tx *, const char *id, int64_t generation,
		    bool *probed) ERR_CHECK;

/* The work lease, with a fencing number.  CAL_CONFLICT: somebody has it. */
enum cal_err	work_take(struct tx *, const char *grant_id, const char *owner,
		    int seconds, int64_t *fence) ERR_CHECK;
/* Still ours, and the grant still in this status?  Then it is prolonged. */
enum cal_err	work_hold(struct tx *, const char *grant_id, int64_t fence,
		    int seconds, enum grant_status) ERR_CHECK;
enum cal_err	work_drop(struct tx *, const char *grant_id, int64_t fence)
		    ERR_CHECK;

#endif
