-- How a person comes to be connected: the link, the OAuth flow, its story.
--
-- A browser may send a callback as often as it likes: a connect session is
-- worked on by one request at a time, the others wait for it and end as it
-- ended.  A state lives as long as its session, and the rows of both are kept
-- until the session is swept, so that a callback that is repeated later still
-- finds how its flow ended.

-- A link that a tenant had minted for one of its users.
CREATE TABLE connect_sessions (
	id		uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	hash		bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
	user_id		text NOT NULL CHECK (length(user_id) BETWEEN 1 AND 128),
	return_url	text,
	expected_email	text,
	force		boolean NOT NULL DEFAULT false,	-- ask for a consent
					-- even if all is well
	generation	bigint,		-- the grant's when this was minted
	status		text NOT NULL DEFAULT 'pending' CHECK (status IN
			('pending', 'done', 'failed')),
	result		text,
	calendly_email	text,		-- who consented
	created_at	timestamptz NOT NULL DEFAULT now(),
	expires_at	timestamptz NOT NULL,
	opened_at	timestamptz,	-- for the first time: from then on the
					-- flow's own time runs
	-- The turn: which process connects it now, and until when it may.
	turn_owner	uuid,
	turn_until	timestamptz
);
CREATE INDEX connect_sessions_by_user ON connect_sessions (tenant_id, user_id);
CREATE INDEX connect_sessions_by_expiry ON connect_sessions (expires_at);
SELECT keep_apart('connect_sessions', 'tenant_id');

-- What happened to a session, step by step: with the calls to Calendly that
-- were made for it, the story that an operator looks up by the reference that
-- a user quotes, which is the session's id.  The names of steps are the
-- program's, so that a new one needs no migration.
CREATE TABLE session_steps (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant_id	bigint NOT NULL,
	session_id	uuid NOT NULL REFERENCES connect_sessions
			ON DELETE CASCADE,
	at		timestamptz NOT NULL DEFAULT clock_timestamp(),
	request_id	text NOT NULL,
	step		text NOT NULL CHECK (length(step) <= 40),
	detail		text CHECK (length(detail) <= 500),
	times		integer NOT NULL DEFAULT 1	-- of many alike, the
					-- last one kept counts the others
);
CREATE INDEX session_steps_by_session ON session_steps (session_id, step, id);
SELECT keep_apart('session_steps', 'tenant_id');

-- An OAuth "state" of a session, bound to the browser that began.
CREATE TABLE oauth_states (
	id		uuid PRIMARY KEY,
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	session_id	uuid NOT NULL REFERENCES connect_sessions
			ON DELETE CASCADE,
	hash		bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
	browser_hash	bytea NOT NULL CHECK (length(browser_hash) = 32),
	verifier_sealed	bytea,		-- gone when its time is over
	expires_at	timestamptz NOT NULL,
	used_at		timestamptz	-- when a code of it was last sent
);
CREATE INDEX oauth_states_by_session ON oauth_states (session_id);
-- The sweep comes by for verifiers that are too old to be used.
CREATE INDEX oauth_states_to_clear ON oauth_states (expires_at)
	WHERE verifier_sealed IS NOT NULL;
SELECT keep_apart('oauth_states', 'tenant_id');

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

GRANT SELECT, INSERT, UPDATE, DELETE
	ON connect_sessions, oauth_states, oauth_codes TO calendlyd_runtime;
GRANT SELECT, INSERT, UPDATE ON session_steps TO calendlyd_runtime;
