-- Background work, and the record of calls to Calendly.

GRANT CREATE ON SCHEMA public TO calendlyd_definer;

-- One unit of work.  Asking again for what is asked already (same kind and
-- subject) only counts up "wanted", so that a run that began before does not
-- finish it.  "attempt" is the fencing number; "tries" decides on parking.
CREATE TABLE jobs (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	kind		text NOT NULL,
	subject		text NOT NULL,
	wanted		bigint NOT NULL DEFAULT 1,
	attempt		bigint NOT NULL DEFAULT 0,
	tries		integer NOT NULL DEFAULT 0,
	owner		uuid,
	deadline	timestamptz,
	next_run_at	timestamptz NOT NULL DEFAULT now(),
	last_error	text,
	parked_at	timestamptz,
	created_at	timestamptz NOT NULL DEFAULT now(),
	UNIQUE (kind, subject)
);
CREATE INDEX jobs_due ON jobs (next_run_at) WHERE parked_at IS NULL;
SELECT keep_apart('jobs', 'tenant_id');

CREATE TABLE api_calls (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant_id	bigint NOT NULL,
	connection_id	uuid,
	at		timestamptz NOT NULL DEFAULT now(),
	request_id	text NOT NULL,
	purpose		text NOT NULL,
	method		text NOT NULL,
	path		text NOT NULL,
	status		integer,	-- NULL: no answer
	error		text,
	duration_ms	bigint NOT NULL,
	reply		text		-- on errors; redacted, capped
);
CREATE INDEX api_calls_by_connection ON api_calls (connection_id, id);
CREATE INDEX api_calls_by_age ON api_calls USING brin (at);
CREATE INDEX api_calls_failed ON api_calls (id)
	WHERE status IS NULL OR status >= 400;
SELECT keep_apart('api_calls', 'tenant_id');

GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO calendlyd_runtime;
GRANT SELECT, UPDATE, DELETE ON api_calls TO calendlyd_runtime;

-- Written between transactions, for calls are made outside of them.
CREATE FUNCTION api_call_add(p_tenant bigint, p_connection uuid,
	p_request_id text, p_purpose text, p_method text, p_path text,
	p_status integer, p_error text, p_ms bigint, p_reply text)
RETURNS void
LANGUAGE sql VOLATILE
AS $$
	INSERT INTO api_calls (tenant_id, connection_id, request_id, purpose,
	       method, path, status, error, duration_ms, reply)
	VALUES (p_tenant, p_connection, p_request_id, p_purpose, p_method,
	       p_path, p_status, p_error, p_ms, p_reply)
$$;
SELECT look_across('api_call_add(bigint, uuid, text, text, text, text, '
    'integer, text, bigint, text)');

CREATE FUNCTION job_claim(p_owner uuid, p_seconds integer)
RETURNS TABLE (id bigint, tenant_id bigint, kind text, subject text,
	attempt bigint, wanted bigint, tries integer)
LANGUAGE sql VOLATILE
AS $$
	UPDATE jobs j
	   SET owner = p_owner,
	       deadline = now() + make_interval(secs => p_seconds),
	       attempt = j.attempt + 1,
	       tries = j.tries + 1
	 WHERE j.id = (
		SELECT d.id
		  FROM jobs d
		 WHERE d.parked_at IS NULL
		   AND d.next_run_at <= now()
		   AND (d.deadline IS NULL OR d.deadline < now())
		 ORDER BY d.next_run_at
		 LIMIT 1
		   FOR UPDATE SKIP LOCKED)
	RETURNING j.id, j.tenant_id, j.kind, j.subject, j.attempt, j.wanted,
	          j.tries
$$;
SELECT look_across('job_claim(uuid, integer)');

-- Done: gone, unless somebody asked again meanwhile.  False if the claim was
-- lost to another runner.
CREATE FUNCTION job_finish(p_id bigint, p_attempt bigint, p_wanted bigint)
RETURNS boolean
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
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
SELECT look_across('job_finish(bigint, bigint, bigint)');

-- Not done: again after a pause, or parked for a person to look at.  But
-- whoever asked again meanwhile gets a fresh try, at most a second later.
CREATE FUNCTION job_fail(p_id bigint, p_attempt bigint, p_wanted bigint,
	p_pause_ms bigint, p_park boolean, p_error text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
	UPDATE jobs
	   SET owner = NULL,
	       deadline = NULL,
	       next_run_at = now() + make_interval(secs =>
	           CASE WHEN wanted = p_wanted THEN p_pause_ms
	           ELSE least(p_pause_ms, 1000) END / 1000.0),
	       parked_at = CASE WHEN p_park AND wanted = p_wanted THEN now() END,
	       last_error = p_error
	 WHERE id = p_id
	   AND attempt = p_attempt;
	RETURN FOUND;
END
$$;
SELECT look_across('job_fail(bigint, bigint, bigint, bigint, boolean, text)');

-- Tokens that a crash left between Calendly's answer and a connection.
CREATE FUNCTION sweep_pending_grants(most integer) RETURNS bigint
LANGUAGE sql VOLATILE
AS $$
	WITH stale AS (
		UPDATE grants
		   SET status = 'teardown',
		       teardown_deadline = now() + interval '1 day',
		       updated_at = now()
		 WHERE id IN (
			SELECT id FROM grants
			 WHERE status = 'pending'
			   AND created_at < now() - interval '10 minutes'
			 LIMIT most
			   FOR UPDATE SKIP LOCKED)
		RETURNING id, tenant_id
	), asked AS (
		INSERT INTO jobs (tenant_id, kind, subject)
		SELECT tenant_id, 'teardown', id::text
		  FROM stale
		ON CONFLICT (kind, subject) DO UPDATE
		   SET wanted = jobs.wanted + 1
		RETURNING 1
	)
	SELECT count(*) FROM asked
$$;
SELECT look_across('sweep_pending_grants(integer)');

CREATE FUNCTION sweep_api_calls(most integer, days integer) RETURNS bigint
LANGUAGE sql VOLATILE
AS $$
	WITH gone AS (
		DELETE FROM api_calls WHERE id IN (
			SELECT id FROM api_calls
			 WHERE at < now() - make_interval(days => days)
			 ORDER BY id
			 LIMIT most
			   FOR UPDATE SKIP LOCKED)
		RETURNING 1
	)
	SELECT count(*) FROM gone
$$;
SELECT look_across('sweep_api_calls(integer, integer)');

REVOKE CREATE ON SCHEMA public FROM calendlyd_definer;
