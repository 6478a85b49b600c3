-- One flow, one ending: a browser may send a callback as often as it likes.
--
-- A connect session is worked on by one request at a time.  The others wait
-- for it and end as it ended.  A state lives as long as its session, and the
-- rows of both are kept until the session is swept, so that a callback that
-- is repeated later still finds how its flow ended.

GRANT CREATE ON SCHEMA public TO calendlyd_definer;

-- When the link was opened for the first time: its time runs from then on.
ALTER TABLE connect_sessions ADD COLUMN opened_at timestamptz;
-- The turn: which process connects this session now, and until when it may.
ALTER TABLE connect_sessions ADD COLUMN turn_owner uuid;
ALTER TABLE connect_sessions ADD COLUMN turn_until timestamptz;

-- The authorization codes that were sent to Calendly, as hashes, and how the
-- connect ended to which each of them led: a code is sent once, ever.
CREATE TABLE oauth_codes (
	hash		bytea PRIMARY KEY CHECK (length(hash) = 32),
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	state_id	uuid NOT NULL REFERENCES oauth_states ON DELETE CASCADE,
	result		text,		-- NULL: none is known
	sent_at		timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX oauth_codes_by_state ON oauth_codes (state_id);
SELECT keep_apart('oauth_codes', 'tenant_id');
GRANT SELECT, INSERT, UPDATE, DELETE ON oauth_codes TO calendlyd_runtime;

-- Changes nothing; tells whether this browser is the one that began.
CREATE FUNCTION oauth_state_find(state_hash bytea, browser bytea)
RETURNS TABLE (id uuid, tenant_id bigint, session_id uuid, verifier bytea,
	same_browser boolean)
LANGUAGE sql STABLE
AS $$
	SELECT s.id, s.tenant_id, s.session_id, s.verifier_sealed,
	       coalesce(s.browser_hash = browser, false)
	  FROM oauth_states s
	 WHERE s.hash = state_hash
$$;
SELECT look_across('oauth_state_find(bytea, bytea)');

-- Where the app of a session is, as far as anybody may know who has only the
-- session's id, which is no secret: never the whole return_url.
CREATE FUNCTION connect_session_home(session uuid)
RETURNS TABLE (frontend_url text, origin text)
LANGUAGE sql STABLE
AS $$
	SELECT t.frontend_url, substring(s.return_url FROM '^https?://[^/?#]+')
	  FROM connect_sessions s
	  JOIN tenants t ON t.id = s.tenant_id
	 WHERE s.id = session
$$;
SELECT look_across('connect_session_home(uuid)');

-- The sweep comes by for verifiers that are too old to be used.
DROP INDEX oauth_states_by_expiry;
CREATE INDEX oauth_states_to_clear ON oauth_states (expires_at)
	WHERE verifier_sealed IS NOT NULL;

-- Small batches of what nobody can use any more; says how much went.  States
-- and codes go with their session, a verifier when its time is over.
CREATE OR REPLACE FUNCTION sweep_links(most integer) RETURNS bigint
LANGUAGE sql VOLATILE
AS $$
	WITH old_sessions AS (
		DELETE FROM connect_sessions WHERE id IN (
			SELECT id FROM connect_sessions
			 WHERE expires_at < now() - interval '7 days'
			 LIMIT most
			   FOR UPDATE SKIP LOCKED)
		RETURNING 1
	), old_verifiers AS (
		UPDATE oauth_states
		   SET verifier_sealed = NULL
		 WHERE id IN (
			SELECT id FROM oauth_states
			 WHERE verifier_sealed IS NOT NULL
			   AND expires_at < now()
			 LIMIT most
			   FOR UPDATE SKIP LOCKED)
		RETURNING 1
	), drained AS (
		UPDATE endpoints
		   SET state = 'retired', signing_key_sealed = NULL
		 WHERE id IN (
			SELECT id FROM endpoints
			 WHERE state = 'draining'
			   AND drain_until < now()
			 LIMIT most
			   FOR UPDATE SKIP LOCKED)
		RETURNING 1
	)
	SELECT (SELECT count(*) FROM old_sessions)
	     + (SELECT count(*) FROM old_verifiers)
	     + (SELECT count(*) FROM drained)
$$;
SELECT look_across('sweep_links(integer)');
ALTER FUNCTION sweep_links(integer) SET enable_seqscan = off;

REVOKE CREATE ON SCHEMA public FROM calendlyd_definer;
