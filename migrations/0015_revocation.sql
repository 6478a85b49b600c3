-- Tokens that came are kept from their first moment, even before it is known
-- whose they are, and what Calendly refuses to revoke is not forgotten.

GRANT CREATE ON SCHEMA public TO calendlyd_definer;

-- A pair is stored before anybody is asked whose it is: only what serves a
-- connection is known to belong to somebody.
ALTER TABLE grants ALTER COLUMN account_id DROP NOT NULL;
ALTER TABLE grants ALTER COLUMN user_uri DROP NOT NULL;
ALTER TABLE grants ALTER COLUMN organization_uri DROP NOT NULL;
ALTER TABLE grants ADD CONSTRAINT grants_known_when_serving CHECK (
	status NOT IN ('live', 'needs_reauth') OR (account_id IS NOT NULL
	    AND user_uri IS NOT NULL AND organization_uri IS NOT NULL));

-- The pair came and a connect failed after that: it is not erased for the sake
-- of another grant of the account as long as its teardown has time.
ALTER TABLE grants ADD COLUMN unusable boolean NOT NULL DEFAULT false;

-- What was found to keep a teardown from ending; NULL: nothing yet, or
-- Calendly gives no answer.
ALTER TABLE grants ADD COLUMN trouble text CHECK (trouble IN
	('account_unknown', 'account_in_use', 'revocation_refused'));
CREATE INDEX grants_in_trouble ON grants (teardown_deadline)
	WHERE trouble IS NOT NULL;

-- What calendlyd did, or did not do, after a call, for people to read.
ALTER TABLE api_calls ADD COLUMN note text;

-- As before, but for a grant of which it is not known whose it is: revoking
-- it might end another one of the same account, so that it counts as shared.
CREATE OR REPLACE FUNCTION account_revoke_begin(one_grant uuid,
	seconds integer)
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
SELECT look_across('account_revoke_begin(uuid, integer)');

-- Tokens that a crash left between Calendly's answer and a connection came
-- in vain, too.
CREATE OR REPLACE FUNCTION sweep_pending_grants(most integer) RETURNS bigint
LANGUAGE sql VOLATILE
AS $$
	WITH stale AS (
		UPDATE grants
		   SET status = 'teardown',
		       unusable = true,
		       teardown_deadline = now() + interval '1 day',
		       updated_at = now()
		 WHERE id IN (
			SELECT id FROM grants
			 WHERE status = 'pending'
			   AND created_at < now() - interval '10 minutes'
			 LIMIT most
			   FOR UPDATE SKIP LOCKED)
		RETURNING id, tenant_id
	)
	SELECT count(job_ask(tenant_id, 'teardown', id::text))
	  FROM stale
$$;
SELECT look_across('sweep_pending_grants(integer)');

REVOKE CREATE ON SCHEMA public FROM calendlyd_definer;
