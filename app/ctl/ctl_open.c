/* ctl_open: opens settings, keyring and database for commands. */
#include <sys/types.h>

#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "app/ctl/ctl.h"
#include "app/repo/ops.h"
#include "app/repo/schema.h"
#include "app/repo/stmt.h"
#include "app/repo/tenant.h"
#include "app/repo/tx.h"
#include "lib/arena.h"
#include "lib/db.h"
#include "lib/keyring.h"
#include "lib/secret.h"

/* True if the message is about the setting of this name (or NAME_FILE). */
static bool
is_about(const char *text, const char *name)
{
	const size_t	 n = strlen(name);

	if (strncmp(text, "line ", 5) == 0 && strchr(text, ':') != NULL)
		text = strchr(text, ':') + 2;
	if (strncmp(text, name, n) != 0)
		return false;
	text += n;
	if (strncmp(text, "_FILE", 5) == 0)
		text += 5;
	return *text == ':' || *text == ' ';
}

/*
 * True if the message is about a setting that the command needs, or about none
 * in particular.
 */
static bool
setting_matters(const char *text, const char *const *names)
{
	size_t	 i;

	for (i = 0; names[i] != NULL; i++)
		if (is_about(text, names[i]))
			return true;
	for (i = 0; i < settings_nitems; i++)
		if (is_about(text, settings_items[i].name))
			return false;
	return true;
}

enum cal_err
ctl_settings(struct ctl *c, const char *const *names)
{
	const struct conf_message	*m;
	enum cal_err			 rc;
	bool				 fault = false;

	rc = settings_load(c->mem, c->file, &c->settings, &m);
	if (rc != CAL_OK && rc != CAL_INVALID)
		return ctl_fail(rc, "the settings could not be loaded");
	for (; m != NULL; m = m->next) {
		if (!m->fault || !setting_matters(m->text, names))
			continue;
		ctl_say("%s", m->text);
		fault = true;
	}
	if (!fault)
		return CAL_OK;
	if (c->file == NULL)
		ctl_say("settings come from the environment: -c FILE names "
		    "the file that holds them");
	return CAL_INVALID;
}

enum cal_err
ctl_keyring(struct ctl *c)
{
	enum cal_err	 rc;

	rc = keyring_open(c->settings.keyring_file, &c->ring);
	if (rc == CAL_OK)
		return CAL_OK;
	return ctl_fail(rc, "the keyring %s cannot be used, see above%s",
	    c->settings.keyring_file, rc == CAL_NOTFOUND ?
	    "; \"calendlyctl keyring new\" makes one" : "");
}

enum cal_err
ctl_connect(struct ctl *c)
{
	enum cal_err	 rc;

	if (c->settings.database_admin_url == NULL)
		return ctl_fail(CAL_INVALID, "DATABASE_ADMIN_URL is missing: "
		    "write the connection string of the role that owns the "
		    "database");
	c->db = db_new(secret_text(c->settings.database_admin_url),
	    "calendlyctl", stmt_table, STMT__MAX);
	if (c->db == NULL)
		err_nomem("a database connection");
	if ((rc = db_connect(c->db)) != CAL_OK)
		return ctl_fail(rc, "cannot connect to the database that "
		    "DATABASE_ADMIN_URL names, see above");
	return CAL_OK;
}

enum cal_err
ctl_database(struct ctl *c)
{
	struct schema	 now;
	enum cal_err	 rc;

	if ((rc = ctl_connect(c)) != CAL_OK ||
	    (rc = schema_look(c->db, c->mem, &now)) != CAL_OK)
		return rc;
	if (now.state != SCHEMA_SAME && now.state != SCHEMA_NEWER)
		return ctl_fail(CAL_INVALID, "%s", now.why);
	return CAL_OK;
}

enum cal_err
ctl_open(struct ctl *c)
{
	static const char *const	names[] = {
		"DATABASE_ADMIN_URL", NULL
	};
	enum cal_err			 rc;

	if ((rc = ctl_settings(c, names)) != CAL_OK)
		return rc;
	return ctl_database(c);
}

enum cal_err
ctl_tenant(struct ctl *c, const char *name, const char **id)
{
	enum cal_err	 rc;

	if ((rc = ops_tenant_find(c->db, c->mem, name, id)) == CAL_NOTFOUND)
		return ctl_fail(rc, "there is no tenant \"%s\"; "
		    "\"calendlyctl tenant list\" shows them", name);
	return rc;
}

enum cal_err
ctl_check_tenant(struct ctl *c)
{
	const char	*id;

	return c->arg[0] == NULL ? CAL_OK : ctl_tenant(c, c->arg[0], &id);
}

const char *
ctl_actor(struct ctl *c)
{
	const struct passwd	*pw = getpwuid(getuid());

	return pw == NULL ?
	    arena_printf(c->mem, "calendlyctl/%ld", (long)getuid()) :
	    arena_printf(c->mem, "calendlyctl/%s", pw->pw_name);
}

enum cal_err
ctl_audit(struct ctl *c, struct tx *tx, const char *action,
    const char *subject)
{
	return audit_add(tx, ctl_actor(c), action, subject);
}

enum cal_err
ctl_audit_for(struct ctl *c, const char *tenant_id, const char *action,
    const char *subject)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = tx_enter(&tx, c->db, c->mem, tenant_id)) != CAL_OK)
		return rc;
	return ctl_audit(c, &tx, action, subject);
}

void
ctl_close(struct ctl *c)
{
	if (c->db != NULL)
		db_rollback(c->db);
	db_free(c->db);
	if (c->ring != NULL)
		keyring_close(c->ring);
	arena_free(c->mem);
}
