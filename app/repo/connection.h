/*
 * connection: the bond of one (tenant, user) to Calendly.
 *
 * All functions need a tenant's transaction.
 */
#ifndef APP_REPO_CONNECTION_H
#define APP_REPO_CONNECTION_H

#include <stdbool.h>

#include "app/domain/status.h"
#include "app/repo/sync.h"
#include "lib/err.h"

struct tx;

/* A connection's row, as far as changes depend on it. */
struct connection {
	const char	*id;
	const char	*user_id;
	enum connection_status status;
	const char	*grant_id;	/* NULL: it has none */
	bool		 left;		/* left_behind names something */
};

/*
 * A connection as the API shows it, joined with its grant and the grant's
 * subscription.
 */
struct connection_view {
	const char	*id;
	const char	*user_id;
	enum connection_status status;
	enum connection_reason reason;
	enum capability capability;
	const char	*const *left_behind;
	const char	*connected_at;
	const char	*updated_at;
	const char	*grant_id;	/* NULL: the next six have no value */
	const char	*user_uri;
	const char	*organization_uri;
	const char	*email;
	const char	*name;
	const char	*timezone;
	const char	*const *scopes;
	const char	*webhook_uri;	/* NULL: none known at Calendly */
	enum webhook_state webhook_state;
	const char	*const *webhook_events;
	const char	*last_event_at;
	bool		 webhook_verified;	/* a delivery has come since */
	enum subscription_trouble trouble;	/* why no new one is made */
	struct sync_view sync;
};

/* A connection that was just marked as disconnected. */
struct connection_ended {
	const char	*user_id;
	enum connection_reason reason;
	bool		 erase;		/* its erasure was asked for */
	bool		 left;		/* left_behind names something */
};

/* Adds the user's connection unless it exists. */
enum cal_err	connection_ensure(struct tx *, const char *user_id) ERR_CHECK;
/* Reads the connection and locks it until the transaction ends. */
enum cal_err	connection_lock(struct tx *, const char *user_id,
		    struct connection *) ERR_CHECK;
enum cal_err	connection_load(struct tx *, const char *id,
		    struct connection *) ERR_CHECK;
/*
 * Locks the connection until the transaction ends, if it is disconnected and
 * connection_ask_erase() was called for it: then it may be erased.
 * CAL_NOTFOUND: it may not, or there is no such connection.
 */
enum cal_err	connection_lock_unwanted(struct tx *,
		    const char *id) ERR_CHECK;
enum cal_err	connection_find(struct tx *,
		    const char *user_id, struct connection_view *) ERR_CHECK;
/*
 * Lists connections, ordered by user_id, at most "limit" of them.  "after" is
 * the user_id behind which the list begins; NULL: at the start.
 */
enum cal_err	connection_list(struct tx *,
		    enum connection_status, const char *after, int limit,
		    struct connection_view **, int *n) ERR_CHECK;

/* Marks the connection as connected through this grant. */
enum cal_err	connection_mark_connected(struct tx *, const char *id,
		    const char *grant_id) ERR_CHECK;
/*
 * Takes the grant off the connection; the teardown of the grant goes on without
 * the connection.
 */
enum cal_err	connection_mark_disconnecting(struct tx *,
		    const char *id, enum connection_reason) ERR_CHECK;
/*
 * Marks the connection as disconnected.  CAL_NOTFOUND: it was not
 * disconnecting, or a grant of it is still under teardown.  "erase": the user
 * is to be erased next.
 */
enum cal_err	connection_mark_disconnected(struct tx *,
		    const char *id, struct connection_ended *) ERR_CHECK;
/*
 * These set the status to needs_reauth, or back to connected.  CAL_NOTFOUND:
 * the connection has another grant by now, or another status than expected.
 */
enum cal_err	connection_mark_broken(struct tx *, const char *id,
		    const char *grant_id, enum connection_reason,
		    const char **user_id) ERR_CHECK;
enum cal_err	connection_mark_mended(struct tx *, const char *id,
		    const char *grant_id, const char **user_id) ERR_CHECK;

/*
 * Stores whether Calendly lets the user have a webhook, as was found with this
 * grant; does nothing if the connection has another grant by now.
 */
enum cal_err	connection_set_capability(struct tx *,
		    const char *id, const char *grant_id,
		    enum capability) ERR_CHECK;
/*
 * Adds URIs that had to be left at Calendly.  If there are any and the
 * connection has ended, "reason" becomes the reason of its end.
 */
enum cal_err	connection_add_left_behind(struct tx *,
		    const char *id, const char *const *uris,
		    enum connection_reason) ERR_CHECK;
/*
 * Notes that the connection is to be erased with all data about its user.
 * Erases nothing itself: a job calls connection_erase() when the connection is
 * disconnected.
 */
enum cal_err	connection_ask_erase(struct tx *, const char *id) ERR_CHECK;
/*
 * Notes in the audit what the connection's left_behind names, so that operators
 * learn of it after the user is erased.  "what" lists the same: a subscription
 * by its URI or callback URL, an account as "an authorization", because an
 * account's URI would name a person.
 */
enum cal_err	connection_note_left(struct tx *, const char *id,
		    const char *const **what) ERR_CHECK;
/* Deletes the connection, and all that is stored about its user. */
enum cal_err	connection_erase(struct tx *, const char *id) ERR_CHECK;

#endif
