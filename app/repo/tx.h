/*
 * tx: a transaction that sees one tenant's rows and no others.
 *
 * Row-level security keeps tenants apart: PostgreSQL shows a transaction only
 * the rows of the tenant that the transaction has named.  A function that reads
 * or writes a tenant's rows takes a struct tx, and tx_begin() and tx_enter()
 * make one only for a given tenant, so code that forgets the tenant does not
 * compile.  The struct lives on the stack of the function that begins the
 * transaction:
 *
 *	struct tx	 tx;
 *
 *	if ((rc = tx_begin(&tx, db, mem, tenant_id)) != CAL_OK)
 *		return rc;
 *	return tx_end(&tx, grant_load(&tx, id, g));
 */
#ifndef APP_REPO_TX_H
#define APP_REPO_TX_H

#include "lib/db.h"
#include "lib/err.h"

struct arena;

struct tx {
	struct db	*db;
	struct arena	*mem;		/* holds what is read in it */
	const char	*tenant_id;	/* decimal */
};

enum cal_err	tx_begin(struct tx *, struct db *, struct arena *,
		    const char *tenant_id) ERR_CHECK;
/*
 * Sets the tenant of the transaction that is open already.  It may have begun
 * without a tenant, or with another one; from now on it is this tenant's.
 */
enum cal_err	tx_enter(struct tx *, struct db *, struct arena *,
		    const char *tenant_id) ERR_CHECK;

/* Commits if "rc" is CAL_OK, else rolls back; see db_end(). */
static inline ERR_CHECK enum cal_err
tx_end(struct tx *tx, enum cal_err rc)
{
	return db_end(tx->db, rc);
}

/*
 * Ends a transaction that has only read, by a ROLLBACK whose answer is not
 * waited for; see db_leave().  Returns "rc".
 */
static inline ERR_CHECK enum cal_err
tx_leave(struct tx *tx, enum cal_err rc)
{
	db_leave(tx->db);
	return rc;
}

/* For app/repo/ alone: db_run() and db_one() in this transaction. */
enum cal_err	tx_run(struct tx *, struct db_query, struct db_rows *)
		    ERR_CHECK;
enum cal_err	tx_one(struct tx *, struct db_query, struct db_rows *)
		    ERR_CHECK;

#endif
