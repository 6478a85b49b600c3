/*
 * db_send: see db_send.h.
 */
#include <libpq-fe.h>

#include "lib/db_conn.h"
#include "lib/db_send.h"
#include "lib/log.h"

enum { MOST = 32 };			/* most parameters of one statement */

enum cal_err
db_send_check(const struct db *db, const struct db_query *q)
{
	const struct db_stmt	*st = &db->stmt[q->stmt];

	if (q->n == st->nparam && q->n <= MOST)
		return CAL_OK;
	log_warn("database: %s: %d arguments for its %d parameters",
	    st->name, q->n, st->nparam);
	return CAL_INTERNAL;
}

enum cal_err
db_send_prepare(struct db *db, int n)
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

int
db_send(struct db *db, const struct db_query *q)
{
	const struct db_stmt	*st = &db->stmt[q->stmt];
	const char		*value[MOST];
	int			 len[MOST], format[MOST];
	int			 i;

	for (i = 0; i < q->n; i++) {
		value[i] = q->args[i].p;
		len[i] = q->args[i].len;
		format[i] = q->args[i].binary;
	}
	return PQsendQueryPrepared(db->conn, st->name, q->n, value, len, format,
	    st->raw);
}
