-- Who holds a tenant's rows stops that tenant alone: nothing that works for
-- all tenants waits for one's rows without a limit, and what can be done for
-- the others is done meanwhile.

GRANT CREATE ON SCHEMA public TO calendlyd_definer;

-- Hand a function to the definer role, callable by the daemon alone.  What
-- such a function waits for, it waits for briefly, unless it says otherwise
-- itself: it may have found another tenant's row.
CREATE OR REPLACE FUNCTION look_across(fn regprocedure) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER', fn);
	EXECUTE format('ALTER FUNCTION %s SET search_path = public, pg_temp', fn);
	IF EXISTS (SELECT FROM pg_proc p
		    WHERE p.oid = fn
		      AND p.provolatile = 'v'
		      AND NOT EXISTS (SELECT FROM unnest(p.proconfig) s
				       WHERE s LIKE 'lock_timeout=%')) THEN
		EXECUTE format('ALTER FUNCTION %s SET lock_timeout = ''1s''',
		    fn);
	END IF;
	EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', fn);
	EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO calendlyd_runtime', fn);
	EXECUTE format('ALTER FUNCTION %s OWNER TO calendlyd_definer', fn);
END
$$;

SELECT look_across(p.oid)
  FROM pg_proc p
 WHERE p.pronamespace = 'public'::regnamespace
   AND p.prosecdef
   AND p.provolatile = 'v';

-- A tenant's head, locked until the transaction ends; NULL if somebody holds
-- it for longer than runners do, who hold it for the end of a transaction.
-- Where events wait already, somebody has found that out, or numbers them next.
CREATE FUNCTION feed_hold(tenant bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	head	bigint;
BEGIN
	SELECT h.seq INTO head
	  FROM feed_heads h
	 WHERE h.tenant_id = tenant
	   FOR UPDATE SKIP LOCKED;
	IF FOUND OR EXISTS (SELECT FROM event_queue q
			     WHERE q.tenant_id = tenant) THEN
		RETURN head;
	END IF;
	BEGIN
		SELECT h.seq INTO STRICT head
		  FROM feed_heads h
		 WHERE h.tenant_id = tenant
		   FOR UPDATE;
	EXCEPTION WHEN lock_not_available THEN
		head := NULL;
	END;
	RETURN head;
END
$$;
GRANT EXECUTE ON FUNCTION feed_hold(bigint) TO calendlyd_definer;

-- As in 0010, but while somebody holds the tenant's head the events wait, in
-- their order, for whoever numbers next.
CREATE OR REPLACE FUNCTION event_append(ids text[], connections text[],
	users text[], types text[], sources text[], occurred text[],
	received text[], meetings text[], outcomes text[], contents text[])
RETURNS void
LANGUAGE plpgsql VOLATILE
SET lock_timeout = '250ms'
AS $$
DECLARE
	tenant	CONSTANT bigint := current_tenant();
	many	CONSTANT integer := 5000;
	head	bigint := feed_hold(tenant);
	waited	bigint;
	added	bigint;
BEGIN
	IF head IS NOT NULL THEN
		waited := feed_number(tenant, head, many);
		head := head + waited;
	END IF;
	WITH fresh AS (
		INSERT INTO events (tenant_id, id, connection_id, user_id,
		       type, source, occurred_at, received_at, meeting_id,
		       outcome, data, feed_seq)
		SELECT tenant, coalesce(n.id::uuid, gen_random_uuid()),
		       n.connection::uuid, n.usr, n.type, n.source,
		       coalesce(n.occurred::timestamptz, now()),
		       coalesce(n.received::timestamptz, now()),
		       n.meeting::uuid, n.outcome, n.content::json,
		       CASE WHEN waited < many THEN head + n.place END
		  FROM unnest(ids, connections, users, types, sources, occurred,
			received, meetings, outcomes, contents) WITH ORDINALITY
			n (id, connection, usr, type, source, occurred,
			received, meeting, outcome, content, place)
		ON CONFLICT DO NOTHING
		RETURNING id, feed_seq
	), late AS (
		INSERT INTO event_queue (tenant_id, event_id)
		SELECT tenant, f.id
		  FROM fresh f
		 WHERE f.feed_seq IS NULL
	)
	SELECT count(f.feed_seq) INTO added
	  FROM fresh f;
	IF head IS NOT NULL THEN
		UPDATE feed_heads
		   SET seq = head + CASE WHEN added > 0
			THEN cardinality(types) ELSE 0 END
		 WHERE tenant_id = tenant;
	END IF;
END
$$;
SELECT look_across('event_append(text[], text[], text[], text[], text[], '
    'text[], text[], text[], text[], text[])');

-- As in 0010, but every tenant with waiting events gets its turn, however many
-- wait for one whose head is held.  Tenants are found by hopping from one to
-- the next in the index, for about a second: a statement that takes too long
-- is undone, and all of it would wait for ever.
CREATE OR REPLACE FUNCTION feed_extend(most integer) RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off
AS $$
DECLARE
	tenant	bigint;
	head	bigint;
	taken	bigint;
	total	bigint := 0;
	until	CONSTANT timestamptz := clock_timestamp() + interval '1 second';
BEGIN
	SELECT min(q.tenant_id) INTO tenant FROM event_queue q;
	WHILE tenant IS NOT NULL LOOP
		SELECT h.seq INTO head
		  FROM feed_heads h
		 WHERE h.tenant_id = tenant
		   FOR UPDATE SKIP LOCKED;
		IF FOUND THEN
			taken := feed_number(tenant, head, most);
			UPDATE feed_heads
			   SET seq = head + taken
			 WHERE tenant_id = tenant;
			total := total + taken;
		END IF;
		EXIT WHEN total > 0 AND clock_timestamp() > until;
		SELECT min(q.tenant_id) INTO tenant
		  FROM event_queue q
		 WHERE q.tenant_id > tenant;
	END LOOP;
	RETURN total;
END
$$;
SELECT look_across('feed_extend(integer)');

-- As in 0010, but a tenant whose row is held is left for the next time.
CREATE OR REPLACE FUNCTION feed_mark() RETURNS void
LANGUAGE sql VOLATILE
AS $$
	WITH due AS MATERIALIZED (
		SELECT h.tenant_id, h.seq
		  FROM feed_heads h
		 WHERE h.seq > h.floor
		   AND NOT EXISTS (
			SELECT FROM feed_marks m
			 WHERE m.tenant_id = h.tenant_id
			   AND (m.seq = h.seq
				OR m.at > now() - interval '6 hours'))
	), there AS MATERIALIZED (
		SELECT t.id
		  FROM tenants t
		 WHERE t.id IN (SELECT d.tenant_id FROM due d)
		   FOR KEY SHARE SKIP LOCKED
	)
	INSERT INTO feed_marks (tenant_id, at, seq)
	SELECT d.tenant_id, date_trunc('hour', now()) + interval '1 hour',
	       d.seq
	  FROM due d
	  JOIN there t ON t.id = d.tenant_id
	ON CONFLICT DO NOTHING
$$;

-- As in 0010, but a tenant whose head is held keeps its events until the next
-- time.
CREATE OR REPLACE FUNCTION sweep_events(most integer, days integer)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off
AS $$
DECLARE
	until	CONSTANT timestamptz := now() - make_interval(days => days);
	total	bigint := 0;
	old	record;
	gone	bigint;
	last	bigint;
BEGIN
	PERFORM feed_mark();
	FOR old IN
		SELECT m.tenant_id, max(m.seq) AS seq
		  FROM feed_marks m
		 WHERE m.at < until
		 GROUP BY m.tenant_id
		 ORDER BY m.tenant_id
	LOOP
		PERFORM FROM feed_heads h
		  WHERE h.tenant_id = old.tenant_id
		    FOR UPDATE SKIP LOCKED;
		CONTINUE WHEN NOT FOUND;
		WITH gone AS (
			DELETE FROM events WHERE id IN (
				SELECT e.id
				  FROM events e
				 WHERE e.tenant_id = old.tenant_id
				   AND e.feed_seq <= old.seq
				 ORDER BY e.feed_seq
				 LIMIT most - total
				   FOR UPDATE SKIP LOCKED)
			RETURNING feed_seq AS seq
		)
		SELECT count(*), max(g.seq) INTO gone, last
		  FROM gone g;
		UPDATE feed_heads
		   SET floor = last
		 WHERE tenant_id = old.tenant_id
		   AND floor < last;
		total := total + gone;
		EXIT WHEN total >= most;
		DELETE FROM feed_marks
		 WHERE tenant_id = old.tenant_id
		   AND at < until;
	END LOOP;
	RETURN total;
END
$$;
SELECT look_across('sweep_events(integer, integer)');

-- As in 0011, but a connection is passed over while its tenant's row is held,
-- or its job's: asking for a job would wait for these.
CREATE OR REPLACE FUNCTION checks_ask(most integer) RETURNS bigint
LANGUAGE sql VOLATILE
SET enable_seqscan = off
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
			SELECT d.id FROM connections d
			 WHERE d.status = 'connected'
			   AND d.next_check_at <= now()
			   AND EXISTS (
				SELECT FROM tenants t
				 WHERE t.id = d.tenant_id
				   FOR KEY SHARE SKIP LOCKED)
			   AND (NOT EXISTS (
				SELECT FROM jobs j
				 WHERE j.kind = 'reconcile'
				   AND j.subject = d.id::text)
				OR EXISTS (
				SELECT FROM jobs j
				 WHERE j.kind = 'reconcile'
				   AND j.subject = d.id::text
				   FOR UPDATE SKIP LOCKED))
			 ORDER BY d.next_check_at
			 LIMIT most
			   FOR UPDATE SKIP LOCKED)
		RETURNING c.id, c.tenant_id
	)
	SELECT count(job_ask(tenant_id, 'reconcile', id::text))
	  FROM due
$$;
SELECT look_across('checks_ask(integer)');

-- delivery_take looks at 16 times "most" deliveries.  When all of these are of
-- connections that somebody holds, and has held for half a second, those that
-- come behind them would wait, too: then these are put off for a moment.  Says
-- how many.
CREATE FUNCTION delivery_postpone(most integer, seconds integer)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off
SET plan_cache_mode = force_generic_plan
SET lock_timeout = '500ms'
AS $$
DECLARE
	first	uuid;
	moved	bigint;
BEGIN
	PERFORM FROM delivery_queue q
	  WHERE q.parked_at IS NULL
	    AND q.next_run_at <= now()
	  ORDER BY q.next_run_at, q.delivery_id
	  LIMIT 1
	 OFFSET 16 * most;
	IF NOT FOUND THEN
		RETURN 0;
	END IF;
	SELECT d.connection_id INTO first
	  FROM delivery_queue q
	  JOIN deliveries_in d ON d.event_id = q.event_id
	 WHERE q.parked_at IS NULL
	   AND q.next_run_at <= now()
	 ORDER BY q.next_run_at, q.delivery_id
	 LIMIT 1;
	BEGIN
		PERFORM FROM connections c
		  WHERE c.id = first
		    FOR NO KEY UPDATE;
		RETURN 0;
	EXCEPTION WHEN lock_not_available THEN
		NULL;
	END;
	WITH due AS MATERIALIZED (
		SELECT q.delivery_id, d.connection_id
		  FROM (SELECT q.delivery_id, q.event_id
			  FROM delivery_queue q
			 WHERE q.parked_at IS NULL
			   AND q.next_run_at <= now()
			 ORDER BY q.next_run_at, q.delivery_id
			 LIMIT 160 * most
			   FOR UPDATE SKIP LOCKED) q
		  JOIN deliveries_in d ON d.event_id = q.event_id
	), let_go AS MATERIALIZED (
		SELECT c.id
		  FROM connections c
		 WHERE c.id IN (SELECT d.connection_id FROM due d)
		   FOR NO KEY UPDATE SKIP LOCKED
	)
	UPDATE delivery_queue q
	   SET next_run_at = now() + make_interval(secs => seconds)
	  FROM due d
	 WHERE q.delivery_id = d.delivery_id
	   AND d.connection_id NOT IN (SELECT l.id FROM let_go l);
	GET DIAGNOSTICS moved = ROW_COUNT;
	RETURN moved;
END
$$;
SELECT look_across('delivery_postpone(integer, integer)');

REVOKE CREATE ON SCHEMA public FROM calendlyd_definer;
