-- The feed: events get their numbers in an order in which no reader misses one.

-- Gives a new tenant an empty feed.
CREATE OR REPLACE FUNCTION tenant_has_feed() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO feed_heads (tenant_id) VALUES (NEW.id);
	RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION tenant_has_feed FROM PUBLIC, calendlyd_runtime;
CREATE OR REPLACE TRIGGER tenant_has_feed AFTER INSERT ON tenants
	FOR EACH ROW EXECUTE FUNCTION tenant_has_feed();

-- Numbers a tenant's waiting events in their order, and returns how many.  The
-- caller has locked the tenant's head and moves it afterwards.  Events of a
-- connection that is being erased are skipped.
--
-- A session makes the plans once, usually while next to nothing waits, and then
-- keeps them.  A plan that reads a whole table, or compares each row with each,
-- is as good as any then, and takes seconds when thousands wait.  So only plans
-- that go by the indexes are allowed, and no list is joined with a table.
CREATE OR REPLACE FUNCTION feed_number(tenant bigint, head bigint, most integer)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_sort = off
AS $$
DECLARE
	places	bigint[];
	ids	uuid[];
BEGIN
	SELECT array_agg(b.id ORDER BY b.id),
	       array_agg(b.event_id ORDER BY b.id)
	  INTO places, ids
	  FROM (SELECT q.id, q.event_id
		  FROM event_queue q
		  JOIN events e ON e.id = q.event_id
		 WHERE q.tenant_id = tenant
		 ORDER BY q.id
		 LIMIT most
		   FOR UPDATE OF q, e SKIP LOCKED) b;
	IF ids IS NULL THEN
		RETURN 0;
	END IF;
	DELETE FROM event_queue WHERE id = ANY (places);
	FOR i IN 1 .. cardinality(ids) LOOP
		UPDATE events
		   SET feed_seq = head + i
		 WHERE id = ids[i];
	END LOOP;
	RETURN cardinality(ids);
END
$$;
REVOKE ALL ON FUNCTION feed_number FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION feed_number TO calendlyd_definer;

-- Locks a tenant's head until the transaction ends, and returns it; NULL if
-- somebody holds it for longer than runners do, who hold it only at the end of
-- a transaction.  If events wait already, somebody has waited in vain, or is
-- about to number them, so this does not wait either.
CREATE OR REPLACE FUNCTION feed_hold(tenant bigint) RETURNS bigint
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
REVOKE ALL ON FUNCTION feed_hold FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION feed_hold TO calendlyd_definer;

-- Adds events to the feed of the transaction's tenant.  They are numbered in
-- the order given, after the events that wait.  An event whose id is there
-- already is not stored again, and the number meant for it stays unused.  If
-- somebody holds the tenant's head, or if many events wait, the new events wait
-- too, in their order, for whoever numbers next, because numbering many at once
-- could take longer than a statement may.
--
-- The head stays locked until the transaction ends, so that numbers become
-- visible in their order.  So this must be the transaction's last write for the
-- tenant, and a transaction that adds for several tenants goes by the order of
-- their ids.
-- Definer: the daemon may not write to the heads of feeds.
CREATE OR REPLACE FUNCTION event_append(ids text[], connections text[],
	users text[], types text[], sources text[], occurred text[],
	received text[], meetings text[], outcomes text[], contents text[])
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
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
ALTER FUNCTION event_append OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION event_append FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION event_append TO calendlyd_runtime;

-- Numbers the events that wait, tenant by tenant, and returns how many.  A
-- tenant whose head is locked is skipped: its events are numbered by whoever
-- holds the head, or the next time.  Every tenant gets its turn, however many
-- events of one wait.  The tenants are found by jumping from each to the next
-- in the index, for about a second, because a statement that takes too long is
-- undone and would never get further.
-- Definer: it looks at all tenants.
CREATE OR REPLACE FUNCTION feed_extend(most integer) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
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
ALTER FUNCTION feed_extend OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION feed_extend FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION feed_extend TO calendlyd_runtime;

-- Returns how far a tenant's feed has come, for a request that waits for more.
-- Definer: who waits is in no transaction of the tenant's.
CREATE OR REPLACE FUNCTION feed_head(tenant bigint) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
	RETURN (SELECT h.seq FROM feed_heads h WHERE h.tenant_id = tenant);
END
$$;
ALTER FUNCTION feed_head OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION feed_head FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION feed_head TO calendlyd_runtime;

-- Notes how far the feeds have come, four times a day.  The time that is noted
-- is the end of the hour, so that each is noted only once, whoever does it.  A
-- tenant whose row is locked is skipped until the next time.
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
REVOKE ALL ON FUNCTION feed_mark FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION feed_mark TO calendlyd_definer;
