-- What stands between a user and their webhooks, and for how long nothing
-- could come.

-- Two more reasons: Calendly rejects the request for a subscription without
-- naming one of the others, or its answers cannot be used.
ALTER TABLE connections DROP CONSTRAINT connections_capability_check;
ALTER TABLE connections ADD CONSTRAINT connections_capability_check
	CHECK (capability IN ('ok', 'plan', 'role', 'scope', 'rejected',
	    'unreadable', 'unknown'));

-- Calls that went wrong: now also those whose answer was a success, or led
-- elsewhere, and could not be used.
CREATE INDEX api_calls_wrong ON api_calls (id)
	WHERE status IS NULL OR status >= 300 OR error IS NOT NULL;
DROP INDEX api_calls_failed;

-- When this subscription was last seen in Calendly's list, active and with no
-- delivery that is being sent again; NULL: not since it was made.
ALTER TABLE subscriptions ADD COLUMN seen_at timestamptz;

-- Since when no subscription of this grant may have been alive at Calendly;
-- NULL: one is.  Told, and cleared, when there is one again.
ALTER TABLE grants ADD COLUMN gap_since timestamptz;
