-- Jobs.  They run in two lanes, of which the slow one is for jobs whose calls
-- to Calendly hang, so that other jobs do not have to wait for these.

-- Asks for a job.  If it is asked for already, this counts as asking once more,
-- and its tries begin again at 0.  Returns how often it was asked for by now.
CREATE OR REPLACE FUNCTION job_ask(p_tenant bigint, p_kind text, p_subject text,
	p_seconds integer DEFAULT 0)
RETURNS bigint
LANGUAGE sql VOLATILE
AS $$
	INSERT INTO jobs (tenant_id, kind, subject, next_run_at)
	VALUES (p_tenant, p_kind, p_subject,
	       now() + make_interval(secs => p_seconds))
	ON CONFLICT (kind, subject) DO UPDATE
	   SET wanted = jobs.wanted + 1,
	       tries = 0,
	       parked_at = NULL,
	       next_run_at = least(jobs.next_run_at, excluded.next_run_at)
	RETURNING wanted
$$;
REVOKE ALL ON FUNCTION job_ask FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION job_ask TO calendlyd_runtime, calendlyd_definer;

-- Returns the account that a job calls Calendly for; NULL if it is not known.
-- Definer: job_take() asks for any tenant's job.
CREATE OR REPLACE FUNCTION job_account(p_kind text, p_subject text)
RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
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
	ELSIF p_kind IN ('reconcile', 'erase', 'sync') THEN
		SELECT g.account_id INTO account
		  FROM connections c
		  JOIN grants g ON g.id = c.grant_id
		 WHERE c.id = p_subject::uuid;
	END IF;
	RETURN account;
END
$$;
ALTER FUNCTION job_account OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION job_account FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION job_account TO calendlyd_runtime;

-- Finds the next tenant after this one that has a job due, going round.  "at"
-- is how far the search has come; "tenant" is NULL if "p_hops" tenants in a row
-- have none.
-- Definer: it looks at all tenants' jobs.
CREATE OR REPLACE FUNCTION job_next_tenant(p_slow boolean, p_after bigint,
	p_hops integer,
	OUT tenant bigint, OUT at bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
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
ALTER FUNCTION job_next_tenant OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION job_next_tenant FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION job_next_tenant TO calendlyd_runtime;

-- Claims one job of a lane, from the next tenant that has one due.  It takes
-- the job that has been due for longest, or, with "p_newest", the latest, so
-- that somebody who asks now need not wait for a long queue.  A job for an
-- account whose calls hang is moved to the slow lane instead; a job for an
-- account that another job runs for is due again in two seconds.
-- Definer: it looks at all tenants' jobs.
CREATE OR REPLACE FUNCTION job_take(p_owner uuid, p_seconds integer,
	p_slow boolean,
	p_newest boolean, p_after bigint)
RETURNS SETOF job_claimed
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
-- The plan is made once, perhaps while the table is empty, and must never be
-- one that reads all jobs.
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
	-- Frees the jobs whose runner was lost or has given up.
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
			-- Other runners are claiming this tenant's jobs.
			CONTINUE;
		END IF;
		account := job_account(j.kind, j.subject);
		IF account IS NOT NULL THEN
			SELECT a.slow_until INTO hangs
			  FROM accounts a
			 WHERE a.id = account
			   FOR NO KEY UPDATE SKIP LOCKED;
			IF NOT FOUND THEN
				-- Somebody is writing to the account's row.
				UPDATE jobs SET next_run_at = now()
					+ interval '0.1 seconds'
				 WHERE jobs.id = j.id;
				CONTINUE;
			ELSIF EXISTS (SELECT FROM jobs o
			    WHERE o.account_id = account
			      AND o.owner IS NOT NULL) THEN
				UPDATE jobs SET next_run_at = now()
					+ interval '2 seconds',
				       account_id = account
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
ALTER FUNCTION job_take OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION job_take FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION job_take TO calendlyd_runtime;

-- Extends the claims on all jobs of one owner, which is still working on them.
-- Definer: a runner has jobs of many tenants.
CREATE OR REPLACE FUNCTION job_renew(p_owner uuid, p_seconds integer)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
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
ALTER FUNCTION job_renew OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION job_renew FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION job_renew TO calendlyd_runtime;

-- Gives back a claimed job that was not tried after all, or was done in part.
-- It is due again after a pause, and this claim does not count as a try.  A
-- walk over a user's meetings, which is done in many parts, lets other jobs of
-- its account go first that could not run because of it; and since it got on,
-- none of its earlier tries counts any more.
-- Definer: a runner has jobs of many tenants.
CREATE OR REPLACE FUNCTION job_put_back(p_id bigint, p_attempt bigint,
	p_pause_ms bigint,
	p_slow boolean, p_error text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
AS $$
BEGIN
	UPDATE jobs j
	   SET owner = NULL,
	       deadline = NULL,
	       slow = p_slow,
	       tries = CASE WHEN kind = 'sync' AND p_error IS NULL THEN 0
		ELSE greatest(tries - 1, 0) END,
	       next_run_at = greatest(
		now() + make_interval(secs => p_pause_ms / 1000.0),
		CASE WHEN kind = 'sync' THEN (
			SELECT max(o.next_run_at) + interval '0.5 seconds'
			  FROM jobs o
			 WHERE o.account_id = j.account_id
			   AND o.owner IS NULL
			   AND o.parked_at IS NULL
			   AND o.id <> j.id
			   AND o.next_run_at < now() + interval '3 seconds')
		END),
	       last_error = coalesce(p_error, last_error)
	 WHERE id = p_id
	   AND attempt = p_attempt;
	RETURN FOUND;
END
$$;
ALTER FUNCTION job_put_back OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION job_put_back FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION job_put_back TO calendlyd_runtime;

-- Ends a job that is done: deletes it, unless somebody has asked for it again
-- meanwhile.  False: the claim was lost to another runner.
-- The commit need not be safe: if it is lost, the job is done once more when
-- its claim has expired, as if the runner had been killed before it ended the
-- job.
-- Definer: a runner has jobs of many tenants.
CREATE OR REPLACE FUNCTION job_finish(p_id bigint, p_attempt bigint,
	p_wanted bigint)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
AS $$
BEGIN
	PERFORM set_config('synchronous_commit', 'off', true);
	DELETE FROM jobs
	 WHERE id = p_id
	   AND attempt = p_attempt
	   AND wanted = p_wanted;
	IF FOUND THEN
		RETURN true;
	END IF;
	UPDATE jobs
	   SET owner = NULL, deadline = NULL, tries = 0, last_error = NULL,
	       next_run_at = now()
	 WHERE id = p_id
	   AND attempt = p_attempt;
	RETURN FOUND;
END
$$;
ALTER FUNCTION job_finish OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION job_finish FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION job_finish TO calendlyd_runtime;

-- Notes that a job has failed.  It is tried again after a pause, or parked
-- until a person looks at it.  If somebody has asked for it again meanwhile, it
-- is tried afresh, at most a second later.
-- Definer: a runner has jobs of many tenants.
CREATE OR REPLACE FUNCTION job_fail(p_id bigint, p_attempt bigint,
	p_wanted bigint,
	p_pause_ms bigint, p_park boolean, p_error text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
AS $$
BEGIN
	UPDATE jobs
	   SET owner = NULL,
	       deadline = NULL,
	       next_run_at = now() + make_interval(secs =>
	           CASE WHEN wanted = p_wanted THEN p_pause_ms
	           ELSE least(p_pause_ms, 1000) END / 1000.0),
	       parked_at = CASE WHEN p_park AND wanted = p_wanted
		THEN now() END,
	       last_error = p_error
	 WHERE id = p_id
	   AND attempt = p_attempt;
	RETURN FOUND;
END
$$;
ALTER FUNCTION job_fail OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION job_fail FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION job_fail TO calendlyd_runtime;

-- Records a call to Calendly, and notes what its reply says about the account's
-- budget, if the call was counted in one.
-- Definer: calls are made outside of transactions, so this runs between two of
-- them, when no tenant is set.
-- In plpgsql, which keeps the plan.
CREATE OR REPLACE FUNCTION api_call_add(p_tenant bigint, p_connection uuid,
	p_session uuid, p_request_id text, p_purpose text, p_method text,
	p_path text, p_status integer, p_error text, p_ms bigint, p_reply text,
	p_account bigint, p_window bigint, p_limit integer, p_left integer,
	p_reset integer, p_pause integer)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET lock_timeout = '1s'
AS $$
BEGIN
	INSERT INTO api_calls (tenant_id, connection_id, session_id,
	       request_id, purpose, method, path, status, error, duration_ms,
	       reply)
	VALUES (p_tenant, p_connection, p_session, p_request_id, p_purpose,
	       p_method, p_path, p_status, p_error, p_ms, p_reply);
	IF p_account IS NOT NULL THEN
		PERFORM budget_said(p_account, p_window, p_limit, p_left,
		    p_reset, p_pause);
	END IF;
END
$$;
ALTER FUNCTION api_call_add OWNER TO calendlyd_definer;
REVOKE ALL ON FUNCTION api_call_add FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION api_call_add TO calendlyd_runtime;
