/*
 * db_send: sends statements of the table to the server.  For lib/db*.c alone.
 */
#ifndef LIB_DB_SEND_H
#define LIB_DB_SEND_H

#include "lib/db.h"
#include "lib/err.h"

/*
 * Checks that there are as many arguments as parameters.  CAL_INTERNAL, which
 * is logged: there are not.
 */
enum cal_err	db_send_check(const struct db *, const struct db_query *)
		    ERR_CHECK;
/* Prepares statement number "stmt" on this connection, unless it is already. */
enum cal_err	db_send_prepare(struct db *, int stmt) ERR_CHECK;
/*
 * Sends a prepared statement and does not wait for the answer.  Returns what
 * libpq returns: 1, or 0 if it failed.
 */
int		db_send(struct db *, const struct db_query *);

#endif
