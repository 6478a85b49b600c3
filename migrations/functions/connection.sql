-- Connections: their regular checks, their erasure, and the keys they need.

-- Asks for a reconcile of the connections whose check is due, and returns how
-- many there were.  The next check is due in a day, or in an hour while
-- deliveries fail; the times are spread.
-- Each job is due since the check is.  So after an outage, what others ask for
-- is newer than all that is late, and does not stay behind it: runners take the
-- newest and the oldest in turn.
-- A connection is skipped while its tenant's row or its job's row is locked,
-- because asking for a job would wait for that lock.
-- Definer: it looks at all tenants' connections.
-- In plpgsql, which keeps the plan: each runner calls this several times a
-- second.  Mostly nothing is due, which a look into the index tells.
CREATE OR REPLACE FUNCTION checks_ask(most integer) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	n bigint;
BEGIN
	PERFORM FROM connections c
	  WHERE c.status = 'connected'
	    AND c.next_check_at <= now()
	  LIMIT 1;
	IF NOT FOUND THEN
		RETURN 0;
	END IF;
	WITH few AS MATERIALIZED (
		SELECT d.id, least(extract(epoch FROM now() - d.next_check_at),
			2592000)::integer AS late
		  FROM connections d
		 WHERE d.status = 'connected'
		   AND d.next_check_at <= now()
		   AND EXISTS (
			SELECT FROM tenants t
			 WHERE t.id = d.tenant_id
			   FOR KEY SHARE SKIP LOCKED)
		   AND (NOT EXISTS (
			SELECT FROM jobs j
			 WHERE j.kind = 'reconcile'
			   AND j.subject = d.id::text)
			OR EXISTS (
			SELECT FROM jobs j
			 WHERE j.kind = 'reconcile'
			   AND j.subject = d.id::text
			   FOR UPDATE SKIP LOCKED))
		 ORDER BY d.next_check_at
		 LIMIT most
		   FOR UPDATE SKIP LOCKED
	), due AS (
		UPDATE connections c
		   SET next_check_at = now() + (0.8 + 0.4 * random()) * CASE
			WHEN EXISTS (SELECT FROM subscriptions s
				      WHERE s.grant_id = c.grant_id
					AND s.failing_since IS NOT NULL
					AND s.state = 'active')
			THEN interval '1 hour'
			ELSE interval '1 day' END
		 WHERE c.id IN (SELECT few.id FROM few)
		RETURNING c.id, c.tenant_id
	)
	SELECT count(job_ask(tenant_id, 'reconcile', id::text, -late)) INTO n
	  FROM due
	  JOIN few USING (id);
	RETURN n;
END
$$;
ALTER FUNCTION checks_ask OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION checks_ask FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION checks_ask TO calendlyd_runtime;

-- After a lost delivery all connections are checked, spread over an hour, and
-- at most once a day.  This sets the time of the check for at most "most" more
-- connections, and returns for how many it did.
-- Definer: it looks at all tenants' connections, and writes to the deployment's
-- row.
CREATE OR REPLACE FUNCTION checks_spread(most integer) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
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
ALTER FUNCTION checks_spread OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION checks_spread FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION checks_spread TO calendlyd_runtime;

-- Deletes a connection of the transaction's tenant, with its grants and
-- subscriptions, and what was pushed of its user's events.  The audit keeps
-- what was done, but not to whom.  The account is deleted unless another grant,
-- of any tenant, has it.  Tellings that were
-- applied have neither an event nor a place in the queue, so they are found by
-- their connection.
-- Definer: no tenant may read accounts, or change the audit.
CREATE OR REPLACE FUNCTION connection_forget(p_connection uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
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
	PERFORM push_forget(current_tenant(), who);
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
ALTER FUNCTION connection_forget OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION connection_forget FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION connection_forget TO calendlyd_runtime;

-- Deletes the meetings of a connection that is deleted, because no foreign key
-- does that.
CREATE OR REPLACE FUNCTION connection_has_met() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	DELETE FROM invitees WHERE meeting_id IN (
		SELECT id FROM meetings WHERE connection_id = OLD.id);
	DELETE FROM meetings WHERE connection_id = OLD.id;
	RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION connection_has_met FROM PUBLIC, calendlyd_runtime;
CREATE OR REPLACE TRIGGER connection_has_met AFTER DELETE ON connections
	FOR EACH ROW EXECUTE FUNCTION connection_has_met();

-- Lists, in hex, the ids of the master keys that seal anything in the database.
-- It jumps in the indexes from each key to the next higher one, so a million
-- grants cost no more than ten. /readyz asks for this.
-- Definer: keys are the same for all tenants.
CREATE OR REPLACE FUNCTION sealed_keys() RETURNS TABLE (key_id text)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
SET jit = off
AS $$
	WITH RECURSIVE pairs AS (
		(SELECT coalesce(substr(g.access_sealed, 2, 4), '')
		     || coalesce(substr(g.refresh_sealed, 2, 4), '') AS k
		   FROM grants g
		  WHERE g.access_sealed IS NOT NULL
		     OR g.refresh_sealed IS NOT NULL
		  ORDER BY 1
		  LIMIT 1)
		UNION ALL
		SELECT (SELECT coalesce(substr(g.access_sealed, 2, 4), '')
			    || coalesce(substr(g.refresh_sealed, 2, 4), '')
			  FROM grants g
			 WHERE (g.access_sealed IS NOT NULL
			    OR g.refresh_sealed IS NOT NULL)
			   AND coalesce(substr(g.access_sealed, 2, 4), '')
			    || coalesce(substr(g.refresh_sealed, 2, 4), '')
				> p.k
			 ORDER BY 1
			 LIMIT 1)
		  FROM pairs p
		 WHERE p.k IS NOT NULL
	), unread AS (
		(SELECT substr(g.unread_reply_sealed, 2, 4) AS k
		   FROM grants g
		  WHERE g.unread_reply_sealed IS NOT NULL
		  ORDER BY 1
		  LIMIT 1)
		UNION ALL
		SELECT (SELECT substr(g.unread_reply_sealed, 2, 4)
			  FROM grants g
			 WHERE g.unread_reply_sealed IS NOT NULL
			   AND substr(g.unread_reply_sealed, 2, 4) > u.k
			 ORDER BY 1
			 LIMIT 1)
		  FROM unread u
		 WHERE u.k IS NOT NULL
	), own AS (
		(SELECT substr(e.signing_key_sealed, 2, 4) AS k
		   FROM endpoints e
		  WHERE e.signing_key_sealed IS NOT NULL
		  ORDER BY 1
		  LIMIT 1)
		UNION ALL
		SELECT (SELECT substr(e.signing_key_sealed, 2, 4)
			  FROM endpoints e
			 WHERE e.signing_key_sealed IS NOT NULL
			   AND substr(e.signing_key_sealed, 2, 4) > o.k
			 ORDER BY 1
			 LIMIT 1)
		  FROM own o
		 WHERE o.k IS NOT NULL
	), pushed AS (
		(SELECT coalesce(substr(d.secret_sealed, 2, 4), '')
		     || coalesce(substr(d.headers_sealed, 2, 4), '')
		     || coalesce(substr(d.former_sealed, 2, 4), '') AS k
		   FROM destinations d
		  ORDER BY 1
		  LIMIT 1)
		UNION ALL
		SELECT (SELECT coalesce(substr(d.secret_sealed, 2, 4), '')
			    || coalesce(substr(d.headers_sealed, 2, 4), '')
			    || coalesce(substr(d.former_sealed, 2, 4), '')
			  FROM destinations d
			 WHERE coalesce(substr(d.secret_sealed, 2, 4), '')
			    || coalesce(substr(d.headers_sealed, 2, 4), '')
			    || coalesce(substr(d.former_sealed, 2, 4), '')
				> p.k
			 ORDER BY 1
			 LIMIT 1)
		  FROM pushed p
		 WHERE p.k IS NOT NULL
	)
	SELECT DISTINCT encode(part.id, 'hex')
	  FROM (SELECT substr(k, 1, 4) FROM pairs
		UNION ALL SELECT substr(k, 5, 4) FROM pairs
		UNION ALL SELECT k FROM unread
		UNION ALL SELECT k FROM own
		UNION ALL SELECT substr(k, 1, 4) FROM pushed
		UNION ALL SELECT substr(k, 5, 4) FROM pushed
		UNION ALL SELECT substr(k, 9, 4) FROM pushed) part (id)
	 WHERE length(part.id) = 4
	 ORDER BY 1
$$;
ALTER FUNCTION sealed_keys OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION sealed_keys FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION sealed_keys TO calendlyd_runtime;
