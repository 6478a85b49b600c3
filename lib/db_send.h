/*
 * db_send: statements of the table, on their way to the server.  For
 * lib/db*.c alone.
 */
#ifndef LIB_DB_SEND_H
#define LIB_DB_SEND_H

#include "lib/db.h"
#include "lib/err.h"

/* Are there as many arguments as parameters?  Logged if not. */
enum cal_err	db_send_check(const struct db *, const struct db_query *)
		    ERR_CHECK;
/* The server knows statement number "stmt" from now on. */
enum cal_err	db_send_prepare(struct db *, int stmt) ERR_CHECK;
/* Sends it, prepared, and does not wait: what libpq says to that. */
int		db_send(struct db *, const struct db_query *);

#endif
