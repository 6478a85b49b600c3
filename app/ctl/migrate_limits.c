/*
 * migrate_limits: limits how long calendlyd's statements may take.
 *
 * The limits are settings of the run-time role in this database.  Options of a
 * connection would not do, because a pooler refuses them, and a SET would have
 * to be sent in every transaction.
 */
#include <string.h>

#include "app/ctl/ctl.h"
#include "app/ctl/migrate.h"
#include "app/repo/ops_schema.h"
#include "lib/db.h"

/* insufficient_privilege */
static const char	NOT_ALLOWED[] = "42501";

enum cal_err
migrate_limit(struct ctl *c)
{
	const char	*user, *sql;
	enum cal_err	 rc;

	if ((rc = runtime_user(c, &user)) != CAL_OK ||
	    (rc = ops_role_limits(c->db, c->mem, user, &sql)) != CAL_OK ||
	    sql == NULL)
		return rc;
	if ((rc = db_begin(c->db)) != CAL_OK)
		return rc;
	if ((rc = ops_role_limit(c->db, sql)) == CAL_OK)
		return db_commit(c->db);
	if (strcmp(db_sqlstate(c->db), NOT_ALLOWED) == 0)
		rc = CAL_OK;
	db_rollback(c->db);
	if (rc == CAL_OK)
		ctl_say("the role of DATABASE_ADMIN_URL may not limit how "
		    "long statements of %s take: let a superuser run: %s;",
		    user, sql);
	return rc;
}
