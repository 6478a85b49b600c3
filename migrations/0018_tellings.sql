-- Tellings: a body about an event that is known already, but with other
-- content.  The feed has its event once; the meeting takes both bodies, by
-- their versions.
--
-- The previous version runs on this schema, too: it stores and applies
-- deliveries as before, and never sees a telling.

GRANT CREATE ON SCHEMA public TO calendlyd_definer;

ALTER TABLE deliveries_in
	ADD COLUMN about bigint,	-- a hash of the scheduled event's id;
					-- NULL: none, or stored by the
					-- previous version
	ADD COLUMN telling_of uuid,	-- the event that this tells of again
	ADD COLUMN outcome text		-- of a telling, which has no event
			CHECK (outcome IN ('applied', 'superseded', 'flagged'));
CREATE INDEX tellings_by_event ON deliveries_in (telling_of)
	WHERE telling_of IS NOT NULL;
CREATE INDEX tellings_by_connection ON deliveries_in (connection_id)
	WHERE telling_of IS NOT NULL;
GRANT UPDATE (outcome) ON deliveries_in TO calendlyd_runtime;

ALTER TABLE delivery_queue ADD COLUMN is_telling boolean;	-- or NULL

-- Of "accepted", how many were tellings.
ALTER TABLE ledger ADD COLUMN retold bigint NOT NULL DEFAULT 0;

-- Store what is about an event that is known, "p_event", but has another body,
-- and tell what became of it: (t)elling stored, (k)nown already, un(f)ulfilled
-- because as many tellings of one event as may be are stored.  If the two
-- bodies are about different scheduled events (ids of invitees need not be
-- unique), this one is an event of its own, known by its scheduled event, too:
-- (s)tored.
CREATE FUNCTION telling_store(p_event uuid, p_tenant bigint,
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
	-- UUIDs are in lower case in "p_about", but perhaps not in the body.
	IF p_about IS NOT NULL AND (first.about <> hashtextextended(p_about, 0)
	    OR first.about IS NULL AND position(lower(p_about)
	    IN lower(encode(first.body, 'escape'))) = 0) THEN
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
	INSERT INTO delivery_queue (delivery_id, tenant_id, event_id,
	       is_telling)
	VALUES (number, p_tenant, telling, true);
	RETURN 't';
END
$$;
GRANT EXECUTE ON FUNCTION telling_store(uuid, bigint, uuid, bigint, bytea,
	text, text, text, smallint, bytea) TO calendlyd_definer;

-- As ingest_store, which stays for the previous version, but looks at the
-- bodies of what is known: whatever (d)iffers from the stored one, or was
-- stored by somebody else at this moment and cannot be seen yet, goes to
-- telling_store.  What is known and the same costs a look, and writes nothing.
-- "about" is the id of the scheduled event, where there is one.  Those that
-- differ come in the order of what they would insert, for the reason given
-- there.
CREATE FUNCTION delivery_store(p_endpoint bytea[], p_known bytea[],
	p_about text[], p_kind text[], p_flaw text[], p_signed_with smallint[],
	p_body bytea[])
RETURNS text
LANGUAGE plpgsql VOLATILE
-- Planned once, perhaps while there is nothing: never read all deliveries.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
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
SELECT look_across('delivery_store(bytea[], bytea[], text[], text[], text[], '
    'smallint[], bytea[])');

-- As delivery_take of 0008, with tellings if wanted.
CREATE FUNCTION delivery_take(most integer, most_bytes integer,
	tellings boolean)
RETURNS TABLE (id bigint, tenant_id bigint, connection_id uuid, user_id text,
	received_at text, kind text, flaw text, body bytea, event_id uuid,
	tries smallint, telling_of uuid)
LANGUAGE plpgsql VOLATILE
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
			   AND (tellings OR q.is_telling IS NULL)
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
		       rfc3339(b.received_at), b.kind, b.flaw, b.body,
		       b.event_id, b.tries, b.telling_of
		  FROM batch b
		  JOIN held h ON h.id = b.connection_id
		 WHERE b.bytes_before < most_bytes
		   AND (tellings OR b.telling_of IS NULL)
		 ORDER BY b.delivery_id;
		EXIT WHEN FOUND;
		SELECT max(w.delivery_id) INTO passed
		  FROM (SELECT q.delivery_id
			  FROM delivery_queue q
			 WHERE q.parked_at IS NULL
			   AND q.next_run_at <= now()
			   AND q.delivery_id > passed
			   AND (tellings OR q.is_telling IS NULL)
			 ORDER BY q.delivery_id
			 LIMIT most) w;
		EXIT WHEN passed IS NULL;
	END LOOP;
END
$$;
SELECT look_across('delivery_take(integer, integer, boolean)');

-- The previous version would write an event for a telling.
CREATE OR REPLACE FUNCTION delivery_take(most integer, most_bytes integer)
RETURNS TABLE (id bigint, tenant_id bigint, connection_id uuid, user_id text,
	received_at text, identity bytea, kind text, flaw text, body bytea,
	event_id uuid, tries smallint)
LANGUAGE sql VOLATILE
AS $$
	SELECT t.id, t.tenant_id, t.connection_id, t.user_id, t.received_at,
	       decode(replace(t.event_id::text, '-', ''), 'hex'), t.kind,
	       t.flaw, t.body, t.event_id, t.tries
	  FROM delivery_take(most, most_bytes, false) t
$$;
SELECT look_across('delivery_take(integer, integer)');

-- The books: tellings are accepted like others, and what became of one is
-- noted with it.
CREATE OR REPLACE FUNCTION ledger_count(since timestamptz) RETURNS void
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
		       count(*) FILTER (WHERE became = 'missing') AS missing,
		       count(*) FILTER (WHERE again) AS retold
		  FROM (SELECT d.tenant_id, d.telling_of IS NOT NULL AS again,
			CASE
			WHEN coalesce(d.outcome, e.outcome) IN ('applied',
				'superseded')
			THEN coalesce(d.outcome, e.outcome)
			WHEN EXISTS (SELECT FROM delivery_queue q
				      WHERE q.delivery_id = d.id)
			THEN 'pending'
			WHEN d.outcome IS NULL AND e.id IS NULL
			THEN 'missing'
			ELSE coalesce(d.outcome, e.outcome, 'applied') END
			AS became
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
	       superseded, flagged, pending, missing, retold)
	SELECT tenant_id, since, accepted, applied, superseded, flagged,
	       pending, missing, retold
	  FROM sums
	ON CONFLICT (tenant_id, minute) DO UPDATE
	   SET accepted = excluded.accepted,
	       applied = excluded.applied,
	       superseded = excluded.superseded,
	       flagged = excluded.flagged,
	       pending = excluded.pending,
	       missing = excluded.missing,
	       retold = excluded.retold,
	       told = least(l.told, excluded.missing),
	       checked_at = now();

	IF EXISTS (SELECT FROM ledger l
		    WHERE l.minute = since AND l.missing > 0) THEN
		DELETE FROM deliveries_in d
		 WHERE d.received_at >= since
		   AND d.received_at < since + interval '1 minute'
		   AND d.outcome IS NULL
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

CREATE OR REPLACE FUNCTION ledger_fold(kept_from timestamptz) RETURNS void
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
	       superseded, flagged, pending, missing, told, retold)
	SELECT tenant_id, '-infinity', sum(accepted), sum(applied),
	       sum(superseded), sum(flagged), 0, sum(missing), sum(missing),
	       sum(retold)
	  FROM past
	 GROUP BY tenant_id
	ON CONFLICT (tenant_id, minute) DO UPDATE
	   SET accepted = l.accepted + excluded.accepted,
	       applied = l.applied + excluded.applied,
	       superseded = l.superseded + excluded.superseded,
	       flagged = l.flagged + excluded.flagged,
	       missing = l.missing + excluded.missing,
	       told = l.told + excluded.told,
	       retold = l.retold + excluded.retold,
	       checked_at = now()
$$;

DROP FUNCTION ledger_totals(text);
CREATE FUNCTION ledger_totals(tenant text)
RETURNS TABLE (closed_to timestamptz, accepted bigint, applied bigint,
	superseded bigint, flagged bigint, pending bigint, missing bigint,
	retold bigint)
LANGUAGE sql STABLE
AS $$
	SELECT h.closed_to, coalesce(s.accepted, 0)::bigint,
	       coalesce(s.applied, 0)::bigint,
	       coalesce(s.superseded, 0)::bigint,
	       coalesce(s.flagged, 0)::bigint,
	       coalesce(s.pending, 0)::bigint,
	       coalesce(s.missing, 0)::bigint,
	       coalesce(s.retold, 0)::bigint
	  FROM ledger_head h,
	       (SELECT sum(l.accepted) AS accepted, sum(l.applied) AS applied,
		       sum(l.superseded) AS superseded,
		       sum(l.flagged) AS flagged, sum(l.pending) AS pending,
		       sum(l.missing) AS missing, sum(l.retold) AS retold
		  FROM ledger l
		  JOIN tenants t ON t.id = l.tenant_id
		 WHERE ledger_totals.tenant IS NULL
		    OR t.name = ledger_totals.tenant) s
$$;
SELECT look_across('ledger_totals(text)');

CREATE OR REPLACE FUNCTION deliveries_missing()
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
	   AND d.outcome IS NULL
	   AND NOT EXISTS (SELECT FROM delivery_queue q
			    WHERE q.delivery_id = d.id)
	   AND NOT EXISTS (SELECT FROM events e
			    WHERE e.id = d.event_id)
$$;
SELECT look_across('deliveries_missing()');

-- Erasing a user: a telling that was applied has neither an event nor a place
-- in the queue by which it could be found; its connection tells whose it is.
CREATE OR REPLACE FUNCTION connection_forget(p_connection uuid) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	used bigint[];
	who text;
BEGIN
	SELECT array_agg(DISTINCT g.account_id) INTO used
	  FROM grants g
	 WHERE g.connection_id = p_connection
	   AND g.tenant_id = current_tenant();
	DELETE FROM deliveries_in d
	 WHERE d.connection_id = p_connection
	   AND d.tenant_id = current_tenant()
	   AND d.telling_of IS NOT NULL;
	DELETE FROM connections c
	 WHERE c.id = p_connection
	   AND c.tenant_id = current_tenant()
	RETURNING c.user_id INTO who;
	UPDATE audit
	   SET subject = NULL
	 WHERE tenant_id = current_tenant()
	   AND subject = who;
	PERFORM FROM accounts a
	  WHERE a.id = ANY (used)
	  ORDER BY a.id
	    FOR UPDATE;
	DELETE FROM accounts a
	 WHERE a.id = ANY (used)
	   AND NOT EXISTS (SELECT FROM grants g WHERE g.account_id = a.id);
END
$$;
SELECT look_across('connection_forget(uuid)');

REVOKE CREATE ON SCHEMA public FROM calendlyd_definer;
