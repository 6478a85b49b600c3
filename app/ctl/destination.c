/* destination: the commands for the URLs that tenants have events pushed to. */
#include <stddef.h>

#include "app/ctl/ctl.h"
#include "app/ctl/out.h"
#include "app/repo/destination.h"
#include "app/repo/tx.h"
#include "app/service/push/destination.h"
#include "app/service/push/summary.h"
#include "lib/crypto.h"
#include "lib/db.h"

#define DESTINATION(field)	offsetof(struct destination, field)

static const struct out_column	list_columns[] = {
	{ "id", "ID", OUT_TEXT, DESTINATION(id) },
	{ "state", "STATE", OUT_DESTINATION_STATE, DESTINATION(state) },
	{ "reason", "REASON", OUT_DESTINATION_REASON, DESTINATION(reason) },
	{ "failures", "FAILURES", OUT_NUMBER, DESTINATION(failures) },
	{ "waiting", "WAITING", OUT_NUMBER, DESTINATION(waiting) },
	{ "held", "HELD", OUT_NUMBER, DESTINATION(held) },
	{ "dead", "DEAD", OUT_NUMBER, DESTINATION(dead) },
	{ "last_success_at", "LAST SUCCESS (UTC)", OUT_TIME,
	  DESTINATION(success_at) },
	{ "types", "TYPES", OUT_LIST, DESTINATION(types) },
	{ "user_id", "USER", OUT_TEXT, DESTINATION(user_id) },
	{ "url", "URL", OUT_TEXT, DESTINATION(url) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

static const struct out_column	one_columns[] = {
	{ "id", "id", OUT_TEXT, DESTINATION(id) },
	{ "url", "url", OUT_TEXT, DESTINATION(url) },
	{ "description", "description", OUT_TEXT, DESTINATION(description) },
	{ "types", "types", OUT_LIST, DESTINATION(types) },
	{ "user_id", "user", OUT_TEXT, DESTINATION(user_id) },
	{ "state", "state", OUT_DESTINATION_STATE, DESTINATION(state) },
	{ "reason", "reason", OUT_DESTINATION_REASON, DESTINATION(reason) },
	{ "state_at", "since (UTC)", OUT_TIME, DESTINATION(state_at) },
	{ "cursor", "number in the feed", OUT_NUMBER, DESTINATION(cursor) },
	{ "head", "of the feed's head", OUT_NUMBER, DESTINATION(head) },
	{ "waiting", "waiting", OUT_NUMBER, DESTINATION(waiting) },
	{ "held", "held", OUT_NUMBER, DESTINATION(held) },
	{ "dead", "dead letters", OUT_NUMBER, DESTINATION(dead) },
	{ "missed_from", "missed from number", OUT_NUMBER,
	  DESTINATION(missed_from) },
	{ "missed_to", "missed to number", OUT_NUMBER,
	  DESTINATION(missed_to) },
	{ "failures", "failures in a row", OUT_NUMBER,
	  DESTINATION(failures) },
	{ "breaker_open", "breaker open", OUT_BOOL, DESTINATION(is_open) },
	{ "next_try_at", "nothing before (UTC)", OUT_TIME,
	  DESTINATION(not_before) },
	{ "failing_since", "failing since (UTC)", OUT_TIME,
	  DESTINATION(failing_since) },
	{ "last_success_at", "last success (UTC)", OUT_TIME,
	  DESTINATION(success_at) },
	{ "last_failure_at", "last failure (UTC)", OUT_TIME,
	  DESTINATION(failure_at) },
	{ "last_failure", "why", OUT_TEXT, DESTINATION(failure) },
	{ "rotating_until", "old secret signs until (UTC)", OUT_TIME,
	  DESTINATION(former_until) },
	{ "created_at", "made (UTC)", OUT_TIME, DESTINATION(created_at) },
	{ "updated_at", "changed (UTC)", OUT_TIME, DESTINATION(updated_at) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

static const struct out_column	summary_columns[] = {
	{ "summary", "in words", OUT_TEXT, 0 },
	{ NULL, NULL, OUT_TEXT, 0 },
};

enum cal_err
ctl_destination_begin(struct ctl *c, struct tx *tx)
{
	const char	*id;
	enum cal_err	 rc;

	if (!crypto_is_uuid(c->arg[1]))
		return ctl_misuse(c, "\"%s\" is no id; \"calendlyctl "
		    "destinations %s\" shows those of destinations, "
		    "\"calendlyctl pushes %s\" those of pushes", c->arg[1],
		    c->arg[0], c->arg[0]);
	if ((rc = ctl_open(c)) != CAL_OK ||
	    (rc = ctl_tenant(c, c->arg[0], &id)) != CAL_OK)
		return rc;
	return tx_begin(tx, c->db, c->mem, id);
}

enum cal_err
ctl_destination_tell(struct ctl *c, enum cal_err rc)
{
	if (rc != CAL_NOTFOUND)
		return rc;
	return ctl_fail(rc, "tenant %s has no destination %s; \"calendlyctl "
	    "destinations %s\" lists them", c->arg[0], c->arg[1], c->arg[0]);
}

enum cal_err
ctl_destinations(struct ctl *c)
{
	struct destination	*rows;
	struct tx		 tx;
	const char		*id;
	enum cal_err		 rc;
	int			 n;

	if ((rc = ctl_open(c)) != CAL_OK ||
	    (rc = ctl_tenant(c, c->arg[0], &id)) != CAL_OK ||
	    (rc = tx_begin(&tx, c->db, c->mem, id)) != CAL_OK)
		return rc;
	rc = tx_leave(&tx, destination_list(&tx, NULL, DESTINATIONS_MOST,
	    &rows, &n));
	if (rc != CAL_OK)
		return rc;
	out_begin(c);
	out_list(c, "data", NULL, list_columns, rows, sizeof(*rows), n);
	return out_end(c);
}

enum cal_err
ctl_destination_show(struct ctl *c)
{
	struct destination	 d;
	struct tx		 tx;
	const char		*summary;
	enum cal_err		 rc;

	if ((rc = ctl_destination_begin(c, &tx)) != CAL_OK || (rc =
	    ctl_destination_tell(c, tx_leave(&tx, destination_find(&tx,
	    c->arg[1], &d)))) != CAL_OK)
		return rc;
	summary = destination_summary(c->mem, &d);
	out_begin(c);
	out_fields(c, one_columns, &d);
	out_fields(c, summary_columns, &summary);
	return out_end(c);
}

static enum cal_err
switch_state(struct ctl *c, enum destination_state state)
{
	const struct destination_wish	 w = { .state = state };
	struct destination		 d;
	struct tx			 tx;
	enum cal_err			 rc;

	if ((rc = ctl_destination_begin(c, &tx)) != CAL_OK)
		return rc;
	rc = tx_end(&tx, destination_alter(NULL, &tx, ctl_actor(c), c->arg[1],
	    &w, &d));
	if (rc == CAL_CONFLICT)
		return ctl_fail(rc, "its secret was lost: the tenant has to "
		    "rotate it first (POST /v1/destinations/{id}/"
		    "rotate-secret)");
	if ((rc = ctl_destination_tell(c, rc)) != CAL_OK)
		return rc;
	return out_done(c);
}

enum cal_err
ctl_destination_pause(struct ctl *c)
{
	return switch_state(c, DESTINATION_PAUSED);
}

enum cal_err
ctl_destination_resume(struct ctl *c)
{
	return switch_state(c, DESTINATION_ACTIVE);
}

enum cal_err
ctl_destination_delete(struct ctl *c)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = ctl_destination_begin(c, &tx)) != CAL_OK || (rc =
	    ctl_destination_tell(c, tx_end(&tx, destination_delete(&tx,
	    ctl_actor(c), c->arg[1])))) != CAL_OK)
		return rc;
	return out_done(c);
}
