/*
 * row: what is read from an answer, and what is not taken for anything.
 */
#include "t/repo/helper.h"

#include "app/domain/status.h"
#include "app/repo/row.h"

enum { WORDS, NSTMT };

static const struct db_stmt	looks[NSTMT] = {
	[WORDS] = {
		.name = "words",
		.nparam = 1,
		.sql =
		    "SELECT $1::text AS status, 7 AS n, 9000000000 AS large,"
		    "       true AS yes, '\\x0102'::bytea AS raw,"
		    "       '{a,b}'::text[] AS list, 'text' AS other",
	},
};

struct shown {
	enum connection_status	 status;
	int			 n;
	int64_t			 large;
	bool			 yes;
	struct bytes		 raw;
	const char		*const *list;
	const char		*text;
	const char		*unread;
};

static const struct row_column	shown_columns[] = {
	COLUMN_NAME(struct shown, status, connection_status),
	COLUMN(struct shown, n),
	COLUMN(struct shown, large),
	COLUMN(struct shown, yes),
	COLUMN(struct shown, raw),
	COLUMN(struct shown, list),
	COLUMN_AS("other", struct shown, text),
};
static const struct row	shown_row = ROW(struct shown, shown_columns);

static struct db	*db;

static struct db_rows
answer(const char *status)
{
	struct db_rows	 rows;

	ok(db_run(db, mem, DB_QUERY(WORDS, db_text(status)), &rows));
	return rows;
}

static void
each_member_is_read_from_its_column(void **state)
{
	struct shown	 s = { .unread = "before" };
	struct db_rows	 rows = answer("needs_reauth");

	(void)state;
	ok(row_read(mem, &rows, 0, &shown_row, &s));
	assert_int_equal(s.status, CONNECTION_NEEDS_REAUTH);
	assert_int_equal(s.n, 7);
	assert_int_equal(s.large, 9000000000);
	assert_true(s.yes);
	assert_int_equal(s.raw.n, 2);
	assert_string_equal(s.list[1], "b");
	assert_null(s.list[2]);
	assert_string_equal(s.text, "text");
	assert_null(s.unread);
}

static void
null_is_none(void **state)
{
	struct shown	*all;
	struct db_rows	 rows = answer(NULL);
	int		 n;

	(void)state;
	ok(row_list(mem, &rows, &shown_row, &all, &n));
	assert_int_equal(n, 1);
	assert_int_equal(all[0].status, CONNECTION_NONE);
}

static void
a_word_that_is_no_status_is_an_error(void **state)
{
	static const char *const	 odd[] = {
		"", "connecte", "connected ", "Connected", "?",
	};
	struct shown			 s, *all = NULL;
	struct db_rows			 rows;
	unsigned			 i;
	int				 n = 3;

	(void)state;
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		rows = answer(odd[i]);
		hush();
		assert_int_equal(row_read(mem, &rows, 0, &shown_row, &s),
		    CAL_INTERNAL);
		assert_int_equal(row_list(mem, &rows, &shown_row, &all, &n),
		    CAL_INTERNAL);
		unhush();
	}
	assert_null(all);
	assert_int_equal(n, 3);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(each_member_is_read_from_its_column),
		promise(null_is_none),
		promise(a_word_that_is_no_status_is_an_error),
	};
	int			 failed;

	db = open_as(runtime_url(), looks, NSTMT);
	failed = run_promises(tests);
	db_free(db);
	return failed;
}
