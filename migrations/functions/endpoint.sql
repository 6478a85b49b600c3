-- Endpoints, which Calendly delivers to, and the deliveries that they refused.

-- Tells whether the subscription that calls this endpoint is deleted at
-- Calendly.  An endpoint without a subscription's row may be called by one that
-- exists, so the answer is false.
CREATE OR REPLACE FUNCTION subscription_is_gone(p_endpoint bigint)
RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(bool_and(s.state = 'deleted'), false)
	  FROM subscriptions s
	 WHERE s.endpoint_id = p_endpoint
$$;
REVOKE ALL ON FUNCTION subscription_is_gone FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION subscription_is_gone TO calendlyd_definer;

-- Tells whether any tenant has an endpoint with this hash.
-- Definer: it looks at all tenants' endpoints; only yes or no leaves here.
CREATE OR REPLACE FUNCTION endpoint_known(endpoint_hash bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM endpoints e WHERE e.hash = endpoint_hash)
$$;
ALTER FUNCTION endpoint_known OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION endpoint_known FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION endpoint_known TO calendlyd_runtime;

-- Returns what is known of an endpoint before the body of a delivery is read,
-- and what to note if the delivery is refused, or its signature is wrong.
-- Calendly answers a 410 by deleting the subscription at once.  So an endpoint
-- is retired only if it was given up: by its grant, with its connection, or
-- because it is drained and no subscription calls it any more.
-- Definer: the tenant is not known yet.
CREATE OR REPLACE FUNCTION endpoint_meet(endpoint_hash bytea)
RETURNS TABLE (id bigint, retired boolean, signing_key bytea,
	note_refused boolean, note_wrong boolean)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
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
ALTER FUNCTION endpoint_meet OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION endpoint_meet FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION endpoint_meet TO calendlyd_runtime;

-- Notes that endpoints have refused deliveries, some because of a wrong
-- signature.  Returns the endpoints that are now suspected: Calendly seems to
-- sign for them with a key that we do not know, so a reconcile looks into it.
-- A row that is locked is skipped, and the commit need not be safe: the next
-- refusal is noted instead.
-- Definer: the endpoints are of many tenants.
CREATE OR REPLACE FUNCTION endpoints_refused(p_id bigint[], p_wrong boolean[])
RETURNS TABLE (suspected bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
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
ALTER FUNCTION endpoints_refused OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION endpoints_refused FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION endpoints_refused TO calendlyd_runtime;

-- Notes that deliveries were refused while this database could not be used.
-- Definer: the daemon may not write to the deployment's row.
CREATE OR REPLACE FUNCTION deployment_refused() RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
AS $$
	UPDATE deployment
	   SET ingest_refused_at = now()
	 WHERE coalesce(ingest_refused_at < now() - interval '1 minute', true)
$$;
ALTER FUNCTION deployment_refused OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION deployment_refused FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION deployment_refused TO calendlyd_runtime;

-- Finds, for deliveries with right signatures, the endpoints that were
-- suspected or whose subscription was failing: a delivery that comes through
-- may end that.  Usually there are none, and then nothing else is read.
-- Definer: the deliveries are of many tenants.
CREATE OR REPLACE FUNCTION deliveries_heard(p_event uuid[])
RETURNS TABLE (tenant_id bigint, endpoint_id bigint, grant_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
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
ALTER FUNCTION deliveries_heard OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION deliveries_heard FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION deliveries_heard TO calendlyd_runtime;

-- Notes that "p_n" deliveries with right signatures came for endpoints that
-- have no row.  "p_users" are the Calendly users who made their subscriptions;
-- the connections of these users are checked, each at most once an hour.  True:
-- an hour has passed since this was last logged.  No row: somebody else is
-- noting the same, so try again.
-- Definer: no tenant may read accounts or write to the deployment's row.
CREATE OR REPLACE FUNCTION deliveries_lost(p_n bigint, p_users text[])
RETURNS TABLE (tell boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
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
ALTER FUNCTION deliveries_lost OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION deliveries_lost FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION deliveries_lost TO calendlyd_runtime;
