-- The books of deliveries: what was accepted is applied, superseded, flagged,
-- pending or missing, counted minute by minute from the rows themselves.
--
-- Ingest and apply write nothing here: whoever audits reads what they did.

GRANT CREATE ON SCHEMA public TO calendlyd_definer;

CREATE TABLE ledger (
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	minute		timestamptz NOT NULL,	-- when they were received;
						-- -infinity: all older ones
	accepted	bigint NOT NULL,
	applied		bigint NOT NULL,
	superseded	bigint NOT NULL,
	flagged		bigint NOT NULL,
	pending		bigint NOT NULL,	-- parked ones among them
	missing		bigint NOT NULL,	-- must be 0
	told		bigint NOT NULL DEFAULT 0,	-- missing, and logged
	checked_at	timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant_id, minute),
	CHECK (accepted = applied + superseded + flagged + pending + missing)
);
SELECT keep_apart('ledger', 'tenant_id');

GRANT SELECT ON ledger TO calendlyd_runtime;

-- How far the books are closed.  Whoever audits holds this row.  They begin
-- with what waits at this moment.
CREATE TABLE ledger_head (
	only_row	boolean PRIMARY KEY DEFAULT true CHECK (only_row),
	closed_to	timestamptz NOT NULL
);
ALTER TABLE deliveries_in NO FORCE ROW LEVEL SECURITY;
ALTER TABLE delivery_queue NO FORCE ROW LEVEL SECURITY;
INSERT INTO ledger_head (closed_to)
SELECT date_trunc('minute', coalesce(min(d.received_at), now()))
  FROM delivery_queue q
  JOIN deliveries_in d ON d.event_id = q.event_id;
ALTER TABLE deliveries_in FORCE ROW LEVEL SECURITY;
ALTER TABLE delivery_queue FORCE ROW LEVEL SECURITY;

-- What failed, and what was given up: few rows of a long queue.
CREATE INDEX delivery_queue_tried ON delivery_queue (delivery_id)
	WHERE tries > 0 OR parked_at IS NOT NULL;

-- (Re)count what was received in one minute.  A flagged event whose delivery
-- waits to be tried again is pending; an event without an outcome is the
-- previous version's, which knew no other than applied.  What is left of a user
-- whom that version erased goes, too: it did not find what we had applied.
CREATE FUNCTION ledger_count(since timestamptz) RETURNS void
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
		       count(*) FILTER (WHERE became = 'missing') AS missing
		  FROM (SELECT d.tenant_id, CASE
			WHEN e.outcome IN ('applied', 'superseded')
			THEN e.outcome
			WHEN EXISTS (SELECT FROM delivery_queue q
				      WHERE q.delivery_id = d.id)
			THEN 'pending'
			WHEN e.id IS NULL
			THEN 'missing'
			ELSE coalesce(e.outcome, 'applied') END AS became
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
	       superseded, flagged, pending, missing)
	SELECT tenant_id, since, accepted, applied, superseded, flagged,
	       pending, missing
	  FROM sums
	ON CONFLICT (tenant_id, minute) DO UPDATE
	   SET accepted = excluded.accepted,
	       applied = excluded.applied,
	       superseded = excluded.superseded,
	       flagged = excluded.flagged,
	       pending = excluded.pending,
	       missing = excluded.missing,
	       told = least(l.told, excluded.missing),
	       checked_at = now();

	IF EXISTS (SELECT FROM ledger l
		    WHERE l.minute = since AND l.missing > 0) THEN
		DELETE FROM deliveries_in d
		 WHERE d.received_at >= since
		   AND d.received_at < since + interval '1 minute'
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

-- The same for a minute that retention has been at: only what still waits can
-- be told; what no longer does was applied.
CREATE FUNCTION ledger_settle(since timestamptz) RETURNS void
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

-- Minutes whose count is no longer right: fewer wait now than then, or some
-- are missing and may have been found.  A minute of which deliveries wait that
-- were never tried is left until those are through.
CREATE FUNCTION ledger_due() RETURNS SETOF timestamptz
LANGUAGE sql STABLE
AS $$
	WITH fresh AS (
		SELECT d.received_at
		  FROM delivery_queue q
		  JOIN deliveries_in d ON d.event_id = q.event_id
		 WHERE q.tries = 0
		 ORDER BY q.delivery_id
		 LIMIT 1
	), tried AS (
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
		AND l.minute + interval '1 minute' <= coalesce(
			(SELECT received_at FROM fresh), 'infinity')
		OR l.missing > 0
		AND l.checked_at < now() - interval '10 minutes')
	 GROUP BY l.minute
	 ORDER BY l.minute
	 LIMIT 100
$$;

-- Minutes that hold no more questions become one line a tenant.
CREATE FUNCTION ledger_fold(kept_from timestamptz) RETURNS void
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
	       superseded, flagged, pending, missing, told)
	SELECT tenant_id, '-infinity', sum(accepted), sum(applied),
	       sum(superseded), sum(flagged), 0, sum(missing), sum(missing)
	  FROM past
	 GROUP BY tenant_id
	ON CONFLICT (tenant_id, minute) DO UPDATE
	   SET accepted = l.accepted + excluded.accepted,
	       applied = l.applied + excluded.applied,
	       superseded = l.superseded + excluded.superseded,
	       flagged = l.flagged + excluded.flagged,
	       missing = l.missing + excluded.missing,
	       told = l.told + excluded.told,
	       checked_at = now()
$$;

GRANT EXECUTE ON FUNCTION ledger_count(timestamptz),
	ledger_settle(timestamptz), ledger_due(), ledger_fold(timestamptz)
	TO calendlyd_definer;

-- Close the minutes that are over (those who store have 10 seconds; 15 are
-- given) and look again at those that are due, for about a second.  Retention
-- keeps "days".  Says how many minutes it looked at; 0, too, if somebody else
-- is at it.
CREATE FUNCTION ledger_audit(days integer) RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off	-- whatever statistics say: never all deliveries
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
SELECT look_across('ledger_audit(integer)');

-- What is missing and was not told of before; told now, if this commits.
CREATE FUNCTION ledger_tell()
RETURNS TABLE (tenant text, minute text, missing bigint)
LANGUAGE sql VOLATILE
AS $$
	UPDATE ledger l
	   SET told = l.missing
	  FROM tenants t
	 WHERE t.id = l.tenant_id
	   AND l.missing > l.told
	RETURNING t.name, rfc3339(l.minute), l.missing
$$;
SELECT look_across('ledger_tell()');

-- The books of a tenant, or of all (NULL), up to where they are closed.
CREATE FUNCTION ledger_totals(tenant text)
RETURNS TABLE (closed_to timestamptz, accepted bigint, applied bigint,
	superseded bigint, flagged bigint, pending bigint, missing bigint)
LANGUAGE sql STABLE
AS $$
	SELECT h.closed_to, coalesce(s.accepted, 0)::bigint,
	       coalesce(s.applied, 0)::bigint,
	       coalesce(s.superseded, 0)::bigint,
	       coalesce(s.flagged, 0)::bigint,
	       coalesce(s.pending, 0)::bigint,
	       coalesce(s.missing, 0)::bigint
	  FROM ledger_head h,
	       (SELECT sum(l.accepted) AS accepted, sum(l.applied) AS applied,
		       sum(l.superseded) AS superseded,
		       sum(l.flagged) AS flagged, sum(l.pending) AS pending,
		       sum(l.missing) AS missing
		  FROM ledger l
		  JOIN tenants t ON t.id = l.tenant_id
		 WHERE ledger_totals.tenant IS NULL
		    OR t.name = ledger_totals.tenant) s
$$;
SELECT look_across('ledger_totals(text)');

-- What has neither become an event nor waits, of the minutes in whose books
-- some are missing.
CREATE FUNCTION deliveries_missing()
RETURNS TABLE (delivery_id bigint, event_id uuid)
LANGUAGE sql STABLE
SET enable_seqscan = off
AS $$
	SELECT d.id, d.event_id
	  FROM ledger l
	  JOIN deliveries_in d ON d.tenant_id = l.tenant_id
	       AND d.received_at >= l.minute
	       AND d.received_at < l.minute + interval '1 minute'
	 WHERE l.missing > 0
	   AND l.minute > '-infinity'
	   AND NOT EXISTS (SELECT FROM delivery_queue q
			    WHERE q.delivery_id = d.id)
	   AND NOT EXISTS (SELECT FROM events e
			    WHERE e.id = d.event_id)
$$;
SELECT look_across('deliveries_missing()');

-- Ask for a job; if it is asked for already, once more, and as if it had never
-- been tried.  Says how often that was by now.
CREATE FUNCTION job_ask(p_tenant bigint, p_kind text, p_subject text,
	p_seconds integer DEFAULT 0)
RETURNS bigint
LANGUAGE sql VOLATILE
AS $$
	INSERT INTO jobs (tenant_id, kind, subject, next_run_at)
	VALUES (p_tenant, p_kind, p_subject,
	       now() + make_interval(secs => p_seconds))
	ON CONFLICT (kind, subject) DO UPDATE
	   SET wanted = jobs.wanted + 1,
	       tries = 0,
	       parked_at = NULL,
	       next_run_at = least(jobs.next_run_at, excluded.next_run_at)
	RETURNING wanted
$$;
GRANT EXECUTE ON FUNCTION job_ask(bigint, text, text, integer)
	TO calendlyd_runtime, calendlyd_definer;

CREATE OR REPLACE FUNCTION checks_ask(most integer) RETURNS bigint
LANGUAGE sql VOLATILE
AS $$
	WITH due AS (
		UPDATE connections c
		   SET next_check_at = now() + (0.8 + 0.4 * random()) * CASE
			WHEN EXISTS (SELECT FROM subscriptions s
				      WHERE s.grant_id = c.grant_id
					AND s.failing_since IS NOT NULL
					AND s.state = 'active')
			THEN interval '1 hour'
			WHEN c.capability IN ('plan', 'role', 'scope')
			THEN interval '1 day'
			ELSE interval '6 hours' END
		 WHERE c.id IN (
			SELECT id FROM connections
			 WHERE status = 'connected'
			   AND next_check_at <= now()
			 ORDER BY next_check_at
			 LIMIT most
			   FOR UPDATE SKIP LOCKED)
		RETURNING c.id, c.tenant_id
	)
	SELECT count(job_ask(tenant_id, 'reconcile', id::text))
	  FROM due
$$;
SELECT look_across('checks_ask(integer)');

CREATE OR REPLACE FUNCTION endpoint_suspect(p_id bigint) RETURNS void
LANGUAGE sql VOLATILE
AS $$
	WITH noted AS (
		UPDATE endpoints
		   SET mismatch_at = now()
		 WHERE id = p_id
		   AND state = 'live'
		   AND (mismatch_at IS NULL
			OR mismatch_at < now() - interval '1 hour')
		RETURNING tenant_id, connection_id
	)
	SELECT job_ask(tenant_id, 'reconcile', connection_id::text)
	  FROM noted
$$;
SELECT look_across('endpoint_suspect(bigint)');

CREATE OR REPLACE FUNCTION sweep_pending_grants(most integer) RETURNS bigint
LANGUAGE sql VOLATILE
AS $$
	WITH stale AS (
		UPDATE grants
		   SET status = 'teardown',
		       teardown_deadline = now() + interval '1 day',
		       updated_at = now()
		 WHERE id IN (
			SELECT id FROM grants
			 WHERE status = 'pending'
			   AND created_at < now() - interval '10 minutes'
			 LIMIT most
			   FOR UPDATE SKIP LOCKED)
		RETURNING id, tenant_id
	)
	SELECT count(job_ask(tenant_id, 'teardown', id::text))
	  FROM stale
$$;
SELECT look_across('sweep_pending_grants(integer)');

-- Sweeping takes a few rows of many; how few is not known when it is planned.
ALTER FUNCTION checks_ask(integer) SET enable_seqscan = off;
ALTER FUNCTION sweep_links(integer) SET enable_seqscan = off;
ALTER FUNCTION sweep_api_calls(integer, integer) SET enable_seqscan = off;
ALTER FUNCTION sweep_deliveries(integer, integer) SET enable_seqscan = off;
ALTER FUNCTION sweep_events(integer, integer) SET enable_seqscan = off;

-- A grant that goes looks for who has it.
CREATE INDEX connections_by_grant ON connections (grant_id);

REVOKE CREATE ON SCHEMA public FROM calendlyd_definer;
