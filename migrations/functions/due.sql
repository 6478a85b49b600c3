-- Recurring work: when the next of it is due.

-- Returns in how many milliseconds a check, a poll or a look for a room is due,
-- at most "most"; 0: one is due already.
-- Definer: it looks at all tenants' connections.
-- In plpgsql, which keeps the plan: each runner calls this several times a
-- second.  It reads one entry of each of three indexes.
CREATE OR REPLACE FUNCTION due_in(most integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	at timestamptz;
BEGIN
	at := least(
		(SELECT min(c.next_check_at)
		   FROM connections c
		  WHERE c.status = 'connected'),
		(SELECT min(s.next_at)
		   FROM syncs s
		  WHERE s.next_at IS NOT NULL),
		(SELECT min(s.look_at)
		   FROM syncs s
		  WHERE s.look_at IS NOT NULL),
		now() + make_interval(secs => most / 1000.0));
	RETURN greatest(0, ceil(1000 * extract(epoch FROM at - now())));
END
$$;
ALTER FUNCTION due_in OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION due_in FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION due_in TO calendlyd_runtime;
