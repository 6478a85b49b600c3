-- Sync: reading back from Calendly which meetings a user has.
--
-- A walk reads a user's scheduled events by their start time, and then the
-- invitees of those that have to be read.  It ends with "phase" being NULL.

-- A connection's walk: the one under way, or else the last one; and which one
-- comes next.
CREATE TABLE syncs (
	connection_id	uuid PRIMARY KEY REFERENCES connections
			ON DELETE CASCADE,
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	-- Counts the walks.  What an earlier one still brings is refused by
	-- this number.
	walk		bigint NOT NULL DEFAULT 0,
	purpose		text CHECK (purpose IN ('backfill', 'repair',
			'request', 'window', 'poll')),
	phase		text CHECK (phase IN ('events', 'invitees', 'missing')),
	account_id	bigint,		-- whose events it reads
	from_at		timestamptz,	-- it reads events that start then or
					-- later
	started_at	timestamptz,
	phase_at	timestamptz,	-- when its phase began
	-- How far the phase "events" has come: all events that start before
	-- this time are listed, and of those that start within a second before
	-- it, these meetings.
	boundary_at	timestamptz,
	boundary_ids	uuid[] NOT NULL DEFAULT '{}',
	events		integer NOT NULL DEFAULT 0,	-- listed
	events_done	integer NOT NULL DEFAULT 0,	-- ... whose invitees
							-- are known
	invitees	integer NOT NULL DEFAULT 0,	-- read
	unread		integer NOT NULL DEFAULT 0,	-- entries that made no
							-- sense
	unlisted	integer NOT NULL DEFAULT 0,	-- of them, those of
							-- the list of events
	changes		integer NOT NULL DEFAULT 0,	-- meetings that it
							-- altered
	at_once		integer NOT NULL DEFAULT 4,	-- how many events to
						-- read at the same time
	trouble		text CHECK (trouble IN ('scope', 'refused',
			'unreachable')),	-- what keeps it from going on
	trouble_at	timestamptz,	-- since when it does
	asked		text CHECK (asked IN ('backfill', 'repair', 'request',
			'window', 'poll')),	-- the purpose of the next walk;
						-- NULL: none is asked for
	-- When the last complete walk over everything began, and of which
	-- account it was.
	complete_at	timestamptz,
	complete_account bigint,
	known_until	timestamptz,	-- all changes before this time are
					-- known, from the last complete walk of
					-- any kind
	-- When the next poll is due, if no webhook serves the connection; and
	-- how many polls in a row have found nothing new, which decides on the
	-- pause after the next one.
	next_at		timestamptz,
	quiet		integer NOT NULL DEFAULT 0,
	-- When to look for rooms of conferences that were still being made, and
	-- how often that was done since the last one was found.
	look_at		timestamptz,
	looks		integer NOT NULL DEFAULT 0,
	-- How many changes of meetings a webhook should have brought, and how
	-- many a poll, that another walk has found.
	missed_by_webhook bigint NOT NULL DEFAULT 0,
	missed_by_poll	bigint NOT NULL DEFAULT 0
);
CREATE INDEX syncs_due ON syncs (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX syncs_to_look ON syncs (look_at) WHERE look_at IS NOT NULL;
SELECT keep_apart('syncs', 'tenant_id');

-- What a walk has still to read.  With an "event", as Calendly listed it: its
-- invitees.  Without: the event itself, because Calendly's list does not show
-- it any more.
CREATE TABLE sync_events (
	connection_id	uuid NOT NULL REFERENCES syncs ON DELETE CASCADE,
	meeting_id	uuid NOT NULL,
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	uri		text NOT NULL,
	start_at	timestamptz NOT NULL,
	event		json COMPRESSION lz4,
	hash		bytea,		-- of the event
	asked_at	timestamptz NOT NULL,	-- when Calendly was asked for
						-- the list
	tries		integer NOT NULL DEFAULT 0,	-- that failed
	PRIMARY KEY (connection_id, meeting_id)
);
CREATE INDEX sync_events_by_start ON sync_events (connection_id, start_at)
	WHERE event IS NOT NULL;
-- Both are mostly empty.  They are looked into at each step, which must not
-- read the whole list for it.
CREATE INDEX sync_events_failed ON sync_events (connection_id)
	WHERE event IS NOT NULL AND tries > 0;
CREATE INDEX sync_events_missing ON sync_events (connection_id)
	WHERE event IS NULL;
SELECT keep_apart('sync_events', 'tenant_id');

-- Invitees whom the list of their event does not show any more, although all of
-- it could be read.  Each has still to be asked for.
CREATE TABLE sync_invitees (
	connection_id	uuid NOT NULL REFERENCES syncs ON DELETE CASCADE,
	meeting_id	uuid NOT NULL,
	invitee_id	uuid NOT NULL,
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	tries		integer NOT NULL DEFAULT 0,	-- that failed
	PRIMARY KEY (connection_id, meeting_id, invitee_id)
);
SELECT keep_apart('sync_invitees', 'tenant_id');

-- How a meeting looked when its invitees were last read.  If the list shows it
-- the same, they need not be read again.
CREATE TABLE meeting_reads (
	meeting_id	uuid PRIMARY KEY,
	tenant_id	bigint NOT NULL,
	connection_id	uuid NOT NULL REFERENCES connections ON DELETE CASCADE,
	account_id	bigint NOT NULL,	-- who read it.  Only this
						-- account can tell that it is
						-- gone
	hash		bytea NOT NULL,
	read_at		timestamptz NOT NULL
);
CREATE INDEX meeting_reads_by_connection ON meeting_reads (connection_id);
SELECT keep_apart('meeting_reads', 'tenant_id');

GRANT SELECT, INSERT, UPDATE, DELETE ON syncs, sync_events, sync_invitees,
	meeting_reads TO calendlyd_runtime;
