/*
 * doctor_books: checks that every accepted webhook is there and is applied in
 * time.
 */
#include <inttypes.h>

#include "app/ctl/ctl.h"
#include "app/ctl/doctor.h"
#include "app/repo/job.h"
#include "app/repo/ledger.h"
#include "app/repo/ops_delivery.h"
#include "app/repo/refused.h"

enum {
	AGE_WARN = 60,		/* seconds that a webhook may wait */
	AGE_FAIL = 15 * 60,
	BOUND = 100000,		/* the backlog is counted up to here */
};

static void
check_backlog(struct doctor *d, const struct ops_backlog *b)
{
	const enum check_result	 result = b->age > AGE_FAIL ? CHECK_FAIL :
	    b->age > AGE_WARN ? CHECK_WARN : CHECK_OK;

	doctor_note(d, "backlog", result, "%s%" PRId64 " webhooks wait to be "
	    "applied, the oldest for %" PRId64 " s%s",
	    b->waiting < BOUND ? "" : "at least ", b->waiting, b->age,
	    b->age > AGE_WARN ? ": is a runner running (CALENDLYD_RUNNERS), "
	    "and are there enough?" : "");
}

static void
check_parked(struct doctor *d, const struct ops_backlog *b)
{
	if (b->parked == 0)
		doctor_note(d, "parked webhooks", CHECK_OK, "none");
	else
		doctor_note(d, "parked webhooks", CHECK_WARN, "%" PRId64 " "
		    "could not be applied: \"calendlyctl events --parked\" "
		    "says why; mend that, then \"calendlyctl events retry "
		    "--all\"", b->parked);
}

static void
check_ledger(struct doctor *d, const struct ops_backlog *b,
    const struct ledger *l)
{
	if (b->missing > 0)
		doctor_note(d, "books", CHECK_FAIL, "%" PRId64 " webhooks are "
		    "missing: stored, but neither applied nor waiting; "
		    "somebody changed the database: \"calendlyctl events "
		    "--parked\" names them, \"calendlyctl events retry --all\" "
		    "applies them", b->missing);
	else if (!l->current)
		doctor_note(d, "books", CHECK_WARN, "closed up to %.16s UTC "
		    "only: runners close each minute soon after it is over: is "
		    "one running?", l->closed_to);
	else
		doctor_note(d, "books", CHECK_OK, "they balance, up to %.16s "
		    "UTC", l->closed_to);
}

static void
doctor_check_retention(struct doctor *d, const struct ops_backlog *b)
{
	if (!b->stale_deliveries && !b->stale_events && !b->stale_meetings)
		doctor_note(d, "retention", CHECK_OK,
		    "nothing is kept too long");
	else
		doctor_note(d, "retention", CHECK_WARN, "kept more than a day "
		    "longer than set:%s%s%s; is a runner running? It removes "
		    "them bit by bit",
		    b->stale_deliveries ?
		    " raw webhooks (CALENDLYD_RETENTION_DELIVERIES)" : "",
		    b->stale_events ?
		    " events (CALENDLYD_RETENTION_EVENTS)" : "",
		    b->stale_meetings ?
		    " meetings (CALENDLYD_RETENTION_MEETINGS)" : "");
}

/*
 * Warns of lost webhooks for a week after the last one: by then, whoever
 * restored the database will have run this check.
 */
static void
check_lost(struct doctor *d)
{
	struct ctl	*c = d->c;
	struct lost	 l;

	if (lost_find(c->db, c->mem, &l) != CAL_OK)
		doctor_note(d, "lost webhooks", CHECK_FAIL, "cannot be read: "
		    "the lines above say why");
	else if (l.at == NULL)
		doctor_note(d, "lost webhooks", CHECK_OK, "none");
	else
		doctor_note(d, "lost webhooks", l.lately ? CHECK_WARN :
		    CHECK_OK, "%" PRId64 " webhook%s came, the last at %.16s "
		    "UTC, that Calendly had signed rightly for an endpoint "
		    "that nobody knows%s", l.n, l.n == 1 ? "" : "s", l.at,
		    l.lately ? ": was an older database restored, or were "
		    "rows lost?" : "");
}

void
doctor_check_books(struct doctor *d)
{
	struct ctl		*c = d->c;
	const struct sweep_days	 keep = {
		.deliveries = (int)c->settings.retention_deliveries,
		.events = (int)c->settings.retention_events,
		.meetings = (int)c->settings.retention_meetings,
	};
	struct ops_backlog	 b;
	struct ledger		 l;

	if (ops_backlog(c->db, c->mem, &keep, &b) != CAL_OK ||
	    ledger_totals(c->db, c->mem, NULL, &l) != CAL_OK) {
		doctor_note(d, "books", CHECK_FAIL, "cannot be read: the lines "
		    "above say why");
		return;
	}
	check_backlog(d, &b);
	check_parked(d, &b);
	check_ledger(d, &b, &l);
	doctor_check_retention(d, &b);
	check_lost(d);
}
