-- The books of deliveries, counted minute by minute from the rows themselves.

-- Counts, or counts again, what was received in one minute.  A flagged event
-- whose delivery waits to be tried again counts as pending; the outcome of a
-- telling is stored with the telling.  It also deletes what is left of erased
-- users: rows that erasing did not find, because somebody was just applying
-- them.
CREATE OR REPLACE FUNCTION ledger_count(since timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
	WITH sums AS (
		SELECT s.tenant_id, count(*) AS accepted,
		       count(*) FILTER (WHERE became = 'applied') AS applied,
		       count(*) FILTER (WHERE became = 'superseded')
			AS superseded,
		       count(*) FILTER (WHERE became = 'flagged') AS flagged,
		       count(*) FILTER (WHERE became = 'pending') AS pending,
		       count(*) FILTER (WHERE became = 'missing') AS missing,
		       count(*) FILTER (WHERE again) AS retold
		  FROM (SELECT d.tenant_id, d.telling_of IS NOT NULL AS again,
			CASE
			WHEN coalesce(d.outcome, e.outcome) IN ('applied',
				'superseded')
			THEN coalesce(d.outcome, e.outcome)
			WHEN EXISTS (SELECT FROM delivery_queue q
				      WHERE q.delivery_id = d.id)
			THEN 'pending'
			WHEN d.outcome IS NULL AND e.id IS NULL
			THEN 'missing'
			ELSE coalesce(d.outcome, e.outcome, 'applied') END
			AS became
			  FROM deliveries_in d
			  LEFT JOIN LATERAL (
				SELECT x.id, x.outcome
				  FROM events x
				 WHERE x.id = d.event_id
				   AND x.source = 'webhook'
				OFFSET 0) e ON true
			 WHERE d.received_at >= since
			   AND d.received_at < since + interval '1 minute'
			OFFSET 0) s
		  JOIN tenants t ON t.id = s.tenant_id
		 GROUP BY s.tenant_id
	), erased AS (
		DELETE FROM ledger l
		 WHERE l.minute = since
		   AND l.tenant_id NOT IN (SELECT tenant_id FROM sums)
	)
	INSERT INTO ledger AS l (tenant_id, minute, accepted, applied,
	       superseded, flagged, pending, missing, retold)
	SELECT tenant_id, since, accepted, applied, superseded, flagged,
	       pending, missing, retold
	  FROM sums
	ON CONFLICT (tenant_id, minute) DO UPDATE
	   SET accepted = excluded.accepted,
	       applied = excluded.applied,
	       superseded = excluded.superseded,
	       flagged = excluded.flagged,
	       pending = excluded.pending,
	       missing = excluded.missing,
	       retold = excluded.retold,
	       told = least(l.told, excluded.missing),
	       checked_at = now();

	IF EXISTS (SELECT FROM ledger l
		    WHERE l.minute = since AND l.missing > 0) THEN
		DELETE FROM deliveries_in d
		 WHERE d.received_at >= since
		   AND d.received_at < since + interval '1 minute'
		   AND d.outcome IS NULL
		   AND NOT EXISTS (SELECT FROM connections c
				    WHERE c.id = d.connection_id)
		   AND NOT EXISTS (SELECT FROM delivery_queue q
				    WHERE q.delivery_id = d.id)
		   AND NOT EXISTS (SELECT FROM events e
				    WHERE e.id = d.event_id);
		IF FOUND THEN
			PERFORM ledger_count(since);
		END IF;
	END IF;
END
$$;
REVOKE ALL ON FUNCTION ledger_count FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION ledger_count TO calendlyd_definer;

-- Counts again a minute from which retention has deleted.  Only what still
-- waits can be counted; whatever was pending and no longer waits was applied.
CREATE OR REPLACE FUNCTION ledger_settle(since timestamptz) RETURNS void
LANGUAGE sql VOLATILE
AS $$
	UPDATE ledger l
	   SET pending = least(l.pending, w.n),
	       applied = l.applied + l.pending - least(l.pending, w.n),
	       checked_at = now()
	  FROM (SELECT m.tenant_id, count(d.event_id) AS n
		  FROM ledger m
		  LEFT JOIN (delivery_queue q
			JOIN deliveries_in d ON d.event_id = q.event_id)
		    ON d.tenant_id = m.tenant_id
		   AND d.received_at >= since
		   AND d.received_at < since + interval '1 minute'
		 WHERE m.minute = since
		 GROUP BY m.tenant_id) w
	 WHERE l.minute = since
	   AND l.tenant_id = w.tenant_id
$$;
REVOKE ALL ON FUNCTION ledger_settle FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION ledger_settle TO calendlyd_definer;

-- Lists the minutes that have to be counted again.  As long as few tried
-- deliveries are in the queue, every minute that has changed is listed.  If
-- there are many, somebody has to act, and until then each minute concerned is
-- listed every ten minutes.
CREATE OR REPLACE FUNCTION ledger_due() RETURNS SETOF timestamptz
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	little	CONSTANT integer := 1000;
	quiet	timestamptz;	-- all deliveries before this were tried
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
REVOKE ALL ON FUNCTION ledger_due FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION ledger_due TO calendlyd_definer;

-- Adds up, for each tenant, the old minutes that need no further counting, into
-- one row.
CREATE OR REPLACE FUNCTION ledger_fold(kept_from timestamptz) RETURNS void
LANGUAGE sql VOLATILE
AS $$
	WITH past AS (
		DELETE FROM ledger l
		 WHERE (l.tenant_id, l.minute) IN (
			SELECT o.tenant_id, o.minute
			  FROM ledger o
			 WHERE o.minute > '-infinity'
			   AND o.minute < now() - interval '1 hour'
			   AND o.pending = 0
			   AND (o.missing = 0 OR o.minute < kept_from)
			 LIMIT 1000)
		RETURNING l.*
	)
	INSERT INTO ledger AS l (tenant_id, minute, accepted, applied,
	       superseded, flagged, pending, missing, told, retold)
	SELECT tenant_id, '-infinity', sum(accepted), sum(applied),
	       sum(superseded), sum(flagged), 0, sum(missing), sum(missing),
	       sum(retold)
	  FROM past
	 GROUP BY tenant_id
	ON CONFLICT (tenant_id, minute) DO UPDATE
	   SET accepted = l.accepted + excluded.accepted,
	       applied = l.applied + excluded.applied,
	       superseded = l.superseded + excluded.superseded,
	       flagged = l.flagged + excluded.flagged,
	       missing = l.missing + excluded.missing,
	       told = l.told + excluded.told,
	       retold = l.retold + excluded.retold,
	       checked_at = now()
$$;
REVOKE ALL ON FUNCTION ledger_fold FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION ledger_fold TO calendlyd_definer;

-- Closes the minutes that are over, and counts again those that need it, for
-- about a second.  A minute is closed 15 seconds after its end, because storing
-- a delivery may take 10.  "days" is how long retention keeps deliveries.
-- Returns how many minutes it has counted; 0 also if somebody else is counting.
-- Definer: it counts all tenants' deliveries.
CREATE OR REPLACE FUNCTION ledger_audit(days integer) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
-- Whatever the statistics say, no plan may read all deliveries.
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
	until	CONSTANT timestamptz := clock_timestamp() + interval '1 second';
	kept	CONSTANT timestamptz := date_trunc('minute', now()
			- make_interval(days => days) + interval '1 hour');
	looked	bigint := 0;
	closed	timestamptz;
	one	timestamptz;
BEGIN
	SELECT greatest(h.closed_to, kept) INTO closed
	  FROM ledger_head h
	   FOR UPDATE SKIP LOCKED;
	IF NOT FOUND THEN
		RETURN 0;
	END IF;
	WHILE closed + interval '75 seconds' <= now()
	    AND clock_timestamp() < until LOOP
		PERFORM ledger_count(closed);
		closed := closed + interval '1 minute';
		looked := looked + 1;
	END LOOP;
	UPDATE ledger_head
	   SET closed_to = closed
	 WHERE closed_to < closed;
	FOR one IN SELECT d FROM ledger_due() d LOOP
		EXIT WHEN clock_timestamp() > until;
		IF one < kept THEN
			PERFORM ledger_settle(one);
		ELSE
			PERFORM ledger_count(one);
		END IF;
		looked := looked + 1;
	END LOOP;
	IF looked > 0 THEN
		PERFORM ledger_fold(kept);
	END IF;
	RETURN looked;
END
$$;
ALTER FUNCTION ledger_audit OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION ledger_audit FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION ledger_audit TO calendlyd_runtime;

-- Returns how many deliveries are missing that were not logged before, and
-- marks them as logged, which holds only if the transaction commits.
-- Definer: it looks at all tenants' books.
CREATE OR REPLACE FUNCTION ledger_tell()
RETURNS TABLE (tenant text, minute text, missing bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
AS $$
	UPDATE ledger l
	   SET told = l.missing
	  FROM tenants t
	 WHERE t.id = l.tenant_id
	   AND l.missing > l.told
	RETURNING t.name, rfc3339(l.minute), l.missing
$$;
ALTER FUNCTION ledger_tell OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION ledger_tell FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION ledger_tell TO calendlyd_runtime;

-- Returns the books of one tenant, or of all (NULL), up to the minute up to
-- which they are closed.
-- Definer: it may look at all tenants' books.
CREATE OR REPLACE FUNCTION ledger_totals(tenant text)
RETURNS TABLE (closed_to timestamptz, accepted bigint, applied bigint,
	superseded bigint, flagged bigint, pending bigint, missing bigint,
	retold bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
	SELECT h.closed_to, coalesce(s.accepted, 0)::bigint,
	       coalesce(s.applied, 0)::bigint,
	       coalesce(s.superseded, 0)::bigint,
	       coalesce(s.flagged, 0)::bigint,
	       coalesce(s.pending, 0)::bigint,
	       coalesce(s.missing, 0)::bigint,
	       coalesce(s.retold, 0)::bigint
	  FROM ledger_head h,
	       (SELECT sum(l.accepted) AS accepted, sum(l.applied) AS applied,
		       sum(l.superseded) AS superseded,
		       sum(l.flagged) AS flagged, sum(l.pending) AS pending,
		       sum(l.missing) AS missing, sum(l.retold) AS retold
		  FROM ledger l
		  JOIN tenants t ON t.id = l.tenant_id
		 WHERE ledger_totals.tenant IS NULL
		    OR t.name = ledger_totals.tenant) s
$$;
ALTER FUNCTION ledger_totals OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION ledger_totals FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION ledger_totals TO calendlyd_runtime;

-- Lists the deliveries that are missing: they have neither become an event nor
-- wait.  Only the minutes are read whose books have missing ones.
-- Definer: it looks at all tenants' books.
CREATE OR REPLACE FUNCTION deliveries_missing()
RETURNS TABLE (delivery_id bigint, event_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
SET enable_seqscan = off
AS $$
	SELECT d.id, d.event_id
	  FROM ledger l
	  JOIN deliveries_in d ON d.tenant_id = l.tenant_id
	       AND d.received_at >= l.minute
	       AND d.received_at < l.minute + interval '1 minute'
	 WHERE l.missing > 0
	   AND l.minute > '-infinity'
	   AND d.outcome IS NULL
	   AND NOT EXISTS (SELECT FROM delivery_queue q
			    WHERE q.delivery_id = d.id)
	   AND NOT EXISTS (SELECT FROM events e
			    WHERE e.id = d.event_id)
$$;
ALTER FUNCTION deliveries_missing OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION deliveries_missing FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION deliveries_missing TO calendlyd_runtime;
