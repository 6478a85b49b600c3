/*
 * destination: what the host app does with its destinations.
 *
 * All functions work within a tenant's transaction.
 */
#ifndef APP_SERVICE_PUSH_DESTINATION_H
#define APP_SERVICE_PUSH_DESTINATION_H

#include <stdbool.h>

#include "app/repo/destination.h"
#include "lib/err.h"

struct arena;
struct http_header;
struct secret;
struct service;
struct tx;

/*
 * What the host app wants; destination_check.h says what it may want.  NULL and
 * false: it said nothing of that.
 */
struct destination_wish {
	const char	*url;
	const char	*description;
	const char *const *types;
	bool		 set_user;
	const char	*user_id;	/* NULL: of all users */
	bool		 set_headers;
	const struct http_header *headers;	/* ends with a NULL name */
	enum destination_state state;
	bool		 from_oldest;
};

/*
 * Makes a destination and its secret.  CAL_CONFLICT: the tenant has as many as
 * it may have.
 */
enum cal_err	destination_create(struct service *, struct tx *,
		    const char *actor, const struct destination_wish *,
		    struct destination *, struct secret **) ERR_CHECK;
/*
 * Changes what the wish has.  CAL_CONFLICT: it can't be resumed, for its secret
 * is lost.
 */
enum cal_err	destination_alter(struct service *, struct tx *,
		    const char *actor, const char *id,
		    const struct destination_wish *, struct destination *)
		    ERR_CHECK;
enum cal_err	destination_delete(struct tx *, const char *actor,
		    const char *id) ERR_CHECK;
/*
 * Makes a new secret.  The one before signs, too, for "keep" seconds; "until"
 * is when that ends, or NULL.
 */
enum cal_err	destination_renew_secret(struct service *, struct tx *,
		    const char *actor, const char *id, int keep,
		    struct secret **, const char **until) ERR_CHECK;
/*
 * Gives the names of a destination's own headers, ending with NULL.  If the
 * keyring does not open them, that is logged and there are none.
 */
const char *const *destination_header_names(struct service *, struct arena *,
		    const struct destination *);

#endif
