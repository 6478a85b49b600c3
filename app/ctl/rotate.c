/*
 * rotate: adds a master key and seals everything anew with it.
 *
 * It is always safe to run this again: it finishes what an earlier run began,
 * and adds a key only if the keyring has no more than one, or with --new.
 */

#include "app/ctl/ctl.h"
#include "app/ctl/out.h"
#include "app/repo/tenant.h"
#include "app/service/keys/check.h"
#include "app/service/keys/deployment.h"
#include "app/service/keys/rotate.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/db.h"
#include "lib/json.h"
#include "lib/keyring.h"

enum {
	STATEMENT_MS = 60 * 1000,	/* enough to count over all rows */
	PROGRESS_MS = 5000,
	PASS_PAUSE_MS = 200,
	IDLE_PASSES = 100,		/* in a row that change nothing, as
					 * others hold the rows */
	SETTLED_MS = 1000,		/* for a worker that just sealed with
					 * the old key */
};

struct rotation {
	struct ctl	*c;
	struct reseal	 reseal;
	bool		 added;
	int64_t		 total;		/* values to seal anew, at the start */
	int64_t		 said_at;
};

static void
show_progress(void *arg, const struct reseal *r)
{
	struct rotation	*ro = arg;

	if (clock_ms() < ro->said_at + PROGRESS_MS)
		return;
	ro->said_at = clock_ms();
	ctl_say("sealed anew: %lld of %lld", (long long)rotate_done(r),
	    (long long)ro->total);
}

static enum cal_err
rotate_open(struct ctl *c)
{
	static const char *const	names[] = {
		"DATABASE_ADMIN_URL", "CALENDLYD_KEYRING_FILE", NULL
	};
	struct deployment		 d = { .id = NULL };
	const char			*fault;
	enum cal_err			 rc;

	if ((rc = ctl_settings(c, names)) != CAL_OK ||
	    (rc = ctl_keyring(c)) != CAL_OK || (rc = ctl_database(c)) != CAL_OK
	    || (rc = deployment_find(c->db, c->mem, &d)) != CAL_OK)
		return rc;
	if ((fault = deployment_fault(c->ring, c->mem, &d)) != NULL)
		return ctl_fail(CAL_DENIED, "nothing was changed: %s", fault);
	(void)db_set_limit(c->db, STATEMENT_MS);
	return CAL_OK;
}

/*
 * The keyring must hold all keys that are in use: the new key might otherwise
 * get the number of a lost one.
 */
static enum cal_err
check_none_missing(struct rotation *ro)
{
	const char	*missing;

	if ((missing = keys_missing(ro->c->db, ro->c->ring, ro->c->mem)) ==
	    NULL)
		return CAL_OK;
	return ctl_fail(CAL_DENIED, "no key was added: %s", missing);
}

/* Adds a key if the keyring has only one, or if --new asks for it. */
static enum cal_err
add_key(struct rotation *ro)
{
	struct ctl	*c = ro->c;
	enum cal_err	 rc;
	uint32_t	 id;

	if (keyring_count(c->ring) > 1 && !ctl_has(c, "new"))
		return CAL_OK;
	if ((rc = check_none_missing(ro)) != CAL_OK)
		return rc;
	if ((rc = keyring_add(c->settings.keyring_file, &id)) != CAL_OK)
		return ctl_fail(rc, "no key was added, see above; nothing "
		    "was changed");
	keyring_look_again(c->ring);
	if (keyring_current(c->ring) != id)
		return ctl_fail(CAL_CONFLICT, "somebody else changed %s at the "
		    "same moment: look at it and run this again",
		    c->settings.keyring_file);
	ro->added = true;
	ctl_say("added key %lu to %s; running processes take it up by "
	    "themselves", (unsigned long)id, c->settings.keyring_file);
	return CAL_OK;
}

/* Counts the values left to seal anew, without those that no pass can open. */
static enum cal_err
count_left(struct rotation *ro, int64_t *left)
{
	enum cal_err	 rc;

	rc = rotate_left(ro->c->db, ro->c->ring, ro->c->mem, left);
	if (rc == CAL_OK)
		*left -= ro->reseal.lost + ro->reseal.damaged;
	return rc;
}

/*
 * Makes passes until no value is left, and none has turned up a moment later.
 */
static enum cal_err
reseal_all(struct rotation *ro)
{
	int64_t		 left = ro->total, before;
	enum cal_err	 rc = CAL_OK;
	int		 idle = 0;
	bool		 settled = left == 0;

	while (rc == CAL_OK && !settled && idle < IDLE_PASSES) {
		before = rotate_done(&ro->reseal);
		if ((rc = rotate_pass(ro->c->db, ro->c->ring, &ro->reseal)) !=
		    CAL_OK)
			break;
		idle = rotate_done(&ro->reseal) == before ? idle + 1 : 0;
		if ((rc = count_left(ro, &left)) != CAL_OK)
			break;
		if (left <= 0) {
			clock_pause(SETTLED_MS);
			rc = count_left(ro, &left);
			settled = left <= 0;
		} else
			clock_pause(PASS_PAUSE_MS);
	}
	if (rc == CAL_OK && !settled)
		rc = ctl_fail(CAL_CONFLICT, "%lld values are locked by others "
		    "all the time: look for long transactions, then run this "
		    "again", (long long)left);
	return rc;
}

static void
say_end(struct rotation *ro)
{
	const unsigned long	 key = keyring_current(ro->c->ring);

	if (ro->total == 0 && !ro->added)
		ctl_say("nothing to do: all is sealed with key %lu already; "
		    "--new adds another key and rotates again", key);
	else
		ctl_say("done: %lld sealed anew, and all with key %lu",
		    (long long)rotate_done(&ro->reseal), key);
	if (keyring_count(ro->c->ring) > 1)
		ctl_say("lines of older keys may be removed from %s, on every "
		    "host, once the last backup of the database from before "
		    "now has expired: a restored one needs them",
		    ro->c->settings.keyring_file);
}

static enum cal_err
report_rotation(struct rotation *ro)
{
	const struct reseal	*r = &ro->reseal;
	struct ctl		*c = ro->c;
	enum cal_err		 rc;

	out_begin(c);
	if (c->json) {
		json_num(c->doc, "key", keyring_current(c->ring));
		json_bool(c->doc, "added", ro->added);
		json_num(c->doc, "resealed", rotate_done(r));
		json_num(c->doc, "lost", r->lost);
		json_num(c->doc, "damaged", r->damaged);
	}
	if ((rc = out_end(c)) != CAL_OK)
		return rc;
	if (r->lost == 0 && r->damaged == 0) {
		say_end(ro);
		return CAL_OK;
	}
	return ctl_fail(CAL_CONFLICT, "%lld sealed anew, but %lld are sealed "
	    "with keys that the keyring does not hold, and %lld do not open "
	    "although their key is there: find the newest copy of the "
	    "keyring and run this again, or \"calendlyctl keyring "
	    "forget-lost\"", (long long)rotate_done(r), (long long)r->lost,
	    (long long)r->damaged);
}

enum cal_err
ctl_rotate(struct ctl *c)
{
	struct rotation	 ro = { .c = c };
	enum cal_err	 rc;

	ro.reseal.progress = show_progress;
	ro.reseal.arg = &ro;
	if ((rc = rotate_open(c)) != CAL_OK)
		return rc;
	if ((rc = add_key(&ro)) != CAL_OK ||
	    (rc = rotate_left(c->db, c->ring, c->mem, &ro.total)) != CAL_OK)
		return rc;
	if (ro.total > 0)
		ctl_say("%lld values to seal anew with key %lu; it may be "
		    "stopped and run again at any moment",
		    (long long)ro.total,
		    (unsigned long)keyring_current(c->ring));
	if ((rc = reseal_all(&ro)) != CAL_OK)
		return ctl_fail(rc, "not finished: old keys are still needed; "
		    "run this again, it goes on where it stopped");
	return report_rotation(&ro);
}
