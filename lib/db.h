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
 * SQLSTATE to error: 22, 23, 54 (the data) CAL_INVALID; 40 (serialization,
 * deadlock) CAL_CONFLICT; 08, 53, 55P03 (a lock that did not come in time),
 * 57, read-only, no state CAL_UNAVAILABLE; the rest CAL_INTERNAL.  All are
 * logged here, once, without parameters, but for those that a caller declared
 * it expects.
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
	bool		 again;		/* harmless to run twice */
	bool		 raw;		/* all it gives is text or bytea, and
					 * bytea comes as it is, not as hex */
	const struct row *row;		/* for whoever reads the answer: what
					 * its columns are */
};

/* An argument; made by the functions below. */
struct db_arg {
	const char	*p;		/* NULL: SQL NULL */
	int		 len;
	int		 binary;
};

/*
 * A statement, by number, with its arguments.  One with as many as it has
 * parameters is run, no other.
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
/* Without any. */
#define DB_QUERY0(stmt)	((struct db_query){ (stmt), 0, NULL })

/* The answer, copied into the arena. */
struct db_rows {
	int		  n;		/* rows; of a command: rows affected */
	int		  ncol;
	const char	**cell;		/* n * ncol; NULL for SQL NULL */
	const int	 *len;		/* of each cell of a raw answer */
};

/* "url": a libpq connection string or URI. Does not connect yet. */
struct db	*db_new(const char *url, const char *application_name,
		    const struct db_stmt *, size_t nstmt);
void		 db_free(struct db *);
/* Milliseconds that one statement may take, 7,000 unless set; the last. */
long		 db_set_limit(struct db *, long ms);
/*
 * The same for what is not worth waiting for so long.  No answer in that time
 * proves nothing about the server, so others are not told of it, unless
 * another host of the connection string then serves in its place.
 */
long		 db_hurry(struct db *, long ms);
/*
 * Milliseconds that a transaction waits for a row that somebody else holds;
 * 0, unless set: as long as the statement may take.  What runs outside of
 * transactions brings its own limit.  The last.
 */
long		 db_set_lock_limit(struct db *, long ms);
/*
 * Be told of every attempt to connect and of every statement that failed,
 * with its SQLSTATE, "" if the server gave none.
 */
struct db_watch {
	void	(*connected)(bool ok);
	void	(*failed)(const char *sqlstate);
	/* No answer came in time; the count is of all processes together. */
	void	(*stalled)(void);
	int64_t	(*stalls)(void);
	/* The server is waited for now, or not any more. */
	void	(*waiting)(bool);
};
void		 db_set_watch(struct db *, const struct db_watch *);
/* Connect now if not connected; workers do it by themselves. */
enum cal_err	 db_connect(struct db *) ERR_CHECK;
/*
 * Leave the connection for another, which is made before it is left: can one
 * more be had?  Not within a transaction.
 */
enum cal_err	 db_renew(struct db *) ERR_CHECK;
bool		 db_is_connected(const struct db *);
/* The user, host, … that a connection string means; NULL if unset. */
const char	*db_url_part(struct arena *, const char *url,
		    const char *keyword);
/* NULL if libpq can read the connection string, else why not. */
const char	*db_url_fault(struct arena *, const char *url);

struct db_arg	 db_null(void);
struct db_arg	 db_text(const char *);		/* NULL gives SQL NULL */
struct db_arg	 db_int(struct arena *, int64_t);
struct db_arg	 db_bool(bool);
struct db_arg	 db_bytes(struct bytes);	/* p == NULL gives SQL NULL */
/* A text[] of a NULL-terminated list. */
struct db_arg	 db_texts(struct arena *, const char *const *);
/* A text[] or bytea[] of "n", of which some may be SQL NULL (p NULL). */
struct db_arg	 db_text_list(struct arena *, const char *const *, size_t n);
struct db_arg	 db_bytes_list(struct arena *, const struct bytes *, size_t n);

/* "rows" may be NULL. */
enum cal_err	 db_run(struct db *, struct arena *, struct db_query,
		    struct db_rows *) ERR_CHECK;
/* As db_run, but no row is CAL_NOTFOUND (not logged). */
enum cal_err	 db_one(struct db *, struct arena *, struct db_query,
		    struct db_rows *) ERR_CHECK;

/*
 * Transactions do not nest: beginning twice is a fault of ours.  BEGIN goes to
 * the server with the first statement, in one round trip, and what is wrong
 * with it is said there; a transaction without any never comes to the server.
 */
enum cal_err	 db_begin(struct db *) ERR_CHECK;
/*
 * The same, and "stmt" is run before the first statement, for what it changes
 * within the transaction alone: it may be sent twice.  Its arguments are kept
 * in the arena until then.
 */
enum cal_err	 db_begin_with(struct db *, struct arena *, struct db_query)
		    ERR_CHECK;
enum cal_err	 db_commit(struct db *) ERR_CHECK;
/* Harmless outside a transaction. */
void		 db_rollback(struct db *);
/*
 * Rolls a transaction back that has only read, without waiting for the server's
 * answer, which is read before the connection's next use.
 */
void		 db_leave(struct db *);
/*
 * End it: commit if "rc" is CAL_OK, else roll back.  Returns "rc", or what
 * went wrong with the commit.  Inline, so that analyzers see that a failure
 * stays one.
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
 * For migrations alone: a script of several statements, as it is, within
 * the transaction that the caller began.
 */
enum cal_err	 db_script(struct db *, const char *sql, const char *name)
		    ERR_CHECK;
/* Prepare every statement now; CAL_INTERNAL at the first that fails. */
enum cal_err	 db_prepare_all(struct db *) ERR_CHECK;
/*
 * The SQLSTATE of the last failure since BEGIN, or of the statement outside of
 * transactions that came last, or "".
 */
const char	*db_sqlstate(const struct db *);
/* That failure was such a wait, in vain: the database itself is well. */
bool		 db_was_locked(const struct db *);
/*
 * That failure for a person: its SQLSTATE, "none" if the server gave none,
 * and the statement's name ("23514 meeting_save"), or "" if nothing failed.
 * Not PostgreSQL's message: that quotes values.
 */
const char	*db_failure(const struct db *);

const char	*db_cell(const struct db_rows *, int row, int col);
bool		 db_cell_null(const struct db_rows *, int row, int col);
int64_t		 db_cell_int(const struct db_rows *, int row, int col);
bool		 db_cell_bool(const struct db_rows *, int row, int col);
/* bytea; p is NULL for SQL NULL. */
struct bytes	 db_cell_bytes(struct arena *, const struct db_rows *, int row,
		    int col);
/* text[]: a NULL-terminated list, empty for SQL NULL. */
const char *const *db_cell_texts(struct arena *, const struct db_rows *,
		    int row, int col);

#endif
