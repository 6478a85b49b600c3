-- Background work, and the record of calls to Calendly.

-- A unit of work.  Asking again for what is asked already (same kind and
-- subject) only counts up "wanted", so that a run that began before does not
-- finish it.
CREATE TABLE jobs (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	kind		text NOT NULL,
	subject		text NOT NULL,	-- a connection's or a grant's id
	wanted		bigint NOT NULL DEFAULT 1,
	attempt		bigint NOT NULL DEFAULT 0,	-- the fencing number
	tries		integer NOT NULL DEFAULT 0,	-- decides on parking
	-- Who claimed it, until when; NULL: nobody.
	owner		uuid,
	deadline	timestamptz,
	next_run_at	timestamptz NOT NULL DEFAULT now(),
	last_error	text,
	parked_at	timestamptz,	-- given up until a person looks at it
	created_at	timestamptz NOT NULL DEFAULT now(),
	slow		boolean NOT NULL DEFAULT false,	-- in the lane of those
					-- for whom Calendly hangs
	account_id	bigint,		-- whose job it was when it was last
					-- claimed: each account's are run one
					-- at a time
	-- When one that waits may be claimed.  As a column of its own it is
	-- found by the indexes below alone, and what is claimed or parked is
	-- never in the way.
	due		timestamptz GENERATED ALWAYS AS (CASE
			WHEN parked_at IS NULL AND owner IS NULL
			THEN next_run_at END) STORED,
	UNIQUE (kind, subject)
);
CREATE INDEX jobs_due ON jobs (next_run_at) WHERE parked_at IS NULL;
CREATE INDEX jobs_parked ON jobs (id) WHERE parked_at IS NOT NULL;
-- Those that wait: the next that is due, and each tenant's next.
CREATE INDEX jobs_waiting ON jobs (slow, due) WHERE due IS NOT NULL;
CREATE INDEX jobs_waiting_of_tenant ON jobs (slow, tenant_id, due)
	WHERE due IS NOT NULL;
-- Those that are claimed, so that the lost ones among them are found.
CREATE INDEX jobs_claimed ON jobs (deadline) WHERE owner IS NOT NULL;
CREATE INDEX jobs_claimed_of_account ON jobs (account_id)
	WHERE owner IS NOT NULL;
SELECT keep_apart('jobs', 'tenant_id');

-- A job as one claims it.  "id" is NULL if there may be another one to claim,
-- but finding it would take too long for one call.  "turn" is whose turn it
-- was: after that tenant the next claim goes on.
CREATE TYPE job_claimed AS (id bigint, tenant_id bigint, kind text,
	subject text, attempt bigint, wanted bigint, tries integer,
	account_id bigint, turn bigint);

-- Every call to Calendly and what became of it.  No foreign keys: a call is
-- written down whatever has become of its connection or session meanwhile.
CREATE TABLE api_calls (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant_id	bigint NOT NULL,
	connection_id	uuid,
	session_id	uuid,		-- NULL: not made for one
	at		timestamptz NOT NULL DEFAULT now(),
	request_id	text NOT NULL,
	purpose		text NOT NULL,
	method		text NOT NULL,
	path		text NOT NULL,
	status		integer,	-- NULL: no answer
	error		text,
	duration_ms	bigint NOT NULL,
	reply		text,		-- on errors; redacted, capped
	note		text		-- what calendlyd did, or did not do,
					-- after it, for people to read
);
CREATE INDEX api_calls_by_connection ON api_calls (connection_id, id);
CREATE INDEX api_calls_by_session ON api_calls (session_id, id)
	WHERE session_id IS NOT NULL;
CREATE INDEX api_calls_by_age ON api_calls USING brin (at);
-- Those that went wrong; also where the answer was a success, or led
-- elsewhere, and could not be used.
CREATE INDEX api_calls_wrong ON api_calls (id)
	WHERE status IS NULL OR status >= 300 OR error IS NOT NULL;
SELECT keep_apart('api_calls', 'tenant_id');

GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO calendlyd_runtime;
GRANT SELECT, UPDATE, DELETE ON api_calls TO calendlyd_runtime;
