/*
 * db_conn: one connection to PostgreSQL: connecting, sending, waiting within a
 * time limit, and recording what failed.  For lib/db*.c alone.
 */
#ifndef LIB_DB_CONN_H
#define LIB_DB_CONN_H

#include <stdbool.h>

#include <libpq-fe.h>

#include "lib/db.h"
#include "lib/err.h"

enum {
	DB_SQLSTATE = 5 + 1,		/* a SQLSTATE and its NUL */
	DB_FAILURE = DB_SQLSTATE + 64,	/* and a statement's name */
	DB_HOST = 256,
};

/* The SQLSTATE of a lock that was not free in time. */
#define DB_LOCKED	"55P03"

struct db_query;

enum db_tx {
	DB_TX_NONE,
	DB_TX_DUE,			/* see db_tx.h */
	DB_TX_OPEN,
	DB_TX_LOST,			/* it could not be begun */
};

struct db {
	char			*url;
	char			*application_name;
	const struct db_stmt	*stmt;
	size_t			 nstmt;
	bool			*prepared;
	PGconn			*conn;
	long			 limit_ms;
	bool			 hurried;	/* a time-out proves nothing */
	long			 lock_ms;	/* 0: no limit of its own */
	const struct db_watch	*watch;		/* NULL: nobody watches */
	int64_t			 stalls;	/* count when it connected */
	char			 host[DB_HOST];		/* of last connection */
	char			 stalled_host[DB_HOST];	/* "": none */
	bool			 stall_untold;	/* see db_hurry() */
	long			 server_ms;	/* the server's own limit for
						 * a statement; 0: none */
	bool			 doubtful;	/* see db_doubt.h */
	PGconn			*doubt;
	int64_t			 doubt_since;	/* clock_ms(), as below */
	int64_t			 doubt_asked;
	enum db_tx		 tx;
	long			 tx_lock_ms;	/* lock_ms when it was begun */
	const struct db_query	*tx_with;	/* goes with BEGIN; or NULL */
	bool			 leaving;	/* ROLLBACK is not answered */
	bool			 committing;
	bool			 warned;	/* by the last statement */
	char			 sqlstate[DB_SQLSTATE];
	char			 failure[DB_FAILURE];
};

/*
 * Waits for the result of what was sent.  "sent" is libpq's result of sending
 * it, and "which" its name in the log.  The result goes to "out" unless that is
 * NULL.
 */
enum cal_err	db_conn_finish(struct db *, int sent, const char *which,
		    PGresult **out) ERR_CHECK;
/*
 * Read the rest of a pipeline, whose parts that matter were finished with
 * "rc", and leave libpq's pipeline mode.  "rc", or why that failed.
 */
enum cal_err	db_conn_end_pipeline(struct db *, enum cal_err rc) ERR_CHECK;
/* A success that came with a warning is none; "which" names it in the log. */
enum cal_err	db_conn_check_warning(const struct db *, const char *which)
		    ERR_CHECK;
/* The answer to what db_leave() sent, if it did; without one it is dropped. */
void		db_conn_left(struct db *);
/* Closes the connection; the next use connects anew. */
void		db_conn_drop(struct db *);

#endif
