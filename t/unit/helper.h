/*
 * helper: what unit tests share: an arena for each test, and functions that
 * tell what code writes to stderr and whether it ends the process.
 */
#ifndef T_UNIT_HELPER_H
#define T_UNIT_HELPER_H

#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/arena.h"

enum { HELPER_CAP = 64 << 20 };

static struct arena	*mem;	/* the arena of the running test */

static inline int
mem_setup(void **state)
{
	(void)state;
	mem = arena_new(HELPER_CAP);
	return 0;
}

static inline int
mem_teardown(void **state)
{
	(void)state;
	arena_free(mem);
	return 0;
}

#define promise(f)	cmocka_unit_test_setup_teardown(f, mem_setup, \
			    mem_teardown)

/*
 * Runs "f" with stderr sent to a file, and returns what it wrote, in the arena.
 */
static inline const char *
stderr_of(void (*f)(void *), void *arg)
{
	FILE	*file = tmpfile();
	char	*text;
	long	 n;
	int	 saved = dup(STDERR_FILENO);

	assert_non_null(file);
	assert_int_not_equal(dup2(fileno(file), STDERR_FILENO), -1);
	f(arg);
	assert_int_not_equal(dup2(saved, STDERR_FILENO), -1);
	(void)close(saved);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	n = ftell(file);
	rewind(file);
	text = arena_alloc(mem, (size_t)n + 1);
	assert_int_equal(fread(text, 1, (size_t)n, file), n);
	(void)fclose(file);
	return text;
}

/*
 * Runs "f" in a process of its own and returns its exit status: 0 if "f"
 * returns, -1 if a signal ends the process.
 */
static inline int
exit_of(void (*f)(void *), void *arg)
{
	const struct rlimit	no_core = { 0, 0 };
	pid_t			pid;
	int			fd, status;

	if ((pid = fork()) == 0) {
		fd = open("/dev/null", O_WRONLY);
		(void)dup2(fd, STDERR_FILENO);
		/*
		 * cmocka handles these signals to report a failed test; here
		 * they must end the process instead.
		 */
		(void)signal(SIGSEGV, SIG_DFL);
		(void)signal(SIGABRT, SIG_DFL);
		(void)setrlimit(RLIMIT_CORE, &no_core);
		f(arg);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#endif
