-- What happened to a connect session, step by step, and the calls to Calendly
-- that were made for it: the story that an operator looks up by the reference
-- that a user quotes, which is the session's id.

GRANT CREATE ON SCHEMA public TO calendlyd_definer;

-- The names of steps are app/service/story.c's, so that a new one needs no
-- migration.
CREATE TABLE session_steps (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant_id	bigint NOT NULL,
	session_id	uuid NOT NULL REFERENCES connect_sessions
			ON DELETE CASCADE,
	at		timestamptz NOT NULL DEFAULT clock_timestamp(),
	request_id	text NOT NULL,
	step		text NOT NULL CHECK (length(step) <= 40),
	detail		text CHECK (length(detail) <= 500),
	times		integer NOT NULL DEFAULT 1	-- see STMT_STEP_ADD
);
CREATE INDEX session_steps_by_session ON session_steps (session_id, step, id);
SELECT keep_apart('session_steps', 'tenant_id');

GRANT SELECT, INSERT, UPDATE ON session_steps TO calendlyd_runtime;

-- NULL: not made for a session.  No foreign key: a call is written down
-- whatever has become of its session meanwhile.
ALTER TABLE api_calls ADD COLUMN session_id uuid;
CREATE INDEX api_calls_by_session ON api_calls (session_id, id)
	WHERE session_id IS NOT NULL;

CREATE FUNCTION api_call_add_for(p_tenant bigint, p_connection uuid,
	p_session uuid, p_request_id text, p_purpose text, p_method text,
	p_path text, p_status integer, p_error text, p_ms bigint, p_reply text)
RETURNS void
LANGUAGE sql VOLATILE
AS $$
	INSERT INTO api_calls (tenant_id, connection_id, session_id,
	       request_id, purpose, method, path, status, error, duration_ms,
	       reply)
	VALUES (p_tenant, p_connection, p_session, p_request_id, p_purpose,
	       p_method, p_path, p_status, p_error, p_ms, p_reply)
$$;
SELECT look_across('api_call_add_for(bigint, uuid, uuid, text, text, text, '
    'text, integer, text, bigint, text)');

-- A session takes with it the calls that are in no connection's log: those
-- are found by its id alone.  Swept or erased, it is the same.
CREATE FUNCTION sessions_take_calls() RETURNS trigger
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
CREATE TRIGGER sessions_take_calls AFTER DELETE ON connect_sessions
	REFERENCING OLD TABLE AS gone
	FOR EACH STATEMENT EXECUTE FUNCTION sessions_take_calls();

REVOKE CREATE ON SCHEMA public FROM calendlyd_definer;
