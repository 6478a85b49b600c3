-- What Calendly was refused, and what that says.  A delivery that was answered
-- with an error is sent again for a day, but only as long as its subscription
-- exists: so a subscription whose endpoint refused something lately must not be
-- deleted.
--
-- Whoever knows an endpoint's address can have it refuse something.  So all
-- that is written here for it is bounded: refused_at once an hour, and a few
-- wrong signatures, the alarm about which comes once an hour.

GRANT CREATE ON SCHEMA public TO calendlyd_definer;

-- When this endpoint last answered a delivery with an error (401, 503); to the
-- hour.
ALTER TABLE endpoints ADD COLUMN refused_at timestamptz;

-- Deliveries with a wrong signature since the last one with a right one;
-- counted up to three, which is where suspicion begins.
ALTER TABLE endpoints ADD COLUMN wrong_signatures smallint NOT NULL DEFAULT 0;
CREATE INDEX endpoints_suspected ON endpoints (id) WHERE wrong_signatures > 0;

-- When that suspicion was last told, and a reconcile asked to look into it.
ALTER TABLE endpoints ADD COLUMN suspected_at timestamptz;

-- When any endpoint last answered so because this database was away, which
-- could only be noted here once it was back.
ALTER TABLE deployment ADD COLUMN ingest_refused_at timestamptz;

-- When deliveries to a subscription that was told as failing came through
-- again.  What Calendly began to retry before that does not count any more.
ALTER TABLE subscriptions ADD COLUMN recovered_at timestamptz;
CREATE INDEX subscriptions_failing ON subscriptions (grant_id)
	WHERE failing_since IS NOT NULL;

-- Deliveries that Calendly signed rightly for an endpoint that is in no row: an
-- older database was restored, or rows were lost.
ALTER TABLE deployment
	ADD COLUMN lost_deliveries bigint NOT NULL DEFAULT 0,
	ADD COLUMN lost_at timestamptz,		-- the last of them
	ADD COLUMN lost_told_at timestamptz,	-- in the log
	-- Then every connection is looked at, from one id to the next: when
	-- that was last begun, and how far it is (NULL: it is done).
	ADD COLUMN spread_at timestamptz,
	ADD COLUMN spread_after uuid;
-- When this connection was last looked at for such a delivery of its user's.
ALTER TABLE connections ADD COLUMN lost_check_at timestamptz;

-- Has the subscription that calls this endpoint been deleted at Calendly?  Of
-- one without a subscription's row nothing is known, so it may be alive.
CREATE FUNCTION subscription_is_gone(p_endpoint bigint) RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(bool_and(s.state = 'deleted'), false)
	  FROM subscriptions s
	 WHERE s.endpoint_id = p_endpoint
$$;
GRANT EXECUTE ON FUNCTION subscription_is_gone(bigint) TO calendlyd_definer;

-- To a 410 Calendly answers by deleting the subscription at once.  So only an
-- endpoint that was let go of is retired: by its grant, with its connection, or
-- because it is drained and nothing calls it any more.
CREATE OR REPLACE FUNCTION endpoint_find(endpoint_hash bytea)
RETURNS TABLE (id bigint, tenant_id bigint, connection_id uuid, retired boolean,
	signing_key bytea, suspect boolean)
LANGUAGE sql STABLE
AS $$
	SELECT e.id, e.tenant_id, e.connection_id,
	       e.connection_id IS NULL OR e.state = 'retired'
	       OR coalesce(e.drain_until < now(), false)
	       AND subscription_is_gone(e.id),
	       e.signing_key_sealed,
	       coalesce(e.mismatch_at > now() - interval '1 hour', false)
	  FROM endpoints e
	 WHERE e.hash = endpoint_hash
$$;
SELECT look_across('endpoint_find(bytea)');

-- The same, and what there is to note if this endpoint refuses a delivery: that
-- it did, and that the signature was wrong.
CREATE FUNCTION endpoint_meet(endpoint_hash bytea)
RETURNS TABLE (id bigint, retired boolean, signing_key bytea,
	note_refused boolean, note_wrong boolean)
LANGUAGE sql STABLE
AS $$
	SELECT e.id,
	       e.connection_id IS NULL OR e.state = 'retired'
	       OR coalesce(e.drain_until < now(), false)
	       AND subscription_is_gone(e.id),
	       e.signing_key_sealed,
	       coalesce(e.refused_at < now() - interval '1 hour', true),
	       e.state = 'live' AND (e.wrong_signatures < 3
	       OR coalesce(e.suspected_at < now() - interval '1 hour', true))
	  FROM endpoints e
	 WHERE e.hash = endpoint_hash
$$;
SELECT look_across('endpoint_meet(bytea)');

-- Endpoints refused deliveries, some for a wrong signature.  Says of which it
-- is suspected by now that Calendly signs with a key that we do not know: a
-- reconcile looks into it.  A row that somebody holds is passed over, and the
-- commit need not be safe: the next one is noted instead.
CREATE FUNCTION endpoints_refused(p_id bigint[], p_wrong boolean[])
RETURNS TABLE (suspected bigint)
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
	PERFORM set_config('synchronous_commit', 'off', true);
	RETURN QUERY
	WITH came AS (
		SELECT t.id, count(*) FILTER (WHERE t.wrong) AS wrong
		  FROM unnest(p_id, p_wrong) AS t (id, wrong)
		 GROUP BY t.id
	), held AS MATERIALIZED (
		SELECT e.id,
		       coalesce(e.refused_at < now() - interval '1 hour', true)
			AS is_due,
		       CASE WHEN e.state = 'live'
			THEN least(3, e.wrong_signatures + came.wrong)
			ELSE e.wrong_signatures END AS wrong,
		       e.state = 'live' AND came.wrong > 0
		       AND e.wrong_signatures + came.wrong >= 3
		       AND coalesce(e.suspected_at < now() - interval '1 hour',
			true) AS is_suspect
		  FROM endpoints e
		  JOIN came ON came.id = e.id
		 ORDER BY e.id
		   FOR NO KEY UPDATE OF e SKIP LOCKED
	), noted AS (
		UPDATE endpoints e
		   SET refused_at = CASE WHEN h.is_due THEN now()
			ELSE e.refused_at END,
		       wrong_signatures = h.wrong,
		       suspected_at = CASE WHEN h.is_suspect THEN now()
			ELSE e.suspected_at END
		  FROM held h
		 WHERE e.id = h.id
		   AND (h.is_due OR h.is_suspect
			OR h.wrong > e.wrong_signatures)
		RETURNING e.id, e.tenant_id, e.connection_id, h.is_suspect
	), asked AS (
		SELECT n.id, job_ask(n.tenant_id, 'reconcile',
		       n.connection_id::text)
		  FROM noted n
		 WHERE n.is_suspect
	)
	SELECT a.id FROM asked a;
END
$$;
SELECT look_across('endpoints_refused(bigint[], boolean[])');

-- Deliveries were refused while this database was away.
CREATE FUNCTION deployment_refused() RETURNS void
LANGUAGE sql VOLATILE
AS $$
	UPDATE deployment
	   SET ingest_refused_at = now()
	 WHERE coalesce(ingest_refused_at < now() - interval '1 minute', true)
$$;
SELECT look_across('deployment_refused()');

-- Which of these deliveries, rightly signed as they are, end a suspicion of
-- their endpoint's, or may end that its subscription fails.  At rest there is
-- nothing of the kind, and that is all that is looked at.
CREATE FUNCTION deliveries_heard(p_event uuid[])
RETURNS TABLE (tenant_id bigint, endpoint_id bigint, grant_id uuid)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM endpoints e WHERE e.wrong_signatures > 0)
	    AND NOT EXISTS (SELECT FROM subscriptions s
			     WHERE s.failing_since IS NOT NULL) THEN
		RETURN;
	END IF;
	RETURN QUERY
	SELECT DISTINCT e.tenant_id, e.id, e.grant_id
	  FROM deliveries_in d
	  JOIN endpoints e ON e.id = d.endpoint_id
	 WHERE d.event_id = ANY (p_event)
	   AND (e.wrong_signatures > 0
		OR EXISTS (SELECT FROM subscriptions s
			    WHERE s.endpoint_id = d.endpoint_id
			      AND s.failing_since < d.received_at));
END
$$;
SELECT look_across('deliveries_heard(uuid[])');

-- So many deliveries came that were rightly signed for endpoints which nobody
-- knows; their subscriptions were made by these of Calendly's users, whose
-- connections are looked at, each at most once an hour.  True: it is an hour
-- since this was told.  No row: somebody else notes the same, try again.
CREATE FUNCTION deliveries_lost(p_n bigint, p_users text[])
RETURNS TABLE (tell boolean)
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
	told	timestamptz;
	asked	bigint;
BEGIN
	SELECT d.lost_told_at INTO told
	  FROM deployment d
	   FOR NO KEY UPDATE SKIP LOCKED;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	tell := coalesce(told < now() - interval '1 hour', true);
	UPDATE deployment
	   SET lost_deliveries = lost_deliveries + p_n,
	       lost_at = now(),
	       lost_told_at = CASE WHEN tell THEN now() ELSE told END;
	WITH theirs AS (
		UPDATE connections
		   SET lost_check_at = now()
		 WHERE id IN (
			SELECT c.id
			  FROM accounts a
			  JOIN grants g ON g.account_id = a.id
			  JOIN connections c ON c.grant_id = g.id
			 WHERE a.user_uuid = ANY (p_users)
			   AND c.status = 'connected'
			   AND coalesce(c.lost_check_at
				< now() - interval '1 hour', true)
			   FOR NO KEY UPDATE OF c SKIP LOCKED)
		RETURNING id, tenant_id
	)
	SELECT count(job_ask(t.tenant_id, 'reconcile', t.id::text)) INTO asked
	  FROM theirs t;
	RETURN NEXT;
END
$$;
SELECT look_across('deliveries_lost(bigint, text[])');

-- After that everybody is looked at, spread over an hour, and at most once a
-- day: "most" connections more get their time.  Says how many.
CREATE FUNCTION checks_spread(most integer) RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
	begun	timestamptz;
	past	uuid;
	n	bigint;
BEGIN
	SELECT d.spread_at, d.spread_after INTO begun, past
	  FROM deployment d
	 WHERE d.spread_after IS NOT NULL
	    OR d.lost_at > coalesce(d.spread_at, '-infinity')
	   AND coalesce(d.spread_at < now() - interval '1 day', true)
	   FOR NO KEY UPDATE SKIP LOCKED;
	IF NOT FOUND THEN
		RETURN 0;
	END IF;
	IF past IS NULL THEN
		begun := now();
		past := '00000000-0000-0000-0000-000000000000';
	END IF;
	WITH few AS MATERIALIZED (
		SELECT c.id
		  FROM connections c
		 WHERE c.id > past
		   AND c.status = 'connected'
		 ORDER BY c.id
		 LIMIT most
	), planned AS (
		UPDATE connections c
		   SET next_check_at = least(c.next_check_at,
			begun + random() * interval '1 hour')
		 WHERE c.id IN (SELECT few.id FROM few)
	)
	SELECT count(*), max(few.id::text)::uuid INTO n, past
	  FROM few;
	UPDATE deployment
	   SET spread_at = begun,
	       spread_after = CASE WHEN n = most THEN past END;
	RETURN n;
END
$$;
SELECT look_across('checks_spread(integer)');

-- As in 0008, but for what is retired.
CREATE OR REPLACE FUNCTION ingest_store(p_endpoint bytea[], p_known bytea[],
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
		       OR coalesce(e.drain_until < now(), false)
		       AND subscription_is_gone(e.id) AS retired,
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

-- As in 0013, but for what is retired.
CREATE OR REPLACE FUNCTION sweep_links(most integer) RETURNS bigint
LANGUAGE sql VOLATILE
AS $$
	WITH old_sessions AS (
		DELETE FROM connect_sessions WHERE id IN (
			SELECT id FROM connect_sessions
			 WHERE expires_at < now() - interval '7 days'
			 LIMIT most
			   FOR UPDATE SKIP LOCKED)
		RETURNING 1
	), old_verifiers AS (
		UPDATE oauth_states
		   SET verifier_sealed = NULL
		 WHERE id IN (
			SELECT id FROM oauth_states
			 WHERE verifier_sealed IS NOT NULL
			   AND expires_at < now()
			 LIMIT most
			   FOR UPDATE SKIP LOCKED)
		RETURNING 1
	), drained AS (
		UPDATE endpoints
		   SET state = 'retired', signing_key_sealed = NULL
		 WHERE id IN (
			SELECT id FROM endpoints
			 WHERE state = 'draining'
			   AND drain_until < now()
			   AND subscription_is_gone(id)
			 LIMIT most
			   FOR UPDATE SKIP LOCKED)
		RETURNING 1
	)
	SELECT (SELECT count(*) FROM old_sessions)
	     + (SELECT count(*) FROM old_verifiers)
	     + (SELECT count(*) FROM drained)
$$;
SELECT look_across('sweep_links(integer)');
ALTER FUNCTION sweep_links(integer) SET enable_seqscan = off;

REVOKE CREATE ON SCHEMA public FROM calendlyd_definer;
