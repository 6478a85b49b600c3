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
	DB_TX_DUE,			/* begun, not sent yet: see db_tx.h */
	DB_TX_OPEN,
	DB_TX_LOST,			/* BEGIN failed */
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
	void			(*meanwhile)(void *, int, short, long);
	void			*meanwhile_arg;
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
	long			 tx_lock_ms;	/* lock_ms as it was at
						 * db_begin() */
	const struct db_query	*tx_with;	/* statement sent with BEGIN; or
						 * NULL */
	bool			 leaving;	/* ROLLBACK was sent, not yet
						 * answered */
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
 * Reads the rest of a pipeline and leaves libpq's pipeline mode.  "rc" is how
 * the parts that matter have ended.  Returns "rc", or the error of leaving.  If
 * that fails, or "rc" is an error and the rest can't be read, the connection is
 * dropped.
 */
enum cal_err	db_conn_end_pipeline(struct db *, enum cal_err rc) ERR_CHECK;
/*
 * Returns CAL_UNAVAILABLE if the last statement succeeded with a warning,
 * because it may then not be at the standby.  "which" names it in the log.
 */
enum cal_err	db_conn_check_warning(const struct db *, const char *which)
		    ERR_CHECK;
/*
 * Reads the answer to the ROLLBACK that db_leave() has sent, if it has.  If
 * none comes, the connection is dropped.
 */
void		db_conn_left(struct db *);
/* Closes the connection; the next use connects anew. */
void		db_conn_drop(struct db *);

#endif
