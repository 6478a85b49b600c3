/*
 * db_conn: see db_conn.h.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include <libpq-fe.h>

#include "lib/clock.h"
#include "lib/db.h"
#include "lib/db_conn.h"
#include "lib/db_doubt.h"
#include "lib/db_stall.h"
#include "lib/log.h"

/*
 * Waits for the socket until the deadline.  Returns false if the time is up or
 * on an error.
 */
static bool
wait_for_server(struct db *db, short events, long deadline)
{
	struct pollfd	 pfd = { .fd = PQsocket(db->conn), .events = events };
	long		 left;
	int		 n;

	left = deadline - clock_ms();
	if (db->meanwhile != NULL && left > 0)
		db->meanwhile(db->meanwhile_arg, pfd.fd, events, left);
	/* What is there counts, however long the caller was away meanwhile. */
	do {
		left = deadline - clock_ms();
		n = poll(&pfd, 1, left > 0 ? (int)left : 0);
	} while (n == -1 && errno == EINTR);
	return n > 0;
}

/*
 * Returns the last result of what was sent.  NULL if the connection was lost or
 * no answer came in time; then the connection cannot be used any more.
 */
static PGresult *
await_result(struct db *db, long deadline)
{
	PGresult	*last = NULL, *res;
	int		 unsent;

	while ((unsent = PQflush(db->conn)) == 1)
		if (!wait_for_server(db, POLLOUT, deadline))
			return NULL;
	if (unsent != 0)
		return NULL;
	for (;;) {
		while (PQisBusy(db->conn))
			if (!wait_for_server(db, POLLIN, deadline) ||
			    !PQconsumeInput(db->conn)) {
				PQclear(last);
				return NULL;
			}
		if ((res = PQgetResult(db->conn)) == NULL)
			return last;
		PQclear(last);
		last = res;
	}
}

static PGresult *
await_in_time(struct db *db)
{
	long		 deadline = clock_ms() + db->limit_ms;
	PGresult	*res;

	db_stall_waiting(db, true);
	res = await_result(db, deadline);
	db_stall_waiting(db, false);
	if (res == NULL && clock_ms() >= deadline) {
		if (!db->hurried)
			db_stall_note(db);
		db->stall_untold = db->hurried;
		if (db_doubt_has(db))
			db_doubt_note(db);
		else
			db_stall_stop(db);
		db_stall_remember(db);
	}
	return res;
}

static bool
state_is(const char *state, const char *class)
{
	return strncmp(state, class, strlen(class)) == 0;
}

static enum cal_err
err_from_state(const char *state)
{
	if (state_is(state, "22") || state_is(state, "23") ||
	    state_is(state, "54"))
		return CAL_INVALID;
	if (state_is(state, "40"))
		return CAL_CONFLICT;
	if (state[0] == '\0' || state_is(state, "08") ||
	    state_is(state, "53") || state_is(state, "57") ||
	    strcmp(state, DB_LOCKED) == 0 ||
	    strcmp(state, "25006") == 0 || strcmp(state, "25P03") == 0 ||
	    strcmp(state, "26000") == 0 || strcmp(state, "0A000") == 0)
		return CAL_UNAVAILABLE;
	return CAL_INTERNAL;
}

/*
 * Returns whether the connection is useless for further statements, too. 57P:
 * the server is shutting down. 25006: it is not the primary. 26000 and 0A000:
 * prepared statements are gone (as after a change behind a pooler) or no longer
 * fit (as after a migration); they are prepared anew on a new connection.
 */
static bool
is_spent(const struct db *db, const PGresult *res)
{
	return res == NULL || PQstatus(db->conn) != CONNECTION_OK ||
	    state_is(db->sqlstate, "57P") ||
	    strcmp(db->sqlstate, "25006") == 0 ||
	    strcmp(db->sqlstate, "26000") == 0 ||
	    strcmp(db->sqlstate, "0A000") == 0;
}

/*
 * Messages of class 22 quote the value that was refused; only the part before
 * it is logged.
 */
static void
log_statement(const struct db *db, const char *which, const char *why)
{
	const size_t	 n = strcspn(why, state_is(db->sqlstate, "22") ?
			    ":\"\n" : "\n");

	log_warn("database: %s: %.*s", which, (int)n, why);
}

void
db_conn_drop(struct db *db)
{
	db->leaving = false;
	db_doubt_drop(db);
	if (db->prepared != NULL)
		memset(db->prepared, 0, db->nstmt * sizeof(*db->prepared));
}

/*
 * Records the SQLSTATE of a failed result, logs it, and drops a dead
 * connection.
 */
static enum cal_err
note_failure(struct db *db, const PGresult *res, const char *which)
{
	const char	*state = NULL;
	const char	*why;

	if (res != NULL)
		state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	(void)snprintf(db->sqlstate, sizeof(db->sqlstate), "%s",
	    state == NULL ? "" : state);
	(void)snprintf(db->failure, sizeof(db->failure), "%s %s",
	    state == NULL ? "none" : state, which);
	why = res == NULL ? PQerrorMessage(db->conn) :
	    PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
	if (why == NULL || why[0] == '\0')
		why = "no answer in time, or the connection is lost";
	log_statement(db, which, why);
	if (db->watch != NULL)
		db->watch->failed(db->sqlstate);
	if (is_spent(db, res))
		db_conn_drop(db);
	return err_from_state(db->sqlstate);
}

static bool
has_succeeded(const PGresult *res)
{
	ExecStatusType	 status = PQresultStatus(res);

	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

enum cal_err
db_conn_finish(struct db *db, int sent, const char *which, PGresult **out)
{
	PGresult	*res;
	enum cal_err	 rc;

	if (out != NULL)
		*out = NULL;
	db->warned = false;
	res = sent ? await_in_time(db) : NULL;
	if (res == NULL || !has_succeeded(res)) {
		rc = note_failure(db, res, which);
		PQclear(res);
		return rc;
	}
	if (out == NULL)
		PQclear(res);
	else
		*out = res;
	return CAL_OK;
}

/*
 * After a failed part the server runs none of the later parts, and answers each
 * with PGRES_PIPELINE_ABORTED.
 */
enum cal_err
db_conn_end_pipeline(struct db *db, enum cal_err rc)
{
	ExecStatusType	 status = PGRES_PIPELINE_ABORTED;
	PGresult	*res;

	while (db->conn != NULL && status == PGRES_PIPELINE_ABORTED) {
		res = await_in_time(db);
		status = PQresultStatus(res);
		PQclear(res);
	}
	if (db->conn == NULL || (status == PGRES_PIPELINE_SYNC &&
	    PQexitPipelineMode(db->conn)))
		return rc;
	if (rc == CAL_OK)
		return note_failure(db, NULL, "end of a pipeline");
	db_conn_drop(db);
	return rc;
}

/*
 * When the wait for a synchronous standby is cut short, COMMIT succeeds with a
 * warning: the transaction is committed at this server, but perhaps at no
 * standby.
 */
enum cal_err
db_conn_check_warning(const struct db *db, const char *which)
{
	if (!db->warned)
		return CAL_OK;
	log_warn("database: %s: done with a warning: it may not be at the "
	    "standby: taken for not done", which);
	return CAL_UNAVAILABLE;
}

void
db_conn_left(struct db *db)
{
	if (!db->leaving)
		return;
	db->leaving = false;
	db->tx = DB_TX_OPEN;		/* so that a lost answer leaves no
					 * doubt */
	if (db_conn_finish(db, true, "ROLLBACK", NULL) != CAL_OK &&
	    db->conn != NULL)
		db_conn_drop(db);
	db->tx = DB_TX_NONE;
}
