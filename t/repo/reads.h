/*
 * reads: how many rows each of the functions in plans.h reads.
 */
#ifndef T_REPO_READS_H
#define T_REPO_READS_H

#include "t/repo/helper.h"

#include "app/repo/tx.h"
#include "t/repo/plans.h"

enum {
	READ = 2 * STMT__MAX,		/* rows read in this transaction; behind
					 * what plans.c needs */
	DEFINERS,
	CALL,
	STMTS = CALL + NCALLS,
	SEQ_MOST = 300,			/* rows that a function may scan */
};

static struct db_stmt	stmts[STMTS] = {
	[READ] = {
		.name = "read",
		.sql =
		    "SELECT coalesce(sum(seq_tup_read), 0),"
		    "       coalesce(sum(idx_tup_fetch), 0)"
		    "  FROM pg_stat_xact_user_tables",
	},
	[DEFINERS] = {
		.name = "definers",
		.sql =
		    "SELECT DISTINCT proname || '('"
		    "  FROM pg_proc"
		    " WHERE pronamespace = 'public'::regnamespace"
		    "   AND prosecdef",
	},
};

static inline void
reads_init(void)
{
	int	 i;

	for (i = 0; i < STMT__MAX; i++)
		stmts[i] = stmt_table[i];
	for (i = 0; i < NCALLS; i++)
		stmts[CALL + i] = (struct db_stmt){
			.name = arena_printf(mem, "call_%d", i),
			.sql = calls[i].sql,
		};
}

struct reads {
	int64_t		 seq;
	int64_t		 index;
};

static inline struct reads
reads_now(struct db *db)
{
	struct db_rows	 rows;

	ok(db_run(db, mem, DB_QUERY0(READ), &rows));
	return (struct reads){ db_cell_int(&rows, 0, 0),
	    db_cell_int(&rows, 0, 1) };
}

/*
 * Returns how many rows a call reads, including what its foreign keys look up
 * at the end of the transaction.
 */
static inline struct reads
reads_of(struct db *db, int call)
{
	struct reads	 before, after;
	struct tx	 tx;

	ok(tx_begin(&tx, db, mem, "101"));
	before = reads_now(db);
	ok(db_run(db, mem, DB_QUERY0(CALL + call), NULL));
	ok(db_script(db, "SET CONSTRAINTS ALL IMMEDIATE", "constraints"));
	after = reads_now(db);
	db_rollback(db);
	return (struct reads){ after.seq - before.seq,
	    after.index - before.index };
}

/*
 * Reports the functions that read too many rows, which is more than
 * "index_most" by index or more than a few by scanning; returns how many there
 * are.
 */
static inline int
measure(struct db *db, int64_t index_most)
{
	struct reads	 r;
	int		 i, n = 0;

	for (i = 0; i < NCALLS; i++) {
		r = reads_of(db, i);
		if (r.seq <= SEQ_MOST + calls[i].more &&
		    r.index <= index_most + calls[i].more)
			continue;
		(void)fprintf(stderr, "%.60s: %lld rows scanned, %lld by "
		    "index\n", calls[i].sql, (long long)r.seq,
		    (long long)r.index);
		n++;
	}
	return n;
}

#endif
