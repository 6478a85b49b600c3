/*
 * tenant: API keys, allowed origins, the audit, and the deployment.
 */
#ifndef APP_REPO_TENANT_H
#define APP_REPO_TENANT_H

#include <stdbool.h>

#include "lib/buf.h"
#include "lib/db.h"
#include "lib/err.h"

struct arena;
struct tx;

struct api_key {
	const char	*id;
	const char	*tenant_id;	/* decimal */
	bool		 allow_token;
};

/* CAL_NOTFOUND: no such key, or revoked. */
enum cal_err	api_key_find(struct db *, struct arena *, struct bytes hash,
		    struct api_key **) ERR_CHECK;

enum cal_err	tenant_origin_find(struct tx *, const char *origin) ERR_CHECK;
enum cal_err	audit_add(struct tx *, const char *actor, const char *action,
		    const char *subject) ERR_CHECK;

/* What the database says of itself. */
struct deployment {
	const char	*id;			/* NULL: none yet */
	struct bytes	 canary;
	const char	*backend_url;
};

/*
 * Whom the database serves: the first to ask with its BACKEND_URL is written
 * down.  "id" and "backend_url" alone are filled.
 */
enum cal_err	deployment_meet(struct db *, struct arena *,
		    const char *backend_url, struct deployment *) ERR_CHECK;
enum cal_err	deployment_find(struct db *, struct arena *,
		    struct deployment *) ERR_CHECK;
/* CAL_OK: a write would succeed at this moment; else as a write would fail. */
enum cal_err	database_probe(struct db *, struct arena *) ERR_CHECK;

#endif
