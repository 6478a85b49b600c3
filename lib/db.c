/*
 * db: see db.h.
 *
 * This file runs statements.  db_tx.c does transactions, db_conn.c the
 * connection, db_value.c arguments and cells.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "lib/arena.h"
#include "lib/db.h"
#include "lib/db_conn.h"
#include "lib/db_send.h"
#include "lib/db_tx.h"
#include "lib/fault.h"

const char *
db_sqlstate(const struct db *db)
{
	return db->sqlstate;
}

const char *
db_failure(const struct db *db)
{
	return db->failure;
}

long
db_set_limit(struct db *db, long ms)
{
	const long	 last = db->limit_ms;

	db->limit_ms = ms;
	db->hurried = false;
	return last;
}

long
db_hurry(struct db *db, long ms)
{
	const long	 last = db_set_limit(db, ms);

	db->hurried = true;
	return last;
}

long
db_set_lock_limit(struct db *db, long ms)
{
	const long	 last = db->lock_ms;

	db->lock_ms = ms;
	return last;
}

bool
db_was_locked(const struct db *db)
{
	return strcmp(db->sqlstate, DB_LOCKED) == 0;
}

void
db_set_meanwhile(struct db *db, void (*meanwhile)(void *, int, short, long),
    void *arg)
{
	db->meanwhile = meanwhile;
	db->meanwhile_arg = arg;
}

void
db_set_watch(struct db *db, const struct db_watch *watch)
{
	db->watch = watch;
}

static enum cal_err
send_once(struct db *db, const struct db_query *q, PGresult **res)
{
	enum cal_err	 rc;

	if ((rc = db_connect(db)) != CAL_OK ||
	    (rc = db_send_prepare(db, q->stmt)) != CAL_OK)
		return rc;
	return db_conn_finish(db, db_send(db, q),
	    db->stmt[q->stmt].name, res);
}

/*
 * Sends a statement, and once more if the connection was lost and the statement
 * may be repeated: see db.h.
 */
static enum cal_err
send_query(struct db *db, const struct db_query *q, PGresult **res)
{
	enum cal_err	 rc;

	*res = NULL;
	if (db_tx_is_due(db))
		return db_tx_open(db, q, res);
	rc = send_once(db, q, res);
	if (rc == CAL_UNAVAILABLE && db->conn == NULL &&
	    !db_in_transaction(db) && db->stmt[q->stmt].again)
		rc = send_once(db, q, res);
	return rc;
}

static void
copy_rows(struct arena *mem, const PGresult *res, struct db_rows *rows)
{
	const char	*affected;
	int		*len;
	int		 i, n;

	rows->ncol = PQnfields(res);
	rows->n = PQntuples(res);
	n = rows->n * rows->ncol;
	rows->cell = arena_array(mem, (size_t)n, sizeof(*rows->cell));
	len = arena_array(mem, (size_t)n, sizeof(*len));
	for (i = 0; i < n; i++) {
		int	 row = i / rows->ncol, col = i % rows->ncol;

		len[i] = PQgetlength(res, row, col);
		if (!PQgetisnull(res, row, col))
			rows->cell[i] = arena_ndup(mem,
			    PQgetvalue(res, row, col), (size_t)len[i]);
	}
	if (PQbinaryTuples(res))
		rows->len = len;
	affected = PQcmdTuples((PGresult *)(uintptr_t)res);
	if (rows->ncol == 0 && affected[0] != '\0')
		rows->n = (int)strtol(affected, NULL, 10);
}

enum cal_err
db_run(struct db *db, struct arena *mem, struct db_query q,
    struct db_rows *rows)
{
	const char	*name = db->stmt[q.stmt].name;
	const bool	 in_transaction = db_in_transaction(db);
	PGresult	*res;
	enum cal_err	 rc;

	if (rows != NULL)
		memset(rows, 0, sizeof(*rows));
	if (db_tx_is_lost(db))
		return CAL_UNAVAILABLE;
	if (!in_transaction)
		db->sqlstate[0] = db->failure[0] = '\0';
	if ((rc = db_send_check(db, &q)) != CAL_OK)
		return rc;
	FAULT(fault_statement("before", name, in_transaction));
	rc = send_query(db, &q, &res);
	if (rc == CAL_OK)
		rc = db_conn_check_warning(db, name);
	if (rc == CAL_OK && rows != NULL)
		copy_rows(mem, res, rows);
	PQclear(res);
	FAULT(fault_statement("after", name, in_transaction));
	return rc;
}

enum cal_err
db_one(struct db *db, struct arena *mem, struct db_query q,
    struct db_rows *rows)
{
	enum cal_err	 rc;

	if ((rc = db_run(db, mem, q, rows)) != CAL_OK)
		return rc;
	return rows->n == 0 ? CAL_NOTFOUND : CAL_OK;
}

enum cal_err
db_script(struct db *db, const char *sql, const char *name)
{
	enum cal_err	 rc;

	if (db_tx_is_lost(db))
		return CAL_UNAVAILABLE;
	if (db_tx_is_due(db))
		rc = db_tx_open(db, NULL, NULL);
	else
		rc = db_connect(db);
	if (rc != CAL_OK)
		return rc;
	return db_conn_finish(db, PQsendQuery(db->conn, sql), name, NULL);
}

enum cal_err
db_prepare_all(struct db *db)
{
	enum cal_err	 rc;
	size_t		 i;

	if ((rc = db_connect(db)) != CAL_OK)
		return rc;
	for (i = 0; i < db->nstmt && rc == CAL_OK; i++)
		rc = db_send_prepare(db, (int)i);
	return rc;
}
