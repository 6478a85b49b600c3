/*
 * db_stall: a server that takes what it is sent and does not answer.  For
 * lib/db*.c alone.
 */
#ifndef LIB_DB_STALL_H
#define LIB_DB_STALL_H

#include <stdbool.h>
#include <stdint.h>

struct db;

/* How often any process has waited for an answer in vain. */
int64_t	db_stall_count(const struct db *);
/* We have; all others that connected before are told so. */
void	db_stall_note(const struct db *);
/*
 * Has another process waited in vain since we connected?  Then what we are
 * connected to may hang, too.  Never in the middle of a transaction.
 */
bool	db_stall_elsewhere(const struct db *);
/* The host that we are connected to is tried last from now on. */
void	db_stall_remember(struct db *);
/*
 * We have connected; "waited": for so long that a host had not let us in.  If
 * that is to another host than the one that gave no answer in time, the others
 * are told now: they shall leave it, too.
 */
void	db_stall_moved(struct db *, bool waited);
/* Who watches is told whether we wait for the server. */
void	db_stall_waiting(const struct db *, bool);
/*
 * Ask the server to stop what it was sent, or it would go on with it and hold
 * its locks.  Does not wait for that.  Never for what may be committing: cut
 * short while it waits for a synchronous standby it is reported as a success.
 */
void	db_stall_stop(const struct db *);

#endif
