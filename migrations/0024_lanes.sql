-- Jobs for whom Calendly answers, and jobs for whom it hangs, in two lanes.

GRANT CREATE ON SCHEMA public TO calendlyd_definer;

-- Until when calls for this account are taken to hang, as one did lately.
ALTER TABLE accounts ADD COLUMN slow_until timestamptz;
CREATE INDEX accounts_slow ON accounts (slow_until)
	WHERE slow_until IS NOT NULL;

-- "slow": it is run in the slow lane.  "account_id": whose job it was when it
-- was last claimed, so that one at a time is run for each account.  "due":
-- when one that waits may be claimed; as a column of its own it is found by
-- these indexes alone, and what is claimed or parked is never in the way.
ALTER TABLE jobs ADD COLUMN slow boolean NOT NULL DEFAULT false;
ALTER TABLE jobs ADD COLUMN account_id bigint;
ALTER TABLE jobs ADD COLUMN due timestamptz GENERATED ALWAYS AS (CASE
	WHEN parked_at IS NULL AND owner IS NULL THEN next_run_at END) STORED;

-- Those that wait: the next that is due, and each tenant's next; those that
-- are claimed, so that the lost ones among them are found.
CREATE INDEX jobs_waiting ON jobs (slow, due) WHERE due IS NOT NULL;
CREATE INDEX jobs_waiting_of_tenant ON jobs (slow, tenant_id, due)
	WHERE due IS NOT NULL;
CREATE INDEX jobs_claimed ON jobs (deadline) WHERE owner IS NOT NULL;
CREATE INDEX jobs_claimed_of_account ON jobs (account_id)
	WHERE owner IS NOT NULL;

-- The account that a job calls Calendly for; NULL if that is not known.
CREATE FUNCTION job_account(p_kind text, p_subject text) RETURNS bigint
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	account bigint;
BEGIN
	IF p_subject !~ '^[0-9a-f-]{36}$' THEN
		RETURN NULL;
	ELSIF p_kind = 'teardown' THEN
		SELECT g.account_id INTO account
		  FROM grants g
		 WHERE g.id = p_subject::uuid;
	ELSIF p_kind IN ('reconcile', 'erase') THEN
		SELECT g.account_id INTO account
		  FROM connections c
		  JOIN grants g ON g.id = c.grant_id
		 WHERE c.id = p_subject::uuid;
	END IF;
	RETURN account;
END
$$;
SELECT look_across('job_account(text, text)');

-- A job as one claims it.  "id" is NULL if there may be another one to claim,
-- but finding it would take too long for one call.  "turn" is whose turn it
-- was: after that tenant the next claim goes on.
CREATE TYPE job_claimed AS (id bigint, tenant_id bigint, kind text,
	subject text, attempt bigint, wanted bigint, tries integer,
	account_id bigint, turn bigint);

-- The tenant after this one whose next job is due, going round, and how far
-- one has come; NULL if so many in a row have none.
CREATE FUNCTION job_next_tenant(p_slow boolean, p_after bigint, p_hops integer,
	OUT tenant bigint, OUT at bigint)
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	next timestamptz;
BEGIN
	at := p_after;
	FOR hop IN 1 .. p_hops LOOP
		SELECT j.tenant_id, j.due INTO at, next
		  FROM jobs j
		 WHERE j.slow = p_slow
		   AND j.tenant_id > at
		   AND j.due IS NOT NULL
		 ORDER BY j.tenant_id, j.due
		 LIMIT 1;
		IF NOT FOUND THEN
			at := -1;
		ELSIF next <= now() THEN
			tenant := at;
			RETURN;
		END IF;
	END LOOP;
END
$$;
SELECT look_across('job_next_tenant(boolean, bigint, integer)');

-- Claim one job of a lane: of the next tenant that has one which is due, the
-- one that has been due for longest, or for least: who asks now need not wait
-- until a long queue is through.  What is for an account that hangs is
-- moved to the slow lane instead, and what is for one whose job runs already
-- comes back in two seconds.
CREATE FUNCTION job_take(p_owner uuid, p_seconds integer, p_slow boolean,
	p_newest boolean, p_after bigint)
RETURNS SETOF job_claimed
LANGUAGE plpgsql VOLATILE
-- Planned once, perhaps while there is nothing: never read all of the jobs.
SET enable_seqscan = off
SET enable_bitmapscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	at bigint := p_after;
	oldest bigint;
	tenant bigint;
	account bigint;
	j jobs;
	hangs timestamptz;
	got job_claimed;
BEGIN
	-- Whose runner was lost, or gave up.
	UPDATE jobs SET owner = NULL
	 WHERE jobs.id = ANY (ARRAY(
		SELECT o.id FROM jobs o
		 WHERE o.owner IS NOT NULL
		   AND o.deadline < now()
		   FOR UPDATE SKIP LOCKED));
	FOR step IN 1 .. 50 LOOP
		SELECT w.tenant_id INTO oldest
		  FROM jobs w
		 WHERE w.slow = p_slow
		   AND w.due <= now()
		 ORDER BY w.due
		 LIMIT 1;
		IF NOT FOUND THEN
			RETURN;
		END IF;
		SELECT n.tenant, n.at INTO tenant, at
		  FROM job_next_tenant(p_slow, at, 20) n;
		tenant := coalesce(tenant, oldest);
		IF p_newest THEN
			SELECT * INTO j
			  FROM jobs w
			 WHERE w.slow = p_slow
			   AND w.tenant_id = tenant
			   AND w.due <= now()
			 ORDER BY w.due DESC
			 LIMIT 1
			   FOR UPDATE SKIP LOCKED;
		ELSE
			SELECT * INTO j
			  FROM jobs w
			 WHERE w.slow = p_slow
			   AND w.tenant_id = tenant
			   AND w.due <= now()
			 ORDER BY w.due
			 LIMIT 1
			   FOR UPDATE SKIP LOCKED;
		END IF;
		IF NOT FOUND THEN
			-- Others are claiming this tenant's.
			CONTINUE;
		END IF;
		account := job_account(j.kind, j.subject);
		IF account IS NOT NULL THEN
			SELECT a.slow_until INTO hangs
			  FROM accounts a
			 WHERE a.id = account
			   FOR NO KEY UPDATE SKIP LOCKED;
			IF NOT FOUND THEN
				-- Somebody is writing to it.
				UPDATE jobs SET next_run_at = now()
					+ interval '0.1 seconds'
				 WHERE jobs.id = j.id;
				CONTINUE;
			ELSIF EXISTS (SELECT FROM jobs o
			    WHERE o.account_id = account
			      AND o.owner IS NOT NULL) THEN
				UPDATE jobs SET next_run_at = now()
					+ interval '2 seconds'
				 WHERE jobs.id = j.id;
				CONTINUE;
			ELSIF hangs > now() AND NOT p_slow THEN
				UPDATE jobs SET slow = true
				 WHERE jobs.id = j.id;
				CONTINUE;
			END IF;
		END IF;
		UPDATE jobs
		   SET owner = p_owner,
		       deadline = now() + make_interval(secs => p_seconds),
		       attempt = jobs.attempt + 1,
		       tries = jobs.tries + 1,
		       account_id = account
		 WHERE jobs.id = j.id
		RETURNING jobs.id, jobs.tenant_id, jobs.kind, jobs.subject,
		       jobs.attempt, jobs.wanted, jobs.tries, account, at
		  INTO got;
		RETURN NEXT got;
		RETURN;
	END LOOP;
	got.turn := at;
	RETURN NEXT got;
END
$$;
SELECT look_across('job_take(uuid, integer, boolean, boolean, bigint)');

-- Who claimed them is still at work on them.
CREATE FUNCTION job_renew(p_owner uuid, p_seconds integer) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
	UPDATE jobs
	   SET deadline = now() + make_interval(secs => p_seconds)
	 WHERE id = ANY (ARRAY(
		SELECT j.id FROM jobs j
		 WHERE j.owner IS NOT NULL
		   AND j.owner = p_owner
		   FOR UPDATE SKIP LOCKED));
END
$$;
SELECT look_across('job_renew(uuid, integer)');

-- Not tried, after all: again after a pause, with the tries that it had.
CREATE FUNCTION job_put_back(p_id bigint, p_attempt bigint, p_pause_ms bigint,
	p_slow boolean, p_error text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
	UPDATE jobs
	   SET owner = NULL,
	       deadline = NULL,
	       slow = p_slow,
	       tries = greatest(tries - 1, 0),
	       next_run_at = now() + make_interval(secs => p_pause_ms / 1000.0),
	       last_error = coalesce(p_error, last_error)
	 WHERE id = p_id
	   AND attempt = p_attempt;
	RETURN FOUND;
END
$$;
SELECT look_across('job_put_back(bigint, bigint, bigint, boolean, text)');

-- A call for this account hangs, or all is well again (0 seconds).
CREATE FUNCTION account_slow(p_account bigint, p_seconds integer) RETURNS void
LANGUAGE sql VOLATILE
AS $$
	UPDATE accounts
	   SET slow_until = CASE WHEN p_seconds > 0
		THEN now() + make_interval(secs => p_seconds) END
	 WHERE id = p_account
$$;
SELECT look_across('account_slow(bigint, integer)');

-- The same, by whoever knows no more than the connection.
CREATE FUNCTION account_slow_of(p_connection uuid, p_seconds integer)
RETURNS void
LANGUAGE sql VOLATILE
AS $$
	SELECT account_slow(g.account_id, p_seconds)
	  FROM connections c
	  JOIN grants g ON g.id = c.grant_id
	 WHERE c.id = p_connection
$$;
SELECT look_across('account_slow_of(uuid, integer)');

-- For how many accounts Calendly hangs.
CREATE FUNCTION tally_slow() RETURNS TABLE (state text, n bigint)
LANGUAGE sql STABLE
AS $$
	SELECT NULL, count(*)
	  FROM accounts
	 WHERE slow_until > now()
$$;
SELECT look_across('tally_slow()');

REVOKE CREATE ON SCHEMA public FROM calendlyd_definer;
