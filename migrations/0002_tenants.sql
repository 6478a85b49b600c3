-- Tenants, their keys, the audit, and the deployment that this database serves.

-- An application that calendlyd serves.  It has users of its own, and no other
-- tenant can see them.
CREATE TABLE tenants (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name		text NOT NULL UNIQUE
			CHECK (name ~ '^[a-z0-9][a-z0-9_.-]{0,62}$'),
	frontend_url	text,		-- where browsers are sent back to if
					-- the session names no place
	created_at	timestamptz NOT NULL DEFAULT now()
);
SELECT keep_apart('tenants', 'id');

-- The origins to which a tenant's sessions may send a browser back.
CREATE TABLE tenant_origins (
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	origin		text NOT NULL,
	PRIMARY KEY (tenant_id, origin)
);
SELECT keep_apart('tenant_origins', 'tenant_id');

-- The keys with which a tenant's servers call /v1, as hashes.
CREATE TABLE api_keys (
	id		uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	hash		bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
	allow_token	boolean NOT NULL DEFAULT false,	-- may be lent access
							-- tokens
	created_at	timestamptz NOT NULL DEFAULT now(),
	revoked_at	timestamptz
);
SELECT keep_apart('api_keys', 'tenant_id');

-- The audit: who did what.  It lists operators' commands, and what has changed
-- a connection.
CREATE TABLE audit (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	at		timestamptz NOT NULL DEFAULT now(),
	actor		text NOT NULL,
	action		text NOT NULL,
	subject		text		-- mostly a user; NULL: erased
);
CREATE INDEX audit_by_subject ON audit (tenant_id, subject);
SELECT keep_apart('audit', 'tenant_id');

-- The only row tells which deployment this database serves, and holds what
-- concerns all of its tenants.  A copy of the database that is started with
-- another keyring or another BACKEND_URL is recognised by it, and must not use
-- up the original's tokens.
CREATE TABLE deployment (
	only_row	boolean PRIMARY KEY DEFAULT true CHECK (only_row),
	deployment_id	uuid NOT NULL,	-- whose keyring seals the secrets
	canary_sealed	bytea NOT NULL,	-- a known value, sealed: a wrong
					-- keyring does not open it and so is
					-- found out before it is used
	created_at	timestamptz NOT NULL DEFAULT now(),
	backend_url	text,		-- of the first process that had one;
					-- NULL: none had
	-- When endpoints last answered deliveries with an error because this
	-- database could not be used.  Written once it could be used again.
	ingest_refused_at timestamptz,
	-- Deliveries with a right signature for an endpoint that has no row: an
	-- older database was restored, or rows were lost.
	lost_deliveries	bigint NOT NULL DEFAULT 0,
	lost_at		timestamptz,	-- when the last of them came
	lost_told_at	timestamptz,	-- when they were last logged
	-- After a lost delivery all connections are checked, in the order of
	-- their ids: when the last such round began, and the id that it has
	-- reached (NULL: no round is under way).
	spread_at	timestamptz,
	spread_after	uuid
);

GRANT SELECT ON tenants, tenant_origins, deployment TO calendlyd_runtime;
GRANT INSERT ON audit TO calendlyd_runtime;
