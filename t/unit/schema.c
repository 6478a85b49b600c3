/*
 * The promises of app/repo/schema.h: a database is told to be the same, older,
 * newer, or none of these, by the files that it had.
 */
#include "t/unit/helper.h"

#include "app/repo/schema.h"

#define NITEMS(list)	((int)(sizeof(list) / sizeof((list)[0])))
#define MOST		8

/* A release: two files of tables, two of functions. */
static const struct schema_file	files[] = {
	{ "0001_a.sql", "a1" },
	{ "0002_b.sql", "b1" },
	{ "functions/f.sql", "f2" },
	{ "functions/g.sql", "g2" },
};

static struct schema	now;

/* A database that had these, in this order, and what is said of it. */
static void
look(const struct schema_file *had, int n)
{
	struct schema_applied	 applied[MOST];
	int			 i, k;

	for (i = 0; i < n; i++) {
		applied[i] = (struct schema_applied){ had[i], true };
		for (k = 0; k < i; k++)
			if (strcmp(had[k].name, had[i].name) == 0)
				applied[k].latest = false;
	}
	schema_compare(mem, files, NITEMS(files), applied, n, &now);
}

#define had(...) do {							\
	const struct schema_file	 list[] = { __VA_ARGS__ };	\
	look(list, NITEMS(list));					\
} while (0)

#define is(s, text) do {						\
	assert_int_equal(now.state, s);					\
	assert_non_null(strstr(now.why, text));				\
} while (0)

static void
what_has_all_is_the_same(void **state)
{
	(void)state;
	look(files, NITEMS(files));
	assert_int_equal(now.state, SCHEMA_SAME);
	assert_null(now.why);
	/* Whatever came before, and files of functions that went since. */
	had({ "0001_a.sql", "a1" }, { "functions/f.sql", "f1" },
	    { "functions/g.sql", "g2" }, { "functions/old.sql", "o1" },
	    { "0002_b.sql", "b1" }, { "functions/f.sql", "f2" });
	assert_int_equal(now.state, SCHEMA_SAME);
}

static void
what_lacks_something_is_older(void **state)
{
	(void)state;
	look(NULL, 0);
	is(SCHEMA_OLDER, "4 of its files (0001_a.sql)");
	look(files, 3);
	is(SCHEMA_OLDER, "1 of its files (functions/g.sql): run \"calendlyctl "
	    "migrate\"");
	assert_true(now.lacks[3] && !now.lacks[0] && !now.lacks[2]);
	had({ "0001_a.sql", "a1" }, { "functions/f.sql", "f1" },
	    { "functions/g.sql", "g2" });
	is(SCHEMA_OLDER, "2 of its files (0002_b.sql)");
	assert_true(now.lacks[1] && now.lacks[2] && !now.lacks[3]);
}

static void
what_had_ours_and_went_on_is_newer(void **state)
{
	(void)state;
	had({ "0001_a.sql", "a1" }, { "0002_b.sql", "b1" },
	    { "functions/f.sql", "f2" }, { "functions/g.sql", "g2" },
	    { "0003_c.sql", "c1" });
	is(SCHEMA_NEWER, "0003_c.sql");
	had({ "0001_a.sql", "a1" }, { "0002_b.sql", "b1" },
	    { "functions/f.sql", "f2" }, { "functions/g.sql", "g2" },
	    { "functions/f.sql", "f3" });
	is(SCHEMA_NEWER, "functions/f.sql");
	assert_non_null(strstr(now.why, "finish the upgrade"));
}

static void
what_was_altered_is_neither(void **state)
{
	(void)state;
	had({ "0001_a.sql", "a1" }, { "0002_b.sql", "other" });
	is(SCHEMA_OTHER, "0002_b.sql is not what was applied");
	had({ "0002_b.sql", "b1" });
	is(SCHEMA_OTHER, "has 0002_b.sql but not 0001_a.sql");
	had({ "0001_a.sql", "a1" }, { "0002_x.sql", "x1" });
	is(SCHEMA_OTHER, "has 0002_x.sql, which is not of this release");
	had({ "0000_first.sql", "z" });
	is(SCHEMA_OTHER, "0000_first.sql");
}

/* A line of releases that branched off before ours. */
static void
what_went_another_way_is_neither(void **state)
{
	(void)state;
	had({ "0001_a.sql", "a1" }, { "0002_b.sql", "b1" },
	    { "functions/f.sql", "f1" }, { "functions/g.sql", "g2" },
	    { "0003_c.sql", "c1" });
	is(SCHEMA_OTHER, "a later 0003_c.sql than this program, but lacks its "
	    "functions/f.sql");
}

/* /readyz has room for so much. */
static void
what_is_said_fits(void **state)
{
	static const char	 longest[] = "functions/subscriptions.sql";

	(void)state;
	had({ "0001_a.sql", "a1" }, { "0002_b.sql", "b1" },
	    { "functions/f.sql", "f1" }, { "0003_c.sql", "c1" });
	assert_true(strlen(now.why) + 2 * strlen(longest) < 256);
}

static void
the_program_was_built_with_tables_first(void **state)
{
	int	 i;

	(void)state;
	assert_true(schema_is_numbered(&schema_files[0]));
	assert_false(schema_is_numbered(&schema_files[schema_nfiles - 1]));
	for (i = 1; i < schema_nfiles; i++)
		assert_true(strcmp(schema_files[i - 1].name,
		    schema_files[i].name) < 0);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(what_has_all_is_the_same),
		promise(what_lacks_something_is_older),
		promise(what_had_ours_and_went_on_is_newer),
		promise(what_was_altered_is_neither),
		promise(what_went_another_way_is_neither),
		promise(what_is_said_fits),
		promise(the_program_was_built_with_tables_first),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
