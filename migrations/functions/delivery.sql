-- Deliveries: stored once, taken to be applied.

-- Stores what is about an event that is known, "p_event", but has another body,
-- and tells what became of it: (t)elling stored, (k)nown already, (f)ull, for
-- as many tellings of one event as may be are stored.  If the two bodies are
-- about different scheduled events (ids of invitees need not be unique), this
-- one is an event of its own, known by its scheduled event, too: (s)tored.
CREATE OR REPLACE FUNCTION telling_store(p_event uuid, p_tenant bigint,
	p_connection uuid, p_endpoint bigint, p_known bytea, p_about text,
	p_kind text, p_flaw text, p_signed_with smallint, p_body bytea)
RETURNS "char"
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	most	CONSTANT integer := 8;
	first	deliveries_in;
	event	uuid := p_event;
	telling	uuid;
	number	bigint;
BEGIN
	SELECT d.* INTO first
	  FROM deliveries_in d
	 WHERE d.event_id = event;
	-- If retention has just removed that first delivery, nothing tells the
	-- two apart.
	IF FOUND AND p_about IS NOT NULL
	    AND first.about IS DISTINCT FROM hashtextextended(p_about, 0) THEN
		event := event_id_of(sha256(convert_to(p_connection::text,
		    'UTF8') || '\x00' || p_known || convert_to(p_about, 'UTF8')
		    || '\x00'));
		INSERT INTO deliveries_in (event_id, tenant_id, connection_id,
		       endpoint_id, kind, flaw, signed_with, body, about)
		VALUES (event, p_tenant, p_connection, p_endpoint, p_kind,
		       p_flaw, p_signed_with, p_body,
		       hashtextextended(p_about, 0))
		ON CONFLICT DO NOTHING
		RETURNING id INTO number;
		IF FOUND THEN
			INSERT INTO delivery_queue (delivery_id, tenant_id,
			       event_id)
			VALUES (number, p_tenant, event);
			RETURN 's';
		END IF;
		PERFORM FROM deliveries_in d
		  WHERE d.event_id = event
		    AND d.body = p_body;
		IF FOUND THEN
			RETURN 'k';
		END IF;
	END IF;
	telling := event_id_of(sha256(uuid_send(event) || sha256(p_body)));
	PERFORM FROM deliveries_in d WHERE d.event_id = telling;
	IF FOUND THEN
		RETURN 'k';
	END IF;
	IF (SELECT count(*) FROM deliveries_in d
	     WHERE d.telling_of = event) >= most THEN
		RETURN 'f';
	END IF;
	INSERT INTO deliveries_in (event_id, tenant_id, connection_id,
	       endpoint_id, kind, flaw, signed_with, body, telling_of)
	VALUES (telling, p_tenant, p_connection, p_endpoint, p_kind, p_flaw,
	       p_signed_with, p_body, event)
	ON CONFLICT DO NOTHING
	RETURNING id INTO number;
	IF NOT FOUND THEN
		RETURN 'k';
	END IF;
	INSERT INTO delivery_queue (delivery_id, tenant_id, event_id)
	VALUES (number, p_tenant, telling);
	RETURN 't';
END
$$;
REVOKE ALL ON FUNCTION telling_store FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION telling_store TO calendlyd_definer;

-- Stores a batch of deliveries, each once, and tells of each what became of
-- it, by a letter: (s)tored, (k)nown already, of an (u)nknown endpoint or of
-- one that is (r)etired; and what telling_store() says.  "known" is what a
-- delivery is known by among its connection's, "about" the id of the scheduled
-- event, where there is one.  Whatever (d)iffers from the stored body, or was
-- stored by somebody else at this moment and cannot be seen yet, goes to
-- telling_store(); what is known and the same costs a look, and writes nothing.
-- They come in the order of what they would insert, so that two batches with
-- the same ones cannot wait for each other.
-- Definer: the endpoints are of many tenants, known by their hashes.
CREATE OR REPLACE FUNCTION delivery_store(p_endpoint bytea[], p_known bytea[],
	p_about text[], p_kind text[], p_flaw text[], p_signed_with smallint[],
	p_body bytea[])
RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
-- Planned once, perhaps while there is nothing: never read all deliveries.
SET enable_seqscan = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	fates	text;
	other	record;
BEGIN
	WITH came AS MATERIALIZED (
		SELECT t.*, e.id AS endpoint_id, e.tenant_id, e.connection_id,
		       e.connection_id IS NULL OR e.state = 'retired'
		       OR coalesce(e.drain_until < now(), false)
		       AND subscription_is_gone(e.id) AS retired,
		       event_id_of(sha256(convert_to(e.connection_id::text,
		       'UTF8') || '\x00' || t.known)) AS event_id
		  FROM unnest(p_endpoint, p_known, p_about, p_kind, p_flaw,
		       p_signed_with, p_body) WITH ORDINALITY
		       AS t (hash, known, about, kind, flaw, signed_with, body,
		       n)
		  LEFT JOIN endpoints e ON e.hash = t.hash
	), fresh AS (
		INSERT INTO deliveries_in (event_id, tenant_id, connection_id,
		       endpoint_id, kind, flaw, signed_with, body, about)
		SELECT event_id, tenant_id, connection_id, endpoint_id, kind,
		       flaw, signed_with, body, hashtextextended(about, 0)
		  FROM came
		 WHERE NOT retired
		 ORDER BY event_id, n
		ON CONFLICT DO NOTHING
		RETURNING id, tenant_id, event_id
	), queued AS (
		INSERT INTO delivery_queue (delivery_id, tenant_id, event_id)
		SELECT id, tenant_id, event_id
		  FROM fresh
	), told AS (
		SELECT c.n, CASE
		       WHEN c.endpoint_id IS NULL THEN 'u'
		       WHEN c.retired THEN 'r'
		       WHEN d.same THEN 'k'
		       WHEN f.id IS NULL OR c.n > min(c.n)
		       OVER (PARTITION BY c.event_id) THEN 'd'
		       ELSE 's' END AS fate
		  FROM came c
		  LEFT JOIN fresh f ON f.event_id = c.event_id
		  LEFT JOIN LATERAL (
			SELECT i.body = c.body AS same
			  FROM deliveries_in i
			 WHERE f.id IS NULL
			   AND i.event_id = c.event_id
			OFFSET 0) d ON true
	)
	SELECT string_agg(fate, '' ORDER BY n) INTO fates
	  FROM told;
	IF fates !~ '[dk]' THEN
		RETURN fates;
	END IF;
	-- A statement of its own sees what another has just committed.
	IF fates ~ 'd' THEN
		FOR other IN
			SELECT c.*
			  FROM (SELECT t.*, e.id AS endpoint_id, e.tenant_id,
				       e.connection_id, event_id_of(sha256(
				       convert_to(e.connection_id::text,
				       'UTF8') || '\x00' || t.known))
				       AS event_id
				  FROM unnest(p_endpoint, p_known, p_about,
				       p_kind, p_flaw, p_signed_with, p_body)
				       WITH ORDINALITY AS t (hash, known, about,
				       kind, flaw, signed_with, body, n)
				  JOIN endpoints e ON e.hash = t.hash
				 WHERE substr(fates, t.n::integer, 1) = 'd') c
			 CROSS JOIN LATERAL (
				SELECT FROM deliveries_in i
				 WHERE i.event_id = c.event_id
				   AND i.body <> c.body
				OFFSET 0) d
			 ORDER BY c.event_id, c.about, sha256(c.body)
		LOOP
			fates := overlay(fates PLACING telling_store(
			    other.event_id, other.tenant_id,
			    other.connection_id, other.endpoint_id,
			    other.known, other.about, other.kind, other.flaw,
			    other.signed_with, other.body)::text
			    FROM other.n::integer);
		END LOOP;
	END IF;
	fates := translate(fates, 'd', 'k');
	-- What is known is seen here, but perhaps not safe yet: who stored it
	-- may have given up on a synchronous standby, and a commit waits for
	-- that one only if it has written something.
	IF fates ~ '[kf]' AND fates !~ '[st]' THEN
		PERFORM pg_logical_emit_message(true, 'calendlyd', '');
	END IF;
	RETURN fates;
END
$$;
ALTER FUNCTION delivery_store OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION delivery_store FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION delivery_store TO calendlyd_runtime;

-- A batch of deliveries to apply, locked until the transaction ends: so many
-- at most, and so many bytes of bodies (but always one), in the order in which
-- they are due.  Their connections are held, too: nobody else applies what may
-- be about the same meetings, and erasing one waits.  One that is busy is
-- passed over this time, and so are 15 such batches of its deliveries, for
-- others come behind them.  A delivery that was let in while its connection was
-- being erased goes unread: nobody may know it any more, and it must not stand
-- in the way.
--
-- Only what is due since "since" or shortly before: who has taken all before
-- passes none of the dead rows that it left there until a vacuum removes them,
-- or cannot because somebody holds an old snapshot.  "Shortly" because a row
-- becomes visible later than it is due; what took longer is found by who looks
-- from the beginning now and then.
-- Definer: a batch is of many tenants.
CREATE OR REPLACE FUNCTION delivery_take(most integer, most_bytes integer,
	since timestamptz)
RETURNS TABLE (id bigint, tenant_id bigint, connection_id uuid, user_id text,
	received_at text, kind text, flaw text, body bytea, event_id uuid,
	tries smallint, telling_of uuid, due timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
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
			  JOIN held h ON h.id = t.connection_id) b
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
			 ORDER BY q.next_run_at, q.delivery_id
			 LIMIT most) w
		 ORDER BY w.next_run_at DESC, w.delivery_id DESC
		 LIMIT 1;
		EXIT WHEN NOT FOUND;
	END LOOP;
END
$$;
ALTER FUNCTION delivery_take OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION delivery_take FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION delivery_take TO calendlyd_runtime;

-- delivery_take() looks at 16 times "most" deliveries.  When all of these are
-- of connections that somebody holds, and has held for half a second, those
-- that come behind them would wait, too: then these are put off for a moment.
-- Says how many.
-- Definer: the queue is of all tenants.
CREATE OR REPLACE FUNCTION delivery_postpone(most integer, seconds integer)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '500ms'
SET enable_seqscan = off
SET plan_cache_mode = force_generic_plan
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
ALTER FUNCTION delivery_postpone OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION delivery_postpone FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION delivery_postpone TO calendlyd_runtime;
