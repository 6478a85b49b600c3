/*
 * db_tx: transactions.  For lib/db*.c alone.
 *
 * BEGIN is not sent by itself: it waits for the transaction's first statement
 * and is sent with it, in one round trip.  What is sent before that statement
 * changes nothing that lasts.  So if the connection is lost before the
 * statement is reached, everything is sent once more on a new connection.
 */
#ifndef LIB_DB_TX_H
#define LIB_DB_TX_H

#include <stdbool.h>

#include <libpq-fe.h>

#include "lib/err.h"

struct db;
struct db_query;

/* Tells whether a transaction was begun but BEGIN was not sent yet. */
bool		db_tx_is_due(const struct db *);
/*
 * Tells whether there is a transaction in which nothing can be done any more.
 */
bool		db_tx_is_lost(const struct db *);
/*
 * Sends BEGIN, and with it the first statement unless that is NULL, and reads
 * their answers.
 */
enum cal_err	db_tx_open(struct db *, const struct db_query *, PGresult **)
		    ERR_CHECK;

#endif
