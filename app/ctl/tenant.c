/* tenant: the commands for a deployment's tenants. */
#include <string.h>

#include "app/ctl/ctl.h"
#include "app/ctl/out.h"
#include "app/repo/ops.h"
#include "app/repo/tx.h"
#include "app/settings/check.h"
#include "lib/arena.h"
#include "lib/db.h"
#include "lib/uri.h"

enum { NAME_MAX_LEN = 63 };

static const struct out_column	columns[] = {
	{ "name", "TENANT", OUT_TEXT, offsetof(struct ops_tenant, name) },
	{ "keys", "KEYS", OUT_NUMBER, offsetof(struct ops_tenant, keys) },
	{ "connections", "CONNECTIONS", OUT_NUMBER,
	  offsetof(struct ops_tenant, connections) },
	{ "frontend_url", "FRONTEND URL", OUT_TEXT,
	  offsetof(struct ops_tenant, frontend_url) },
	{ "origins", "ORIGINS", OUT_LIST,
	  offsetof(struct ops_tenant, origins) },
	{ "created_at", "CREATED (UTC)", OUT_TIME,
	  offsetof(struct ops_tenant, created_at) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

/* The changes that an operator asked for. */
struct change {
	const char		*frontend_url;	/* NULL: leave it as it is */
	const char	*const	*add;		/* origins to add */
	const char	*const	*drop;
};

/* A CHECK on the table of tenants holds the same rule. */
static enum cal_err
check_name(struct ctl *c, const char *name)
{
	static const char	good[] = "abcdefghijklmnopqrstuvwxyz"
				    "0123456789_.-";
	const size_t		n = strlen(name);

	if (n >= 1 && n <= NAME_MAX_LEN && strspn(name, good) == n &&
	    strchr("_.-", name[0]) == NULL)
		return CAL_OK;
	return ctl_misuse(c, "\"%s\" cannot be a tenant's name: write 1 to %d "
	    "of a-z 0-9 _ . -, beginning with a letter or digit", name,
	    NAME_MAX_LEN);
}

/* Brings an origin to the form in which it is compared with others. */
static enum cal_err
normal_origin(struct ctl *c, const char *text, const char **out)
{
	struct uri	 u;

	if (!uri_parse(c->mem, text, &u) ||
	    (u.path[0] != '\0' && strcmp(u.path, "/") != 0))
		return ctl_misuse(c, "--origin \"%s\": write scheme and host, "
		    "and a port if it has one, such as "
		    "https://app.example.com, and nothing behind that", text);
	if (strcmp(u.scheme, "https") != 0 && !uri_is_loopback(&u))
		return ctl_misuse(c, "--origin \"%s\": write https:// in "
		    "place of http://; plain http is allowed for this machine "
		    "itself (localhost) only", text);
	*out = u.origin;
	return CAL_OK;
}

static enum cal_err
normal_origins(struct ctl *c, const char *option, const char *const **out)
{
	const char *const	*given = ctl_values(c, option);
	const char		**list;
	enum cal_err		 rc;
	size_t			 n = 0;

	while (given[n] != NULL)
		n++;
	list = arena_array(c->mem, n + 1, sizeof(*list));
	while (n-- > 0)
		if ((rc = normal_origin(c, given[n], &list[n])) != CAL_OK)
			return rc;
	*out = list;
	return CAL_OK;
}

static enum cal_err
read_change(struct ctl *c, struct change *ch)
{
	const char	*fault, *url = ctl_value(c, "frontend-url");
	enum cal_err	 rc;

	if ((rc = check_name(c, c->arg[0])) != CAL_OK ||
	    (rc = normal_origins(c, "origin", &ch->add)) != CAL_OK ||
	    (rc = normal_origins(c, "no-origin", &ch->drop)) != CAL_OK)
		return rc;
	if (url != NULL && *url != '\0' &&
	    (fault = check_frontend_url(c->mem, url)) != NULL)
		return ctl_misuse(c, "--frontend-url \"%s\": %s", url, fault);
	ch->frontend_url = url;
	return CAL_OK;
}

/*
 * Makes the changes in the open transaction; "fresh": creates the tenant.  "n"
 * is how many origins were removed.
 */
static enum cal_err
apply_change(struct ctl *c, const struct change *ch, bool fresh, int *n)
{
	const char	*id;
	struct tx	 tx;
	enum cal_err	 rc;
	int		 added, dropped;

	rc = fresh ? ops_tenant_add(c->db, c->mem, c->arg[0], NULL, &id) :
	    ctl_tenant(c, c->arg[0], &id);
	if (rc == CAL_CONFLICT)
		return ctl_fail(rc, "there is a tenant \"%s\" already; "
		    "\"calendlyctl tenant set\" changes it", c->arg[0]);
	if (rc != CAL_OK ||
	    (rc = tx_enter(&tx, c->db, c->mem, id)) != CAL_OK ||
	    (rc = ops_origins_add(c->db, c->mem, id, ch->add, &added)) !=
	    CAL_OK || (rc = ops_origins_drop(c->db, c->mem, id, ch->drop,
	    &dropped)) != CAL_OK)
		return rc;
	if (ch->frontend_url != NULL && (rc = ops_tenant_set_frontend(c->db,
	    c->mem, id, ch->frontend_url)) != CAL_OK)
		return rc;
	*n = dropped;
	return ctl_audit(c, &tx, fresh ? "tenant.add" : "tenant.set",
	    c->arg[0]);
}

static enum cal_err
change_tenant(struct ctl *c, bool fresh)
{
	struct change	 ch = { NULL, NULL, NULL };
	enum cal_err	 rc;
	int		 dropped = 0, asked;

	if ((rc = read_change(c, &ch)) != CAL_OK ||
	    (rc = ctl_open(c)) != CAL_OK || (rc = db_begin(c->db)) != CAL_OK ||
	    (rc = apply_change(c, &ch, fresh, &dropped)) != CAL_OK ||
	    (rc = db_commit(c->db)) != CAL_OK)
		return rc;
	for (asked = 0; ch.drop[asked] != NULL; asked++)
		continue;
	if (dropped < asked)
		ctl_say("%d of %d origins to remove were not allowed before, "
		    "either", asked - dropped, asked);
	return CAL_OK;
}

/* Prints the tenant as it is now. */
static enum cal_err
show_tenant(struct ctl *c)
{
	struct ops_tenant	*rows;
	enum cal_err		 rc;
	int			 n;

	rc = ops_tenant_list(c->db, c->mem, c->arg[0], &rows, &n);
	if (rc != CAL_OK)
		return rc;
	if (n == 0)
		return CAL_NOTFOUND;
	out_begin(c);
	out_fields(c, columns, rows);
	return out_end(c);
}

enum cal_err
ctl_tenant_add(struct ctl *c)
{
	enum cal_err	 rc;

	if ((rc = change_tenant(c, true)) != CAL_OK)
		return rc;
	ctl_say("made; \"calendlyctl key add %s\" makes its API key",
	    c->arg[0]);
	return show_tenant(c);
}

enum cal_err
ctl_tenant_set(struct ctl *c)
{
	enum cal_err	 rc;

	if (c->ngiven == 0)
		return ctl_misuse(c, "nothing to change: name --origin, "
		    "--no-origin or --frontend-url");
	if ((rc = change_tenant(c, false)) != CAL_OK)
		return rc;
	return show_tenant(c);
}

enum cal_err
ctl_tenant_list(struct ctl *c)
{
	struct ops_tenant	*rows;
	enum cal_err		 rc;
	int			 n;

	if ((rc = ctl_open(c)) != CAL_OK ||
	    (rc = ops_tenant_list(c->db, c->mem, NULL, &rows, &n)) != CAL_OK)
		return rc;
	out_begin(c);
	out_list(c, "data", NULL, columns, rows, sizeof(*rows), n);
	return out_end(c);
}
