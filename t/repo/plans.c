/*
 * plans: what is asked of one user or one page costs the same however many
 * rows there are: no statement and no function reads a large table, or all of
 * a tenant's rows in one.
 *
 * Behind row-level security a cast of a column, or COALESCE in a comparison,
 * is not leakproof: the planner silently keeps the condition from the index.
 */
#include "t/repo/helper.h"

#include "app/repo/tx.h"
#include "t/repo/many.h"
#include "t/repo/plans.h"
#include "t/repo/reads.h"

enum {
	EXPLAIN = STMT__MAX,		/* EXPLAIN of each statement, behind
					 * all */
	FILL_MS = 120 * 1000,
	INDEX_MOST = 3000,		/* rows that a function may take by
					 * index */
};

/* Statements that may read all of a table, or all of a tenant's rows in it. */
static struct {
	int		 stmt;
	const char	*table;
	bool		 met;
} walks[] = {
	/*
	 * Erasing a connection reads the queues, which are short and have no
	 * column for the connection, and the deliveries that wait in them.
	 */
	{ STMT_CONNECTION_ERASE, "delivery_queue", false },
	{ STMT_CONNECTION_ERASE, "deliveries_in", false },
	{ STMT_CONNECTION_ERASE, "event_queue", false },
	/*
	 * These lists are for operators.  Each of them is run once, by
	 * calendlyctl, so PostgreSQL plans it for the page that is asked for;
	 * this test sees the generic plan.
	 */
	{ STMT_OPS_CONNECTION_LIST, "connections", false },
	{ STMT_OPS_CONNECTION_LIST, "grants", false },
	{ STMT_OPS_CONNECTION_LIST, "subscriptions", false },
	{ STMT_OPS_DELIVERY_LIST, "delivery_queue", false },
	{ STMT_OPS_CALL_LIST, "api_calls", false },
	{ STMT_OPS_SESSION_LIST, "connect_sessions", false },
	{ STMT_OPS_JOB_LIST, "jobs", false },
	{ STMT_OPS_TROUBLE_LIST, "grants", false },
	{ STMT_OPS_LEFT_LIST, "audit", false },
	/*
	 * An operator's command changes or counts all rows of these tables; so
	 * it is with the last six statements of this list, too.
	 */
	{ STMT_OPS_ADOPT, "connections", false },
	{ STMT_SEALED_REST_FORGET, "endpoints", false },
	{ STMT_SEALED_REST_FORGET, "oauth_states", false },
	{ STMT_SEALED_REST_FORGET, "idempotency_keys", false },
	/*
	 * These two statements read an index of the few grants that hold a
	 * reply which nobody could read.
	 */
	{ STMT_SEALED_REST_FORGET, "grants", false },
	{ STMT_SEALED_UNREAD_WRITE, "grants", false },
	{ STMT_OPS_TENANT_LIST, "connections", false },
	{ STMT_OPS_BACKLOG, "delivery_queue", false },
	{ STMT_SEALED_COUNT, "grants", false },
	{ STMT_SEALED_COUNT, "endpoints", false },
	{ STMT_SEALED_COUNT, "oauth_states", false },
	{ STMT_SEALED_COUNT, "idempotency_keys", false },
};

#define NWALKS	(sizeof(walks) / sizeof(walks[0]))

static struct db	*runtime, *fresh, *owner;
static struct tx	 tx;

static const char *
explain_sql(const struct db_stmt *st)
{
	const char	*nulls = "";
	int		 i;

	for (i = 0; i < st->nparam; i++)
		nulls = arena_printf(mem, "%s%sNULL", nulls,
		    i == 0 ? "(" : ", ");
	return arena_printf(mem, "EXPLAIN (COSTS OFF) EXECUTE %s%s%s",
	    st->name, nulls, st->nparam > 0 ? ")" : "");
}

static void
stmts_init(void)
{
	int	 i;

	for (i = 0; i < STMT__MAX; i++) {
		stmts[EXPLAIN + i] = (struct db_stmt){
			.name = arena_printf(mem, "explain_%d", i),
			.sql = explain_sql(&stmt_table[i]),
		};
	}
	reads_init();
}

/*
 * Returns the connection for a statement: the owner's if only calendlyctl runs
 * the statement, else calendlyd's.
 */
static struct db *
whose(int stmt)
{
	return strncmp(stmt_table[stmt].name, "ops_", 4) == 0 ||
	    (stmt > STMT_SEALED_KEYS && stmt <= STMT_DEPLOYMENT_REPLACE) ?
	    owner : runtime;
}

/* Returns the large table that a line of a plan scans, or NULL. */
static const char *
table_of(const char *line)
{
	const char		*on = strstr(line, " on ");
	const char *const	*t;
	size_t			 n;

	if (on == NULL || strstr(line, "Scan") == NULL)
		return NULL;
	n = strcspn(on += strlen(" on "), " ");
	for (t = many_tables; *t != NULL; t++)
		if (strlen(*t) == n && strncmp(on, *t, n) == 0)
			return *t;
	return NULL;
}

/*
 * Tells whether an index finds the rows of a scan by more than the tenant;
 * "next" is the line that follows the scan in the plan.
 */
static bool
is_narrow(const char *next)
{
	const char	*cond = strstr(next, "Cond: ");

	if (cond == NULL || strstr(next, "->") != NULL)
		return false;
	cond += strlen("Cond: ");
	return strncmp(cond, "(tenant_id = ", 13) != 0;
}

static bool
is_allowed(int stmt, const char *table)
{
	size_t	 i;

	for (i = 0; i < NWALKS; i++)
		if (walks[i].stmt == stmt &&
		    strcmp(walks[i].table, table) == 0)
			return walks[i].met = true;
	return false;
}

/*
 * Reports the scans in a statement's plan that read too much; returns how many.
 */
static int
faults_of(int stmt, const struct db_rows *plan)
{
	const char	*line, *next, *table;
	int		 i, n = 0;

	for (i = 0; i < plan->n; i++) {
		line = db_cell(plan, i, 0);
		next = i + 1 < plan->n ? db_cell(plan, i + 1, 0) : "";
		table = table_of(line);
		if (table == NULL || is_narrow(next) ||
		    is_allowed(stmt, table))
			continue;
		(void)fprintf(stderr, "%s: %s\n%s\n", stmt_table[stmt].name,
		    line + strspn(line, " ->"), next);
		n++;
	}
	return n;
}

static void
every_statement_finds_its_rows_by_index(void **state)
{
	struct db_rows	 plan;
	int		 i, faults = 0;

	(void)state;
	for (i = 0; i < STMT__MAX; i++) {
		ok(tx_begin(&tx, whose(i), mem, "101"));
		ok(db_run(whose(i), mem, DB_QUERY0(EXPLAIN + i), &plan));
		db_rollback(whose(i));
		faults += faults_of(i, &plan);
	}
	assert_int_equal(faults, 0);
	for (i = 0; i < (int)NWALKS; i++)
		if (!walks[i].met)
			fail_msg("%s no longer reads all of %s: take it off "
			    "the list", stmt_table[walks[i].stmt].name,
			    walks[i].table);
}

static void
every_function_is_tried(void **state)
{
	struct db_rows	 rows;
	int		 i, k;

	(void)state;
	ok(db_run(owner, mem, DB_QUERY0(DEFINERS), &rows));
	assert_true(rows.n > 30);
	for (i = 0; i < rows.n; i++) {
		for (k = 0; k < NCALLS && strstr(calls[k].sql,
		    db_cell(&rows, i, 0)) == NULL; k++)
			continue;
		if (k == NCALLS)
			fail_msg("plans.h lacks %s)", db_cell(&rows, i, 0));
	}
}

/* Plans for these very values are measured first, then generic ones. */
static void
every_function_reads_few_rows(void **state)
{
	(void)state;
	assert_int_equal(measure(fresh, INDEX_MOST), 0);
	assert_int_equal(measure(runtime, INDEX_MOST), 0);
}

/*
 * Opens a connection for which random reads are cheap, so that the planner
 * chooses for these tables the plans that it would choose for larger ones.
 */
static struct db *
open_planning(const char *url, const char *mode)
{
	struct db	*db = open_as(url, stmts, STMTS);

	ok(db_script(db, arena_printf(mem, "SET random_page_cost = 1.1;"
	    " SET plan_cache_mode = %s", mode), "settings"));
	return db;
}

static int
setup(void **state)
{
	if (group_setup(state) != 0)
		return -1;
	stmts_init();
	owner = open_planning(owner_url(), "force_generic_plan");
	runtime = open_planning(runtime_url(), "force_generic_plan");
	fresh = open_planning(runtime_url(), "auto");
	(void)db_set_limit(owner, FILL_MS);
	ok(db_begin(owner));
	ok(db_script(owner, many_users, "many users"));
	ok(db_script(owner, many_events, "many events"));
	ok(db_script(owner, many_syncs, "many walks"));
	ok(db_script(owner, many_pushes, "many pushes"));
	ok(db_commit(owner));
	ok(db_script(owner, "VACUUM ANALYZE", "vacuum"));
	ok(db_prepare_all(owner));
	ok(db_prepare_all(runtime));
	return 0;
}

static int
teardown(void **state)
{
	db_free(owner);
	db_free(runtime);
	db_free(fresh);
	return group_teardown(state);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(every_statement_finds_its_rows_by_index),
		promise(every_function_is_tried),
		promise(every_function_reads_few_rows),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
