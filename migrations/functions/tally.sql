-- Numbers that /metrics asks the database for, over all tenants.  They are
-- cheap however many rows there are: of a queue at most 100000 rows are
-- counted; of a table that grows with the users, a sample is counted if it has
-- more.
--
-- All of these are definers for the same reason: they count all tenants' rows.

-- Counts the deliveries that wait.  Parked ones are counted separately, because
-- a long queue must not hide them.
CREATE OR REPLACE FUNCTION tally_queue() RETURNS TABLE (state text, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
	SELECT 'parked', count(*)
	  FROM (SELECT FROM delivery_queue
		 WHERE parked_at IS NOT NULL
		 LIMIT 100000) parked
	UNION ALL
	SELECT CASE WHEN later THEN 'later' ELSE 'due' END, count(*)
	  FROM (SELECT next_run_at > now() AS later
		  FROM delivery_queue
		 WHERE parked_at IS NULL
		 LIMIT 100000) waiting
	 GROUP BY later
$$;
ALTER FUNCTION tally_queue OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION tally_queue FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION tally_queue TO calendlyd_runtime;

-- Returns how many seconds ago the delivery was received that is applied next.
CREATE OR REPLACE FUNCTION tally_oldest()
RETURNS TABLE (state text, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
	SELECT NULL, greatest(0, extract(epoch
		FROM now() - d.received_at))::bigint
	  FROM (SELECT q.event_id
		  FROM delivery_queue q
		 WHERE q.parked_at IS NULL
		   AND q.next_run_at <= now()
		 ORDER BY q.next_run_at, q.delivery_id
		 LIMIT 1) first
	  JOIN deliveries_in d ON d.event_id = first.event_id
$$;
ALTER FUNCTION tally_oldest OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION tally_oldest FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION tally_oldest TO calendlyd_runtime;

-- Counts the numbers that were given out in all feeds.
CREATE OR REPLACE FUNCTION tally_feed() RETURNS TABLE (state text, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
	SELECT NULL, coalesce(sum(seq), 0)::bigint
	  FROM feed_heads
$$;
ALTER FUNCTION tally_feed OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION tally_feed FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION tally_feed TO calendlyd_runtime;

-- Counts the events that wait for their number.
CREATE OR REPLACE FUNCTION tally_unnumbered()
RETURNS TABLE (state text, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
	SELECT NULL, count(*)
	  FROM (SELECT FROM event_queue LIMIT 100000) waiting
$$;
ALTER FUNCTION tally_unnumbered OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION tally_unnumbered FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION tally_unnumbered TO calendlyd_runtime;

-- Returns the books.  Missing deliveries of the oldest, summed-up minutes are
-- left out: they can't be found any more, and an alarm must end.
CREATE OR REPLACE FUNCTION tally_ledger() RETURNS TABLE (state text, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
	SELECT v.state, v.n::bigint
	  FROM (SELECT sum(accepted) AS accepted, sum(applied) AS applied,
		       sum(superseded) AS superseded, sum(flagged) AS flagged,
		       sum(pending) AS pending,
		       sum(CASE WHEN minute > '-infinity' THEN missing ELSE 0
			END) AS missing
		  FROM ledger) l,
	       LATERAL (VALUES ('accepted', accepted), ('applied', applied),
		       ('superseded', superseded), ('flagged', flagged),
		       ('pending', pending), ('missing', missing)) v (state, n)
	 WHERE v.n IS NOT NULL
$$;
ALTER FUNCTION tally_ledger OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION tally_ledger FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION tally_ledger TO calendlyd_runtime;

-- Returns how much of a table to sample, in per cent; 100 for a small one.
CREATE OR REPLACE FUNCTION tally_share(tab regclass) RETURNS double precision
LANGUAGE sql STABLE
AS $$
	SELECT least(100, 100 * 100000 / greatest(1, reltuples))
	  FROM pg_class
	 WHERE oid = tab
$$;
REVOKE ALL ON FUNCTION tally_share FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION tally_share TO calendlyd_definer;

-- Counts connections by status.
CREATE OR REPLACE FUNCTION tally_connections()
RETURNS TABLE (state text, n bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
SET jit = off
AS $$
DECLARE
	share	CONSTANT double precision := tally_share('connections');
BEGIN
	RETURN QUERY
	SELECT c.status, round(count(*) * 100 / share)::bigint
	  FROM connections c TABLESAMPLE SYSTEM (share)
	 GROUP BY c.status;
END
$$;
ALTER FUNCTION tally_connections OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION tally_connections FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION tally_connections TO calendlyd_runtime;

-- Counts subscriptions by state.
CREATE OR REPLACE FUNCTION tally_subscriptions()
RETURNS TABLE (state text, n bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
SET jit = off
AS $$
DECLARE
	share	CONSTANT double precision := tally_share('subscriptions');
BEGIN
	RETURN QUERY
	SELECT s.state, round(count(*) * 100 / share)::bigint
	  FROM subscriptions s TABLESAMPLE SYSTEM (share)
	 GROUP BY s.state;
END
$$;
ALTER FUNCTION tally_subscriptions OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION tally_subscriptions FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION tally_subscriptions TO calendlyd_runtime;

-- Counts jobs by state.  Each state is counted up to a bound of its own, so
-- that parked jobs are seen however many others wait.
CREATE OR REPLACE FUNCTION tally_jobs()
RETURNS TABLE (state text, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
	SELECT 'parked', count(*)
	  FROM (SELECT FROM jobs
		 WHERE parked_at IS NOT NULL
		 LIMIT 100000) parked
	HAVING count(*) > 0
	UNION ALL
	SELECT j.state, count(*)
	  FROM (SELECT CASE WHEN deadline > now() THEN 'running'
			    ELSE 'waiting' END AS state
		  FROM jobs
		 WHERE parked_at IS NULL
		 ORDER BY next_run_at
		 LIMIT 100000) j
	 GROUP BY j.state
$$;
ALTER FUNCTION tally_jobs OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION tally_jobs FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION tally_jobs TO calendlyd_runtime;

-- Counts the accounts whose calls to Calendly hang.
CREATE OR REPLACE FUNCTION tally_slow() RETURNS TABLE (state text, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
	SELECT NULL, count(*)
	  FROM accounts
	 WHERE slow_until > now()
$$;
ALTER FUNCTION tally_slow OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION tally_slow FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION tally_slow TO calendlyd_runtime;

-- Counts destinations.  One of those that are active is "failing" if its tenant
-- was told so.
CREATE OR REPLACE FUNCTION tally_destinations()
RETURNS TABLE (state text, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
	SELECT d.state, count(*)
	  FROM (SELECT CASE WHEN state = 'active' AND told_failing
				THEN 'failing' ELSE state END AS state
		  FROM destinations
		 WHERE removed_at IS NULL
		 LIMIT 100000) d
	 GROUP BY d.state
$$;
ALTER FUNCTION tally_destinations OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION tally_destinations FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION tally_destinations TO calendlyd_runtime;

-- Counts the pushes that are not delivered.
CREATE OR REPLACE FUNCTION tally_pushes()
RETURNS TABLE (state text, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
	SELECT p.status, count(*)
	  FROM (SELECT status FROM pushes
		 WHERE (status || '') <> 'delivered'	-- as the index
		 LIMIT 100000) p
	 GROUP BY p.status
$$;
ALTER FUNCTION tally_pushes OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION tally_pushes FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION tally_pushes TO calendlyd_runtime;
