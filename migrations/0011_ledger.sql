-- The books of deliveries: what was accepted is applied, superseded, flagged
-- or pending, counted minute by minute from the rows themselves.

CREATE TABLE ledger (
	tenant_id	bigint NOT NULL REFERENCES tenants ON DELETE CASCADE,
	minute		timestamptz NOT NULL,	-- when they were received
	accepted	bigint NOT NULL,
	applied		bigint NOT NULL,
	superseded	bigint NOT NULL,
	flagged		bigint NOT NULL,
	pending		bigint NOT NULL,	-- parked ones among them
	missing		bigint NOT NULL,	-- must be 0
	checked_at	timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant_id, minute)
);
SELECT keep_apart('ledger', 'tenant_id');

GRANT SELECT ON ledger TO calendlyd_runtime;
