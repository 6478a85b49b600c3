/*
 * status: the code's names of statuses are those that the database allows, as
 * its catalogue has them.
 */
#include "t/repo/helper.h"

#include "app/domain/status.h"

enum { ALLOWED, NSTMT };

static const struct db_stmt	looks[NSTMT] = {
	[ALLOWED] = {
		.name = "allowed",
		.nparam = 2,
		.sql =
		    "SELECT DISTINCT word[1]"
		    "  FROM pg_constraint c"
		    "  JOIN pg_attribute a ON a.attrelid = c.conrelid"
		    "   AND c.conkey = ARRAY[a.attnum],"
		    "       regexp_matches(pg_get_constraintdef(c.oid),"
		    "		'''([^'']+)''::text', 'g') word"
		    " WHERE c.contype = 'c'"
		    "   AND c.conrelid = $1::regclass"
		    "   AND a.attname = $2"
		    "   AND pg_get_constraintdef(c.oid) LIKE '%= ANY (ARRAY%'",
	},
};

/* Of those without a CHECK any text could be stored: that is for the code. */
static const struct {
	const struct names	*names;
	const char		*table, *column;
	const char		*shown;	/* but never stored; or NULL */
} columns[] = {
	{ &connection_status_names, "connections", "status", NULL },
	{ &capability_names, "connections", "capability", NULL },
	{ &grant_status_names, "grants", "status", NULL },
	{ &grant_trouble_names, "grants", "trouble", NULL },
	{ &subscription_trouble_names, "grants", "subscription_trouble",
	    NULL },
	{ &endpoint_state_names, "endpoints", "state", NULL },
	{ &subscription_state_names, "subscriptions", "state", NULL },
	{ &session_status_names, "connect_sessions", "status", "expired" },
	{ &event_source_names, "events", "source", NULL },
	{ &event_outcome_names, "events", "outcome", NULL },
	{ &event_outcome_names, "deliveries_in", "outcome", NULL },
	{ &destination_state_names, "destinations", "state", NULL },
	{ &destination_reason_names, "destinations", "reason", NULL },
	{ &push_status_names, "pushes", "status", NULL },
};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static struct db	*owner;

static bool
allows(const struct db_rows *rows, const char *word)
{
	int	 i;

	for (i = 0; i < rows->n; i++)
		if (strcmp(db_cell(rows, i, 0), word) == 0)
			return true;
	return false;
}

static void
what_the_code_knows_may_be_stored(void **state)
{
	struct db_rows	 rows;
	const char	*word;
	unsigned	 i, v;

	(void)state;
	for (i = 0; i < COLUMNS; i++) {
		ok(db_run(owner, mem, DB_QUERY(ALLOWED,
		    db_text(columns[i].table), db_text(columns[i].column)),
		    &rows));
		for (v = 0; v < columns[i].names->n; v++) {
			word = names_at(columns[i].names, v);
			if (word == NULL || (columns[i].shown != NULL &&
			    strcmp(word, columns[i].shown) == 0))
				continue;
			if (!allows(&rows, word))
				fail_msg("%s.%s may not be \"%s\"",
				    columns[i].table, columns[i].column, word);
		}
	}
}

static void
what_may_be_stored_is_known_to_the_code(void **state)
{
	struct db_rows	 rows;
	unsigned	 i, value;
	int		 k;

	(void)state;
	for (i = 0; i < COLUMNS; i++) {
		ok(db_run(owner, mem, DB_QUERY(ALLOWED,
		    db_text(columns[i].table), db_text(columns[i].column)),
		    &rows));
		assert_true(rows.n > 0);
		for (k = 0; k < rows.n; k++)
			if (!names_find(columns[i].names,
			    db_cell(&rows, k, 0), &value))
				fail_msg("%s.%s may be \"%s\", which is no %s",
				    columns[i].table, columns[i].column,
				    db_cell(&rows, k, 0),
				    columns[i].names->of);
	}
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(what_the_code_knows_may_be_stored),
		promise(what_may_be_stored_is_known_to_the_code),
	};
	int			 failed;

	owner = open_as(owner_url(), looks, NSTMT);
	failed = run_promises(tests);
	db_free(owner);
	return failed;
}
