/*
 * connection: the bond of one (tenant, user) to Calendly.
 *
 * All of it needs a tenant's transaction.
 */
#ifndef APP_REPO_CONNECTION_H
#define APP_REPO_CONNECTION_H

#include <stdbool.h>

#include "app/domain/status.h"
#include "lib/err.h"

struct tx;

/* What changes are decided on. */
struct connection {
	const char	*id;
	const char	*user_id;
	enum connection_status	 status;
	enum connection_reason	 reason;
	const char	*grant_id;	/* NULL: let go */
};

/* What the API shows, joined with the grant and its subscription. */
struct connection_view {
	const char	*id;
	const char	*user_id;
	enum connection_status	 status;
	enum connection_reason	 reason;
	enum capability	 capability;
	const char	*const *left_behind;
	const char	*connected_at;
	const char	*updated_at;
	const char	*grant_id;	/* NULL: the next six are not there */
	const char	*user_uri;
	const char	*organization_uri;
	const char	*email;
	const char	*name;
	const char	*timezone;
	const char	*const *scopes;
	const char	*webhook_uri;	/* NULL: none known at Calendly */
	enum webhook_state	 webhook_state;
	const char	*const *webhook_events;
	const char	*last_event_at;
	bool		 webhook_verified;	/* a delivery came through it */
	enum subscription_trouble trouble;	/* why it is not made anew */
};

/* One that is disconnected now. */
struct connection_ended {
	const char	*user_id;
	enum connection_reason	 reason;
	bool		 erase;		/* is to follow */
	bool		 left;		/* left_behind names something */
};

/* Make the row unless it is there. */
enum cal_err	connection_ensure(struct tx *, const char *user_id) ERR_CHECK;
/* Read and lock it until the transaction ends. */
enum cal_err	connection_lock(struct tx *, const char *user_id,
		    struct connection *) ERR_CHECK;
enum cal_err	connection_load(struct tx *, const char *id,
		    struct connection *) ERR_CHECK;
/* Lock it if it is to be erased; else CAL_NOTFOUND. */
enum cal_err	connection_lock_unwanted(struct tx *,
		    const char *id) ERR_CHECK;
enum cal_err	connection_find(struct tx *,
		    const char *user_id, struct connection_view *) ERR_CHECK;
/* In the order of user_id; "after" may be NULL. */
enum cal_err	connection_list(struct tx *,
		    enum connection_status, const char *after, int limit,
		    struct connection_view **, int *n) ERR_CHECK;

/* Connected through this grant. */
enum cal_err	connection_mark_connected(struct tx *, const char *id,
		    const char *grant_id) ERR_CHECK;
/* Let go of the grant; the teardown goes on without the connection. */
enum cal_err	connection_mark_disconnecting(struct tx *,
		    const char *id, enum connection_reason) ERR_CHECK;
/* Disconnected, once no grant of it is being torn down. */
enum cal_err	connection_mark_disconnected(struct tx *,
		    const char *id, struct connection_ended *) ERR_CHECK;
/* Both change only a connection that (still) stands on this grant. */
enum cal_err	connection_mark_broken(struct tx *, const char *id,
		    const char *grant_id, enum connection_reason,
		    const char **user_id) ERR_CHECK;
enum cal_err	connection_mark_mended(struct tx *, const char *id,
		    const char *grant_id, const char **user_id) ERR_CHECK;

/* As its grant has found it; of no effect once it has another one. */
enum cal_err	connection_set_capability(struct tx *,
		    const char *id, const char *grant_id,
		    enum capability) ERR_CHECK;
/*
 * Name what had to be left at Calendly; if there is any, "reason" is why an
 * ended connection ended so.
 */
enum cal_err	connection_add_left_behind(struct tx *,
		    const char *id, const char *const *uris,
		    enum connection_reason) ERR_CHECK;
/* Erase all that is stored about the user once it is disconnected. */
enum cal_err	connection_ask_erase(struct tx *, const char *id) ERR_CHECK;
/*
 * Note in the audit what the connection's left_behind names, so that operators
 * learn of it after the user is erased.  "what" lists the same: subscriptions
 * by their URIs or callback URLs; "an authorization" for an account, whose URI
 * would name a person.
 */
enum cal_err	connection_note_left(struct tx *, const char *id,
		    const char *const **what) ERR_CHECK;
enum cal_err	connection_erase(struct tx *, const char *id) ERR_CHECK;

#endif
