/*
 * db: PostgreSQL through prepared statements from one table (libpq).
 *
 * Nothing but the table's statements is ever run, with parameters only.
 * Every call ends within the connection's time limit.  A lost connection is
 * found at its next use.  Then BEGIN, with the statement that it went with, and
 * outside of transactions statements marked "again" are sent once more on a new
 * connection, because nothing can have happened; anything else is
 * CAL_UNAVAILABLE.  When one process gets no answer in time (the server hangs,
 * while another may be the primary by now) all processes connect anew before
 * their next transaction.
 *
 * How SQLSTATEs become errors: 22, 23, 54 (faulty data) CAL_INVALID; 40
 * (serialization, deadlock) CAL_CONFLICT; 08, 53, 55P03 (a lock that was not
 * free in time), 57, read-only, no state CAL_UNAVAILABLE; all others
 * CAL_INTERNAL.  Failures are logged here, once, without parameters, except
 * those that the caller has declared to expect.
 */
#ifndef LIB_DB_H
#define LIB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/err.h"

struct arena;
struct db;
struct row;

struct db_stmt {
	const char	*name;
	const char	*sql;
	int		 nparam;
	bool		 again;		/* may safely be run twice */
	bool		 raw;		/* all its columns are text or bytea,
					 * and bytea comes as bytes, not as
					 * hex */
	const struct row *row;		/* the columns of the answer; not used
					 * here, but by whoever reads it */
};

/* An argument.  The functions below make them. */
struct db_arg {
	const char	*p;		/* NULL means SQL NULL */
	int		 len;
	int		 binary;
};

/*
 * A statement, by its number, with its arguments.  Unless there are as many
 * arguments as the statement has parameters, it is not run.
 */
struct db_query {
	int			 stmt;
	int			 n;
	const struct db_arg	*args;
};

#define DB_NARGS(...)							\
	((int)(sizeof((const struct db_arg[]){ __VA_ARGS__ }) /		\
	    sizeof(struct db_arg)))
#define DB_QUERY(stmt, ...)						\
	((struct db_query){ (stmt), DB_NARGS(__VA_ARGS__),		\
	    (const struct db_arg[]){ __VA_ARGS__ } })
/* A statement without arguments. */
#define DB_QUERY0(stmt)	((struct db_query){ (stmt), 0, NULL })

/* The result of a statement, copied into the arena. */
struct db_rows {
	int		  n;		/* number of rows; for a command, of
					 * rows that it affected */
	int		  ncol;
	const char	**cell;		/* n * ncol; NULL for SQL NULL */
	const int	 *len;		/* of each cell; only for a raw
					 * answer */
};

/* "url" is a connection string or URI of libpq.  Does not connect yet. */
struct db	*db_new(const char *url, const char *application_name,
		    const struct db_stmt *, size_t nstmt);
void		 db_free(struct db *);
/*
 * Sets how many milliseconds one statement may take (7,000 by default); returns
 * the former limit.
 */
long		 db_set_limit(struct db *, long ms);
/*
 * Sets that limit for work for which it is not worth waiting long; returns the
 * former limit.  When an answer does not come within it, that proves nothing
 * about the server, so other processes are not told of it, unless another host
 * of the connection string then serves instead.
 */
long		 db_hurry(struct db *, long ms);
/*
 * Sets how many milliseconds a transaction waits for a row that somebody else
 * has locked; 0, the default: as long as the statement may take.  Statements
 * outside of transactions have their own limits.  Returns the former limit.
 */
long		 db_set_lock_limit(struct db *, long ms);
/*
 * Calls back for every attempt to connect and every failed statement, with its
 * SQLSTATE, or "" if the server gave none.
 */
struct db_watch {
	void	(*connected)(bool ok);
	void	(*failed)(const char *sqlstate);
	/* No answer came in time; stalls() counts these, over all processes. */
	void	(*stalled)(void);
	int64_t	(*stalls)(void);
	/*
	 * The process begins to wait for the server (true), or has stopped
	 * waiting (false).
	 */
	void	(*waiting)(bool);
};
void		 db_set_watch(struct db *, const struct db_watch *);
/*
 * Connects now if there is no connection; otherwise connecting happens at the
 * first use.
 */
enum cal_err	 db_connect(struct db *) ERR_CHECK;
/*
 * Replaces the connection by a new one, which is made before the old one is
 * closed; so this also tests whether the server accepts another connection.
 * Must not be called within a transaction.
 */
enum cal_err	 db_renew(struct db *) ERR_CHECK;
bool		 db_is_connected(const struct db *);
/*
 * Has this called whenever the server has to be waited for, so that the caller
 * can do something meanwhile: until "fd" has one of these events of poll(2), or
 * for "ms" milliseconds.  It may return earlier, and must not use the database.
 * NULL: nothing more.
 */
void		 db_set_meanwhile(struct db *, void (*)(void *arg, int fd,
		    short events, long ms), void *arg);
/* Returns the user, host, … of a connection string; NULL if it is not set. */
const char	*db_url_part(struct arena *, const char *url,
		    const char *keyword);
/* Returns NULL if libpq can read the connection string, else why it cannot. */
const char	*db_url_fault(struct arena *, const char *url);

struct db_arg	 db_null(void);
struct db_arg	 db_text(const char *);		/* NULL means SQL NULL */
struct db_arg	 db_int(struct arena *, int64_t);
struct db_arg	 db_bool(bool);
struct db_arg	 db_bytes(struct bytes);	/* p == NULL means SQL NULL */
/* Makes a text[] of a NULL-terminated list. */
struct db_arg	 db_texts(struct arena *, const char *const *);
/*
 * Make a text[] or bytea[] of "n" elements, some of which may be SQL NULL (p is
 * NULL).
 */
struct db_arg	 db_text_list(struct arena *, const char *const *, size_t n);
struct db_arg	 db_bytes_list(struct arena *, const struct bytes *, size_t n);

/* Runs a statement.  "rows" may be NULL if the answer is not wanted. */
enum cal_err	 db_run(struct db *, struct arena *, struct db_query,
		    struct db_rows *) ERR_CHECK;
/*
 * Runs a statement that must give a row: without one this returns CAL_NOTFOUND,
 * which is not logged.
 */
enum cal_err	 db_one(struct db *, struct arena *, struct db_query,
		    struct db_rows *) ERR_CHECK;

/*
 * Begins a transaction, connecting first if need be.  Transactions do not nest:
 * to begin a second one is a bug, CAL_INTERNAL.  BEGIN is sent with the first
 * statement, in one round trip, so its failure is that statement's; for a
 * transaction without any statement nothing is sent.
 */
enum cal_err	 db_begin(struct db *) ERR_CHECK;
/*
 * Begins a transaction like db_begin(), and runs this statement before the
 * first one.  It may be sent twice, so it must change nothing that outlives the
 * transaction.  Its arguments are copied into the arena.
 */
enum cal_err	 db_begin_with(struct db *, struct arena *, struct db_query)
		    ERR_CHECK;
enum cal_err	 db_commit(struct db *) ERR_CHECK;
/* Harmless outside of a transaction. */
void		 db_rollback(struct db *);
/*
 * Rolls back a transaction that has only read.  The server's answer is not
 * waited for; it is read before the connection's next use.
 */
void		 db_leave(struct db *);
/*
 * Ends a transaction: commits if "rc" is CAL_OK, else rolls back.  Returns
 * "rc", or the error of the commit.  It is inline so that static analyzers see
 * that a failure stays a failure.
 */
static inline ERR_CHECK enum cal_err
db_end(struct db *db, enum cal_err rc)
{
	if (rc == CAL_OK)
		return db_commit(db);
	db_rollback(db);
	return rc;
}
bool		 db_in_transaction(const struct db *);

/*
 * Runs a script of several statements within the transaction that the caller
 * has begun.  For migrations alone.
 */
enum cal_err	 db_script(struct db *, const char *sql, const char *name)
		    ERR_CHECK;
/* Prepares every statement now; CAL_INTERNAL at the first one that fails. */
enum cal_err	 db_prepare_all(struct db *) ERR_CHECK;
/*
 * Returns the SQLSTATE of the last failure since BEGIN, or of the last
 * statement outside of transactions, or "".
 */
const char	*db_sqlstate(const struct db *);
/*
 * Returns whether that failure was a lock that was not free in time, while the
 * database itself is well.
 */
bool		 db_was_locked(const struct db *);
/*
 * Returns that failure as text for a person: its SQLSTATE, or "none" if the
 * server gave none, and the statement's name ("23514 meeting_save"); "" if
 * nothing failed.  PostgreSQL's message is left out, because it quotes values.
 */
const char	*db_failure(const struct db *);

const char	*db_cell(const struct db_rows *, int row, int col);
bool		 db_cell_null(const struct db_rows *, int row, int col);
int64_t		 db_cell_int(const struct db_rows *, int row, int col);
bool		 db_cell_bool(const struct db_rows *, int row, int col);
/* Reads a bytea; p is NULL for SQL NULL. */
struct bytes	 db_cell_bytes(struct arena *, const struct db_rows *, int row,
		    int col);
/* Reads a text[] as a NULL-terminated list, which is empty for SQL NULL. */
const char *const *db_cell_texts(struct arena *, const struct db_rows *,
		    int row, int col);

#endif
