/*
 * db_connect: making and leaving a connection to PostgreSQL (libpq).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "lib/clock.h"
#include "lib/db.h"
#include "lib/db_conn.h"
#include "lib/db_doubt.h"
#include "lib/db_hosts.h"
#include "lib/db_stall.h"
#include "lib/log.h"

enum {
	LIMIT_MS = 7 * 1000,		/* for any one statement */
	WAITED_MS = 2500,		/* if connecting takes longer, a host
					 * of the URL has not answered */
};

static const char CONNECT_SECONDS[] = "3";	/* for each host of the URL */
static const char TCP_TIMEOUT_MS[] = "7000";	/* for a dead network */

/* A warning comes together with a success, and may contradict it. */
static void
hear_notice(void *arg, const PGresult *res)
{
	struct db	*db = arg;
	const char	*severity;

	severity = PQresultErrorField(res, PG_DIAG_SEVERITY_NONLOCALIZED);
	if (severity != NULL && strcmp(severity, "WARNING") == 0)
		db->warned = true;
}

struct db *
db_new(const char *url, const char *application_name,
    const struct db_stmt *stmt, size_t nstmt)
{
	struct db	*db;

	if ((db = calloc(1, sizeof(*db))) == NULL)
		return NULL;
	db->url = strdup(url);
	db->application_name = strdup(application_name);
	db->prepared = calloc(nstmt + 1, sizeof(*db->prepared));
	db->stmt = stmt;
	db->nstmt = nstmt;
	db->limit_ms = LIMIT_MS;
	if (db->url == NULL || db->application_name == NULL ||
	    db->prepared == NULL) {
		db_free(db);
		return NULL;
	}
	return db;
}

void
db_free(struct db *db)
{
	if (db == NULL)
		return;
	if (db->conn != NULL)
		db_conn_drop(db);
	db_doubt_free(db);
	if (db->url != NULL)
		explicit_bzero(db->url, strlen(db->url));
	free(db->url);
	free(db->application_name);
	free(db->prepared);
	free(db);
}

/*
 * Makes one line of libpq's messages, which have several and end in a newline.
 */
static void
log_failure(const char *what, const char *which, const char *why)
{
	log_warn("%s: %s: %.*s", what, which, (int)strcspn(why, "\n"), why);
}

/* The URL wins over the parameters before it, and not over those after it. */
static PGconn *
connect_by(const struct db *db, const struct db_hosts *h)
{
	const char *const names[] = {
		"connect_timeout", "fallback_application_name", "dbname",
		"client_encoding", "tcp_user_timeout", "host", "hostaddr",
		"port", NULL
	};
	const char *const values[] = {
		CONNECT_SECONDS, db->application_name, db->url, "UTF8",
		TCP_TIMEOUT_MS, h->host, h->hostaddr, h->port, NULL
	};

	return PQconnectdbParams(names, values, 1);
}

static PGconn *
connect_anew(const struct db *db)
{
	struct db_hosts	 h = { .host = NULL };
	PGconn		*conn;

	if (db->stalled_host[0] != '\0')
		db_hosts_order(db->url, db->stalled_host, &h);
	db_stall_waiting(db, true);
	conn = connect_by(db, &h);
	db_stall_waiting(db, false);
	db_hosts_free(&h);
	return conn;
}

bool
db_is_connected(const struct db *db)
{
	return db->conn != NULL && PQstatus(db->conn) == CONNECTION_OK;
}

static long
ms_of(const char *setting)
{
	char		*unit;
	const long	 n = strtol(setting, &unit, 10);

	if (strcmp(unit, "ms") == 0)
		return n;
	return strcmp(unit, "s") == 0 ? n * 1000 : n * 60 * 1000;
}

/* Reads how long the server lets a statement take. */
static enum cal_err
learn_limit(struct db *db)
{
	static const char	 sql[] = "SHOW statement_timeout";
	PGresult		*res;
	enum cal_err		 rc;

	db->server_ms = 0;
	rc = db_conn_finish(db, PQsendQuery(db->conn, sql), sql, &res);
	if (rc == CAL_OK && PQntuples(res) == 1)
		db->server_ms = ms_of(PQgetvalue(res, 0, 0));
	PQclear(res);
	return rc;
}

/*
 * Returns whether anything may be begun at the server to which we have just
 * connected.
 */
static enum cal_err
settle_new(struct db *db, bool waited)
{
	/* Sending to a server that reads nothing would otherwise never end. */
	(void)PQsetnonblocking(db->conn, 1);
	(void)PQsetNoticeReceiver(db->conn, hear_notice, db);
	db_stall_moved(db, waited);
	if (db_doubt_over(db))
		return learn_limit(db);
	log_warn("database: what was committed still waits for its standby: "
	    "nothing else is begun");
	db_conn_drop(db);
	return CAL_UNAVAILABLE;
}

enum cal_err
db_connect(struct db *db)
{
	const int64_t	 begun = clock_ms();

	/*
	 * A transaction is bound to its connection: if that is lost, no new one
	 * is made for it.
	 */
	if (db->tx == DB_TX_OPEN || db->tx == DB_TX_LOST)
		return db_is_connected(db) ? CAL_OK : CAL_UNAVAILABLE;
	if (db_is_connected(db) && !db_stall_elsewhere(db))
		db_conn_left(db);
	if (db_is_connected(db) && !db_stall_elsewhere(db))
		return CAL_OK;
	if (db_is_connected(db))
		db_stall_remember(db);
	if (db->conn != NULL)
		db_conn_drop(db);
	db->sqlstate[0] = '\0';
	if (db_doubt_waits(db))
		return CAL_UNAVAILABLE;
	db->stalls = db_stall_count(db);
	db->conn = connect_anew(db);
	if (db->watch != NULL)
		db->watch->connected(db_is_connected(db));
	if (!db_is_connected(db)) {
		log_failure("database", "cannot connect",
		    db->conn == NULL ? "no memory" : PQerrorMessage(db->conn));
		db_conn_drop(db);
		return CAL_UNAVAILABLE;
	}
	return settle_new(db, clock_ms() - begun >= WAITED_MS);
}

enum cal_err
db_renew(struct db *db)
{
	PGconn		*last = db->conn;
	enum cal_err	 rc;

	if (db->tx != DB_TX_NONE) {
		log_warn("database: renew: a transaction is open already");
		return CAL_INTERNAL;
	}
	db->conn = NULL;
	db->leaving = false;
	memset(db->prepared, 0, db->nstmt * sizeof(*db->prepared));
	rc = db_connect(db);
	PQfinish(last);
	return rc;
}
