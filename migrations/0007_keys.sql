-- Which master keys the database still needs: what /readyz asks every few
-- seconds must not look at every row.

GRANT CREATE ON SCHEMA public TO calendlyd_definer;

-- The id of the key is in bytes 2 to 5 of what it sealed.  Both of a grant in
-- one index, one behind the other.
CREATE INDEX grants_by_key ON grants ((coalesce(substr(access_sealed, 2, 4), '')
	|| coalesce(substr(refresh_sealed, 2, 4), '')))
	WHERE access_sealed IS NOT NULL OR refresh_sealed IS NOT NULL;
CREATE INDEX endpoints_by_key ON endpoints (substr(signing_key_sealed, 2, 4))
	WHERE signing_key_sealed IS NOT NULL;

-- From one key to the next higher one, so that a million grants cost no more
-- than ten.  In hex, as bytes sort.
CREATE FUNCTION sealed_keys() RETURNS TABLE (key_id text)
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
		UNION ALL SELECT k FROM own) part (id)
	 WHERE length(part.id) = 4
	 ORDER BY 1
$$;
SELECT look_across('sealed_keys()');

REVOKE CREATE ON SCHEMA public FROM calendlyd_definer;
