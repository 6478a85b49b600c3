/* connection: the commands for users' connections to Calendly. */
#include <stddef.h>

#include "app/ctl/ctl.h"
#include "app/ctl/out.h"
#include "app/repo/connection.h"
#include "app/repo/job.h"
#include "app/repo/ops.h"
#include "app/repo/tx.h"
#include "app/service/disconnect/disconnect.h"
#include "lib/db.h"
#include "lib/json.h"
#include "lib/words.h"

enum { LIMIT = 1000, LIMIT_MAX = 100000 };

static const struct out_column	list_columns[] = {
	{ "tenant", "TENANT", OUT_TEXT,
	  offsetof(struct ops_connection, tenant) },
	{ "user_id", "USER", OUT_TEXT,
	  offsetof(struct ops_connection, user_id) },
	{ "status", "STATUS", OUT_CONNECTION_STATUS,
	  offsetof(struct ops_connection, status) },
	{ "reason", "REASON", OUT_CONNECTION_REASON,
	  offsetof(struct ops_connection, reason) },
	{ "webhook_state", "WEBHOOK", OUT_SUBSCRIPTION_STATE,
	  offsetof(struct ops_connection, webhook_state) },
	{ "capability", "CAPABILITY", OUT_CAPABILITY,
	  offsetof(struct ops_connection, capability) },
	{ "calendly_email", "CALENDLY", OUT_TEXT,
	  offsetof(struct ops_connection, email) },
	{ "updated_at", "UPDATED (UTC)", OUT_TIME,
	  offsetof(struct ops_connection, updated_at) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

#define VIEW(field)	offsetof(struct connection_view, field)

static const struct out_column	view_columns[] = {
	{ "user_id", "user", OUT_TEXT, VIEW(user_id) },
	{ "id", "id", OUT_TEXT, VIEW(id) },
	{ "status", "status", OUT_CONNECTION_STATUS, VIEW(status) },
	{ "reason", "reason", OUT_CONNECTION_REASON, VIEW(reason) },
	{ "capability", "capability", OUT_CAPABILITY, VIEW(capability) },
	{ "calendly_email", "Calendly e-mail", OUT_TEXT, VIEW(email) },
	{ "calendly_name", "Calendly name", OUT_TEXT, VIEW(name) },
	{ "calendly_timezone", "Calendly time zone", OUT_TEXT,
	  VIEW(timezone) },
	{ "calendly_user_uri", "Calendly user", OUT_TEXT, VIEW(user_uri) },
	{ "calendly_organization_uri", "Calendly organization", OUT_TEXT,
	  VIEW(organization_uri) },
	{ "scopes", "granted scopes", OUT_LIST, VIEW(scopes) },
	{ "grant_id", "grant", OUT_TEXT, VIEW(grant_id) },
	{ "webhook_state", "webhook", OUT_WEBHOOK_STATE, VIEW(webhook_state) },
	{ "webhook_uri", "webhook at Calendly", OUT_TEXT, VIEW(webhook_uri) },
	{ "webhook_events", "webhook events", OUT_LIST, VIEW(webhook_events) },
	{ "webhook_trouble", "webhook trouble", OUT_SUBSCRIPTION_TROUBLE,
	  VIEW(trouble) },
	{ "webhook_verified", "webhook proven", OUT_BOOL,
	  VIEW(webhook_verified) },
	{ "last_event_at", "last event (UTC)", OUT_TIME,
	  VIEW(last_event_at) },
	{ "left_behind", "left behind", OUT_LIST, VIEW(left_behind) },
	{ "connected_at", "connected (UTC)", OUT_TIME, VIEW(connected_at) },
	{ "updated_at", "updated (UTC)", OUT_TIME, VIEW(updated_at) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

static const struct out_column	sync_columns[] = {
	{ "fed_by", "fed by", OUT_FED_BY, VIEW(sync.fed_by) },
	{ "sync_as_of", "picture as of (UTC)", OUT_TIME, VIEW(sync.as_of) },
	{ "sync_state", "sync", OUT_SYNC_STATE, VIEW(sync.state) },
	{ "sync_purpose", "sync is for", OUT_SYNC_PURPOSE,
	  VIEW(sync.purpose) },
	{ "sync_phase", "sync reads", OUT_SYNC_PHASE, VIEW(sync.phase) },
	{ "sync_events", "events found", OUT_NUMBER, VIEW(sync.events) },
	{ "sync_events_done", "events done", OUT_NUMBER,
	  VIEW(sync.events_done) },
	{ "sync_invitees", "invitees read", OUT_NUMBER, VIEW(sync.invitees) },
	{ "sync_unread", "entries passed over", OUT_NUMBER,
	  VIEW(sync.unread) },
	{ "sync_trouble", "sync trouble", OUT_SYNC_TROUBLE,
	  VIEW(sync.trouble) },
	{ "sync_started_at", "sync began (UTC)", OUT_TIME,
	  VIEW(sync.started_at) },
	{ "sync_eta", "sync ends (UTC)", OUT_TIME, VIEW(sync.eta) },
	{ "sync_last_complete_at", "last complete (UTC)", OUT_TIME,
	  VIEW(sync.last_complete_at) },
	{ "sync_next_at", "next look (UTC)", OUT_TIME, VIEW(sync.next_at) },
	{ "missed_by_webhook", "missed by webhook", OUT_NUMBER,
	  VIEW(sync.missed_by_webhook) },
	{ "missed_by_poll", "missed by polls", OUT_NUMBER,
	  VIEW(sync.missed_by_poll) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

/* Reads --status.  CONNECTION_NONE: connections of every status are wanted. */
static enum cal_err
read_status(struct ctl *c, enum connection_status *out)
{
	const char	*status = ctl_value(c, "status");
	unsigned	 value;

	if (!names_find(&connection_status_names, status, &value))
		return ctl_misuse(c, "--status is \"%s\": write one of: %s",
		    status, words_join(c->mem, names_list(c->mem,
		    &connection_status_names), ", "));
	*out = (enum connection_status)value;
	return CAL_OK;
}

enum cal_err
ctl_connections(struct ctl *c)
{
	enum connection_status	 status = CONNECTION_NONE;
	struct ops_connection	*rows;
	enum cal_err		 rc;
	int			 limit, n;
	bool			 more;

	if ((rc = read_status(c, &status)) != CAL_OK ||
	    (rc = ctl_number(c, "limit", LIMIT, LIMIT_MAX, &limit)) !=
	    CAL_OK || (rc = ctl_open(c)) != CAL_OK ||
	    (rc = ctl_check_tenant(c)) != CAL_OK ||
	    (rc = ops_connection_list(c->db, c->mem, c->arg[0], status,
	    limit + 1, &rows, &n)) != CAL_OK)
		return rc;
	if ((more = n > limit))
		n = limit;
	out_begin(c);
	out_list(c, "data", NULL, list_columns, rows, sizeof(*rows), n);
	out_more(c, more, limit);
	return out_end(c);
}

enum cal_err
ctl_connection_begin(struct ctl *c, struct tx *tx)
{
	const char	*id;
	enum cal_err	 rc;

	if ((rc = ctl_open(c)) != CAL_OK ||
	    (rc = ctl_tenant(c, c->arg[0], &id)) != CAL_OK)
		return rc;
	return tx_begin(tx, c->db, c->mem, id);
}

enum cal_err
ctl_connection_tell(struct ctl *c, enum cal_err rc)
{
	if (rc != CAL_NOTFOUND)
		return rc;
	return ctl_fail(rc, "tenant %s has no user \"%s\" here; \"calendlyctl "
	    "connections %s\" lists them", c->arg[0], c->arg[1], c->arg[0]);
}

void
ctl_connection_print_sync(struct ctl *c, const struct connection_view *v)
{
	out_fields(c, sync_columns, v);
}

enum cal_err
ctl_connection_show(struct ctl *c)
{
	struct connection_view	 v;
	struct tx		 tx;
	enum cal_err		 rc;

	if ((rc = ctl_connection_begin(c, &tx)) != CAL_OK ||
	    (rc = ctl_connection_tell(c, connection_find(&tx, c->arg[1],
	    &v))) != CAL_OK)
		return rc;
	out_begin(c);
	if (c->json)
		json_str(c->doc, "tenant", c->arg[0]);
	out_fields(c, view_columns, &v);
	out_paragraph(c);
	ctl_connection_print_sync(c, &v);
	return out_end(c);
}

enum cal_err
ctl_connection_reconcile(struct ctl *c)
{
	struct connection	 conn;
	struct tx		 tx;
	enum cal_err		 rc;

	if ((rc = ctl_connection_begin(c, &tx)) != CAL_OK ||
	    (rc = ctl_connection_tell(c, connection_lock(&tx, c->arg[1],
	    &conn))) != CAL_OK)
		return rc;
	if (conn.grant_id == NULL)
		return ctl_fail(CAL_CONFLICT, "user \"%s\" is %s: there is "
		    "nothing to reconcile until the user connects again",
		    c->arg[1], connection_status_name(conn.status));
	if ((rc = job_enqueue(&tx, JOB_RECONCILE, conn.id, 0)) != CAL_OK ||
	    (rc = ctl_audit(c, &tx, "connection.reconcile", c->arg[1])) !=
	    CAL_OK || (rc = db_commit(c->db)) != CAL_OK)
		return rc;
	ctl_say("asked for: a runner does it next; \"calendlyctl connection "
	    "show\" tells what came of it");
	return out_done(c);
}

/*
 * Disconnects as the API does, except that it leaves the teardown to the
 * runners, so that calendlyctl itself need not reach Calendly.
 */
static enum cal_err
release_grant(struct ctl *c, struct connection *conn)
{
	const struct disconnect_wish wish = {
		.user_id = c->arg[1],
		.actor = ctl_actor(c),
		.erase = ctl_has(c, "erase"),
	};
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = ctl_connection_begin(c, &tx)) != CAL_OK)
		return rc;
	return ctl_connection_tell(c, tx_end(&tx, disconnect_begin(&tx, &wish,
	    conn)));
}

enum cal_err
ctl_connection_disconnect(struct ctl *c)
{
	struct connection	 conn;
	enum cal_err		 rc;

	if ((rc = release_grant(c, &conn)) != CAL_OK)
		return rc;
	if (conn.grant_id == NULL)
		ctl_say("user \"%s\" held no grant any more; what is left to "
		    "do goes on in the background", c->arg[1]);
	else
		ctl_say("disconnecting: runners delete the webhook and revoke "
		    "the tokens at Calendly; \"calendlyctl connection show\" "
		    "tells when it is done");
	return out_done(c);
}
