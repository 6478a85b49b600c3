/*
 * previous: statements of the program before this one: those that this one
 * does not run any more, and those of the feed, of ingest and of jobs, whose
 * tables change most.  When a version is released, they are taken anew from
 * its app/repo/stmt_*.inc.
 */
#ifndef T_REPO_PREVIOUS_H
#define T_REPO_PREVIOUS_H

struct previous {
	const char	*name;
	const char	*sql;
	const char	*values;	/* NULLs, as many as it takes */
};

#define CONNECTION_COLUMNS						\
	"SELECT c.id, c.user_id, c.status, c.reason, c.capability,"	\
	"       c.left_behind, rfc3339(c.connected_at),"		\
	"       rfc3339(c.updated_at), g.id, g.user_uri,"		\
	"       g.organization_uri, g.email, g.name, g.timezone,"	\
	"       g.scopes, s.uri, s.state, s.events,"			\
	"       rfc3339(last.at), coalesce(last.at >= s.created_at, false)" \
	"  FROM connections c"						\
	"  LEFT JOIN grants g ON g.id = c.grant_id"			\
	"  LEFT JOIN LATERAL ("						\
	"	SELECT uri, events, created_at, state AS row_state,"	\
	"	       CASE WHEN failing_since IS NOT NULL"		\
	"		THEN 'failing' ELSE state END AS state"		\
	"	  FROM subscriptions"					\
	"	 WHERE grant_id = c.grant_id"				\
	"	   AND state IN ('active', 'creating')"			\
	"	 ORDER BY row_state, created_at DESC"			\
	"	 LIMIT 1) s ON true"					\
	"  LEFT JOIN LATERAL ("						\
	"	SELECT max(received_at) AS at"				\
	"	  FROM events"						\
	"	 WHERE connection_id = c.id"				\
	"	   AND source = 'webhook') last ON true"

static const struct previous	previous[] = {
	{
		.name = "connection_find",
		.sql =
		    CONNECTION_COLUMNS
		    " WHERE c.tenant_id = current_tenant()"
		    "   AND c.user_id = $1",
		.values = "(NULL)",
	},
	{
		.name = "connection_list",
		.sql =
		    CONNECTION_COLUMNS
		    " WHERE c.tenant_id = current_tenant()"
		    "   AND ($1::text IS NULL OR c.status = $1)"
		    "   AND ($2::text IS NULL OR c.user_id > $2)"
		    " ORDER BY c.user_id"
		    " LIMIT $3::int",
		.values = "(NULL, NULL, NULL)",
	},
	{
		.name = "connection_erase",
		.sql =
		    "WITH mine AS MATERIALIZED ("
		    "	SELECT delivery_id AS id FROM events"
		    "	 WHERE connection_id = $1::uuid"
		    "	   AND delivery_id IS NOT NULL"
		    "	UNION"
		    "	SELECT d.id FROM delivery_queue q"
		    "	  JOIN deliveries_in d ON d.id = q.delivery_id"
		    "	 WHERE d.connection_id = $1::uuid"
		    "), queue AS ("
		    "	DELETE FROM delivery_queue"
		    "	 WHERE delivery_id IN (SELECT id FROM mine)"
		    "), deliveries AS ("
		    "	DELETE FROM deliveries_in"
		    "	 WHERE id IN (SELECT id FROM mine)"
		    "	RETURNING identity"
		    "), known AS ("
		    "	DELETE FROM identities"
		    "	 WHERE identity IN (SELECT identity FROM deliveries)"
		    "), numbered AS ("
		    "	DELETE FROM feed WHERE tenant_id = current_tenant()"
		    "	   AND event_id IN (SELECT id FROM events"
		    "		WHERE connection_id = $1::uuid)"
		    "), waiting AS ("
		    "	DELETE FROM event_queue"
		    "	 WHERE tenant_id = current_tenant()"
		    "	   AND event_id IN (SELECT id FROM events"
		    "		WHERE connection_id = $1::uuid)"
		    "), happened AS ("
		    "	DELETE FROM events WHERE connection_id = $1::uuid"
		    "), calls AS ("
		    "	DELETE FROM api_calls WHERE connection_id = $1::uuid"
		    ")"
		    " DELETE FROM connect_sessions"
		    "  WHERE tenant_id = current_tenant()"
		    "    AND user_id = (SELECT user_id FROM connections"
		    "		WHERE id = $1::uuid)",
		.values = "(NULL)",
	},
	{
		.name = "endpoint_find",
		.sql =
		    "SELECT id, tenant_id, connection_id, retired, signing_key,"
		    "       suspect"
		    "  FROM endpoint_find($1)",
		.values = "(NULL)",
	},
	{
		.name = "endpoint_suspect",
		.sql =
		    "SELECT endpoint_suspect($1::bigint)",
		.values = "(NULL)",
	},
	{
		.name = "subscription_failing",
		.sql =
		    "UPDATE subscriptions"
		    "   SET failing_since = CASE WHEN $2 THEN now() END,"
		    "       updated_at = now()"
		    " WHERE id = $1::uuid"
		    "   AND (failing_since IS NOT NULL) <> $2",
		.values = "(NULL, NULL)",
	},
	{
		.name = "ingest_store",
		.sql =
		    "SELECT ingest_store($1::bigint, $2, $3::bigint, $4, $5,"
		    "       $6, $7::smallint, $8)",
		.values = "(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
	},
	{
		.name = "delivery_take",
		.sql =
		    "SELECT id, tenant_id, connection_id, user_id, received_at,"
		    "       identity, kind, flaw, body"
		    "  FROM delivery_take($1::int, $2::int)",
		.values = "(NULL, NULL)",
	},
	{
		.name = "delivery_done",
		.sql =
		    "DELETE FROM delivery_queue"
		    " WHERE delivery_id = $1::bigint",
		.values = "(NULL)",
	},
	{
		.name = "delivery_fail",
		.sql =
		    "UPDATE delivery_queue"
		    "   SET tries = tries + 1,"
		    "       next_run_at = now()"
		    "		+ make_interval(secs => 2 ^ least(tries, 10)),"
		    "       parked_at = CASE WHEN tries + 1 >= $3::int"
		    "		THEN now() END,"
		    "       last_error = $2"
		    " WHERE delivery_id = $1::bigint",
		.values = "(NULL, NULL, NULL)",
	},
	{
		.name = "event_add",
		.sql =
		    "WITH added AS ("
		    "	INSERT INTO events (tenant_id, id, connection_id,"
		    "	       user_id, type, source, occurred_at, received_at,"
		    "	       delivery_id, data)"
		    "	VALUES (current_tenant(),"
		    "	       coalesce($1::uuid, gen_random_uuid()), $2, $3,"
		    "	       $4, $5, coalesce($6::timestamptz, now()),"
		    "	       coalesce($7::timestamptz, now()), $8::bigint,"
		    "	       $9::json)"
		    "	ON CONFLICT DO NOTHING"
		    "	RETURNING id"
		    ")"
		    " INSERT INTO event_queue (tenant_id, event_id)"
		    " SELECT current_tenant(), id"
		    "  FROM added",
		.values = "(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,"
		    " NULL)",
	},
	{
		.name = "event_find",
		.sql =
		    "SELECT 0, id, type, source, user_id,"
		    "       rfc3339(occurred_at), rfc3339(received_at),"
		    "       meeting_id, data"
		    "  FROM events"
		    " WHERE id = $1::uuid",
		.values = "(NULL)",
	},
	{
		.name = "feed_extend",
		.sql =
		    "SELECT feed_extend($1::int)",
		.values = "(NULL)",
	},
	{
		.name = "feed_list",
		.sql =
		    "SELECT seq, id, type, source, user_id,"
		    "       rfc3339(occurred_at), rfc3339(received_at),"
		    "       meeting_id,"
		    "       CASE WHEN sum(size) OVER (ORDER BY seq) - size"
		    "		< $3::bigint THEN data END"
		    "  FROM ("
		    "	SELECT f.seq, e.*, octet_length(e.data::text) AS size"
		    "	  FROM feed f"
		    "	  JOIN events e ON e.id = f.event_id"
		    "	 WHERE f.tenant_id = current_tenant()"
		    "	   AND f.seq > $1::bigint"
		    "	 ORDER BY f.seq"
		    "	 LIMIT $2::int) page"
		    " ORDER BY seq",
		.values = "(NULL, NULL, NULL)",
	},
#include "t/repo/previous_jobs.inc"
	{
		.name = "sweep_pending",
		.sql =
		    "SELECT sweep_pending_grants($1::int)",
		.values = "(NULL)",
	},
	{
		.name = "ops_job_list",
		.sql =
		    "SELECT id, tenant, kind, subject, state, tries,"
		    "       rfc3339(due), error"
		    "  FROM ("
		    "	SELECT j.id::text AS id, t.name AS tenant, j.kind,"
		    "	       j.subject,"
		    "	       CASE WHEN j.parked_at IS NOT NULL THEN 'parked'"
		    "		    WHEN j.deadline > now() THEN 'running'"
		    "		    ELSE 'waiting' END AS state,"
		    "	       j.tries, j.next_run_at AS due,"
		    "	       j.last_error AS error"
		    "	  FROM jobs j"
		    "	  JOIN tenants t ON t.id = j.tenant_id"
		    "	UNION ALL"
		    "	SELECT 'delivery:' || q.delivery_id, t.name, 'apply',"
		    "	       coalesce(c.user_id, ''), 'parked', q.tries,"
		    "	       q.next_run_at, q.last_error"
		    "	  FROM delivery_queue q"
		    "	  JOIN tenants t ON t.id = q.tenant_id"
		    "	  LEFT JOIN deliveries_in d ON d.id = q.delivery_id"
		    "	  LEFT JOIN connections c ON c.id = d.connection_id"
		    "	 WHERE q.parked_at IS NOT NULL) all_work"
		    " WHERE ($1::text IS NULL OR tenant = $1)"
		    "   AND (NOT $2 OR state = 'parked')"
		    " ORDER BY due, id"
		    " LIMIT $3::int",
		.values = "(NULL, NULL, NULL)",
	},
	{
		.name = "ops_delivery_retry",
		.sql =
		    "UPDATE delivery_queue"
		    "   SET parked_at = NULL,"
		    "       tries = 0,"
		    "       next_run_at = now()"
		    " WHERE delivery_id = $1::bigint"
		    " RETURNING tenant_id",
		.values = "(NULL)",
	},
	{
		.name = "api_call_add",
		.sql =
		    "SELECT api_call_add($1::bigint, $2, $3, $4, $5, $6,"
		    "       $7::int, $8, $9::bigint, $10)",
		.values = "(1, NULL, 'r', 'x', 'GET', '/', NULL, NULL, 1,"
		    " NULL)",
	},
#include "t/repo/previous_teardown.inc"
};

#endif
