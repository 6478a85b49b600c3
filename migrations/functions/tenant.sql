-- Tenants and the deployment: whom a request comes from, and whom this database
-- serves.

-- Finds the tenant of an API key, unless the key was revoked.
-- Definer: the tenant is known by the answer only.
-- In plpgsql, which keeps the plan: this runs before every request of the API.
CREATE OR REPLACE FUNCTION api_key_find(key_hash bytea)
RETURNS TABLE (id uuid, tenant_id bigint, allow_token boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT k.id, k.tenant_id, k.allow_token
	  FROM api_keys k
	 WHERE k.hash = key_hash
	   AND k.revoked_at IS NULL;
END
$$;
ALTER FUNCTION api_key_find OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION api_key_find FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION api_key_find TO calendlyd_runtime;

-- Returns the deployment's row.  The first caller that has a BACKEND_URL writes
-- it there, and all learn what is stored.
-- Definer: the daemon may not write to the deployment's row.
CREATE OR REPLACE FUNCTION deployment_meet(url text)
RETURNS TABLE (deployment_id uuid, backend_url text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
AS $$
BEGIN
	RETURN QUERY SELECT d.deployment_id, d.backend_url FROM deployment d
		      WHERE d.backend_url IS NOT NULL;
	IF NOT FOUND THEN
		UPDATE deployment d SET backend_url = url
		 WHERE d.backend_url IS NULL;
		RETURN QUERY SELECT d.deployment_id, d.backend_url
			       FROM deployment d;
	END IF;
END
$$;
ALTER FUNCTION deployment_meet OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION deployment_meet FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION deployment_meet TO calendlyd_runtime;

-- Tests whether the database can be written to, as far as one statement can
-- tell.  It fails as a write would fail: on a standby, where transactions are
-- read-only, and when the disk is full, which it finds out by a temporary file
-- of half a megabyte.  Then it writes a message to the write-ahead log, for
-- which the commit waits as for any write, standbys included; no row is left.
CREATE OR REPLACE FUNCTION database_probe() RETURNS void
LANGUAGE plpgsql VOLATILE
SET work_mem = '64kB'
AS $$
BEGIN
	IF pg_is_in_recovery()
	    OR current_setting('transaction_read_only')::boolean THEN
		RAISE read_only_sql_transaction
		    USING MESSAGE = 'the database takes no writes';
	END IF;
	PERFORM count(*) FROM generate_series(1, 16384);
	PERFORM pg_logical_emit_message(true, 'calendlyd', '');
END
$$;
REVOKE ALL ON FUNCTION database_probe FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION database_probe TO calendlyd_runtime;
