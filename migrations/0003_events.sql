-- Deliveries in, what they are known by, events, and the feed.

GRANT CREATE ON SCHEMA public TO calendlyd_definer;

-- No foreign keys on the three tables of the ingest path: each would lock a
-- row that all deliveries of a connection share.  Erasing deletes by hand.
CREATE TABLE identities (
	identity	bytea PRIMARY KEY,
	tenant_id	bigint NOT NULL,
	connection_id	uuid NOT NULL,
	received_at	timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX identities_by_age ON identities USING brin (received_at);
SELECT keep_apart('identities', 'tenant_id');

CREATE TABLE deliveries_in (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant_id	bigint NOT NULL,
	connection_id	uuid NOT NULL,
	endpoint_id	bigint NOT NULL,
	received_at	timestamptz NOT NULL DEFAULT now(),
	identity	bytea NOT NULL,
	kind		text,		-- NULL: could not be read
	flaw		text,		-- why not, in a few words
	signed_with	smallint NOT NULL,	-- which candidate key verified
	body		bytea NOT NULL
);
ALTER TABLE deliveries_in ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX deliveries_in_by_age ON deliveries_in USING brin (received_at);
SELECT keep_apart('deliveries_in', 'tenant_id');

-- What still has to be applied.  Narrow: it is written once and deleted.
CREATE TABLE delivery_queue (
	delivery_id	bigint PRIMARY KEY,
	tenant_id	bigint NOT NULL,
	next_run_at	timestamptz NOT NULL DEFAULT now(),
	tries		smallint NOT NULL DEFAULT 0,
	parked_at	timestamptz,
	last_error	text
);
SELECT keep_apart('delivery_queue', 'tenant_id');

CREATE TABLE events (
	id		uuid PRIMARY KEY,
	tenant_id	bigint NOT NULL,
	connection_id	uuid NOT NULL,
	user_id		text NOT NULL,
	type		text NOT NULL,
	source		text NOT NULL CHECK (source IN ('webhook', 'sync',
			'poll', 'system')),
	occurred_at	timestamptz NOT NULL,
	received_at	timestamptz NOT NULL,
	meeting_id	uuid,
	delivery_id	bigint,
	data		json NOT NULL
);
CREATE INDEX events_by_connection ON events (connection_id, received_at);
SELECT keep_apart('events', 'tenant_id');

-- Events that wait for their number in the feed, in the order of "id".
CREATE TABLE event_queue (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant_id	bigint NOT NULL,
	event_id	uuid NOT NULL
);
CREATE INDEX event_queue_by_tenant ON event_queue (tenant_id, id);
SELECT keep_apart('event_queue', 'tenant_id');

-- Numbers are given under the head row's lock and become visible together
-- with it, so a reader can never skip one that commits late.
CREATE TABLE feed_heads (
	tenant_id	bigint PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
	seq		bigint NOT NULL DEFAULT 0
);
SELECT keep_apart('feed_heads', 'tenant_id');

CREATE TABLE feed (
	tenant_id	bigint NOT NULL,
	seq		bigint NOT NULL,
	event_id	uuid NOT NULL,
	PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX feed_by_event ON feed (event_id);
SELECT keep_apart('feed', 'tenant_id');

GRANT SELECT, DELETE ON identities, deliveries_in TO calendlyd_runtime;
GRANT SELECT, UPDATE, DELETE ON delivery_queue TO calendlyd_runtime;
GRANT SELECT, INSERT, DELETE ON events, event_queue TO calendlyd_runtime;
GRANT SELECT, DELETE ON feed TO calendlyd_runtime;
GRANT SELECT ON feed_heads TO calendlyd_runtime;

CREATE FUNCTION tenant_has_feed() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO feed_heads (tenant_id) VALUES (NEW.id);
	RETURN NULL;
END
$$;
CREATE TRIGGER tenant_has_feed AFTER INSERT ON tenants
	FOR EACH ROW EXECUTE FUNCTION tenant_has_feed();

-- All that is known of an endpoint before its request's body is read.
CREATE FUNCTION endpoint_find(endpoint_hash bytea)
RETURNS TABLE (id bigint, tenant_id bigint, connection_id uuid, retired boolean,
	signing_key bytea)
LANGUAGE sql STABLE
AS $$
	SELECT e.id, e.tenant_id, e.connection_id,
	       e.state = 'retired' OR e.drain_until < now()
	       OR e.connection_id IS NULL,
	       e.signing_key_sealed
	  FROM endpoints e
	 WHERE e.hash = endpoint_hash
$$;
SELECT look_across('endpoint_find(bytea)');

-- Store a delivery once; false if its identity is here already.
CREATE FUNCTION ingest_store(p_tenant bigint, p_connection uuid,
	p_endpoint bigint, p_identity bytea, p_kind text, p_flaw text,
	p_signed_with smallint, p_body bytea)
RETURNS boolean
LANGUAGE sql VOLATILE
AS $$
	WITH fresh AS (
		INSERT INTO identities (identity, tenant_id, connection_id)
		VALUES (p_identity, p_tenant, p_connection)
		ON CONFLICT DO NOTHING
		RETURNING 1
	), delivery AS (
		INSERT INTO deliveries_in (tenant_id, connection_id,
		       endpoint_id, identity, kind, flaw, signed_with, body)
		SELECT p_tenant, p_connection, p_endpoint, p_identity, p_kind,
		       p_flaw, p_signed_with, p_body
		  FROM fresh
		RETURNING id
	), queued AS (
		INSERT INTO delivery_queue (delivery_id, tenant_id)
		SELECT id, p_tenant
		  FROM delivery
		RETURNING 1
	)
	SELECT EXISTS (SELECT FROM queued)
$$;
SELECT look_across('ingest_store(bigint, uuid, bigint, bytea, text, text, '
    'smallint, bytea)');

-- A batch of deliveries to apply, locked until the transaction ends: so many
-- at most, and so many bytes of bodies (but always one).  Their connections
-- are held, too, so that erasing one waits; one that is busy is passed over
-- this time.  A delivery that was let in while its connection was being erased
-- goes unread: nobody may know it any more, and it must not stand in the way.
CREATE FUNCTION delivery_take(most integer, most_bytes integer)
RETURNS TABLE (id bigint, tenant_id bigint, connection_id uuid, user_id text,
	received_at text, identity bytea, kind text, flaw text, body bytea)
LANGUAGE sql VOLATILE
AS $$
	WITH due AS MATERIALIZED (
		SELECT q.delivery_id AS id
		  FROM delivery_queue q
		 WHERE q.parked_at IS NULL
		   AND q.next_run_at <= now()
		 ORDER BY q.delivery_id
		 LIMIT most
		   FOR UPDATE SKIP LOCKED
	), orphan AS (
		DELETE FROM delivery_queue WHERE delivery_id IN (
			SELECT due.id
			  FROM due
			  LEFT JOIN deliveries_in i ON i.id = due.id
			 WHERE NOT EXISTS (SELECT FROM connections c
					    WHERE c.id = i.connection_id))
		RETURNING delivery_id
	), unread AS (
		DELETE FROM deliveries_in
		 WHERE id IN (SELECT delivery_id FROM orphan)
		RETURNING deliveries_in.identity
	), unknown AS (
		DELETE FROM identities
		 WHERE identity IN (SELECT u.identity FROM unread u)
	), batch AS (
		SELECT i.id, sum(length(i.body)) OVER (ORDER BY i.id)
		       - length(i.body) AS bytes_before
		  FROM due
		  JOIN deliveries_in i ON i.id = due.id
	)
	SELECT d.id, d.tenant_id, d.connection_id, c.user_id,
	       rfc3339(d.received_at), d.identity, d.kind, d.flaw, d.body
	  FROM batch
	  JOIN deliveries_in d ON d.id = batch.id
	  JOIN connections c ON c.id = d.connection_id
	 WHERE batch.bytes_before < most_bytes
	 ORDER BY d.id
	   FOR KEY SHARE OF c SKIP LOCKED
$$;
SELECT look_across('delivery_take(integer, integer)');

-- Number what waits, tenant by tenant; says how many.
CREATE FUNCTION feed_extend(most integer) RETURNS bigint
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
		)
		INSERT INTO feed (tenant_id, seq, event_id)
		SELECT tenant, head + row_number() OVER (ORDER BY b.id), b.event_id
		  FROM batch b;
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
