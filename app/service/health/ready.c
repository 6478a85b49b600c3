/*
 * ready: see ready.h.
 */
#include <stdint.h>
#include <stdio.h>

#include "app/metric/vitals.h"
#include "app/metric/vitals_database.h"
#include "app/repo/schema.h"
#include "app/repo/tenant.h"
#include "app/service/health/ready.h"
#include "app/service/keys/check.h"
#include "app/service/keys/clone_guard.h"
#include "app/service/keys/deployment.h"
#include "app/service/service.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/db.h"

enum { ANSWER_MS = 1500 };	/* time in which the database has to answer */

static const char UNKNOWN[] = "not looked at while the above is wrong";

/* Says what is wrong with a database whose last statement failed. */
static const char *
fault_in_database(const struct db *db)
{
	const char	*fault = vitals_database_fault(db_sqlstate(db));

	return fault != NULL ? fault : "cannot be reached, gives no answer, "
	    "or none of its hosts takes writes: check DATABASE_URL and that "
	    "PostgreSQL is up";
}

/*
 * Called when the schema is the one that we need: checks whether the database
 * would accept a write, whether the keys open what is sealed, and the clone
 * guard.
 */
static void
look_closer(struct service *cal, struct arena *mem, struct ready *out)
{
	struct deployment	 d = { .id = NULL };

	if (deployment_find(cal->db, mem, &d) != CAL_OK ||
	    database_probe(cal->db, mem) != CAL_OK) {
		out->database = fault_in_database(cal->db);
		return;
	}
	out->keys = deployment_fault(cal->keys, mem, &d);
	if (out->keys == NULL)
		out->keys = keys_missing(cal->db, cal->keys, mem);
	out->deployment = clone_guard_shut(cal, mem);
}

static void
look_at_database(struct service *cal, struct arena *mem, struct ready *out)
{
	struct schema	 now;

	switch (schema_look(cal->db, mem, &now)) {
	case CAL_OK:
		if (now.state == SCHEMA_NEWER)
			out->newer = now.why;
		else
			out->migrations = now.why;
		if (out->migrations == NULL)
			look_closer(cal, mem, out);
		break;
	case CAL_INTERNAL:
		/* The server answers, but refuses our role. */
		out->migrations = "this role may not read the database: run "
		    "\"calendlyctl migrate\"";
		break;
	default:
		out->database = fault_in_database(cal->db);
		break;
	}
}

static void
tell_fault(char *out, size_t n, const char *fault)
{
	(void)snprintf(out, n, "%s", fault == NULL ? "" : fault);
}

void
ready_look(struct service *cal, struct arena *mem, bool anew)
{
	const long		 limit = db_hurry(cal->db, ANSWER_MS);
	const int64_t		 begun = clock_ms();
	struct vitals_report	 report;
	struct ready		 now = { .keys = UNKNOWN,
				    .deployment = UNKNOWN };

	if (anew && db_renew(cal->db) != CAL_OK)
		now.database = fault_in_database(cal->db);
	else
		look_at_database(cal, mem, &now);
	(void)db_set_limit(cal->db, limit);
	tell_fault(report.database, sizeof(report.database), now.database);
	tell_fault(report.migrations, sizeof(report.migrations),
	    now.migrations);
	tell_fault(report.newer, sizeof(report.newer), now.newer);
	tell_fault(report.keys, sizeof(report.keys), now.keys);
	tell_fault(report.deployment, sizeof(report.deployment),
	    now.deployment);
	vitals_tell(&report, begun);
}

static const char *
told_fault(struct arena *mem, const char *text)
{
	return text[0] == '\0' ? NULL : arena_dup(mem, text);
}

void
ready_read(struct arena *mem, struct ready *out)
{
	struct vitals_report	 now;

	vitals_read(&now);
	out->database = told_fault(mem, now.database);
	if (out->database != NULL) {
		out->migrations = out->keys = out->deployment = UNKNOWN;
		out->newer = NULL;
	} else {
		out->migrations = told_fault(mem, now.migrations);
		out->newer = told_fault(mem, now.newer);
		out->keys = told_fault(mem, now.keys);
		out->deployment = told_fault(mem, now.deployment);
	}
	out->ready = out->database == NULL && out->migrations == NULL &&
	    out->keys == NULL && out->deployment == NULL;
}
