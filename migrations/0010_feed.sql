-- An event's place in the feed stands in its own row.
--
-- The previous version runs on this schema, too: for it "feed" is a view.

GRANT CREATE ON SCHEMA public TO calendlyd_definer;

ALTER TABLE events
	ADD COLUMN seq bigint,		-- NULL: not numbered yet
	-- What a webhook's event did to its meeting.
	ADD COLUMN outcome text CHECK (outcome IN
			('applied', 'superseded', 'flagged')),
	ALTER COLUMN data SET COMPRESSION lz4;

ALTER TABLE events NO FORCE ROW LEVEL SECURITY;
ALTER TABLE feed NO FORCE ROW LEVEL SECURITY;
UPDATE events e
   SET seq = f.seq
  FROM feed f
 WHERE f.event_id = e.id;
ALTER TABLE events FORCE ROW LEVEL SECURITY;
DROP TABLE feed;

CREATE UNIQUE INDEX events_by_seq ON events (tenant_id, seq);
DROP INDEX events_by_connection;
CREATE INDEX events_by_connection ON events (connection_id, seq);

CREATE VIEW feed WITH (security_invoker = true) AS
	SELECT tenant_id, seq, id AS event_id
	  FROM events
	 WHERE seq IS NOT NULL;
GRANT SELECT, DELETE ON feed TO calendlyd_runtime;

-- Retention has removed everything up to "floor".
ALTER TABLE feed_heads ADD COLUMN floor bigint NOT NULL DEFAULT 0;

-- Number what waits, tenant by tenant; says how many.
CREATE OR REPLACE FUNCTION feed_extend(most integer) RETURNS bigint
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	tenant	bigint;
	head	bigint;
	moved	bigint;
	total	bigint := 0;
BEGIN
	FOR tenant IN
		SELECT h.tenant_id
		  FROM feed_heads h
		 WHERE EXISTS (SELECT FROM event_queue q
				WHERE q.tenant_id = h.tenant_id)
	LOOP
		SELECT h.seq INTO head
		  FROM feed_heads h
		 WHERE h.tenant_id = tenant
		   FOR UPDATE SKIP LOCKED;
		CONTINUE WHEN NOT FOUND;

		WITH batch AS (
			DELETE FROM event_queue WHERE id IN (
				SELECT q.id
				  FROM event_queue q
				 WHERE q.tenant_id = tenant
				 ORDER BY q.id
				 LIMIT most)
			RETURNING id, event_id
		), numbered AS (
			SELECT b.event_id, head + row_number()
			       OVER (ORDER BY b.id) AS seq
			  FROM batch b
		)
		UPDATE events e
		   SET seq = n.seq
		  FROM numbered n
		 WHERE e.id = n.event_id;
		GET DIAGNOSTICS moved = ROW_COUNT;

		UPDATE feed_heads
		   SET seq = head + moved
		 WHERE tenant_id = tenant;
		total := total + moved;
	END LOOP;
	RETURN total;
END
$$;
SELECT look_across('feed_extend(integer)');

REVOKE CREATE ON SCHEMA public FROM calendlyd_definer;
