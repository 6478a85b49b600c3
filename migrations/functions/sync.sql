-- Sync: which walk is next, and when.

-- Returns the more thorough of two purposes of a walk; either may be NULL.
CREATE OR REPLACE FUNCTION sync_stronger(a text, b text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT p
	  FROM unnest(ARRAY['backfill', 'repair', 'request', 'window', 'poll'])
		WITH ORDINALITY AS w(p, n)
	 WHERE p IN (a, b)
	 ORDER BY n
	 LIMIT 1
$$;
REVOKE ALL ON FUNCTION sync_stronger FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION sync_stronger
	TO calendlyd_runtime, calendlyd_definer;

-- Asks for the polls that are due, at most "most", and returns how many there
-- were.  Each is due again after "seconds", unless it ends and sets another
-- time before.  A connection is skipped while its tenant's row is locked,
-- because asking for a job would wait for that lock.
-- Definer: it looks at all tenants' connections.
-- In plpgsql, which keeps the plan: each runner calls this several times a
-- second.  Mostly nothing is due, which a look into the index tells.
CREATE OR REPLACE FUNCTION syncs_due(most integer, seconds integer)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	n bigint;
BEGIN
	PERFORM FROM syncs s
	  WHERE s.next_at <= now()
	  LIMIT 1;
	IF NOT FOUND THEN
		RETURN 0;
	END IF;
	WITH due AS (
		UPDATE syncs s
		   SET next_at = now() + (0.8 + 0.4 * random())
			* make_interval(secs => seconds),
		       asked = sync_stronger(s.asked, 'poll')
		 WHERE s.connection_id IN (
			SELECT d.connection_id FROM syncs d
			 WHERE d.next_at <= now()
			   AND EXISTS (
				SELECT FROM tenants t
				 WHERE t.id = d.tenant_id
				   FOR KEY SHARE SKIP LOCKED)
			 ORDER BY d.next_at
			 LIMIT most
			   FOR UPDATE SKIP LOCKED)
		RETURNING s.connection_id, s.tenant_id
	)
	SELECT count(job_ask(tenant_id, 'sync', connection_id::text)) INTO n
	  FROM due;
	RETURN n;
END
$$;
ALTER FUNCTION syncs_due OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION syncs_due FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION syncs_due TO calendlyd_runtime;

-- Does the same for the looks for rooms of conferences.
-- Definer: it looks at all tenants' connections.
CREATE OR REPLACE FUNCTION syncs_to_look(most integer, seconds integer)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	n bigint;
BEGIN
	PERFORM FROM syncs s
	  WHERE s.look_at <= now()
	  LIMIT 1;
	IF NOT FOUND THEN
		RETURN 0;
	END IF;
	WITH due AS (
		UPDATE syncs s
		   SET look_at = now() + make_interval(secs => seconds),
		       looks = s.looks + 1,
		       asked = sync_stronger(s.asked, 'window')
		 WHERE s.connection_id IN (
			SELECT d.connection_id FROM syncs d
			 WHERE d.look_at <= now()
			   AND EXISTS (
				SELECT FROM tenants t
				 WHERE t.id = d.tenant_id
				   FOR KEY SHARE SKIP LOCKED)
			 ORDER BY d.look_at
			 LIMIT most
			   FOR UPDATE SKIP LOCKED)
		RETURNING s.connection_id, s.tenant_id
	)
	SELECT count(job_ask(tenant_id, 'sync', connection_id::text)) INTO n
	  FROM due;
	RETURN n;
END
$$;
ALTER FUNCTION syncs_to_look OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION syncs_to_look FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION syncs_to_look TO calendlyd_runtime;
