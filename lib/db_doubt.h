/*
 * db_doubt: a COMMIT that got no answer in time, or a statement that may have
 * come to the commit of its own.  For lib/db*.c alone.
 *
 * The server may wait for a synchronous standby, and does so for as long as it
 * takes, whether we wait or not.  It is not asked to stop: cut short, the
 * commit would be seen by everybody here, and perhaps be nowhere else.  So its
 * connection is kept, and nothing is begun at that server before it is done:
 * else each try would leave one more that waits, until no connections are left.
 * Not for ever, though: it may be that one process of the server hangs.
 */
#ifndef LIB_DB_DOUBT_H
#define LIB_DB_DOUBT_H

#include <stdbool.h>

struct db;

/* Does the server end what takes too long by itself, before we give up? */
bool	db_doubt_ends_statements(const struct db *);
/* Might what was sent be committing?  Then it must not be stopped. */
bool	db_doubt_has(const struct db *);
/* It might, and got no answer: its connection is kept when it is dropped. */
void	db_doubt_note(struct db *);
/* The connection is dropped: it is closed, or kept. */
void	db_doubt_drop(struct db *);
/* Is it pointless to connect, because it was asked just now? */
bool	db_doubt_waits(const struct db *);
/* We have connected: may anything be begun?  What is done is let go of. */
bool	db_doubt_over(struct db *);
void	db_doubt_free(struct db *);

#endif
