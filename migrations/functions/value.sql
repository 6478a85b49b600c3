-- How values are written as text.

-- Writes a time in UTC as RFC 3339 says, the one form in which times leave the
-- database.  Not IMMUTABLE, because to_char() is not, and then it would not be
-- inlined.
CREATE OR REPLACE FUNCTION rfc3339(timestamptz) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
AS $$ SELECT to_char($1 AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') $$;
REVOKE ALL ON FUNCTION rfc3339 FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION rfc3339 TO calendlyd_runtime, calendlyd_definer;

-- Returns the id of the event that a delivery becomes: the first half of the
-- hash that identifies the delivery, as a UUID (version 8, RFC 9562).
CREATE OR REPLACE FUNCTION event_id_of(identity bytea) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
	SELECT encode(set_byte(set_byte(substr(identity, 1, 16),
	       6, get_byte(identity, 6) & 15 | 128),
	       8, get_byte(identity, 8) & 63 | 128), 'hex')::uuid
$$;
REVOKE ALL ON FUNCTION event_id_of FROM PUBLIC, calendlyd_runtime;
GRANT EXECUTE ON FUNCTION event_id_of TO calendlyd_runtime, calendlyd_definer;
