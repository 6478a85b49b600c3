/*
 * endpoints: a database with an endpoint of every kind, and statements that
 * show and change what is stored of the endpoints.
 */
#ifndef T_REPO_ENDPOINTS_H
#define T_REPO_ENDPOINTS_H

#include "t/repo/helper.h"

#include "app/repo/delivery.h"
#include "app/repo/failing.h"
#include "app/repo/refused.h"
#include "app/repo/tx.h"

/*
 * The database has one connection with a grant, and an endpoint for each state
 * that an endpoint and the subscription that calls it may have.  Nine more
 * connections have no grant.
 */
static const char	world[] =
    "INSERT INTO tenants (name) VALUES ('anna');"
    "INSERT INTO accounts (user_uuid) VALUES ('olivia');"
    "INSERT INTO connections (id, tenant_id, user_id, status)"
    " SELECT md5('c')::uuid, id, 'u1', 'connected' FROM tenants;"
    "INSERT INTO connections (tenant_id, user_id, status)"
    " SELECT id, 'v' || n, 'connected' FROM tenants,"
    "    generate_series(1, 9) n;"
    "INSERT INTO grants (id, tenant_id, connection_id, account_id, status,"
    "    user_uri, organization_uri)"
    " SELECT md5('g')::uuid, t.id, md5('c')::uuid, a.id, 'live', 'u', 'o'"
    "   FROM tenants t, accounts a;"
    "UPDATE connections SET grant_id = md5('g')::uuid"
    "  WHERE id = md5('c')::uuid;"
    "INSERT INTO endpoints (tenant_id, connection_id, grant_id, hash, state,"
    "    drain_until)"
    " SELECT t.id, CASE WHEN e.name <> 'erased' THEN md5('c')::uuid END,"
    "    CASE WHEN e.name <> 'erased' THEN md5('g')::uuid END,"
    "    sha256(e.name::bytea), e.state, now() + hours * interval '1 hour'"
    "   FROM tenants t, (VALUES"
    "    ('live', 'live', NULL), ('new', 'live', NULL),"
    "    ('drains', 'draining', 1),"
    "    ('drains, gone', 'draining', 1),"
    "    ('late', 'draining', -1), ('late, creating', 'draining', -1),"
    "    ('late, gone', 'draining', -1), ('late, unknown', 'draining', -1),"
    "    ('retired', 'retired', NULL), ('erased', 'live', NULL)"
    "   ) e (name, state, hours);"
    "INSERT INTO subscriptions (tenant_id, grant_id, endpoint_id,"
    "    organization_uri, events, state, uri)"
    " SELECT e.tenant_id, md5('g')::uuid, e.id, 'o', '{x}', s.state, 's'"
    "   FROM endpoints e JOIN (VALUES ('live', 'active'),"
    "    ('new', 'creating'), ('drains', 'replaced'),"
    "    ('drains, gone', 'deleted'), ('late', 'replaced'),"
    "    ('late, creating', 'creating'), ('late, gone', 'deleted'),"
    "    ('retired', 'replaced')) s (name, state)"
    "     ON e.hash = sha256(s.name::bytea)";

enum { NOTED, WRITES, AGE, SPREAD, LOST, DELIVER, STATE, JOBS, NSTMT };

/* These statements run as the owner, who sees the rows of all tenants. */
static const struct db_stmt	looks[NSTMT] = {
	[NOTED] = {
		.name = "noted",
		.nparam = 1,
		.sql =
		    "SELECT wrong_signatures, refused_at IS NOT NULL,"
		    "       suspected_at IS NOT NULL, id, xmin"
		    "  FROM endpoints WHERE hash = sha256($1::bytea)",
	},
	[AGE] = {
		.name = "age",
		.sql =
		    "UPDATE endpoints"
		    "   SET suspected_at = suspected_at - interval '61 minutes'",
	},
	[SPREAD] = {
		.name = "spread",
		.sql =
		    "SELECT count(*) FROM connections"
		    " WHERE next_check_at < now() + interval '61 minutes'",
	},
	[LOST] = {
		.name = "lost",
		.sql =
		    "UPDATE deployment"
		    "   SET spread_at = spread_at - interval '25 hours',"
		    "       lost_at = lost_at - interval '25 hours',"
		    "       lost_told_at = lost_told_at - interval '61 minutes'",
	},
	[DELIVER] = {
		.name = "deliver",
		.nparam = 1,
		.sql =
		    "INSERT INTO deliveries_in (event_id, tenant_id,"
		    "       connection_id, endpoint_id, signed_with, body)"
		    " SELECT gen_random_uuid(), tenant_id, connection_id, id,"
		    "       1, '' FROM endpoints WHERE hash = sha256($1::bytea)"
		    " RETURNING event_id",
	},
	[STATE] = {
		.name = "state",
		.nparam = 2,
		.sql =
		    "UPDATE subscriptions SET state = $2 WHERE endpoint_id ="
		    " (SELECT id FROM endpoints WHERE hash = sha256($1::bytea))"
		    " RETURNING id",
	},
	[JOBS] = {
		.name = "jobs",
		.sql = "SELECT coalesce(sum(wanted), 0) FROM jobs",
	},
	[WRITES] = {
		.name = "deployment",
		.sql =
		    "SELECT lost_deliveries, ingest_refused_at, xmin"
		    "  FROM deployment",
	},
};

static struct db	*db, *owner;

static inline const char *
one(struct db_query q, int column)
{
	struct db_rows	 rows;

	ok(db_one(owner, mem, q, &rows));
	return arena_dup(mem, db_cell(&rows, 0, column) == NULL ? "" :
	    db_cell(&rows, 0, column));
}

static inline struct endpoint
met(const char *name)
{
	struct endpoint	 e;

	ok(endpoint_meet(db, mem, crypto_hash_text(mem, name), &e));
	return e;
}

static inline const char *
noted(const char *name, int column)
{
	return one(DB_QUERY(NOTED, db_text(name)), column);
}

/*
 * Stores a delivery with a right signature, and does what a runner does once it
 * has seen such a delivery.
 */
static inline void
right(const char *name)
{
	const char	*event = one(DB_QUERY(DELIVER, db_text(name)), 0);
	struct failing_ended	 ended;
	struct heard		*h;
	struct tx	 tx;
	int			 n;

	ok(deliveries_heard(db, mem, &event, 1, &h, &n));
	if (n == 0)
		return;
	assert_int_equal(n, 1);
	ok(tx_begin(&tx, db, mem, h->tenant_id));
	ok(endpoint_trust(&tx, h->endpoint_id));
	ok(tx_end(&tx, failing_end(&tx, h->grant_id, h->endpoint_id,
	    &ended)));
}

static inline int
setup(void **state)
{
	if (group_setup(state) != 0)
		return -1;
	script(world);
	db = open_runtime();
	owner = open_as(owner_url(), looks, NSTMT);
	return 0;
}

static inline int
teardown(void **state)
{
	db_free(db);
	db_free(owner);
	return group_teardown(state);
}

#define run_with_endpoints(tests)					\
	(cmocka_set_message_output(CM_OUTPUT_TAP),			\
	    cmocka_run_group_tests(tests, setup, teardown))

#endif
