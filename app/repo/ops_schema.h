/*
 * ops_schema: the run-time role, what keeps tenants apart, the deployment.
 *
 * For the owner of the tables (DATABASE_ADMIN_URL).
 */
#ifndef APP_REPO_OPS_SCHEMA_H
#define APP_REPO_OPS_SCHEMA_H

#include <stdbool.h>

#include "lib/buf.h"
#include "lib/err.h"

struct arena;
struct db;

/* What a role may do that bears on row-level security. */
struct ops_role {
	bool		 login;
	bool		 super;
	bool		 bypass;	/* BYPASSRLS */
	bool		 creates_roles;
	bool		 owns;		/* tables, the database, functions */
	bool		 runtime;	/* a member of calendlyd_runtime */
};

/* CAL_NOTFOUND: no such role. */
enum cal_err	ops_role_find(struct db *, struct arena *, const char *name,
		    struct ops_role *) ERR_CHECK;
/* In a transaction: make it a member of calendlyd_runtime. */
enum cal_err	ops_role_grant(struct db *, struct arena *, const char *name)
		    ERR_CHECK;
/*
 * The statements that limit how long the role's take in this database, NULL if
 * it has limits; and running them, in a transaction.
 */
enum cal_err	ops_role_limits(struct db *, struct arena *, const char *name,
		    const char **sql) ERR_CHECK;
enum cal_err	ops_role_limit(struct db *, const char *sql) ERR_CHECK;
/* Nothing happens if there is one. */
enum cal_err	deployment_add(struct db *, struct arena *, const char *id,
		    struct bytes canary) ERR_CHECK;
/* Tables that let one tenant see another's rows; should be none. */
enum cal_err	ops_exposed_list(struct db *, struct arena *,
		    const char *const **, int *n) ERR_CHECK;
/* Which BACKEND_URL the database serves; NULL: none yet. */
enum cal_err	ops_backend_url(struct db *, struct arena *, const char **)
		    ERR_CHECK;
/* From now on this deployment and this BACKEND_URL. */
enum cal_err	ops_adopt(struct db *, struct arena *,
		    const char *deployment_id, const char *backend_url)
		    ERR_CHECK;

#endif
