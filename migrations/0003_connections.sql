-- Connections, the grants they stand on, and the webhook subscriptions that
-- serve them.

-- A Calendly user, over all tenants: what Calendly limits, and what one
-- tenant's doings could do to another's.  No tenant sees it; functions alone
-- read and write it.
CREATE TABLE accounts (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	user_uuid	text NOT NULL UNIQUE,	-- Calendly's
	mints		timestamptz[] NOT NULL DEFAULT '{}',	-- when tokens
					-- were minted within the last minute
	-- While tokens of this account are being revoked, and when that was
	-- last over: a grant that was made meanwhile may have ended with them.
	revoking_until	timestamptz,
	revoked_at	timestamptz,
	limited_until	timestamptz,	-- Calendly wants no calls until then
	slow_until	timestamptz	-- calls are taken to hang until then
);
CREATE INDEX accounts_slow ON accounts (slow_until)
	WHERE slow_until IS NOT NULL;

-- What a tenant asked for: that this user of its be connected to Calendly.
CREATE TABLE connections (
	id		uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	user_id		text NOT NULL CHECK (length(user_id) BETWEEN 1 AND 128),
	status		text NOT NULL CHECK (status IN ('connected',
			'needs_reauth', 'disconnecting', 'disconnected')),
	reason		text,		-- why it is not connected
	grant_id	uuid,		-- the live grant, or the one that needs
					-- a new consent; NULL: let go
	capability	text NOT NULL DEFAULT 'unknown' CHECK (capability IN
			('ok', 'plan', 'role', 'scope', 'rejected',
			'unreadable', 'unknown')),	-- to get webhooks
	left_behind	text[] NOT NULL DEFAULT '{}',	-- at Calendly, by URI
	erase		boolean NOT NULL DEFAULT false,	-- once torn down
	connected_at	timestamptz,
	updated_at	timestamptz NOT NULL DEFAULT now(),
	-- When it is looked at again without anybody asking.
	next_check_at	timestamptz NOT NULL DEFAULT now() + interval '6 hours',
	-- When it was last looked at because of a lost delivery of its user's.
	lost_check_at	timestamptz,
	UNIQUE (tenant_id, user_id)
);
CREATE INDEX connections_by_grant ON connections (grant_id);
CREATE INDEX connections_to_check ON connections (next_check_at)
	WHERE status = 'connected';
SELECT keep_apart('connections', 'tenant_id');

-- A consent that a user gave at Calendly, with its pair of tokens.  It is
-- stored as "pending" from the first moment of its tokens, before it is known
-- whose they are.
CREATE TABLE grants (
	id		uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	connection_id	uuid REFERENCES connections ON DELETE CASCADE,
	account_id	bigint REFERENCES accounts,
	status		text NOT NULL CHECK (status IN ('pending', 'live',
			'needs_reauth', 'teardown', 'erased')),
	-- Whose it is, as Calendly says.
	user_uri	text,
	organization_uri text,
	email		text,
	name		text,
	timezone	text,
	scopes		text[] NOT NULL DEFAULT '{}',

	-- The tokens.  "generation" counts pairs, and is bound into what is
	-- sealed.
	generation	bigint NOT NULL DEFAULT 1,
	access_sealed	bytea,
	access_expires_at timestamptz,
	access_life_seconds integer,	-- as it was said; NULL: not known.
					-- The margin before a refresh depends
					-- on it
	refresh_sealed	bytea,

	-- The refresh lease and its journal: "started" without an end means
	-- that the outcome of the call is not known.
	refresh_owner	uuid,
	refresh_until	timestamptz,
	refresh_started_at timestamptz,
	refresh_not_before timestamptz,
	refresh_probes	integer NOT NULL DEFAULT 0,
	refreshed_at	timestamptz,	-- by a consent, too
	last_refresh_at	timestamptz,	-- by a refresh alone: that codes are
					-- exchanged does not tell that
					-- refreshes are
	-- The refresh token was refused without invalid_grant: how often in a
	-- row, and since when.  Any new pair clears both.
	refusals	integer NOT NULL DEFAULT 0,
	refused_since	timestamptz,
	-- A 200 to a refresh that held no pair which could be read.  It may
	-- hold the only copy of the new tokens, so it is kept until a later
	-- answer settles what became of that refresh.
	unread_reply_sealed bytea,

	-- The work lease: reconcile and teardown.
	work_owner	uuid,
	work_until	timestamptz,
	work_fence	bigint NOT NULL DEFAULT 0,

	teardown_deadline timestamptz,
	-- The pair came and a connect failed after that: it is not erased for
	-- the sake of another grant of the account while its teardown has time.
	unusable	boolean NOT NULL DEFAULT false,
	-- What keeps a teardown from ending; NULL: nothing yet, or Calendly
	-- gives no answer.
	trouble		text CHECK (trouble IN ('account_unknown',
			'account_in_use', 'revocation_refused')),

	-- When its subscription was last seen to be just as wished, and why
	-- another one is not made now (NULL: nothing keeps us from it).
	subscription_sound_at timestamptz,
	subscription_trouble text CHECK (subscription_trouble IN ('disabled',
			'gone', 'other_url', 'other_events',
			'other_organization', 'unconfirmed', 'too_many')),
	-- Since when no subscription of it may have been alive at Calendly;
	-- NULL: one is.  Told, and cleared, when there is one again.
	gap_since	timestamptz,

	created_at	timestamptz NOT NULL DEFAULT now(),
	updated_at	timestamptz NOT NULL DEFAULT now(),
	-- Nothing secret outlives the teardown.
	CHECK (status <> 'erased' OR (access_sealed IS NULL
	    AND refresh_sealed IS NULL)),
	-- Only what serves a connection is known to belong to somebody.
	CONSTRAINT grants_known_when_serving CHECK (
	    status NOT IN ('live', 'needs_reauth') OR (account_id IS NOT NULL
	    AND user_uri IS NOT NULL AND organization_uri IS NOT NULL))
);
CREATE UNIQUE INDEX grants_one_per_connection ON grants (connection_id)
	WHERE status IN ('live', 'needs_reauth');
CREATE INDEX grants_by_connection ON grants (connection_id);
CREATE INDEX grants_by_account ON grants (account_id);
CREATE INDEX grants_holding_account ON grants (account_id)
	WHERE status <> 'erased';
CREATE INDEX grants_pending ON grants (created_at) WHERE status = 'pending';
CREATE INDEX grants_in_trouble ON grants (teardown_deadline)
	WHERE trouble IS NOT NULL;
CREATE INDEX grants_by_last_refresh ON grants (last_refresh_at)
	WHERE last_refresh_at IS NOT NULL;
-- Which master keys are needed.  The id of the key is in bytes 2 to 5 of what
-- it sealed; both tokens are in one index, one behind the other.
CREATE INDEX grants_by_key ON grants ((coalesce(substr(access_sealed, 2, 4), '')
	|| coalesce(substr(refresh_sealed, 2, 4), '')))
	WHERE access_sealed IS NOT NULL OR refresh_sealed IS NOT NULL;
CREATE INDEX grants_unread_by_key ON grants (substr(unread_reply_sealed, 2, 4))
	WHERE unread_reply_sealed IS NOT NULL;
SELECT keep_apart('grants', 'tenant_id');

-- The two name each other, so that one of the keys comes after both.
ALTER TABLE connections ADD FOREIGN KEY (grant_id) REFERENCES grants
	DEFERRABLE INITIALLY DEFERRED;

-- The last part of a callback URL, hashed.  A retired one outlives its
-- connection, so that Calendly hears 410 and not 404.
--
-- Whoever knows an endpoint's address can have it refuse something.  So all
-- that is noted of that is bounded: "refused_at" once an hour, and a few wrong
-- signatures, the alarm about which comes once an hour.
CREATE TABLE endpoints (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	connection_id	uuid REFERENCES connections ON DELETE SET NULL,
	grant_id	uuid REFERENCES grants ON DELETE SET NULL,
	hash		bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
	state		text NOT NULL DEFAULT 'live' CHECK (state IN ('live',
			'draining', 'retired')),
	drain_until	timestamptz,
	signing_key_sealed bytea,	-- if Calendly gave this one its own
	-- When it last answered a delivery with an error (401, 503), to the
	-- hour.  Calendly sends such a delivery again for a day, if the
	-- subscription still exists: so it must not be deleted before.
	refused_at	timestamptz,
	-- Deliveries with a wrong signature since the last with a right one,
	-- counted up to three, which is where suspicion begins; and when a
	-- reconcile was last asked to look into it.
	wrong_signatures smallint NOT NULL DEFAULT 0,
	suspected_at	timestamptz,
	created_at	timestamptz NOT NULL DEFAULT now(),
	CHECK (state <> 'retired' OR signing_key_sealed IS NULL)
);
CREATE INDEX endpoints_by_grant ON endpoints (grant_id);
CREATE INDEX endpoints_by_connection ON endpoints (connection_id);
CREATE INDEX endpoints_draining ON endpoints (drain_until)
	WHERE state = 'draining';
CREATE INDEX endpoints_suspected ON endpoints (id) WHERE wrong_signatures > 0;
CREATE INDEX endpoints_by_key ON endpoints (substr(signing_key_sealed, 2, 4))
	WHERE signing_key_sealed IS NOT NULL;
SELECT keep_apart('endpoints', 'tenant_id');

-- A webhook subscription at Calendly: asked for, or known to exist.
CREATE TABLE subscriptions (
	id		uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	grant_id	uuid NOT NULL REFERENCES grants ON DELETE CASCADE,
	endpoint_id	bigint NOT NULL REFERENCES endpoints,
	organization_uri text NOT NULL,
	events		text[] NOT NULL,
	uri		text,		-- NULL: asked for, not known to exist
	-- Further URIs of subscriptions that lead to the same endpoint, or that
	-- "uri" once was, and whose end Calendly has not confirmed.
	other_uris	text[] NOT NULL DEFAULT '{}',
	state		text NOT NULL DEFAULT 'creating' CHECK (state IN
			('creating', 'active', 'replaced', 'deleted')),
	-- SHA-256 of what was wished for when it was made (BACKEND_URL, the
	-- kinds of events): another wish may be tried at once, the same one is
	-- damped.
	wish		bytea CHECK (length(wish) = 32),
	-- SHA-256 of BACKEND_URL and the callback URL as Calendly's 201 spelled
	-- it, where that is not as it was asked for.
	callback_hash	bytea CHECK (length(callback_hash) = 32),
	-- When Calendly's list last showed it active, with no delivery that is
	-- being sent again (NULL: not since it was made); and since when
	-- complete lists have not shown it, if its URI is not known.
	seen_at		timestamptz,
	missing_since	timestamptz,
	-- Since when Calendly has been retrying deliveries, or their signatures
	-- have been wrong (NULL: all is well); and when deliveries came through
	-- again: what was retried before that does not count any more.
	failing_since	timestamptz,
	recovered_at	timestamptz,
	-- When its successor became active; and whether it stays at Calendly
	-- for 25 hours more, because deliveries to it may still be retried.
	replaced_at	timestamptz,
	drains		boolean NOT NULL DEFAULT false,
	-- When Calendly itself said that the last of its URIs is gone.  A row
	-- that is 'deleted' without it was only missing from a list once.
	gone_at		timestamptz,
	created_at	timestamptz NOT NULL DEFAULT now(),
	updated_at	timestamptz NOT NULL DEFAULT now()
);
-- The one that counts.
CREATE UNIQUE INDEX subscriptions_one_active ON subscriptions (grant_id)
	WHERE state = 'active';
CREATE INDEX subscriptions_by_grant ON subscriptions (grant_id);
CREATE INDEX subscriptions_by_endpoint ON subscriptions (endpoint_id);
CREATE INDEX subscriptions_failing ON subscriptions (grant_id)
	WHERE failing_since IS NOT NULL;
SELECT keep_apart('subscriptions', 'tenant_id');

GRANT SELECT, INSERT, UPDATE, DELETE
	ON connections, grants, endpoints, subscriptions TO calendlyd_runtime;
