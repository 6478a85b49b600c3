/*
 * db: see db.h.  This file runs statements; db_conn.c knows the connection,
 * db_value.c what goes in and comes out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "lib/arena.h"
#include "lib/db.h"
#include "lib/db_conn.h"
#include "lib/fault.h"
#include "lib/log.h"

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
db_set_watch(struct db *db, const struct db_watch *watch)
{
	db->watch = watch;
}

bool
db_in_transaction(const struct db *db)
{
	return db->in_transaction;
}

static enum cal_err
prepare(struct db *db, int n)
{
	const struct db_stmt	*st = &db->stmt[n];
	enum cal_err		 rc;

	if (db->prepared[n])
		return CAL_OK;
	rc = db_conn_finish(db, PQsendPrepare(db->conn, st->name, st->sql,
	    st->nparam, NULL), st->name, NULL);
	db->prepared[n] = rc == CAL_OK;
	return rc;
}

static enum cal_err
send_once(struct db *db, const struct db_query *q, PGresult **res)
{
	enum { MOST = 24 };
	const struct db_stmt	*st = &db->stmt[q->stmt];
	const char		*value[MOST];
	int			 len[MOST], format[MOST];
	enum cal_err		 rc;
	int			 i;

	*res = NULL;
	if (q->n != st->nparam || q->n > MOST) {
		log_warn("database: %s: %d arguments for its %d parameters",
		    st->name, q->n, st->nparam);
		return CAL_INTERNAL;
	}
	if ((rc = db_connect(db)) != CAL_OK ||
	    (rc = prepare(db, q->stmt)) != CAL_OK)
		return rc;
	for (i = 0; i < q->n; i++) {
		value[i] = q->args[i].p;
		len[i] = q->args[i].len;
		format[i] = q->args[i].binary;
	}
	return db_conn_finish(db, PQsendQueryPrepared(db->conn, st->name,
	    q->n, value, len, format, st->raw), st->name, res);
}

/*
 * A wait for a synchronous standby that was cut short ends in a success with a
 * warning: it is committed at this server, and perhaps nowhere else.
 */
static enum cal_err
check_warning(struct db *db, const char *which)
{
	if (!db->warned)
		return CAL_OK;
	log_warn("database: %s: done with a warning: it may not be at the "
	    "standby: taken for not done", which);
	return CAL_UNAVAILABLE;
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
	const struct db_stmt	*st = &db->stmt[q.stmt];
	PGresult		*res;
	enum cal_err		 rc;
	bool			 in_transaction = db->in_transaction;

	if (rows != NULL)
		memset(rows, 0, sizeof(*rows));
	if (in_transaction && db->conn == NULL)
		return CAL_UNAVAILABLE;
	if (!in_transaction)
		db->sqlstate[0] = db->failure[0] = '\0';
	FAULT(fault_statement("before", st->name, in_transaction));
	rc = send_once(db, &q, &res);
	if (rc == CAL_UNAVAILABLE && db->conn == NULL && !in_transaction &&
	    st->again)
		rc = send_once(db, &q, &res);
	if (rc == CAL_OK)
		rc = check_warning(db, st->name);
	if (rc == CAL_OK && rows != NULL)
		copy_rows(mem, res, rows);
	PQclear(res);
	FAULT(fault_statement("after", st->name, in_transaction));
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

static enum cal_err
command(struct db *db, const char *sql)
{
	return db_conn_finish(db, PQsendQuery(db->conn, sql), sql, NULL);
}

/*
 * The limit goes with the transaction: a pooler may give the connection to
 * others after it.
 */
static enum cal_err
begin(struct db *db)
{
	char	 sql[64];

	(void)snprintf(sql, sizeof(sql), "BEGIN; SET LOCAL lock_timeout = %ld",
	    db->lock_ms);
	return db_conn_finish(db, PQsendQuery(db->conn, db->lock_ms == 0 ?
	    "BEGIN" : sql), "BEGIN", NULL);
}

enum cal_err
db_begin(struct db *db)
{
	enum cal_err	 rc;

	if (db->in_transaction) {
		log_warn("database: BEGIN: a transaction is open already");
		return CAL_INTERNAL;
	}
	if ((rc = db_connect(db)) != CAL_OK)
		return rc;
	rc = begin(db);
	if (rc != CAL_OK && db->conn == NULL &&
	    (rc = db_connect(db)) == CAL_OK)
		rc = begin(db);
	if (rc == CAL_OK)
		db->sqlstate[0] = db->failure[0] = '\0';
	db->in_transaction = rc == CAL_OK;
	return rc;
}

enum cal_err
db_commit(struct db *db)
{
	enum cal_err	 rc;

	if (db->conn == NULL || !db->in_transaction) {
		db->in_transaction = false;
		return CAL_UNAVAILABLE;
	}
	/* A COMMIT of a failed transaction says ROLLBACK and succeeds. */
	if (PQtransactionStatus(db->conn) != PQTRANS_INTRANS) {
		log_warn("database: COMMIT: the transaction had failed");
		db_rollback(db);
		return CAL_INTERNAL;
	}
	db->in_transaction = false;
	FAULT(fault_commit("before"));
	db->committing = true;
	rc = command(db, "COMMIT");
	db->committing = false;
	FAULT(fault_commit("after"));
	return rc == CAL_OK ? check_warning(db, "COMMIT") : rc;
}

void
db_rollback(struct db *db)
{
	if (db->conn == NULL || !db->in_transaction) {
		db->in_transaction = false;
		return;
	}
	db->in_transaction = false;
	if (command(db, "ROLLBACK") != CAL_OK && db->conn != NULL)
		db_conn_drop(db);
}

enum cal_err
db_script(struct db *db, const char *sql, const char *name)
{
	enum cal_err	 rc;

	if (db->in_transaction && db->conn == NULL)
		return CAL_UNAVAILABLE;
	if ((rc = db_connect(db)) != CAL_OK)
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
		rc = prepare(db, (int)i);
	return rc;
}
