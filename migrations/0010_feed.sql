-- An event's place in the feed stands in its own row.
--
-- The previous version runs on this schema, too: for it "feed" is a view.

GRANT CREATE ON SCHEMA public TO calendlyd_definer;

ALTER TABLE events
	-- Its number; NULL: none yet.  Not "seq": the previous version
	-- reads this table's columns beside the feed's of that name.
	ADD COLUMN feed_seq bigint,
	-- What a webhook's event did to its meeting.
	ADD COLUMN outcome text CHECK (outcome IN
			('applied', 'superseded', 'flagged')),
	ALTER COLUMN data SET COMPRESSION lz4;

ALTER TABLE events NO FORCE ROW LEVEL SECURITY;
ALTER TABLE feed NO FORCE ROW LEVEL SECURITY;
UPDATE events e
   SET feed_seq = f.seq
  FROM feed f
 WHERE f.event_id = e.id;
ALTER TABLE events FORCE ROW LEVEL SECURITY;
DROP TABLE feed;

CREATE UNIQUE INDEX events_by_seq ON events (tenant_id, feed_seq);
DROP INDEX events_by_connection;
CREATE INDEX events_by_connection ON events (connection_id, feed_seq);

CREATE VIEW feed WITH (security_invoker = true) AS
	SELECT tenant_id, feed_seq AS seq, id AS event_id
	  FROM events
	 WHERE feed_seq IS NOT NULL;
GRANT SELECT, DELETE ON feed TO calendlyd_runtime;
GRANT UPDATE (outcome) ON events TO calendlyd_runtime;

-- Retention has removed everything up to "floor".
ALTER TABLE feed_heads ADD COLUMN floor bigint NOT NULL DEFAULT 0;

-- How far a feed had come and when, noted now and then.  An event's own times
-- don't tell how long it could be read: what was parked enters the feed late.
CREATE TABLE feed_marks (
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	at		timestamptz NOT NULL,
	seq		bigint NOT NULL,
	PRIMARY KEY (tenant_id, at)
);
SELECT keep_apart('feed_marks', 'tenant_id');

-- A BRIN index forgets nothing that was deleted: once retention has gone round
-- it would match every page.
DROP INDEX deliveries_in_by_age;
CREATE INDEX deliveries_in_by_age ON deliveries_in (received_at);

-- Number a tenant's waiting events, in their order; says how many.  The caller
-- holds the tenant's head and moves it.  What is being erased is passed over.
CREATE FUNCTION feed_number(tenant bigint, head bigint, most integer)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	taken	bigint;
BEGIN
	WITH batch AS (
		SELECT q.id, q.event_id
		  FROM event_queue q
		  JOIN events e ON e.id = q.event_id
		 WHERE q.tenant_id = tenant
		 ORDER BY q.id
		 LIMIT most
		   FOR UPDATE OF q, e SKIP LOCKED
	), gone AS (
		DELETE FROM event_queue
		 WHERE id IN (SELECT b.id FROM batch b)
	)
	UPDATE events e
	   SET feed_seq = head + b.place
	  FROM (SELECT event_id, row_number() OVER (ORDER BY id) AS place
		  FROM batch) b
	 WHERE e.id = b.event_id;
	GET DIAGNOSTICS taken = ROW_COUNT;
	RETURN taken;
END
$$;
GRANT EXECUTE ON FUNCTION feed_number(bigint, bigint, integer)
	TO calendlyd_definer;

-- Number what waits, tenant by tenant; says how many.  A tenant whose head
-- somebody holds is passed over: what waits there is numbered by who holds it,
-- or the next time.
CREATE OR REPLACE FUNCTION feed_extend(most integer) RETURNS bigint
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	tenant	bigint;
	head	bigint;
	taken	bigint;
	total	bigint := 0;
BEGIN
	FOR tenant IN
		SELECT DISTINCT w.tenant_id
		  FROM (SELECT q.tenant_id
			  FROM event_queue q
			 ORDER BY q.id
			 LIMIT 10000) w
		 ORDER BY w.tenant_id
	LOOP
		SELECT h.seq INTO head
		  FROM feed_heads h
		 WHERE h.tenant_id = tenant
		   FOR UPDATE SKIP LOCKED;
		CONTINUE WHEN NOT FOUND;
		taken := feed_number(tenant, head, most);
		UPDATE feed_heads
		   SET seq = head + taken
		 WHERE tenant_id = tenant;
		total := total + taken;
	END LOOP;
	RETURN total;
END
$$;
SELECT look_across('feed_extend(integer)');

-- Add events to the feed of the transaction's tenant, numbered in the order
-- given, behind what waits.  An id that is there already changes nothing and
-- leaves its number out.  Behind many that wait they wait, too, for
-- feed_extend: numbering those all at once could take longer than a statement
-- may.
--
-- The head stays locked until the transaction ends, so that numbers become
-- visible in their order: this is its last write, and who adds for several
-- tenants goes by their ids.
CREATE FUNCTION event_append(ids text[], connections text[], users text[],
	types text[], sources text[], occurred text[], received text[],
	meetings text[], outcomes text[], contents text[])
RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	tenant	CONSTANT bigint := current_tenant();
	many	CONSTANT integer := 5000;
	head	bigint;
	waited	bigint;
	added	bigint;
BEGIN
	SELECT h.seq INTO STRICT head
	  FROM feed_heads h
	 WHERE h.tenant_id = tenant
	   FOR UPDATE;
	waited := feed_number(tenant, head, many);
	head := head + waited;
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
	UPDATE feed_heads
	   SET seq = head + CASE WHEN added > 0 THEN cardinality(types) ELSE 0
		END
	 WHERE tenant_id = tenant;
END
$$;
SELECT look_across('event_append(text[], text[], text[], text[], text[], '
    'text[], text[], text[], text[], text[])');

-- For who waits: without a transaction of the tenant's.
CREATE FUNCTION feed_head(tenant bigint) RETURNS bigint
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT h.seq FROM feed_heads h WHERE h.tenant_id = tenant);
END
$$;
SELECT look_across('feed_head(bigint)');

-- Raw deliveries that are older than that, but for those still to be applied.
CREATE FUNCTION sweep_deliveries(most integer, days integer) RETURNS bigint
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	gone	bigint;
BEGIN
	DELETE FROM deliveries_in WHERE event_id IN (
		SELECT d.event_id
		  FROM deliveries_in d
		 WHERE d.received_at < now() - make_interval(days => days)
		   AND NOT EXISTS (SELECT FROM delivery_queue q
				    WHERE q.delivery_id = d.id)
		 ORDER BY d.received_at
		 LIMIT most
		   FOR UPDATE SKIP LOCKED);
	GET DIAGNOSTICS gone = ROW_COUNT;
	RETURN gone;
END
$$;
SELECT look_across('sweep_deliveries(integer, integer)');

-- Note how far the feeds have come, four times a day: for the end of the hour,
-- so that it is noted once, whoever comes round to it.
CREATE FUNCTION feed_mark() RETURNS void
LANGUAGE sql VOLATILE
AS $$
	INSERT INTO feed_marks (tenant_id, at, seq)
	SELECT h.tenant_id, date_trunc('hour', now()) + interval '1 hour',
	       h.seq
	  FROM feed_heads h
	 WHERE h.seq > h.floor
	   AND NOT EXISTS (
		SELECT FROM feed_marks m
		 WHERE m.tenant_id = h.tenant_id
		   AND (m.seq = h.seq OR m.at > now() - interval '6 hours'))
	ON CONFLICT DO NOTHING
$$;
GRANT EXECUTE ON FUNCTION feed_mark() TO calendlyd_definer;

-- Events that have been in their feed for longer than that, the oldest first.
-- The floor moves with them, under the head's lock, as when they came.
CREATE FUNCTION sweep_events(most integer, days integer) RETURNS bigint
LANGUAGE plpgsql VOLATILE
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
		    FOR UPDATE;
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

REVOKE CREATE ON SCHEMA public FROM calendlyd_definer;
