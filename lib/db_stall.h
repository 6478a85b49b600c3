/*
 * db_stall: a server that accepts statements and does not answer.  For
 * lib/db*.c alone.
 */
#ifndef LIB_DB_STALL_H
#define LIB_DB_STALL_H

#include <stdbool.h>
#include <stdint.h>

struct db;

/* Returns how often any process has waited for an answer in vain. */
int64_t	db_stall_count(const struct db *);
/*
 * Notes that this process has, and so tells all others that connected before.
 */
void	db_stall_note(const struct db *);
/*
 * Returns whether another process has waited in vain since we connected.  Then
 * our server may hang, too.  Never true in the middle of a transaction.
 */
bool	db_stall_elsewhere(const struct db *);
/*
 * Makes the host to which we are connected the last one to be tried from now
 * on.
 */
void	db_stall_remember(struct db *);
/*
 * Called after connecting; "waited" says that a host did not accept the
 * connection for a long time.  If we are now connected to another host than the
 * one that gave no answer in time, the other processes are told now, so that
 * they leave that host, too.
 */
void	db_stall_moved(struct db *, bool waited);
/* Tells the watcher whether we wait for the server. */
void	db_stall_waiting(const struct db *, bool);
/*
 * Asks the server to cancel what it was sent, which would otherwise go on and
 * hold its locks.  Does not wait for that.  Not done if it may be committing: a
 * commit that is cancelled while it waits for a synchronous standby is reported
 * as a success.
 */
void	db_stall_stop(const struct db *);

#endif
