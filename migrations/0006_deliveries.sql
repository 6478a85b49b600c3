-- What Calendly delivers, until it is applied, and the books about it.
--
-- No foreign keys on the tables of the way in: each would lock a row that all
-- deliveries of a connection share.  Erasing deletes by hand.

-- A delivery as it came, kept for as long as retention says.  It is known by
-- the id of the event that it becomes.
--
-- A telling is a further body about an event that is known already, but with
-- other content.  The feed has its event once; the meeting takes both bodies,
-- by their versions.
CREATE TABLE deliveries_in (
	id		bigint GENERATED ALWAYS AS IDENTITY,
	tenant_id	bigint NOT NULL,
	connection_id	uuid NOT NULL,
	endpoint_id	bigint NOT NULL,
	received_at	timestamptz NOT NULL DEFAULT now(),
	event_id	uuid PRIMARY KEY,
	about		bigint,		-- a hash of the scheduled event's id;
					-- NULL: none
	telling_of	uuid,		-- the event that this tells of again
	kind		text,		-- NULL: could not be read
	flaw		text,		-- why not, in a few words
	signed_with	smallint NOT NULL,	-- which candidate key verified
	outcome		text		-- of a telling, which has no event
			CHECK (outcome IN ('applied', 'superseded', 'flagged')),
	body		bytea COMPRESSION lz4 NOT NULL
);
-- In the row if it fits: read with it, and written once.
ALTER TABLE deliveries_in ALTER COLUMN body SET STORAGE MAIN;
-- Not BRIN, which forgets nothing that was deleted: once retention has gone
-- round it would match every page.
CREATE INDEX deliveries_in_by_age ON deliveries_in (received_at);
CREATE INDEX tellings_by_event ON deliveries_in (telling_of)
	WHERE telling_of IS NOT NULL;
CREATE INDEX tellings_by_connection ON deliveries_in (connection_id)
	WHERE telling_of IS NOT NULL;
SELECT keep_apart('deliveries_in', 'tenant_id');

-- Deliveries that still have to be applied, in the order in which they are
-- due.  Narrow: a row is written once and deleted.
CREATE TABLE delivery_queue (
	delivery_id	bigint PRIMARY KEY,
	tenant_id	bigint NOT NULL,
	event_id	uuid NOT NULL,
	next_run_at	timestamptz NOT NULL DEFAULT now(),
	tries		smallint NOT NULL DEFAULT 0,
	parked_at	timestamptz,	-- given up until a person looks at it
	last_error	text
);
-- Those that are tried again later lie behind, and those that wait for a
-- person are not met at all.
CREATE INDEX delivery_queue_due ON delivery_queue (next_run_at, delivery_id)
	WHERE parked_at IS NULL;
-- What failed, and what was given up: few rows of a long queue.
CREATE INDEX delivery_queue_tried ON delivery_queue (delivery_id)
	WHERE tries > 0 OR parked_at IS NOT NULL;
SELECT keep_apart('delivery_queue', 'tenant_id');

-- The books of deliveries: what was accepted is applied, superseded, flagged,
-- pending or missing, counted minute by minute from the rows themselves.  Who
-- takes deliveries in or applies them writes nothing here.
CREATE TABLE ledger (
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	minute		timestamptz NOT NULL,	-- when they were received;
						-- -infinity: all older ones
	accepted	bigint NOT NULL,
	applied		bigint NOT NULL,
	superseded	bigint NOT NULL,
	flagged		bigint NOT NULL,
	pending		bigint NOT NULL,	-- parked ones among them
	missing		bigint NOT NULL,	-- must be 0
	told		bigint NOT NULL DEFAULT 0,	-- missing, and logged
	retold		bigint NOT NULL DEFAULT 0,	-- tellings among the
							-- accepted
	checked_at	timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant_id, minute),
	CHECK (accepted = applied + superseded + flagged + pending + missing)
);
SELECT keep_apart('ledger', 'tenant_id');

-- One row: how far the books are closed.  Whoever audits holds it.
CREATE TABLE ledger_head (
	only_row	boolean PRIMARY KEY DEFAULT true CHECK (only_row),
	closed_to	timestamptz NOT NULL
);
INSERT INTO ledger_head (closed_to) VALUES (date_trunc('minute', now()));

GRANT SELECT, DELETE ON deliveries_in TO calendlyd_runtime;
GRANT UPDATE (outcome) ON deliveries_in TO calendlyd_runtime;
GRANT SELECT, UPDATE, DELETE ON delivery_queue TO calendlyd_runtime;
GRANT SELECT ON ledger TO calendlyd_runtime;
