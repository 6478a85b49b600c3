/*
 * adopt: makes this deployment the owner of the database.
 *
 * After a database was restored or copied, or BACKEND_URL was changed, the
 * clone guard stops everything that changes Calendly
 * (app/service/keys/clone_guard.h).  This command opens it again.
 */
#include <string.h>

#include "app/ctl/ctl.h"
#include "app/ctl/out.h"
#include "app/repo/ops_schema.h"
#include "app/repo/tenant.h"
#include "app/service/keys/deployment.h"
#include "lib/db.h"
#include "lib/json.h"
#include "lib/keyring.h"

static const char *const	names[] = {
	"DATABASE_ADMIN_URL", "CALENDLYD_KEYRING_FILE", "BACKEND_URL", NULL
};

static enum cal_err
print_change(struct ctl *c, const struct deployment *old)
{
	const char	*was = old->backend_url == NULL ? "none yet" :
	    old->backend_url;

	ctl_say("old BACKEND_URL: %s, deployment %s", was, old->id);
	ctl_say("new BACKEND_URL: %s, deployment %s",
	    c->settings.backend_url, keyring_deployment(c->ring));
	out_begin(c);
	if (c->json) {
		json_str(c->doc, "old_backend_url", old->backend_url);
		json_str(c->doc, "new_backend_url", c->settings.backend_url);
		json_str(c->doc, "old_deployment", old->id);
		json_str(c->doc, "new_deployment",
		    keyring_deployment(c->ring));
	}
	return out_end(c);
}

static enum cal_err
take_database_over(struct ctl *c, struct deployment *old)
{
	const char	*fault;
	enum cal_err	 rc;

	if ((rc = deployment_find(c->db, c->mem, old)) != CAL_OK ||
	    (rc = ops_backend_url(c->db, c->mem, &old->backend_url)) != CAL_OK)
		return rc;
	if ((fault = deployment_fault_in_keys(c->ring, c->mem, old)) != NULL)
		return ctl_fail(CAL_DENIED, "not adopted: %s", fault);
	return ops_adopt(c->db, c->mem, keyring_deployment(c->ring),
	    c->settings.backend_url);
}

enum cal_err
ctl_adopt(struct ctl *c)
{
	struct deployment	 old = { .id = NULL };
	enum cal_err		 rc;

	if ((rc = ctl_settings(c, names)) != CAL_OK ||
	    (rc = ctl_keyring(c)) != CAL_OK ||
	    (rc = ctl_database(c)) != CAL_OK ||
	    (rc = db_begin(c->db)) != CAL_OK)
		return rc;
	if ((rc = take_database_over(c, &old)) == CAL_OK)
		rc = db_commit(c->db);
	else
		db_rollback(c->db);
	if (rc != CAL_OK)
		return rc;
	ctl_say("adopted: make sure that the other deployment, if there is "
	    "one, never runs on this data again; webhooks move to the new "
	    "address with the next reconcile of each connection");
	return print_change(c, &old);
}
