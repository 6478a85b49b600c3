-- Deliveries: each is stored once, and taken from the queue to be applied.

-- Stores a delivery about an event that is known already, "p_event", but with
-- another body.  Returns a letter: (t)elling stored, (k)nown already, or
-- (f)ull, because as many tellings of the event are stored as there may be.
-- Ids of invitees need not be unique: if the two bodies are about different
-- scheduled events, this one becomes an event of its own, identified by its
-- scheduled event too: (s)tored.
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

-- Stores a batch of deliveries, each once, and returns a letter for each:
-- (s)tored, (k)nown already, (u)nknown endpoint, (r)etired endpoint, or what
-- telling_store() returns.  "known" identifies a delivery among those of its
-- connection; "about" is the id of the scheduled event, if there is one.  A
-- delivery whose body (d)iffers from the stored one, or that somebody else is
-- storing at this moment and that can't be seen yet, is passed to
-- telling_store().  A known one with the same body costs a look and writes
-- nothing.  Rows are inserted in a fixed order, so that two batches with the
-- same deliveries can't deadlock.
-- Definer: the endpoints are of many tenants, known by their hashes.
CREATE OR REPLACE FUNCTION delivery_store(p_endpoint bytea[], p_known bytea[],
	p_about text[], p_kind text[], p_flaw text[], p_signed_with smallint[],
	p_body bytea[])
RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
-- The plan is made once, perhaps while the tables are empty, and must never be
-- one that reads all deliveries.
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
	-- Only a statement of its own sees what others have just committed.
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
	-- Known deliveries are visible here, but perhaps not safe yet: who
	-- stored them may have given up waiting for a synchronous standby.  A
	-- commit waits for the standby only if it has written something.
	IF fates ~ '[kf]' AND fates !~ '[st]' THEN
		PERFORM pg_logical_emit_message(true, 'calendlyd', '');
	END IF;
	RETURN fates;
END
$$;
ALTER FUNCTION delivery_store OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION delivery_store FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION delivery_store TO calendlyd_runtime;

-- Takes a batch of deliveries to apply, and locks them until the transaction
-- ends: at most "most", with at most "most_bytes" bytes of bodies (but always
-- one), in the order in which they are due.  Their connections are locked too,
-- so that nobody else applies deliveries about the same meetings, and erasing
-- waits.  A delivery whose connection somebody else has locked is skipped for
-- now; if a whole batch is, the next ones are looked at, up to 16 batches.  A
-- delivery that was let in while its connection was being erased is deleted
-- unread: nobody may know it any more.
--
-- Only deliveries are looked at that became due after "since", or up to 2
-- seconds before.  A caller that has taken all older ones then does not pass
-- the dead rows that these have left, which stay until a vacuum, or longer if
-- somebody holds an old snapshot.  The 2 seconds are there because a row
-- becomes visible later than it is due.  What took longer is found by callers
-- that look from the beginning, now and then.
-- Definer: a batch is of many tenants.
CREATE OR REPLACE FUNCTION delivery_take(most integer, most_bytes integer,
	since timestamptz)
RETURNS TABLE (id bigint, tenant_id bigint, connection_id uuid, user_id text,
	received_at text, kind text, flaw text, body bytea, event_id uuid,
	tries smallint, telling_of uuid, due timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
-- The plan is made once, perhaps while the queue is empty, and must never be
-- one that reads the whole queue.
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
			-- The ids are passed as arrays, which are made once.
			-- With a join, a plan that was made for an empty queue
			-- would read the whole queue.
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
			-- A delivery that somebody has locked is left to
			-- retention.
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
			       -- Only bodies that are taken count: those of
			       -- locked connections leave their room to the
			       -- next ones.
			       sum(length(t.body)) OVER (
				ORDER BY t.next_run_at, t.delivery_id)
				- length(t.body) AS bytes_before
			  FROM batch t
			  JOIN held h ON h.id = t.connection_id) b
		 WHERE b.bytes_before < most_bytes
		 ORDER BY b.next_run_at, b.delivery_id;
		EXIT WHEN FOUND;
		-- The connections of all of these are locked, so the deliveries
		-- behind them are next.
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

-- Puts off deliveries whose connections somebody has locked.  delivery_take()
-- looks at 16 times "most" deliveries; if the connections of all of these have
-- been locked for half a second, the deliveries behind them would have to wait
-- too.  Only the first one's tenant is put off, because only for its connection
-- was waited: others may be locked just now by who applies what came before.
-- Returns how many were put off.
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
	first	record;
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
	SELECT d.connection_id, q.tenant_id INTO first
	  FROM delivery_queue q
	  JOIN deliveries_in d ON d.event_id = q.event_id
	 WHERE q.parked_at IS NULL
	   AND q.next_run_at <= now()
	 ORDER BY q.next_run_at, q.delivery_id
	 LIMIT 1;
	BEGIN
		PERFORM FROM connections c
		  WHERE c.id = first.connection_id
		    FOR NO KEY UPDATE;
		RETURN 0;
	EXCEPTION WHEN lock_not_available THEN
		NULL;
	END;
	WITH due AS MATERIALIZED (
		SELECT q.delivery_id, d.connection_id
		  FROM (SELECT q.delivery_id, q.event_id
			  FROM delivery_queue q
			 WHERE q.delivery_id = ANY (ARRAY(
				SELECT f.delivery_id
				  FROM (SELECT w.delivery_id, w.tenant_id
					  FROM delivery_queue w
					 WHERE w.parked_at IS NULL
					   AND w.next_run_at <= now()
					 ORDER BY w.next_run_at, w.delivery_id
					 LIMIT 160 * most) f
				 WHERE f.tenant_id = first.tenant_id))
			   AND q.parked_at IS NULL
			   AND q.next_run_at <= now()
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
