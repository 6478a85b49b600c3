-- Push: events on their way to the host app's own URLs.
--
-- A destination is a cursor in its tenant's feed.  Every event up to "cursor"
-- does not match the destination's filter, or has a row in "pushes" that says
-- what became of it.  So an event is pushed without anything being written
-- before, and what was in flight when a pusher died is pushed again.
--
-- Whoever writes to the pushes of a destination has locked its row, and reads
-- events only after that.  So nobody sees half of what another does, and
-- erasing a user, which locks the rows too, leaves no push of the user's.

-- A URL of the host app, and how far the feed is pushed to it.
CREATE TABLE destinations (
	id		uuid PRIMARY KEY,
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	-- Counts the changes that a pusher needs to know of.
	version		bigint NOT NULL DEFAULT 1,
	url		text NOT NULL,
	description	text NOT NULL DEFAULT '',
	types		text[] NOT NULL,	-- event types; "*": all of them
	user_id		text,			-- NULL: of all users
	headers_sealed	bytea,			-- JSON object; NULL: none
	secret_sealed	bytea,			-- NULL: its key was lost, or
						-- the destination is removed
	former_sealed	bytea,			-- signs, too, until then:
	former_until	timestamptz,
	state		text NOT NULL DEFAULT 'active'
			CHECK (state IN ('active', 'paused', 'disabled')),
	reason		text CHECK (reason IN ('request', 'gone', 'failing',
			'key_lost')),
	state_at	timestamptz NOT NULL DEFAULT now(),
	removed_at	timestamptz,		-- deleted; the sweep removes
						-- its pushes, and then it
	cursor		bigint NOT NULL,
	missed_from	bigint,			-- the last range of the feed
	missed_to	bigint,			-- that retention removed before
						-- it could be delivered
	-- How it answers.
	failures	integer NOT NULL DEFAULT 0,	-- since the last
							-- success
	events_failed	integer NOT NULL DEFAULT 0,	-- of these, those at
							-- an event's first try
	probes		integer NOT NULL DEFAULT 0,	-- since the breaker
							-- opened
	is_open		boolean NOT NULL DEFAULT false,	-- the breaker
	not_before	timestamptz,		-- nothing is sent before
	failing_since	timestamptz,		-- the first failure since the
						-- last success
	told_failing	boolean NOT NULL DEFAULT false,
	success_at	timestamptz,
	failure_at	timestamptz,
	failure		text,			-- why the last one failed
	-- The time for which it has answered, in milliseconds; it runs on since
	-- "answering_since".
	answered_ms	bigint NOT NULL DEFAULT 0,
	answering_since	timestamptz,
	wake_at		timestamptz,		-- its first waiting push is due
	-- The pusher that has claimed it.  If none has, owned_until is when the
	-- last claim ended.
	owner		uuid,
	owned_until	timestamptz,
	created_at	timestamptz NOT NULL DEFAULT now(),
	updated_at	timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT destinations_sign CHECK (secret_sealed IS NOT NULL
		OR removed_at IS NOT NULL OR state <> 'active')
) WITH (fillfactor = 50);
CREATE INDEX destinations_by_tenant ON destinations (tenant_id, id);
CREATE INDEX destinations_removed ON destinations (removed_at)
	WHERE removed_at IS NOT NULL;
-- Finds which master keys are in use, as the index grants_by_key does.
CREATE INDEX destinations_by_key ON destinations (
	(coalesce(substr(secret_sealed, 2, 4), '')
	|| coalesce(substr(headers_sealed, 2, 4), '')
	|| coalesce(substr(former_sealed, 2, 4), '')));
SELECT keep_apart('destinations', 'tenant_id');

-- What became of an event at a destination.  No foreign key to events: it would
-- lock an event's row for every push.
CREATE TABLE pushes (
	tenant_id	bigint NOT NULL,
	id		uuid NOT NULL,		-- of version 7: ordered by time
	destination_id	uuid NOT NULL REFERENCES destinations ON DELETE CASCADE,
	event_id	uuid NOT NULL,
	user_id		text,			-- the event's
	seq		bigint NOT NULL,	-- the event's number in its
						-- feed
	-- Pushes of one lane keep their order: those of one meeting, or, of
	-- events without one, those of one connection.  Replays have lanes of
	-- their own.  The first push of a lane that is not yet delivered waits,
	-- and the others are held.
	lane		uuid NOT NULL,
	replay		boolean NOT NULL DEFAULT false,
	status		text NOT NULL CHECK (status IN ('waiting', 'held',
			'delivered', 'dead')),
	attempts	integer NOT NULL DEFAULT 0,
	next_at		timestamptz,		-- not tried before; NULL of one
						-- that is held: at once
	first_at	timestamptz,		-- when it was tried first
	answered_ms	bigint,			-- the destination's, when it
						-- failed first
	-- The last attempt.
	tried_at	timestamptz,
	answer_status	integer,		-- NULL: no answer
	ms		integer,
	answer		text,			-- how it begins
	error		text,
	PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 90);
CREATE UNIQUE INDEX pushes_once ON pushes (destination_id, seq)
	WHERE NOT replay;
CREATE INDEX pushes_by_destination ON pushes (destination_id, id);
CREATE INDEX pushes_by_event ON pushes (event_id);
CREATE INDEX pushes_by_user ON pushes (tenant_id, user_id, id);
CREATE INDEX pushes_due ON pushes (destination_id, next_at)
	WHERE status = 'waiting';
CREATE INDEX pushes_lane ON pushes (destination_id, lane, replay, status, seq,
	id)
	WHERE status IN ('waiting', 'held');
CREATE INDEX pushes_dead ON pushes (destination_id, id)
	WHERE status = 'dead';
-- Replays that are still to be sent: the next ones come after these.
CREATE INDEX pushes_replayed ON pushes (destination_id, next_at)
	WHERE replay AND tried_at IS NULL AND status IN ('waiting', 'held');
-- Most pushes are delivered.  Who looks for others finds them here.  It is an
-- expression, so that only who asks in these words gets it: by a plain
-- comparison, plans that were made while nothing waited took it for a cheap way
-- to a single lane, and then read all that waited for each event.
CREATE INDEX pushes_not_delivered ON pushes (tenant_id, id)
	WHERE (status || '') <> 'delivered';
SELECT keep_apart('pushes', 'tenant_id');

-- Attempts that failed.
CREATE TABLE push_attempts (
	tenant_id	bigint NOT NULL,
	push_id		uuid NOT NULL,
	at		timestamptz NOT NULL,
	answer_status	integer,
	ms		integer,
	answer		text,
	error		text,
	PRIMARY KEY (tenant_id, push_id, at),
	FOREIGN KEY (tenant_id, push_id) REFERENCES pushes ON DELETE CASCADE
);
SELECT keep_apart('push_attempts', 'tenant_id');

-- Cursors, claims and pushes are written by functions alone.
GRANT SELECT ON destinations, pushes, push_attempts TO calendlyd_runtime;
GRANT UPDATE (version, url, description, types, user_id, headers_sealed,
	secret_sealed, former_sealed, former_until, state, reason, state_at,
	removed_at, failures, events_failed, probes, is_open, not_before,
	failing_since, told_failing, updated_at)
	ON destinations TO calendlyd_runtime;

-- What push_take() answers: an event to be pushed, or only how its destination
-- stands (id is NULL).
CREATE TYPE push_offer AS (destination_id uuid, lost boolean, after bigint,
	missed_from bigint, missed_to bigint, more boolean, push_id uuid,
	replay boolean, lane uuid, attempts integer, first_answered_ms bigint,
	seq bigint, id uuid, type text, source text, user_id text,
	occurred_at timestamptz, received_at timestamptz, meeting_id uuid,
	data text);
