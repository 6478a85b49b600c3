-- Connections, grants, subscriptions and the links that make them.

GRANT CREATE ON SCHEMA public TO calendlyd_definer;

-- One Calendly user, over all tenants.  Reached through functions alone.
CREATE TABLE accounts (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	user_uuid	text NOT NULL UNIQUE
);

CREATE TABLE connections (
	id		uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	user_id		text NOT NULL CHECK (length(user_id) BETWEEN 1 AND 128),
	status		text NOT NULL CHECK (status IN ('connected',
			'needs_reauth', 'disconnecting', 'disconnected')),
	reason		text,
	grant_id	uuid,		-- the live grant, or the one that needs
					-- a new consent; NULL: let go
	capability	text NOT NULL DEFAULT 'unknown' CHECK (capability IN
			('ok', 'plan', 'role', 'scope', 'unknown')),
	left_behind	text[] NOT NULL DEFAULT '{}',
	erase		boolean NOT NULL DEFAULT false,	-- once torn down
	connected_at	timestamptz,
	updated_at	timestamptz NOT NULL DEFAULT now(),
	UNIQUE (tenant_id, user_id)
);
SELECT keep_apart('connections', 'tenant_id');

-- "pending": tokens just received, not yet known whose connection they serve.
CREATE TABLE grants (
	id		uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	connection_id	uuid REFERENCES connections ON DELETE CASCADE,
	account_id	bigint NOT NULL REFERENCES accounts,
	status		text NOT NULL CHECK (status IN ('pending', 'live',
			'needs_reauth', 'teardown', 'erased')),
	user_uri	text NOT NULL,
	organization_uri text NOT NULL,
	email		text,
	name		text,
	timezone	text,
	scopes		text[] NOT NULL DEFAULT '{}',
	generation	bigint NOT NULL DEFAULT 1,
	access_sealed	bytea,
	access_expires_at timestamptz,
	refresh_sealed	bytea,
	-- The refresh lease and its journal: "started" without an end means
	-- that the outcome of the call is not known.
	refresh_owner	uuid,
	refresh_until	timestamptz,
	refresh_started_at timestamptz,
	refresh_not_before timestamptz,
	refresh_probes	integer NOT NULL DEFAULT 0,
	refreshed_at	timestamptz,
	-- The work lease: reconcile and teardown.
	work_owner	uuid,
	work_until	timestamptz,
	work_fence	bigint NOT NULL DEFAULT 0,
	teardown_deadline timestamptz,
	created_at	timestamptz NOT NULL DEFAULT now(),
	updated_at	timestamptz NOT NULL DEFAULT now(),
	-- Nothing secret outlives the teardown.
	CHECK (status <> 'erased' OR (access_sealed IS NULL
	    AND refresh_sealed IS NULL))
);
CREATE UNIQUE INDEX grants_one_per_connection ON grants (connection_id)
	WHERE status IN ('live', 'needs_reauth');
CREATE INDEX grants_by_connection ON grants (connection_id);
CREATE INDEX grants_holding_account ON grants (account_id)
	WHERE status <> 'erased';
CREATE INDEX grants_pending ON grants (created_at) WHERE status = 'pending';
SELECT keep_apart('grants', 'tenant_id');

ALTER TABLE connections ADD FOREIGN KEY (grant_id) REFERENCES grants
	DEFERRABLE INITIALLY DEFERRED;

-- The last part of a callback URL, hashed.  A retired one outlives its
-- connection, so that Calendly hears 410 and not 404.
CREATE TABLE endpoints (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	connection_id	uuid REFERENCES connections ON DELETE SET NULL,
	grant_id	uuid REFERENCES grants ON DELETE SET NULL,
	hash		bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
	state		text NOT NULL DEFAULT 'live' CHECK (state IN ('live',
			'draining', 'retired')),
	drain_until	timestamptz,
	signing_key_sealed bytea,	-- if Calendly gave this one its own
	created_at	timestamptz NOT NULL DEFAULT now(),
	CHECK (state <> 'retired' OR signing_key_sealed IS NULL)
);
CREATE INDEX endpoints_by_grant ON endpoints (grant_id);
CREATE INDEX endpoints_by_connection ON endpoints (connection_id);
CREATE INDEX endpoints_draining ON endpoints (drain_until)
	WHERE state = 'draining';
SELECT keep_apart('endpoints', 'tenant_id');

CREATE TABLE subscriptions (
	id		uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	grant_id	uuid NOT NULL REFERENCES grants ON DELETE CASCADE,
	endpoint_id	bigint NOT NULL REFERENCES endpoints,
	organization_uri text NOT NULL,
	events		text[] NOT NULL,
	uri		text,		-- NULL: asked for, not known to exist
	state		text NOT NULL DEFAULT 'creating' CHECK (state IN
			('creating', 'active', 'replaced', 'deleted')),
	created_at	timestamptz NOT NULL DEFAULT now(),
	updated_at	timestamptz NOT NULL DEFAULT now()
);
-- The one that counts.
CREATE UNIQUE INDEX subscriptions_one_active ON subscriptions (grant_id)
	WHERE state = 'active';
CREATE INDEX subscriptions_by_grant ON subscriptions (grant_id);
CREATE INDEX subscriptions_by_endpoint ON subscriptions (endpoint_id);
SELECT keep_apart('subscriptions', 'tenant_id');

CREATE TABLE connect_sessions (
	id		uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	hash		bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
	user_id		text NOT NULL CHECK (length(user_id) BETWEEN 1 AND 128),
	return_url	text,
	expected_email	text,
	force		boolean NOT NULL DEFAULT false,
	generation	bigint,		-- the grant's when this was minted
	status		text NOT NULL DEFAULT 'pending' CHECK (status IN
			('pending', 'done', 'failed')),
	result		text,
	calendly_email	text,
	created_at	timestamptz NOT NULL DEFAULT now(),
	expires_at	timestamptz NOT NULL
);
CREATE INDEX connect_sessions_by_user ON connect_sessions (tenant_id, user_id);
CREATE INDEX connect_sessions_by_expiry ON connect_sessions (expires_at);
SELECT keep_apart('connect_sessions', 'tenant_id');

CREATE TABLE oauth_states (
	id		uuid PRIMARY KEY,
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	session_id	uuid NOT NULL REFERENCES connect_sessions
			ON DELETE CASCADE,
	hash		bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
	browser_hash	bytea NOT NULL CHECK (length(browser_hash) = 32),
	verifier_sealed	bytea,		-- gone once used
	expires_at	timestamptz NOT NULL,
	used_at		timestamptz
);
CREATE INDEX oauth_states_by_session ON oauth_states (session_id);
CREATE INDEX oauth_states_by_expiry ON oauth_states (expires_at);
SELECT keep_apart('oauth_states', 'tenant_id');

GRANT SELECT, INSERT, UPDATE, DELETE
	ON connections, grants, endpoints, subscriptions, connect_sessions,
	   oauth_states
	TO calendlyd_runtime;

CREATE FUNCTION connect_session_find(session_hash bytea)
RETURNS TABLE (id uuid, tenant_id bigint)
LANGUAGE sql STABLE
AS $$
	SELECT s.id, s.tenant_id
	  FROM connect_sessions s
	 WHERE s.hash = session_hash
$$;
SELECT look_across('connect_session_find(bytea)');

-- Single use; a wrong browser changes nothing.
CREATE FUNCTION oauth_state_take(state_hash bytea, browser bytea)
RETURNS TABLE (id uuid, tenant_id bigint, session_id uuid, verifier bytea)
LANGUAGE sql VOLATILE
AS $$
	WITH taken AS (
		SELECT s.id, s.verifier_sealed
		  FROM oauth_states s
		 WHERE s.hash = state_hash
		   AND s.browser_hash = browser
		   AND s.used_at IS NULL
		   AND s.expires_at > now()
		   FOR UPDATE
	)
	UPDATE oauth_states s
	   SET used_at = now(),
	       verifier_sealed = NULL
	  FROM taken t
	 WHERE s.id = t.id
	RETURNING s.id, s.tenant_id, s.session_id, t.verifier_sealed
$$;
SELECT look_across('oauth_state_take(bytea, bytea)');

-- Held until the transaction ends, so that connection_forget() does not take
-- it from under a grant that is being made.
CREATE FUNCTION account_intern(uuid_text text) RETURNS bigint
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	found_id bigint;
BEGIN
	SELECT a.id INTO found_id FROM accounts a WHERE a.user_uuid = uuid_text
	   FOR KEY SHARE;
	IF found_id IS NULL THEN
		INSERT INTO accounts (user_uuid)
		VALUES (uuid_text)
		ON CONFLICT (user_uuid) DO UPDATE SET user_uuid = uuid_text
		RETURNING id INTO found_id;
	END IF;
	RETURN found_id;
END
$$;
SELECT look_across('account_intern(text)');

-- Small batches of what nobody can use any more; says how much went.
CREATE FUNCTION sweep_links(most integer) RETURNS bigint
LANGUAGE sql VOLATILE
AS $$
	WITH old_sessions AS (
		DELETE FROM connect_sessions WHERE id IN (
			SELECT id FROM connect_sessions
			 WHERE expires_at < now() - interval '7 days'
			 LIMIT most
			   FOR UPDATE SKIP LOCKED)
		RETURNING 1
	), old_states AS (
		DELETE FROM oauth_states WHERE id IN (
			SELECT id FROM oauth_states
			 WHERE expires_at < now()
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
	     + (SELECT count(*) FROM old_states)
	     + (SELECT count(*) FROM drained)
$$;
SELECT look_across('sweep_links(integer)');

REVOKE CREATE ON SCHEMA public FROM calendlyd_definer;
