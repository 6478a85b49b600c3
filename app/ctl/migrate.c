/*
 * migrate: brings a database to this program's schema.
 *
 * Everything that a database lacks, tables first and then functions, is applied
 * in one transaction, together with the notes of what was applied.  So a
 * migration that fails leaves nothing behind, and nobody sees new tables with
 * old functions.  A lock that ends with the transaction makes migrations of one
 * database take turns, and the list of what was applied is read again under
 * that lock.  But roles belong to the whole cluster: migrations of two
 * databases can still collide there, and the one that loses tries again.
 */
#include <stdio.h>
#include <string.h>

#include "app/ctl/ctl.h"
#include "app/ctl/migrate.h"
#include "app/ctl/out.h"
#include "app/repo/schema.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/crypto.h"
#include "lib/db.h"
#include "lib/json.h"

enum {
	LOCK_TRIES = 600,	/* two minutes for another migration to end */
	LOCK_PAUSE_MS = 200,
	MEETINGS = 8,		/* tries after collisions of migrations */
	MEETING_PAUSE_MS = 100,
	SCRIPT_MS = 3600 * 1000,	/* for one file, on a large table */
	HELD_MS = 1000,		/* to wait for a lock */
	HELD_TRIES = 100,	/* together five minutes or more */
	HELD_PAUSE_MS = 2000,
};

/* deadlock_detected */
static const char	DEADLOCK[] = "40P01";

struct migrate {
	struct ctl		*c;
	const char *const	*sql;		/* the content of each of
						 * schema_files[] */
	int			 ndone;		/* files applied by this run */
};

static enum cal_err
lock_migrations(struct ctl *c)
{
	enum cal_err	 rc;
	int		 i;

	for (i = 0; i < LOCK_TRIES; i++) {
		if ((rc = schema_lock(c->db, c->mem)) != CAL_CONFLICT)
			return rc;
		if (i == 0)
			ctl_say("another migration of this database runs: "
			    "waiting for it");
		clock_pause(LOCK_PAUSE_MS);
	}
	return ctl_fail(CAL_CONFLICT, "another migration still holds the "
	    "database: try again when it has ended");
}

/*
 * Compares the database with this program, and gives an empty database its list
 * of applied files.  CAL_CONFLICT: this program can't migrate it.
 */
static enum cal_err
migrate_compare(struct ctl *c, struct schema *now)
{
	enum cal_err	 rc;

	if ((rc = schema_look(c->db, c->mem, now)) != CAL_OK)
		return rc;
	if (now->state == SCHEMA_NEWER || now->state == SCHEMA_OTHER)
		return ctl_fail(CAL_CONFLICT, "%s", now->why);
	return now->state == SCHEMA_NONE ? schema_begin(c->db, c->mem) :
	    CAL_OK;
}

static enum cal_err
migrate_apply(struct migrate *m, const struct schema *now)
{
	struct ctl	*c = m->c;
	enum cal_err	 rc = CAL_OK;
	int		 i;

	(void)db_set_limit(c->db, SCRIPT_MS);
	for (i = 0; i < schema_nfiles && rc == CAL_OK; i++)
		if (now->lacks[i])
			rc = schema_apply(c->db, c->mem, &schema_files[i],
			    m->sql[i]);
	return rc;
}

/* Applies all that the database lacks, in the open transaction, and commits. */
static enum cal_err
migrate_step(struct migrate *m)
{
	struct schema	 now;
	enum cal_err	 rc;
	int		 i;

	if ((rc = lock_migrations(m->c)) != CAL_OK ||
	    (rc = migrate_compare(m->c, &now)) != CAL_OK ||
	    (rc = migrate_apply(m, &now)) != CAL_OK ||
	    (rc = db_commit(m->c->db)) != CAL_OK)
		return rc;
	for (i = 0; i < schema_nfiles; i++)
		if (now.lacks[i]) {
			ctl_say("applied %s", schema_files[i].name);
			m->ndone++;
		}
	return CAL_OK;
}

/*
 * True if another migration created or changed the same role at the same
 * moment.  The errors that our own migrations raise have other SQLSTATEs.
 */
static bool
met_another(const struct db *db, enum cal_err rc)
{
	static const char *const	states[] = {
		"42710", "23505", "XX000"
	};
	size_t				 i;

	if (rc != CAL_INTERNAL && rc != CAL_INVALID)
		return false;
	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strcmp(db_sqlstate(db), states[i]) == 0)
			return true;
	return false;
}

static enum cal_err
step_once(struct migrate *m)
{
	enum cal_err	 rc;

	db_set_lock_limit(m->c->db, HELD_MS);
	if ((rc = db_begin(m->c->db)) == CAL_OK &&
	    (rc = migrate_step(m)) != CAL_OK)
		db_rollback(m->c->db);
	db_set_lock_limit(m->c->db, 0);
	return rc;
}

/*
 * True if another transaction held a lock for too long, or each of the two
 * waited for the other.
 */
static bool
was_held(const struct db *db, enum cal_err rc)
{
	return (rc == CAL_UNAVAILABLE && db_was_locked(db)) ||
	    (rc == CAL_CONFLICT && strcmp(db_sqlstate(db), DEADLOCK) == 0);
}

/*
 * While a migration waits to lock a table, everybody who comes to that table
 * later waits behind it.  To let the running program go on, this waits only
 * briefly, lets the others through, and tries again.
 */
static enum cal_err
step_between(struct migrate *m)
{
	enum cal_err	 rc;
	int		 i;

	for (i = 1; (rc = step_once(m)) != CAL_OK && i < HELD_TRIES &&
	    was_held(m->c->db, rc); i++) {
		if (i == 1)
			ctl_say("somebody holds what is to be changed: trying "
			    "again until it is let go of");
		clock_pause(HELD_PAUSE_MS);
	}
	if (rc != CAL_OK && was_held(m->c->db, rc))
		return ctl_fail(CAL_UNAVAILABLE, "somebody still holds what "
		    "is to be changed, a backup perhaps: pg_stat_activity "
		    "shows whose transaction is old");
	return rc;
}

static enum cal_err
settle_once(struct migrate *m)
{
	enum cal_err	 rc;

	if ((rc = migrate_settle(m->c)) != CAL_OK)
		db_rollback(m->c->db);
	return rc;
}

static enum cal_err
limit_once(struct migrate *m)
{
	enum cal_err	 rc;

	if ((rc = migrate_limit(m->c)) != CAL_OK)
		db_rollback(m->c->db);
	return rc;
}

/*
 * Tries again after a collision, with a random pause so that the two do not
 * collide once more.
 */
static enum cal_err
migrate_try(struct migrate *m, enum cal_err (*deed)(struct migrate *))
{
	unsigned char	 jitter;
	enum cal_err	 rc;
	int		 i;

	for (i = 1; (rc = deed(m)) != CAL_OK && i < MEETINGS &&
	    met_another(m->c->db, rc); i++) {
		crypto_random(&jitter, sizeof(jitter));
		ctl_say("that was probably another database's migration at "
		    "the same moment: trying again");
		clock_pause(MEETING_PAUSE_MS + jitter);
	}
	return rc;
}

static enum cal_err
report_migrations(struct migrate *m)
{
	struct ctl	*c = m->c;

	if (m->ndone == 0)
		ctl_say("nothing to do: the database has all of this "
		    "release's files");
	out_begin(c);
	if (c->json) {
		json_num(c->doc, "files", schema_nfiles);
		json_num(c->doc, "applied", m->ndone);
	}
	return out_end(c);
}

enum cal_err
ctl_migrate(struct ctl *c)
{
	static const char *const	names[] = {
		"DATABASE_ADMIN_URL", "DATABASE_URL",
		"CALENDLYD_KEYRING_FILE", NULL
	};
	struct migrate			 m = { .c = c };
	enum cal_err			 rc;

	if ((rc = ctl_settings(c, names)) != CAL_OK ||
	    (rc = migration_files(c, &m.sql)) != CAL_OK ||
	    (rc = ctl_keyring(c)) != CAL_OK || (rc = ctl_connect(c)) != CAL_OK)
		return rc;
	if ((rc = migrate_try(&m, step_between)) == CAL_OK)
		rc = migrate_try(&m, settle_once);
	if (rc == CAL_OK)
		rc = migrate_try(&m, limit_once);
	if (rc != CAL_OK)
		return ctl_fail(rc, "not migrated: see above; it is safe to "
		    "migrate again");
	return report_migrations(&m);
}
