/*
 * grants: a tenant with grants, and two database connections that compete for
 * them as two processes would.
 */
#ifndef T_REPO_GRANTS_H
#define T_REPO_GRANTS_H

#include "t/repo/helper.h"

#include "app/repo/account.h"
#include "app/repo/connection.h"
#include "app/repo/grant.h"
#include "app/repo/ops.h"
#include "app/repo/teardown.h"
#include "app/repo/tx.h"

static const char *const	no_scopes[] = { NULL };

static const struct sealed_pair	pair = {
	.access = { "access", 6 },
	.refresh = { "refresh", 7 },
	.expires_in = 7200,
	.scopes = no_scopes,
};

static const char	*tenant;
static struct db	*a, *b;

/* Adds a tenant and returns its id. */
static inline const char *
new_tenant(void)
{
	struct db	*db = open_owner();
	const char	*id;

	ok(ops_tenant_add(db, mem, crypto_uuid(mem), NULL, &id));
	db_free(db);
	return id;
}

/* The tenant's transaction in this connection, once it has begun. */
#define tx_of(db)	(&(struct tx){ (db), mem, tenant })

static inline void
tenant_begins(struct db *db)
{
	struct tx	 tx;

	ok(tx_begin(&tx, db, mem, tenant));
}

/* Makes one call in a transaction of the tenant's; gives the call's result. */
#define in_tenant(db, deed)	(tenant_begins(db), db_end(db, deed))

/*
 * Adds a connection for a new user; returns its id, and the user's if wanted.
 */
static inline const char *
new_connection(struct db *db, const char **user_id)
{
	const char		*user = crypto_uuid(mem);
	struct connection	 c;

	tenant_begins(db);
	ok(connection_ensure(tx_of(db), user));
	ok(connection_lock(tx_of(db), user, &c));
	ok(db_commit(db));
	if (user_id != NULL)
		*user_id = user;
	return c.id;
}

/* Adds a live grant of a new connection, and returns it as it is read back. */
static inline struct grant
new_grant(struct db *db)
{
	const char	*id = crypto_uuid(mem), *connection, *account;
	struct grant	 g;

	connection = new_connection(db, NULL);
	ok(account_intern(db, mem, id, &account));
	tenant_begins(db);
	ok(grant_add(tx_of(db), id, account, "user", "organization", &pair));
	ok(grant_bind(tx_of(db), id, connection));
	ok(connection_mark_connected(tx_of(db), connection, id));
	ok(grant_load(tx_of(db), id, &g));
	ok(db_commit(db));
	return g;
}

static inline int
grants_setup(void **state)
{
	if (group_setup(state) != 0)
		return -1;
	tenant = new_tenant();
	a = open_runtime();
	b = open_runtime();
	return 0;
}

static inline int
grants_teardown(void **state)
{
	db_free(a);
	db_free(b);
	return group_teardown(state);
}

#endif
