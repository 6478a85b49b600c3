-- Requests that are done only once.

-- An answer to a request with an Idempotency-Key, to be given again.  It is
-- written in the transaction of what the request changed, so a change and its
-- answer are there together or not at all.
CREATE TABLE idempotency_keys (
	id		uuid PRIMARY KEY,
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	key_hash	bytea NOT NULL,
	request_hash	bytea NOT NULL,	-- of method, address and body
	status		integer NOT NULL,
	answer_sealed	bytea NOT NULL,	-- it may hold a secret
	created_at	timestamptz NOT NULL DEFAULT now(),
	UNIQUE (tenant_id, key_hash)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
SELECT keep_apart('idempotency_keys', 'tenant_id');

GRANT SELECT, INSERT, UPDATE ON idempotency_keys TO calendlyd_runtime;
