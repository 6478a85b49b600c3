-- Removes what is no longer of use, in small batches.  Each function returns
-- how many rows it has dealt with.
--
-- All are definers for the same reason: they look at all tenants' rows.

-- Connect sessions, with their states and codes, a week after they expired;
-- code verifiers once they are too old to be used; endpoints that are drained.
CREATE OR REPLACE FUNCTION sweep_links(most integer) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
SET enable_seqscan = off
SET jit = off
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
ALTER FUNCTION sweep_links OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION sweep_links FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION sweep_links TO calendlyd_runtime;

-- Deletes answers to requests with an Idempotency-Key that are no longer given
-- again.
CREATE OR REPLACE FUNCTION sweep_idempotency(most integer, seconds integer)
RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
SET enable_seqscan = off
SET jit = off
AS $$
	WITH gone AS (
		DELETE FROM idempotency_keys WHERE id IN (
			SELECT id FROM idempotency_keys
			 WHERE created_at < now()
				- make_interval(secs => seconds)
			 LIMIT most
			   FOR UPDATE SKIP LOCKED)
		RETURNING 1
	)
	SELECT count(*) FROM gone
$$;
ALTER FUNCTION sweep_idempotency OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION sweep_idempotency FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION sweep_idempotency TO calendlyd_runtime;

-- Begins the teardown of grants whose tokens came in vain, because a process
-- died between Calendly's answer and the end of the connect.  The teardown is
-- tried for as many seconds.
CREATE OR REPLACE FUNCTION sweep_pending_grants(most integer, seconds integer)
RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
SET jit = off
AS $$
	WITH stale AS (
		UPDATE grants
		   SET status = 'teardown',
		       unusable = true,
		       teardown_deadline = now()
			+ make_interval(secs => seconds),
		       updated_at = now()
		 WHERE id IN (
			SELECT id FROM grants
			 WHERE status = 'pending'
			   AND created_at < now() - interval '10 minutes'
			 LIMIT most
			   FOR UPDATE SKIP LOCKED)
		RETURNING id, tenant_id
	)
	SELECT count(job_ask(tenant_id, 'teardown', id::text))
	  FROM stale
$$;
ALTER FUNCTION sweep_pending_grants OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION sweep_pending_grants FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION sweep_pending_grants TO calendlyd_runtime;

-- Deletes old rows of the log of calls to Calendly.
CREATE OR REPLACE FUNCTION sweep_api_calls(most integer, days integer)
RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
SET enable_seqscan = off
SET jit = off
AS $$
	WITH gone AS (
		DELETE FROM api_calls WHERE id IN (
			SELECT id FROM api_calls
			 WHERE at < now() - make_interval(days => days)
			 ORDER BY id
			 LIMIT most
			   FOR UPDATE SKIP LOCKED)
		RETURNING 1
	)
	SELECT count(*) FROM gone
$$;
ALTER FUNCTION sweep_api_calls OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION sweep_api_calls FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION sweep_api_calls TO calendlyd_runtime;

-- Deletes raw deliveries that are older than this, but none that is still to be
-- applied.
CREATE OR REPLACE FUNCTION sweep_deliveries(most integer, days integer)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
SET enable_seqscan = off
SET jit = off
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
ALTER FUNCTION sweep_deliveries OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION sweep_deliveries FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION sweep_deliveries TO calendlyd_runtime;

-- Deletes events that have been in their feed for longer than this, the oldest
-- first.  The floor is moved with them under the head's lock, as numbers are
-- given under it.  A tenant whose head is locked keeps its events until the
-- next time.
CREATE OR REPLACE FUNCTION sweep_events(most integer, days integer)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
SET enable_seqscan = off
SET jit = off
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
		    FOR UPDATE SKIP LOCKED;
		CONTINUE WHEN NOT FOUND;
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
ALTER FUNCTION sweep_events OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION sweep_events FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION sweep_events TO calendlyd_runtime;

-- Deletes meetings that were over this many days and an hour ago, the longest
-- past ones first, with their invitees and what walks have noted of them; 0
-- days: none.  A crowd is deleted bit by bit, and its meeting with the last of
-- them.
-- Nobody else writes to these rows, so no connection has to be locked: whoever
-- sees a meeting that was over for this many days leaves it alone.  The hour is
-- for those who looked at it shortly before, and for clocks that disagree.
CREATE OR REPLACE FUNCTION sweep_meetings(most integer, days integer)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	until	CONSTANT timestamptz := now() - make_interval(days => days,
			hours => 1);
	old	uuid[];
	booked	bigint;
	gone	bigint;
BEGIN
	IF days = 0 THEN
		RETURN 0;
	END IF;
	old := ARRAY(
		SELECT m.id
		  FROM meetings m
		 WHERE m.ended_at < until
		 ORDER BY m.ended_at
		 LIMIT most
		   FOR UPDATE SKIP LOCKED);
	IF old = '{}' THEN
		RETURN 0;
	END IF;
	DELETE FROM invitees WHERE (meeting_id, id) IN (
		SELECT i.meeting_id, i.id
		  FROM unnest(old) o (id)
		 CROSS JOIN LATERAL (
			SELECT v.meeting_id, v.id
			  FROM invitees v
			 WHERE v.meeting_id = o.id) i
		 LIMIT most);
	GET DIAGNOSTICS booked = ROW_COUNT;
	IF booked >= most THEN
		old := ARRAY(
			SELECT o.id
			  FROM unnest(old) o (id)
			 WHERE NOT EXISTS (SELECT FROM invitees i
					    WHERE i.meeting_id = o.id));
	END IF;
	DELETE FROM meeting_reads WHERE meeting_id = ANY (old);
	DELETE FROM sync_events WHERE (connection_id, meeting_id) IN (
		SELECT e.connection_id, e.meeting_id
		  FROM meetings m
		  JOIN sync_events e ON e.connection_id = m.connection_id
		   AND e.meeting_id = m.id
		 WHERE m.id = ANY (old)
		   AND e.event IS NULL
		   FOR UPDATE OF e SKIP LOCKED);
	DELETE FROM meetings WHERE id = ANY (old);
	GET DIAGNOSTICS gone = ROW_COUNT;
	RETURN booked + gone;
END
$$;
ALTER FUNCTION sweep_meetings OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION sweep_meetings FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION sweep_meetings TO calendlyd_runtime;
