/*
 * two_tenants: a row of each of two tenants, anna and boris, in every table.
 *
 * t/repo/tenants.c fails when a table is missing here.
 */
#ifndef T_REPO_TWO_TENANTS_H
#define T_REPO_TWO_TENANTS_H

static const char	two_tenants[] =
    "DO $$"
    "DECLARE"
    "	who text; t bigint; c uuid; g uuid; e bigint; s uuid; d bigint;"
    "	a bigint; n uuid; "
    "BEGIN"
    "  INSERT INTO accounts (user_uuid) VALUES ('shared') RETURNING id INTO a;"
    "  FOREACH who IN ARRAY ARRAY['anna', 'boris'] LOOP"
    "    INSERT INTO tenants (name) VALUES (who) RETURNING id INTO t;"
    "    INSERT INTO tenant_origins VALUES (t, 'https://example.com');"
    "    INSERT INTO api_keys (tenant_id, hash)"
    "      VALUES (t, sha256(who::bytea));"
    "    INSERT INTO audit (tenant_id, actor, action) VALUES (t, 'x', 'x');"
    "    INSERT INTO connections (tenant_id, user_id, status)"
    "      VALUES (t, 'u', 'connected') RETURNING id INTO c;"
    "    INSERT INTO grants (tenant_id, connection_id, account_id, status,"
    "	     user_uri, organization_uri)"
    "      VALUES (t, c, a, 'live', 'u', 'o') RETURNING id INTO g;"
    "    UPDATE connections SET grant_id = g WHERE id = c;"
    "    INSERT INTO endpoints (tenant_id, connection_id, grant_id, hash)"
    "      VALUES (t, c, g, sha256(who::bytea)) RETURNING id INTO e;"
    "    INSERT INTO subscriptions (tenant_id, grant_id, endpoint_id,"
    "	     organization_uri, events) VALUES (t, g, e, 'o', '{x}');"
    "    INSERT INTO connect_sessions (tenant_id, hash, user_id, expires_at)"
    "      VALUES (t, sha256(who::bytea), 'u', now()) RETURNING id INTO s;"
    "    INSERT INTO oauth_states (tenant_id, id, session_id, hash,"
    "	     browser_hash, expires_at) VALUES (t, gen_random_uuid(), s,"
    "	     sha256(who::bytea), sha256(who::bytea), now());"
    "    INSERT INTO identities (identity, tenant_id, connection_id)"
    "      VALUES (who::bytea, t, c);"
    "    n := gen_random_uuid();"
    "    INSERT INTO deliveries_in (event_id, tenant_id, connection_id,"
    "	     endpoint_id, signed_with, body) VALUES (n, t, c, e, 0,"
    "	     'x') RETURNING id INTO d;"
    "    INSERT INTO delivery_queue (delivery_id, tenant_id, event_id)"
    "      VALUES (d, t, n);"
    "    INSERT INTO events (id, tenant_id, connection_id, user_id, type,"
    "	     source, occurred_at, received_at, data, feed_seq) VALUES ("
    "	     n, t, c, 'u', 'x', 'system', now(), now(), '{}', 1);"
    "    INSERT INTO event_queue (tenant_id, event_id) VALUES (t, n);"
    "    INSERT INTO meetings (id, tenant_id, connection_id, user_id,"
    "	     content, content_version) VALUES (n, t, c, 'u', '{}', '');"
    "    INSERT INTO invitees (id, tenant_id, meeting_id, content,"
    "	     content_version) VALUES (n, t, n, '{}', '');"
    "    INSERT INTO ledger (tenant_id, minute, accepted, applied,"
    "	     superseded, flagged, pending, missing) VALUES (t, now(), 1, 1,"
    "	     0, 0, 0, 0);"
    "    INSERT INTO feed_marks VALUES (t, now(), 1);"
    "    UPDATE feed_heads SET seq = 1 WHERE tenant_id = t;"
    "    INSERT INTO jobs (tenant_id, kind, subject) VALUES (t, 'x', who);"
    "    INSERT INTO api_calls (tenant_id, request_id, purpose, method,"
    "	     path, duration_ms) VALUES (t, 'r', 'x', 'GET', '/', 1);"
    "  END LOOP;"
    "END $$";

#endif
