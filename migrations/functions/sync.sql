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

-- Asks for the polls, and for the looks for rooms of conferences, that are due,
-- at most "most" of each, and returns for how many connections.  Each is due
-- again after "seconds", unless the walk ends and sets another time before.
-- The job is due since the poll or the look is, as in checks_ask().  A
-- connection is skipped while its tenant's row is locked, because asking for a
-- job would wait for that lock.
-- Definer: it looks at all tenants' connections.
-- In plpgsql, which keeps the plan: each runner calls this several times a
-- second.  Mostly nothing is due, which a look into each index tells.
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
	IF NOT EXISTS (SELECT FROM syncs WHERE next_at <= now())
	    AND NOT EXISTS (SELECT FROM syncs WHERE look_at <= now()) THEN
		RETURN 0;
	END IF;
	WITH polls AS (
		SELECT s.connection_id, s.next_at AS at
		  FROM syncs s
		 WHERE s.next_at <= now()
		   AND EXISTS (
			SELECT FROM tenants t
			 WHERE t.id = s.tenant_id
			   FOR KEY SHARE SKIP LOCKED)
		 ORDER BY s.next_at
		 LIMIT most
		   FOR UPDATE SKIP LOCKED
	), looks AS (
		SELECT s.connection_id, s.look_at AS at
		  FROM syncs s
		 WHERE s.look_at <= now()
		   AND EXISTS (
			SELECT FROM tenants t
			 WHERE t.id = s.tenant_id
			   FOR KEY SHARE SKIP LOCKED)
		 ORDER BY s.look_at
		 LIMIT most
		   FOR UPDATE SKIP LOCKED
	), few AS MATERIALIZED (
		SELECT w.connection_id, least(extract(epoch FROM
			now() - min(w.at)), 2592000)::integer AS late
		  FROM (SELECT * FROM polls
			UNION ALL SELECT * FROM looks) w
		 GROUP BY w.connection_id
	), due AS (
		UPDATE syncs s
		   SET asked = sync_stronger(s.asked, CASE
			WHEN s.look_at <= now() THEN 'window' ELSE 'poll' END),
		       next_at = CASE WHEN s.next_at <= now()
			THEN now() + (0.8 + 0.4 * random())
				* make_interval(secs => seconds)
			ELSE s.next_at END,
		       looks = s.looks + CASE WHEN s.look_at <= now()
			THEN 1 ELSE 0 END,
		       look_at = CASE WHEN s.look_at <= now()
			THEN now() + make_interval(secs => seconds)
			ELSE s.look_at END
		 WHERE s.connection_id IN (SELECT few.connection_id FROM few)
		RETURNING s.connection_id, s.tenant_id
	)
	SELECT count(job_ask(tenant_id, 'sync', connection_id::text, -late))
	  INTO n
	  FROM due
	  JOIN few USING (connection_id);
	RETURN n;
END
$$;
ALTER FUNCTION syncs_due OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION syncs_due FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION syncs_due TO calendlyd_runtime;
