/*
 * db_value: values of every type come back from the database as they were sent.
 */
#include "t/repo/helper.h"

enum { TEXTS, BYTES, RAW_BYTES, PLAIN, LISTS, STMTS };

static const struct db_stmt	stmts[STMTS] = {
	[TEXTS] = {
		.name = "texts", .nparam = 2,
		.sql = "SELECT $1::text[], $2::text",
	},
	[BYTES] = {
		.name = "bytes", .nparam = 2,
		.sql = "SELECT $1::bytea, $2::bytea",
	},
	[RAW_BYTES] = {
		.name = "raw_bytes", .nparam = 2, .raw = true,
		.sql = "SELECT $1::bytea, $2::bytea",
	},
	[PLAIN] = {
		.name = "plain", .nparam = 3,
		.sql = "SELECT $1::bigint, $2::boolean, $3::boolean",
	},
	[LISTS] = {
		.name = "lists", .nparam = 2,
		.sql =
		    "SELECT b, t"
		    "  FROM unnest($1::bytea[], $2::text[])"
		    "  WITH ORDINALITY AS both_lists (b, t, n)"
		    " ORDER BY n",
	},
};

static struct db	*db;

static void
texts_come_back_as_they_went(void **state)
{
	static const char *const	lists[][5] = {
		{ NULL },
		{ "plain", NULL },
		{ "", "NULL", "null", "two words", NULL },
		{ "\"quoted\"", "back\\slash", "{braces}", "a,b", NULL },
		{ "Žofie – 会議", " blanks ", "line\nbreak", "\t", NULL },
	};
	const char *const		*back;
	struct db_rows			 rows;
	size_t				 i, k;

	(void)state;
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		ok(db_run(db, mem, DB_QUERY(TEXTS, db_texts(mem, lists[i]),
		    db_text(NULL)), &rows));
		assert_true(db_cell_null(&rows, 0, 1));
		back = db_cell_texts(mem, &rows, 0, 0);
		for (k = 0; lists[i][k] != NULL; k++) {
			assert_non_null(back[k]);
			assert_string_equal(back[k], lists[i][k]);
		}
		assert_null(back[k]);
	}
}

static void
a_list_may_hold_nulls(void **state)
{
	const char	*const list[] = { "one", NULL, "", "\"NULL\"" };
	struct db_rows	 rows;

	(void)state;
	ok(db_run(db, mem, DB_QUERY(TEXTS, db_text_list(mem, list, 4),
	    db_null()), &rows));
	assert_string_equal(db_cell(&rows, 0, 0),
	    "{one,NULL,\"\",\"\\\"NULL\\\"\"}");
	ok(db_run(db, mem, DB_QUERY(TEXTS, db_text_list(mem, list, 0),
	    db_null()), &rows));
	assert_string_equal(db_cell(&rows, 0, 0), "{}");
}

static void
bytes_come_back_as_they_went(void **state)
{
	static const char	all[] = "\0\1\\x\xff\x80'\"\n";
	struct bytes		back;
	struct db_rows		rows;
	int			stmt;

	(void)state;
	for (stmt = BYTES; stmt <= RAW_BYTES; stmt++) {
		ok(db_run(db, mem, DB_QUERY(stmt, db_bytes((struct bytes){ all,
		    sizeof(all) }), db_bytes((struct bytes){ NULL, 0 })),
		    &rows));
		back = db_cell_bytes(mem, &rows, 0, 0);
		assert_int_equal(back.n, sizeof(all));
		assert_memory_equal(back.p, all, sizeof(all));
		assert_null(db_cell_bytes(mem, &rows, 0, 1).p);
	}
}

static void
numbers_and_truths_come_back_as_they_went(void **state)
{
	static const int64_t	numbers[] = { 0, -1, INT64_MAX, INT64_MIN };
	struct db_rows		rows;
	size_t			i;

	(void)state;
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		ok(db_run(db, mem, DB_QUERY(PLAIN, db_int(mem, numbers[i]),
		    db_bool(true), db_bool(false)), &rows));
		assert_true(db_cell_int(&rows, 0, 0) == numbers[i]);
		assert_true(db_cell_bool(&rows, 0, 1));
		assert_false(db_cell_bool(&rows, 0, 2));
	}
}

static void
lists_come_back_as_they_went(void **state)
{
	static const char	 all[] = "\0\1\\x\xff\x80'\"\n";
	const struct bytes	 bytes[] = {
		{ all, sizeof(all) }, { NULL, 0 }, { "", 0 }, { "{,}", 3 }
	};
	const char *const	 texts[] = { NULL, "", "NULL", "a\",\\{" };
	struct db_rows		 rows;
	struct bytes		 back;
	int			 i;

	(void)state;
	ok(db_run(db, mem, DB_QUERY(LISTS, db_bytes_list(mem, bytes, 4),
	    db_text_list(mem, texts, 4)), &rows));
	assert_int_equal(rows.n, 4);
	for (i = 0; i < 4; i++) {
		back = db_cell_bytes(mem, &rows, i, 0);
		assert_int_equal(back.p == NULL, bytes[i].p == NULL);
		assert_int_equal(back.n, bytes[i].n);
		if (back.p != NULL)
			assert_memory_equal(back.p, bytes[i].p, back.n);
		assert_int_equal(db_cell_null(&rows, i, 1), texts[i] == NULL);
		if (texts[i] != NULL)
			assert_string_equal(db_cell(&rows, i, 1), texts[i]);
	}
}

static void
an_empty_list_has_nothing_in_it(void **state)
{
	struct db_rows	rows;

	(void)state;
	ok(db_run(db, mem, DB_QUERY(LISTS, db_bytes_list(mem, NULL, 0),
	    db_text_list(mem, NULL, 0)), &rows));
	assert_int_equal(rows.n, 0);
}

/* Runs a statement that must fail, and returns what was logged of it. */
static const char *
logged(struct db_query q)
{
	static char	 text[4096];
	FILE		*to = tmpfile();
	int		 log = dup(STDERR_FILENO);
	enum cal_err	 rc;

	assert_non_null(to);
	assert_int_not_equal(dup2(fileno(to), STDERR_FILENO), -1);
	rc = db_run(db, mem, q, NULL);
	assert_int_not_equal(dup2(log, STDERR_FILENO), -1);
	(void)close(log);
	assert_int_equal(rc, CAL_INVALID);
	rewind(to);
	text[fread(text, 1, sizeof(text) - 1, to)] = '\0';
	(void)fclose(to);
	return text;
}

static void
a_value_that_is_refused_is_not_logged(void **state)
{
	const char	*text;

	(void)state;
	text = logged(DB_QUERY(PLAIN, db_text("anna@example.com"), db_null(),
	    db_null()));
	assert_non_null(strstr(text, "plain: invalid input syntax for type "
	    "bigint"));
	assert_null(strstr(text, "anna"));
	text = logged(DB_QUERY(PLAIN, db_text("99999999999999999999"),
	    db_null(), db_null()));
	assert_null(strstr(text, "9999"));
	assert_string_equal(db_failure(db), "22003 plain");
}

static void
a_wrong_number_of_arguments_is_not_sent(void **state)
{
	(void)state;
	hush();
	assert_int_equal(db_run(db, mem, DB_QUERY0(PLAIN), NULL),
	    CAL_INTERNAL);
	assert_int_equal(db_run(db, mem, DB_QUERY(TEXTS, db_null(), db_null(),
	    db_null()), NULL), CAL_INTERNAL);
	unhush();
	assert_string_equal(db_sqlstate(db), "");
}

static int
setup(void **state)
{
	if (group_setup(state) != 0)
		return -1;
	db = open_as(runtime_url(), stmts, STMTS);
	return 0;
}

static int
teardown(void **state)
{
	db_free(db);
	return group_teardown(state);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(texts_come_back_as_they_went),
		promise(a_list_may_hold_nulls),
		promise(bytes_come_back_as_they_went),
		promise(numbers_and_truths_come_back_as_they_went),
		promise(lists_come_back_as_they_went),
		promise(an_empty_list_has_nothing_in_it),
		promise(a_value_that_is_refused_is_not_logged),
		promise(a_wrong_number_of_arguments_is_not_sent),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
