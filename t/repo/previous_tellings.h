/*
 * previous_tellings: what the program before tellings says of deliveries and
 * their books; see previous.c.
 */
#ifndef T_REPO_PREVIOUS_TELLINGS_H
#define T_REPO_PREVIOUS_TELLINGS_H

#include "t/repo/previous.h"

static const struct previous	previous_tellings[] = {
	{
		.name = "ingest_store",
		.sql =
		    "SELECT ingest_store($1::bytea[], $2::bytea[], $3::text[],"
		    "       $4::text[], $5::smallint[], $6::bytea[])",
		.values = "(NULL, NULL, NULL, NULL, NULL, NULL)",
	},
	{
		.name = "delivery_take",
		.sql =
		    "SELECT id::text, tenant_id::text, connection_id::text,"
		    "       user_id, received_at, event_id::text, kind, flaw,"
		    "       body, tries::text"
		    "  FROM delivery_take($1::int, $2::int)",
		.values = "(NULL, NULL)",
	},
	{
		.name = "delivery_take with tellings",
		.sql =
		    "SELECT id::text, tenant_id::text, connection_id::text,"
		    "       user_id, received_at, event_id::text, kind, flaw,"
		    "       body, tries::text, telling_of::text"
		    "  FROM delivery_take($1::int, $2::int, true)",
		.values = "(NULL, NULL)",
	},
	{
		.name = "ledger_totals",
		.sql =
		    "SELECT rfc3339(closed_to),"
		    "       closed_to > now() - interval '10 minutes',"
		    "       accepted, applied, superseded, flagged, pending,"
		    "       missing"
		    "  FROM ledger_totals($1)",
		.values = "(NULL)",
	},
};

#endif
