-- Meetings and who is booked into them, as their deliveries tell.
--
-- Each column or JSON value with a "_version" beside it is a register: what
-- was seen with the greatest version stays, so that any order and any number
-- of sightings end in the same row.  A version is compared byte by byte.

CREATE TABLE meetings (
	id		uuid PRIMARY KEY,
	tenant_id	bigint NOT NULL,
	connection_id	uuid NOT NULL REFERENCES connections ON DELETE CASCADE,
	user_id		text NOT NULL,
	status		text NOT NULL CHECK (status IN ('active', 'canceled')),
	start_at	timestamptz,	-- NULL: Calendly did not say
	end_at		timestamptz,
	content		json NOT NULL,
	content_version	text COLLATE "C" NOT NULL,
	canceled	json,		-- who and why; NULL: it is not
	canceled_version text COLLATE "C",
	created_at	timestamptz NOT NULL DEFAULT now(),
	updated_at	timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX meetings_by_start ON meetings (tenant_id, start_at, id);
CREATE INDEX meetings_by_user ON meetings (connection_id, start_at, id);
SELECT keep_apart('meetings', 'tenant_id');

CREATE TABLE invitees (
	id		uuid PRIMARY KEY,
	tenant_id	bigint NOT NULL,
	meeting_id	uuid NOT NULL REFERENCES meetings ON DELETE CASCADE,
	content		json NOT NULL,
	content_version	text COLLATE "C" NOT NULL,
	canceled	json,
	canceled_version text COLLATE "C",
	no_show		json,		-- NULL: came, or not said otherwise
	no_show_version	text COLLATE "C",
	created_at	timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX invitees_by_meeting ON invitees (meeting_id, id);
SELECT keep_apart('invitees', 'tenant_id');

GRANT SELECT, INSERT, UPDATE, DELETE ON meetings, invitees
	TO calendlyd_runtime;
