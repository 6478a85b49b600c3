-- What keeps a connection going by itself: a budget for new tokens, checks
-- that come round, a warning when deliveries fail, and a guard against a
-- copied database.

GRANT CREATE ON SCHEMA public TO calendlyd_definer;

-- When the account's last tokens were minted, newest last, at most 8: what
-- Calendly allows in a minute.
ALTER TABLE accounts ADD COLUMN mints timestamptz[] NOT NULL DEFAULT '{}';

-- May a token be minted for this grant's account now?  Then it counts and
-- the answer is 0; else how many milliseconds from now.
CREATE FUNCTION account_mint(one_grant uuid) RETURNS bigint
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	most CONSTANT integer := 8;
	account bigint;
	past timestamptz[];
BEGIN
	SELECT a.id, a.mints INTO account, past
	  FROM accounts a
	  JOIN grants g ON g.account_id = a.id
	 WHERE g.id = one_grant
	   FOR UPDATE OF a;
	past := ARRAY(SELECT m FROM unnest(past) m
		       WHERE m > clock_timestamp() - interval '1 minute'
		       ORDER BY m);
	IF cardinality(past) >= most THEN
		RETURN ceil(extract(epoch FROM past[1] + interval '1 minute'
		    - clock_timestamp()) * 1000);
	END IF;
	UPDATE accounts
	   SET mints = past || clock_timestamp()
	 WHERE id = account;
	RETURN 0;
END
$$;
SELECT look_across('account_mint(uuid)');

-- A code exchange mints, too; whose account it was is known only afterwards.
CREATE FUNCTION account_minted(account bigint) RETURNS void
LANGUAGE sql VOLATILE
AS $$
	UPDATE accounts
	   SET mints = ARRAY(SELECT m FROM unnest(mints) m
			      WHERE m > clock_timestamp() - interval '1 minute'
			      ORDER BY m) || clock_timestamp()
	 WHERE id = account
$$;
SELECT look_across('account_minted(bigint)');

-- While tokens of this account are being revoked, and when that was last
-- over: a grant that was made meanwhile may have been ended with them.
ALTER TABLE accounts ADD COLUMN revoking_until timestamptz;
ALTER TABLE accounts ADD COLUMN revoked_at timestamptz;

-- May the tokens of this grant be revoked?  True ("shared"): not, for another
-- grant of any tenant stands on the account, or needs its token for its own
-- teardown.  Else it is noted as under way; the row lock makes the answer and
-- a grant that is being made take turns.
CREATE FUNCTION account_revoke_begin(one_grant uuid, seconds integer)
RETURNS boolean
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	account bigint;
BEGIN
	SELECT a.id INTO account
	  FROM accounts a
	  JOIN grants g ON g.account_id = a.id
	 WHERE g.id = one_grant
	   FOR UPDATE OF a;
	IF EXISTS (
		SELECT FROM grants other
		 WHERE other.account_id = account
		   AND other.id <> one_grant
		   AND (other.status IN ('pending', 'live', 'needs_reauth')
			OR (other.status = 'teardown' AND EXISTS (
				SELECT FROM subscriptions s
				 WHERE s.grant_id = other.id
				   AND s.state <> 'deleted')))) THEN
		RETURN true;
	END IF;
	UPDATE accounts
	   SET revoking_until = clock_timestamp()
		+ make_interval(secs => seconds),
	       revoked_at = clock_timestamp()
		+ make_interval(secs => seconds)
	 WHERE id = account;
	RETURN false;
END
$$;
SELECT look_across('account_revoke_begin(uuid, integer)');

CREATE FUNCTION account_revoke_end(one_grant uuid) RETURNS void
LANGUAGE sql VOLATILE
AS $$
	UPDATE accounts a
	   SET revoking_until = NULL,
	       revoked_at = clock_timestamp()
	  FROM grants g
	 WHERE g.id = one_grant
	   AND a.id = g.account_id
$$;
SELECT look_across('account_revoke_end(uuid)');

-- Did a revoke on its account overlap with the making of this grant, which
-- began when the OAuth state was used?
CREATE FUNCTION account_revoke_overlap(one_grant uuid, one_state uuid)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT CASE
		WHEN a.revoking_until > clock_timestamp() THEN 'now'
		WHEN a.revoked_at > s.used_at THEN 'past'
		ELSE 'none' END
	  FROM grants g
	  JOIN accounts a ON a.id = g.account_id
	  LEFT JOIN oauth_states s ON s.id = one_state
	 WHERE g.id = one_grant
$$;
SELECT look_across('account_revoke_overlap(uuid, uuid)');

-- Until when Calendly wants no more calls for this account.
ALTER TABLE accounts ADD COLUMN limited_until timestamptz;

CREATE FUNCTION account_limit(p_connection uuid, seconds integer) RETURNS void
LANGUAGE sql VOLATILE
AS $$
	UPDATE accounts a
	   SET limited_until = greatest(a.limited_until,
		now() + make_interval(secs => seconds))
	  FROM connections c
	  JOIN grants g ON g.id = c.grant_id
	 WHERE c.id = p_connection
	   AND a.id = g.account_id
$$;
SELECT look_across('account_limit(uuid, integer)');

-- How many milliseconds that still is; 0: calls may be made.
CREATE FUNCTION account_limited(p_connection uuid) RETURNS bigint
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(max(greatest(0, ceil(extract(epoch FROM
		a.limited_until - now()) * 1000))), 0)::bigint
	  FROM connections c
	  JOIN grants g ON g.id = c.grant_id
	  JOIN accounts a ON a.id = g.account_id
	 WHERE c.id = p_connection
$$;
SELECT look_across('account_limited(uuid)');

-- Since when Calendly has been retrying deliveries, or their signatures have
-- been wrong; NULL: all is well.
ALTER TABLE subscriptions ADD COLUMN failing_since timestamptz;

-- When a connection is looked at again without anybody asking.
ALTER TABLE connections ADD COLUMN next_check_at timestamptz
	NOT NULL DEFAULT now() + interval '6 hours';
CREATE INDEX connections_to_check ON connections (next_check_at)
	WHERE status = 'connected';

-- Ask for a reconcile of those that are due: every 6 hours, once a day where
-- Calendly allows no webhook, every hour while deliveries fail; spread out.
CREATE FUNCTION checks_ask(most integer) RETURNS bigint
LANGUAGE sql VOLATILE
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
			SELECT id FROM connections
			 WHERE status = 'connected'
			   AND next_check_at <= now()
			 ORDER BY next_check_at
			 LIMIT most
			   FOR UPDATE SKIP LOCKED)
		RETURNING c.id, c.tenant_id
	), asked AS (
		INSERT INTO jobs (tenant_id, kind, subject)
		SELECT tenant_id, 'reconcile', id::text
		  FROM due
		ON CONFLICT (kind, subject) DO UPDATE
		   SET wanted = jobs.wanted + 1,
		       tries = 0,
		       parked_at = NULL,
		       next_run_at = least(jobs.next_run_at, now())
		RETURNING 1
	)
	SELECT count(*) FROM due
$$;

SELECT look_across('checks_ask(integer)');

-- A delivery with a wrong signature came to a live endpoint: noted at most
-- once an hour, and looked into.
ALTER TABLE endpoints ADD COLUMN mismatch_at timestamptz;

CREATE FUNCTION endpoint_suspect(p_id bigint) RETURNS void
LANGUAGE sql VOLATILE
AS $$
	WITH noted AS (
		UPDATE endpoints
		   SET mismatch_at = now()
		 WHERE id = p_id
		   AND state = 'live'
		   AND (mismatch_at IS NULL
			OR mismatch_at < now() - interval '1 hour')
		RETURNING tenant_id, connection_id
	)
	INSERT INTO jobs (tenant_id, kind, subject)
	SELECT tenant_id, 'reconcile', connection_id::text
	  FROM noted
	ON CONFLICT (kind, subject) DO UPDATE
	   SET wanted = jobs.wanted + 1,
	       tries = 0,
	       parked_at = NULL,
	       next_run_at = least(jobs.next_run_at, now())
$$;
SELECT look_across('endpoint_suspect(bigint)');

DROP FUNCTION endpoint_find(bytea);
CREATE FUNCTION endpoint_find(endpoint_hash bytea)
RETURNS TABLE (id bigint, tenant_id bigint, connection_id uuid, retired boolean,
	signing_key bytea, suspect boolean)
LANGUAGE sql STABLE
AS $$
	SELECT e.id, e.tenant_id, e.connection_id,
	       e.state = 'retired' OR e.drain_until < now()
	       OR e.connection_id IS NULL,
	       e.signing_key_sealed,
	       coalesce(e.mismatch_at > now() - interval '1 hour', false)
	  FROM endpoints e
	 WHERE e.hash = endpoint_hash
$$;
SELECT look_across('endpoint_find(bytea)');

-- Whom this database serves.  A copy of it meets another BACKEND_URL or
-- another keyring, and must not burn the original's tokens.
ALTER TABLE deployment ADD COLUMN backend_url text;

-- The first to come says where it is; then what is known.
CREATE FUNCTION deployment_meet(url text)
RETURNS TABLE (deployment_id uuid, backend_url text)
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
	RETURN QUERY SELECT d.deployment_id, d.backend_url FROM deployment d
		      WHERE d.backend_url IS NOT NULL;
	IF NOT FOUND THEN
		UPDATE deployment d SET backend_url = url
		 WHERE d.backend_url IS NULL;
		RETURN QUERY SELECT d.deployment_id, d.backend_url
			       FROM deployment d;
	END IF;
END
$$;
SELECT look_across('deployment_meet(text)');

REVOKE CREATE ON SCHEMA public FROM calendlyd_definer;
