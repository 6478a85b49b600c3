-- Meetings and who is booked into them, as their deliveries tell.
--
-- Each JSON value with a "_version" beside it is a register: what was seen
-- with the greatest version stays, so that any order and any number of
-- sightings end in the same row.  A version is compared byte by byte.
--
-- No foreign keys: these tables are written as fast as webhooks come.

-- A meeting of a connection's user.
CREATE TABLE meetings (
	id		uuid PRIMARY KEY,
	tenant_id	bigint NOT NULL,
	connection_id	uuid NOT NULL,
	user_id		text NOT NULL,
	status		text NOT NULL GENERATED ALWAYS AS (CASE
			WHEN canceled IS NULL THEN 'active'
			ELSE 'canceled' END) STORED,
	-- Infinite: Calendly did not say.
	start_at	timestamptz NOT NULL DEFAULT 'infinity',
	end_at		timestamptz NOT NULL DEFAULT 'infinity',
	content		json COMPRESSION lz4 NOT NULL,
	content_version	text COLLATE "C" NOT NULL,
	canceled	json,		-- who and why; NULL: it is not
	canceled_version text COLLATE "C"
) WITH (fillfactor = 85);
CREATE INDEX meetings_by_start ON meetings (tenant_id, start_at, id);
CREATE INDEX meetings_by_user ON meetings (connection_id, start_at, id);
SELECT keep_apart('meetings', 'tenant_id');

-- Who is booked into a meeting.  Known within it: whatever Calendly may say of
-- an invitee in two meetings, neither disturbs the other.
CREATE TABLE invitees (
	meeting_id	uuid NOT NULL,
	id		uuid NOT NULL,
	tenant_id	bigint NOT NULL,
	booked_at	timestamptz NOT NULL DEFAULT 'infinity',
	content		json COMPRESSION lz4 NOT NULL,
	content_version	text COLLATE "C" NOT NULL,
	canceled	json,
	canceled_version text COLLATE "C",
	no_show		json,		-- NULL: came, or not said otherwise
	no_show_version	text COLLATE "C",
	PRIMARY KEY (meeting_id, id)
) WITH (fillfactor = 85);
SELECT keep_apart('invitees', 'tenant_id');

GRANT SELECT, INSERT, UPDATE, DELETE ON meetings, invitees
	TO calendlyd_runtime;
