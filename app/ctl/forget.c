/*
 * forget: "keyring forget-lost": gives up what is sealed with lost keys, once
 * the operator confirms it.
 */
#include <string.h>

#include "app/ctl/ctl.h"
#include "app/ctl/out.h"
#include "app/repo/tenant.h"
#include "app/service/keys/deployment.h"
#include "app/service/keys/forget_lost.h"
#include "lib/arena.h"
#include "lib/db.h"
#include "lib/json.h"
#include "lib/keyring.h"

enum { STATEMENT_MS = 60 * 1000 };	/* enough to count over all rows */

struct forget {
	struct ctl		*c;
	struct deployment	 d;
	const char		*const *keys;	/* names of usable keys */
	int64_t			 n[SEALED__MAX];
	bool			 stranger;	/* the keyring is of another
						 * deployment */
};

static enum cal_err
forget_open(struct forget *f)
{
	static const char *const	names[] = {
		"DATABASE_ADMIN_URL", "CALENDLYD_KEYRING_FILE", NULL
	};
	struct ctl			*c = f->c;
	enum cal_err			 rc;

	if ((rc = ctl_settings(c, names)) != CAL_OK ||
	    (rc = ctl_keyring(c)) != CAL_OK || (rc = ctl_database(c)) != CAL_OK
	    || (rc = deployment_find(c->db, c->mem, &f->d)) != CAL_OK)
		return rc;
	if (f->d.id == NULL)
		return ctl_fail(CAL_DENIED, "the database belongs to no "
		    "deployment yet: run \"calendlyctl migrate\"");
	(void)db_set_limit(c->db, STATEMENT_MS);
	return CAL_OK;
}

/*
 * Lists the keys that open what they sealed.  If the keyring is of another
 * deployment the list is empty: a new keyring numbers its keys from 1 again, so
 * equal numbers do not mean equal keys.
 */
static void
name_keys(struct forget *f)
{
	const struct keyring	*ring = f->c->ring;
	const char		**list;
	size_t			 i, n;

	f->stranger = strcmp(f->d.id, keyring_deployment(ring)) != 0;
	n = f->stranger ? 0 : keyring_count(ring);
	list = arena_array(f->c->mem, n + 1, sizeof(*list));
	for (i = 0; i < n; i++)
		list[i] = sealed_key_name(f->c->mem, keyring_id(ring, i));
	f->keys = list;
}

/*
 * Refuses a keyring that was put there by mistake, because using it would cost
 * users their tokens.  A keyring of another deployment is accepted only if the
 * operator names the old deployment's id with --deployment, which says that the
 * old keyring is gone for good.
 */
static enum cal_err
forget_check_keyring(struct forget *f)
{
	const char	*given = ctl_value(f->c, "deployment"), *fault;

	fault = deployment_fault_in_keys(f->c->ring, f->c->mem, &f->d);
	if (f->stranger && fault == NULL)
		return ctl_fail(CAL_DENIED, "nothing is lost: the keyring "
		    "opens what is in the database, although it names another "
		    "deployment: see \"calendlyctl adopt\"");
	if (!f->stranger && fault != NULL && f->n[SEALED_CANARY] == 0)
		return ctl_fail(CAL_DENIED, "nothing was changed: %s", fault);
	if (f->stranger && (given == NULL || strcmp(given, f->d.id) != 0))
		return ctl_fail(CAL_DENIED, "nothing was changed: the database "
		    "belongs to deployment %s, the keyring to %s: put the "
		    "right keyring in its place; only if no copy of it is "
		    "left anywhere, run this again with --deployment %s",
		    f->d.id, keyring_deployment(f->c->ring), f->d.id);
	return CAL_OK;
}

static enum cal_err
report_lost(struct forget *f, const struct lost *l)
{
	struct ctl	*c = f->c;

	out_begin(c);
	if (c->json) {
		json_bool(c->doc, "forgotten", l != NULL);
		json_num(c->doc, "access_tokens", f->n[SEALED_ACCESS]);
		json_num(c->doc, "refresh_tokens", f->n[SEALED_REFRESH]);
		json_num(c->doc, "signing_keys", f->n[SEALED_SIGNING_KEY]);
		json_num(c->doc, "verifiers", f->n[SEALED_VERIFIER]);
		json_num(c->doc, "destination_secrets",
		    f->n[SEALED_SECRET] + f->n[SEALED_HEADERS]);
		if (l != NULL)
			json_num(c->doc, "connections", l->connections);
	}
	return out_end(c);
}

/*
 * If even the database's canary is sealed with a lost key, makes the database
 * belong to the present keyring.
 */
static enum cal_err
settle_forgotten(struct forget *f)
{
	struct ctl	*c = f->c;

	if (f->n[SEALED_CANARY] == 0)
		return CAL_OK;
	return deployment_replace(c->db, c->mem, keyring_deployment(c->ring),
	    deployment_canary(c->ring, c->mem));
}

static enum cal_err
forget(struct forget *f)
{
	struct ctl	*c = f->c;
	struct lost	 l = { .keys = f->keys, .actor = ctl_actor(c) };
	enum cal_err	 rc;

	if ((rc = forget_lost(c->db, &l)) != CAL_OK ||
	    (rc = settle_forgotten(f)) != CAL_OK)
		return ctl_fail(rc, "not finished, see above: run this again, "
		    "it goes on where it stopped");
	ctl_say("%lld grants let go of; %lld connections need a new consent "
	    "(needs_reauth, key_lost): \"calendlyctl connections --status "
	    "needs_reauth\" lists them; destinations without their secret or "
	    "headers are paused (key_lost)", (long long)l.grants,
	    (long long)l.connections);
	return report_lost(f, &l);
}

enum cal_err
ctl_keyring_forget_lost(struct ctl *c)
{
	struct forget	 f = { .c = c };
	enum cal_err	 rc;

	if ((rc = forget_open(&f)) != CAL_OK)
		return rc;
	name_keys(&f);
	if ((rc = sealed_count(c->db, c->mem, f.keys, f.n)) != CAL_OK ||
	    (rc = forget_check_keyring(&f)) != CAL_OK)
		return rc;
	ctl_say("sealed with keys that %s does not hold: %lld access and %lld "
	    "refresh tokens, %lld signing keys, %lld connects under way, %lld "
	    "secrets and headers of destinations%s",
	    c->settings.keyring_file, (long long)f.n[SEALED_ACCESS],
	    (long long)f.n[SEALED_REFRESH],
	    (long long)f.n[SEALED_SIGNING_KEY],
	    (long long)f.n[SEALED_VERIFIER],
	    (long long)f.n[SEALED_SECRET] + (long long)f.n[SEALED_HEADERS],
	    f.n[SEALED_CANARY] == 0 ? "" : ", and the database's canary");
	if (ctl_has(c, "yes"))
		return forget(&f);
	ctl_say("nothing was changed: if no copy of the keyring holds those "
	    "keys, run this again with --yes: the users concerned must then "
	    "connect anew");
	return report_lost(&f, NULL);
}
