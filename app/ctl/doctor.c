/*
 * doctor: checks whether this deployment is in order.
 *
 * All checks are made, whatever the earlier ones found, so that one run names
 * everything that needs mending; only checks that an earlier failure makes
 * impossible are left out.
 */
#include <string.h>

#include "app/ctl/ctl.h"
#include "app/ctl/doctor.h"
#include "app/ctl/migrate.h"
#include "app/ctl/out.h"
#include "app/repo/ops_schema.h"
#include "app/repo/schema.h"
#include "app/repo/stmt.h"
#include "app/service/keys/check.h"
#include "app/service/keys/deployment.h"
#include "lib/arena.h"
#include "lib/db.h"
#include "lib/json.h"
#include "lib/secret.h"

static const struct out_column	columns[] = {
	{ "check", "CHECK", OUT_TEXT, offsetof(struct doctor_check, name) },
	{ "result", "RESULT", OUT_CHECK_RESULT,
	  offsetof(struct doctor_check, result) },
	{ "detail", "DETAIL", OUT_TEXT, offsetof(struct doctor_check, detail) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

static void
check_settings(struct doctor *d)
{
	const struct conf_message	*m;
	enum cal_err			 rc;
	const int			 before = d->n;

	rc = settings_load(d->c->mem, d->c->file, &d->c->settings, &m);
	for (; m != NULL; m = m->next)
		doctor_note(d, "settings", m->fault ? CHECK_FAIL : CHECK_WARN,
		    "%s", m->text);
	if (rc != CAL_OK && d->n == before)
		doctor_note(d, "settings", CHECK_FAIL,
		    "they could not be loaded");
	if (d->n == before)
		doctor_note(d, "settings", CHECK_OK, "%s", d->c->file == NULL ?
		    "from the environment" : d->c->file);
}

static void
doctor_check_keyring(struct doctor *d)
{
	if (d->c->settings.keyring_file == NULL)
		return;		/* a check of settings has failed */
	if (ctl_keyring(d->c) == CAL_OK)
		doctor_note(d, "keyring", CHECK_OK, "%s",
		    d->c->settings.keyring_file);
	else
		doctor_note(d, "keyring", CHECK_FAIL, "%s cannot be used: the "
		    "lines above say why", d->c->settings.keyring_file);
}

static void
check_migrations(struct doctor *d)
{
	struct schema	 now;
	bool		 runs;

	runs = schema_look(d->c->db, d->c->mem, &now) == CAL_OK;
	if (runs && now.state != SCHEMA_SAME && now.state != SCHEMA_NEWER) {
		doctor_note(d, "migrations", CHECK_FAIL, "%s", now.why);
		return;
	}
	if (!runs || deployment_find(d->c->db, d->c->mem,
	    &d->deployment) != CAL_OK) {
		doctor_note(d, "migrations", CHECK_FAIL, "cannot be read: the "
		    "lines above say why");
		return;
	}
	d->migrated = true;
	doctor_note(d, "migrations", now.why == NULL ? CHECK_OK : CHECK_WARN,
	    "%s", now.why != NULL ? now.why :
	    "all files of this release were applied");
}

static void
check_role(struct doctor *d)
{
	struct ops_role	 role;
	const char	*user, *fault;
	enum cal_err	 rc;

	if (d->c->settings.database_url == NULL)
		return;
	if (runtime_user(d->c, &user) != CAL_OK) {
		doctor_note(d, "run-time role", CHECK_FAIL, "DATABASE_URL "
		    "names no user");
		return;
	}
	rc = ops_role_find(d->c->db, d->c->mem, user, &role);
	if (rc != CAL_OK)
		doctor_note(d, "run-time role", CHECK_FAIL, "there is no role "
		    "%s, which DATABASE_URL names: CREATE ROLE %s LOGIN", user,
		    user);
	else if ((fault = runtime_fault(d->c->mem, user, &role)) != NULL)
		doctor_note(d, "run-time role", CHECK_FAIL, "%s", fault);
	else if (!role.runtime)
		doctor_note(d, "run-time role", CHECK_FAIL, "%s is no member "
		    "of calendlyd_runtime: run \"calendlyctl migrate\"", user);
	else
		doctor_note(d, "run-time role", CHECK_OK, "%s owns nothing",
		    user);
}

/*
 * Time limits end a statement whose client is gone, which would otherwise hold
 * its locks for long.
 */
static void
check_limits(struct doctor *d)
{
	const char	*user, *sql;

	if (d->c->settings.database_url == NULL ||
	    runtime_user(d->c, &user) != CAL_OK)
		return;		/* check_role() has noted the fault */
	if (ops_role_limits(d->c->db, d->c->mem, user, &sql) != CAL_OK)
		doctor_note(d, "time limits", CHECK_FAIL, "cannot be read");
	else if (sql != NULL)
		doctor_note(d, "time limits", CHECK_WARN, "nothing limits how "
		    "long statements of %s take: run \"calendlyctl migrate\", "
		    "or let a superuser run: %s;", user, sql);
	else
		doctor_note(d, "time limits", CHECK_OK, "%s has some", user);
}

static void
check_tables(struct doctor *d)
{
	const char *const	*list;
	const char		*names;
	int			 i, n;

	if (ops_exposed_list(d->c->db, d->c->mem, &list, &n) != CAL_OK) {
		doctor_note(d, "row-level security", CHECK_FAIL,
		    "cannot be read");
		return;
	}
	if (n == 0) {
		doctor_note(d, "row-level security", CHECK_OK, "forced on "
		    "every table with tenants' rows");
		return;
	}
	for (names = list[0], i = 1; i < n; i++)
		names = arena_printf(d->c->mem, "%s, %s", names, list[i]);
	doctor_note(d, "row-level security", CHECK_FAIL, "not forced on: %s: "
	    "stop calendlyd, restore the schema", names);
}

static void
check_deployment(struct doctor *d)
{
	const char	*fault;

	if (d->c->ring == NULL)
		return;
	if ((fault = deployment_fault(d->c->ring, d->c->mem,
	    &d->deployment)) != NULL)
		doctor_note(d, "deployment", CHECK_FAIL, "%s", fault);
	else
		doctor_note(d, "deployment", CHECK_OK, "%s, and its keyring "
		    "opens what it sealed", d->deployment.id);
	if ((fault = keys_missing(d->c->db, d->c->ring, d->c->mem)) != NULL)
		doctor_note(d, "keys in use", CHECK_FAIL, "%s", fault);
	else
		doctor_note(d, "keys in use", CHECK_OK, "the keyring holds all "
		    "of them");
}

static void
check_owner(struct doctor *d)
{
	if (ctl_connect(d->c) != CAL_OK) {
		doctor_note(d, "database, as owner", CHECK_FAIL,
		    "DATABASE_ADMIN_URL: cannot connect: the lines above say "
		    "why");
		return;
	}
	doctor_note(d, "database, as owner", CHECK_OK, "reachable");
	check_migrations(d);
	if (!d->migrated)
		return;
	check_role(d);
	check_limits(d);
	check_tables(d);
	check_deployment(d);
	doctor_check_books(d);
}

/*
 * Connects as calendlyd does, and checks that DATABASE_URL and
 * DATABASE_ADMIN_URL name the same database.
 */
static void
check_runtime(struct doctor *d)
{
	struct deployment	 seen = { 0 };
	struct ctl		*c = d->c;
	struct db		*db;

	if (c->settings.database_url == NULL)
		return;
	db = db_new(secret_text(c->settings.database_url), "calendlyctl",
	    stmt_table, STMT__MAX);
	if (db == NULL)
		err_nomem("a database connection");
	if (db_connect(db) != CAL_OK)
		doctor_note(d, "database, as calendlyd", CHECK_FAIL,
		    "DATABASE_URL: cannot connect: the lines above say why");
	else if (d->migrated && (deployment_find(db, c->mem, &seen) != CAL_OK
	    || seen.id == NULL || d->deployment.id == NULL ||
	    strcmp(seen.id, d->deployment.id) != 0))
		doctor_note(d, "database, as calendlyd", CHECK_FAIL, "it is "
		    "not the database that DATABASE_ADMIN_URL names, or cannot "
		    "be read: let both name the same, and migrate");
	else
		doctor_note(d, "database, as calendlyd", CHECK_OK, "reachable");
	db_free(db);
}

enum cal_err
ctl_doctor(struct ctl *c)
{
	struct doctor	*d = arena_alloc(c->mem, sizeof(*d));
	enum cal_err	 rc;

	d->c = c;
	check_settings(d);
	doctor_check_keyring(d);
	check_owner(d);
	check_runtime(d);
	out_begin(c);
	if (c->json)
		json_bool(c->doc, "healthy", !d->failed);
	out_list(c, "checks", NULL, columns, d->check, sizeof(d->check[0]),
	    d->n);
	if ((rc = out_end(c)) != CAL_OK)
		return rc;
	return d->failed ? ctl_fail(CAL_CONFLICT, "not in order: see what "
	    "failed") : CAL_OK;
}
