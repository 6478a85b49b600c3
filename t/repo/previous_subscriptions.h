/*
 * previous_subscriptions: those of subscriptions, before migration 0019; see
 * previous.h.
 */
#ifndef T_REPO_PREVIOUS_SUBSCRIPTIONS_H
#define T_REPO_PREVIOUS_SUBSCRIPTIONS_H

#include "t/repo/previous.h"

static const struct previous	previous_subscriptions[] = {
	{
		.name = "endpoint_list",
		.sql =
		    "SELECT e.id, e.hash, e.state, s.id, s.uri, s.state,"
		    "       s.organization_uri,"
		    "       coalesce(e.mismatch_at > now() - interval '1 day',"
		    "		false),"
		    "       e.created_at > now() - interval '1 day'"
		    "  FROM endpoints e"
		    "  LEFT JOIN subscriptions s ON s.endpoint_id = e.id"
		    " WHERE e.grant_id IN (SELECT $1::uuid"
		    "		UNION ALL"
		    "		SELECT dead.id"
		    "		FROM grants mine"
		    "		JOIN grants dead"
		    "		  ON dead.connection_id = mine.connection_id"
		    "		 AND dead.account_id = mine.account_id"
		    "		WHERE mine.id = $1::uuid"
		    "		  AND dead.status = 'erased')"
		    " ORDER BY e.id DESC"
		    " LIMIT 500",
		.values = "(NULL)",
	},
	{
		.name = "subscription_add",
		.sql =
		    "INSERT INTO subscriptions (tenant_id, grant_id,"
		    "       endpoint_id, organization_uri, events)"
		    " VALUES (current_tenant(), $1, $2::bigint, $3, $4::text[])"
		    " RETURNING id",
		.values = "(NULL, NULL, NULL, NULL)",
	},
	{
		.name = "subscription_list",
		.sql =
		    "SELECT uri"
		    "  FROM subscriptions"
		    " WHERE grant_id = $1::uuid"
		    "   AND uri IS NOT NULL"
		    "   AND state <> 'deleted'"
		    " ORDER BY created_at",
		.values = "(NULL)",
	},
	{
		.name = "subscription_supersede",
		.sql =
		    "WITH others AS ("
		    "	UPDATE subscriptions"
		    "	   SET state = 'replaced',"
		    "	       updated_at = now()"
		    "	 WHERE grant_id = $1::uuid"
		    "	   AND id <> $2::uuid"
		    "	   AND state = 'active'"
		    "	RETURNING endpoint_id"
		    ")"
		    " UPDATE endpoints"
		    "   SET state = 'draining',"
		    "       drain_until ="
		    "		now() + make_interval(hours => $3::int)"
		    " WHERE id IN (SELECT endpoint_id FROM others)"
		    "   AND state = 'live'",
		.values = "(NULL, NULL, NULL)",
	},
	{
		.name = "subscription_activate",
		.sql =
		    "UPDATE subscriptions"
		    "   SET state = 'active',"
		    "       uri = $2,"
		    "       organization_uri = $3,"
		    "       events = $4::text[],"
		    "       updated_at = now()"
		    " WHERE id = $1::uuid",
		.values = "(NULL, NULL, NULL, NULL)",
	},
	{
		.name = "subscription_gone",
		.sql =
		    "WITH gone AS ("
		    "	UPDATE subscriptions"
		    "	   SET state = 'deleted',"
		    "	       uri = $2,"
		    "	       updated_at = now()"
		    "	 WHERE id = $1::uuid"
		    "	RETURNING endpoint_id, grant_id"
		    "), named AS ("
		    "	UPDATE connections c"
		    "	   SET left_behind = array_remove(left_behind, $2)"
		    "	  FROM gone"
		    "	  JOIN grants g ON g.id = gone.grant_id"
		    "	 WHERE c.id = g.connection_id"
		    "	   AND $2 = ANY (left_behind)"
		    ")"
		    " UPDATE endpoints"
		    "   SET state = 'draining',"
		    "       drain_until ="
		    "		now() + make_interval(hours => $3::int)"
		    " WHERE id IN (SELECT endpoint_id FROM gone)"
		    "   AND state = 'live'",
		.values = "(NULL, NULL, NULL)",
	},
};

#endif
