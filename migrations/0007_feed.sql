-- Events, and the feed in which each tenant reads its own.

-- An event, as its tenant reads it.  One that is about no user, but about the
-- tenant's own destinations, has neither a connection nor a user.
CREATE TABLE events (
	id		uuid PRIMARY KEY,
	tenant_id	bigint NOT NULL,
	connection_id	uuid,
	user_id		text,
	type		text NOT NULL,
	source		text NOT NULL CHECK (source IN ('webhook', 'sync',
			'poll', 'system')),
	occurred_at	timestamptz NOT NULL,
	received_at	timestamptz NOT NULL,
	meeting_id	uuid,
	feed_seq	bigint,		-- its number in the feed; NULL: not
					-- numbered yet
	outcome		text		-- what a webhook's event did to its
					-- meeting
			CHECK (outcome IN ('applied', 'superseded', 'flagged')),
	data		json COMPRESSION lz4 NOT NULL
);
CREATE UNIQUE INDEX events_by_seq ON events (tenant_id, feed_seq);
CREATE INDEX events_by_connection ON events (connection_id, feed_seq);
SELECT keep_apart('events', 'tenant_id');

-- Events that wait for their number in the feed.  They get it in the order of
-- "id".
CREATE TABLE event_queue (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant_id	bigint NOT NULL,
	event_id	uuid NOT NULL
);
CREATE INDEX event_queue_by_tenant ON event_queue (tenant_id, id);
SELECT keep_apart('event_queue', 'tenant_id');

-- The last number that was given out in each tenant's feed.  Numbers are given
-- while this row is locked, and become visible when the lock ends.  So a reader
-- can never skip a number that is committed late.
CREATE TABLE feed_heads (
	tenant_id	bigint PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
	seq		bigint NOT NULL DEFAULT 0,
	floor		bigint NOT NULL DEFAULT 0	-- retention has removed
							-- the events up to this
							-- number
);
SELECT keep_apart('feed_heads', 'tenant_id');

-- How far a feed had come at some moments, for retention.  An event's own times
-- don't tell since when it can be read, because what was parked enters the feed
-- late.
CREATE TABLE feed_marks (
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	at		timestamptz NOT NULL,
	seq		bigint NOT NULL,
	PRIMARY KEY (tenant_id, at)
);
SELECT keep_apart('feed_marks', 'tenant_id');

GRANT SELECT, INSERT, DELETE ON events, event_queue TO calendlyd_runtime;
GRANT UPDATE (outcome) ON events TO calendlyd_runtime;
GRANT SELECT ON feed_heads TO calendlyd_runtime;
