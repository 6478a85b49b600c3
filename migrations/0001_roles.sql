-- Roles, and how tenants are kept apart.
--
-- calendlyd_runtime  is what the login of the daemon is a member of; it owns
--                    nothing, and sees one tenant's rows at a time.
-- calendlyd_definer  owns the functions that work before the tenant is known,
--                    or for all tenants.  Nobody logs in as it.
--
-- Row-level security is FORCEd on every table with tenants' rows, so that its
-- owner is subject to it, too; each role has policies of its own.
--
-- The functions in this file are called by the definitions of tables, so they
-- are frozen with them.  All others are in functions/.

-- Roles belong to the whole cluster, so another database may have created them.
DO $$
DECLARE
	role_name text;
BEGIN
	FOREACH role_name IN ARRAY
	    ARRAY['calendlyd_runtime', 'calendlyd_definer']
	LOOP
		IF NOT EXISTS (SELECT FROM pg_roles
				WHERE rolname = role_name) THEN
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
ALTER DEFAULT PRIVILEGES IN SCHEMA public
	GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO calendlyd_definer;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- The files that were applied to this database.  "calendlyctl migrate" has
-- created this table.
GRANT SELECT ON schema_files TO calendlyd_runtime;

-- The tenant that is set for the transaction.  If none is set, this is NULL,
-- which matches no row.
CREATE FUNCTION current_tenant() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT NULLIF(current_setting('calendlyd.tenant', true), '')::bigint $$;
GRANT EXECUTE ON FUNCTION current_tenant
	TO calendlyd_runtime, calendlyd_definer;

-- Enables row-level security on a table, by the column that names a row's
-- tenant.  Every table with tenants' rows is passed to this.
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
