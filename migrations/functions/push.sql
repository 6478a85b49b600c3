-- Push: what pushers claim, take and record, over all tenants.
--
-- A pusher's commits need not be safe.  If the server loses the last of them,
-- it loses what came after as well, so a destination's cursor and its pushes
-- still fit together, and a few events are pushed again.

-- Returns an id for a push: a UUID of version 7 (RFC 9562).
CREATE OR REPLACE FUNCTION push_new_id() RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE
AS $$
	SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
	       PLACING substr(int8send((extract(epoch FROM clock_timestamp())
	       * 1000)::bigint), 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
$$;
REVOKE ALL ON FUNCTION push_new_id FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION push_new_id TO calendlyd_definer;

-- Returns the lane of an event.  Events of the tenant itself share one.
CREATE OR REPLACE FUNCTION push_lane(meeting uuid, connection uuid)
RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT coalesce(meeting, connection,
	       '00000000-0000-0000-0000-000000000000'::uuid)
$$;
REVOKE ALL ON FUNCTION push_lane FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION push_lane TO calendlyd_definer;

-- Returns a time as milliseconds of the Unix epoch; 0 for NULL.
CREATE OR REPLACE FUNCTION to_ms(timestamptz) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT coalesce((extract(epoch FROM $1) * 1000)::bigint, 0) $$;
REVOKE ALL ON FUNCTION to_ms FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION to_ms TO calendlyd_runtime, calendlyd_definer;

-- Returns the time of so many milliseconds of the Unix epoch; NULL for 0.
CREATE OR REPLACE FUNCTION of_ms(bigint) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT to_timestamp(nullif($1, 0) / 1000.0) $$;
REVOKE ALL ON FUNCTION of_ms FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION of_ms TO calendlyd_definer;

-- Claims destinations that have something to be pushed and are nobody's.  Those
-- whose last claim ended first come first, so none has to wait for ever.
-- Definer: it looks at all tenants' destinations.
-- In plpgsql, which keeps the plan: each pusher calls this many times a second,
-- and mostly there is nothing to be done.
CREATE OR REPLACE FUNCTION push_claim(p_owner uuid, p_seconds integer,
	p_most integer)
RETURNS SETOF destinations
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
SET jit = off
AS $$
BEGIN
	PERFORM set_config('synchronous_commit', 'off', true);
	RETURN QUERY
	UPDATE destinations d
	   SET owner = p_owner,
	       owned_until = now() + make_interval(secs => p_seconds)
	 WHERE d.id = ANY (ARRAY(
		SELECT c.id
		  FROM destinations c
		  JOIN feed_heads h ON h.tenant_id = c.tenant_id
		 WHERE c.state = 'active'
		   AND c.removed_at IS NULL
		   AND (c.owner IS NULL OR c.owned_until < now())
		   AND (c.cursor < h.seq OR c.wake_at <= now())
		   AND (c.not_before IS NULL OR c.not_before <= now())
		 ORDER BY c.owned_until NULLS FIRST
		 LIMIT p_most
		   FOR NO KEY UPDATE OF c SKIP LOCKED))
	RETURNING d.*;
END
$$;
ALTER FUNCTION push_claim OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION push_claim FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION push_claim TO calendlyd_runtime;

-- Sees that of each of these lanes the first push that is not done waits, and
-- the others are held.  The caller has locked the destinations.
--
-- Rows are changed by their places ("ctid"), which stay as long as the lock.  A
-- join would let a plan that was made while next to nothing waited go through
-- all that waits at any destination.
CREATE OR REPLACE FUNCTION push_settle(p_destinations uuid[], p_lanes uuid[],
	p_replays boolean[])
RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
	WITH lane AS MATERIALIZED (
		SELECT DISTINCT l.destination, l.lane, l.replay
		  FROM unnest(p_destinations, p_lanes, p_replays)
			l (destination, lane, replay)
	), first AS MATERIALIZED (
		SELECT l.*, f.place, f.id, f.status
		  FROM lane l
		 CROSS JOIN LATERAL (
			(SELECT p.ctid AS place, p.id, p.seq, p.status
			   FROM pushes p
			  WHERE p.destination_id = l.destination
			    AND p.lane = l.lane
			    AND p.replay = l.replay
			    AND p.status = 'waiting'
			  ORDER BY p.seq, p.id
			  LIMIT 1)
			UNION ALL
			(SELECT p.ctid, p.id, p.seq, p.status
			   FROM pushes p
			  WHERE p.destination_id = l.destination
			    AND p.lane = l.lane
			    AND p.replay = l.replay
			    AND p.status = 'held'
			  ORDER BY p.seq, p.id
			  LIMIT 1)
			ORDER BY 3, 2
			LIMIT 1) f
	), later AS (
		UPDATE pushes
		   SET status = 'held'
		 WHERE ctid = ANY (ARRAY(
			SELECT o.place
			  FROM first f
			 CROSS JOIN LATERAL (
				SELECT p.ctid AS place, p.id
				  FROM pushes p
				 WHERE p.destination_id = f.destination
				   AND p.lane = f.lane
				   AND p.replay = f.replay
				   AND p.status = 'waiting'
				 ORDER BY p.seq, p.id
				OFFSET 0) o
			 WHERE o.id <> f.id))
	)
	UPDATE pushes p
	   SET status = 'waiting',
	       next_at = coalesce(p.next_at, now())
	 WHERE p.ctid = ANY (ARRAY(
		SELECT f.place FROM first f WHERE f.status = 'held'));
END
$$;
REVOKE ALL ON FUNCTION push_settle FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION push_settle TO calendlyd_definer;

-- Sets when these destinations have to be looked at again.  The caller has
-- locked them.
CREATE OR REPLACE FUNCTION push_wake(p_destinations uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
	UPDATE destinations d
	   SET wake_at = w.at
	  FROM (SELECT i.id, (SELECT min(p.next_at)
				FROM pushes p
			       WHERE p.destination_id = i.id
				 AND p.status = 'waiting') AS at
		  FROM unnest(p_destinations) i (id)) w
	 WHERE d.id = w.id
	   AND d.wake_at IS DISTINCT FROM w.at;
END
$$;
REVOKE ALL ON FUNCTION push_wake FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION push_wake TO calendlyd_definer;
