-- Calendly users, whom connections of several tenants may share.
--
-- All of these are definers for the same reason: no tenant may read accounts,
-- and Calendly's limits hold for all tenants together.

-- Finds the account of a Calendly user, or adds it.  Its row stays locked until
-- the transaction ends, so that connection_forget() can't delete it while a
-- grant that refers to it is being made.
CREATE OR REPLACE FUNCTION account_intern(uuid_text text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
AS $$
DECLARE
	found_id bigint;
BEGIN
	SELECT a.id INTO found_id FROM accounts a WHERE a.user_uuid = uuid_text
	   FOR KEY SHARE;
	IF found_id IS NULL THEN
		INSERT INTO accounts (user_uuid)
		VALUES (uuid_text)
		ON CONFLICT (user_uuid) DO UPDATE SET user_uuid = uuid_text
		RETURNING id INTO found_id;
	END IF;
	RETURN found_id;
END
$$;
ALTER FUNCTION account_intern OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION account_intern FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION account_intern TO calendlyd_runtime;

-- Asks whether a token may be minted for this grant's account now.  If so,
-- counts it and returns 0; else returns in how many milliseconds it may.
-- Calendly allows only so many tokens in a minute.
CREATE OR REPLACE FUNCTION account_mint(one_grant uuid) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
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
ALTER FUNCTION account_mint OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION account_mint FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION account_mint TO calendlyd_runtime;

-- Counts a token that was minted by exchanging a code.  It can only be counted
-- afterwards, because until then it is not known whose account it is.
CREATE OR REPLACE FUNCTION account_minted(account bigint) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
AS $$
	UPDATE accounts
	   SET mints = ARRAY(SELECT m FROM unnest(mints) m
			      WHERE m > clock_timestamp() - interval '1 minute'
			      ORDER BY m) || clock_timestamp()
	 WHERE id = account
$$;
ALTER FUNCTION account_minted OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION account_minted FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION account_minted TO calendlyd_runtime;

-- Asks whether the tokens of this grant may be revoked.  True ("shared"): they
-- may not, because another grant of any tenant relies on the account, or needs
-- its token for its own teardown.  True also if this grant's own account is not
-- known, because revoking might then end another grant of the same account.
-- Otherwise the revocation is noted as under way.  The row's lock makes this
-- and the making of another grant take turns.
CREATE OR REPLACE FUNCTION account_revoke_begin(one_grant uuid,
	seconds integer)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
AS $$
DECLARE
	account bigint;
BEGIN
	SELECT a.id INTO account
	  FROM accounts a
	  JOIN grants g ON g.account_id = a.id
	 WHERE g.id = one_grant
	   FOR UPDATE OF a;
	IF account IS NULL OR EXISTS (
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
ALTER FUNCTION account_revoke_begin OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION account_revoke_begin FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION account_revoke_begin TO calendlyd_runtime;

-- Notes that the revocation which account_revoke_begin() noted is over.
CREATE OR REPLACE FUNCTION account_revoke_end(one_grant uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
AS $$
	UPDATE accounts a
	   SET revoking_until = NULL,
	       revoked_at = clock_timestamp()
	  FROM grants g
	 WHERE g.id = one_grant
	   AND a.id = g.account_id
$$;
ALTER FUNCTION account_revoke_end OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION account_revoke_end FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION account_revoke_end TO calendlyd_runtime;

-- Tells whether a revocation for its account overlapped with the making of this
-- grant, which began when the OAuth state was used.
CREATE OR REPLACE FUNCTION account_revoke_overlap(one_grant uuid,
	one_state uuid)
RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
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
ALTER FUNCTION account_revoke_overlap OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION account_revoke_overlap FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION account_revoke_overlap TO calendlyd_runtime;

-- Tells whether a refresh for another account than this grant's has succeeded
-- within the hour.  If so, a refusal concerns this grant, not the whole OAuth
-- app.
CREATE OR REPLACE FUNCTION account_others_refresh(one_grant uuid)
RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
	SELECT EXISTS (
		SELECT FROM grants other
		 WHERE other.last_refresh_at > now() - interval '1 hour'
		   AND other.account_id <> (
			SELECT g.account_id FROM grants g
			 WHERE g.id = one_grant))
$$;
ALTER FUNCTION account_others_refresh OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION account_others_refresh FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION account_others_refresh TO calendlyd_runtime;

-- Notes for how many seconds calls for this account are expected to hang; 0:
-- they don't hang any more.
CREATE OR REPLACE FUNCTION account_slow(p_account bigint, p_seconds integer)
RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
AS $$
	UPDATE accounts
	   SET slow_until = CASE WHEN p_seconds > 0
		THEN now() + make_interval(secs => p_seconds) END
	 WHERE id = p_account
$$;
ALTER FUNCTION account_slow OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION account_slow FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION account_slow TO calendlyd_runtime;

-- Does the same as account_slow() for the account of a connection.
CREATE OR REPLACE FUNCTION account_slow_of(p_connection uuid, p_seconds integer)
RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
AS $$
	SELECT account_slow(g.account_id, p_seconds)
	  FROM connections c
	  JOIN grants g ON g.id = c.grant_id
	 WHERE c.id = p_connection
$$;
ALTER FUNCTION account_slow_of OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION account_slow_of FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION account_slow_of TO calendlyd_runtime;
