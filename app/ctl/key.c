/* key: the commands for tenants' API keys. */
#include <stdio.h>
#include <string.h>

#include "app/ctl/ctl.h"
#include "app/ctl/out.h"
#include "app/repo/ops.h"
#include "app/repo/tx.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/db.h"
#include "lib/json.h"
#include "lib/secret.h"

static const struct out_column	columns[] = {
	{ "id", "KEY ID", OUT_TEXT, offsetof(struct ops_key, id) },
	{ "tenant", "TENANT", OUT_TEXT, offsetof(struct ops_key, tenant) },
	{ "allow_token", "MAY TAKE TOKENS", OUT_BOOL,
	  offsetof(struct ops_key, allow_token) },
	{ "created_at", "CREATED (UTC)", OUT_TIME,
	  offsetof(struct ops_key, created_at) },
	{ "revoked_at", "REVOKED (UTC)", OUT_TIME,
	  offsetof(struct ops_key, revoked_at) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

/* Stores only the key's hash, so the key can be printed only now. */
static enum cal_err
store_key(struct ctl *c, const struct secret *key, const char **id)
{
	const char	*tenant_id;
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = ctl_tenant(c, c->arg[0], &tenant_id)) != CAL_OK ||
	    (rc = tx_begin(&tx, c->db, c->mem, tenant_id)) != CAL_OK)
		return rc;
	rc = ops_key_add(c->db, c->mem, tenant_id,
	    crypto_hash_text(c->mem, secret_text(key)),
	    ctl_has(c, "allow-token"), id);
	if (rc != CAL_OK ||
	    (rc = ctl_audit(c, &tx, "key.add", *id)) != CAL_OK)
		return rc;
	return db_commit(c->db);
}

static enum cal_err
print_key(struct ctl *c, const struct secret *key, const char *id)
{
	out_begin(c);
	if (c->json) {
		json_str(c->doc, "id", id);
		json_str(c->doc, "tenant", c->arg[0]);
		json_str(c->doc, "key", secret_text(key));
		json_bool(c->doc, "allow_token", ctl_has(c, "allow-token"));
	} else
		(void)puts(secret_text(key));
	return out_end(c);
}

enum cal_err
ctl_key_add(struct ctl *c)
{
	struct secret	*key;
	const char	*id;
	enum cal_err	 rc;

	key = secret_from_text(c->mem, arena_printf(c->mem, "cal_%s",
	    secret_text(crypto_token(c->mem))));
	if ((rc = ctl_open(c)) != CAL_OK ||
	    (rc = store_key(c, key, &id)) != CAL_OK)
		return rc;
	if ((rc = print_key(c, key, id)) != CAL_OK)
		return ctl_fail(rc, "the key is lost: run \"calendlyctl key "
		    "revoke %s\" and make another", id);
	if (!c->json)
		ctl_say("key %s of tenant %s: keep it now, it cannot be shown "
		    "again", id, c->arg[0]);
	return CAL_OK;
}

enum cal_err
ctl_key_list(struct ctl *c)
{
	struct ops_key	*rows;
	enum cal_err	 rc;
	int		 n;

	if ((rc = ctl_open(c)) != CAL_OK ||
	    (rc = ctl_check_tenant(c)) != CAL_OK ||
	    (rc = ops_key_list(c->db, c->mem, c->arg[0], &rows, &n)) != CAL_OK)
		return rc;
	out_begin(c);
	out_list(c, "data", NULL, columns, rows, sizeof(*rows), n);
	return out_end(c);
}

static enum cal_err
revoke_key(struct ctl *c)
{
	const char	*tenant_id;
	enum cal_err	 rc;

	rc = ops_key_revoke(c->db, c->mem, c->arg[0], &tenant_id);
	if (rc == CAL_NOTFOUND)
		return ctl_fail(rc, "there is no key %s; \"calendlyctl key "
		    "list\" shows them", c->arg[0]);
	if (rc != CAL_OK ||
	    (rc = ctl_audit_for(c, tenant_id, "key.revoke", c->arg[0])) !=
	    CAL_OK)
		return rc;
	return db_commit(c->db);
}

enum cal_err
ctl_key_revoke(struct ctl *c)
{
	enum cal_err	 rc;

	if (!crypto_is_uuid(c->arg[0]))
		return ctl_misuse(c, "\"%.40s\" is no key's id; \"calendlyctl "
		    "key list\" shows them (the key itself is not asked for)",
		    strncmp(c->arg[0], "cal_", 4) == 0 ? "cal_…" : c->arg[0]);
	if ((rc = ctl_open(c)) != CAL_OK || (rc = db_begin(c->db)) != CAL_OK ||
	    (rc = revoke_key(c)) != CAL_OK)
		return rc;
	out_begin(c);
	if (c->json) {
		json_str(c->doc, "id", c->arg[0]);
		json_bool(c->doc, "revoked", true);
	} else
		ctl_say("revoked: requests with it are refused from now on");
	return out_end(c);
}
