/*
 * db_stall: see db_stall.h.
 */
#include <sys/wait.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <libpq-fe.h>

#include "lib/db.h"
#include "lib/db_conn.h"
#include "lib/db_stall.h"

enum { STOP_SECONDS = 5 };	/* limit of the process that asks */

int64_t
db_stall_count(const struct db *db)
{
	return db->watch == NULL ? 0 : db->watch->stalls();
}

/*
 * Notified once for all who connected before: the first process to notice tells
 * the others.
 */
void
db_stall_note(const struct db *db)
{
	if (db->watch != NULL && db_stall_count(db) == db->stalls)
		db->watch->stalled();
}

bool
db_stall_elsewhere(const struct db *db)
{
	return (db->tx == DB_TX_NONE || db->tx == DB_TX_DUE) &&
	    db_stall_count(db) != db->stalls;
}

void
db_stall_remember(struct db *db)
{
	const char	*host = PQhost(db->conn);

	(void)snprintf(db->stalled_host, sizeof(db->stalled_host), "%s",
	    host == NULL ? "" : host);
}

void
db_stall_moved(struct db *db, bool waited)
{
	const char	*host = PQhost(db->conn);

	if (host == NULL)
		host = "";
	if ((db->stall_untold || waited) && db->host[0] != '\0' &&
	    strcmp(host, db->host) != 0) {
		db_stall_note(db);
		db->stalls = db_stall_count(db);
		(void)snprintf(db->stalled_host, sizeof(db->stalled_host),
		    "%s", db->host);
	}
	db->stall_untold = false;
	(void)snprintf(db->host, sizeof(db->host), "%s", host);
}

void
db_stall_waiting(const struct db *db, bool now)
{
	if (db->watch != NULL)
		db->watch->waiting(now);
}

/*
 * libpq sends the request over a connection of its own and then waits, without
 * a limit, until the server closes that.  So a separate process does it, for
 * which nobody waits.  That process closes all descriptors, because otherwise a
 * client that waits for one of our answers to end would also wait for it.
 */
static void
ask_to_stop(PGcancel *cancel)
{
	char	 why[256];

	if (fork() != 0)
		_exit(0);
	(void)alarm(STOP_SECONDS);
	if (close_range(STDERR_FILENO + 1, ~0U, 0) == 0)
		(void)PQcancel(cancel, why, sizeof(why));
	_exit(0);
}

void
db_stall_stop(const struct db *db)
{
	PGcancel	*cancel;
	pid_t		 pid;

	if ((cancel = PQgetCancel(db->conn)) == NULL)
		return;
	if ((pid = fork()) == 0)
		ask_to_stop(cancel);
	if (pid > 0)
		(void)waitpid(pid, NULL, 0);
	PQfreeCancel(cancel);
}
