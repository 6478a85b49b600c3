-- Deliveries in, leaner: known by the id of the event they become, in one
-- table with one index, and a body that is compressed quickly and stays in
-- its row.
--
-- The previous version runs on this schema, too: "identities" stays, empty,
-- and so do "deliveries_in.identity" and the old ingest_store.

GRANT CREATE ON SCHEMA public TO calendlyd_definer;

-- An identity's first half as a UUID (version 8, RFC 9562).
CREATE FUNCTION event_id_of(identity bytea) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
	SELECT encode(set_byte(set_byte(substr(identity, 1, 16),
	       6, get_byte(identity, 6) & 15 | 128),
	       8, get_byte(identity, 8) & 63 | 128), 'hex')::uuid
$$;
GRANT EXECUTE ON FUNCTION event_id_of(bytea)
	TO calendlyd_runtime, calendlyd_definer;

ALTER TABLE deliveries_in ADD COLUMN event_id uuid;
ALTER TABLE delivery_queue ADD COLUMN event_id uuid;

-- The owner is subject to row-level security, too.
ALTER TABLE deliveries_in NO FORCE ROW LEVEL SECURITY;
ALTER TABLE delivery_queue NO FORCE ROW LEVEL SECURITY;
ALTER TABLE identities NO FORCE ROW LEVEL SECURITY;
UPDATE deliveries_in SET event_id = event_id_of(identity);
UPDATE delivery_queue q
   SET event_id = d.event_id
  FROM deliveries_in d
 WHERE d.id = q.delivery_id;
DELETE FROM identities;
ALTER TABLE deliveries_in FORCE ROW LEVEL SECURITY;
ALTER TABLE delivery_queue FORCE ROW LEVEL SECURITY;
ALTER TABLE identities FORCE ROW LEVEL SECURITY;

ALTER TABLE deliveries_in
	DROP CONSTRAINT deliveries_in_pkey,
	ALTER COLUMN identity DROP NOT NULL,
	ALTER COLUMN event_id SET NOT NULL,
	ADD PRIMARY KEY (event_id),
	ALTER COLUMN body SET STORAGE MAIN,
	ALTER COLUMN body SET COMPRESSION lz4;
ALTER TABLE delivery_queue ALTER COLUMN event_id SET NOT NULL;

-- Store a delivery once; false if it is here already.
CREATE OR REPLACE FUNCTION ingest_store(p_tenant bigint, p_connection uuid,
	p_endpoint bigint, p_identity bytea, p_kind text, p_flaw text,
	p_signed_with smallint, p_body bytea)
RETURNS boolean
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	known	CONSTANT uuid := event_id_of(p_identity);
	number	bigint;
BEGIN
	INSERT INTO deliveries_in (event_id, tenant_id, connection_id,
	       endpoint_id, kind, flaw, signed_with, body)
	VALUES (known, p_tenant, p_connection, p_endpoint, p_kind, p_flaw,
	       p_signed_with, p_body)
	ON CONFLICT DO NOTHING
	RETURNING id INTO number;
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	INSERT INTO delivery_queue (delivery_id, tenant_id, event_id)
	VALUES (number, p_tenant, known);
	RETURN true;
END
$$;
SELECT look_across('ingest_store(bigint, uuid, bigint, bytea, text, text, '
    'smallint, bytea)');

-- Store a batch of deliveries, each once, and tell of each what became of it,
-- by a letter: (s)tored, (k)nown already, of an (u)nknown endpoint or of one
-- that is (r)etired.  "known" is what a delivery is known by among its
-- connection's.  In the order of their ids, so that two batches with the same
-- ones cannot wait for each other.  Planned once: planning it takes longer than
-- running it.
CREATE FUNCTION ingest_store(p_endpoint bytea[], p_known bytea[],
	p_kind text[], p_flaw text[], p_signed_with smallint[], p_body bytea[])
RETURNS text
LANGUAGE plpgsql VOLATILE
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	fates	text;
BEGIN
	WITH came AS MATERIALIZED (
		SELECT t.*, e.id AS endpoint_id, e.tenant_id, e.connection_id,
		       e.connection_id IS NULL OR e.state = 'retired'
		       OR coalesce(e.drain_until < now(), false) AS retired,
		       event_id_of(sha256(convert_to(e.connection_id::text,
		       'UTF8') || '\x00' || t.known)) AS event_id
		  FROM unnest(p_endpoint, p_known, p_kind, p_flaw,
		       p_signed_with, p_body) WITH ORDINALITY
		       AS t (hash, known, kind, flaw, signed_with, body, n)
		  LEFT JOIN endpoints e ON e.hash = t.hash
	), fresh AS (
		INSERT INTO deliveries_in (event_id, tenant_id, connection_id,
		       endpoint_id, kind, flaw, signed_with, body)
		SELECT event_id, tenant_id, connection_id, endpoint_id, kind,
		       flaw, signed_with, body
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
		       WHEN f.id IS NULL OR c.n > min(c.n)
		       OVER (PARTITION BY c.event_id) THEN 'k'
		       ELSE 's' END AS fate
		  FROM came c
		  LEFT JOIN fresh f ON f.event_id = c.event_id
	)
	SELECT string_agg(fate, '' ORDER BY n) INTO fates
	  FROM told;
	-- What is known is seen here, but perhaps not safe yet: who stored it
	-- may have given up on a synchronous standby, and a commit waits for
	-- that one only if it has written something.
	IF fates ~ 'k' AND fates !~ 's' THEN
		PERFORM pg_logical_emit_message(true, 'calendlyd', '');
	END IF;
	RETURN fates;
END
$$;
SELECT look_across('ingest_store(bytea[], bytea[], text[], text[], '
    'smallint[], bytea[])');

-- A batch of deliveries to apply, locked until the transaction ends: so many
-- at most, and so many bytes of bodies (but always one).  Their connections
-- are held, too: nobody else applies what may be about the same meetings, and
-- erasing one waits.  One that is busy is passed over this time, and so are
-- 15 such batches of its deliveries, for others come behind them.  A delivery
-- that was let in while its connection was being erased goes unread: nobody
-- may know it any more, and it must not stand in the way.
DROP FUNCTION delivery_take(integer, integer);
CREATE FUNCTION delivery_take(most integer, most_bytes integer)
RETURNS TABLE (id bigint, tenant_id bigint, connection_id uuid, user_id text,
	received_at text, identity bytea, kind text, flaw text, body bytea,
	event_id uuid, tries smallint)
LANGUAGE plpgsql VOLATILE
-- How many "most" are is not known when it is planned: the guess, a tenth of
-- the queue, would have all deliveries read.
SET enable_seqscan = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	passed	bigint := 0;
BEGIN
	FOR looked IN 1 .. 16 LOOP
		RETURN QUERY
		WITH due AS MATERIALIZED (
			SELECT q.delivery_id, q.event_id, q.tries
			  FROM delivery_queue q
			 WHERE q.parked_at IS NULL
			   AND q.next_run_at <= now()
			   AND q.delivery_id > passed
			 ORDER BY q.delivery_id
			 LIMIT most
			   FOR UPDATE SKIP LOCKED
		), batch AS MATERIALIZED (
			SELECT due.delivery_id, due.tries, i.*,
			       sum(length(i.body)) OVER (
				ORDER BY due.delivery_id) - length(i.body)
				AS bytes_before
			  FROM due
			  LEFT JOIN deliveries_in i
			    ON i.event_id = due.event_id
		), held AS MATERIALIZED (
			SELECT c.id, c.user_id
			  FROM connections c
			 WHERE c.id IN (
				SELECT b.connection_id FROM batch b)
			   FOR NO KEY UPDATE SKIP LOCKED
		), orphan AS (
			DELETE FROM delivery_queue q WHERE q.delivery_id IN (
				SELECT b.delivery_id
				  FROM batch b
				 WHERE NOT EXISTS (
					SELECT FROM held h
					 WHERE h.id = b.connection_id)
				   AND NOT EXISTS (
					SELECT FROM connections c
					 WHERE c.id = b.connection_id))
			RETURNING q.event_id
		), unread AS (
			DELETE FROM deliveries_in i
			 WHERE i.event_id IN (
				SELECT o.event_id FROM orphan o)
		)
		SELECT b.delivery_id, b.tenant_id, b.connection_id, h.user_id,
		       rfc3339(b.received_at),
		       decode(replace(b.event_id::text, '-', ''), 'hex'),
		       b.kind, b.flaw, b.body, b.event_id, b.tries
		  FROM batch b
		  JOIN held h ON h.id = b.connection_id
		 WHERE b.bytes_before < most_bytes
		 ORDER BY b.delivery_id;
		EXIT WHEN FOUND;
		SELECT max(w.delivery_id) INTO passed
		  FROM (SELECT q.delivery_id
			  FROM delivery_queue q
			 WHERE q.parked_at IS NULL
			   AND q.next_run_at <= now()
			   AND q.delivery_id > passed
			 ORDER BY q.delivery_id
			 LIMIT most) w;
		EXIT WHEN passed IS NULL;
	END LOOP;
END
$$;
SELECT look_across('delivery_take(integer, integer)');

REVOKE CREATE ON SCHEMA public FROM calendlyd_definer;
