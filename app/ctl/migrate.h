/*
 * migrate: bringing a database to this program's schema.
 */
#ifndef APP_CTL_MIGRATE_H
#define APP_CTL_MIGRATE_H

#include "lib/err.h"

struct arena;
struct ctl;
struct deployment;
struct ops_role;

/*
 * What the files of schema_files[] say, read from the directory of migrations
 * and checked: it holds just those that this program was built with.  Says
 * what is wrong.
 */
enum cal_err	migration_files(struct ctl *, const char *const **sql)
		    ERR_CHECK;

/*
 * The user that DATABASE_URL names, and why it must not be the run-time role
 * (with what to do); NULL if it may.
 */
enum cal_err	runtime_user(struct ctl *, const char **user) ERR_CHECK;
const char	*runtime_fault(struct arena *, const char *user,
		    const struct ops_role *);

/* After each migration: the run-time role's grant, the deployment's row. */
enum cal_err	migrate_settle(struct ctl *) ERR_CHECK;
/* Then: how long its statements may take, if we may say so. */
enum cal_err	migrate_limit(struct ctl *) ERR_CHECK;

#endif
