-- Queues whose cost does not depend on what nobody may take yet: deliveries
-- are taken in the order in which they are due, so that those that are tried
-- again later lie behind, and those that wait for a person are not met at all.
--
-- The previous version runs on this schema, too: what it calls is here, and
-- answers as before.

GRANT CREATE ON SCHEMA public TO calendlyd_definer;

CREATE INDEX delivery_queue_due ON delivery_queue (next_run_at, delivery_id)
	WHERE parked_at IS NULL;
CREATE INDEX jobs_parked ON jobs (id) WHERE parked_at IS NOT NULL;

-- As before, but in the order of the index above, and only what is due since
-- "since" or shortly before: who has taken all before passes none of the dead
-- rows that it left there until a vacuum removes them, or cannot because
-- somebody holds an old snapshot.  "Shortly" because a row becomes visible
-- later than it is due; what took longer is found by who looks from the
-- beginning now and then.
CREATE FUNCTION delivery_take(most integer, most_bytes integer,
	tellings boolean, since timestamptz)
RETURNS TABLE (id bigint, tenant_id bigint, connection_id uuid, user_id text,
	received_at text, kind text, flaw text, body bytea, event_id uuid,
	tries smallint, telling_of uuid, due timestamptz)
LANGUAGE plpgsql VOLATILE
-- Planned once, perhaps while there is nothing: never read all of the queue.
SET enable_seqscan = off
SET enable_bitmapscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	passed_due	timestamptz := since - interval '2 seconds';
	passed		bigint := 0;
BEGIN
	FOR looked IN 1 .. 16 LOOP
		RETURN QUERY
		WITH first AS MATERIALIZED (
			SELECT q.delivery_id, q.event_id, q.tries,
			       q.next_run_at
			  FROM delivery_queue q
			 WHERE q.parked_at IS NULL
			   AND q.next_run_at <= now()
			   AND (q.next_run_at, q.delivery_id) >
				(passed_due, passed)
			   AND (tellings OR q.is_telling IS NULL)
			 ORDER BY q.next_run_at, q.delivery_id
			 LIMIT most
			   FOR UPDATE SKIP LOCKED
		), batch AS MATERIALIZED (
			SELECT f.delivery_id, f.tries, f.next_run_at, i.*
			  FROM first f
			  LEFT JOIN deliveries_in i
			    ON i.event_id = f.event_id
		), held AS MATERIALIZED (
			SELECT c.id, c.user_id
			  FROM connections c
			 WHERE c.id IN (
				SELECT b.connection_id FROM batch b)
			   FOR NO KEY UPDATE SKIP LOCKED
		), orphan AS (
			-- By arrays, which are made once: joined, a plan from
			-- when the queue was empty goes through all of it.
			DELETE FROM delivery_queue q
			 WHERE q.delivery_id = ANY (ARRAY(
				SELECT b.delivery_id
				  FROM batch b
				 WHERE NOT EXISTS (
					SELECT FROM held h
					 WHERE h.id = b.connection_id)
				   AND NOT EXISTS (
					SELECT FROM connections c
					 WHERE c.id = b.connection_id)))
			RETURNING q.event_id
		), unread AS (
			-- One that somebody holds is left to retention.
			DELETE FROM deliveries_in i
			 WHERE i.event_id = ANY (ARRAY(
				SELECT l.event_id
				  FROM deliveries_in l
				 WHERE l.event_id = ANY (ARRAY(
					SELECT o.event_id FROM orphan o))
				   FOR UPDATE SKIP LOCKED))
		)
		SELECT b.delivery_id, b.tenant_id, b.connection_id, b.whose,
		       rfc3339(b.received_at), b.kind, b.flaw, b.body,
		       b.event_id, b.tries, b.telling_of, b.next_run_at
		  FROM (SELECT t.*, h.user_id AS whose,
			       -- Of what is taken: what others hold leaves
			       -- its room to those behind it.
			       sum(length(t.body)) OVER (
				ORDER BY t.next_run_at, t.delivery_id)
				- length(t.body) AS bytes_before
			  FROM batch t
			  JOIN held h ON h.id = t.connection_id
			 WHERE tellings OR t.telling_of IS NULL) b
		 WHERE b.bytes_before < most_bytes
		 ORDER BY b.next_run_at, b.delivery_id;
		EXIT WHEN FOUND;
		-- All of these are busy: those behind them.
		SELECT w.next_run_at, w.delivery_id INTO passed_due, passed
		  FROM (SELECT q.next_run_at, q.delivery_id
			  FROM delivery_queue q
			 WHERE q.parked_at IS NULL
			   AND q.next_run_at <= now()
			   AND (q.next_run_at, q.delivery_id) >
				(passed_due, passed)
			   AND (tellings OR q.is_telling IS NULL)
			 ORDER BY q.next_run_at, q.delivery_id
			 LIMIT most) w
		 ORDER BY w.next_run_at DESC, w.delivery_id DESC
		 LIMIT 1;
		EXIT WHEN NOT FOUND;
	END LOOP;
END
$$;
SELECT look_across('delivery_take(integer, integer, boolean, timestamptz)');

-- For the previous version, from the beginning each time.
CREATE OR REPLACE FUNCTION delivery_take(most integer, most_bytes integer,
	tellings boolean)
RETURNS TABLE (id bigint, tenant_id bigint, connection_id uuid, user_id text,
	received_at text, kind text, flaw text, body bytea, event_id uuid,
	tries smallint, telling_of uuid)
LANGUAGE sql VOLATILE
AS $$
	SELECT t.id, t.tenant_id, t.connection_id, t.user_id, t.received_at,
	       t.kind, t.flaw, t.body, t.event_id, t.tries, t.telling_of
	  FROM delivery_take(most, most_bytes, tellings, '-infinity') t
$$;
SELECT look_across('delivery_take(integer, integer, boolean)');

-- How long what is taken next has waited.
CREATE OR REPLACE FUNCTION tally_oldest()
RETURNS TABLE (state text, n bigint)
LANGUAGE sql STABLE
AS $$
	SELECT NULL, greatest(0, extract(epoch FROM now() - d.received_at))::bigint
	  FROM (SELECT q.event_id
		  FROM delivery_queue q
		 WHERE q.parked_at IS NULL
		   AND q.next_run_at <= now()
		 ORDER BY q.next_run_at, q.delivery_id
		 LIMIT 1) first
	  JOIN deliveries_in d ON d.event_id = first.event_id
$$;
SELECT look_across('tally_oldest()');

-- Each state is counted up to a bound of its own: however many wait, it is
-- seen that some are parked.
CREATE OR REPLACE FUNCTION tally_jobs()
RETURNS TABLE (state text, n bigint)
LANGUAGE sql STABLE
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
SELECT look_across('tally_jobs()');

-- The minutes that are to be counted anew.  What was tried and is still in the
-- queue is counted minute by minute as long as it is little.  If it is much,
-- somebody has to do something about it, and until then each minute that is
-- concerned is counted every ten minutes.
CREATE OR REPLACE FUNCTION ledger_due() RETURNS SETOF timestamptz
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	little	CONSTANT integer := 1000;
	quiet	timestamptz;	-- all before it have been tried at least once
BEGIN
	SELECT d.received_at INTO quiet
	  FROM (SELECT q.event_id
		  FROM delivery_queue q
		 WHERE q.parked_at IS NULL
		   AND q.next_run_at <= now()
		   AND q.tries = 0
		 ORDER BY q.next_run_at, q.delivery_id
		 LIMIT 1) fresh
	  JOIN deliveries_in d ON d.event_id = fresh.event_id;
	PERFORM FROM delivery_queue q
	  WHERE q.tries > 0
	     OR q.parked_at IS NOT NULL
	 OFFSET little
	  LIMIT 1;
	IF FOUND THEN
		RETURN QUERY
		SELECT l.minute
		  FROM ledger l
		 WHERE l.minute > '-infinity'
		   AND (l.pending > 0 AND l.minute + interval '1 minute'
			<= coalesce(quiet, 'infinity')
			OR l.missing > 0
			OR l.checked_at = '-infinity')
		   AND l.checked_at < now() - interval '10 minutes'
		 GROUP BY l.minute
		 ORDER BY min(l.checked_at), l.minute
		 LIMIT 100;
		RETURN;
	END IF;
	RETURN QUERY
	WITH tried AS (
		SELECT d.tenant_id, date_trunc('minute', d.received_at)
			AS minute, count(*) AS n
		  FROM delivery_queue q
		  JOIN deliveries_in d ON d.event_id = q.event_id
		 WHERE q.tries > 0
		 GROUP BY 1, 2
	)
	SELECT l.minute
	  FROM ledger l
	  LEFT JOIN tried t ON t.tenant_id = l.tenant_id
	       AND t.minute = l.minute
	 WHERE l.minute > '-infinity'
	   AND (l.pending <> coalesce(t.n, 0)
		AND l.minute + interval '1 minute' <= coalesce(quiet,
			'infinity')
		OR l.missing > 0
		AND l.checked_at < now() - interval '10 minutes')
	 GROUP BY l.minute
	 ORDER BY l.minute
	 LIMIT 100;
END
$$;

-- Short whatever the planner thinks of it: compiled, each took 60 ms.
ALTER FUNCTION sealed_keys() SET jit = off;
ALTER FUNCTION tally_connections() SET jit = off;
ALTER FUNCTION tally_subscriptions() SET jit = off;
ALTER FUNCTION sweep_links(integer) SET jit = off;
ALTER FUNCTION sweep_pending_grants(integer) SET jit = off;
ALTER FUNCTION sweep_api_calls(integer, integer) SET jit = off;
ALTER FUNCTION sweep_deliveries(integer, integer) SET jit = off;
ALTER FUNCTION sweep_events(integer, integer) SET jit = off;
ALTER FUNCTION checks_ask(integer) SET jit = off;

REVOKE CREATE ON SCHEMA public FROM calendlyd_definer;
