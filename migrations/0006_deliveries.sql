-- What Calendly delivers, until it is applied, and the books that count it.
--
-- The tables for incoming deliveries have no foreign keys, because each would
-- lock a row that all deliveries of a connection share.  Erasing a connection
-- deletes from them explicitly.

-- A delivery as it came, kept until retention removes it.  It is identified by
-- the id of the event that it becomes.
--
-- A telling is a further delivery about an event that is known already, but
-- with another body.  The feed has the event once; the meeting takes the
-- content of both bodies, ordered by their versions.
CREATE TABLE deliveries_in (
	id		bigint GENERATED ALWAYS AS IDENTITY,
	tenant_id	bigint NOT NULL,
	connection_id	uuid NOT NULL,
	endpoint_id	bigint NOT NULL,
	received_at	timestamptz NOT NULL DEFAULT now(),
	event_id	uuid PRIMARY KEY,
	about		bigint,		-- a hash of the scheduled event's id;
					-- NULL: about none
	telling_of	uuid,		-- for a telling: the id of the known
					-- event
	kind		text,		-- NULL: unreadable
	flaw		text,		-- why it is unreadable, in a few words
	signed_with	smallint NOT NULL,	-- number of the key that
						-- verified it
	outcome		text		-- only of a telling: others have an
					-- event
			CHECK (outcome IN ('applied', 'superseded', 'flagged')),
	body		bytea COMPRESSION lz4 NOT NULL
);
-- Keeps the body in the row if it fits, so that it is read with the row and
-- written once.
ALTER TABLE deliveries_in ALTER COLUMN body SET STORAGE MAIN;
-- No BRIN index: it never forgets the ranges of deleted rows, so after a full
-- round of retention it would match every page.
CREATE INDEX deliveries_in_by_age ON deliveries_in (received_at);
CREATE INDEX tellings_by_event ON deliveries_in (telling_of)
	WHERE telling_of IS NOT NULL;
CREATE INDEX tellings_by_connection ON deliveries_in (connection_id)
	WHERE telling_of IS NOT NULL;
SELECT keep_apart('deliveries_in', 'tenant_id');

-- Deliveries that are still to be applied, in the order in which they are due.
-- The rows are small, because each is written once and then deleted.
CREATE TABLE delivery_queue (
	delivery_id	bigint PRIMARY KEY,
	tenant_id	bigint NOT NULL,
	event_id	uuid NOT NULL,
	next_run_at	timestamptz NOT NULL DEFAULT now(),
	tries		smallint NOT NULL DEFAULT 0,
	parked_at	timestamptz,	-- not tried again until a person looks
	last_error	text
);
-- In this index, deliveries that are tried again later come last, and parked
-- ones are not in it.
CREATE INDEX delivery_queue_due ON delivery_queue (next_run_at, delivery_id)
	WHERE parked_at IS NULL;
-- For failed and parked deliveries, which are few in a long queue.
CREATE INDEX delivery_queue_tried ON delivery_queue (delivery_id)
	WHERE tries > 0 OR parked_at IS NOT NULL;
SELECT keep_apart('delivery_queue', 'tenant_id');

-- The books of deliveries.  For each minute they tell how many were accepted,
-- and how many of these are applied, superseded, flagged, pending or missing.
-- All is counted from the deliveries' own rows; taking in or applying a
-- delivery does not write here.
CREATE TABLE ledger (
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	minute		timestamptz NOT NULL,	-- in which they were received;
						-- -infinity: all older minutes
	accepted	bigint NOT NULL,
	applied		bigint NOT NULL,
	superseded	bigint NOT NULL,
	flagged		bigint NOT NULL,
	pending		bigint NOT NULL,	-- including parked ones
	missing		bigint NOT NULL,	-- neither applied nor waiting:
						-- must be 0
	told		bigint NOT NULL DEFAULT 0,	-- missing ones that
							-- were logged
	retold		bigint NOT NULL DEFAULT 0,	-- tellings among the
							-- accepted ones
	checked_at	timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant_id, minute),
	CHECK (accepted = applied + superseded + flagged + pending + missing)
);
SELECT keep_apart('ledger', 'tenant_id');

-- The only row tells up to which minute the books are closed.  It is locked
-- while somebody counts.
CREATE TABLE ledger_head (
	only_row	boolean PRIMARY KEY DEFAULT true CHECK (only_row),
	closed_to	timestamptz NOT NULL
);
INSERT INTO ledger_head (closed_to) VALUES (date_trunc('minute', now()));

GRANT SELECT, DELETE ON deliveries_in TO calendlyd_runtime;
GRANT UPDATE (outcome) ON deliveries_in TO calendlyd_runtime;
GRANT SELECT, UPDATE, DELETE ON delivery_queue TO calendlyd_runtime;
GRANT SELECT ON ledger TO calendlyd_runtime;
