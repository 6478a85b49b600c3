/*
 * vitals_database: see vitals_database.h.
 */
#include <stddef.h>
#include <string.h>

#include "app/metric/metric.h"
#include "app/metric/vitals.h"
#include "app/metric/vitals_database.h"
#include "lib/db.h"

/* Each SQLSTATE that means that other statements will fail as well. */
static const struct {
	const char		*state;
	enum vitals_trouble	 trouble;
} troubles[] = {
	{ "25006", VITALS_READ_ONLY },	/* read_only_sql_transaction */
	{ "53100", VITALS_FULL },	/* disk_full */
};

static bool
find_trouble(const char *state, enum vitals_trouble *out)
{
	size_t	 i;

	for (i = 0; i < sizeof(troubles) / sizeof(troubles[0]); i++)
		if (strcmp(state, troubles[i].state) == 0) {
			*out = troubles[i].trouble;
			return true;
		}
	return false;
}

const char *
vitals_database_fault(const char *state)
{
	enum vitals_trouble	 t;

	return find_trouble(state, &t) ? vitals_words(t) : NULL;
}

static void
note_connected(bool ok)
{
	metric_count(METRIC_DATABASE_CONNECTS, ok ? "ok" : "failed", NULL);
	if (!ok)
		vitals_met(VITALS_NO_CONNECTION);
}

static void
note_failed(const char *state)
{
	const char	 class[] = { state[0], state[0] == '\0' ? '\0' :
	    state[1], '\0' };
	enum vitals_trouble	 t;

	metric_count(METRIC_DATABASE_ERRORS, class[0] == '\0' ? "none" :
	    class, NULL);
	if (find_trouble(state, &t))
		vitals_met(t);
}

static void
note_stalled(void)
{
	metric_count(METRIC_DATABASE_STALLS, NULL, NULL);
	vitals_met(VITALS_NO_ANSWER);
}

const struct db_watch	vitals_database = {
	.connected = note_connected,
	.failed = note_failed,
	.stalled = note_stalled,
	.stalls = vitals_stalls,
	.waiting = vitals_waiting,
};
