/*
 * event: shows deliveries on their way to becoming events: those that wait,
 * were given up or are missing, and the ledger that counts them all.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/ctl/ctl.h"
#include "app/ctl/out.h"
#include "app/repo/ledger.h"
#include "app/repo/ops_delivery.h"
#include "app/repo/tx.h"
#include "app/service/webhook/unread.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/db.h"
#include "lib/json.h"
#include "lib/utf8.h"

enum {
	EVENTS = 200,
	LIMIT_MAX = 10000,
};

#define DELIVERY(field)	offsetof(struct ops_delivery, field)
#define LEDGER(field)	offsetof(struct ledger, field)

static const struct out_column	list_columns[] = {
	{ "id", "EVENT ID", OUT_TEXT, DELIVERY(id) },
	{ "tenant", "TENANT", OUT_TEXT, DELIVERY(tenant) },
	{ "user_id", "USER", OUT_TEXT, DELIVERY(user_id) },
	{ "kind", "KIND", OUT_TEXT, DELIVERY(kind) },
	{ "received_at", "RECEIVED (UTC)", OUT_TIME, DELIVERY(received_at) },
	{ "state", "STATE", OUT_DELIVERY_STATE, DELIVERY(state) },
	{ "tries", "TRIES", OUT_NUMBER, DELIVERY(tries) },
	{ "next_run_at", "NEXT TRY (UTC)", OUT_TIME, DELIVERY(next_run_at) },
	{ "error", "LAST ERROR", OUT_TEXT, DELIVERY(error) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

static const struct out_column	one_columns[] = {
	{ "id", "event", OUT_TEXT, DELIVERY(id) },
	{ "tenant", "tenant", OUT_TEXT, DELIVERY(tenant) },
	{ "user_id", "user", OUT_TEXT, DELIVERY(user_id) },
	{ "kind", "kind", OUT_TEXT, DELIVERY(kind) },
	{ "received_at", "received (UTC)", OUT_TIME, DELIVERY(received_at) },
	{ "state", "state", OUT_DELIVERY_STATE, DELIVERY(state) },
	{ "tries", "tries", OUT_NUMBER, DELIVERY(tries) },
	{ "next_run_at", "next try (UTC)", OUT_TIME, DELIVERY(next_run_at) },
	{ "error", "last error", OUT_TEXT, DELIVERY(error) },
	{ "flaw", "unreadable", OUT_TEXT, DELIVERY(flaw) },
	{ "event_type", "type in the feed", OUT_TEXT, DELIVERY(event_type) },
	{ "outcome", "outcome", OUT_EVENT_OUTCOME, DELIVERY(outcome) },
	{ "occurred_at", "occurred (UTC)", OUT_TIME, DELIVERY(occurred_at) },
	{ "seq", "number in the feed", OUT_DIGITS, DELIVERY(seq) },
	{ "telling_of", "tells again of", OUT_TEXT, DELIVERY(telling_of) },
	{ "size", "bytes of body", OUT_NUMBER, DELIVERY(size) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

static const struct out_column	ledger_columns[] = {
	{ "closed_to", "closed up to (UTC)", OUT_TIME, LEDGER(closed_to) },
	{ "accepted", "accepted", OUT_NUMBER, LEDGER(accepted) },
	{ "applied", "applied", OUT_NUMBER, LEDGER(applied) },
	{ "superseded", "superseded", OUT_NUMBER, LEDGER(superseded) },
	{ "flagged", "flagged", OUT_NUMBER, LEDGER(flagged) },
	{ "pending", "pending", OUT_NUMBER, LEDGER(pending) },
	{ "missing", "missing", OUT_NUMBER, LEDGER(missing) },
	{ "retold", "retold", OUT_NUMBER, LEDGER(retold) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

/* If --tenant was given, it must be the name of a tenant. */
static enum cal_err
check_tenant(struct ctl *c)
{
	const char	*name = ctl_value(c, "tenant"), *id;

	return name == NULL ? CAL_OK : ctl_tenant(c, name, &id);
}

static enum cal_err
check_id(struct ctl *c)
{
	if (crypto_is_uuid(c->arg[0]))
		return CAL_OK;
	return ctl_misuse(c, "\"%s\" is no event's id; \"calendlyctl "
	    "events\" shows them", c->arg[0]);
}

static enum cal_err
find_delivery(struct ctl *c, bool body, struct ops_delivery *d)
{
	enum cal_err	 rc;

	rc = ops_delivery_find(c->db, c->mem, c->arg[0], body, d);
	if (rc == CAL_NOTFOUND)
		return ctl_fail(rc, "there is no webhook %s: retention or an "
		    "erasure removed it, or its event did not come by a "
		    "webhook", c->arg[0]);
	return rc;
}

/*
 * Prints the ledger, for people on one line.  Deliveries received after the
 * time up to which it is closed are not counted.
 */
static void
print_ledger(struct ctl *c, const struct ledger *l)
{
	if (c->doc != NULL) {
		json_object(c->doc, "ledger");
		out_fields(c, ledger_columns, l);
		json_end(c->doc);
		return;
	}
	(void)printf("up to %.16s UTC: accepted %" PRId64 " = applied %" PRId64
	    " + superseded %" PRId64 " + flagged %" PRId64 " + pending %"
	    PRId64 " + missing %" PRId64 "; retold %" PRId64 "\n",
	    l->closed_to, l->accepted, l->applied, l->superseded, l->flagged,
	    l->pending, l->missing, l->retold);
}

enum cal_err
ctl_events(struct ctl *c)
{
	const char		*tenant = ctl_value(c, "tenant");
	struct ops_delivery	*rows;
	struct ledger		 books;
	enum cal_err		 rc;
	int			 limit, n;
	bool			 more;

	if ((rc = ctl_number(c, "limit", EVENTS, LIMIT_MAX, &limit)) !=
	    CAL_OK || (rc = ctl_open(c)) != CAL_OK ||
	    (rc = check_tenant(c)) != CAL_OK ||
	    (rc = ledger_totals(c->db, c->mem, tenant, &books)) != CAL_OK ||
	    (rc = ops_delivery_list(c->db, c->mem, tenant,
	    ctl_has(c, "parked"), limit + 1, &rows, &n)) != CAL_OK)
		return rc;
	if ((more = n > limit))
		n = limit;
	out_begin(c);
	print_ledger(c, &books);
	out_list(c, "data", NULL, list_columns, rows, sizeof(*rows), n);
	out_more(c, more, limit);
	return out_end(c);
}

/* Prints the body as text if it is valid UTF-8, else in hex. */
static void
print_body(struct ctl *c, const struct bytes *body)
{
	static const struct out_column	 columns[] = {
		{ "body", "body", OUT_TEXT, 0 },
		{ NULL, NULL, OUT_TEXT, 0 },
	};
	const char	*text = arena_ndup(c->mem, body->p, body->n);

	if (strlen(text) == body->n && utf8_valid(body->p, body->n))
		out_fields(c, columns, &text);
	else if (c->doc != NULL)
		json_str(c->doc, "body_hex", crypto_hex(c->mem, *body));
	else
		(void)printf("body, in hex  %s\n", crypto_hex(c->mem, *body));
}

/* Records in the audit who looked at a customer's data. */
static enum cal_err
record_look(struct ctl *c, const struct ops_delivery *d)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = tx_begin(&tx, c->db, c->mem, d->tenant_id)) != CAL_OK)
		return rc;
	return tx_end(&tx, ctl_audit(c, &tx, "event.body", d->id));
}

enum cal_err
ctl_events_show(struct ctl *c)
{
	const bool		 body = ctl_has(c, "body");
	struct ops_delivery	 d;
	enum cal_err		 rc;

	if ((rc = check_id(c)) != CAL_OK || (rc = ctl_open(c)) != CAL_OK ||
	    (rc = find_delivery(c, true, &d)) != CAL_OK ||
	    (body && (rc = record_look(c, &d)) != CAL_OK))
		return rc;
	if (d.flaw == NULL && d.outcome == OUTCOME_FLAGGED)
		d.flaw = unread_in(c->mem, d.body);
	out_begin(c);
	out_fields(c, one_columns, &d);
	if (body) {
		ctl_say("the body is a customer's personal data: that you "
		    "looked is on record");
		print_body(c, &d.body);
	}
	return out_end(c);
}

/*
 * Asks for these deliveries to be tried again, in one transaction.  Adds to "n"
 * how many of them could be.
 */
static enum cal_err
retry_deliveries(struct ctl *c, const char *const *ids, int64_t *n)
{
	struct ops_retried	*rows;
	const char		*subject;
	enum cal_err		 rc;
	int			 i, nrows;

	if ((rc = db_begin(c->db)) != CAL_OK ||
	    (rc = ops_delivery_retry(c->db, c->mem, ids, &rows, &nrows)) !=
	    CAL_OK)
		return rc;
	for (i = 0; rc == CAL_OK && i < nrows; i++) {
		subject = c->arg[0] != NULL ? c->arg[0] :
		    arena_printf(c->mem, "%" PRId64, rows[i].n);
		*n += rows[i].n;
		rc = ctl_audit_for(c, rows[i].tenant_id, "event.retry",
		    subject);
	}
	return db_end(c->db, rc);
}

static enum cal_err
retry_one(struct ctl *c, int64_t *n)
{
	const char *const	 ids[] = { c->arg[0], NULL };
	struct ops_delivery	 d;
	enum cal_err		 rc;

	if ((rc = find_delivery(c, false, &d)) != CAL_OK ||
	    (rc = retry_deliveries(c, ids, n)) != CAL_OK)
		return rc;
	return *n > 0 ? CAL_OK : ctl_fail(CAL_CONFLICT, "%s neither waits nor "
	    "is missing or flagged: it is %s", d.id,
	    delivery_state_name(d.state));
}

/*
 * Retries in batches until none is left: a delivery that was asked for no
 * longer appears in the list.
 */
static enum cal_err
retry_all(struct ctl *c, int64_t *n)
{
	const char		*tenant = ctl_value(c, "tenant"), **ids;
	struct ops_delivery	*rows;
	enum cal_err		 rc;
	int64_t			 before;
	int			 i, nrows;

	do {
		before = *n;
		rc = ops_delivery_list(c->db, c->mem, tenant, true, LIMIT_MAX,
		    &rows, &nrows);
		if (rc != CAL_OK || nrows == 0)
			return rc;
		ids = arena_array(c->mem, (size_t)nrows + 1, sizeof(*ids));
		for (i = 0; i < nrows; i++)
			ids[i] = rows[i].id;
		rc = retry_deliveries(c, ids, n);
	} while (rc == CAL_OK && *n > before);
	return rc;
}

enum cal_err
ctl_events_retry(struct ctl *c)
{
	const bool	 all = ctl_has(c, "all");
	enum cal_err	 rc = CAL_OK;
	int64_t		 n = 0;

	if (all == (c->arg[0] != NULL))
		return ctl_misuse(c, "write either an event's id or --all");
	if (!all && ctl_has(c, "tenant"))
		return ctl_misuse(c, "--tenant goes with --all");
	if ((!all && (rc = check_id(c)) != CAL_OK) ||
	    (rc = ctl_open(c)) != CAL_OK || (rc = check_tenant(c)) != CAL_OK)
		return rc;
	rc = all ? retry_all(c, &n) : retry_one(c, &n);
	if (rc != CAL_OK)
		return rc;
	out_begin(c);
	if (c->doc != NULL)
		json_num(c->doc, "asked_for", n);
	else
		ctl_say("asked for: %" PRId64 "; a runner tries next", n);
	return out_end(c);
}
