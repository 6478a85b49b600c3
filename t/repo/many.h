/*
 * many: so many rows of two tenants that the size of tables matters to the
 * planner.
 *
 * Tenants 101 and 102 have 5,000 users each: the even and the odd ones of users
 * 1 to 10,000.  Ids that the database gives count from 1.  The newer half of
 * the deliveries waits to be applied.  All but three rows of event_queue are
 * tenant 102's.  Each tenant has ten destinations; of every ten pushes one
 * waits, one is held and one is dead.
 */
#ifndef T_REPO_MANY_H
#define T_REPO_MANY_H

/* Tables that grow with the number of users or with time. */
static const char *const	many_tables[] = {
	"accounts", "api_calls", "audit", "connect_sessions", "connections",
	"deliveries_in", "delivery_queue", "endpoints", "event_queue",
	"events", "grants", "idempotency_keys", "invitees", "jobs",
	"meeting_reads", "meetings", "oauth_codes", "oauth_states",
	"push_attempts", "pushes", "session_steps", "subscriptions",
	"sync_events", "sync_invitees", "syncs", NULL
};

#define ID(of)		"md5('" of "' || n)::uuid"
#define HASH(of)	"sha256(('" of "' || n)::bytea)"
#define TENANT		"101 + n % 2"
#define EACH_OF(most)	"  FROM generate_series(1, " most ") n;"

static const char	many_users[] =
    "INSERT INTO tenants (id, name) OVERRIDING SYSTEM VALUE"
    "  VALUES (101, 'anna'), (102, 'boris');"
    "INSERT INTO accounts (user_uuid) SELECT 'account' || n"
    EACH_OF("10000")
    "INSERT INTO connections (id, tenant_id, user_id, status,"
    "       next_check_at)"
    "  SELECT " ID("connection") ", " TENANT ", 'u' || n, 'connected',"
    "       now() + (n - 1000) * interval '1 second'"
    EACH_OF("10000")
    "INSERT INTO grants (id, tenant_id, connection_id, account_id, status,"
    "       user_uri, organization_uri, access_sealed, refresh_sealed,"
    "       last_refresh_at)"
    "  SELECT " ID("grant") ", " TENANT ", " ID("connection") ","
    "       a.id, 'live', 'u', 'o', '\\x0101020304aa', '\\x0101020304bb',"
    "       now() - n * interval '1 second'"
    "  FROM generate_series(1, 10000) n"
    "  JOIN accounts a ON a.user_uuid = 'account' || n;"
    "INSERT INTO grants (id, tenant_id, account_id, status, user_uri,"
    "       organization_uri, created_at)"
    "  SELECT " ID("pending") ", " TENANT ", (SELECT min(id) FROM accounts),"
    "       'pending', 'u', 'o', now() - interval '1 hour'"
    EACH_OF("20")
    "UPDATE connections c SET grant_id = g.id"
    "  FROM grants g WHERE g.connection_id = c.id;"
    "INSERT INTO endpoints (tenant_id, connection_id, grant_id, hash,"
    "       signing_key_sealed, wrong_signatures)"
    "  SELECT " TENANT ", " ID("connection") ", " ID("grant") ","
    "       " HASH("endpoint") ", '\\x0101020304cc', (n % 5 = 0)::int"
    EACH_OF("10000")
    "INSERT INTO subscriptions (tenant_id, grant_id, endpoint_id,"
    "       organization_uri, events, state)"
    "  SELECT " TENANT ", " ID("grant") ", n, 'o', '{x}', 'active'"
    EACH_OF("10000")
    "INSERT INTO connect_sessions (id, tenant_id, hash, user_id, expires_at)"
    "  SELECT " ID("session") ", " TENANT ", " HASH("session") ","
    "       'u' || n, now() - n * interval '2 minutes'"
    EACH_OF("10000")
    "INSERT INTO session_steps (tenant_id, session_id, request_id, step)"
    "  SELECT " TENANT ", " ID("session") ", 'r', 'opened'"
    EACH_OF("10000")
    "INSERT INTO oauth_states (id, tenant_id, session_id, hash,"
    "       browser_hash, expires_at, verifier_sealed)"
    "  SELECT " ID("state") ", " TENANT ", " ID("session") ","
    "       " HASH("state") ", " HASH("browser") ","
    "       now() + (5000 - n) * interval '1 minute',"
    "       CASE WHEN n % 20 = 0 THEN '\\x0101020304cc'::bytea END"
    EACH_OF("10000")
    "INSERT INTO oauth_codes (tenant_id, hash, state_id)"
    "  SELECT " TENANT ", " HASH("code") ", " ID("state")
    EACH_OF("10000")
    "INSERT INTO idempotency_keys (id, tenant_id, key_hash, request_hash,"
    "       status, answer_sealed, created_at)"
    "  SELECT " ID("key") ", " TENANT ", " HASH("key") ", " HASH("request") ","
    "       201, '\\x0101020304dd', now() - n * interval '10 seconds'"
    EACH_OF("10000")
    "INSERT INTO audit (tenant_id, actor, action, subject)"
    "  SELECT " TENANT ", 'x', 'x', 'u' || n"
    EACH_OF("10000")
    "INSERT INTO jobs (tenant_id, kind, subject, next_run_at)"
    "  SELECT " TENANT ", 'x', n, now() + (n - 5000) * interval"
    "       '1 minute'"
    EACH_OF("10000")
    "INSERT INTO api_calls (tenant_id, connection_id, session_id, at,"
    "       request_id, purpose, method, path, status, duration_ms)"
    "  SELECT " TENANT ", CASE WHEN n % 10 <> 0 THEN " ID("connection")
    "       END, " ID("session") ","
    "       now() - (10000 - n) * interval '5 minutes', 'r' || n, 'x',"
    "       'GET', '/', CASE WHEN n % 100 = 0 THEN 500 ELSE 200 END, 1"
    EACH_OF("10000");

static const char	many_syncs[] =
    "INSERT INTO syncs (connection_id, tenant_id, next_at, look_at, walk,"
    "       phase, boundary_at)"
    "  SELECT " ID("connection") ", " TENANT ", CASE WHEN n % 5 = 0"
    "       THEN now() + (n - 1000) * interval '1 second' END,"
    "       CASE WHEN n % 7 = 0"
    "       THEN now() + (n - 1000) * interval '1 second' END, 1, 'events',"
    "       now()"
    EACH_OF("10000")
    "INSERT INTO sync_events (connection_id, meeting_id, tenant_id, uri,"
    "       start_at, event, asked_at)"
    "  SELECT " ID("connection") ", " ID("meeting") ", " TENANT ", 'u',"
    "       now(), CASE WHEN n % 10 <> 0 THEN '{}'::json END, now()"
    EACH_OF("10000")
    "INSERT INTO sync_invitees (connection_id, meeting_id, invitee_id,"
    "       tenant_id)"
    "  SELECT " ID("connection") ", " ID("meeting") ", " ID("meeting") ","
    "       " TENANT
    EACH_OF("10000")
    "INSERT INTO meeting_reads (meeting_id, tenant_id, connection_id,"
    "       account_id, hash, read_at)"
    "  SELECT " ID("meeting") ", " TENANT ", " ID("connection") ", 1, 'x',"
    "       now()"
    EACH_OF("10000");

static const char	many_events[] =
    "INSERT INTO deliveries_in (event_id, tenant_id, connection_id,"
    "       endpoint_id, received_at, kind, signed_with, body)"
    "  SELECT md5('event' || i)::uuid, " TENANT ", " ID("connection") ","
    "       n, now() - (20000 - i) * interval '3 seconds'"
    "       - interval '2 minutes', 'invitee.created', 0,"
    "       convert_to(repeat('body', 250), 'UTF8')"
    "  FROM (SELECT i, 1 + i % 10000 AS n FROM generate_series(1, 20000) i)"
    "       all_of_them;"
    "INSERT INTO delivery_queue (delivery_id, tenant_id, event_id, tries,"
    "       parked_at)"
    "  SELECT id, tenant_id, event_id, CASE WHEN id % 500 = 0 THEN 12"
    "       ELSE 0 END, CASE WHEN id % 1000 = 0 THEN now() END"
    "  FROM deliveries_in WHERE id > 10000;"
    "INSERT INTO events (id, tenant_id, connection_id, user_id, type,"
    "       source, occurred_at, received_at, meeting_id, outcome, data,"
    "       feed_seq)"
    "  SELECT event_id, tenant_id, connection_id, 'u', 'invitee.created',"
    "       'webhook', received_at, received_at, NULL, 'applied',"
    "       '{\"name\": \"somebody\"}', (id + 1) / 2"
    "  FROM deliveries_in WHERE id <= 10000;"
    "INSERT INTO events (id, tenant_id, connection_id, user_id, type,"
    "       source, occurred_at, received_at, data)"
    "  SELECT " ID("waiting") ", CASE WHEN n <= 3 THEN 101 ELSE 102 END,"
    "       " ID("connection") ", 'u', 'x', 'system', now(), now(), '{}'"
    EACH_OF("10000")
    "INSERT INTO event_queue (tenant_id, event_id)"
    "  SELECT tenant_id, id FROM events WHERE feed_seq IS NULL;"
    "UPDATE feed_heads SET seq = 5000;"
    "INSERT INTO feed_marks (tenant_id, at, seq)"
    "  SELECT tenant_id, now() - interval '2 days', 5000 FROM feed_heads;"
    "INSERT INTO meetings (id, tenant_id, connection_id, user_id, start_at,"
    "       end_at, content, content_version)"
    "  SELECT " ID("meeting") ", " TENANT ", " ID("connection") ", 'u' || n,"
    "       now() + (n - 5000) * interval '1 hour',"
    "       now() + (n - 5000) * interval '1 hour', '{}', ''"
    EACH_OF("10000")
    "INSERT INTO invitees (id, tenant_id, meeting_id, content,"
    "       content_version)"
    "  SELECT " ID("invitee") ", " TENANT ", " ID("meeting") ", '{}', ''"
    EACH_OF("10000")
    "UPDATE ledger_head SET closed_to = date_trunc('minute', now()"
    "       - interval '4 minutes');"
    "INSERT INTO ledger (tenant_id, minute, accepted, applied, superseded,"
    "       flagged, pending, missing)"
    "  VALUES (101, '-infinity', 9, 9, 0, 0, 0, 0)";

/* Destination 2 is owned, and has pushed the first 4,000 events of its feed. */
static const char	many_pushes[] =
    "INSERT INTO destinations (id, tenant_id, url, types, secret_sealed,"
    "       cursor, owner, owned_until)"
    "  SELECT " ID("destination") ", " TENANT ", 'u', '{*}',"
    "       '\\x0101020304dd', 4000, CASE WHEN n = 2"
    "       THEN md5('owner')::uuid END, now() + interval '1 hour'"
    EACH_OF("20")
    "INSERT INTO pushes (tenant_id, id, destination_id, event_id, user_id,"
    "       seq, lane, status, next_at, tried_at)"
    "  SELECT tenant_id, " ID("push") ", md5('destination' || d)::uuid, id,"
    "       'u' || n, feed_seq, md5('lane' || n % 1000)::uuid,"
    "       CASE n / 1000 WHEN 0 THEN 'waiting' WHEN 1 THEN 'held'"
    "	WHEN 2 THEN 'dead' ELSE 'delivered' END, now(), now()"
    "  FROM (SELECT *, (feed_seq - 1) % 10 * 2 + 103 - tenant_id AS d,"
    "       (row_number() OVER (ORDER BY id))::int - 1 AS n"
    "	FROM events WHERE feed_seq <= 4000) numbered;"
    "INSERT INTO push_attempts (tenant_id, push_id, at)"
    "  SELECT tenant_id, id, now() FROM pushes WHERE status <> 'delivered';";

#undef ID
#undef HASH
#undef TENANT
#undef EACH_OF

#endif
