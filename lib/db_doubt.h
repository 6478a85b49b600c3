/*
 * db_doubt: a COMMIT that got no answer in time, or a statement outside of a
 * transaction whose own commit may be under way.  For lib/db*.c alone.
 *
 * The server may be waiting for a synchronous standby, and goes on waiting
 * however long that takes, whether or not we wait.  It is not asked to cancel:
 * a commit that is cancelled while it waits becomes visible to everybody at
 * this server, although it may exist nowhere else.  So the connection is kept,
 * and nothing else is begun at this server until the commit has ended;
 * otherwise each further try would leave one more connection that waits, until
 * there are none left.  The wait has a limit all the same, because it may be
 * only one process of the server that hangs.
 */
#ifndef LIB_DB_DOUBT_H
#define LIB_DB_DOUBT_H

#include <stdbool.h>

struct db;

/*
 * Tells whether the server itself ends a statement that takes too long, before
 * we stop waiting for it.
 */
bool	db_doubt_ends_statements(const struct db *);
/*
 * Returns whether what was sent may be committing; then it must not be
 * cancelled.
 */
bool	db_doubt_has(const struct db *);
/*
 * Called when what was sent got no answer in time.  If it may be committing,
 * db_doubt_drop() will keep its connection.
 */
void	db_doubt_note(struct db *);
/* Closes the connection, or keeps it aside if its commit is in doubt. */
void	db_doubt_drop(struct db *);
/*
 * Returns whether connecting is pointless because the commit in doubt was
 * checked just now.
 */
bool	db_doubt_waits(const struct db *);
/*
 * Called after connecting.  Returns false if this server still has the commit
 * that is in doubt, so that nothing may be begun.  Otherwise closes the kept
 * connection: that commit has ended, takes too long, or is at another server.
 */
bool	db_doubt_over(struct db *);
void	db_doubt_free(struct db *);

#endif
