-- Tenants, their keys, what was done, and whom this database serves.

-- An application that calendlyd serves: its users are its own, and no other
-- tenant sees anything of them.
CREATE TABLE tenants (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name		text NOT NULL UNIQUE
			CHECK (name ~ '^[a-z0-9][a-z0-9_.-]{0,62}$'),
	frontend_url	text,		-- where its users' browsers end, if a
					-- session names no other place
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
	allow_token	boolean NOT NULL DEFAULT false,	-- may be lent tokens
	created_at	timestamptz NOT NULL DEFAULT now(),
	revoked_at	timestamptz
);
SELECT keep_apart('api_keys', 'tenant_id');

-- Who did what: operators' commands, and what changed a connection.
CREATE TABLE audit (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	at		timestamptz NOT NULL DEFAULT now(),
	actor		text NOT NULL,
	action		text NOT NULL,
	subject		text		-- mostly a user; NULL: was erased
);
CREATE INDEX audit_by_subject ON audit (tenant_id, subject);
SELECT keep_apart('audit', 'tenant_id');

-- One row: which deployment this database serves, and what concerns all of
-- its tenants.  A copy of the database meets another keyring or another
-- BACKEND_URL, and must not use up the original's tokens.
CREATE TABLE deployment (
	only_row	boolean PRIMARY KEY DEFAULT true CHECK (only_row),
	deployment_id	uuid NOT NULL,	-- whose keyring seals what is here
	canary_sealed	bytea NOT NULL,	-- with it, so that a wrong keyring is
					-- known before it is used
	created_at	timestamptz NOT NULL DEFAULT now(),
	backend_url	text,		-- of the first to come; NULL: none
	-- When endpoints last answered deliveries with an error because this
	-- database was away; it was noted once the database was back.
	ingest_refused_at timestamptz,
	-- Deliveries that Calendly signed rightly for an endpoint that is in
	-- no row: an older database was restored, or rows were lost.
	lost_deliveries	bigint NOT NULL DEFAULT 0,
	lost_at		timestamptz,	-- the last of them
	lost_told_at	timestamptz,	-- in the log
	-- After a lost delivery every connection is looked at, from one id to
	-- the next: when that last began, and how far it is (NULL: it is done).
	spread_at	timestamptz,
	spread_after	uuid
);

GRANT SELECT ON tenants, tenant_origins, deployment TO calendlyd_runtime;
GRANT INSERT ON audit TO calendlyd_runtime;
