/*
 * ops_schema: the run-time role, the row-level security that keeps tenants
 * apart, and the deployment's row.
 *
 * Its functions run as the owner of the tables (DATABASE_ADMIN_URL).
 */
#ifndef APP_REPO_OPS_SCHEMA_H
#define APP_REPO_OPS_SCHEMA_H

#include <stdbool.h>

#include "lib/buf.h"
#include "lib/err.h"

struct arena;
struct db;

/* The properties of a role that matter for row-level security. */
struct ops_role {
	bool		 login;
	bool		 super;
	bool		 bypass;	/* BYPASSRLS */
	bool		 creates_roles;
	bool		 owns;		/* tables, the database or functions */
	bool		 runtime;	/* is a member of calendlyd_runtime */
};

/* CAL_NOTFOUND: there is no such role. */
enum cal_err	ops_role_find(struct db *, struct arena *, const char *name,
		    struct ops_role *) ERR_CHECK;
/* In a transaction: makes the role a member of calendlyd_runtime. */
enum cal_err	ops_role_grant(struct db *, struct arena *, const char *name)
		    ERR_CHECK;
/*
 * ops_role_limits() gives the SQL that limits how long the role's statements
 * may take in this database, or NULL if it has limits already; ops_role_limit()
 * runs that SQL, in a transaction.
 */
enum cal_err	ops_role_limits(struct db *, struct arena *, const char *name,
		    const char **sql) ERR_CHECK;
enum cal_err	ops_role_limit(struct db *, const char *sql) ERR_CHECK;
/* Adds the deployment's row; does nothing if there is one. */
enum cal_err	deployment_add(struct db *, struct arena *, const char *id,
		    struct bytes canary) ERR_CHECK;
/*
 * Lists the tables through which one tenant could see another's rows; there
 * should be none.
 */
enum cal_err	ops_exposed_list(struct db *, struct arena *,
		    const char *const **, int *n) ERR_CHECK;
/* Gives the BACKEND_URL for which the database is used; NULL: none yet. */
enum cal_err	ops_backend_url(struct db *, struct arena *, const char **)
		    ERR_CHECK;
/* Makes the database belong to this deployment and BACKEND_URL. */
enum cal_err	ops_adopt(struct db *, struct arena *,
		    const char *deployment_id, const char *backend_url)
		    ERR_CHECK;

#endif
