/*
 * previous_connect: those of connecting; see previous.h.
 */
#ifndef T_REPO_PREVIOUS_CONNECT_H
#define T_REPO_PREVIOUS_CONNECT_H

#include "t/repo/previous.h"

static const struct previous	previous_connect[] = {
	{
		.name = "session_mark",
		.sql =
		    "UPDATE connect_sessions"
		    "   SET status = $2,"
		    "       result = $3,"
		    "       calendly_email = $4"
		    " WHERE id = $1::uuid"
		    "   AND status <> 'done'",
		.values = "(NULL, NULL, NULL, NULL)",
	},
	{
		.name = "state_add",
		.sql =
		    "INSERT INTO oauth_states (tenant_id, id, session_id, hash,"
		    "       browser_hash, verifier_sealed, expires_at)"
		    " VALUES (current_tenant(), $1, $2, $3, $4, $5,"
		    "       now() + make_interval(secs => $6::int))",
		.values = "(NULL, NULL, NULL, NULL, NULL, NULL)",
	},
	{
		.name = "state_take",
		.sql =
		    "SELECT id, tenant_id, session_id, verifier"
		    "  FROM oauth_state_take($1, $2)",
		.values = "(NULL, NULL)",
	},
};

#endif
