-- How pushers record what became of the events that they took.

-- Records attempts, and how their destinations stand; "p_progress" and what
-- follows is of the destinations.  Returns the destinations that somebody has
-- locked, of which nothing was recorded.
--
-- A result counts if its destination is there and its event still is, too, and
-- if it was delivered or the claim still holds.  What was delivered stays so,
-- and what was dead stays so unless it was delivered after all.  A result that
-- was recorded before is known by the time of its attempt.
--
-- Whether it is told that a destination fails is not recorded here: it is
-- written with the event that tells of it, and the pusher may not know that
-- this was committed.
--
-- A replay's row is found by its place ("ctid"), because a plan made while
-- there were few would otherwise go through all pushes.  Whoever changes one
-- holds its destination, so it stays at its place.
--
-- A push that is held is let go by the end of the one before it.  But whoever
-- holds it may not know that this one has ended already, by the word of a
-- pusher that was lost.  So it is let go by whatever is said of its lane, and
-- at the latest when the cursor passes it.
-- Definer: it looks at all tenants' destinations.
CREATE OR REPLACE FUNCTION push_record(p_owner uuid,
	p_destinations text[], p_pushes text[], p_events text[],
	p_replays text[], p_statuses text[], p_ats text[], p_answers text[],
	p_mss text[], p_texts text[], p_errors text[], p_nexts text[],
	p_clocks text[],
	p_progress text[], p_versions text[], p_cursors text[],
	p_releases text[], p_failures text[], p_events_failed text[],
	p_probes text[], p_opens text[],
	p_not_befores text[], p_failing_sinces text[],
	p_success_ats text[], p_failure_ats text[], p_whys text[],
	p_answereds text[], p_answering_sinces text[])
RETURNS SETOF uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
SET enable_seqscan = off
SET enable_bitmapscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	ours	CONSTANT uuid[] := p_progress::uuid[];
	either	CONSTANT uuid[] := p_destinations::uuid[] || ours;
	known	uuid[];
	touched	uuid[];
	lanes	uuid[];
	replays	boolean[];
BEGIN
	PERFORM set_config('synchronous_commit', 'off', true);
	known := ARRAY(
		SELECT d.id
		  FROM destinations d
		 WHERE d.id = ANY (either)
		   AND d.removed_at IS NULL
		 ORDER BY d.id
		   FOR NO KEY UPDATE SKIP LOCKED);
	WITH said AS MATERIALIZED (
		SELECT DISTINCT ON (d.id, e.feed_seq, r.replay,
		       CASE WHEN r.replay THEN r.push END)
		       d.tenant_id, d.id AS destination, r.push,
		       e.id AS event, e.user_id, e.feed_seq AS seq,
		       push_lane(e.meeting_id, e.connection_id) AS lane,
		       r.replay, r.status, of_ms(r.at) AS at,
		       nullif(r.answer, 0) AS answer,
		       r.ms, r.text, r.error,
		       CASE WHEN r.status = 'waiting'
			THEN coalesce(of_ms(r.next), now()) END AS next,
		       CASE WHEN r.status <> 'delivered' THEN r.clock END
			AS clock
		  FROM unnest(p_destinations::uuid[], p_pushes::uuid[],
			p_events::uuid[], p_replays::boolean[], p_statuses,
			p_ats::bigint[], p_answers::integer[],
			p_mss::integer[], p_texts, p_errors,
			p_nexts::bigint[], p_clocks::bigint[])
			r (destination, push, event, replay, status, at, answer,
			ms, text, error, next, clock)
		  JOIN destinations d ON d.id = r.destination
		  JOIN events e ON e.id = r.event
		   AND e.tenant_id = d.tenant_id
		 WHERE d.id = ANY (known)
		   AND (r.status = 'delivered' OR d.owner = p_owner)
		 ORDER BY d.id, e.feed_seq, r.replay,
		       CASE WHEN r.replay THEN r.push END,
		       r.status = 'delivered' DESC, r.at DESC
	), way AS MATERIALIZED (
		SELECT d.id, d.cursor AS past, n.cursor AS upto
		  FROM unnest(ours, p_cursors::bigint[]) n (id, cursor)
		  JOIN destinations d ON d.id = n.id
		 WHERE d.id = ANY (known)
		   AND d.owner = p_owner
		   AND d.cursor < n.cursor
	), live AS (
		INSERT INTO pushes AS p (tenant_id, id, destination_id,
		       event_id, user_id, seq, lane, status, attempts, next_at,
		       first_at, answered_ms, tried_at, answer_status, ms,
		       answer, error)
		SELECT s.tenant_id, coalesce(s.push, push_new_id()),
		       s.destination, s.event, s.user_id, s.seq, s.lane,
		       s.status, 1, s.next, s.at, s.clock, s.at, s.answer, s.ms,
		       s.text, s.error
		  FROM said s
		 WHERE NOT s.replay
		ON CONFLICT (destination_id, seq) WHERE NOT replay DO UPDATE
		   SET status = excluded.status,
		       attempts = p.attempts + 1,
		       next_at = excluded.next_at,
		       first_at = coalesce(p.first_at, excluded.first_at),
		       answered_ms = coalesce(p.answered_ms,
			excluded.answered_ms),
		       tried_at = excluded.tried_at,
		       answer_status = excluded.answer_status,
		       ms = excluded.ms,
		       answer = excluded.answer,
		       error = excluded.error
		 WHERE p.status <> 'delivered'
		   AND (excluded.status = 'delivered'
			OR (p.status <> 'dead'
			    AND (p.tried_at IS NULL
				 OR p.tried_at < excluded.tried_at)))
		RETURNING p.*
	), again AS (
		UPDATE pushes p
		   SET status = s.status,
		       attempts = p.attempts + 1,
		       next_at = s.next,
		       first_at = coalesce(p.first_at, s.at),
		       answered_ms = coalesce(p.answered_ms, s.clock),
		       tried_at = s.at,
		       answer_status = s.answer,
		       ms = s.ms,
		       answer = s.text,
		       error = s.error
		  FROM said s
		 WHERE s.replay
		   AND p.ctid = (SELECT o.ctid FROM pushes o
				  WHERE o.tenant_id = s.tenant_id
				    AND o.id = s.push)
		   AND p.destination_id = s.destination
		   AND p.status <> 'delivered'
		   AND (s.status = 'delivered'
			OR (p.status <> 'dead'
			    AND (p.tried_at IS NULL OR p.tried_at < s.at)))
		RETURNING p.*
	), told AS (
		SELECT * FROM live UNION ALL SELECT * FROM again
	), tried AS (
		INSERT INTO push_attempts (tenant_id, push_id, at,
		       answer_status, ms, answer, error)
		SELECT t.tenant_id, t.id, t.tried_at, t.answer_status, t.ms,
		       t.answer, t.error
		  FROM told t
		 WHERE t.status <> 'delivered'
		ON CONFLICT DO NOTHING
	)
	SELECT array_agg(l.destination), array_agg(l.lane), array_agg(l.replay)
	  INTO touched, lanes, replays
	  FROM (SELECT s.destination, s.lane, s.replay
		  FROM said s
		UNION ALL
		SELECT w.id, h.lane, false
		  FROM way w
		 CROSS JOIN LATERAL (
			SELECT p.lane
			  FROM pushes p
			 WHERE p.destination_id = w.id
			   AND NOT p.replay
			   AND p.seq > w.past
			   AND p.seq <= w.upto
			   AND p.status NOT IN ('waiting', 'delivered', 'dead')
			 ORDER BY p.seq		-- only pushes_once does this
			OFFSET 0) h) l;
	PERFORM push_settle(touched, lanes, replays);
	UPDATE destinations d
	   SET cursor = greatest(d.cursor, n.cursor),
	       wake_at = (SELECT min(p.next_at)
			    FROM pushes p
			   WHERE p.destination_id = d.id
			     AND p.status = 'waiting'),
	       owner = CASE WHEN NOT n.release THEN d.owner END,
	       owned_until = CASE WHEN n.release THEN now()
		ELSE d.owned_until END,
	       failures = CASE WHEN d.version = n.version
		THEN n.failures ELSE d.failures END,
	       events_failed = CASE WHEN d.version = n.version
		THEN n.events_failed ELSE d.events_failed END,
	       probes = CASE WHEN d.version = n.version
		THEN n.probes ELSE d.probes END,
	       is_open = CASE WHEN d.version = n.version
		THEN n.is_open ELSE d.is_open END,
	       not_before = CASE WHEN d.version = n.version
		THEN of_ms(n.not_before) ELSE d.not_before END,
	       failing_since = CASE WHEN d.version = n.version
		THEN of_ms(n.failing_since) ELSE d.failing_since END,
	       success_at = CASE WHEN d.version = n.version
		THEN of_ms(n.success_at) ELSE d.success_at END,
	       failure_at = CASE WHEN d.version = n.version
		THEN of_ms(n.failure_at) ELSE d.failure_at END,
	       failure = CASE WHEN d.version = n.version
		THEN n.failure ELSE d.failure END,
	       answered_ms = CASE WHEN d.version = n.version
		THEN n.answered_ms ELSE d.answered_ms END,
	       answering_since = CASE WHEN d.version = n.version
		THEN of_ms(n.answering_since) ELSE d.answering_since END
	  FROM unnest(ours, p_versions::bigint[],
		p_cursors::bigint[], p_releases::boolean[],
		p_failures::integer[], p_events_failed::integer[],
		p_probes::integer[], p_opens::boolean[],
		p_not_befores::bigint[], p_failing_sinces::bigint[],
		p_success_ats::bigint[], p_failure_ats::bigint[],
		p_whys, p_answereds::bigint[],
		p_answering_sinces::bigint[])
		n (id, version, cursor, release, failures, events_failed,
		probes, is_open,
		not_before, failing_since, success_at, failure_at,
		failure, answered_ms, answering_since)
	 WHERE d.id = n.id
	   AND d.id = ANY (known)
	   AND d.owner = p_owner;
	-- Of another's destination, what was delivered may let a push go.
	PERFORM push_wake(ARRAY(
		SELECT DISTINCT d.id
		  FROM unnest(touched) c (id)
		  JOIN destinations d ON d.id = c.id
		 WHERE d.owner IS DISTINCT FROM p_owner
		    OR d.id <> ALL (ours)));
	RETURN QUERY
	SELECT d.id
	  FROM destinations d
	 WHERE d.id = ANY (either)
	   AND d.id <> ALL (known)
	   AND d.removed_at IS NULL;
END
$$;
ALTER FUNCTION push_record OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION push_record FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION push_record TO calendlyd_runtime;
