/*
 * session: connect sessions and OAuth states.
 *
 * A session's secret (the last part of its link) is stored hashed; its id is
 * no secret.
 */
#ifndef APP_REPO_SESSION_H
#define APP_REPO_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/err.h"

struct arena;
struct db;

struct connect_session {
	const char	*id;
	const char	*tenant_id;
	const char	*user_id;
	const char	*return_url;	/* NULL: none */
	const char	*expected_email;/* NULL: any */
	bool		 force;
	int64_t		 generation;	/* the grant's at minting; 0: none */
	const char	*status;	/* pending, done, failed */
	const char	*result;	/* NULL: none yet */
	const char	*calendly_email;
	bool		 expired;
	const char	*frontend_url;	/* the tenant's; NULL: none */
	const char	*created_at;
	const char	*expires_at;
	const char	*capability;	/* the connection's; NULL: not done */
};

struct session_new {
	struct bytes	 hash;
	const char	*user_id;
	const char	*return_url;
	const char	*expected_email;
	bool		 force;
	int		 minutes;
};

struct oauth_state {
	const char	*id;
	const char	*tenant_id;
	const char	*session_id;
	struct bytes	 verifier_sealed;
};

enum cal_err	session_add(struct db *, struct arena *,
		    const struct session_new *, const char **id,
		    const char **expires_at) ERR_CHECK;
/* Before the tenant is known: fills "id" and "tenant_id" alone. */
enum cal_err	session_find(struct db *, struct arena *, struct bytes hash,
		    struct connect_session *) ERR_CHECK;
enum cal_err	session_load(struct db *, struct arena *, const char *id,
		    struct connect_session *) ERR_CHECK;
/* A session that is done stays as it is. */
enum cal_err	session_mark(struct db *, struct arena *, const char *id,
		    const char *status, const char *result, const char *email)
		    ERR_CHECK;

struct state_new {
	const char	*id;
	const char	*session_id;
	struct bytes	 hash;
	struct bytes	 browser_hash;
	struct bytes	 verifier_sealed;
	int		 seconds;
};

enum cal_err	oauth_state_add(struct db *, struct arena *,
		    const struct state_new *) ERR_CHECK;
/*
 * Use a state up, before the tenant is known.  CAL_NOTFOUND, and nothing
 * changed: unknown, used, expired, or another browser's.
 */
enum cal_err	oauth_state_take(struct db *, struct arena *,
		    struct bytes hash, struct bytes browser_hash,
		    struct oauth_state *) ERR_CHECK;

#endif
