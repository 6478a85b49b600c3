-- The tables of all examples, for PostgreSQL and SQLite alike. It is harmless to run this again.
--
--	psql "$DATABASE_URL" -f schema.sql		sqlite3 calendly.db <schema.sql

-- Which events were taken in: the key against doing anything twice. Keep a row for longer than your
-- operator keeps the feed (30 days by default), because an event of that age can still be replayed.
CREATE TABLE IF NOT EXISTS calendly_events (
	id		text PRIMARY KEY,
	type		text NOT NULL,
	user_id		text,			-- NULL: it is about none of your users
	stored_at	timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- The newest state of each meeting. "sequence" is that of the event which brought it.
CREATE TABLE IF NOT EXISTS calendly_meetings (
	id		text PRIMARY KEY,
	user_id		text NOT NULL,
	status		text NOT NULL,
	start_time	text,			-- RFC 3339 in UTC, so it sorts as text
	sequence	bigint NOT NULL,
	body		text NOT NULL		-- the whole meeting, as JSON
);

-- How far the feed was read; one row. Only the readers use it.
CREATE TABLE IF NOT EXISTS calendly_feed (
	one		integer PRIMARY KEY DEFAULT 1 CHECK (one = 1),
	cursor		text			-- NULL: nothing was read yet
);
INSERT INTO calendly_feed (one) VALUES (1) ON CONFLICT DO NOTHING;
