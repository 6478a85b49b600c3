/* migrate: brings a database to the schema that this program needs. */
#ifndef APP_CTL_MIGRATE_H
#define APP_CTL_MIGRATE_H

#include "lib/err.h"

struct arena;
struct ctl;
struct deployment;
struct ops_role;

/*
 * Reads the content of each of schema_files[] from the directory of migrations.
 * Fails, and says what is wrong, if a file is missing or differs from the one
 * that this program was built with, or if there is a numbered file that it does
 * not know.
 */
enum cal_err	migration_files(struct ctl *, const char *const **sql)
		    ERR_CHECK;

/*
 * runtime_user() gives the user that DATABASE_URL names. runtime_fault() says
 * why this user must not be the run-time role, and what to do; NULL: it may be.
 */
enum cal_err	runtime_user(struct ctl *, const char **user) ERR_CHECK;
const char	*runtime_fault(struct arena *, const char *user,
		    const struct ops_role *);

/*
 * Called when all migrations are applied: makes the user of DATABASE_URL a
 * member of the run-time role, and adds the deployment's row.
 */
enum cal_err	migrate_settle(struct ctl *) ERR_CHECK;
/*
 * Called after migrate_settle(): limits how long the run-time role's statements
 * may take, if the owner has the right to.
 */
enum cal_err	migrate_limit(struct ctl *) ERR_CHECK;

#endif
