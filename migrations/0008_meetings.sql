-- Meetings and their invitees, as deliveries describe them.
--
-- A JSON column with a "_version" column beside it is a register: of all the
-- values that were seen, the one with the greatest version stays.  So any order
-- and any number of sightings lead to the same row.  Versions are compared byte
-- by byte.
--
-- Something is there if it was seen (seen_at) later than Calendly said that it
-- has no such thing (gone_at).  What is not newer than gone_at is kept without
-- personal data.
--
-- There are no foreign keys, because these tables are written as often as
-- webhooks come.

-- A scheduled event of a connection's user.
CREATE TABLE meetings (
	id		uuid PRIMARY KEY,
	tenant_id	bigint NOT NULL,
	connection_id	uuid NOT NULL,
	user_id		text NOT NULL,
	status		text NOT NULL GENERATED ALWAYS AS (CASE
			WHEN gone_at >= coalesce(seen_at, '-infinity')
			THEN 'gone' WHEN canceled IS NULL THEN 'active'
			ELSE 'canceled' END) STORED,
	-- An infinite time means that Calendly did not give one.
	start_at	timestamptz NOT NULL DEFAULT 'infinity',
	end_at		timestamptz NOT NULL DEFAULT 'infinity',
	content		json COMPRESSION lz4 NOT NULL,
	content_version	text COLLATE "C" NOT NULL,
	canceled	json,		-- who canceled it and why; NULL: nobody
	canceled_version text COLLATE "C",
	seen_at		timestamptz,
	gone_at		timestamptz,
	-- When it was over, from which retention counts.  If Calendly gave
	-- neither a start nor an end: when it was last heard of.
	ended_at	timestamptz GENERATED ALWAYS AS (coalesce(
			greatest(nullif(start_at, 'infinity'),
			nullif(end_at, 'infinity')),
			greatest(seen_at, gone_at))) STORED
) WITH (fillfactor = 85);
CREATE INDEX meetings_by_start ON meetings (tenant_id, start_at, id);
-- For retention.  It is on a column and not on the expression, because an index
-- on an expression of seen_at would be written anew at each sighting.
CREATE INDEX meetings_by_age ON meetings (ended_at);
CREATE INDEX meetings_by_user ON meetings (connection_id, start_at, id);
SELECT keep_apart('meetings', 'tenant_id');

-- A person who is booked into a meeting.  An invitee's id counts only within
-- the meeting: if Calendly uses it in two meetings, they do not disturb each
-- other.
CREATE TABLE invitees (
	meeting_id	uuid NOT NULL,
	id		uuid NOT NULL,
	tenant_id	bigint NOT NULL,
	booked_at	timestamptz NOT NULL DEFAULT 'infinity',
	content		json COMPRESSION lz4 NOT NULL,
	content_version	text COLLATE "C" NOT NULL,
	canceled	json,
	canceled_version text COLLATE "C",
	no_show		json,		-- NULL: not marked as a no-show
	no_show_version	text COLLATE "C",
	seen_at		timestamptz,
	gone_at		timestamptz,
	PRIMARY KEY (meeting_id, id)
) WITH (fillfactor = 85);
SELECT keep_apart('invitees', 'tenant_id');

GRANT SELECT, INSERT, UPDATE, DELETE ON meetings, invitees
	TO calendlyd_runtime;
