-- Destinations: what changes a cursor or the pushes of a destination, besides
-- pushers.
--
-- All functions that name no tenant work for the transaction's own.

-- Adds a destination, which begins at the head of the feed or at its oldest
-- event.  False: the tenant has as many as it may have.
-- Definer: the daemon may not set cursors.
CREATE OR REPLACE FUNCTION destination_add(p_id uuid, p_url text,
	p_description text, p_types text[], p_user text, p_headers bytea,
	p_secret bytea, p_oldest boolean, p_most integer)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
AS $$
BEGIN
	INSERT INTO destinations (id, tenant_id, url, description, types,
	       user_id, headers_sealed, secret_sealed, cursor)
	SELECT p_id, h.tenant_id, p_url, p_description, p_types, p_user,
	       p_headers, p_secret, CASE WHEN p_oldest THEN h.floor
		ELSE h.seq END
	  FROM feed_heads h
	 WHERE h.tenant_id = current_tenant()
	   AND (SELECT count(*)
		  FROM destinations d
		 WHERE d.tenant_id = h.tenant_id
		   AND d.removed_at IS NULL) < p_most;
	RETURN FOUND;
END
$$;
ALTER FUNCTION destination_add OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION destination_add FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION destination_add TO calendlyd_runtime;

-- Locks a destination until the transaction ends; false: there is none.
-- Definer: other functions that are definers call it.
CREATE OR REPLACE FUNCTION destination_hold(p_id uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
AS $$
BEGIN
	PERFORM FROM destinations d
	  WHERE d.id = p_id
	    AND d.tenant_id = current_tenant()
	    AND d.removed_at IS NULL
	    FOR NO KEY UPDATE;
	RETURN FOUND;
END
$$;
ALTER FUNCTION destination_hold OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION destination_hold FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION destination_hold TO calendlyd_runtime;

-- Notes that retention has removed events of this range before they could be
-- delivered, and returns how many pushes were waiting for theirs; they are
-- dead now.  NULL: there is no such destination, or this was noted before.
-- Definer: the daemon may not set cursors.
CREATE OR REPLACE FUNCTION destination_missed(p_id uuid, p_from bigint,
	p_to bigint)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
	lanes	uuid[];
	replays	boolean[];
	moved	bigint;
BEGIN
	IF NOT destination_hold(p_id) THEN
		RETURN NULL;
	END IF;
	WITH ended AS (
		UPDATE pushes p
		   SET status = 'dead',
		       next_at = NULL,
		       error = 'retention has removed the event'
		 WHERE p.tenant_id = current_tenant()
		   AND p.id = ANY (ARRAY(
			SELECT w.id
			  FROM pushes w
			 WHERE w.destination_id = p_id
			   AND w.status IN ('waiting', 'held')
			   AND w.seq BETWEEN p_from AND p_to
			   AND (SELECT e.id FROM events e
				 WHERE e.id = w.event_id) IS NULL
			 LIMIT 10000))
		RETURNING p.lane, p.replay
	)
	SELECT array_agg(e.lane), array_agg(e.replay) INTO lanes, replays
	  FROM ended e;
	SELECT least(h.floor, p_to) INTO moved
	  FROM destinations d
	  JOIN feed_heads h ON h.tenant_id = d.tenant_id
	 WHERE d.id = p_id
	   AND d.cursor < least(h.floor, p_to);
	IF lanes IS NULL AND moved IS NULL THEN
		RETURN NULL;
	END IF;
	PERFORM push_settle(array_fill(p_id,
	    ARRAY[coalesce(cardinality(lanes), 0)]), lanes, replays);
	UPDATE destinations d
	   SET cursor = greatest(d.cursor, moved),
	       missed_from = p_from,
	       missed_to = p_to
	 WHERE d.id = p_id;
	PERFORM push_wake(ARRAY[p_id]);
	RETURN coalesce(cardinality(lanes), 0);
END
$$;
ALTER FUNCTION destination_missed OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION destination_missed FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION destination_missed TO calendlyd_runtime;

-- Has events pushed again, at most "p_most", looking at "p_look" numbers of the
-- feed.  They become due one by one, "p_rate" a second, after those that are
-- still to be replayed.  With "p_event" it is this event alone, and no filter
-- counts.  "next" is the number up to which it has looked.  No row: there is
-- no such destination.
-- Definer: the daemon may not write pushes.
CREATE OR REPLACE FUNCTION push_replay(p_id uuid, p_event uuid, p_after bigint,
	p_until bigint, p_from timestamptz, p_to timestamptz, p_types text[],
	p_user text, p_dry boolean, p_most bigint, p_look bigint,
	p_rate integer)
RETURNS TABLE (n bigint, more boolean, next bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
	d	destinations;
	start	bigint;
	stop	bigint;
	final	bigint;
	begins	timestamptz;
BEGIN
	IF NOT p_dry AND NOT destination_hold(p_id) THEN
		RETURN;
	END IF;
	SELECT * INTO d
	  FROM destinations o
	 WHERE o.id = p_id
	   AND o.tenant_id = current_tenant()
	   AND o.removed_at IS NULL;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	SELECT greatest(p_after, h.floor), least(p_until, h.seq)
	  INTO start, final
	  FROM feed_heads h
	 WHERE h.tenant_id = d.tenant_id;
	IF p_event IS NOT NULL THEN
		SELECT e.feed_seq - 1, e.feed_seq INTO start, final
		  FROM events e
		 WHERE e.id = p_event
		   AND e.tenant_id = d.tenant_id
		   AND e.feed_seq <= final;
	END IF;
	stop := least(final, start + p_look);
	begins := greatest(now(), (
		SELECT max(p.next_at)
		  FROM pushes p
		 WHERE p.destination_id = p_id
		   AND p.replay
		   AND p.tried_at IS NULL
		   AND p.status IN ('waiting', 'held')));
	WITH found AS MATERIALIZED (
		SELECT e.id, e.feed_seq AS seq, e.user_id,
		       push_lane(e.meeting_id, e.connection_id) AS lane
		  FROM events e
		 WHERE e.tenant_id = d.tenant_id
		   AND e.feed_seq > start
		   AND e.feed_seq <= stop
		   AND (p_event IS NOT NULL
			OR ((p_from IS NULL OR e.received_at >= p_from)
			    AND (p_to IS NULL OR e.received_at < p_to)
			    AND (p_types IS NULL OR e.type = ANY (p_types))
			    AND (p_user IS NULL OR e.user_id = p_user)
			    AND (d.user_id IS NULL OR e.user_id = d.user_id)
			    AND ('*' = ANY (d.types)
				 OR e.type = ANY (d.types))))
		 ORDER BY e.feed_seq
		 LIMIT p_most
	), added AS (
		INSERT INTO pushes (tenant_id, id, destination_id, event_id,
		       user_id, seq, lane, replay, status, next_at)
		SELECT d.tenant_id, push_new_id(), p_id, f.id, f.user_id,
		       f.seq, f.lane, true,
		       CASE WHEN row_number() OVER (PARTITION BY f.lane
			ORDER BY f.seq) = 1
			AND (SELECT p.seq FROM pushes p
			 WHERE p.destination_id = p_id
			   AND p.lane = f.lane
			   AND p.replay = (SELECT true)
			   AND p.status = 'waiting'
			 ORDER BY p.seq, p.id	-- only pushes_lane does this
			 LIMIT 1) IS NULL
			THEN 'waiting' ELSE 'held' END,
		       begins + row_number() OVER (ORDER BY f.seq)
			* make_interval(secs => 1.0 / p_rate)
		  FROM found f
		 WHERE NOT p_dry
	)
	SELECT count(*), CASE WHEN count(*) >= p_most THEN max(f.seq)
		ELSE greatest(start, stop) END
	  INTO n, next
	  FROM found f;
	more := coalesce(next < final, false);
	next := coalesce(next, p_after);
	IF NOT p_dry THEN
		PERFORM push_wake(ARRAY[p_id]);
	END IF;
	RETURN NEXT;
END
$$;
ALTER FUNCTION push_replay OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION push_replay FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION push_replay TO calendlyd_runtime;

-- Has dead pushes of a destination tried again, or one push alone: then also
-- one that waits, which is due now.  Returns how many; NULL: there is no such
-- destination or push.  One whose event is gone stays dead.
-- Definer: the daemon may not write pushes.
CREATE OR REPLACE FUNCTION push_redrive(p_destination uuid, p_push uuid,
	p_most integer)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
	target	uuid := p_destination;
	chosen	uuid[];
	lanes	uuid[];
	replays	boolean[];
BEGIN
	IF p_push IS NOT NULL THEN
		SELECT p.destination_id INTO target
		  FROM pushes p
		 WHERE p.tenant_id = current_tenant()
		   AND p.id = p_push
		   AND (p_destination IS NULL
			OR p.destination_id = p_destination);
	END IF;
	IF target IS NULL OR NOT destination_hold(target) THEN
		RETURN NULL;
	END IF;
	IF p_push IS NOT NULL THEN
		chosen := ARRAY[p_push];
	ELSE
		chosen := ARRAY(
			SELECT p.id
			  FROM pushes p
			 WHERE p.destination_id = target
			   AND p.status = 'dead'
			   AND (SELECT e.id FROM events e
				 WHERE e.id = p.event_id) IS NOT NULL
			 ORDER BY p.id
			 LIMIT p_most);
	END IF;
	WITH anew AS (
		UPDATE pushes p
		   SET status = CASE WHEN p.status = 'dead' THEN 'held'
			ELSE p.status END,
		       attempts = CASE WHEN p.status = 'dead' THEN 0
			ELSE p.attempts END,
		       answered_ms = CASE WHEN p.status <> 'dead'
			THEN p.answered_ms END,
		       next_at = now()
		 WHERE p.tenant_id = current_tenant()
		   AND p.id = ANY (chosen)
		   AND p.status IN ('dead', 'waiting')
		   AND (SELECT e.id FROM events e
			 WHERE e.id = p.event_id) IS NOT NULL
		RETURNING p.lane, p.replay
	)
	SELECT array_agg(a.lane), array_agg(a.replay) INTO lanes, replays
	  FROM anew a;
	PERFORM push_settle(array_fill(target,
	    ARRAY[coalesce(cardinality(lanes), 0)]), lanes, replays);
	PERFORM push_wake(ARRAY[target]);
	RETURN coalesce(cardinality(lanes), 0);
END
$$;
ALTER FUNCTION push_redrive OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION push_redrive FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION push_redrive TO calendlyd_runtime;

-- Deletes all pushes of a user, with their attempts and answers.  The caller
-- has deleted the user's events before.  Then the destinations are locked,
-- which waits for whoever still saw the events; whoever comes later does not
-- see them.
CREATE OR REPLACE FUNCTION push_forget(p_tenant bigint, p_user text)
RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	targets	uuid[];
	lanes	uuid[];
	replays	boolean[];
BEGIN
	PERFORM FROM destinations d
	  WHERE d.tenant_id = p_tenant
	  ORDER BY d.id
	    FOR NO KEY UPDATE;
	WITH gone AS (
		DELETE FROM pushes p
		 WHERE p.tenant_id = p_tenant
		   AND p.user_id = p_user
		RETURNING p.destination_id, p.lane, p.replay, p.status
	), lane AS (
		SELECT DISTINCT g.destination_id, g.lane, g.replay
		  FROM gone g
		 WHERE g.status IN ('waiting', 'held')
	)
	SELECT array_agg(l.destination_id), array_agg(l.lane),
	       array_agg(l.replay) INTO targets, lanes, replays
	  FROM lane l;
	PERFORM push_settle(targets, lanes, replays);
	PERFORM push_wake(targets);
END
$$;
REVOKE ALL ON FUNCTION push_forget FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION push_forget TO calendlyd_definer;

-- Deletes the pushes of removed destinations, and then these; and pushes that
-- were delivered or given up so many days ago.  One that its destination's
-- cursor has not passed stays, for its event would be pushed again.
-- Definer: it looks at all tenants' pushes.
CREATE OR REPLACE FUNCTION sweep_pushes(most integer, days integer)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
	until	CONSTANT timestamptz := now() - make_interval(days => days);
	upto	CONSTANT uuid := (lpad(to_hex(to_ms(until)), 12, '0')
			|| repeat('0', 20))::uuid;
	total	bigint := 0;
	gone	bigint;
	d	record;
BEGIN
	FOR d IN
		SELECT o.id
		  FROM destinations o
		 WHERE o.removed_at IS NOT NULL
		 ORDER BY o.removed_at
	LOOP
		DELETE FROM pushes p
		 WHERE (p.tenant_id, p.id) IN (
			SELECT o.tenant_id, o.id
			  FROM pushes o
			 WHERE o.destination_id = d.id
			 LIMIT most - total
			   FOR UPDATE SKIP LOCKED);
		GET DIAGNOSTICS gone = ROW_COUNT;
		total := total + gone;
		EXIT WHEN total >= most;
		DELETE FROM destinations o
		 WHERE o.id = ANY (ARRAY(
			SELECT l.id FROM destinations l
			 WHERE l.id = d.id
			   FOR UPDATE SKIP LOCKED))
		   AND NOT EXISTS (SELECT FROM pushes p
				    WHERE p.destination_id = d.id);
	END LOOP;
	FOR d IN
		SELECT DISTINCT o.tenant_id FROM destinations o
	LOOP
		EXIT WHEN total >= most;
		DELETE FROM pushes p
		 WHERE p.tenant_id = d.tenant_id
		   AND p.id = ANY (ARRAY(
			SELECT o.id
			  FROM pushes o
			 WHERE o.tenant_id = d.tenant_id
			   AND o.id < upto
			   AND o.status IN ('delivered', 'dead')
			   AND (o.tried_at IS NULL OR o.tried_at < until)
			   AND (o.replay OR o.seq <= (
				SELECT t.cursor FROM destinations t
				 WHERE t.id = o.destination_id))
			 ORDER BY o.id
			 LIMIT most - total
			   FOR UPDATE SKIP LOCKED));
		GET DIAGNOSTICS gone = ROW_COUNT;
		total := total + gone;
	END LOOP;
	RETURN total;
END
$$;
ALTER FUNCTION sweep_pushes OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION sweep_pushes FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION sweep_pushes TO calendlyd_runtime;
