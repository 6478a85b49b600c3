-- Whom a request comes from, and whom this database serves.

-- The tenant of an API key that was not revoked.
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

-- Whom this database serves: the first to ask with its BACKEND_URL is written
-- down, and everybody is told what is known.
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

-- Can the database be written to, by every sign that a statement can see?
-- Fails as a write would fail: on a standby, where transactions are read-only,
-- and where the disk has no room left, which a temporary file of half a
-- megabyte finds out.  Then something goes through the write-ahead log and,
-- when this commits, to the standbys that a commit waits for; no row is left.
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
