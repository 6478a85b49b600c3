-- Connections: looked at by themselves, erased; and which keys they need.

-- Asks for a reconcile of the connections that are due: every 6 hours, once a
-- day where Calendly allows no webhook, every hour while deliveries fail;
-- spread out.  Says how many.  A connection is passed over while its tenant's
-- row is held, or its job's: asking for a job would wait for these.
-- Definer: it looks at all tenants' connections.
CREATE OR REPLACE FUNCTION checks_ask(most integer) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
SET enable_seqscan = off
SET jit = off
AS $$
	WITH due AS (
		UPDATE connections c
		   SET next_check_at = now() + (0.8 + 0.4 * random()) * CASE
			WHEN EXISTS (SELECT FROM subscriptions s
				      WHERE s.grant_id = c.grant_id
					AND s.failing_since IS NOT NULL
					AND s.state = 'active')
			THEN interval '1 hour'
			WHEN c.capability IN ('plan', 'role', 'scope')
			THEN interval '1 day'
			ELSE interval '6 hours' END
		 WHERE c.id IN (
			SELECT d.id FROM connections d
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
			   FOR UPDATE SKIP LOCKED)
		RETURNING c.id, c.tenant_id
	)
	SELECT count(job_ask(tenant_id, 'reconcile', id::text))
	  FROM due
$$;
ALTER FUNCTION checks_ask OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION checks_ask FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION checks_ask TO calendlyd_runtime;

-- After a lost delivery everybody is looked at, spread over an hour, and at
-- most once a day: "most" connections more get their time.  Says how many.
-- Definer: it looks at all tenants' connections, and writes to the
-- deployment's row.
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

-- The connection of the transaction's tenant goes, and with it its grants and
-- subscriptions.  The audit keeps that something was done, not to whom; the
-- Calendly account is forgotten unless another grant, of any tenant, has it.
-- A telling that was applied has neither an event nor a place in the queue by
-- which it could be found: its connection tells whose it is.
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

-- Deletes the meetings of a connection that is deleted: no foreign key does.
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

-- The master keys that anything in the database is sealed with, in hex.  Goes
-- from one key to the next higher one in the indexes, so that a million grants
-- cost no more than ten: /readyz asks for this.
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
	)
	SELECT DISTINCT encode(part.id, 'hex')
	  FROM (SELECT substr(k, 1, 4) FROM pairs
		UNION ALL SELECT substr(k, 5, 4) FROM pairs
		UNION ALL SELECT k FROM unread
		UNION ALL SELECT k FROM own) part (id)
	 WHERE length(part.id) = 4
	 ORDER BY 1
$$;
ALTER FUNCTION sealed_keys OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION sealed_keys FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION sealed_keys TO calendlyd_runtime;
