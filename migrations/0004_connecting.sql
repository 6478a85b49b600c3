-- How a person is connected: the link, the OAuth flow, and the story of both.
--
-- A browser may send a callback as often as it likes.  One request at a time
-- works on a connect session; the others wait for it and end as it ended.  A
-- state lives as long as its session, and the rows of both are kept until the
-- session is swept, so that a callback that is repeated later still finds how
-- its flow ended.

-- A link that was minted for one of a tenant's users.
CREATE TABLE connect_sessions (
	id		uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	hash		bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
	user_id		text NOT NULL CHECK (length(user_id) BETWEEN 1 AND 128),
	return_url	text,
	expected_email	text,
	force		boolean NOT NULL DEFAULT false,	-- ask for a consent
					-- even if all is well
	generation	bigint,		-- the grant's generation when this was
					-- minted
	status		text NOT NULL DEFAULT 'pending' CHECK (status IN
			('pending', 'done', 'failed')),
	result		text,
	calendly_email	text,		-- of the user who consented
	created_at	timestamptz NOT NULL DEFAULT now(),
	expires_at	timestamptz NOT NULL,
	opened_at	timestamptz,	-- for the first time; the time for the
					-- OAuth flow runs from then
	-- The session's turn: which process connects it now, and until when it
	-- may.
	turn_owner	uuid,
	turn_until	timestamptz
);
CREATE INDEX connect_sessions_by_user ON connect_sessions (tenant_id, user_id);
CREATE INDEX connect_sessions_by_expiry ON connect_sessions (expires_at);
SELECT keep_apart('connect_sessions', 'tenant_id');

-- What happened to a session, step by step.  Together with the calls to
-- Calendly that were made for it, this is the story that an operator looks up
-- by the reference that a user quotes, which is the session's id.  The names of
-- the steps are defined in the program, so a new one needs no migration.
CREATE TABLE session_steps (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant_id	bigint NOT NULL,
	session_id	uuid NOT NULL REFERENCES connect_sessions
			ON DELETE CASCADE,
	at		timestamptz NOT NULL DEFAULT clock_timestamp(),
	request_id	text NOT NULL,
	step		text NOT NULL CHECK (length(step) <= 40),
	detail		text CHECK (length(detail) <= 500),
	times		integer NOT NULL DEFAULT 1	-- of how many
					-- alike steps this row tells: the
					-- first ones have rows of their own,
					-- the last row counts the others
);
CREATE INDEX session_steps_by_session ON session_steps (session_id, step, id);
SELECT keep_apart('session_steps', 'tenant_id');

-- An OAuth "state" of a session, bound to the browser that began the flow.
CREATE TABLE oauth_states (
	id		uuid PRIMARY KEY,
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	session_id	uuid NOT NULL REFERENCES connect_sessions
			ON DELETE CASCADE,
	hash		bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
	browser_hash	bytea NOT NULL CHECK (length(browser_hash) = 32),
	verifier_sealed	bytea,		-- NULL: its time is over
	expires_at	timestamptz NOT NULL,
	used_at		timestamptz	-- when a code was last sent for it
);
CREATE INDEX oauth_states_by_session ON oauth_states (session_id);
-- For the sweep, which erases verifiers that are too old to be used.
CREATE INDEX oauth_states_to_clear ON oauth_states (expires_at)
	WHERE verifier_sealed IS NOT NULL;
SELECT keep_apart('oauth_states', 'tenant_id');

-- The authorization codes that were sent to Calendly, as hashes, and the result
-- of the connect that each was used for.  A code is never sent twice.
CREATE TABLE oauth_codes (
	hash		bytea PRIMARY KEY CHECK (length(hash) = 32),
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	state_id	uuid NOT NULL REFERENCES oauth_states ON DELETE CASCADE,
	result		text,		-- NULL: not known
	sent_at		timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX oauth_codes_by_state ON oauth_codes (state_id);
SELECT keep_apart('oauth_codes', 'tenant_id');

GRANT SELECT, INSERT, UPDATE, DELETE
	ON connect_sessions, oauth_states, oauth_codes TO calendlyd_runtime;
GRANT SELECT, INSERT, UPDATE ON session_steps TO calendlyd_runtime;
