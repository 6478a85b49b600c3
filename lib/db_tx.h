/*
 * db_tx: transactions.  For lib/db*.c alone.
 *
 * BEGIN is not sent by itself: it waits for the transaction's first statement
 * and goes with it, in one round trip.  What goes before that statement
 * changes nothing, so if the connection turns out to be lost before its turn
 * has come, all of it is sent once more on a new one.
 */
#ifndef LIB_DB_TX_H
#define LIB_DB_TX_H

#include <stdbool.h>

#include <libpq-fe.h>

#include "lib/err.h"

struct db;
struct db_query;

/* Begun, but the server has not been told yet. */
bool		db_tx_is_due(const struct db *);
/* Begun, and nothing can be done in it any more. */
bool		db_tx_is_lost(const struct db *);
/* Tell the server, and send it this statement, unless NULL. */
enum cal_err	db_tx_open(struct db *, const struct db_query *, PGresult **)
		    ERR_CHECK;

#endif
