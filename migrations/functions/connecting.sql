-- Connect sessions, and their states and codes.

-- Finds the session of a link.
-- Definer: the tenant is known by the answer only.
CREATE OR REPLACE FUNCTION connect_session_find(session_hash bytea)
RETURNS TABLE (id uuid, tenant_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
	SELECT s.id, s.tenant_id
	  FROM connect_sessions s
	 WHERE s.hash = session_hash
$$;
ALTER FUNCTION connect_session_find OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION connect_session_find FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION connect_session_find TO calendlyd_runtime;

-- Returns the address of the application that a session belongs to.  The
-- session's id is no secret, so whoever knows it may learn the origin, but
-- never the whole return_url.
-- Definer: whoever asks has shown nothing that names a tenant.
CREATE OR REPLACE FUNCTION connect_session_home(session uuid)
RETURNS TABLE (frontend_url text, origin text)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
	SELECT t.frontend_url, substring(s.return_url FROM '^https?://[^/?#]+')
	  FROM connect_sessions s
	  JOIN tenants t ON t.id = s.tenant_id
	 WHERE s.id = session
$$;
ALTER FUNCTION connect_session_home OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION connect_session_home FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION connect_session_home TO calendlyd_runtime;

-- Finds the OAuth state that came back with a browser, and tells whether this
-- is the browser that began the flow.  Nothing is changed.
-- Definer: the tenant is known by the answer only.
CREATE OR REPLACE FUNCTION oauth_state_find(state_hash bytea, browser bytea)
RETURNS TABLE (id uuid, tenant_id bigint, session_id uuid, verifier bytea,
	same_browser boolean)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
	SELECT s.id, s.tenant_id, s.session_id, s.verifier_sealed,
	       coalesce(s.browser_hash = browser, false)
	  FROM oauth_states s
	 WHERE s.hash = state_hash
$$;
ALTER FUNCTION oauth_state_find OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION oauth_state_find FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION oauth_state_find TO calendlyd_runtime;

-- When sessions are deleted, swept or erased, deletes their calls that belong
-- to no connection, because such calls are only found by the session's id.
CREATE OR REPLACE FUNCTION sessions_take_calls() RETURNS trigger
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
	DELETE FROM api_calls
	 WHERE session_id IN (SELECT id FROM gone)
	   AND connection_id IS NULL;
	RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION sessions_take_calls FROM PUBLIC, calendlyd_runtime;
CREATE OR REPLACE TRIGGER sessions_take_calls AFTER DELETE ON connect_sessions
	REFERENCING OLD TABLE AS gone
	FOR EACH STATEMENT EXECUTE FUNCTION sessions_take_calls();
