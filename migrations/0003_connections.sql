-- Connections, the grants that they rely on, and the webhook subscriptions that
-- serve them.

-- A Calendly user, shared by all tenants.  It holds what Calendly limits per
-- user, and what one tenant's grants could do to another tenant's.  No tenant
-- may see it; only functions read and write it.
CREATE TABLE accounts (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	user_uuid	text NOT NULL UNIQUE,	-- the user's id at Calendly
	mints		timestamptz[] NOT NULL DEFAULT '{}',	-- when tokens
					-- were minted within the last minute
	-- Until when tokens of this account are being revoked, and when a
	-- revocation was last over.  A grant that was made during one may have
	-- been revoked with them.
	revoking_until	timestamptz,
	revoked_at	timestamptz,
	-- The budget of calls a minute, over all hosts and tenants; see
	-- functions/budget.sql.  A window is a minute as Calendly counts it:
	-- its number here, when it ends, and how many calls are left in it.
	calls_limit	integer CHECK (calls_limit > 0),	-- as Calendly
					-- last said; NULL: it has not
	calls_left	integer NOT NULL DEFAULT 0,
	window_number	bigint NOT NULL DEFAULT 0,
	window_until	timestamptz,
	limited_until	timestamptz,	-- until then Calendly wants no calls
	slow_until	timestamptz	-- until then calls are expected to hang
) WITH (fillfactor = 50);		-- each call updates its account's row
CREATE INDEX accounts_slow ON accounts (slow_until)
	WHERE slow_until IS NOT NULL;

-- The bond of one user of a tenant to Calendly, which the tenant has asked for.
CREATE TABLE connections (
	id		uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	user_id		text NOT NULL CHECK (length(user_id) BETWEEN 1 AND 128),
	status		text NOT NULL CHECK (status IN ('connected',
			'needs_reauth', 'disconnecting', 'disconnected')),
	reason		text,		-- why it is not connected
	grant_id	uuid,		-- the live grant, or the one that needs
					-- a new consent; NULL: none
	capability	text NOT NULL DEFAULT 'unknown' CHECK (capability IN
			('ok', 'plan', 'role', 'scope', 'rejected',
			'unreadable', 'unknown')),	-- whether Calendly
							-- allows a webhook
	left_behind	text[] NOT NULL DEFAULT '{}',	-- URIs of what stays at
							-- Calendly
	erase		boolean NOT NULL DEFAULT false,	-- erase it after its
							-- teardown
	connected_at	timestamptz,
	updated_at	timestamptz NOT NULL DEFAULT now(),
	-- When its next regular check is due; at random, because those that are
	-- added together must not be checked together for good.
	next_check_at	timestamptz NOT NULL DEFAULT now()
			+ (0.8 + 0.4 * random()) * interval '1 day',
	-- When it was last checked because a delivery of its user was lost.
	lost_check_at	timestamptz,
	UNIQUE (tenant_id, user_id)
);
CREATE INDEX connections_by_grant ON connections (grant_id);
CREATE INDEX connections_to_check ON connections (next_check_at)
	WHERE status = 'connected';
SELECT keep_apart('connections', 'tenant_id');

-- The consent that a user has given at Calendly, with its pair of tokens.  It
-- is stored as "pending" as soon as the tokens have come, before it is known
-- which Calendly user they belong to.
CREATE TABLE grants (
	id		uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	connection_id	uuid REFERENCES connections ON DELETE CASCADE,
	account_id	bigint REFERENCES accounts,
	status		text NOT NULL CHECK (status IN ('pending', 'live',
			'needs_reauth', 'teardown', 'erased')),
	-- The Calendly user it belongs to, as Calendly says.
	user_uri	text,
	organization_uri text,
	email		text,
	name		text,
	timezone	text,
	scopes		text[] NOT NULL DEFAULT '{}',

	-- The pair of tokens.  "generation" counts the pairs that the grant has
	-- had, and is bound into the sealed values.
	generation	bigint NOT NULL DEFAULT 1,
	access_sealed	bytea,
	access_expires_at timestamptz,
	access_life_seconds integer,	-- as Calendly said; NULL: not known.
					-- The margin before a refresh depends
					-- on it
	refresh_sealed	bytea,

	-- The refresh lease, and the journal of the refresh.  If it was started
	-- and has no end, the outcome of the call is not known.
	refresh_owner	uuid,
	refresh_until	timestamptz,
	refresh_started_at timestamptz,
	refresh_not_before timestamptz,
	refresh_probes	integer NOT NULL DEFAULT 0,
	refreshed_at	timestamptz,	-- by a refresh or by a consent
	last_refresh_at	timestamptz,	-- by a refresh only: that a code could
					-- be exchanged does not prove that
					-- refreshes work
	-- How often in a row, and since when, the refresh token was refused for
	-- another reason than invalid_grant.  A new pair clears both.
	refusals	integer NOT NULL DEFAULT 0,
	refused_since	timestamptz,
	-- The body of a 200 to a refresh in which no pair could be read.  It
	-- may hold the only copy of the new tokens, so it is kept until a later
	-- answer tells what became of that refresh.
	unread_reply_sealed bytea,

	-- The work lease, held by a reconcile or a teardown.
	work_owner	uuid,
	work_until	timestamptz,
	work_fence	bigint NOT NULL DEFAULT 0,

	teardown_deadline timestamptz,
	-- The tokens came, and then the connect failed.  As long as its
	-- teardown has time, this grant is not erased in favour of another
	-- grant of the account.
	unusable	boolean NOT NULL DEFAULT false,
	-- What keeps the teardown from ending; NULL: nothing so far, or
	-- Calendly does not answer.
	trouble		text CHECK (trouble IN ('account_unknown',
			'account_in_use', 'revocation_refused')),

	-- When its subscription was last seen to be exactly as wished, and why
	-- no other one is made now (NULL: nothing keeps us from it).
	subscription_sound_at timestamptz,
	subscription_trouble text CHECK (subscription_trouble IN ('disabled',
			'gone', 'other_url', 'other_events',
			'other_organization', 'unconfirmed', 'too_many')),
	-- Since when there may have been no living subscription at Calendly;
	-- NULL: there is one.  When there is one again, the tenant is told of
	-- the gap and this is cleared.
	gap_since	timestamptz,

	created_at	timestamptz NOT NULL DEFAULT now(),
	updated_at	timestamptz NOT NULL DEFAULT now(),
	-- The secrets are erased with the end of the teardown.
	CHECK (status <> 'erased' OR (access_sealed IS NULL
	    AND refresh_sealed IS NULL)),
	-- A grant that serves a connection has an account; others may have
	-- none.
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
-- Indexes that find which master keys are in use.  Bytes 2 to 5 of a sealed
-- value are the id of its key.  Both tokens' ids are in one index, one after
-- the other.
CREATE INDEX grants_by_key ON grants ((coalesce(substr(access_sealed, 2, 4), '')
	|| coalesce(substr(refresh_sealed, 2, 4), '')))
	WHERE access_sealed IS NOT NULL OR refresh_sealed IS NOT NULL;
CREATE INDEX grants_unread_by_key ON grants (substr(unread_reply_sealed, 2, 4))
	WHERE unread_reply_sealed IS NOT NULL;
SELECT keep_apart('grants', 'tenant_id');

-- The two tables refer to each other, so one of the foreign keys can only be
-- added after both exist.
ALTER TABLE connections ADD FOREIGN KEY (grant_id) REFERENCES grants
	DEFERRABLE INITIALLY DEFERRED;

-- The last part of a callback URL, stored as a hash.  A retired endpoint
-- outlives its connection, so that Calendly gets 410 and not 404.
--
-- Whoever knows an endpoint's address can make it refuse a request.  So what is
-- noted about refusals is bounded: "refused_at" is written once an hour, a few
-- wrong signatures are counted, and their alarm is raised once an hour.
CREATE TABLE endpoints (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	connection_id	uuid REFERENCES connections ON DELETE SET NULL,
	grant_id	uuid REFERENCES grants ON DELETE SET NULL,
	hash		bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
	state		text NOT NULL DEFAULT 'live' CHECK (state IN ('live',
			'draining', 'retired')),
	drain_until	timestamptz,
	signing_key_sealed bytea,	-- NULL: Calendly gave it no key of its
					-- own
	-- When it last answered a delivery with an error (401 or 503), to the
	-- hour.  Calendly sends such a delivery again for a day if the
	-- subscription still exists, so the subscription must not be deleted
	-- before.
	refused_at	timestamptz,
	-- How many deliveries with a wrong signature have come since the last
	-- with a right one.  At three, where counting stops, the endpoint is
	-- suspected.  And when a reconcile was last asked to look into it.
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

-- A webhook subscription at Calendly: either asked for, or known to exist.
CREATE TABLE subscriptions (
	id		uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	grant_id	uuid NOT NULL REFERENCES grants ON DELETE CASCADE,
	endpoint_id	bigint NOT NULL REFERENCES endpoints,
	organization_uri text NOT NULL,
	events		text[] NOT NULL,
	uri		text,		-- NULL: asked for, not known to exist
	-- URIs of further subscriptions that lead to the same endpoint, and
	-- former values of "uri", as long as Calendly has not confirmed that
	-- they are gone.
	other_uris	text[] NOT NULL DEFAULT '{}',
	state		text NOT NULL DEFAULT 'creating' CHECK (state IN
			('creating', 'active', 'replaced', 'deleted')),
	-- SHA-256 of what was wished for when it was made (BACKEND_URL, the
	-- organization and the kinds of events).  Making another one for the
	-- same wish is damped; for another wish it may be tried at once.
	wish		bytea CHECK (length(wish) = 32),
	-- SHA-256 of BACKEND_URL and the callback URL as Calendly's 201 spelled
	-- it, if that differs from what was asked for.
	callback_hash	bytea CHECK (length(callback_hash) = 32),
	-- When Calendly's list last showed it as active, with no delivery being
	-- sent again (NULL: never since it was made).  And, if its URI is not
	-- known, since when complete lists have not shown it.
	seen_at		timestamptz,
	missing_since	timestamptz,
	-- Since when Calendly has been sending deliveries again, or their
	-- signatures have been wrong (NULL: all is well).  And when deliveries
	-- last came through again: what was sent again before that does not
	-- count any more.
	failing_since	timestamptz,
	recovered_at	timestamptz,
	-- When its successor became active, and whether it is kept at Calendly
	-- for 25 more hours because its deliveries may still be sent again.
	replaced_at	timestamptz,
	drains		boolean NOT NULL DEFAULT false,
	-- When Calendly itself said that the last of its URIs is gone.  A row
	-- that is 'deleted' without this was only missing from one list.
	gone_at		timestamptz,
	created_at	timestamptz NOT NULL DEFAULT now(),
	updated_at	timestamptz NOT NULL DEFAULT now()
);
-- A grant has at most one current subscription.
CREATE UNIQUE INDEX subscriptions_one_active ON subscriptions (grant_id)
	WHERE state = 'active';
CREATE INDEX subscriptions_by_grant ON subscriptions (grant_id);
CREATE INDEX subscriptions_by_endpoint ON subscriptions (endpoint_id);
CREATE INDEX subscriptions_failing ON subscriptions (grant_id)
	WHERE failing_since IS NOT NULL;
SELECT keep_apart('subscriptions', 'tenant_id');

GRANT SELECT, INSERT, UPDATE, DELETE
	ON connections, grants, endpoints, subscriptions TO calendlyd_runtime;
