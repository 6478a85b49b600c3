-- What the token endpoint may answer besides a pair and invalid_grant: refusals
-- that name no reason, lives of other lengths, and what can't be read.

GRANT CREATE ON SCHEMA public TO calendlyd_definer;

-- How long the access token was said to live; NULL: not known.  The margin
-- before it is refreshed depends on it.
ALTER TABLE grants ADD COLUMN access_life_seconds integer;

-- The refresh token was refused without invalid_grant: how often in a row,
-- and since when.  Any new pair clears both.
ALTER TABLE grants ADD COLUMN refusals integer NOT NULL DEFAULT 0;
ALTER TABLE grants ADD COLUMN refused_since timestamptz;

-- A 200 to a refresh that held no pair which could be read.  It may hold the
-- only copy of the new tokens, so it is sealed, and kept until a later answer
-- settles what became of that refresh.
ALTER TABLE grants ADD COLUMN unread_reply_sealed bytea;

-- The last refresh that succeeded.  Not refreshed_at, which a consent sets,
-- too: that codes are exchanged does not tell that refreshes are.
ALTER TABLE grants ADD COLUMN last_refresh_at timestamptz;
CREATE INDEX grants_by_last_refresh ON grants (last_refresh_at)
	WHERE last_refresh_at IS NOT NULL;

-- Did a refresh for another Calendly account than this grant's, of any tenant,
-- succeed within the hour?  Then a refusal is about this grant, not about all
-- of us.
CREATE FUNCTION account_others_refresh(one_grant uuid) RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT EXISTS (
		SELECT FROM grants other
		 WHERE other.last_refresh_at > now() - interval '1 hour'
		   AND other.account_id <> (
			SELECT g.account_id FROM grants g
			 WHERE g.id = one_grant))
$$;
SELECT look_across('account_others_refresh(uuid)');

-- The keys that are needed: now those of unread replies, too.
CREATE INDEX grants_unread_by_key ON grants (substr(unread_reply_sealed, 2, 4))
	WHERE unread_reply_sealed IS NOT NULL;

CREATE OR REPLACE FUNCTION sealed_keys() RETURNS TABLE (key_id text)
LANGUAGE sql STABLE
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
			    || coalesce(substr(g.refresh_sealed, 2, 4), '') > p.k
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
SELECT look_across('sealed_keys()');

REVOKE CREATE ON SCHEMA public FROM calendlyd_definer;
