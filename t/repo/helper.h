/*
 * helper: what tests of the repository share: a migrated, throw-away database,
 * and connections to it as calendlyd and as its owner.
 *
 * deploy/with-database.pl runs each of these programs with a database of its
 * own.
 */
#ifndef T_REPO_HELPER_H
#define T_REPO_HELPER_H

#include <sys/types.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/repo/stmt.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/db.h"

enum { HELPER_CAP = 64 << 20 };

#define ok(call)	assert_int_equal((call), CAL_OK)
#define promise(f)	cmocka_unit_test(f)

static struct arena	*mem;

/*
 * Returns the URL in the environment variable "test_name", else that in "name".
 */
static inline const char *
url_of(const char *test_name, const char *name)
{
	const char	*url = getenv(test_name);

	if (url == NULL)
		url = getenv(name);
	if (url != NULL)
		return url;
	(void)fprintf(stderr, "neither %s nor %s is set: run this with a "
	    "throw-away database, by deploy/with-database.pl\n", test_name,
	    name);
	exit(EXIT_FAILURE);
}

static inline const char *
runtime_url(void)
{
	return url_of("CAL_TEST_DB_URL", "DATABASE_URL");
}

static inline const char *
owner_url(void)
{
	return url_of("CAL_TEST_DB_ADMIN_URL", "DATABASE_ADMIN_URL");
}

static inline struct db *
open_as(const char *url, const struct db_stmt *stmts, size_t n)
{
	struct db	*db = db_new(url, "calendlyd test", stmts, n);

	assert_non_null(db);
	ok(db_connect(db));
	return db;
}

/* Connects as calendlyd does. */
static inline struct db *
open_runtime(void)
{
	return open_as(runtime_url(), stmt_table, STMT__MAX);
}

static inline struct db *
open_owner(void)
{
	return open_as(owner_url(), stmt_table, STMT__MAX);
}

/* Runs several statements in one transaction as the owner, and commits it. */
static inline void
script(const char *sql)
{
	struct db	*db = open_owner();

	ok(db_begin(db));
	ok(db_script(db, sql, "test script"));
	ok(db_commit(db));
	db_free(db);
}

/*
 * Between hush() and unhush() the log is hidden, because failures that a test
 * provokes would alarm whoever reads its output.
 */
static int	hushed = -1;

static inline void
hush(void)
{
	int	 fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	hushed = dup(STDERR_FILENO);
	assert_int_not_equal(dup2(fd, STDERR_FILENO), -1);
	(void)close(fd);
}

static inline void
unhush(void)
{
	assert_int_not_equal(dup2(hushed, STDERR_FILENO), -1);
	(void)close(hushed);
}

/*
 * Runs "f" in "n" processes at once, each with its number.  Returns the sum of
 * what they return (0 to 100 each), or -1 if a signal ended one of them.
 */
static inline int
at_once(int n, int (*f)(int))
{
	int	 i, status, sum = 0;
	pid_t	 pid;

	for (i = 0; i < n; i++) {
		if ((pid = fork()) == 0)
			_exit(f(i));
		assert_int_not_equal(pid, -1);
	}
	for (i = 0; i < n; i++) {
		assert_int_not_equal(wait(&status), -1);
		sum = sum == -1 || !WIFEXITED(status) ? -1 :
		    sum + WEXITSTATUS(status);
	}
	return sum;
}

static inline int
group_setup(void **state)
{
	(void)state;
	mem = arena_new(HELPER_CAP);
	return crypto_init() == CAL_OK ? 0 : -1;
}

static inline int
group_teardown(void **state)
{
	(void)state;
	arena_free(mem);
	return 0;
}

#define run_promises(tests)						\
	(cmocka_set_message_output(CM_OUTPUT_TAP),			\
	    cmocka_run_group_tests(tests, group_setup, group_teardown))

#endif
