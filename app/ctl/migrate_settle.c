/*
 * migrate_settle: what a database needs besides its schema: a run-time role
 * that owns nothing, and the keyring to which it belongs.
 */
#include <string.h>

#include "app/ctl/ctl.h"
#include "app/ctl/migrate.h"
#include "app/repo/ops_schema.h"
#include "app/repo/tenant.h"
#include "app/service/keys/deployment.h"
#include "lib/arena.h"
#include "lib/db.h"
#include "lib/keyring.h"
#include "lib/secret.h"

enum cal_err
runtime_user(struct ctl *c, const char **user)
{
	*user = db_url_part(c->mem, secret_text(c->settings.database_url),
	    "user");
	if (*user != NULL && **user != '\0')
		return CAL_OK;
	return ctl_fail(CAL_DENIED, "DATABASE_URL names no user: write the "
	    "run-time role into it, such as postgresql://calendlyd@…");
}

const char *
runtime_fault(struct arena *mem, const char *user, const struct ops_role *r)
{
	const char	*has = NULL;

	if (!r->login)
		return arena_printf(mem, "the role %s cannot log in: ALTER "
		    "ROLE %s LOGIN", user, user);
	if (r->super)
		has = "is a superuser";
	else if (r->bypass)
		has = "has BYPASSRLS";
	else if (r->creates_roles)
		has = "has CREATEROLE";
	else if (r->owns)
		has = "owns the database or tables in it, or is a member of "
		    "a role that does";
	if (has == NULL)
		return NULL;
	return arena_printf(mem, "the role %s in DATABASE_URL %s, so nothing "
	    "would keep tenants apart: name another one there, made by CREATE "
	    "ROLE … LOGIN alone", user, has);
}

static enum cal_err
grant_runtime(struct ctl *c)
{
	struct ops_role	 role;
	const char	*user, *fault;
	enum cal_err	 rc;

	if ((rc = runtime_user(c, &user)) != CAL_OK)
		return rc;
	rc = ops_role_find(c->db, c->mem, user, &role);
	if (rc == CAL_NOTFOUND)
		return ctl_fail(rc, "there is no role %s, which DATABASE_URL "
		    "names: make it, with CREATE ROLE %s LOGIN and a "
		    "password, and migrate again", user, user);
	if (rc != CAL_OK)
		return rc;
	if ((fault = runtime_fault(c->mem, user, &role)) != NULL)
		return ctl_fail(CAL_DENIED, "%s", fault);
	/*
	 * The database role that DATABASE_URL names is often a member of
	 * calendlyd_runtime already, because of another database: roles belong
	 * to the whole cluster.
	 */
	return role.runtime ? CAL_OK : ops_role_grant(c->db, c->mem, user);
}

static enum cal_err
add_deployment(struct ctl *c)
{
	return deployment_add(c->db, c->mem, keyring_deployment(c->ring),
	    deployment_canary(c->ring, c->mem));
}

static enum cal_err
settle_database(struct ctl *c)
{
	struct deployment	 d;
	const char		*fault;
	enum cal_err		 rc;

	if ((rc = grant_runtime(c)) != CAL_OK ||
	    (rc = add_deployment(c)) != CAL_OK ||
	    (rc = deployment_find(c->db, c->mem, &d)) != CAL_OK)
		return rc;
	if ((fault = deployment_fault(c->ring, c->mem, &d)) != NULL)
		return ctl_fail(CAL_DENIED, "%s", fault);
	return CAL_OK;
}

enum cal_err
migrate_settle(struct ctl *c)
{
	enum cal_err	 rc;

	if ((rc = db_begin(c->db)) != CAL_OK ||
	    (rc = settle_database(c)) != CAL_OK)
		return rc;
	return db_commit(c->db);
}
