/*
 * migrate: bringing a database to this program's schema.
 */
#ifndef APP_CTL_MIGRATE_H
#define APP_CTL_MIGRATE_H

#include "lib/err.h"

struct arena;
struct ctl;
struct deployment;
struct migration;
struct ops_role;

/* A file of migrations. */
struct migration_file {
	long		 version;
	const char	*name;
	const char	*checksum;
	const char	*sql;
};

/*
 * The directory's files in order, checked: numbers from 1 on without a gap,
 * up to what this program was built for.  Says what is wrong.
 */
enum cal_err	migration_files(struct ctl *, struct migration_file **, int *n)
		    ERR_CHECK;
/* What is applied is what the first files say.  Says what is not. */
enum cal_err	migration_compare(const struct migration_file *, int nfiles,
		    const struct migration *, int napplied) ERR_CHECK;

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
