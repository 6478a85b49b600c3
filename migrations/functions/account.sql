-- Calendly users, whom several tenants may have connections to.
--
-- All of these are definers for the same reason: no tenant may read accounts,
-- and what Calendly limits is limited for all tenants together.

-- The account of a Calendly user, made if it is new.  Its row is held until the
-- transaction ends, so that connection_forget() does not take it from under a
-- grant that is being made.
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

-- May a token be minted for this grant's account now?  Then it counts and the
-- answer is 0, else how many milliseconds from now.  Calendly allows so many
-- in a minute.
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

-- Counts a code's exchange, which mints, too: whose account it was is known
-- only afterwards.
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

-- May the tokens of this grant be revoked?  True ("shared"): not, for another
-- grant of any tenant stands on the account, or needs its token for its own
-- teardown.  So does a grant of which it is not known whose it is: revoking
-- might end another one of the same account.  Else it is noted as under way;
-- the row's lock makes the answer and a grant that is being made take turns.
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

-- Did a revocation on its account overlap with the making of this grant, which
-- began when the OAuth state was used?
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

-- Notes that Calendly wants no more calls for a connection's account for so
-- many seconds.
CREATE OR REPLACE FUNCTION account_limit(p_connection uuid, seconds integer)
RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
AS $$
	UPDATE accounts a
	   SET limited_until = greatest(a.limited_until,
		now() + make_interval(secs => seconds))
	  FROM connections c
	  JOIN grants g ON g.id = c.grant_id
	 WHERE c.id = p_connection
	   AND a.id = g.account_id
$$;
ALTER FUNCTION account_limit OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION account_limit FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION account_limit TO calendlyd_runtime;

-- For how many milliseconds Calendly still wants no more calls for a
-- connection's account; 0: calls may be made.
-- In plpgsql, which keeps the plan: this runs before every call to Calendly.
CREATE OR REPLACE FUNCTION account_limited(p_connection uuid) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
	RETURN (SELECT coalesce(max(greatest(0, ceil(extract(epoch FROM
		       a.limited_until - now()) * 1000))), 0)::bigint
		  FROM connections c
		  JOIN grants g ON g.id = c.grant_id
		  JOIN accounts a ON a.id = g.account_id
		 WHERE c.id = p_connection);
END
$$;
ALTER FUNCTION account_limited OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION account_limited FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION account_limited TO calendlyd_runtime;

-- Did a refresh for another Calendly account than this grant's succeed within
-- the hour?  Then a refusal is about this grant, not about all of us.
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

-- Notes that calls for this account hang, for so many seconds, or that all is
-- well again (0 seconds).
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

-- As account_slow(), for the account of a connection.
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
