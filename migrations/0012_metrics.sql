-- What /metrics asks of the database, over all tenants: numbers alone, and
-- cheaply however many rows there are: of a queue at most 100000 are counted,
-- of what grows with the users a sample is taken beyond as many.

GRANT CREATE ON SCHEMA public TO calendlyd_definer;

-- Parked ones are told apart first: a long queue must not hide them.
CREATE FUNCTION tally_queue() RETURNS TABLE (state text, n bigint)
LANGUAGE sql STABLE
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
SELECT look_across('tally_queue()');

-- Seconds since the first that is due was received; by the order in which
-- they are taken.
CREATE FUNCTION tally_oldest() RETURNS TABLE (state text, n bigint)
LANGUAGE sql STABLE
AS $$
	SELECT NULL, greatest(0, extract(epoch FROM now() - d.received_at))::bigint
	  FROM (SELECT q.event_id
		  FROM delivery_queue q
		 WHERE q.parked_at IS NULL
		   AND q.next_run_at <= now()
		 ORDER BY q.delivery_id
		 LIMIT 1) first
	  JOIN deliveries_in d ON d.event_id = first.event_id
$$;
SELECT look_across('tally_oldest()');

CREATE FUNCTION tally_feed() RETURNS TABLE (state text, n bigint)
LANGUAGE sql STABLE
AS $$
	SELECT NULL, coalesce(sum(seq), 0)::bigint
	  FROM feed_heads
$$;
SELECT look_across('tally_feed()');

CREATE FUNCTION tally_unnumbered() RETURNS TABLE (state text, n bigint)
LANGUAGE sql STABLE
AS $$
	SELECT NULL, count(*)
	  FROM (SELECT FROM event_queue LIMIT 100000) waiting
$$;
SELECT look_across('tally_unnumbered()');

-- Of those that are missing, what may still be found: an alarm must end.
CREATE FUNCTION tally_ledger() RETURNS TABLE (state text, n bigint)
LANGUAGE sql STABLE
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
SELECT look_across('tally_ledger()');

-- How much of a table to look at, in per cent: all of it if it is small.
CREATE FUNCTION tally_share(tab regclass) RETURNS double precision
LANGUAGE sql STABLE
AS $$
	SELECT least(100, 100 * 100000 / greatest(1, reltuples))
	  FROM pg_class
	 WHERE oid = tab
$$;
GRANT EXECUTE ON FUNCTION tally_share(regclass) TO calendlyd_definer;

CREATE FUNCTION tally_connections() RETURNS TABLE (state text, n bigint)
LANGUAGE plpgsql STABLE
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
SELECT look_across('tally_connections()');

CREATE FUNCTION tally_subscriptions() RETURNS TABLE (state text, n bigint)
LANGUAGE plpgsql STABLE
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
SELECT look_across('tally_subscriptions()');

CREATE FUNCTION tally_jobs() RETURNS TABLE (state text, n bigint)
LANGUAGE sql STABLE
AS $$
	SELECT j.state, count(*)
	  FROM (SELECT CASE WHEN parked_at IS NOT NULL THEN 'parked'
			    WHEN deadline > now() THEN 'running'
			    ELSE 'waiting' END AS state
		  FROM jobs
		 LIMIT 100000) j
	 GROUP BY j.state
$$;
SELECT look_across('tally_jobs()');

REVOKE CREATE ON SCHEMA public FROM calendlyd_definer;
