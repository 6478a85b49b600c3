/*
 * db_tx: see db_tx.h.
 */
#include <stdio.h>
#include <string.h>

#include <libpq-fe.h>

#include "lib/arena.h"
#include "lib/db.h"
#include "lib/db_conn.h"
#include "lib/db_doubt.h"
#include "lib/db_send.h"
#include "lib/db_tx.h"
#include "lib/fault.h"
#include "lib/log.h"

static const char LOCK_LIMIT[] = "SET LOCAL lock_timeout";

bool
db_in_transaction(const struct db *db)
{
	return db->tx != DB_TX_NONE;
}

bool
db_tx_is_due(const struct db *db)
{
	return db->tx == DB_TX_DUE;
}

bool
db_tx_is_lost(const struct db *db)
{
	return db->tx == DB_TX_LOST ||
	    (db->tx == DB_TX_OPEN && db->conn == NULL);
}

/*
 * Sends a command in libpq's pipeline mode: commands go out together, and after
 * one that fails the server skips the others.
 */
static int
send_command(struct db *db, const char *sql)
{
	return PQsendQueryParams(db->conn, sql, 0, NULL, NULL, NULL, NULL, 0);
}

/*
 * The limit is set for the transaction only, because a pooler may give the
 * connection to others afterwards.
 */
static int
send_lock_limit(struct db *db)
{
	char	 sql[64];

	(void)snprintf(sql, sizeof(sql), "%s = %ld", LOCK_LIMIT,
	    db->tx_lock_ms);
	return send_command(db, sql);
}

/*
 * If no answer comes in time, either the server hangs or the first statement
 * takes long.  If the server itself ends statements that take too long, it must
 * be the server.  Otherwise we ask for the answer to BEGIN before the statement
 * is run, which tells the two apart, at the cost of waking up twice.
 */
static int
send_mark(struct db *db)
{
	return db_doubt_ends_statements(db) || PQsendFlushRequest(db->conn);
}

static int
send_all(struct db *db, const struct db_query *first)
{
	return PQenterPipelineMode(db->conn) &&
	    send_command(db, "BEGIN") &&
	    (db->tx_lock_ms == 0 || send_lock_limit(db)) &&
	    (db->tx_with == NULL || db_send(db, db->tx_with)) &&
	    (first == NULL || (send_mark(db) && db_send(db, first))) &&
	    PQpipelineSync(db->conn);
}

static enum cal_err
finish_begin(struct db *db, int sent)
{
	enum cal_err	 rc;

	rc = db_conn_finish(db, sent, "BEGIN", NULL);
	if (rc == CAL_OK && db->tx_lock_ms != 0)
		rc = db_conn_finish(db, true, LOCK_LIMIT, NULL);
	if (rc == CAL_OK && db->tx_with != NULL)
		rc = db_conn_finish(db, true, db->stmt[db->tx_with->stmt].name,
		    NULL);
	return rc;
}

static enum cal_err
prepare_both(struct db *db, const struct db_query *first)
{
	enum cal_err	 rc = CAL_OK;

	if (db->tx_with != NULL)
		rc = db_send_prepare(db, db->tx_with->stmt);
	if (rc == CAL_OK && first != NULL)
		rc = db_send_prepare(db, first->stmt);
	return rc;
}

/*
 * Sends BEGIN and "first" once.  "begun" is set if all that goes before "first"
 * has succeeded.
 */
static enum cal_err
try_open(struct db *db, const struct db_query *first, PGresult **res,
    bool *begun)
{
	enum cal_err	 rc;

	if ((rc = prepare_both(db, first)) != CAL_OK)
		return rc;
	rc = finish_begin(db, send_all(db, first));
	*begun = rc == CAL_OK;
	if (rc == CAL_OK && first != NULL)
		rc = db_conn_finish(db, true, db->stmt[first->stmt].name, res);
	return db_conn_end_pipeline(db, rc);
}

enum cal_err
db_tx_open(struct db *db, const struct db_query *first, PGresult **res)
{
	enum cal_err	 rc;
	bool		 begun = false;

	if ((rc = db_connect(db)) == CAL_OK)
		rc = try_open(db, first, res, &begun);
	if (rc != CAL_OK && db->conn == NULL && !begun &&
	    (rc = db_connect(db)) == CAL_OK)
		rc = try_open(db, first, res, &begun);
	db->tx = begun ? DB_TX_OPEN : DB_TX_LOST;
	if (rc == CAL_OK)
		db->sqlstate[0] = db->failure[0] = '\0';
	return rc;
}

static enum cal_err
note_begin(struct db *db, const struct db_query *with)
{
	enum cal_err	 rc;

	if (db->tx != DB_TX_NONE) {
		log_warn("database: BEGIN: a transaction is open already");
		return CAL_INTERNAL;
	}
	if ((rc = db_connect(db)) != CAL_OK)
		return rc;
	db->sqlstate[0] = db->failure[0] = '\0';
	db->tx = DB_TX_DUE;
	db->tx_lock_ms = db->lock_ms;
	db->tx_with = with;
	return CAL_OK;
}

enum cal_err
db_begin(struct db *db)
{
	return note_begin(db, NULL);
}

enum cal_err
db_begin_with(struct db *db, struct arena *mem, struct db_query q)
{
	struct db_query	*with = arena_alloc(mem, sizeof(*with));
	struct db_arg	*kept = arena_array(mem, (size_t)q.n, sizeof(*kept));
	enum cal_err	 rc;
	int		 i;

	if ((rc = db_send_check(db, &q)) != CAL_OK)
		return rc;
	for (i = 0; i < q.n; i++) {
		kept[i] = q.args[i];
		if (kept[i].p != NULL)
			kept[i].p = arena_ndup(mem, kept[i].p,
			    kept[i].binary ? (size_t)kept[i].len :
			    strlen(kept[i].p));
	}
	*with = (struct db_query){ q.stmt, q.n, kept };
	return note_begin(db, with);
}

static enum cal_err
run_command(struct db *db, const char *sql)
{
	return db_conn_finish(db, PQsendQuery(db->conn, sql), sql, NULL);
}

enum cal_err
db_commit(struct db *db)
{
	const enum db_tx	 was = db->tx;
	enum cal_err		 rc;

	db->tx = DB_TX_NONE;
	if (was == DB_TX_DUE)
		return CAL_OK;
	if (db->conn == NULL || was == DB_TX_NONE)
		return CAL_UNAVAILABLE;
	/* A COMMIT of a failed transaction says ROLLBACK and succeeds. */
	if (PQtransactionStatus(db->conn) != PQTRANS_INTRANS) {
		log_warn("database: COMMIT: the transaction had failed");
		db->tx = was;
		db_rollback(db);
		return CAL_INTERNAL;
	}
	FAULT(fault_commit("before"));
	db->committing = true;
	rc = run_command(db, "COMMIT");
	db->committing = false;
	FAULT(fault_commit("after"));
	return rc == CAL_OK ? db_conn_check_warning(db, "COMMIT") : rc;
}

void
db_rollback(struct db *db)
{
	db_leave(db);
	db_conn_left(db);
}

void
db_leave(struct db *db)
{
	const enum db_tx	 was = db->tx;

	db->tx = DB_TX_NONE;
	if (was == DB_TX_NONE || was == DB_TX_DUE || db->conn == NULL ||
	    PQtransactionStatus(db->conn) == PQTRANS_IDLE)
		return;
	/* If sending fails, db_conn_left() finds that out. */
	(void)PQsendQuery(db->conn, "ROLLBACK");
	db->leaving = true;
	/* What cannot be sent now would keep the transaction open. */
	if (PQflush(db->conn) != 0)
		db_conn_left(db);
}
