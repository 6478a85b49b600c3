-- Background work, and the record of calls to Calendly.

-- A unit of background work.  Asking for one that exists already (same kind and
-- subject) only raises "wanted", so that a run which began before does not end
-- the job.
CREATE TABLE jobs (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	kind		text NOT NULL,
	subject		text NOT NULL,	-- the id of a connection or a grant
	wanted		bigint NOT NULL DEFAULT 1,
	attempt		bigint NOT NULL DEFAULT 0,	-- fencing number: only
							-- the claim with this
							-- number may end the
							-- job
	tries		integer NOT NULL DEFAULT 0,	-- since it was last
							-- asked for; decides
							-- on parking
	-- Which runner has claimed it, and until when; NULL: none.
	owner		uuid,
	deadline	timestamptz,
	next_run_at	timestamptz NOT NULL DEFAULT now(),
	last_error	text,
	parked_at	timestamptz,	-- not tried again until a person looks
	created_at	timestamptz NOT NULL DEFAULT now(),
	slow		boolean NOT NULL DEFAULT false,	-- in the slow
					-- lane, because its account's calls to
					-- Calendly hang
	account_id	bigint,		-- its account when it was last claimed,
					-- or could not be claimed.  Jobs of one
					-- account run one at a time
	-- When a waiting job may be claimed; NULL if it is claimed or parked.
	-- With a column of its own the indexes below alone find it, and claimed
	-- and parked jobs are not in the way.
	due		timestamptz GENERATED ALWAYS AS (CASE
			WHEN parked_at IS NULL AND owner IS NULL
			THEN next_run_at END) STORED,
	UNIQUE (kind, subject)
);
CREATE INDEX jobs_due ON jobs (next_run_at) WHERE parked_at IS NULL;
CREATE INDEX jobs_parked ON jobs (id) WHERE parked_at IS NOT NULL;
-- For waiting jobs: the one that is due next, and each tenant's next.
CREATE INDEX jobs_waiting ON jobs (slow, due) WHERE due IS NOT NULL;
CREATE INDEX jobs_waiting_of_tenant ON jobs (slow, tenant_id, due)
	WHERE due IS NOT NULL;
-- For claimed jobs, so that those are found whose runner was lost.
CREATE INDEX jobs_claimed ON jobs (deadline) WHERE owner IS NOT NULL;
CREATE INDEX jobs_claimed_of_account ON jobs (account_id)
	WHERE owner IS NOT NULL;
-- For waiting jobs that others of their account have kept from running.
CREATE INDEX jobs_waiting_of_account ON jobs (account_id)
	WHERE owner IS NULL AND account_id IS NOT NULL;
SELECT keep_apart('jobs', 'tenant_id');

-- A job as it is returned by a claim.  "id" is NULL if there may be another job
-- to claim, but finding it would take too long for one call.  "turn" is the
-- tenant after whom the next claim goes on.
CREATE TYPE job_claimed AS (id bigint, tenant_id bigint, kind text,
	subject text, attempt bigint, wanted bigint, tries integer,
	account_id bigint, turn bigint);

-- Every call to Calendly and its outcome.  There are no foreign keys, so that a
-- call can be recorded whatever has become of its connection or session.
CREATE TABLE api_calls (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant_id	bigint NOT NULL,
	connection_id	uuid,
	session_id	uuid,		-- NULL: made for no connect session
	at		timestamptz NOT NULL DEFAULT now(),
	request_id	text NOT NULL,
	purpose		text NOT NULL,
	method		text NOT NULL,
	path		text NOT NULL,
	status		integer,	-- NULL: no answer
	error		text,
	duration_ms	bigint NOT NULL,
	reply		text,		-- of a failed call; redacted and cut
	note		text		-- what calendlyd did or did not do
					-- after it, in words for operators
);
CREATE INDEX api_calls_by_connection ON api_calls (connection_id, id);
CREATE INDEX api_calls_by_session ON api_calls (session_id, id)
	WHERE session_id IS NOT NULL;
-- No BRIN index, for the reason that is given at deliveries_in_by_age.
CREATE INDEX api_calls_by_age ON api_calls (at);
-- For calls that went wrong, including those whose answer was a success or a
-- redirect but could not be used.
CREATE INDEX api_calls_wrong ON api_calls (id)
	WHERE status IS NULL OR status >= 300 OR error IS NOT NULL;
SELECT keep_apart('api_calls', 'tenant_id');

GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO calendlyd_runtime;
GRANT SELECT, UPDATE, DELETE ON api_calls TO calendlyd_runtime;
