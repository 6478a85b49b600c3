-- What Calendly holds for a grant, and what becomes of it when it is repaired.

GRANT CREATE ON SCHEMA public TO calendlyd_definer;

-- Further URIs of subscriptions that lead to the same endpoint, or that this
-- row's uri once was, and whose end Calendly has not confirmed.
ALTER TABLE subscriptions ADD COLUMN other_uris text[] NOT NULL DEFAULT '{}';

-- When Calendly itself said that the last of them is gone.  A row that is
-- 'deleted' without it was only missing from a list once.
ALTER TABLE subscriptions ADD COLUMN gone_at timestamptz;

-- SHA-256 of BACKEND_URL and the callback URL as Calendly's 201 spelled it,
-- where that is not as it was asked for.
ALTER TABLE subscriptions ADD COLUMN callback_hash bytea
	CHECK (length(callback_hash) = 32);

-- SHA-256 of what was wished for when it was made (BACKEND_URL, the kinds of
-- events): another wish may be tried at once, the same one is damped.
ALTER TABLE subscriptions ADD COLUMN wish bytea CHECK (length(wish) = 32);

-- Since when complete lists have not shown one whose URI is not known.
ALTER TABLE subscriptions ADD COLUMN missing_since timestamptz;

-- When its successor became active; and whether it stays at Calendly for 25
-- hours from then on, because Calendly may still retry deliveries to it.
ALTER TABLE subscriptions ADD COLUMN replaced_at timestamptz;
ALTER TABLE subscriptions ADD COLUMN drains boolean NOT NULL DEFAULT false;

-- When the grant's subscription was last seen to be just as wished; and why
-- another one is not made now, NULL: nothing keeps us from it.
ALTER TABLE grants ADD COLUMN subscription_sound_at timestamptz;
ALTER TABLE grants ADD COLUMN subscription_trouble text
	CHECK (subscription_trouble IN ('disabled', 'gone', 'other_url',
	    'other_events', 'other_organization', 'unconfirmed', 'too_many'));

-- Does any tenant know an endpoint of this hash?  Only yes or no leaves here.
CREATE FUNCTION endpoint_known(endpoint_hash bytea) RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT EXISTS (SELECT FROM endpoints e WHERE e.hash = endpoint_hash)
$$;
SELECT look_across('endpoint_known(bytea)');

REVOKE CREATE ON SCHEMA public FROM calendlyd_definer;
