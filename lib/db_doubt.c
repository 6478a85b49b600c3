/*
 * db_doubt: see db_doubt.h.
 */
#include <string.h>

#include <libpq-fe.h>

#include "lib/clock.h"
#include "lib/db_conn.h"
#include "lib/db_doubt.h"

enum {
	ASK_MS = 500,			/* between two checks */
	MOST_MS = 10 * 60 * 1000,	/* longest wait for it */
};

bool
db_doubt_ends_statements(const struct db *db)
{
	return db->server_ms > 0 && db->server_ms < db->limit_ms;
}

bool
db_doubt_has(const struct db *db)
{
	return db->committing || (db->tx == DB_TX_NONE && !db->hurried);
}

/*
 * Called when an answer did not come in time.  The outcome is in doubt if what
 * the server still does can only be a commit: because a COMMIT was sent; or
 * because the server cancels statements before we give up, so that a single
 * statement which is not over by then must be at its commit.
 */
void
db_doubt_note(struct db *db)
{
	db->doubtful = db->committing || db_doubt_ends_statements(db);
}

void
db_doubt_drop(struct db *db)
{
	if (db->doubtful) {
		db_doubt_free(db);
		db->doubt = db->conn;
		db->doubt_since = clock_ms();
		db->doubt_asked = 0;	/* another host may serve by now */
	} else {
		PQfinish(db->conn);
	}
	db->doubtful = false;
	db->conn = NULL;
}

static bool
is_done(PGconn *conn)
{
	return PQstatus(conn) != CONNECTION_OK || !PQconsumeInput(conn) ||
	    !PQisBusy(conn);
}

static bool
is_same_server(const PGconn *a, const PGconn *b)
{
	const char	*one = PQhost(a), *two = PQhost(b);

	return one != NULL && two != NULL && strcmp(one, two) == 0 &&
	    strcmp(PQport(a), PQport(b)) == 0;
}

bool
db_doubt_waits(const struct db *db)
{
	return db->doubt != NULL && db->doubt_asked != 0 &&
	    clock_ms() - db->doubt_asked < ASK_MS;
}

bool
db_doubt_over(struct db *db)
{
	if (db->doubt == NULL)
		return true;
	db->doubt_asked = clock_ms();
	if (db->doubt_asked - db->doubt_since < MOST_MS &&
	    !is_done(db->doubt) && is_same_server(db->doubt, db->conn))
		return false;
	db_doubt_free(db);
	return true;
}

void
db_doubt_free(struct db *db)
{
	PQfinish(db->doubt);
	db->doubt = NULL;
}
