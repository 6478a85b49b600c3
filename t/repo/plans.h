/* plans: how each function is called. */
#ifndef T_REPO_PLANS_H
#define T_REPO_PLANS_H

#define UUID_OF(what)	"md5('" what "')::uuid"

/*
 * Calls of functions.  "more" is how many rows a call may read beyond what all
 * calls may; the comments say why.  Which rows there are is told in many.h.
 */
static const struct {
	const char	*sql;
	int		 more;
} calls[] = {
	{ "SELECT api_key_find(sha256('x'))", 0 },
	{ "SELECT deployment_meet('https://example.com')", 0 },
	{ "SELECT connect_session_find(sha256('session7'))", 0 },
	{ "SELECT oauth_state_find(sha256('state7'), sha256('browser7'))", 0 },
	{ "SELECT connect_session_home(" UUID_OF("session7") ")", 0 },
	{ "SELECT account_intern('account7')", 0 },
	{ "SELECT account_mint(" UUID_OF("grant7") ")", 0 },
	{ "SELECT account_minted(7)", 0 },
	{ "SELECT account_revoke_begin(" UUID_OF("grant7") ", 10)", 0 },
	{ "SELECT account_revoke_end(" UUID_OF("grant7") ")", 0 },
	{ "SELECT account_revoke_overlap(" UUID_OF("grant7") ", "
	    UUID_OF("state7") ")", 0 },
	{ "SELECT account_others_refresh(" UUID_OF("grant7") ")", 0 },
	{ "SELECT budget_take(" UUID_OF("connection7") ", NULL, true)", 0 },
	{ "SELECT budget_take(NULL, " UUID_OF("grant7") ", false)", 0 },
	{ "SELECT budget_wait(" UUID_OF("connection7") ", NULL, true)", 0 },
	{ "SELECT budget_said(7, 1, 500, 400, 10, 0)", 0 },
	{ "SELECT connection_forget(" UUID_OF("connection8") ")", 0 },
	{ "SELECT sealed_keys()", 0 },
	{ "SELECT endpoint_known(sha256('endpoint7'))", 0 },
	{ "SELECT endpoint_meet(sha256('endpoint7'))", 0 },
	{ "SELECT endpoints_refused(array_agg(n), array_agg(true))"
	    "  FROM generate_series(1::bigint, 32) n", 0 },
	{ "SELECT deployment_refused()", 0 },
	{ "SELECT deliveries_heard(ARRAY(SELECT event_id FROM deliveries_in"
	    " LIMIT 128))", 0 },
	{ "SELECT deliveries_lost(1, ARRAY['account7'])", 0 },
	{ "SELECT checks_spread(100)", 0 },
	/* Each delivery is there twice, the second time with another body. */
	{ "SELECT delivery_store(array_agg(sha256(('endpoint' || n % 64)"
	    "::bytea)), array_agg(sha256(('newer' || n % 64)::bytea)),"
	    " array_agg('e'::text), array_agg('invitee.created'::text),"
	    " array_agg(NULL::text), array_agg(0::smallint),"
	    " array_agg(('{' || n || '}')::bytea))"
	    "  FROM generate_series(1, 128) n", 0 },
	{ "SELECT delivery_take(128, 4194304, '-infinity')", 0 },
	{ "SELECT delivery_take(1, 4194304, '-infinity')", 0 },
	{ "SELECT delivery_take(128, 4194304, now() - interval '1 hour')", 0 },
	{ "SELECT delivery_postpone(128, 5)", 0 },
	/*
	 * An append also numbers the tenant's events that wait, which are
	 * three.
	 */
	{ "SELECT event_append(array_agg(gen_random_uuid()::text),"
	    " array_agg(" UUID_OF("connection7") "::text),"
	    " array_agg('u7'::text), array_agg('x'::text),"
	    " array_agg('system'::text), array_agg(NULL::text),"
	    " array_agg(NULL::text),"
	    " array_agg(NULL::text), array_agg(NULL::text),"
	    " array_agg('{}'::text)) FROM generate_series(1, 128) n", 0 },
	{ "SELECT feed_extend(500)", 0 },
	{ "SELECT feed_head(101)", 0 },
	{ "SELECT job_take(gen_random_uuid(), 300, false, false, 0)", 0 },
	{ "SELECT job_take(gen_random_uuid(), 300, false, true, 0)", 0 },
	{ "SELECT job_take(gen_random_uuid(), 300, true, false, 0)", 0 },
	{ "SELECT job_next_tenant(false, 0, 20)", 0 },
	{ "SELECT job_account('reconcile', " UUID_OF("connection7")
	    "::text)", 0 },
	{ "SELECT job_account('teardown', " UUID_OF("grant7") "::text)", 0 },
	{ "SELECT job_put_back(7, 0, 1000, true, 'x')", 0 },
	{ "SELECT job_renew(gen_random_uuid(), 60)", 0 },
	{ "SELECT account_slow(7, 60)", 0 },
	{ "SELECT account_slow_of(" UUID_OF("connection7") ", 60)", 0 },
	{ "SELECT tally_slow()", 0 },
	{ "SELECT job_finish(7, 0, 1)", 0 },
	{ "SELECT job_fail(7, 0, 1, 1000, false, 'x')", 0 },
	{ "SELECT api_call_add(101, NULL, " UUID_OF("session7") ", 'r',"
	    " 'x', 'GET', '/', 200, NULL, 1, NULL,"
	    " 7, 1, 500, 400, 10, 0)", 0 },
	{ "SELECT due_in(200)", 0 },
	{ "SELECT checks_ask(100)", 0 },
	{ "SELECT syncs_due(100, 900)", 0 },
	/*
	 * Deleting a session deletes its steps, calls, states and codes, too.
	 */
	{ "SELECT sweep_links(500)", 1500 },
	{ "SELECT sweep_idempotency(500, 86400)", 0 },
	{ "SELECT sweep_pending_grants(500, 86400)", 0 },
	{ "SELECT sweep_api_calls(500, 30)", 0 },
	{ "SELECT sweep_deliveries(500, 0)", 0 },
	{ "SELECT sweep_events(500, 1)", 0 },
	/* These are rows of three tables. */
	{ "SELECT sweep_meetings(500, 1)", 1000 },
	{ "SELECT destination_add(gen_random_uuid(), 'u', '', '{*}', NULL,"
	    " NULL, 'x', false, 100)", 0 },
	{ "SELECT destination_hold(" UUID_OF("destination2") ")", 0 },
	{ "SELECT destination_missed(" UUID_OF("destination2") ", 1, 10)", 0 },
	{ "SELECT push_claim(gen_random_uuid(), 15, 10)", 0 },
	{ "SELECT push_take(md5('owner')::uuid, 15, ARRAY["
	    UUID_OF("destination2") "::text], '{1}', '{4000}', '{10}', '{t}',"
	    " '{}', '{}', '{}')", 0 },
	{ "SELECT push_take(md5('owner')::uuid, 15, ARRAY["
	    UUID_OF("destination2") "::text], '{1}', '{0}', '{10}', '{f}',"
	    " '{}', '{}', '{}')", 2000 },
	{ "SELECT push_record(md5('owner')::uuid, ARRAY["
	    UUID_OF("destination2") "::text], '{NULL}', ARRAY[(SELECT id::text"
	    " FROM events WHERE tenant_id = 101 AND feed_seq = 4001)], '{f}',"
	    " '{delivered}', '{1}', '{200}', '{1}', '{x}', '{NULL}', '{0}',"
	    " '{0}', ARRAY[" UUID_OF("destination2") "::text], '{1}',"
	    " '{4001}', '{f}', '{0}', '{0}', '{0}', '{f}', '{0}', '{0}',"
	    " '{1}', '{0}', '{NULL}', '{0}', '{0}')", 0 },
	/* These add or change as many rows as they say, or look at them. */
	{ "SELECT push_replay(" UUID_OF("destination2") ", NULL, 0, 1000, NULL,"
	    " NULL, NULL, NULL, false, 10000, 50000, 50)", 2000 },
	{ "SELECT push_redrive(" UUID_OF("destination2") ", NULL, 100)", 0 },
	{ "SELECT sweep_pushes(500, 0)", 1500 },
	{ "SELECT ledger_audit(30)", 0 },
	{ "SELECT ledger_tell()", 0 },
	{ "SELECT ledger_totals(NULL)", 0 },
	{ "SELECT deliveries_missing()", 0 },
	/* These count rows, up to 100,000. */
	{ "SELECT tally_queue()", 10000 },
	{ "SELECT tally_unnumbered()", 10000 },
	{ "SELECT tally_connections()", 10000 },
	{ "SELECT tally_subscriptions()", 10000 },
	{ "SELECT tally_destinations()", 10000 },
	{ "SELECT tally_pushes()", 10000 },
	{ "SELECT tally_jobs()", 10000 },
	{ "SELECT tally_oldest()", 0 },
	{ "SELECT tally_feed()", 0 },
	{ "SELECT tally_ledger()", 0 },
	/*
	 * Before a row is deleted, foreign keys look for rows that refer to it.
	 */
	{ "DELETE FROM grants WHERE id = " UUID_OF("pending2"), 0 },
};

enum { NCALLS = sizeof(calls) / sizeof(calls[0]) };

#undef UUID_OF

#endif
