-- Roles, tenants and their keys; how tenants are kept apart.
--
-- calendlyd_runtime  what the daemon's login may do; it owns nothing.
-- calendlyd_definer  owns the functions that look across tenants (before the
--                    tenant is known, or for all of them); row-level security
--                    is FORCEd, so it has policies of its own.
--
-- Roles belong to the whole cluster: another database may have them already.

DO $$
DECLARE
	role_name text;
BEGIN
	FOREACH role_name IN ARRAY ARRAY['calendlyd_runtime', 'calendlyd_definer']
	LOOP
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
			EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
		END IF;
	END LOOP;
	IF NOT pg_has_role(current_user, 'calendlyd_definer', 'USAGE') THEN
		EXECUTE format('GRANT calendlyd_definer TO %I', current_user);
	END IF;
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO calendlyd_runtime, calendlyd_definer;
-- Only while functions are handed over, see the end of each migration.
GRANT CREATE ON SCHEMA public TO calendlyd_definer;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
	GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO calendlyd_definer;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- The tenant of the transaction; none set gives NULL, which matches no row.
CREATE FUNCTION current_tenant() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT NULLIF(current_setting('calendlyd.tenant', true), '')::bigint $$;

-- RFC 3339 in UTC, the one form in which times leave the database.
CREATE FUNCTION rfc3339(timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT to_char($1 AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') $$;

GRANT EXECUTE ON FUNCTION current_tenant(), rfc3339(timestamptz)
	TO calendlyd_runtime, calendlyd_definer;

-- Keep a table's rows apart by "tenant_id"; every tenant's table calls this.
CREATE FUNCTION keep_apart(tab regclass, tenant_column text) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tab);
	EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', tab);
	EXECUTE format('CREATE POLICY own_tenant ON %s TO calendlyd_runtime'
	    ' USING (%I = current_tenant()) WITH CHECK (%I = current_tenant())',
	    tab, tenant_column, tenant_column);
	EXECUTE format('CREATE POLICY across_tenants ON %s TO calendlyd_definer'
	    ' USING (true) WITH CHECK (true)', tab);
END
$$;

-- Hand a function to the definer role, callable by the daemon alone.
CREATE FUNCTION look_across(fn regprocedure) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER', fn);
	EXECUTE format('ALTER FUNCTION %s SET search_path = public, pg_temp', fn);
	EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', fn);
	EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO calendlyd_runtime', fn);
	EXECUTE format('ALTER FUNCTION %s OWNER TO calendlyd_definer', fn);
END
$$;

CREATE TABLE tenants (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name		text NOT NULL UNIQUE
			CHECK (name ~ '^[a-z0-9][a-z0-9_.-]{0,62}$'),
	frontend_url	text,
	created_at	timestamptz NOT NULL DEFAULT now()
);
SELECT keep_apart('tenants', 'id');

-- Where a browser may be sent back to.
CREATE TABLE tenant_origins (
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	origin		text NOT NULL,
	PRIMARY KEY (tenant_id, origin)
);
SELECT keep_apart('tenant_origins', 'tenant_id');

CREATE TABLE api_keys (
	id		uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	hash		bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
	allow_token	boolean NOT NULL DEFAULT false,
	created_at	timestamptz NOT NULL DEFAULT now(),
	revoked_at	timestamptz
);
SELECT keep_apart('api_keys', 'tenant_id');

-- Who did what: operators' commands and what changed a connection.
CREATE TABLE audit (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	at		timestamptz NOT NULL DEFAULT now(),
	actor		text NOT NULL,
	action		text NOT NULL,
	subject		text
);
SELECT keep_apart('audit', 'tenant_id');

-- One row: which deployment's keyring seals what is in this database, and a
-- canary sealed with it, so that a wrong keyring is known before it is used.
CREATE TABLE deployment (
	only_row	boolean PRIMARY KEY DEFAULT true CHECK (only_row),
	deployment_id	uuid NOT NULL,
	canary_sealed	bytea NOT NULL,
	created_at	timestamptz NOT NULL DEFAULT now()
);

GRANT SELECT ON tenants, tenant_origins, deployment TO calendlyd_runtime;
GRANT INSERT ON audit TO calendlyd_runtime;
GRANT SELECT ON schema_migrations TO calendlyd_runtime;

CREATE FUNCTION api_key_find(key_hash bytea)
RETURNS TABLE (id uuid, tenant_id bigint, allow_token boolean)
LANGUAGE sql STABLE
AS $$
	SELECT k.id, k.tenant_id, k.allow_token
	  FROM api_keys k
	 WHERE k.hash = key_hash
	   AND k.revoked_at IS NULL
$$;
SELECT look_across('api_key_find(bytea)');

REVOKE CREATE ON SCHEMA public FROM calendlyd_definer;
