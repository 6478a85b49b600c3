-- How pushers take events.

-- Takes events for the destinations "p_ids", as long as this pusher's claim on
-- them holds: of each at most as many as its room, by turns one that waits, one
-- of the feed and one to be replayed.  Among all, every destination's first
-- comes before anybody's second.
--
-- One that waits is taken only if the feed was taken up to it ("after"),
-- because after a pusher has died an earlier one of its lane may have no row.
-- Of the feed, at most 2,000 numbers are looked at, and twice as many events
-- as there is room for.  An event whose lane is in flight ("p_busy"), or has an
-- earlier push that is not done, gets a row as held.
--
-- Locks are taken by a statement of their own: what the next one reads is what
-- was there when they were held.  A destination that somebody has locked, or
-- that has nothing to do, is only looked at.
-- The looks for an event's push and for earlier pushes of its lane are written
-- so that the planner can use only the right index without a sort.  In a young
-- table, whose rows nobody has counted yet, it took another one, and read all
-- that was ever pushed to the destination for each event.
-- Definer: it looks at all tenants' destinations.
CREATE OR REPLACE FUNCTION push_take(p_owner uuid, p_seconds integer,
	p_ids text[], p_versions text[], p_afters text[], p_rooms text[],
	p_probes text[],
	p_busy text[], p_busy_lanes text[], p_busy_replays text[])
RETURNS SETOF push_offer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
SET enable_seqscan = off
SET enable_bitmapscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	far	CONSTANT bigint := 2000;	-- numbers of the feed
	batch	CONSTANT bigint := 500;		-- events
	bytes	CONSTANT bigint := 8 * 1024 * 1024;
	mine	uuid[];
BEGIN
	PERFORM set_config('synchronous_commit', 'off', true);
	mine := ARRAY(
		SELECT d.id
		  FROM unnest(p_ids::uuid[], p_versions::bigint[],
			p_afters::bigint[], p_rooms::bigint[])
			r (id, version, after, room)
		  JOIN destinations d ON d.id = r.id
		  JOIN feed_heads h ON h.tenant_id = d.tenant_id
		 WHERE d.owner = p_owner
		   AND d.version = r.version
		   AND d.state = 'active'
		   AND d.removed_at IS NULL
		   AND (d.owned_until < now()
				+ make_interval(secs => p_seconds / 2)
			OR (r.room > 0
			    AND (h.seq > r.after OR d.wake_at <= now())))
		 ORDER BY d.id
		   FOR NO KEY UPDATE OF d SKIP LOCKED);
	RETURN QUERY
	WITH asked AS MATERIALIZED (
		SELECT r.*
		  FROM unnest(p_ids::uuid[], p_versions::bigint[],
			p_afters::bigint[], p_rooms::bigint[],
			p_probes::boolean[])
			r (id, version, after, room, probe)
	), busy AS MATERIALIZED (
		SELECT b.*
		  FROM unnest(p_busy::uuid[], p_busy_lanes::uuid[],
			p_busy_replays::boolean[]) b (id, lane, replay)
	), room AS MATERIALIZED (
		SELECT a.id, a.after, a.room, a.probe, d.tenant_id, d.types,
		       d.user_id, h.seq AS head, h.floor,
		       greatest(a.after, h.floor) AS start,
		       least(h.seq, greatest(a.after, h.floor) + far) AS stop,
		       least(2 * a.room, 2 * batch / count(*) OVER () + 2)
			AS hits
		  FROM asked a
		  JOIN destinations d ON d.id = a.id
		  JOIN feed_heads h ON h.tenant_id = d.tenant_id
		 WHERE d.id = ANY (mine)
		   AND a.room > 0
	), hit AS MATERIALIZED (
		SELECT m.id AS destination, m.room, m.tenant_id, e.id, e.seq,
		       e.lane, e.user_id,
		       (m.id, e.lane) IN (
			SELECT b.id, b.lane FROM busy b WHERE NOT b.replay)
		       OR coalesce((
			SELECT p.seq FROM pushes p
			 WHERE p.destination_id = m.id
			   AND p.lane = e.lane
			   AND p.replay = (SELECT false)
			   AND p.status = 'waiting'
			 ORDER BY p.seq, p.id
			 LIMIT 1) < e.seq, false)
		       OR coalesce((
			SELECT p.seq FROM pushes p
			 WHERE p.destination_id = m.id
			   AND p.lane = e.lane
			   AND p.replay = (SELECT false)
			   AND p.status = 'held'
			 ORDER BY p.seq, p.id
			 LIMIT 1) < e.seq, false) AS behind
		  FROM room m
		 CROSS JOIN LATERAL (
			SELECT v.id, v.feed_seq AS seq, v.user_id,
			       push_lane(v.meeting_id, v.connection_id) AS lane
			  FROM events v
			 WHERE v.tenant_id = m.tenant_id
			   AND v.feed_seq > m.start
			   AND v.feed_seq <= m.stop
			   AND (m.user_id IS NULL OR v.user_id = m.user_id)
			   AND ('*' = ANY (m.types) OR v.type = ANY (m.types))
			   AND (SELECT p.seq
				  FROM pushes p
				 WHERE p.destination_id = m.id
				   AND p.seq >= v.feed_seq
				   AND NOT p.replay
				 ORDER BY p.seq
				 LIMIT 1) IS DISTINCT FROM v.feed_seq
			 ORDER BY v.feed_seq
			 LIMIT m.hits) e
	), judged AS MATERIALIZED (
		SELECT t.*, NOT t.behind AND row_number() OVER (
			PARTITION BY t.destination, t.lane ORDER BY t.seq) = 1
			AS free
		  FROM hit t
	), due AS MATERIALIZED (
		SELECT m.id AS destination, m.room, m.probe, p.*, EXISTS (
			SELECT FROM events v WHERE v.id = p.event_id) AS there
		  FROM room m
		 CROSS JOIN LATERAL (
			(SELECT p.id AS push, p.event_id, p.seq, p.lane,
				p.replay, p.attempts, p.answered_ms,
				p.next_at, p.tried_at
			   FROM pushes p
			  WHERE p.destination_id = m.id
			    AND p.status = 'waiting'
			    AND p.next_at <= now()
			    AND (p.replay OR p.seq <= m.after)
			    AND NOT (m.probe AND p.tried_at IS NULL)
			    AND (m.id, p.lane, p.replay) NOT IN (
				SELECT b.id, b.lane, b.replay FROM busy b)
			  ORDER BY p.next_at
			  LIMIT m.hits)
			UNION ALL
			(SELECT p.id, p.event_id, p.seq, p.lane, p.replay,
				p.attempts, p.answered_ms, p.next_at,
				p.tried_at
			   FROM pushes p
			  WHERE m.probe
			    AND p.destination_id = m.id
			    AND p.status = 'waiting'
			    AND p.next_at <= now()
			    AND (p.replay OR p.seq <= m.after)
			    AND p.tried_at IS NULL
			    AND (m.id, p.lane, p.replay) NOT IN (
				SELECT b.id, b.lane, b.replay FROM busy b)
			  ORDER BY p.next_at
			  LIMIT m.hits)) p
	), offer AS MATERIALIZED (
		SELECT u.destination, u.room, u.push, u.event_id, u.seq,
		       u.lane, u.replay, u.attempts, u.answered_ms,
		       row_number() OVER (
			PARTITION BY u.destination, u.replay
			ORDER BY CASE WHEN u.probe THEN u.tried_at IS NOT NULL
			END, u.next_at) AS place,
		       CASE WHEN u.probe THEN 2 ELSE 0 END
			+ CASE WHEN u.replay THEN 2 ELSE 0 END AS class
		  FROM due u
		 WHERE u.there
		UNION ALL
		SELECT j.destination, j.room, NULL, j.id, j.seq, j.lane, false,
		       0, NULL, row_number() OVER (
			PARTITION BY j.destination ORDER BY j.seq), 1
		  FROM judged j
		 WHERE j.free
	), ranked AS MATERIALIZED (
		SELECT o.*, row_number() OVER (
			PARTITION BY o.destination
			ORDER BY o.place, o.class) AS rank
		  FROM offer o
	), chosen AS MATERIALIZED (
		SELECT k.*
		  FROM ranked k
		 WHERE k.rank <= k.room
		 ORDER BY k.rank, random()
		 LIMIT batch
	), sized AS MATERIALIZED (
		SELECT c.*, v.id, v.type, v.source, v.user_id, v.occurred_at,
		       v.received_at, v.meeting_id, v.data::text AS data,
		       row_number() OVER (ORDER BY c.rank) AS turn
		  FROM chosen c
		  JOIN events v ON v.id = c.event_id
	), taken AS MATERIALIZED (
		SELECT w.*
		  FROM (SELECT s.*, sum(octet_length(s.data))
				OVER (ORDER BY s.turn)
				- octet_length(s.data) AS size
			  FROM sized s) w
		 WHERE w.size < bytes
	), got AS MATERIALIZED (
		SELECT t.destination, count(*) AS n,
		       count(*) FILTER (WHERE t.push IS NULL) AS fed
		  FROM taken t
		 GROUP BY t.destination
	), seen AS MATERIALIZED (
		SELECT j.destination, count(*) AS n, max(j.seq) AS last,
		       array_agg(j.seq ORDER BY j.seq) FILTER (WHERE j.free)
			AS free
		  FROM judged j
		 GROUP BY j.destination
	), reached AS MATERIALIZED (
		SELECT m.id, m.tenant_id, m.head, m.after, m.floor,
		       greatest(m.after, coalesce(
			s.free[coalesce(g.fed, 0) + 1] - 1,
			CASE WHEN s.n >= m.hits THEN s.last END,
			m.stop)) AS upto
		  FROM room m
		  LEFT JOIN seen s ON s.destination = m.id
		  LEFT JOIN got g ON g.destination = m.id
	), held AS (
		INSERT INTO pushes (tenant_id, id, destination_id, event_id,
		       user_id, seq, lane, status)
		SELECT j.tenant_id, push_new_id(), j.destination, j.id,
		       j.user_id, j.seq, j.lane, 'held'
		  FROM judged j
		  JOIN reached r ON r.id = j.destination
		 WHERE NOT j.free
		   AND j.seq <= r.upto
		ON CONFLICT DO NOTHING
	), gone AS MATERIALIZED (
		SELECT u.destination, u.first, greatest(u.last, (
			SELECT max(p.seq)
			  FROM pushes p
			 WHERE p.destination_id = u.destination
			   AND p.status IN ('waiting', 'held')
			   AND p.seq <= u.floor)) AS last
		  FROM (SELECT w.destination, m.floor, min(w.seq) AS first,
			       max(w.seq) AS last
			  FROM due w
			  JOIN room m ON m.id = w.destination
			 WHERE NOT w.there
			 GROUP BY w.destination, m.floor) u
	), left_out AS MATERIALIZED (
		SELECT k.destination
		  FROM (SELECT r.destination, count(*) AS n
			  FROM ranked r
			 GROUP BY r.destination) k
		  LEFT JOIN got g ON g.destination = k.destination
		 WHERE k.n > coalesce(g.n, 0)
	)
	SELECT r.id, false, r.upto,
	       least(CASE WHEN r.floor > r.after THEN r.after + 1 END,
		g.first),
	       greatest(CASE WHEN r.floor > r.after THEN r.floor END, g.last),
	       r.upto < r.head
		OR r.id IN (SELECT l.destination FROM left_out l),
	       t.push, t.replay, t.lane, t.attempts, t.answered_ms, t.seq, t.id,
	       t.type, t.source, t.user_id, t.occurred_at, t.received_at,
	       t.meeting_id, t.data
	  FROM reached r
	  LEFT JOIN gone g ON g.destination = r.id
	  LEFT JOIN taken t ON t.destination = r.id
	UNION ALL
	SELECT a.id, d.id IS NULL, a.after, NULL, NULL,
	       coalesce(h.seq > a.after OR d.wake_at <= now(), false),
	       NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
	       NULL, NULL, NULL
	  FROM asked a
	  LEFT JOIN destinations d ON d.id = a.id
	   AND d.owner = p_owner
	   AND d.version = a.version
	   AND d.state = 'active'
	   AND d.removed_at IS NULL
	  LEFT JOIN feed_heads h ON h.tenant_id = d.tenant_id
	 WHERE a.id <> ALL (mine)
	    OR a.room <= 0;
	UPDATE destinations d
	   SET owned_until = now() + make_interval(secs => p_seconds)
	 WHERE d.id = ANY (mine)
	   AND d.owned_until < now() + make_interval(secs => p_seconds / 2);
END
$$;
ALTER FUNCTION push_take OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION push_take FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION push_take TO calendlyd_runtime;
