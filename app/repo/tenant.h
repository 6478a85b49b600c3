/*
 * tenant: API keys, allowed origins, the audit, and the deployment's row.
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
	const char	*tenant_id;	/* in decimal */
	bool		 allow_token;
};

/* CAL_NOTFOUND: there is no such key, or it was revoked. */
enum cal_err	api_key_find(struct db *, struct arena *, struct bytes hash,
		    struct api_key **) ERR_CHECK;

enum cal_err	tenant_origin_find(struct tx *, const char *origin) ERR_CHECK;
enum cal_err	audit_add(struct tx *, const char *actor, const char *action,
		    const char *subject) ERR_CHECK;

/* What the database says about its deployment. */
struct deployment {
	const char	*id;			/* NULL: none yet */
	struct bytes	 canary;
	const char	*backend_url;
};

/*
 * Tells to which deployment and BACKEND_URL the database belongs; if it has no
 * BACKEND_URL yet, stores this one.  Sets only "id" and "backend_url".
 */
enum cal_err	deployment_meet(struct db *, struct arena *,
		    const char *backend_url, struct deployment *) ERR_CHECK;
enum cal_err	deployment_find(struct db *, struct arena *,
		    struct deployment *) ERR_CHECK;
/*
 * CAL_OK: a write would succeed at this moment.  Else it fails as a write
 * would.
 */
enum cal_err	database_probe(struct db *, struct arena *) ERR_CHECK;

#endif
