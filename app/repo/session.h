/*
 * session: connect sessions: links that let one user connect.
 *
 * A session's secret (the last part of its link) is stored as a hash; its id is
 * not secret.
 */
#ifndef APP_REPO_SESSION_H
#define APP_REPO_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "app/domain/status.h"
#include "lib/buf.h"
#include "lib/err.h"

struct arena;
struct db;
struct tx;

struct connect_session {
	const char	*id;
	const char	*tenant_id;
	const char	*user_id;
	const char	*return_url;	/* NULL: none */
	const char	*expected_email; /* NULL: any */
	bool		 force;
	int64_t		 generation;	/* the grant's when minted; 0: none */
	enum session_status status;
	enum session_result result;	/* how its last try to connect ended */
	const char	*calendly_email;
	bool		 expired;
	const char	*frontend_url;	/* the tenant's; NULL: none */
	const char	*created_at;
	const char	*expires_at;
	enum capability capability;	/* the connection's, if the session is
					 * done */
};

struct session_new {
	struct bytes	 hash;
	const char	*user_id;
	const char	*return_url;
	const char	*expected_email;
	bool		 force;
	int		 minutes;
};

struct session_made {
	const char	*id;
	const char	*expires_at;
};

enum cal_err	session_add(struct tx *,
		    const struct session_new *, struct session_made *)
		    ERR_CHECK;
/*
 * Finds a session before the tenant is known; sets only "id" and "tenant_id".
 */
enum cal_err	session_find(struct db *, struct arena *, struct bytes hash,
		    struct connect_session *) ERR_CHECK;
enum cal_err	session_load(struct tx *, const char *id,
		    struct connect_session *) ERR_CHECK;
/* Stores how the session stands; one that is done stays as it is. */
enum cal_err	session_mark(struct tx *, const char *id,
		    enum session_status, enum session_result,
		    const char *email) ERR_CHECK;

/* Notes that the link was opened; the first time, its minutes start again. */
enum cal_err	session_open(struct tx *, const char *id, int minutes)
		    ERR_CHECK;
/*
 * Gives the address of the session's app to a browser that knows only the
 * session's id: the tenant's frontend URL, else "otherwise" (may be NULL), else
 * the origin of the return_url, else NULL.  Needs no tenant's transaction.
 * CAL_NOTFOUND: no such session.
 */
enum cal_err	session_home(struct db *, struct arena *, const char *id,
		    const char *otherwise, const char **url) ERR_CHECK;

#endif
